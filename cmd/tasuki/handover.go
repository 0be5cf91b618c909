package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// passing says what a hand-over shows.
type passing struct {
	To               string   `help:"${help_declare_to}" placeholder:"NAME"`
	Withhold         []string `help:"${help_declare_withhold}" placeholder:"ID"`
	ByDigest         bool     `help:"${help_declare_digest}"`
	UpstreamByDigest bool     `help:"${help_handover_upstream}"`
	TimeStamp        string   `name:"timestamp" help:"${help_declare_stamp}" placeholder:"FILE" xor:"stamp"`
	TSACommand       string   `name:"tsa-command" help:"${help_declare_tsa}" placeholder:"COMMAND" xor:"stamp"`
}

// signing gives the hand-over as the jobs take it.
func (c passing) signing() (relay.Signing, error) {
	s := relay.Signing{Recipient: verify.Recipient{Name: c.To}, Withhold: map[guideline.ID]string{}, ByDigest: relay.DigestOnly(c.ByDigest, c.UpstreamByDigest)}
	for _, w := range c.Withhold {
		if w == "all" {
			s.Withhold = everyAnswer()
			continue
		}
		id, err := guideline.ParseID(w)
		if err != nil {
			return s, err
		}
		s.Withhold[id] = ""
	}
	return s, c.stamped(&s)
}

// maxToken bounds the answer of a time-stamping authority, in bytes.
const maxToken = 64 << 10

// stamped reads the time stamp to put in, or says how an authority is asked for one. Nobody is asked unless it is said how.
func (c passing) stamped(s *relay.Signing) error {
	if c.TimeStamp != "" {
		b, err := readFile(c.TimeStamp)
		s.TimeStamp = b
		return err
	}
	argv := strings.Fields(c.TSACommand)
	if len(argv) == 0 {
		return nil
	}
	s.Stamp = func(ctx context.Context, query []byte) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Stdin, cmd.WaitDelay = bytes.NewReader(query), time.Second
		out, err := cmd.Output()
		if err == nil && len(out) > maxToken {
			err = fmt.Errorf("it answered with %d bytes", len(out))
		}
		if err != nil {
			return nil, &lang.Error{Kind: lang.Unreachable, What: lang.F("タイムスタンプを取得できませんでした（%s）", "no time stamp was got from %s", argv[0]), Err: err,
				Next: lang.T("コマンドは、標準入力の要求（RFC 3161、DER）への応答を標準出力に書く必要があります。宣言は発行済みなので、tasuki handover でもう一度付けられます", "the command reads a request of RFC 3161 in DER and writes the response; the declaration is issued, and tasuki handover can stamp it")}
		}
		return out, nil
	}
	return nil
}

type handoverCmd struct {
	passing
	What   string `arg:"" help:"${help_handover_what}"`
	Redact bool   `help:"${help_handover_redact}"`
	Query  string `name:"timestamp-query" help:"${help_handover_query}" placeholder:"FILE"`
	Output string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

// Run hands a signed declaration on: one of ours, or one that we received. No new signature is put on the declaration.
func (c *handoverCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, key, err := p.seal(db, auth.Approve)
	if err != nil {
		return err
	}
	s, err := c.signing()
	if err != nil {
		return err
	}
	s.Key = key
	bundle, err := c.pack(p, db, actor, s)
	if err != nil {
		return err
	}
	if err := c.query(p, db); err != nil {
		return err
	}
	if err := writeNew(c.Output, bundle); err != nil {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "digest": verify.Digest(bundle)}, func() {
		p.printf("襷を書き出しました: %s（%s）", "wrote the bundle %s (%s)", c.Output, verify.Digest(bundle))
	})
}

// query writes the request to a time-stamping authority about a declaration of ours.
func (c *handoverCmd) query(p *program, db *store.DB) error {
	if c.Query == "" {
		return nil
	}
	d, err := relay.FindDeclaration(p.ctx, db, c.What)
	if err != nil {
		return err
	}
	b, err := relay.StampQuery(db, d)
	if err != nil {
		return err
	}
	return writeNew(c.Query, b)
}

func (c *handoverCmd) pack(p *program, db *store.DB, actor store.Actor, s relay.Signing) ([]byte, error) {
	d, err := relay.FindDeclaration(p.ctx, db, c.What)
	if err == nil {
		if c.Redact {
			s.Withhold, s.ByDigest = everyAnswer(), func(x relay.Supporting) bool { return x.Kind != verify.Upstream }
		}
		return relay.HandOver(p.ctx, db, actor, d, s)
	}
	if lang.KindOf(err) != lang.NotFound {
		return nil, err
	}
	if _, lookup := db.Document(p.ctx, c.What); lookup != nil {
		return nil, err
	}
	return relay.PassOn(p.ctx, db, actor, c.What, s, c.Redact)
}

func everyAnswer() map[guideline.ID]string {
	out := map[guideline.ID]string{}
	for _, in := range guideline.Default().Individuals() {
		out[in.ID] = ""
	}
	return out
}

type revokeCmd struct {
	Declaration string `arg:"" help:"${help_revoke_id}"`
	Reason      string `help:"${help_revoke_reason}" required:"" placeholder:"TEXT"`
	Output      string `short:"o" help:"${help_revoke_output}" required:"" placeholder:"FILE"`
}

// Run takes a declaration back and writes the signed list of everything that was taken back so far.
func (c *revokeCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, key, err := p.seal(db, auth.Approve)
	if err != nil {
		return err
	}
	d, err := relay.FindDeclaration(p.ctx, db, c.Declaration)
	if err != nil {
		return err
	}
	if d, err = relay.Revoke(p.ctx, db, actor, d, c.Reason); err != nil {
		return err
	}
	list, err := relay.RevocationList(p.ctx, db, key)
	if err != nil {
		return err
	}
	if err := writeNew(c.Output, list); err != nil {
		return err
	}
	return p.print(map[string]any{"id": d.ID, "state": d.State, "reason": d.Reason, "file": c.Output, "digest": verify.Digest(list)}, func() {
		p.printf("宣言を取り消しました: %s", "revoked: %s", d.ID)
		p.printf("取消しの一覧 %s を、この宣言を渡した相手に送ってください（相手は tasuki receive で取り込めます）。", "Send the list %s to everybody who has the declaration; they take it in with tasuki receive.", c.Output)
	})
}
