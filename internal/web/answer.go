package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// The pages below /answer are for people without an account. Whoever has the code of a request sees that request and
// fills the answer in, and nothing else of the workspace. The code travels in the body of a form only; a session holds
// that it was entered.

// sessionAnswer holds the request whose code was entered, and which code that was.
const sessionAnswer = "answer"

// maxInvited bounds a file that is brought with a code.
const maxInvited = 64 << 20

// answerCodePage asks for the code. It says nothing of the request, not even whether there is one.
type answerCodePage struct {
	Base
	Key string // of the request, as in the address
}

// answerPage is a request as who was asked sees it, with the sheet to fill in or what became of it.
type answerPage struct {
	Base
	Key     string
	Request relay.RequestLine
	Until   relay.Invitation
	By      exchange.StatedBy
	Note    string
	Rows    []answerRow
	Filled  int
	Gaps    []string       // why it cannot be handed in yet, beside those of rows
	Spots   []xlsx.Spot    // cells of a workbook that could not be read
	Report  *verify.Report // of a bundle that was brought
	Answers []relay.ReplyLine
	Done    string // digest of what was handed in
	Signed  bool   // there is a receipt with a signature
}

// answerRow is one duty that is asked about.
type answerRow struct {
	exchange.StatedAnswer
	Field string // ending of the names of its fields
	Title string
	From  string // where the answer was taken over from; empty: it was filled in here
	Gap   string
}

// Statuses gives those that can be chosen.
func (p *answerPage) Statuses() []verify.Status { return exchange.StatedStatuses[:] }

var requestKey = pattern.Of(`^[0-9a-f]{64}$`)

// answerBase is a page of whoever has a code: nothing on it depends on who may be signed in beside.
func (s *Server) answerBase(r *http.Request) Base {
	b := s.base(r, "", lang.T("依頼への回答", "Answer a request"))
	b.Who, b.Account, b.Sample = "", store.Account{}, false
	return b
}

// partner is who acts on these pages.
func partner(r *http.Request) store.Actor {
	return store.Actor{Account: relay.Partner, Via: store.Web, Request: visitOf(r).request}
}

func (s *Server) answerCode(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	p := &answerCodePage{Base: s.answerBase(r), Key: r.PathValue("request")}
	p.Problem = problem
	return s.render(w, status, "answer_code", p)
}

// answer shows the sheet to whoever entered the code, and asks anybody else for it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	line, i, err := s.invited(r)
	if err != nil {
		return err
	}
	if i.Request == "" {
		return s.answerCode(w, r, http.StatusOK, "")
	}
	p, err := s.answerPage(r, line, i, nil)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "answer", p)
}

// enterCode takes the code. Tries are bounded by request and by address.
func (s *Server) enterCode(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("request")
	if !requestKey().MatchString(key) {
		return missing(w, r)
	}
	l := visitOf(r).lang
	succeeded, err := s.auth.Try("answer "+key, addressOf(r))
	if err != nil {
		return s.answerCode(w, r, http.StatusTooManyRequests, lang.Explain(err, l))
	}
	digest := "sha256:" + key
	i, err := relay.EnterCode(ctx, s.db, partner(r), digest, r.PostFormValue("code"))
	if lang.KindOf(err) == lang.Forbidden {
		return s.answerCode(w, r, http.StatusForbidden, lang.Explain(err, l))
	}
	if err != nil {
		return err
	}
	succeeded()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionAnswer, digest+" "+i.Stamp())
	http.Redirect(w, r, "/answer/"+key, http.StatusSeeOther)
	return nil
}

// invited gives the request and the invitation of whoever entered its code, and an empty one for anybody else.
func (s *Server) invited(r *http.Request) (line relay.RequestLine, i relay.Invitation, err error) {
	ctx, key := r.Context(), r.PathValue("request")
	if !requestKey().MatchString(key) {
		return line, i, notFound(lang.T("お探しのページは見つかりませんでした", "there is no page here"))
	}
	digest, stamp, _ := strings.Cut(s.sessions.GetString(ctx, sessionAnswer), " ")
	if digest != "sha256:"+key {
		return line, i, nil
	}
	i, err = relay.InvitationOf(ctx, s.db, digest)
	if err != nil || !i.Holds(stamp) || !s.now().Before(i.Until) {
		return line, relay.Invitation{}, err
	}
	line, err = relay.FindRequest(ctx, s.db, digest)
	return line, i, err
}

// withCode serves whoever entered the code of the request, and asks anybody else for it.
func (s *Server) withCode(h func(http.ResponseWriter, *http.Request, relay.RequestLine, relay.Invitation) error) http.Handler {
	return s.open(func(w http.ResponseWriter, r *http.Request) error {
		line, i, err := s.invited(r)
		if err != nil {
			return err
		}
		if i.Request == "" {
			return s.answerCode(w, r, http.StatusForbidden, s.base(r, "", lang.Text{}).T("コードを入力してください", "Enter the code first"))
		}
		return h(w, r, line, i)
	})
}

