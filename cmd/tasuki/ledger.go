package main

import (
	"fmt"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/upkeep"
)

type ledgerCmd struct {
	Verify      ledgerVerifyCmd      `cmd:"" help:"${help_ledger_verify}"`
	Checkpoint  ledgerCheckpointCmd  `cmd:"" help:"${help_ledger_checkpoint}"`
	Key         ledgerKeyCmd         `cmd:"" help:"${help_ledger_key}"`
	Export      ledgerExportCmd      `cmd:"" help:"${help_ledger_export}"`
	Prove       ledgerProveCmd       `cmd:"" help:"${help_ledger_prove}"`
	Consistency ledgerConsistencyCmd `cmd:"" help:"${help_ledger_consistency}"`
	Witness     ledgerWitnessCmd     `cmd:"" help:"${help_ledger_witness}"`
}

type ledgerVerifyCmd struct {
	Dir     string   `help:"${help_ledger_dir}" placeholder:"DIR" xor:"what"`
	Proof   string   `help:"${help_ledger_proof}" placeholder:"FILE" xor:"what"`
	Growth  string   `help:"${help_ledger_growth}" placeholder:"FILE" xor:"what"`
	Earlier string   `help:"${help_ledger_earlier}" placeholder:"FILE"`
	Key     string   `help:"${help_ledger_vkey}" placeholder:"KEY"`
	Witness []string `help:"${help_ledger_wkey}" placeholder:"KEY"`
}

// ledgerJSON is what recomputing the ledger gave.
type ledgerJSON struct {
	OK       bool              `json:"ok"`
	Size     int64             `json:"size"`
	Root     string            `json:"root"`
	Problems []judging.Problem `json:"problems"`
}

// Run checks what somebody handed over, without a workspace, or else the workspace's own log.
func (c *ledgerVerifyCmd) Run(p *program) error {
	if c.Dir != "" || c.Proof != "" || c.Growth != "" {
		return c.handedOver(p)
	}
	return verifyOwnLedger(p)
}

// verifyOwnLedger recomputes the whole log from what is stored, and holds the audit log and the documents against it.
func verifyOwnLedger(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	// First what is stored against itself: verifying leaves an entry of its own.
	found, err := db.Check(p.ctx)
	if err != nil {
		return err
	}
	tree, err := upkeep.VerifyLedger(p.ctx, db, p.actor())
	if err != nil {
		if lang.KindOf(err) != lang.Unverified {
			return err
		}
		found = append(found, fact.Problem{Where: "ledger", What: lang.T(lang.Explain(err, lang.JA), lang.Explain(err, lang.EN))})
	}
	out := ledgerJSON{OK: len(found) == 0, Size: tree.N, Root: tree.Hash.String(), Problems: judging.ProblemsIn(found, p.lang)}
	if err := p.print(out, func() {
		for _, pr := range out.Problems {
			p.printf("✕ %s: %s", "✕ %s: %s", pr.Where, pr.What)
		}
		if out.OK {
			p.printf("台帳 %d 件を再計算し、監査記録と文書に一致しました（ルート %s）", "recomputed %d entries: they hold, and agree with the audit log and the documents (root %s)", out.Size, out.Root)
		} else {
			p.printf("台帳は一致しません", "the ledger does NOT hold")
		}
	}); err != nil || out.OK {
		return err
	}
	return errSilent(lang.Unverified)
}

type ledgerCheckpointCmd struct{}

// Run gives every waiting entry its place and prints a signed checkpoint over the whole, for somebody else to keep.
func (ledgerCheckpointCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	tree, err := upkeep.PlaceLedger(p.ctx, db)
	if err != nil {
		return err
	}
	c, ok, err := db.LatestCheckpoint(p.ctx)
	if err != nil {
		return err
	}
	if !ok {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("台帳はまだ空です", "the ledger is empty yet")}
	}
	return p.print(map[string]any{"size": tree.N, "root": tree.Hash.String(), "checkpoint": c.Note}, func() { fmt.Fprint(p.out, c.Note) })
}
