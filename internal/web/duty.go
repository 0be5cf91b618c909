package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// dutyPage is one duty with everything about it. Part is set when only its body is asked for, to open it in the table.
type dutyPage struct {
	Base
	Head       softwareHead
	Row        dutyRow
	Individual guideline.Individual
	Practices  []guideline.Practice
	Checks     []checkView
	Evidence   []evidenceView
	Claims     []claimView
	Form       claimForm
	History    []historyView
	Feeds      []string             // the types of document that feed this requirement
	Registers  []guideline.Register // whose records feed it
	Tables     []guideline.Table    // that it puts out
	Comments   []commentView
	Owners     []option
	Back       string // this page's own address, for the forms on it
	Part       bool
}

type checkView struct {
	assess.Outcome
	Evidence []evidenceView
}

// evidenceView is one piece of evidence: a document, a record, a claim, an entry of the chain.
type evidenceView struct {
	Name, Kind, Href string
	Detail           string
}

type claimView struct {
	evidence.Claim
	Author, Approver string // display names
	Evidence         []evidenceView
	InForce          bool
	MayApprove       bool
	MayRetire        bool
}

// claimForm is the form of a new claim, exception or 対象外; after a refusal it holds what was typed.
type claimForm struct {
	Action    string
	Kind      evidence.ClaimKind
	Body      string
	Expires   string // ISO day
	Check     string
	Subject   string
	Subjects  []option
	Checks    []option
	Documents []option
}

type option struct {
	Value, Name string
	Selected    bool
}

type historyView struct {
	At     time.Time
	Who    string
	Action string
}

func (s *Server) duty(w http.ResponseWriter, r *http.Request) error {
	p, err := s.dutyPage(r)
	if err != nil {
		return err
	}
	return s.renderDuty(w, http.StatusOK, p)
}

func (s *Server) renderDuty(w http.ResponseWriter, status int, p *dutyPage) error {
	if p.Part {
		return s.renderPart(w, status, "duty", "duty-body", p)
	}
	return s.render(w, status, "duty", p)
}

func (s *Server) dutyPage(r *http.Request) (*dutyPage, error) {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, model, err := s.softwareHead(ctx, b, r, "")
	if err != nil {
		return nil, err
	}
	id, err := guideline.ParseID(r.PathValue("requirement"))
	if err != nil {
		return nil, err
	}
	in, ok := guideline.Default().Individual(id)
	if !ok {
		return nil, notFound(lang.F("個別要求 %s はありません", "there is no requirement %s", id))
	}
	rows, err := s.duties(ctx, b, head, model)
	if err != nil {
		return nil, err
	}
	role, party := r.FormValue("role"), r.FormValue("party")
	i := slices.IndexFunc(rows, func(x dutyRow) bool {
		return x.ID == id && (role == "" || string(x.Role) == role) && (party == "" && x.Ours || x.Row.Party == party)
	})
	if i < 0 {
		return nil, notFound(lang.F("%s は、このソフトウェアで責務になっていません", "%s is no duty for this software", id))
	}
	p := &dutyPage{Base: b, Head: head, Row: rows[i], Individual: in, Practices: guideline.Default().Practices(id), Part: r.FormValue("part") != ""}
	p.Title = string(id) + " " + p.Row.Title
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, err
	}
	documents, err := s.documentsOf(ctx, head, model)
	if err != nil {
		return nil, err
	}
	look := s.evidenceLookup(ctx, b, model, documents)
	for _, o := range p.Row.Checks {
		p.Checks = append(p.Checks, checkView{Outcome: o, Evidence: look(o.Evidence)})
	}
	p.Evidence = look(p.Row.Evidence)
	claims, err := s.db.Claims(ctx, store.ClaimFilter{Party: p.Row.Row.Party, Requirement: id})
	if err != nil {
		return nil, err
	}
	about := subjectsOf(head, p.Row.Row.Party)
	for _, c := range claims {
		if !slices.Contains(about, c.Subject) || c.Role != "" && c.Role != p.Row.Role {
			continue
		}
		p.Claims = append(p.Claims, claimView{Claim: c, Author: people.name(c.Author), Approver: people.name(c.Approver),
			Evidence: look(c.Evidence), InForce: c.InForce(b.Now),
			MayApprove: c.State == evidence.ClaimDraft && b.Can(auth.Approve) && c.Author != visitOf(r).who.ID,
			MayRetire:  c.State != evidence.ClaimRetired && b.Can(auth.Edit)})
		p.History = append(p.History, historyOf(b, c, people)...)
	}
	slices.Reverse(p.Claims)
	changes, err := s.db.StatusHistory(ctx, store.StatusFilter{Party: p.Row.Row.Party, Role: p.Row.Role, Requirement: id, Arrangement: p.Row.Arrangement})
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if slices.Contains(about, c.Subject) {
			p.History = append(p.History, statusChange(b, c))
		}
	}
	slices.SortStableFunc(p.History, func(x, y historyView) int { return y.At.Compare(x.At) })
	p.Form = newClaimForm(b, head, p.Row, documents)
	one := []dutyRow{p.Row}
	if p.Owners, err = s.putPlans(ctx, one); err != nil {
		return nil, err
	}
	p.Row, p.Back = one[0], one[0].Href
	if p.Comments, err = s.comments(ctx, store.Object{Kind: "duty", ID: p.Row.Plan.Key}, visitOf(r).who.ID); err != nil {
		return nil, err
	}
	p.Feeds, p.Registers, p.Tables = feedsOf(b, id), registersFor(id), tablesOf(id)
	return p, nil
}

