package main

import (
	"bytes"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/xlsx"
)

type exportCmd struct {
	XLSX exportXLSXCmd `cmd:"" name:"xlsx" help:"${help_export_xlsx}"`
	CSV  exportCSVCmd  `cmd:"" name:"csv" help:"${help_export_csv}"`

	OpenVEX   exportOpenVEXCmd   `cmd:"" name:"openvex" help:"${help_export_openvex}"`
	CycloneDX exportCycloneDXCmd `cmd:"" name:"cyclonedx-vex" help:"${help_export_cdxvex}"`
	CSAF      exportCSAFCmd      `cmd:"" name:"csaf" help:"${help_export_csaf}"`

	PDF         exportPDFCmd         `cmd:"" name:"pdf" help:"${help_export_pdf}"`
	Attestation exportAttestationCmd `cmd:"" name:"cyclonedx" help:"${help_export_cyclonedx}"`
	OSCAL       exportOSCALCmd       `cmd:"" name:"oscal" help:"${help_export_oscal}"`
	CISA        exportCISACmd        `cmd:"" name:"cisa" help:"${help_export_cisa}"`

	Table  exportTableCmd    `cmd:"" name:"table" help:"${help_export_table}"`
	Report exportReportCmd   `cmd:"" name:"report" help:"${help_export_report}"`
	Dates  exportCalendarCmd `cmd:"" name:"calendar" help:"${help_export_calendar}"`
	MISP   exportMISPCmd     `cmd:"" name:"misp" help:"${help_export_misp}"`
}

// exported is what every export takes.
type exported struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	Output   string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

type exportXLSXCmd struct {
	exported
	addressed
}

// Run writes the annex checklist as a workbook.
func (c *exportXLSXCmd) Run(p *program) error {
	dates, err := c.dates(p)
	if err != nil {
		return err
	}
	return c.write(p, func(b *bytes.Buffer, in xlsx.ChecklistInput) error {
		in.Dates, in.Cover.Addressee = dates, strings.Join(declared.Addressee(c.Addressee, c.Attention, p.lang), "\n")
		return xlsx.Checklist(b, in)
	})
}

type exportCSVCmd struct{ exported }

// Run writes the checklist's table as CSV.
func (c *exportCSVCmd) Run(p *program) error {
	return c.write(p, func(b *bytes.Buffer, in xlsx.ChecklistInput) error { return xlsx.ChecklistCSV(b, in) })
}

// write judges again and gives the state of our own duties to a form.
func (c *exported) write(p *program, form func(*bytes.Buffer, xlsx.ChecklistInput) error) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	software, err := db.SoftwareByName(p.ctx, c.Software)
	if err != nil {
		return err
	}
	subject, err := judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release})
	if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, p.actor(), "export", subject); err != nil {
		return err
	}
	release := ""
	if subject.Kind == fact.Release {
		release = subject.ID
	}
	in, err := office.ChecklistOf(p.ctx, db, p.lang, software.ID, release)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := form(&b, in); err != nil {
		return err
	}
	if err := p.output(c.Output, b.Bytes()); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "rows": len(in.Rows), "digest": in.Digest}, func() {
		p.printf("%s", "%s", lang.F("個別要求 %d 件を %s に書き出しました", "wrote %d requirements to %s", len(in.Rows), c.Output).In(p.lang))
	})
}
