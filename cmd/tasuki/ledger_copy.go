package main

import (
	"encoding/json"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// keyOrFile gives a key that was written out, or what stands in the file of that name.
func keyOrFile(s string) (string, error) {
	if _, err := os.Stat(s); err != nil {
		return s, nil
	}
	b, err := readFile(s)
	return strings.TrimSpace(string(b)), err
}

// ledgerKeyOf reads the verifier key of a ledger.
func ledgerKeyOf(s string) (verify.LedgerKey, error) {
	if s == "" {
		return verify.LedgerKey{}, &lang.Error{Kind: lang.Usage, What: lang.T("台帳の鍵がありません", "the ledger's key is missing"),
			Next: lang.T("台帳の持ち主から受け取った鍵（tasuki ledger key の出力）を --key で指定してください", "give with --key what tasuki ledger key printed for the ledger's owner")}
	}
	text, err := keyOrFile(s)
	if err != nil {
		return verify.LedgerKey{}, err
	}
	return verify.ParseLedgerKey(text)
}

// handedJSON is what checking a copy or a proof gave.
type handedJSON struct {
	OK        bool                 `json:"ok"`
	Origin    string               `json:"origin"`
	Size      int64                `json:"size"`
	Root      string               `json:"root,omitempty"`
	Entry     json.RawMessage      `json:"entry,omitempty"` // of a proof
	Witnesses []verify.Cosignature `json:"witnesses"`
	Unchecked []string             `json:"unchecked,omitempty"` // names of signature lines for which no key was given
	Problems  []judging.Problem    `json:"problems"`
}

// handedOver checks a copy of a log, a proof of an entry or a proof of growth against the log's key and nothing else.
func (c *ledgerVerifyCmd) handedOver(p *program) error {
	key, err := ledgerKeyOf(c.Key)
	if err != nil {
		return err
	}
	var witnesses []verify.WitnessKey
	for _, w := range c.Witness {
		text, err := keyOrFile(w)
		if err != nil {
			return err
		}
		k, err := verify.ParseWitnessKey(text)
		if err != nil {
			return err
		}
		witnesses = append(witnesses, k)
	}
	out := handedJSON{Origin: key.Origin, Witnesses: []verify.Cosignature{}, Problems: []judging.Problem{}}
	var tree tlog.Tree
	var checkpoint string
	switch {
	case c.Dir != "":
		a, err := ledger.Check(os.DirFS(c.Dir), key, witnesses)
		if err != nil {
			return err
		}
		out.Problems, out.Unchecked = judging.ProblemsIn(a.Problems, p.lang), a.Unchecked
		return c.tell(p, out, a.Tree, a.Witnessed)
	case c.Proof != "":
		proof, err := parseWith(c.Proof, ledger.ParseProof)
		if err != nil {
			return err
		}
		if tree, err = ledger.CheckProof(proof, key); err != nil {
			return err
		}
		if json.Valid(proof.Leaf) {
			out.Entry = proof.Leaf
		}
		checkpoint = proof.Checkpoint
	default:
		growth, err := parseWith(c.Growth, ledger.ParseGrowth)
		if err != nil {
			return err
		}
		old, err := c.earlier(key)
		if err != nil {
			return err
		}
		if tree, err = growth.Check(old, key); err != nil {
			return err
		}
		checkpoint = growth.Checkpoint
	}
	witnessed, err := verify.Cosignatures(checkpoint, witnesses)
	if err != nil {
		return err
	}
	return c.tell(p, out, tree, witnessed)
}

func (c *ledgerVerifyCmd) earlier(key verify.LedgerKey) (tlog.Tree, error) {
	if c.Earlier == "" {
		return tlog.Tree{}, &lang.Error{Kind: lang.Usage, What: lang.T("以前のチェックポイントがありません", "the earlier checkpoint is missing"),
			Next: lang.T("以前に受け取って保管していたものを --earlier で指定してください", "give the one you kept from before with --earlier")}
	}
	b, err := readFile(c.Earlier)
	if err != nil {
		return tlog.Tree{}, err
	}
	return verify.OpenCheckpoint(string(b), key)
}

// tell prints what was found. Witnesses that were asked about must have signed, one of them at least.
func (c *ledgerVerifyCmd) tell(p *program, out handedJSON, tree tlog.Tree, witnessed []verify.Cosignature) error {
	out.Size, out.Witnesses = tree.N, append(out.Witnesses, witnessed...)
	if len(out.Problems) == 0 {
		out.Root = tree.Hash.String()
		if len(c.Witness) > 0 && len(witnessed) == 0 {
			out.Problems = append(out.Problems, judging.Problem{Where: "checkpoint", What: lang.T("信頼する証人の署名がありません", "no witness you trust has signed it").In(p.lang)})
		}
	}
	out.OK = len(out.Problems) == 0
	if err := p.print(out, func() {
		for _, pr := range out.Problems {
			p.printf("✕ %s: %s", "✕ %s: %s", pr.Where, pr.What)
		}
		if out.Entry != nil {
			p.printf("%s", "%s", out.Entry)
		}
		for _, w := range out.Witnesses {
			p.printf("証人 %s が %s に署名しています", "witnessed by %s at %s", w.Witness, w.At.In(calendar.Japan).Format("2006-01-02 15:04"))
		}
		for _, name := range out.Unchecked {
			p.printf("「%s」の署名は確かめていません（鍵を --witness で指定すると確かめます）", "the signature by %q was not checked; give its key with --witness to check it", name)
		}
		if out.OK {
			p.printf("台帳 %s（%d 件、ルート %s）と一致しました", "holds against the ledger %s (%d entries, root %s)", out.Origin, out.Size, out.Root)
		} else {
			p.printf("台帳は一致しません", "the ledger does NOT hold")
		}
	}); err != nil || out.OK {
		return err
	}
	return errSilent(lang.Unverified)
}

type ledgerKeyCmd struct{}

// Run prints the verifier key of the workspace's ledger.
func (ledgerKeyCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := upkeep.PublicLedgerKey(db)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"origin": key.Origin, "key": key.String()}, func() { p.printf("%s", "%s", key) })
}

