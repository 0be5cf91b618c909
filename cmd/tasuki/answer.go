package main

import (
	"bytes"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

type answerCmd struct {
	Request  string   `arg:"" help:"${help_request_id}"`
	Software string   `help:"${help_request_ours}" placeholder:"NAME"`
	Withhold []string `help:"${help_declare_withhold}" placeholder:"ID"`
	ByDigest bool     `help:"${help_declare_digest}"`
	Output   string   `short:"o" help:"${help_answer_output}" required:"" placeholder:"FILE"`
}

// Run answers a request: with a declaration that is in force, in a bundle for the asker; or, for a file that ends in
// .xlsx, with the present state as a workbook. What of the request does not hold is named, and the exit code is then 3.
func (c *answerCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := relay.FindRequest(p.ctx, db, c.Request)
	if err != nil {
		return err
	}
	if strings.HasSuffix(strings.ToLower(c.Output), ".xlsx") {
		return c.workbook(p, db, r)
	}
	actor, key, err := p.seal(db, auth.Approve)
	if err != nil {
		return err
	}
	s, err := passing{Withhold: c.Withhold, ByDigest: c.ByDigest}.signing()
	if err != nil {
		return err
	}
	s.Key = key
	a, err := relay.AnswerRequest(p.ctx, db, actor, r, c.Software, s)
	if err != nil {
		return err
	}
	if err := writeNew(c.Output, a.Bundle); err != nil {
		return err
	}
	out := answered{File: c.Output, Digest: a.Digest, Request: r.Digest, Declaration: a.Declaration.ID, Reused: a.Reused, Fulfils: a.Fulfils, Lacks: []relay.Step{},
		Earlier: a.Earlier, Changes: relay.ChangesIn(a.Changes, p.lang)}
	for _, step := range a.Failed {
		out.Lacks = append(out.Lacks, relay.Step{Name: step.Name, Bundle: step.Bundle, Detail: step.Detail.In(p.lang), Where: step.Where})
	}
	if err := p.print(out, func() { p.tellAnswer(out, r) }); err != nil || a.Fulfils {
		return err
	}
	return errSilent(lang.Gate)
}

// answered is an answer as scripts read it.
type answered struct {
	File        string             `json:"file"`
	Digest      string             `json:"digest"`
	Request     string             `json:"request"`
	Declaration string             `json:"declaration"`
	Reused      bool               `json:"reused"` // the same declaration was handed over before
	Fulfils     bool               `json:"fulfils"`
	Lacks       []relay.Step       `json:"lacks"`
	Earlier     string             `json:"earlier,omitempty"` // the last answer to the same asker
	Changes     []relay.Difference `json:"changes"`           // since that
}

func (p *program) tellAnswer(a answered, r relay.RequestLine) {
	p.printf("%s への回答を書き出しました: %s", "wrote the answer to %s: %s", r.From.Name, a.File)
	for _, l := range a.Lacks {
		p.printf("  ▲ %s: %s", "  ▲ %s: %s", l.Name, l.Detail)
	}
	if a.Earlier != "" {
		p.printf("前回の回答（%s）からの変更 %d 件", "since the last answer (%s): %d changes", a.Earlier, len(a.Changes))
	}
	for _, ch := range a.Changes {
		p.printf("  ・%s", "  - %s", ch.Detail)
	}
	if a.Fulfils {
		p.printf("依頼された内容をすべて満たします。", "everything that was asked for holds.")
	}
}

// workbook writes the checklist with the present state, prefilled from evidence, records and claims.
func (c *answerCmd) workbook(p *program, db *store.DB, r relay.RequestLine) error {
	name := c.Software
	if name == "" {
		name = r.Object.Name
	}
	software, err := db.SoftwareByName(p.ctx, name)
	if err != nil {
		return err
	}
	s, err := judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: name, Release: r.Object.Version})
	if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, p.actor(), "request answered", s); err != nil {
		return err
	}
	release := ""
	if s.Kind == fact.Release {
		release = s.ID
	}
	var b bytes.Buffer
	if err := office.Checklist(p.ctx, db, &b, p.lang, software.ID, release); err != nil {
		return err
	}
	if err := writeNew(c.Output, b.Bytes()); err != nil {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "digest": verify.Digest(b.Bytes()), "request": r.Digest, "signed": false}, func() {
		p.printf("現在の状態を書き出しました（署名はありません）: %s", "wrote the present state, unsigned: %s", c.Output)
	})
}
