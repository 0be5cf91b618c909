package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// documentsPage lists the declarations and status reports we made, the latest first.
type documentsPage struct {
	Base
	Lines []declarationLine
}

// declarationsPage is the same for one software, with the form to draft another.
type declarationsPage struct {
	Base
	Head     softwareHead
	Lines    []declarationLine
	Counts   counts
	WillBe   string // what the draft would be called now
	MayDraft bool
	ReliedOn []chain.Party // who need not be named
}

type declarationLine struct {
	store.Declaration
	Software, Version string
	State             store.DeclarationState
	Lapsed            bool
	Renew             []lang.Text        // why it needs to be renewed
	Changed           []relay.DutyChange // what is no longer as declared
}

func (s *Server) documents(w http.ResponseWriter, r *http.Request) error {
	p := &documentsPage{Base: s.base(r, "documents", lang.T("書類", "Documents"))}
	var err error
	if p.Lines, err = s.declarationLines(r.Context(), store.DeclarationFilter{}); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "documents", p)
}

func (s *Server) declarationLines(ctx context.Context, f store.DeclarationFilter) ([]declarationLine, error) {
	declarations, err := s.db.Declarations(ctx, f)
	if err != nil {
		return nil, err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range declarations {
		if d.State == store.DeclarationIssued {
			ids = append(ids, d.ID)
		}
	}
	standing, err := s.standings(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var out []declarationLine
	for _, d := range declarations {
		line := declarationLineOf(m, d)
		line.stands(standing)
		out = append(out, line)
	}
	slices.Reverse(out)
	return out, nil
}

// standings says of signed declarations how they stand now, by their ids.
func (s *Server) standings(ctx context.Context, ids ...string) (map[string]relay.Standing, error) {
	out := map[string]relay.Standing{}
	if len(ids) == 0 {
		return out, nil
	}
	all, err := relay.Standings(ctx, s.db, ids...)
	for _, x := range all {
		out[x.Declaration.ID] = x
	}
	return out, err
}

// stands takes over why a declaration in force needs to be renewed.
func (l *declarationLine) stands(all map[string]relay.Standing) {
	if x, ok := all[l.ID]; ok && l.State == store.DeclarationIssued {
		l.Renew, l.Changed = x.Why, x.Changed
	}
}

func declarationLineOf(m chain.Model, d store.Declaration) declarationLine {
	line := declarationLine{Declaration: d, State: d.State}
	for _, sw := range m.Software {
		if sw.ID == d.Subject.ID {
			line.Software = sw.Name
		}
	}
	for _, sys := range m.Systems {
		if sys.ID == d.Subject.ID {
			line.Software = sys.Name
		}
	}
	for _, rel := range m.Releases {
		if rel.ID == d.Release {
			line.Version = rel.Version
		}
	}
	return line
}

// DeclarationState gives the word for where a declaration stands.
func (b Base) DeclarationState(s store.DeclarationState) string {
	switch s {
	case store.DeclarationDraft:
		return b.T("承認待ち", "awaiting approval")
	case store.DeclarationApproved:
		return b.T("承認済み・署名待ち", "approved, to be signed")
	case store.DeclarationIssued:
		return b.T("発行済み", "issued")
	case store.DeclarationRevoked:
		return b.T("撤回", "revoked")
	case store.DeclarationSuperseded:
		return b.T("更新済み（後の版あり）", "superseded")
	}
	return string(s)
}

func (s *Server) declarations(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "declarations")
	if err != nil {
		return err
	}
	p := &declarationsPage{Base: b, Head: head}
	p.Title = head.Software.Name + b.T("：宣言", ": declarations")
	if p.Lines, err = s.declarationLines(ctx, store.DeclarationFilter{Subject: fact.Subject{Kind: fact.Software, ID: head.Software.ID}}); err != nil {
		return err
	}
	if head.Release != "" {
		all, err := s.duties(ctx, b, head, m)
		if err != nil {
			return err
		}
		rows := ofParty(all, "")
		p.Counts = countRows(rows)
		p.WillBe = willBe(p.Counts)
		p.MayDraft = len(rows) > 0
		if p.ReliedOn, err = relay.ReliedOn(ctx, s.db, relay.DraftRequest{Software: head.Software.ID, Release: head.Release}); err != nil {
			return err
		}
	}
	return s.render(w, http.StatusOK, "declarations", p)
}

// willBe is what a declaration with these answers may be called: 自己適合宣言 only when nothing is missing.
func willBe(c counts) string {
	if c.Total > 0 && c.By[assess.Met]+c.By[assess.MetWithException]+c.By[assess.NotApplicable] == c.Total {
		return string(verify.SelfDeclaration)
	}
	return string(verify.StatusReport)
}

func (s *Server) draftDeclaration(w http.ResponseWriter, r *http.Request) error {
	req := relay.DraftRequest{Software: r.PathValue("id"), Release: r.FormValue("release"), Conceal: r.Form["conceal"]}
	if note := strings.TrimSpace(r.FormValue("note")); note != "" {
		req.Limitations = []lang.Text{lang.T(note, note)}
	}
	d, err := relay.Draft(r.Context(), s.db, s.actor(r), req)
	if err != nil {
		return err
	}
	s.notice(r, lang.T("起案しました。別の人の承認を経て、署名・発行できます", "Drafted. It can be signed and issued once somebody else has approved it"))
	http.Redirect(w, r, "/declarations/"+d.ID, http.StatusSeeOther)
	return nil
}

// declarationPage is one declaration: its content, its approvals, and what can be done next.
type declarationPage struct {
	Base
	Line       declarationLine
	Content    relay.Frozen
	Counts     counts
	Map        []mapRow
	Open       []verify.Answer // not met, partly met or not assessed
	Exceptions []verify.Answer
	Stated     []verify.Answer
	Trail      []trailStep
	MayApprove bool
	OwnDraft   bool // drafted by whoever is signed in
	Looked     bool // reviewed by whoever is signed in
	MaySign    bool
	NoKey      bool           // the workspace has no signing key yet
	Report     *verify.Report // of the bundle that was issued
	Document   store.Document // the bundle
	Sent       url.Values     // of a form that has to be filled in again

	MayHandOver bool
}

type trailStep struct {
	Step, Who, How string
	At             time.Time
	Done           bool
}

func (s *Server) declaration(w http.ResponseWriter, r *http.Request) error {
	p, err := s.declarationPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "declaration", p)
}

