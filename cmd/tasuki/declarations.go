package main

import (
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

type declarationsCmd struct {
	List   declarationsListCmd   `cmd:"" default:"withargs" help:"${help_declarations_list}"`
	Review declarationsReviewCmd `cmd:"" help:"${help_declarations_review}"`

	Reproduce declarationsReproduceCmd `cmd:"" help:"${help_declarations_reproduce}"`
}

type declarationsListCmd struct {
	Renew bool `help:"${help_declarations_renew}"`
}

// standingJSON is a signed declaration of ours as scripts read it.
type standingJSON struct {
	ID           string                 `json:"id"`
	Digest       string                 `json:"digest"`
	Kind         string                 `json:"kind"`
	Object       string                 `json:"object"`
	Version      string                 `json:"version,omitempty"`
	Level        string                 `json:"level"`
	Serial       int64                  `json:"serial"`
	State        store.DeclarationState `json:"state"`
	Reason       string                 `json:"reason,omitempty"`
	IssuedAt     time.Time              `json:"issued_at"`
	ValidUntil   time.Time              `json:"valid_until"`
	NeedsRenewal bool                   `json:"needs_renewal"`
	Why          []string               `json:"why"`
	Changed      []relay.DutyChange     `json:"changed"`
}

var declarationStates = map[store.DeclarationState]lang.Text{
	store.DeclarationIssued: lang.T("有効", "in force"), store.DeclarationSuperseded: lang.T("更新済み", "superseded"), store.DeclarationRevoked: lang.T("取消し済み", "revoked"),
}

// Run lists the declarations that were signed, and says which need to be renewed and because of which duties.
func (c *declarationsListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if err := judging.Reassess(p.ctx, db, p.actor(), "declarations looked at"); err != nil {
		return err
	}
	all, err := relay.Standings(p.ctx, db)
	if err != nil {
		return err
	}
	out := []standingJSON{}
	for _, s := range all {
		if c.Renew && len(s.Why) == 0 {
			continue
		}
		d := s.Declaration
		line := standingJSON{ID: d.ID, Digest: s.Digest, Kind: d.Kind, Object: s.Object.Name, Version: s.Object.Version, Level: string(d.Level), Serial: d.Serial,
			State: d.State, Reason: d.Reason, IssuedAt: d.IssuedAt, ValidUntil: s.ValidUntil, NeedsRenewal: len(s.Why) > 0, Why: []string{}, Changed: append([]relay.DutyChange{}, s.Changed...)}
		for _, w := range s.Why {
			line.Why = append(line.Why, w.In(p.lang))
		}
		out = append(out, line)
	}
	return p.print(out, func() {
		for _, l := range out {
			p.printf("%s %s %s 第%d号（%s まで、%s）", "%s %s %s, serial %d (until %s, %s)", l.ID, l.Object, l.Version, l.Serial, l.ValidUntil.In(calendar.Japan).Format(time.DateOnly), declarationStates[l.State].In(p.lang))
			for _, w := range l.Why {
				p.printf("    更新が必要です: %s", "    needs renewal: %s", w)
			}
		}
		p.printf("%d 件", "%d declarations", len(out))
	})
}

type declarationsReviewCmd struct {
	ID string `arg:"" help:"${help_declarations_draft}"`
}

// Run notes that the person who signs in looked a draft of somebody else's over; a third person approves it.
func (c *declarationsReviewCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, method, err := p.signIn(db)
	if err != nil {
		return err
	}
	if err := auth.Require(who, auth.Approve); err != nil {
		return err
	}
	d, err := relay.ReviewDeclaration(p.ctx, db, store.Actor{Account: who.ID, Via: store.CLI}, c.ID, method)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"id": d.ID, "state": d.State, "reviewed_by": who.Name, "method": method}, func() {
		p.printf("確認しました: %s。次に、別の人が承認します: tasuki approve %s --as 承認者", "reviewed: %s; next, somebody else approves it: tasuki approve %s --as APPROVER", d.ID, d.ID)
	})
}
