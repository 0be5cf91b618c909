package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
)

type exportTableCmd struct {
	Table    string `arg:"" optional:"" help:"${help_table}" placeholder:"TABLE"`
	Software string `help:"${help_software}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	System   string `help:"${help_system}" placeholder:"NAME"`
	Output   string `short:"o" help:"${help_table_output}" default:"-" placeholder:"FILE"`
}

// Run writes a list or matrix as Markdown, CSV or a workbook, by the ending of the file; without a name it lists what there is.
func (c *exportTableCmd) Run(p *program) error {
	if c.Table == "" {
		return p.tables()
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	t, err := office.Table(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release, System: c.System}, c.Table)
	if err != nil {
		return err
	}
	if p.json {
		return p.print(t, func() {})
	}
	list := office.TableList(t, strings.TrimSpace(strings.Join([]string{c.System, c.Software, c.Release}, " ")), p.lang)
	var b bytes.Buffer
	if err := office.WriteTable(&b, strings.TrimPrefix(filepath.Ext(c.Output), "."), list, p.lang); err != nil {
		return err
	}
	if err := p.output(c.Output, b.Bytes()); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "rows": len(list.Rows)}, func() {
		p.printf("%s", "%s", lang.F("「%[1]s」%[2]d 行を %[3]s に書き出しました", "wrote %[1]q, %[2]d rows, to %[3]s", list.Title, len(list.Rows), c.Output).In(p.lang))
	})
}

// tables lists what can be written out.
func (p *program) tables() error {
	all := guideline.Default().Tables()
	return p.print(all, func() {
		for _, t := range all {
			fmt.Fprintf(p.out, "%-24s %-9s %-9s %s\n%44s %s\n", t.ID, t.Requirement, t.Scope, t.Title.In(p.lang), "", t.Summary.In(p.lang))
		}
	})
}
