package main

import (
	"fmt"

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
