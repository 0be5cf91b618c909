package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// partnersPage is who we deal with, what binds us, and what they have declared.
type partnersPage struct {
	Base
	Self     chain.Party
	Parties  []partnerView
	Received []receivedView
	Choices  []option // counterparties
	Trusted  []trustedView
	Keyless  exchange.Keyless    // whose signatures without a key of their own are trusted
	Heard    string              // a fingerprint to compare, as somebody wrote it down
	Found    trustedView         // the trusted key it is that of
	Whole    bool                // what was written down is a whole fingerprint
	Requests []relay.RequestLine // every one, sent or received
}

type trustedView struct {
	Name, Party, Issuer, Fingerprint string
}

// levels in the order they are offered.
var levels = []guideline.Level{guideline.Minimum, guideline.Standard}

// Levels to choose from.
func (partnersPage) Levels() []guideline.Level { return levels }

// Lines gives the fingerprint as two people read it to each other.
func (t trustedView) Lines() [][]string { return keys.Lines(t.Fingerprint) }

type partnerView struct {
	chain.Party
	Units []string
	Deals []partnerDeal
	Last  *receivedView
	Asked []relay.RequestLine // what passed between us: requests sent and received
}

type partnerDeal struct {
	Name, SoftwareID string
	Roles            []guideline.Role
	Level            guideline.Level
}

type receivedView struct {
	fact.Received
	From, Digest string
	At           time.Time
	Lapsed       bool
	Met, Shown   int
}

func (s *Server) partners(w http.ResponseWriter, r *http.Request) error {
	p, err := s.partnersPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "partners", p)
}

func (s *Server) partnersPage(r *http.Request) (*partnersPage, error) {
	ctx := r.Context()
	p := &partnersPage{Base: s.base(r, "partners", lang.T("取引先", "Partners"))}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	if p.Received, err = s.received(ctx, p.Base, m); err != nil {
		return nil, err
	}
	trusted, err := exchange.Trust(ctx, s.db)
	if err != nil {
		return nil, err
	}
	if p.Keyless, err = exchange.KeylessTrust(ctx, s.db); err != nil {
		return nil, err
	}
	if p.Requests, err = relay.Requests(ctx, s.db); err != nil {
		return nil, err
	}
	names := partyNames(m)
	for _, t := range trusted {
		p.Trusted = append(p.Trusted, trustedView{t.Key.Name, names[t.Party], t.Key.Issuer, verify.Fingerprint(t.Key.Key)})
	}
	if p.Heard = r.FormValue("fingerprint"); p.Heard != "" {
		var fingerprint string
		fingerprint, p.Whole = keys.Heard(p.Heard)
		if i := slices.IndexFunc(p.Trusted, func(t trustedView) bool { return t.Fingerprint == fingerprint }); i >= 0 {
			p.Found = p.Trusted[i]
		}
	}
	ours := ourParties(m)
	for _, party := range m.Parties {
		switch {
		case party.Self:
			p.Self = party
		case !ours[party.ID] && party.Parent == "":
			v := partnerOf(m, party, p.Received)
			v.Asked = requestsOf(p.Requests, m, party.ID)
			p.Parties = append(p.Parties, v)
			p.Choices = append(p.Choices, option{Value: party.ID, Name: party.Name})
		}
	}
	return p, nil
}

func partnerOf(m chain.Model, party chain.Party, received []receivedView) partnerView {
	v := partnerView{Party: party}
	own := map[string]bool{party.ID: true}
	for _, unit := range m.Parties {
		if unit.Parent == party.ID {
			own[unit.ID] = true
			v.Units = append(v.Units, unit.Name)
		}
	}
	for _, a := range m.Arrangements {
		d := partnerDeal{Name: a.Name, SoftwareID: a.Software, Level: a.Level}
		for _, sw := range m.Software {
			if sw.ID == a.Software {
				d.Name = sw.Name
			}
		}
		for _, e := range a.Engagements {
			if own[e.Party] && !slices.Contains(d.Roles, e.Role) {
				d.Roles = append(d.Roles, e.Role)
			}
		}
		if len(d.Roles) > 0 {
			v.Deals = append(v.Deals, d)
		}
	}
	for i, got := range received {
		if own[got.Party] {
			v.Last = &received[i]
			break
		}
	}
	return v
}

