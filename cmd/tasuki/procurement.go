package main

import (
	"bytes"
	"fmt"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/xlsx"
)

type procurementCmd struct {
	Compare   procurementCompareCmd   `cmd:"" help:"${help_procurement_compare}"`
	Lifecycle procurementLifecycleCmd `cmd:"" help:"${help_procurement_lifecycle}"`
}

type procurementCompareCmd struct {
	Software string `help:"${help_software}" placeholder:"NAME" xor:"what"`
	System   string `help:"${help_system}" placeholder:"NAME" xor:"what"`
	Output   string `short:"o" help:"${help_procurement_output}" placeholder:"FILE"`
}

// Run shows the candidates of a procurement side by side, with what was decided.
func (c *procurementCompareCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := judging.Find(p.ctx, db, p.actor(), judging.Target{Software: c.Software, System: c.System})
	if err != nil {
		return err
	}
	all, err := office.Compare(p.ctx, db, fact.Subject{Kind: s.Kind, ID: s.ID}, c.Software+c.System)
	if err != nil {
		return err
	}
	if c.Output != "" {
		if err := p.workbook(c.Output, all.Tables(p.lang)); err != nil {
			return err
		}
	}
	return p.print(all, func() {
		for _, x := range all.Candidates {
			p.printf("%s（%s）: %s %s、水準 %s、対応 %d、例外 %d、未対応など %d、非開示 %d", "%s (%s): %s %s, level %s, met %d, exceptions %d, open %d, withheld %d", x.Name, x.Party,
				orDash(x.Object), x.Version, levelOrDash(x.Level, p.lang), x.Counts.Met, x.Counts.MetWithException, x.Counts.PartlyMet+x.Counts.NotMet+x.Counts.NotAssessed, x.Withheld)
			if len(x.Lacks) > 0 {
				p.printf("    依頼を満たさない点: %s", "    does not hold: %s", strings.Join(x.Lacks, ", "))
			}
			if len(x.Missing) > 0 {
				p.printf("    宣言のない取引先: %s", "    suppliers without a bundle: %s", strings.Join(x.Missing, ", "))
			}
		}
		if d := all.Decision; d != nil {
			p.printf("決定: %s（%s）", "decided: %s (%s)", d.Chosen, d.DecidedOn)
		}
	})
}

func levelOrDash(level string, l lang.Lang) string {
	if level == "" {
		return "—"
	}
	parsed, err := parseLevel(level)
	if err != nil {
		return level
	}
	return parsed.Title().In(l)
}

type procurementLifecycleCmd struct {
	Output string `short:"o" help:"${help_procurement_output}" placeholder:"FILE"`
}

// Run shows how long each system is to be used and how long what it runs is supported.
func (c *procurementLifecycleCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	lives, err := office.SystemLives(p.ctx, db)
	if err != nil {
		return err
	}
	if c.Output != "" {
		if err := p.workbook(c.Output, []xlsx.Table{office.LifeTable(lives, p.lang)}); err != nil {
			return err
		}
	}
	return p.print(lives, func() {
		t := office.LifeTable(lives, p.lang)
		p.table(append([][]string{t.Head}, t.Rows...))
	})
}

// workbook writes plain tables to a file.
func (p *program) workbook(file string, tables []xlsx.Table) error {
	if !strings.HasSuffix(strings.ToLower(file), ".xlsx") {
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」には書き出せません", "cannot write to %q", file), Next: lang.T("名前が .xlsx で終わるファイルを指定してください", "name a file that ends in .xlsx")}
	}
	var b bytes.Buffer
	if err := xlsx.Tables(&b, tables); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return writeNew(file, b.Bytes())
}
