package main

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type statusCmd struct {
	target
	All bool `help:"${help_status_all}"`
}

// Run judges again and prints the state of every duty: ours, or with --party another party's, or with --all everybody's.
func (c *statusCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	result, err := c.load(p, db)
	if err != nil {
		return err
	}
	return p.print(result, func() { p.printStatus(result) })
}

func (c *statusCmd) load(p *program, db *store.DB) (judging.StatusSheet, error) {
	subject, err := judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release, System: c.System})
	if err != nil {
		return judging.StatusSheet{}, err
	}
	if err := judging.Reassess(p.ctx, db, p.actor(), "time", subject); err != nil {
		return judging.StatusSheet{}, err
	}
	return judging.SheetOf(p.ctx, db, p.lang, subject, judging.Target{Software: c.Software, System: c.System, Party: c.Party}, c.All)
}

var statusMarks = map[assess.Status]string{assess.Met: "●", assess.MetWithException: "◆", assess.PartlyMet: "◐", assess.NotMet: "▲",
	assess.NotApplicable: "–", assess.NotAssessed: "○"}

func (p *program) printStatus(r judging.StatusSheet) {
	for _, d := range r.Duties {
		s := assess.Status(d.Status)
		word := s.Name().In(p.lang)
		if d.StatedOnly {
			word += lang.T("（申告のみ）", " (stated only)").In(p.lang)
		}
		fmt.Fprintf(p.out, "%s %s %s  %s  %s\n", statusMarks[s], d.ID, d.Title, d.Role.Title().In(p.lang), word)
		for _, reason := range d.Reasons {
			fmt.Fprintf(p.out, "    %s\n", reason)
		}
		if d.Remedy != "" {
			fmt.Fprintf(p.out, "    → %s\n", d.Remedy)
		}
	}
	p.printf("%s", "%s", totalsLine(r.Totals, p.lang))
	p.printGaps(r.Gaps)
}

// mostGaps is how many components without a developer are named before the rest is counted.
const mostGaps = 20

// printGaps names what nobody answers for: what falls between two parties, then components.
func (p *program) printGaps(gaps []judging.GapLine) {
	for i, g := range gaps {
		if i == mostGaps {
			p.printf("▲ ほか %d 件（--json で全件）", "▲ and %d more (--json has them all)", len(gaps)-i)
			return
		}
		fmt.Fprintf(p.out, "▲ %s [%s %s]\n    → %s\n", g.What, g.Section, g.Rule, g.Next)
	}
}

// totalsLine writes 56件中 対応 41・一部対応 9 …, by duty.
func totalsLine(t assess.Totals, l lang.Lang) string {
	total := 0
	var parts []string
	for _, s := range []assess.Status{assess.Met, assess.MetWithException, assess.PartlyMet, assess.NotMet, assess.NotAssessed, assess.NotApplicable} {
		total += t.ByDuty[s]
		if t.ByDuty[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s.Name().In(l), t.ByDuty[s]))
		}
	}
	if l == lang.EN {
		return fmt.Sprintf("%d duties: %s", total, strings.Join(parts, ", "))
	}
	return fmt.Sprintf("%d件中 %s", total, strings.Join(parts, "・"))
}