// received gives the declarations of counterparties whose bundles verified, the latest first.
func (s *Server) received(ctx context.Context, b Base, m chain.Model) ([]receivedView, error) {
	facts, err := s.db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	names := partyNames(m)
	var out []receivedView
	for _, f := range facts {
		got, ok := f.Data.(*fact.Received)
		if !ok {
			continue
		}
		v := receivedView{Received: *got, From: names[got.Party], Digest: f.Document, At: f.ObservedAt, Shown: len(got.Answers),
			Lapsed: !got.ValidUntil.IsZero() && !b.Now.Before(got.ValidUntil)}
		for _, a := range got.Answers {
			if a.Status == "met" || a.Status == "met_with_exception" || a.Status == "not_applicable" {
				v.Met++
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(x, y receivedView) int { return y.At.Compare(x.At) })
	return out, nil
}

// verifiedPage is the outcome of verifying a bundle, step by step.
type verifiedPage struct {
	Base
	File   string
	Report verify.Report
	Kept   string // digest, when the bundle was kept as evidence
}

// maxBundle bounds a bundle that is verified in memory.
const maxBundle = 256 << 20

// verifyBundle verifies a file somebody handed over; it is kept only when the form says whose it is.
func (s *Server) verifyBundle(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	f, header, err := r.FormFile("bundle")
	if err != nil {
		return formError(lang.T("ファイルが選ばれていません", "no file was chosen"))
	}
	defer f.Close()
	bundle, err := io.ReadAll(io.LimitReader(f, maxBundle))
	if err != nil {
		return err
	}
	if verify.LetterFormat(bundle) != "" {
		return s.takeLetter(w, r, header.Filename, bundle)
	}
	level := guideline.Level(r.FormValue("level"))
	if level != "" && !slices.Contains(levels, level) {
		return formError(lang.T("水準を選び直してください", "choose the level again"))
	}
	p := &verifiedPage{Base: s.base(r, "partners", lang.T("宣言の検証結果", "Result of the verification")), File: header.Filename}
	if r.FormValue("keep") == "" || !p.Can(auth.Edit) {
		if p.Report, err = s.verify(r.Context(), bundle, level); err != nil {
			return err
		}
		return s.render(w, http.StatusOK, "verified", p)
	}
	got, err := relay.ReceiveBundle(r.Context(), s.db, s.actor(r), header.Filename, bundle, true)
	if err != nil {
		return err
	}
	p.Report, p.Kept = got.Report, got.Digest
	return s.render(w, http.StatusOK, "verified", p)
}

// verify holds a bundle against what this workspace trusts and has seen and the level asked for, if any, and keeps nothing.
func (s *Server) verify(ctx context.Context, bundle []byte, level guideline.Level) (verify.Report, error) {
	o, err := exchange.Options(ctx, s.db)
	if err != nil {
		return verify.Report{}, err
	}
	o.RequireLevel = level
	return verify.Bundle(bundle, o), nil
}

// trustKeys takes the keys of a trust file, or one public key, into the list of those this workspace trusts.
func (s *Server) trustKeys(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	given, err := verify.ParseTrust([]byte(strings.TrimSpace(r.FormValue("key"))))
	if err != nil {
		return &lang.Error{Kind: lang.Unreadable, What: lang.T("鍵を読み取れませんでした", "the key could not be read"),
			Next: lang.T("信頼ファイルの内容、又は PEM 形式の公開鍵を貼り付けてください", "paste a trust file or a public key in PEM"), Err: err}
	}
	party := r.FormValue("party")
	if party != "" {
		if _, err := s.db.PartyByID(ctx, party); err != nil {
			return err
		}
	}
	for _, k := range given {
		if name := strings.TrimSpace(r.FormValue("name")); name != "" {
			k.Name = name
		}
		if err := exchange.SetTrust(ctx, s.db, s.actor(r), exchange.TrustedParty{Party: party, Key: k}); err != nil {
			return err
		}
	}
	s.notice(r, lang.F("%d件の鍵を信頼する一覧に加えました", "%d keys are trusted now", len(given)))
	http.Redirect(w, r, "/partners", http.StatusSeeOther)
	return nil
}

// distrustKey stops trusting a key.
func (s *Server) distrustKey(w http.ResponseWriter, r *http.Request) error {
	if err := exchange.RemoveTrust(r.Context(), s.db, s.actor(r), r.FormValue("fingerprint")); err != nil {
		return err
	}
	s.notice(r, lang.T("信頼する一覧から外しました", "No longer trusted"))
	http.Redirect(w, r, "/partners", http.StatusSeeOther)
	return nil
}

// Step gives the name of a step of a verification for people.
func (b Base) Step(name string) string {
	return b.Text(verify.StepTitle(name))
}

// DeclarationKind gives the name of what a declaration may be called.
func (b Base) DeclarationKind(k string) string {
	if k == string(verify.SelfDeclaration) {
		return b.T("自己適合宣言", "self-declaration")
	}
	return b.T("対応状況報告", "status report")
}

// LinkKind is DeclarationKind for a link of a verified chain.
func (b Base) LinkKind(k verify.Kind) string { return b.DeclarationKind(string(k)) }

// Trust says why a signer is believed.
func (b Base) Trust(k verify.TrustKind) string {
	switch k {
	case verify.Direct:
		return b.T("信頼する鍵の一覧にある", "in the list of trusted keys")
	case verify.Introduced:
		return b.T("信頼する発行者による紹介", "introduced by a trusted issuer")
	}
	return b.T("不明な署名者", "unknown signer")
}
