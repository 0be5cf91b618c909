package web

import (
	"bytes"
	"context"
	"crypto"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// requestPage is one request, sent or received: what is asked, why, until when, what came back and what to do next.
type requestPage struct {
	Base
	Line       relay.RequestLine
	Other      string // name of the other side
	Duties     []askedDuty
	Answers    []answerView
	PassedOn   []relay.RequestLine
	Invitation relay.Invitation
	Code       string // just issued: it is shown once
	Address    string // of the answer page, to be sent along
	Ours       []option
}

// askedDuty is one requirement of a role that is asked for.
type askedDuty struct {
	verify.Duty
	Title string
}

// answerView is an answer with what it says.
type answerView struct {
	relay.ReplyLine
	Changes []verify.Change
	Stated  *exchange.Stated // when it was typed on the answer page
	Receipt string           // digest of our receipt for it
}

// Request is what is asked, for the part that pages share.
func (p *requestPage) Request() relay.RequestLine { return p.Line }

// StatedName gives the word for a status that was stated.
func (b Base) StatedName(s verify.Status) string { return b.StatusName(assess.Status(s)) }

// Stood gives the word for a status that may be none.
func (b Base) Stood(status string) string {
	if status == "" {
		return b.T("責務ではなくなりました", "no duty any more")
	}
	return b.StatusName(assess.Status(status))
}

// Sent reports whether we asked.
func (p *requestPage) Sent() bool { return p.Line.Direction == fact.Sent }

func (s *Server) request(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "request", p)
}

func (s *Server) requestPage(r *http.Request) (*requestPage, error) {
	ctx := r.Context()
	p := &requestPage{Base: s.base(r, "partners", lang.T("依頼", "Request"))}
	all, err := relay.Requests(ctx, s.db)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(l relay.RequestLine) bool { return l.Digest == r.PathValue("digest") })
	if at < 0 {
		return nil, notFound(lang.T("この依頼はありません", "there is no such request"))
	}
	p.Line = all[at]
	for _, l := range all {
		if slices.Contains(p.Line.PassedOn, l.Digest) {
			p.PassedOn = append(p.PassedOn, l)
		}
	}
	p.Other = p.Line.From.Name
	if p.Sent() {
		p.Other = p.Line.To.Name
	}
	p.Title = p.F("%s への依頼", "Request to %s", p.Other)
	if !p.Sent() {
		p.Title = p.F("%s からの依頼", "Request from %s", p.Other)
	}
	for _, d := range p.Line.Duties() {
		p.Duties = append(p.Duties, askedDuty{d, p.TitleOf(d.Requirement)})
	}
	if err := s.answersOf(ctx, p); err != nil {
		return nil, err
	}
	p.Address = "/answer/" + strings.TrimPrefix(p.Line.Digest, "sha256:")
	if p.Invitation, err = relay.InvitationOf(ctx, s.db, p.Line.Digest); err != nil {
		return nil, err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	for _, sw := range m.Software {
		p.Ours = append(p.Ours, option{Value: sw.Name, Name: sw.Name, Selected: sw.Name == p.Line.Object.Name})
	}
	return p, nil
}

// answersOf says of each answer what it holds and what changed since the one before.
func (s *Server) answersOf(ctx context.Context, p *requestPage) error {
	for _, a := range p.Line.Answers {
		v := answerView{ReplyLine: a}
		for _, got := range p.Line.Receipts {
			if got.To == a.Digest && got.Direction == fact.Sent {
				v.Receipt = got.Digest
			}
		}
		switch {
		case a.Stated:
			stated, err := relay.StatedAnswerOf(s.db, a.Digest)
			if err != nil {
				return err
			}
			v.Stated = &stated
		case a.Direction == fact.Incoming:
			var err error
			if v.Changes, err = relay.AnswerChanges(ctx, s.db, a.Digest); err != nil {
				return err
			}
		}
		p.Answers = append(p.Answers, v)
	}
	return nil
}

// requestAgain shows a request with what went wrong; a fault of ours becomes the error page.
func (s *Server) requestAgain(w http.ResponseWriter, r *http.Request, cause error) error {
	if k := lang.KindOf(cause); k == lang.Unexpected {
		return cause
	}
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	p.Problem = lang.Explain(cause, p.Lang)
	return s.render(w, http.StatusUnprocessableEntity, "request", p)
}

