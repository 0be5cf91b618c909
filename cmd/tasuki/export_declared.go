package main

import (
	"bytes"
	"os"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/cdx"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/pdf"
	"example.org/tasuki/verify"
)

// declaredFile is what every export of a declaration takes: whose, and whether to take the present state instead.
type declaredFile struct {
	Software string `help:"${help_software}" placeholder:"NAME" xor:"what"`
	System   string `help:"${help_system}" placeholder:"NAME" xor:"what"`
	Bundle   string `help:"${help_export_bundle}" placeholder:"FILE" xor:"what"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	Present  bool   `help:"${help_export_present}"`
	Output   string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

type exportPDFCmd struct {
	declaredFile
	addressed
}

// addressed says whom a paper is handed to, and how its years are written.
type addressed struct {
	Addressee string `help:"${help_addressee}" placeholder:"ORG"`
	Attention string `help:"${help_attention}" placeholder:"PERSON"`
	Dates     string `help:"${help_dates}" placeholder:"STYLE"`
}

// dates gives how years are written: as the flag says, else as the workspace says, where there is one.
func (a addressed) dates(p *program) (calendar.Style, error) {
	if a.Dates != "" {
		return calendar.ParseStyle(a.Dates)
	}
	db, err := p.open()
	if lang.KindOf(err) == lang.NotFound {
		return calendar.Styles[0], nil
	}
	if err != nil {
		return "", err
	}
	defer db.Close()
	papers, _, err := office.PapersOf(p.ctx, db)
	return papers.Dates, err
}

// Run writes the declaration, or the present state as an unsigned copy, as PDF.
func (c *exportPDFCmd) Run(p *program) error {
	dates, err := c.dates(p)
	if err != nil {
		return err
	}
	return c.write(p, func(d declared.Document) ([]byte, error) {
		var b bytes.Buffer
		err := pdf.Write(&b, d, pdf.Options{Lang: p.lang, Dates: dates, To: c.Addressee, Person: c.Attention})
		return b.Bytes(), err
	})
}

type exportAttestationCmd struct{ declaredFile }

// Run writes the declaration as CycloneDX attestations.
func (c *exportAttestationCmd) Run(p *program) error {
	return c.write(p, func(d declared.Document) ([]byte, error) { return cdx.Attestations(d, p.lang) })
}

// write finds the declaration and gives it to a form.
func (c *declaredFile) write(p *program, form func(declared.Document) ([]byte, error)) error {
	d, err := c.document(p)
	if err != nil {
		return err
	}
	b, err := form(d)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, b); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "kind": d.Kind, "signed": d.Signed != nil, "digest": d.Digest(), "id": d.ID}, func() {
		if d.Signed == nil {
			p.printf("未署名の写し（現在の状態）を %s に書き出しました", "wrote an unsigned copy of the present state to %s", c.Output)
			return
		}
		p.printf("%sを %s に書き出しました（宣言 %s）", "wrote the %s to %s (declaration %s)", d.Kind.Title().In(p.lang), c.Output, d.Digest())
	})
}

func (c *declaredFile) document(p *program) (declared.Document, error) {
	if c.Bundle != "" {
		b, err := os.ReadFile(c.Bundle)
		if err != nil {
			return declared.Document{}, err
		}
		o, err := verify.Open(b)
		if err != nil {
			return declared.Document{}, err
		}
		return declared.Of(o), nil
	}
	if c.Software == "" && c.System == "" {
		return declared.Document{}, &lang.Error{Kind: lang.Usage, What: lang.T("何を書き出すかの指定がありません", "nothing is named to write"),
			Next: lang.T("--software、--system、--bundle のいずれかを指定してください", "give one of --software, --system and --bundle")}
	}
	db, err := p.open()
	if err != nil {
		return declared.Document{}, err
	}
	defer db.Close()
	request := declareCmd{Software: c.Software, Release: c.Release, System: c.System}
	req, err := request.request(p, db, p.actor())
	if err != nil {
		return declared.Document{}, err
	}
	return relay.DocumentOf(p.ctx, db, p.actor(), req, c.Present)
}
