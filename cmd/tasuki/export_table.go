package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
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
	var subject fact.Subject
	if c.System != "" {
		subject, err = judging.Find(p.ctx, db, p.actor(), judging.Target{System: c.System})
	} else {
		subject, err = judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release})
	}
	if err != nil {
		return err
	}
	t, err := judging.Table(p.ctx, db, subject, c.Table)
	if err != nil {
		return err
	}
	if p.json {
		return p.print(t, func() {})
	}
	list := xlsx.List{Title: t.Title.In(p.lang), About: strings.TrimSpace(fmt.Sprintf("%s  %s %s %s  %s", t.Requirement, c.System, c.Software, c.Release, t.At.In(calendar.Japan).Format(time.DateOnly)))}
	for _, column := range t.Columns {
		list.Columns = append(list.Columns, column.Title.In(p.lang))
	}
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, cell.In(p.lang))
		}
		list.Rows = append(list.Rows, cells)
	}
	var b bytes.Buffer
	switch {
	case strings.HasSuffix(c.Output, ".xlsx"):
		err = xlsx.WriteList(&b, list, p.lang)
	case strings.HasSuffix(c.Output, ".csv"):
		err = xlsx.WriteListCSV(&b, list)
	default:
		writeMarkdown(&b, list)
	}
	if err != nil {
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
			fmt.Fprintf(p.out, "%-24s %-9s %-9s %s\n", t.ID, t.Requirement, t.Scope, t.Title.In(p.lang))
		}
	})
}

func writeMarkdown(b *bytes.Buffer, in xlsx.List) {
	cell := strings.NewReplacer("\n", "<br>", "|", "\\|")
	fmt.Fprintf(b, "# %s\n\n%s\n\n| %s |\n|%s\n", in.Title, in.About, strings.Join(in.Columns, " | "), strings.Repeat("---|", len(in.Columns)))
	for _, row := range in.Rows {
		for i := range row {
			row[i] = cell.Replace(row[i])
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}
