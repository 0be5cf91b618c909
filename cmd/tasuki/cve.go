package main

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
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
	e, err := jobs.AffectedBy(p.ctx, db, c.ID)
	if err != nil {
		return err
	}
	err = p.print(e.In(p.lang), func() {
		for _, w := range e.Caveats {
			p.printf("注意: %s", "note: %s", w.In(p.lang))
		}
		p.printf("%s", "%s", e.Headline.In(p.lang))
		for _, n := range e.Notes {
			fmt.Fprintln(p.out, "  "+noteLine(n))
		}
		for _, r := range e.Releases {
			fmt.Fprintf(p.out, "▲ %s %s — %s\n", r.SoftwareName, r.Version, r.Component)
			p.printf("    %s（期日 %s） %s %s %s", "    %s (due %s) %s %s %s", r.Action.Name().In(p.lang), lastDay(r.Due), epssCell(r.EPSS), kevCell(r.Exploited), standsCell(r.Opinion, p.lang))
			for _, pa := range r.Parties {
				fmt.Fprintf(p.out, "    %s: %s\n", pa.Name, pa.Does.In(p.lang))
			}
		}
	})
	if err == nil && len(e.Releases) == 0 {
		return errSilent(lang.Nothing)
	}
	return err
}

// noteLine is what a catalogue says of a vulnerability, in one line.
func noteLine(n jobs.CatalogueNote) string {
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
