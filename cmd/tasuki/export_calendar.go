package main

import (
	"example.org/tasuki/internal/office"
)

type exportCalendarCmd struct {
	Output string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes every day that lies ahead as an iCalendar file; with --json as a list.
func (c *exportCalendarCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := office.Dates(p.ctx, db)
	if err != nil {
		return err
	}
	if p.json && c.Output == "-" {
		return p.print(all, func() {})
	}
	file, err := office.Calendar(p.ctx, db, p.lang, all)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, file); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "dates": len(all)}, func() {
		p.printf("予定 %[1]d 件を %[2]s に書き出しました", "wrote %[1]d dates to %[2]s", len(all), c.Output)
	})
}