func (s *Server) declarationPage(r *http.Request) (*declarationPage, error) {
	ctx := r.Context()
	d, err := s.db.Declaration(ctx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, err
	}
	p := &declarationPage{Base: s.base(r, "documents", lang.Text{}), Line: declarationLineOf(m, d)}
	p.Title = p.DeclarationKind(d.Kind) + " " + p.Line.Software + " " + p.Line.Version
	standing, err := s.standings(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	p.Line.stands(standing)
	if err := json.Unmarshal(d.Content, &p.Content); err != nil {
		return nil, err
	}
	p.fill()
	p.Trail = trail(p.Base, d, people)
	who := visitOf(r).who.ID
	p.OwnDraft = d.CreatedBy == who
	p.Looked = slices.ContainsFunc(d.Approvals, func(a store.Approval) bool { return a.Account == who })
	p.MayApprove = d.State == store.DeclarationDraft && p.Can(auth.Approve) && !p.OwnDraft && !p.Looked
	p.MaySign = d.State == store.DeclarationApproved && p.Can(auth.Approve)
	_, statErr := os.Stat(s.db.SigningKeyFile())
	p.NoKey = statErr != nil
	p.MayHandOver = d.State == store.DeclarationIssued && p.Can(auth.Approve) && !p.NoKey
	if d.Bundle == "" {
		return p, nil
	}
	if p.Document, err = s.db.Document(ctx, d.Bundle); err != nil {
		return nil, err
	}
	bundle, err := s.db.ReadDocument(d.Bundle)
	if err != nil {
		return nil, err
	}
	o, err := exchange.Options(ctx, s.db)
	if err != nil {
		return nil, err
	}
	if o.Trust, err = s.andOurs(d, o.Trust); err != nil {
		return nil, err
	}
	report := verify.Bundle(bundle, o)
	p.Report = &report
	return p, nil
}

// andOurs adds the key that signed a declaration of ours to those that are trusted: we know whose it is.
func (s *Server) andOurs(d store.Declaration, trust []verify.TrustedKey) ([]verify.TrustedKey, error) {
	if d.Signed == "" {
		return trust, nil
	}
	b, err := s.db.ReadDocument(d.Signed)
	if err != nil {
		return nil, err
	}
	var signed struct {
		PublicKey verify.PublicKey `json:"public_key"`
	}
	if err := json.Unmarshal(b, &signed); err != nil || len(signed.PublicKey) == 0 {
		return trust, err
	}
	return append(slices.Clone(trust), verify.TrustedKey{Name: d.Party, Key: signed.PublicKey}), nil
}

// fill counts the answers and picks out those that a reader has to know of.
func (p *declarationPage) fill() {
	var rows []dutyRow
	for _, a := range p.Content.Answers {
		st := assess.Status(a.Status)
		rows = append(rows, dutyRow{Row: assess.Row{ID: a.Requirement, Status: st, StatedOnly: a.StatedOnly}, Status: st})
		switch st {
		case assess.NotMet, assess.PartlyMet, assess.NotAssessed:
			p.Open = append(p.Open, a)
		case assess.MetWithException:
			p.Exceptions = append(p.Exceptions, a)
		}
		if a.StatedOnly {
			p.Stated = append(p.Stated, a)
		}
	}
	p.Counts = countRows(rows)
	p.Map = requirementMap(p.Base, rows, func(id guideline.ID) string { return "/requirements/" + slug(id) })
}

func trail(b Base, d store.Declaration, people people) []trailStep {
	out := []trailStep{{Step: b.T("起案", "Drafted"), Who: people.name(d.CreatedBy), At: d.CreatedAt, Done: true}}
	approved := false
	for _, a := range d.Approvals {
		if a.Reviewed {
			out = append(out, trailStep{Step: b.T("確認", "Reviewed"), Who: people.name(a.Account), At: a.At, How: a.Method, Done: true})
			continue
		}
		approved = true
		out = append(out, trailStep{Step: b.T("承認", "Approved"), Who: people.name(a.Account), At: a.At, How: a.Method, Done: true})
	}
	if !approved {
		out = append(out, trailStep{Step: b.T("承認", "Approval")})
	}
	return append(out, trailStep{Step: b.T("署名・発行", "Signed and issued"), At: d.IssuedAt, Done: !d.IssuedAt.IsZero()})
}

// AnswerStatus is Status for an answer of a declaration.
func (b Base) AnswerStatus(s verify.Status) assess.Status { return assess.Status(s) }

// approveDeclaration puts an approval under a draft. Who approves shows once more who they are.
func (s *Server) approveDeclaration(w http.ResponseWriter, r *http.Request) error {
	if err := s.again(r); err != nil {
		return s.declarationAgain(w, r, err)
	}
	if _, err := relay.ApproveDeclaration(r.Context(), s.db, s.actor(r), r.PathValue("id"), byPassword); err != nil {
		return err
	}
	s.notice(r, lang.T("承認しました", "Approved"))
	http.Redirect(w, r, "/declarations/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// reviewDeclaration notes that whoever is signed in looked a draft over, before somebody else approves it.
func (s *Server) reviewDeclaration(w http.ResponseWriter, r *http.Request) error {
	if err := s.again(r); err != nil {
		return s.declarationAgain(w, r, err)
	}
	if _, err := relay.ReviewDeclaration(r.Context(), s.db, s.actor(r), r.PathValue("id"), byPassword); err != nil {
		return err
	}
	s.notice(r, lang.T("確認したことを記録しました。承認は別の人が行います", "Your review was noted; somebody else approves it"))
	http.Redirect(w, r, "/declarations/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// issueDeclaration signs an approved declaration with the signer's own key.
func (s *Server) issueDeclaration(w http.ResponseWriter, r *http.Request) error {
	if err := s.again(r); err != nil {
		return s.declarationAgain(w, r, err)
	}
	key, err := upkeep.SigningKey(s.db, []byte(r.FormValue("passphrase")))
	if err == nil {
		var signing relay.Signing
		if signing, err = showing(r); err != nil {
			return s.declarationAgain(w, r, err)
		}
		signing.Key, signing.Title, signing.Place = key.Private, strings.TrimSpace(r.FormValue("title")), strings.TrimSpace(r.FormValue("place"))
		_, _, err = relay.Issue(r.Context(), s.db, s.actor(r), r.PathValue("id"), signing)
	}
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		return s.declarationAgain(w, r, err)
	}
	if err != nil {
		return err
	}
	s.notice(r, lang.T("署名し、発行しました", "Signed and issued"))
	http.Redirect(w, r, "/declarations/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

func (s *Server) declarationAgain(w http.ResponseWriter, r *http.Request, cause error) error {
	p, err := s.declarationPage(r)
	if err != nil {
		return err
	}
	p.Problem, p.Sent = lang.Explain(cause, p.Lang), r.PostForm
	return s.render(w, http.StatusUnprocessableEntity, "declaration", p)
}

// bundle gives the file that is handed out.
func (s *Server) bundle(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.db.Declaration(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.Bundle == "" {
		return notFound(lang.T("この宣言はまだ発行されていません", "this declaration is not issued yet"))
	}
	document, err := s.db.Document(ctx, d.Bundle)
	if err != nil {
		return err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	line := declarationLineOf(m, d)
	return s.send(w, document, strings.Join(strings.Fields(line.Software+" "+line.Version), "-")+".tasuki.json")
}

// checklist gives the requirement checklist of a software as xlsx.
func (s *Server) checklist(w http.ResponseWriter, r *http.Request) error {
	sw, err := s.db.SoftwareByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := office.Checklist(r.Context(), s.db, &b, visitOf(r).lang, sw.ID, r.FormValue("release")); err != nil {
		return err
	}
	attachment(w.Header(), sw.Name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	_, err = w.Write(b.Bytes())
	return err
}