// answerPage fills the page in, from what was typed when given, else from what was saved or said before.
func (s *Server) answerPage(r *http.Request, line relay.RequestLine, i relay.Invitation, typed *exchange.Stated) (*answerPage, error) {
	p := &answerPage{Base: s.answerBase(r), Key: r.PathValue("request"), Request: line, Until: i, Done: i.Answer}
	for _, a := range line.Answers {
		if a.Direction == fact.Incoming && !a.Stated {
			p.Answers = append(p.Answers, a)
		}
	}
	if p.Done != "" {
		_, p.Signed = signedReceipt(line, i)
		stated, err := relay.StatedAnswerOf(s.db, p.Done)
		p.fill(stated, nil)
		return p, err
	}
	have, err := relay.Prefill(r.Context(), s.db, line, i)
	if err != nil {
		return nil, err
	}
	if typed != nil {
		have.Stated, have.From = *typed, nil
	}
	p.fill(have.Stated, have.From)
	return p, nil
}

func (p *answerPage) fill(s exchange.Stated, from map[verify.Duty]lang.Text) {
	p.By, p.Note, p.Rows, p.Filled = s.By, s.Note, nil, 0
	for _, d := range p.Request.Duties() {
		row := answerRow{StatedAnswer: s.On(d), Field: fieldOf(d), Title: p.TitleOf(d.Requirement), From: p.Text(from[d])}
		if row.Status != "" {
			p.Filled++
		}
		p.Rows = append(p.Rows, row)
	}
}

func fieldOf(d verify.Duty) string { return string(d.Role) + "-" + slug(d.Requirement) }

// answerSheet keeps what was filled in, or hands it in.
func (s *Server) answerSheet(w http.ResponseWriter, r *http.Request, line relay.RequestLine, i relay.Invitation) error {
	ctx := r.Context()
	typed := typedAnswer(r, line)
	if r.PostFormValue("do") != "submit" {
		if err := relay.SaveStated(ctx, s.db, partner(r), line, typed); err != nil {
			return err
		}
		s.notice(r, lang.T("保存しました。まだ提出されていません", "Saved. It has not been handed in yet"))
		http.Redirect(w, r, "/answer/"+r.PathValue("request"), http.StatusSeeOther)
		return nil
	}
	gaps := typed.Check(line.Duties())
	if r.PostFormValue("sure") == "" {
		gaps = append(gaps, exchange.StatedGap{What: lang.T("内容を確認した旨のチェックがありません", "say that you checked what you filled in")})
	}
	if len(gaps) > 0 {
		if err := relay.SaveStated(ctx, s.db, partner(r), line, typed); err != nil {
			return err
		}
		p, err := s.answerPage(r, line, i, &typed)
		if err != nil {
			return err
		}
		p.mark(gaps)
		p.Problem = p.F("まだ提出できません。%d件を確かめてください（記入した内容は保存しました）", "It cannot be handed in yet: see %d places. What you filled in was saved", len(gaps))
		return s.render(w, http.StatusUnprocessableEntity, "answer", p)
	}
	if _, err := relay.HandIn(ctx, s.db, partner(r), line, typed); err != nil {
		return err
	}
	s.notice(r, lang.T("回答を提出しました", "Your answer was handed in"))
	http.Redirect(w, r, "/answer/"+r.PathValue("request"), http.StatusSeeOther)
	return nil
}

// mark puts what is missing beside its row.
func (p *answerPage) mark(gaps []exchange.StatedGap) {
	for _, g := range gaps {
		row := -1
		for i := range p.Rows {
			if p.Rows[i].Role == g.Duty.Role && p.Rows[i].Requirement == g.Duty.Requirement {
				row = i
			}
		}
		if row < 0 {
			p.Gaps = append(p.Gaps, p.Text(g.What))
			continue
		}
		p.Rows[row].Gap = p.Text(g.What)
	}
}

// typedAnswer reads the sheet's form: exactly the duties that are asked, whatever else was sent.
func typedAnswer(r *http.Request, line relay.RequestLine) exchange.Stated {
	value := func(name string) string { return strings.TrimSpace(strings.ToValidUTF8(r.PostFormValue(name), "")) }
	s := exchange.Stated{Request: line.Digest, By: exchange.StatedBy{Name: value("name"), Title: value("title")}, Note: value("note")}
	for _, d := range line.Duties() {
		f := fieldOf(d)
		s.Answers = append(s.Answers, exchange.StatedAnswer{Role: d.Role, Requirement: d.Requirement, Status: verify.Status(value("status-" + f)), Text: value("text-" + f), Evidence: value("evidence-" + f)})
	}
	return s
}

