package main

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
)

type cveCmd struct {
	ID string `arg:"" help:"${help_cve_id}"`
}

// Run says who is affected by a vulnerability, and how well it was looked.
func (c *cveCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	e, err := portfolio.AffectedBy(p.ctx, db, c.ID)
	if err != nil {
		return err
	}
	err = p.print(e.In(p.lang), func() {
		for _, w := range e.Caveats {
			p.printf("注意: %s", "note: %s", w.In(p.lang))
		}
		p.printf("%s", "%s", e.Headline.In(p.lang))
		if !e.DataAt.IsZero() {
			p.printf("  脆弱性情報は %s に取得したものです", "  by the advisories fetched on %s", dayOf(e.DataAt))
		}
		for _, n := range e.Notes {
			fmt.Fprintln(p.out, "  "+noteLine(n))
		}
		for _, h := range e.Held {
			fmt.Fprintf(p.out, "● %s %s %s\n", h.SoftwareName, h.Version, h.Component)
		}
		for _, s := range e.Spans {
			p.printSpan(s)
		}
		for _, r := range e.Releases {
			fmt.Fprintf(p.out, "▲ %s %s — %s%s\n", r.SoftwareName, r.Version, r.Component, guessCell(r.ByCPE, p.lang))
			p.printf("    %s（期日 %s） %s %s %s", "    %s (due %s) %s %s %s", r.Action.Name().In(p.lang), lastDay(r.Due), epssCell(r.EPSS), kevCell(r.Exploited), standsCell(r.Opinion, p.lang))
			for _, pa := range r.Parties {
				fmt.Fprintf(p.out, "    %s: %s\n", pa.Name, pa.Does.In(p.lang))
			}
		}
	})
	if err == nil && len(e.Releases)+len(e.Held) == 0 {
		return errSilent(lang.Nothing)
	}
	return err
}

// noteLine is what a catalogue says of a vulnerability, in one line.
func noteLine(n portfolio.CatalogueNote) string {
	out := strings.ToUpper(n.Source) + " " + n.ID
	if n.Score > 0 {
		out += fmt.Sprintf(" %s %.1f", n.Severity, n.Score)
	}
	if len(n.CWEs) > 0 {
		out += " " + strings.Join(n.CWEs, " ")
	}
	if n.Title != "" {
		out += " " + n.Title
	}
	return out
}

// printSpan says since when and until when a software holds what it is affected by.
func (p *program) printSpan(s portfolio.Span) {
	day := func(v, on string) string {
		if on == "" {
			return v
		}
		return v + lang.F("（%s）", " (%s)", on).In(p.lang)
	}
	if s.Until == "" {
		p.printf("  %s: %s から、解消したリリースはまだありません", "  %s: since %s; no release is without it yet", s.SoftwareName, day(s.From, s.FromOn))
	} else {
		p.printf("  %s: %s から %s の前まで", "  %s: since %s, until %s", s.SoftwareName, day(s.From, s.FromOn), day(s.Until, s.UntilOn))
	}
	if s.Unlooked > 0 {
		p.printf("    その間のリリースのうち %d 件は照合されていません", "    %d releases in between were not matched", s.Unlooked)
	}
}
