package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

type ledgerWitnessCmd struct {
	Add    witnessAddCmd    `cmd:"" help:"${help_witness_add}"`
	List   witnessListCmd   `cmd:"" help:"${help_witness_list}"`
	Remove witnessRemoveCmd `cmd:"" help:"${help_witness_remove}"`
	Submit witnessSubmitCmd `cmd:"" help:"${help_witness_submit}"`
	Accept witnessAcceptCmd `cmd:"" help:"${help_witness_accept}"`
	Sign   witnessSignCmd   `cmd:"" help:"${help_witness_sign}"`
	Key    witnessKeyCmd    `cmd:"" help:"${help_witness_identity}"`
}

type witnessAddCmd struct {
	Key string `arg:"" help:"${help_witness_key}"`
}

// Run makes a witness known, so that its signatures are kept and served.
func (c *witnessAddCmd) Run(p *program) error {
	text, err := keyOrFile(c.Key)
	if err != nil {
		return err
	}
	w, err := verify.ParseWitnessKey(text)
	if err != nil {
		return err
	}
	return changeWitness(p, w, func() { p.printf("証人 %s を登録しました", "the witness %s is known from now on", w.Name) })
}

type witnessRemoveCmd struct {
	Name string `arg:"" help:"${help_witness_name}"`
}

// Run takes a witness away. Signatures that were kept stay where they are.
func (c *witnessRemoveCmd) Run(p *program) error {
	return changeWitness(p, verify.WitnessKey{Name: c.Name}, func() { p.printf("証人 %s の登録を外しました", "the witness %s is no longer known", c.Name) })
}

func changeWitness(p *program, w verify.WitnessKey, told func()) error {
	return p.administered(func(db *store.DB, actor store.Actor) error {
		if err := upkeep.SetWitness(p.ctx, db, actor, w); err != nil {
			return err
		}
		return p.print(w, told)
	})
}

type witnessListCmd struct{}

// Run lists the witnesses known here.
func (witnessListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := upkeep.Witnesses(p.ctx, db)
	if err != nil {
		return err
	}
	return p.print(list, func() {
		for _, w := range list {
			p.printf("%s", "%s", w)
		}
		if len(list) == 0 {
			p.printf("証人はまだ登録されていません（tasuki ledger witness add）", "no witness is known yet (tasuki ledger witness add)")
		}
	})
}

type witnessSubmitCmd struct {
	URL string `arg:"" help:"${help_witness_url}"`
}

// mostAnswer bounds what a witness may answer, in bytes.
const mostAnswer = 64 << 10

// Run asks a witness for its signature. The witness says from which size on it wants the growth proven.
func (c *witnessSubmitCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	from := int64(0)
	for range 2 {
		growth, err := upkeep.ProveLedgerGrowth(p.ctx, db, from, 0)
		if err != nil {
			return err
		}
		status, answer, err := c.post(p, growth.Format())
		if err != nil {
			return err
		}
		switch status {
		case http.StatusOK:
			return takeCosignatures(p, db, answer)
		case http.StatusConflict:
			if from, err = strconv.ParseInt(strings.TrimSpace(answer), 10, 64); err == nil {
				continue
			}
		}
		return &lang.Error{Kind: lang.Unverified, What: lang.F("証人は署名しませんでした（HTTP %d）", "the witness did not sign (HTTP %d)", status),
			Why: lang.F("%s", "%s", strings.TrimSpace(answer))}
	}
	return &lang.Error{Kind: lang.Conflict, What: lang.T("証人の求める時点が変わり続けています", "the witness asks for another size each time"), Next: lang.T("もう一度実行してください", "run it again")}
}

func (c *witnessSubmitCmd) post(p *program, body []byte) (status int, answer string, err error) {
	r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, "", &lang.Error{Kind: lang.Usage, What: lang.F("「%s」はURLではありません", "%q is not a URL", c.URL), Err: err}
	}
	client := http.Client{Timeout: 30 * time.Second}
	got, err := client.Do(r)
	if err != nil {
		return 0, "", &lang.Error{Kind: lang.Unreachable, What: lang.T("証人に接続できません", "the witness cannot be reached"), Err: err}
	}
	defer got.Body.Close()
	b, err := io.ReadAll(io.LimitReader(got.Body, mostAnswer))
	return got.StatusCode, string(b), err
}

type witnessAcceptCmd struct {
	File string `arg:"" help:"${help_witness_answer}"`
}

// Run takes signatures that came by another way.
func (c *witnessAcceptCmd) Run(p *program) error {
	b, err := readFile(c.File)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	return takeCosignatures(p, db, string(b))
}

func takeCosignatures(p *program, db *store.DB, answer string) error {
	checkpoint, added, err := upkeep.TakeCosignatures(p.ctx, db, p.actor(), answer)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"size": checkpoint.Size, "added": added, "checkpoint": checkpoint.Note}, func() {
		for _, a := range added {
			p.printf("%d 件の時点のチェックポイントに、証人 %s の署名を加えました", "the checkpoint at %d entries is now signed by the witness %s", checkpoint.Size, a.Witness)
		}
	})
}

type witnessSignCmd struct {
	Log  string `help:"${help_witness_log}" required:"" placeholder:"KEY"`
	File string `arg:"" help:"${help_witness_growth}"`
}

// Run acts as a witness: it prints our signature line for somebody else's checkpoint.
func (c *witnessSignCmd) Run(p *program) error {
	key, err := ledgerKeyOf(c.Log)
	if err != nil {
		return err
	}
	growth, err := parseWith(c.File, ledger.ParseGrowth)
	if err != nil {
		return err
	}
	return p.administered(func(db *store.DB, actor store.Actor) error {
		line, tree, err := upkeep.Witness(p.ctx, db, actor, key, growth)
		if err != nil {
			return err
		}
		return p.print(map[string]any{"origin": key.Origin, "size": tree.N, "line": line}, func() { fmt.Fprint(p.out, line) })
	})
}

type witnessKeyCmd struct{}

// Run prints the key by which others know us as a witness.
func (witnessKeyCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := upkeep.WitnessKey(db)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"name": key.Name, "key": key.String()}, func() { p.printf("%s", "%s", key) })
}