type ledgerExportCmd struct {
	Dir string `arg:"" help:"${help_ledger_export_dir}"`
}

// Run writes the ledger as static files, for any web server or for cold storage.
func (c *ledgerExportCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	checkpoint, files, err := upkeep.ExportLedger(p.ctx, db, c.Dir)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"dir": c.Dir, "size": checkpoint.Size, "files": files}, func() {
		p.printf("%d 件の台帳を %s に書き出しました（新しいファイル %d）", "wrote the ledger of %d entries to %s (%d new files)", checkpoint.Size, c.Dir, files)
		p.printf("確かめるには: tasuki ledger verify --dir %s --key 鍵", "to check it: tasuki ledger verify --dir %s --key KEY", c.Dir)
	})
}

type ledgerProveCmd struct {
	Entry  string `arg:"" help:"${help_ledger_entry}"`
	Output string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes the proof that an entry is in the ledger.
func (c *ledgerProveCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	proof, err := upkeep.ProveEntry(p.ctx, db, c.Entry)
	if err != nil {
		return err
	}
	return p.output(c.Output, ledger.FormatProof(proof))
}

type ledgerConsistencyCmd struct {
	From   int64  `help:"${help_ledger_from}" required:"" placeholder:"N"`
	To     int64  `help:"${help_ledger_to}" placeholder:"N"`
	Output string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes the proof that the ledger grew from one size to another by appending alone.
func (c *ledgerConsistencyCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	growth, err := upkeep.ProveLedgerGrowth(p.ctx, db, c.From, c.To)
	if err != nil {
		return err
	}
	return p.output(c.Output, growth.Format())
}
