package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

type claimCmd struct {
	Add    claimAddCmd    `cmd:"" help:"${help_claim_add}"`
	List   claimListCmd   `cmd:"" help:"${help_claim_list}"`
	Show   claimShowCmd   `cmd:"" help:"${help_claim_show}"`
	Retire claimRetireCmd `cmd:"" help:"${help_claim_retire}"`
}

type claimAddCmd struct {
	target
	Requirement string   `help:"${help_claim_requirement}" required:"" placeholder:"ID"`
	Kind        string   `help:"${help_claim_kind}" enum:"claim,exception,not_applicable,not_inherited" default:"claim" placeholder:"K"`
	Role        string   `help:"${help_claim_role}" placeholder:"R"`
	Check       string   `help:"${help_claim_check}" placeholder:"ID"`
	Text        string   `help:"${help_claim_text}" required:"" placeholder:"TEXT"`
	Evidence    []string `help:"${help_claim_evidence}" placeholder:"DIGEST|ID|FILE" sep:"none"`
	Until       string   `help:"${help_claim_until}" required:"" placeholder:"DATE"`
}

// Run drafts a statement about one duty. It counts once somebody else approves it, and until its last day.
func (c *claimAddCmd) Run(p *program) error {
	claim, err := office.ReadClaim(office.ClaimWords{Requirement: c.Requirement, Kind: c.Kind, Role: c.Role, Check: c.Check, Text: c.Text, Until: c.Until}, p.now())
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return err
	}
	about := judging.Target{Software: c.Software, Release: c.Release, System: c.System, Party: c.Party}
	if claim.Party, claim.Subject, err = office.ClaimAbout(p.ctx, db, actor, about); err != nil {
		return err
	}
	if claim.Evidence, err = p.evidenceOf(db, actor, c.Evidence, claim.Subject); err != nil {
		return err
	}
	claim, err = office.DraftClaim(p.ctx, db, actor, claim)
	if err != nil {
		return err
	}
	return p.print(office.ClaimView{Claim: claim}, func() {
		p.printf("起案しました: %s", "drafted: %s", claim.ID)
		p.printf("別の人が承認すると評価に反映されます: tasuki approve %s --as 承認者", "it counts once somebody else approves it: tasuki approve %s --as APPROVER", claim.ID)
	})
}

// evidenceOf gives digests of documents and ids of records. A file is taken in first, about the same subject; one that
// no reader knows is kept and serves as it is.
func (p *program) evidenceOf(db *store.DB, actor store.Actor, given []string, s fact.Subject) ([]string, error) {
	out := []string{}
	for _, g := range given {
		id, err := p.evidenceID(db, actor, g, s)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

func (p *program) evidenceID(db *store.DB, actor store.Actor, given string, s fact.Subject) (string, error) {
	if strings.HasPrefix(given, "sha256:") {
		d, err := db.Document(p.ctx, given)
		return d.Digest, err
	}
	if r, err := db.Record(p.ctx, given); err == nil {
		return r.ID, nil
	}
	f, err := os.Open(given)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &lang.Error{Kind: lang.Usage, What: lang.F("証跡「%s」がありません", "there is no evidence %q", given),
			Next: lang.T("文書のダイジェスト（sha256:…）、記録の id、又はファイル名を指定してください", "give the digest of a document (sha256:…), the id of a record, or a file")}
	}
	if err != nil {
		return "", cannotOpen(given, err)
	}
	defer f.Close()
	receipts, err := intake.Receive(p.ctx, db, actor, []ingest.Arrival{{Name: filepath.Base(given), Origin: "cli", Body: f, Subject: s}})
	if err != nil {
		return "", err
	}
	return receipts[0].Digest, p.kept(p.ctx, db, receipts[0])
}

// kept refuses a file that was too large to be kept: a claim cannot rest on it.
func (p *program) kept(ctx context.Context, db *store.DB, r ingest.Receipt) error {
	if _, err := db.Document(ctx, r.Digest); err != nil {
		return &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」は大きすぎて取り込めませんでした", "%q is too large to be taken in", r.File)}
	}
	return nil
}

type claimListCmd struct {
	target
	Requirement string `help:"${help_claim_requirement}" placeholder:"ID"`
	State       string `help:"${help_record_state}" enum:",draft,approved,retired" default:"" placeholder:"S"`
}

// Run lists statements, the first one made first.
func (c *claimListCmd) Run(p *program) error {
	f := store.ClaimFilter{State: evidence.ClaimState(c.State), Party: c.Party}
	if c.Requirement != "" {
		in, err := office.Individual(c.Requirement)
		if err != nil {
			return err
		}
		f.Requirement = in.ID
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Software != "" || c.System != "" {
		s, err := judging.Find(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release, System: c.System})
		if err != nil {
			return err
		}
		f.Subjects = []fact.Subject{s}
	}
	claims, err := db.Claims(p.ctx, f)
	if err != nil {
		return err
	}
	out := []office.ClaimView{}
	for _, v := range claims {
		out = append(out, office.ClaimView{Claim: v, InForce: v.InForce(p.now())})
	}
	return p.print(out, func() {
		rows := [][]string{}
		for _, v := range out {
			rows = append(rows, []string{v.ID, claimWords[v.Kind].In(p.lang), string(v.Requirement), stateWord(string(v.State), p.lang), lastDay(v.ExpiresAt), firstLine(v.Body)})
		}
		p.table(rows)
		p.printf("%d 件", "%d statements", len(out))
	})
}

var claimWords = map[evidence.ClaimKind]lang.Text{evidence.Stated: lang.T("主張", "claim"), evidence.Exception: lang.T("例外措置", "exception"),
	evidence.NotApplicable: lang.T("対象外", "not applicable"), evidence.NotInherited: lang.T("組織全体の結果を適用しない", "own answer")}

func firstLine(s string) string {
	line, _, more := strings.Cut(s, "\n")
	if more {
		line += " …"
	}
	return line
}

type claimShowCmd struct {
	ID string `arg:"" help:"${help_claim_id}"`
}

// Run shows one statement.
func (c *claimShowCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	v, err := db.Claim(p.ctx, c.ID)
	if err != nil {
		return err
	}
	return p.print(office.ClaimView{Claim: v, InForce: v.InForce(p.now())}, func() {
		p.printf("%s %s（%s、期限 %s）", "%s of %s (%s, last day %s)", claimWords[v.Kind].In(p.lang), v.Requirement, stateWord(string(v.State), p.lang), lastDay(v.ExpiresAt))
		p.printf("%s", "%s", v.Body)
		for _, e := range v.Evidence {
			p.printf("  証跡 %s", "  evidence %s", e)
		}
	})
}

type claimRetireCmd struct {
	ID string `arg:"" help:"${help_claim_id}"`
}

// Run takes a statement back.
func (c *claimRetireCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return err
	}
	v, err := office.RetireClaim(p.ctx, db, actor, c.ID)
	if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, actor, "claim retired", v.Subject); err != nil {
		return err
	}
	return p.print(office.ClaimView{Claim: v}, func() { p.printf("取り下げました: %s", "taken back: %s", v.ID) })
}