// subjectsOf gives what a statement about a duty over this software may be about.
func subjectsOf(head softwareHead, party string) []fact.Subject {
	out := []fact.Subject{{Kind: fact.Software, ID: head.Software.ID}, {Kind: fact.Org, ID: party}}
	if head.Release != "" {
		out = slices.Insert(out, 0, fact.Subject{Kind: fact.Release, ID: head.Release})
	}
	return out
}

func newClaimForm(b Base, head softwareHead, row dutyRow, documents []store.Document) claimForm {
	f := claimForm{Action: "/software/" + head.Software.ID + "/claims?" + query("release", head.Release, "party", row.Row.Party,
		"role", string(row.Role), "requirement", string(row.ID)), Kind: evidence.Stated,
		Expires: b.Now.In(calendar.Japan).AddDate(1, 0, 0).Format("2006-01-02")}
	f.Subjects = append(f.Subjects, option{Value: "software", Name: b.F("ソフトウェア %s（全リリース）", "Software %s (all releases)", head.Software.Name)})
	for _, rel := range head.Releases {
		if rel.ID == head.Release {
			f.Subjects = append(f.Subjects, option{Value: "release", Name: b.F("リリース %s のみ", "Release %s only", rel.Version)})
		}
	}
	f.Subjects = append(f.Subjects, option{Value: "org", Name: b.F("組織全体（%s）", "The whole organisation (%s)", row.Party)})
	for _, c := range row.Checks {
		f.Checks = append(f.Checks, option{Value: c.Check, Name: b.Text(c.Title)})
	}
	for _, d := range documents {
		f.Documents = append(f.Documents, option{Value: d.Digest, Name: d.Name + "（" + b.TypeName(d.Type) + "、" + b.Day(d.ReceivedAt) + "）"})
	}
	return f
}