// key asks whoever is signed in for their password once more and opens the organisation's signing key.
func (s *Server) key(r *http.Request) (crypto.Signer, error) {
	if err := s.again(r); err != nil {
		return nil, err
	}
	k, err := upkeep.SigningKey(s.db, []byte(r.FormValue("passphrase")))
	return k.Private, err
}

// inviteAnswer issues the code with which the asked party can answer without an account. It is shown on this page only.
func (s *Server) inviteAnswer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	until, err := codeEnds(r.FormValue("until"))
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	code, i, err := relay.Invite(ctx, s.db, s.actor(r), p.Line, until)
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	p.Code, p.Invitation = code, i
	return s.render(w, http.StatusOK, "request", p)
}

// codeEnds reads the last day of a code; nothing: the usual time.
func codeEnds(day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, day, calendar.Japan)
	if err != nil {
		return t, formError(lang.T("有効期限は 2026-04-01 の形で入力してください", "write the last day as 2026-04-01"))
	}
	return t.AddDate(0, 0, 1), nil
}

func (s *Server) withdrawCode(w http.ResponseWriter, r *http.Request) error {
	if err := relay.Withdraw(r.Context(), s.db, s.actor(r), r.PathValue("digest")); err != nil {
		return s.requestAgain(w, r, err)
	}
	s.notice(r, lang.T("コードを使えなくしました", "The code no longer works"))
	http.Redirect(w, r, "/requests/"+r.PathValue("digest"), http.StatusSeeOther)
	return nil
}

// giveReceipt signs a receipt for the request itself, or for an answer to it.
func (s *Server) giveReceipt(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	key, err := s.key(r)
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	receipt := verify.Receipt{For: p.Line.From, Of: p.Line.Digest, Kind: "request", Accepted: true}
	if of := r.FormValue("of"); of != p.Line.Digest {
		at := slices.IndexFunc(p.Answers, func(a answerView) bool { return a.Digest == of })
		if at < 0 {
			return notFound(lang.T("この回答はありません", "there is no such answer"))
		}
		a := p.Answers[at]
		receipt = verify.Receipt{For: verify.Issuer{ID: p.Line.To.ID, Name: p.Line.To.Name}, Of: of, Kind: "bundle", Accepted: a.Fulfils, Failed: a.Failed}
		if a.Stated != nil {
			receipt.Kind, receipt.Failed = "stated_answer", []string{}
		}
	}
	if _, err := relay.Acknowledge(r.Context(), s.db, s.actor(r), receipt, p.Line.Party, key); err != nil {
		return s.requestAgain(w, r, err)
	}
	s.notice(r, lang.T("受領書に署名しました", "The receipt was signed"))
	http.Redirect(w, r, "/requests/"+p.Line.Digest, http.StatusSeeOther)
	return nil
}

// answerRequest answers a request that we were given with a declaration of ours that is in force.
func (s *Server) answerRequest(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	key, err := s.key(r)
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	a, err := relay.AnswerRequest(r.Context(), s.db, s.actor(r), p.Line, r.FormValue("software"), relay.Signing{Key: key})
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	if a.Fulfils {
		s.notice(r, lang.T("回答を作りました。下の「回答」からファイルを保存し、依頼元に渡してください", "The answer was made. Save its file below and hand it over"))
	} else {
		s.notice(r, lang.T("回答を作りましたが、依頼の内容を満たさない点があります。下を確かめてください", "The answer was made, but does not hold all that was asked: see below"))
	}
	http.Redirect(w, r, "/requests/"+p.Line.Digest, http.StatusSeeOther)
	return nil
}

// passOn asks those we rely on in turn, under a request that we were given.
func (s *Server) passOn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.requestPage(r)
	if err != nil {
		return err
	}
	n, err := s.passedOn(ctx, r, p.Line)
	if err != nil {
		return s.requestAgain(w, r, err)
	}
	s.notice(r, lang.F("%d件の依頼を作りました。それぞれの画面からファイルを保存し、相手に渡してください", "%d requests were made: save the file of each and hand it over", n))
	http.Redirect(w, r, "/requests/"+p.Line.Digest, http.StatusSeeOther)
	return nil
}