// answerFile takes a filled checklist into the sheet, or a bundle as a signed answer. A file that is neither is not kept.
func (s *Server) answerFile(w http.ResponseWriter, r *http.Request, line relay.RequestLine, i relay.Invitation) error {
	r.Body = http.MaxBytesReader(w, visitOf(r).body, maxInvited)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	f, header, err := r.FormFile("files")
	if err != nil {
		return formError(lang.T("ファイルが選ばれていません", "no file was chosen"))
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	p, err := s.answerFileTaken(r, line, i, header.Filename, raw)
	var e *lang.Error
	if !errors.As(err, &e) {
		if err != nil {
			return err
		}
		return s.render(w, http.StatusOK, "answer", p)
	}
	if p, err = s.answerPage(r, line, i, nil); err != nil {
		return err
	}
	p.Problem = lang.Explain(e, p.Lang)
	return s.render(w, http.StatusUnprocessableEntity, "answer", p)
}

func (s *Server) answerFileTaken(r *http.Request, line relay.RequestLine, i relay.Invitation, name string, raw []byte) (*answerPage, error) {
	ctx := r.Context()
	if bytes.HasPrefix(raw, []byte("{")) {
		if _, err := verify.Open(raw); err != nil {
			return nil, err
		}
		if err := relay.CountFile(ctx, s.db, partner(r), line.Digest); err != nil {
			return nil, err
		}
		got, err := relay.ReceiveBundle(ctx, s.db, partner(r), name, raw, false)
		if err != nil {
			return nil, err
		}
		if line, err = relay.FindRequest(ctx, s.db, line.Digest); err != nil {
			return nil, err
		}
		p, err := s.answerPage(r, line, i, nil)
		if err == nil {
			p.Report = &got.Report
		}
		return p, err
	}
	have, err := relay.Prefill(ctx, s.db, line, i)
	if err != nil {
		return nil, err
	}
	stated, spots, err := relay.FromSheet(line, have.Stated, raw)
	if err != nil {
		return nil, err
	}
	if err := relay.SaveStated(ctx, s.db, partner(r), line, stated); err != nil {
		return nil, err
	}
	p, err := s.answerPage(r, line, i, &stated)
	if err == nil {
		p.Spots = spots
		p.Notice = p.T("チェックリストの内容を下の表に写し、保存しました。まだ提出されていません", "The checklist was put into the table below and saved. It has not been handed in yet")
	}
	return p, err
}

// answerXLSX gives the sheet as a workbook to fill in.
func (s *Server) answerXLSX(w http.ResponseWriter, r *http.Request, line relay.RequestLine, i relay.Invitation) error {
	have, err := relay.Prefill(r.Context(), s.db, line, i)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := xlsx.Checklist(&b, relay.SheetOfRequest(s.db, visitOf(r).lang, line, have.Stated)); err != nil {
		return err
	}
	attachment(w.Header(), line.Object.Name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	_, err = w.Write(b.Bytes())
	return err
}

// answerReceipt gives the receipt for what was handed in: the one signed by whoever asked when there is one, else the
// answer with its proof from their ledger.
func (s *Server) answerReceipt(w http.ResponseWriter, r *http.Request, line relay.RequestLine, i relay.Invitation) error {
	if i.Answer == "" {
		return notFound(lang.T("まだ回答が提出されていません", "no answer was handed in yet"))
	}
	var b []byte
	var err error
	if digest, ok := signedReceipt(line, i); ok && r.FormValue("signed") != "" {
		b, err = s.db.ReadDocument(digest)
	} else {
		b, err = relay.ReceiptFor(r.Context(), s.db, i.Answer)
	}
	if err != nil {
		return err
	}
	attachment(w.Header(), "tasuki-receipt.json", "application/json")
	_, err = w.Write(b)
	return err
}

// signedReceipt finds the receipt that whoever asked signed for what was handed in.
func signedReceipt(line relay.RequestLine, i relay.Invitation) (string, bool) {
	for _, got := range line.Receipts {
		if got.Direction == fact.Sent && got.To == i.Answer {
			return got.Digest, true
		}
	}
	return "", false
}

// leaveAnswer forgets that the code was entered.
func (s *Server) leaveAnswer(w http.ResponseWriter, r *http.Request) error {
	s.sessions.Remove(r.Context(), sessionAnswer)
	http.Redirect(w, r, "/answer/"+r.PathValue("request"), http.StatusSeeOther)
	return nil
}

// Viewpoint gives the words for what a level was chosen by.
func (b Base) Viewpoint(v verify.Viewpoint) string { return b.Text(v.Title()) }

// RequestState gives the words for where a request stands.
func (b Base) RequestState(s relay.RequestState) string { return b.Text(s.Title()) }

// ResourceKind gives the word for a kind of document that can be asked for.
func (b Base) ResourceKind(k verify.ResourceKind) string {
	switch k {
	case verify.SBOM:
		return "SBOM"
	case verify.VEX:
		return "VEX"
	case verify.Upstream:
		return b.T("供給元の宣言", "suppliers' declarations")
	}
	return b.T("証跡", "evidence")
}

// AskedIDs says which requirements of a role are asked for.
func (b Base) AskedIDs(ids []guideline.ID) string {
	if len(ids) == 0 {
		return b.T("この水準のすべて", "all of the level")
	}
	var out []string
	for _, id := range ids {
		out = append(out, string(id))
	}
	return b.Join(out)
}