// feedsOf names the types of document that checks of a requirement read.
func feedsOf(b Base, id guideline.ID) []string {
	var out []string
	for _, c := range guideline.Default().ChecksOf(id) {
		for _, e := range c.Evidence {
			if n := b.TypeName(e); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// evidenceLookup gives a function that turns what an outcome cites into names and links.
func (s *Server) evidenceLookup(ctx context.Context, b Base, m chain.Model, documents []store.Document) func([]string) []evidenceView {
	byDigest := map[string]store.Document{}
	for _, d := range documents {
		byDigest[d.Digest] = d
	}
	return func(ids []string) []evidenceView {
		var out []evidenceView
		for _, id := range ids {
			i := slices.IndexFunc(m.Components, func(r chain.ComponentRule) bool { return r.ID == id })
			if i >= 0 {
				out = append(out, evidenceView{Name: m.Components[i].Pattern, Kind: b.T("部品の対応づけ", "mapping of components")})
				continue
			}
			out = append(out, s.evidenceView(ctx, b, byDigest, id))
		}
		return out
	}
}

func (s *Server) evidenceView(ctx context.Context, b Base, byDigest map[string]store.Document, id string) evidenceView {
	if strings.HasPrefix(id, "sha256:") {
		d, ok := byDigest[id]
		if !ok {
			var err error
			if d, err = s.db.Document(ctx, id); err != nil {
				return evidenceView{Name: b.Short(id), Kind: b.T("文書", "document")}
			}
		}
		return evidenceView{Name: d.Name, Kind: b.TypeName(d.Type), Href: "/evidence/" + d.Digest, Detail: b.Day(d.ReceivedAt)}
	}
	if rec, err := s.db.Record(ctx, id); err == nil {
		reg, _ := guideline.Default().Register(rec.Kind)
		return evidenceView{Name: rec.Key, Kind: b.Text(reg.Title), Href: "/registers/" + rec.Kind + "/" + rec.ID, Detail: b.Day(rec.ApprovedAt)}
	}
	if c, err := s.db.Claim(ctx, id); err == nil {
		return evidenceView{Name: b.ClaimKind(c.Kind), Kind: b.T("申告", "statement"), Href: "/uses?" + query("of", id), Detail: b.Day(c.CreatedAt)}
	}
	kind, rest, _ := strings.Cut(id, ":")
	v := b.entryView(kind, rest)
	if v.Href == "" {
		v.Href = "/uses?" + query("of", id)
	}
	return v
}

// entryView names what an outcome cites other than documents, records and statements: entries of the chain, feeds,
// findings.
func (b Base) entryView(kind, rest string) evidenceView {
	switch kind {
	case "software", "release", "system", "engagement", "agreement":
		words := map[string]lang.Text{"software": lang.T("ソフトウェアの登録内容", "entry of the software"), "release": lang.T("リリースの登録内容", "entry of the release"),
			"system": lang.T("システムの登録内容", "entry of the system"), "engagement": lang.T("体制の登録内容", "entry of the arrangement"),
			"agreement": lang.T("契約等の登録内容", "entry of the agreement")}
		v := evidenceView{Name: b.Text(words[kind])}
		if kind == "software" {
			v.Href = "/software/" + rest + "/chain"
		}
		return v
	case "feed":
		return evidenceView{Name: rest, Kind: b.T("情報源", "feed"), Href: "/vulnerabilities"}
	case "match":
		return evidenceView{Name: b.T("脆弱性情報との照合", "comparison with the advisories"), Kind: b.T("照合", "comparison")}
	case "ledger":
		return evidenceView{Name: b.T("台帳（改ざん検知）の検証", "verification of the ledger")}
	}
	if rest == "" && vulnerabilityID().MatchString(kind) {
		return evidenceView{Name: kind, Kind: b.T("脆弱性の検出", "finding"), Href: "/vulnerabilities?" + query("q", kind)}
	}
	return evidenceView{Name: strings.TrimSuffix(kind+":"+rest, ":"), Kind: b.T("登録内容", "entry")}
}

// ClaimKind gives the word for a kind of statement.
func (b Base) ClaimKind(k evidence.ClaimKind) string {
	switch k {
	case evidence.Exception:
		return b.T("例外措置", "exception")
	case evidence.NotInherited:
		return b.T("組織全体の結果を適用しない理由", "result of the organisation not taken")
	case evidence.NotApplicable:
		return b.T("対象外とする理由", "not applicable")
	}
	return b.T("申告", "claim")
}

// ClaimState gives the word for where a statement stands.
func (b Base) ClaimState(c claimView) string {
	switch {
	case c.InForce:
		return b.T("承認済み", "approved")
	case c.State == evidence.ClaimDraft:
		return b.T("承認待ち", "awaiting approval")
	case c.State == evidence.ClaimRetired:
		return b.T("取下げ", "withdrawn")
	}
	return b.T("期限切れ", "lapsed")
}

// Verdict gives the word for what a check said.
func (b Base) Verdict(v assess.Verdict) string {
	switch v {
	case assess.Pass:
		return b.T("✓ 確認できた", "✓ holds")
	case assess.Fail:
		return b.T("▲ 満たしていない", "▲ does not hold")
	case assess.Warn:
		return b.T("! 注意", "! note")
	}
	return b.T("? 判断できない", "? cannot tell")
}

func historyOf(b Base, c evidence.Claim, people people) []historyView {
	out := []historyView{{c.CreatedAt, people.name(c.Author), b.F("%sを起案", "drafted: %s", b.ClaimKind(c.Kind))}}
	if !c.ApprovedAt.IsZero() {
		out = append(out, historyView{c.ApprovedAt, people.name(c.Approver), b.F("%sを承認", "approved: %s", b.ClaimKind(c.Kind))})
	}
	return out
}

// statusChange tells a change of status in words.
func statusChange(b Base, c store.StatusChange) historyView {
	v := historyView{At: c.JudgedAt, Who: "Tasuki"}
	switch {
	case c.Status == "":
		v.Action = b.T("責務ではなくなりました", "no longer a duty")
	case c.Before == "":
		v.Action = b.F("初めての評価：%s", "first assessed: %s", b.StatusName(assess.Status(c.Status)))
	default:
		v.Action = b.F("%s → %s", "%s → %s", b.StatusName(assess.Status(c.Before)), b.StatusName(assess.Status(c.Status)))
	}
	return v
}

// documentsOf gives the documents about a software, the release looked at, and our organisation, the latest first.
func (s *Server) documentsOf(ctx context.Context, head softwareHead, m chain.Model) ([]store.Document, error) {
	subjects := []fact.Subject{{Kind: fact.Software, ID: head.Software.ID}}
	for _, rel := range head.Releases {
		subjects = append(subjects, fact.Subject{Kind: fact.Release, ID: rel.ID})
	}
	for _, p := range m.Parties {
		if p.Self {
			subjects = append(subjects, fact.Subject{Kind: fact.Org, ID: p.ID})
		}
	}
	var out []store.Document
	seen := map[string]bool{}
	for _, subject := range subjects {
		docs, err := s.db.Documents(ctx, store.DocumentFilter{Subject: subject})
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			if !seen[d.Digest] {
				seen[d.Digest] = true
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b store.Document) int { return b.ReceivedAt.Compare(a.ReceivedAt) })
	return out, nil
}