func (s *Server) passedOn(ctx context.Context, r *http.Request, up relay.RequestLine) (int, error) {
	software, err := s.db.SoftwareByName(ctx, r.FormValue("software"))
	if err != nil {
		return 0, err
	}
	asks, err := relay.Asks(ctx, s.db, software.ID, "", up.Digest)
	if err != nil {
		return 0, err
	}
	if len(asks) == 0 {
		return 0, &lang.Error{Kind: lang.Nothing, What: lang.F("「%s」について頼っている関連事業者はありません", "we rely on nobody for %q", software.Name)}
	}
	key, err := s.key(r)
	if err != nil {
		return 0, err
	}
	for _, a := range asks {
		if due := r.FormValue("due"); due != "" {
			a.DueOn = due
		}
		if _, _, err := relay.Request(ctx, s.db, s.actor(r), a, key); err != nil {
			return 0, err
		}
	}
	return len(asks), nil
}

// requestNewPage is the form of a new request, as it was filled in.
type requestNewPage struct {
	Base
	Parties  []option
	Names    []string // of software we know
	Object   verify.AskedObject
	Package  guideline.Level
	Why      map[verify.Viewpoint]string
	Asked    map[guideline.Role]bool
	Kinds    map[verify.ResourceKind]bool
	Chain    bool
	Due      string
	Note     string
	Earliest string // the first day that can be asked for
}

// Viewpoints are what a level can be chosen by.
func (p *requestNewPage) Viewpoints() []verify.Viewpoint { return verify.Viewpoints[:] }

// Documents are the kinds of documents that can be asked for.
func (p *requestNewPage) Documents() []verify.ResourceKind {
	return []verify.ResourceKind{verify.SBOM, verify.VEX, verify.Evidence}
}

func (s *Server) requestNew(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestNewPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "request_new", p)
}

func (s *Server) requestNewPage(r *http.Request) (*requestNewPage, error) {
	if err := r.ParseForm(); err != nil {
		return nil, badUpload(err)
	}
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return nil, err
	}
	p := &requestNewPage{Base: s.base(r, "partners", lang.T("依頼を作る", "New request")), Why: map[verify.Viewpoint]string{}, Asked: map[guideline.Role]bool{}, Kinds: map[verify.ResourceKind]bool{},
		Object:  verify.AskedObject{Name: strings.TrimSpace(r.FormValue("object")), Version: strings.TrimSpace(r.FormValue("version")), UsedIn: strings.TrimSpace(r.FormValue("used_in"))},
		Package: guideline.Level(r.FormValue("level")), Chain: r.FormValue("chain") != "", Due: r.FormValue("due"), Note: strings.TrimSpace(r.FormValue("note"))}
	p.Earliest = p.Now.In(calendar.Japan).Format(time.DateOnly)
	for _, v := range verify.Viewpoints {
		p.Why[v] = strings.TrimSpace(r.FormValue("why-" + string(v)))
	}
	for _, role := range r.Form["role"] {
		p.Asked[guideline.Role(role)] = true
	}
	for _, kind := range r.Form["evidence"] {
		p.Kinds[verify.ResourceKind(kind)] = true
	}
	ours := ourParties(m)
	for _, party := range m.Parties {
		if !ours[party.ID] && !party.Self {
			p.Parties = append(p.Parties, option{Value: party.ID, Name: party.Name, Selected: party.ID == r.FormValue("party")})
		}
	}
	for _, sw := range m.Software {
		p.Names = append(p.Names, sw.Name)
	}
	return p, nil
}

// makeRequest signs a request and leads to its page.
func (s *Server) makeRequest(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestNewPage(r)
	if err != nil {
		return err
	}
	digest, err := s.askedFor(r, p)
	if lang.KindOf(err) == lang.Unexpected && err != nil {
		return err
	}
	if err != nil {
		p.Problem = lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "request_new", p)
	}
	s.notice(r, lang.T("依頼に署名しました。ファイルを保存して相手に渡すか、回答用のコードを発行してください", "The request was signed. Save its file and hand it over, or issue a code to answer with"))
	http.Redirect(w, r, "/requests/"+digest, http.StatusSeeOther)
	return nil
}

func (s *Server) askedFor(r *http.Request, p *requestNewPage) (digest string, err error) {
	a := relay.Ask{Party: r.FormValue("party"), Object: p.Object, Level: p.Package, Chain: p.Chain, DueOn: p.Due, Note: p.Note}
	for _, v := range verify.Viewpoints {
		if p.Why[v] != "" {
			a.Reasons = append(a.Reasons, verify.Reason{Viewpoint: v, Text: p.Why[v]})
		}
	}
	for _, role := range guideline.Roles {
		if p.Asked[role] {
			a.Roles = append(a.Roles, verify.AskedRole{Role: role})
		}
	}
	for _, kind := range p.Documents() {
		if p.Kinds[kind] {
			a.Evidence = append(a.Evidence, kind)
		}
	}
	key, err := s.key(r)
	if err != nil {
		return "", err
	}
	b, _, err := relay.Request(r.Context(), s.db, s.actor(r), a, key)
	return verify.Digest(b), err
}

