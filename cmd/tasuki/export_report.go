package main

import (
	"bytes"

	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/authority"
)

type exportReportCmd struct {
	Event  string `arg:"" help:"${help_report_event}" placeholder:"KEY"`
	Stage  string `help:"${help_report_stage}" placeholder:"STAGE"`
	Output string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes a draft of a report to an authority.
func (c *exportReportCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	d, err := office.ReportDraft(p.ctx, db, c.Event, c.Stage)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := authority.Write(&b, d, p.lang); err != nil {
		return err
	}
	if err := p.output(c.Output, b.Bytes()); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "scheme": d.Clock.Scheme, "stage": d.Stage.ID, "due": d.Due}, func() {
		p.printf("下書きを %s に書き出しました。提出は窓口で行ってください", "wrote the draft to %s; hand it in at the portal", c.Output)
	})
}

type exportMISPCmd struct {
	Record string `arg:"" help:"${help_misp_record}" placeholder:"KEY"`
	Output string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes a record of what was shared as a MISP event.
func (c *exportMISPCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := office.SharedEvent(p.ctx, db, c.Record)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, append(b, '\n')); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output}, func() {
		p.printf("MISP のイベントを %s に書き出しました（未公開、配布は自組織のみ）", "wrote the MISP event to %s; it is not published and for your own organisation alone", c.Output)
	})
}
