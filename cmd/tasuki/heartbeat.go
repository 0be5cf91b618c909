package main

import (
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

type heartbeatCmd struct {
	Key    string `arg:"" optional:"" help:"${help_heartbeat_key}"`
	Down   bool   `help:"${help_heartbeat_down}"`
	Note   string `help:"${help_heartbeat_note}" placeholder:"TEXT"`
	Scrape bool   `help:"${help_heartbeat_scrape}"`
}

// Run takes in that a mechanism works or not, asks those that hand out metrics, or lists what was heard.
func (c *heartbeatCmd) Run(p *program) error {
	if c.Key == "" && (c.Down || c.Note != "") || c.Key != "" && c.Scrape {
		return &lang.Error{Kind: lang.Usage, What: lang.T("--down と --note は KEY とともに、--scrape は KEY なしで指定します", "--down and --note go with KEY, --scrape without"),
			Next: lang.T("tasuki heartbeat --help を見てください", "see tasuki heartbeat --help")}
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	switch {
	case c.Scrape:
		return p.scrape(db)
	case c.Key != "":
		v, err := office.Heartbeat(p.ctx, db, p.actor(), office.Beat{Mechanism: c.Key, Up: !c.Down, Source: "cli", Note: c.Note})
		if err != nil {
			return err
		}
		return p.print(v, func() { p.table([][]string{p.mechanismRow(v)}) })
	}
	all, err := office.Mechanisms(p.ctx, db)
	if err != nil {
		return err
	}
	return p.print(all, func() {
		rows := [][]string{}
		for _, v := range all {
			rows = append(rows, p.mechanismRow(v))
		}
		p.table(rows)
		p.printf("%d 件", "%d mechanisms", len(all))
	})
}

// scrape asks the mechanisms. One that could not be asked is told, and the exit code says so.
func (p *program) scrape(db *store.DB) error {
	all, err := office.Scrape(p.ctx, db, p.actor())
	if err != nil {
		return err
	}
	silent := false
	err = p.print(all, func() {
		rows := [][]string{}
		for _, s := range all {
			row := p.mechanismRow(s.MechanismView)
			if !s.Problem.IsZero() {
				row = []string{s.Mechanism, lang.T("応答なし", "no answer").In(p.lang), s.Problem.In(p.lang)}
			}
			rows = append(rows, row)
		}
		p.table(rows)
		p.printf("%d 件", "%d mechanisms", len(all))
	})
	for _, s := range all {
		silent = silent || !s.Problem.IsZero()
	}
	if err == nil && silent {
		return errSilent(lang.Unreadable)
	}
	return err
}

func (p *program) mechanismRow(v office.MechanismView) []string {
	state := lang.T("稼働を確かめていない", "not seen working")
	switch {
	case v.Heard && !v.Up:
		state = lang.T("稼働していない", "does not work")
	case v.Fresh:
		state = lang.T("稼働中", "works")
	case !v.At.IsZero():
		state = lang.T("途絶えている", "silent")
	}
	at := ""
	if !v.At.IsZero() {
		at = v.At.In(calendar.Japan).Format(time.DateTime)
	}
	return []string{v.Mechanism, state.In(p.lang), at, v.Source, v.Title}
}