// letterPage is what became of a letter that was brought.
type letterPage struct {
	Base
	File   string
	Letter exchange.Letter
	From   string // our name of the party whose key signed it
	Why    string // it counts for nothing
}

// takeLetter keeps a letter that somebody brought and shows what became of it. Who may not change anything sees only what
// kind of letter it is.
func (s *Server) takeLetter(w http.ResponseWriter, r *http.Request, name string, b []byte) error {
	p := &letterPage{Base: s.base(r, "partners", lang.T("受け取った文書", "What was received")), File: name}
	if err := auth.Require(p.Account, auth.Edit); err != nil {
		return err
	}
	l, err := relay.ReceiveLetter(r.Context(), s.db, s.actor(r), name, b)
	if err != nil {
		return err
	}
	p.Letter = l
	if !l.Accepted() {
		p.Why = lang.Explain(l.Problem, p.Lang)
	}
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return err
	}
	p.From = partyNames(m)[l.Party]
	return s.render(w, http.StatusOK, "letter", p)
}

// receiveLetters takes the bundles and letters among files that were brought as evidence to where they belong, and gives
// the other files.
func (s *Server) receiveLetters(r *http.Request, files []*multipart.FileHeader) (others []*multipart.FileHeader, took []ingest.Receipt, err error) {
	for _, f := range files {
		b, bundle, err := letterIn(f)
		if err != nil {
			return nil, nil, err
		}
		if b == nil {
			others = append(others, f)
			continue
		}
		receipt := ingest.Receipt{File: f.Filename, Digest: verify.Digest(b), Size: f.Size, Type: relay.BundleType}
		if bundle {
			got, err := relay.ReceiveBundle(r.Context(), s.db, s.actor(r), f.Filename, b, false)
			if err != nil {
				return nil, nil, err
			}
			receipt.Accepted = got.Accepted
			for _, step := range got.Report.Steps {
				if !step.OK {
					receipt.Problems = append(receipt.Problems, fact.Problem{Where: step.Where, What: step.Detail})
				}
			}
		} else {
			l, err := relay.ReceiveLetter(r.Context(), s.db, s.actor(r), f.Filename, b)
			if err != nil {
				return nil, nil, err
			}
			receipt.Type, receipt.Accepted = l.Type, l.Accepted()
			if !l.Accepted() {
				receipt.Problems = []fact.Problem{{What: lang.T(lang.Explain(l.Problem, lang.JA), lang.Explain(l.Problem, lang.EN))}}
			}
		}
		took = append(took, receipt)
	}
	return others, took, nil
}

// letterIn gives the bytes of a file that is a letter or a bundle, and which of both; nil: it is neither.
func letterIn(f *multipart.FileHeader) (b []byte, bundle bool, err error) {
	body, err := f.Open()
	if err != nil {
		return nil, false, err
	}
	defer body.Close()
	start := make([]byte, len(bundleStart))
	n, _ := io.ReadFull(body, start) // a shorter file is no bundle, and perhaps a letter
	bundle = n == len(start) && string(start) == bundleStart
	if !bundle && (f.Size > 4<<20 || n == 0 || start[0] != '{') || f.Size > maxBundle {
		return nil, false, nil
	}
	if b, err = io.ReadAll(io.MultiReader(bytes.NewReader(start[:n]), body)); err != nil {
		return nil, false, err
	}
	if bundle || verify.LetterFormat(b) != "" {
		return b, bundle, nil
	}
	return nil, false, nil
}

// bundleStart is how every bundle begins: its form has one encoding.
const bundleStart = `{"format":"tasuki-bundle/v`

// requestsOf gives the requests that passed between us and a party or its units.
func requestsOf(all []relay.RequestLine, m chain.Model, party string) []relay.RequestLine {
	return slices.DeleteFunc(slices.Clone(all), func(l relay.RequestLine) bool {
		return l.Party != party && !slices.ContainsFunc(m.Parties, func(p chain.Party) bool { return p.ID == l.Party && p.Parent == party })
	})
}

// Incoming reports whether something came from the other side.
func (Base) Incoming(d fact.Direction) bool { return d == fact.Incoming }
