package main

import (
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type auditCmd struct {
	Object string `help:"${help_audit_object}" placeholder:"KIND[/ID]"`
	Actor  string `help:"${help_audit_actor}" placeholder:"USER"`
	Since  string `help:"${help_audit_since}" placeholder:"TIME"`
	Before string `help:"${help_audit_before}" placeholder:"ID"`
	Limit  int    `help:"${help_audit_limit}" default:"100" placeholder:"N"`
}

// auditJSON is an entry with the name its actor goes by.
type auditJSON struct {
	store.Entry
	Name string `json:"actor_name"`
}

// Run lists the audit log, the latest first.
func (c *auditCmd) Run(p *program) error {
	if c.Limit < 1 || c.Limit > 10_000 {
		return &lang.Error{Kind: lang.Usage, What: lang.F("--limit %d は範囲外です", "--limit %d is out of bounds", c.Limit),
			Next: lang.T("1 から 10000 までで指定してください", "use 1 to 10000")}
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := p.author(db, auth.ReadAudit); err != nil && p.as != "" {
		return err
	}
	f, names, err := c.filter(p, db)
	if err != nil {
		return err
	}
	entries, err := db.AuditLog(p.ctx, f)
	if err != nil {
		return err
	}
	out := []auditJSON{}
	for _, e := range entries {
		name := names[e.Actor]
		if name == "" {
			name = e.Actor
		}
		out = append(out, auditJSON{e, name})
	}
	return p.print(out, func() {
		rows := [][]string{}
		for _, e := range out {
			rows = append(rows, []string{e.At.In(calendar.Japan).Format("2006-01-02 15:04:05"), e.Name, string(e.Via), e.Action, e.Object.Kind, e.Object.ID})
		}
		p.table(rows)
		if len(rows) == c.Limit {
			p.say("続きは --before %s で見られます", "see more with --before %s", out[len(out)-1].ID)
		}
	})
}

// filter reads the flags, and gives the names of the accounts by id.
func (c *auditCmd) filter(p *program, db *store.DB) (store.AuditFilter, map[string]string, error) {
	f := store.AuditFilter{Actor: c.Actor, Before: c.Before, Limit: c.Limit}
	f.Object.Kind, f.Object.ID, _ = strings.Cut(c.Object, "/")
	if c.Since != "" {
		since, err := parseTime(c.Since)
		if err != nil {
			return f, nil, err
		}
		f.Since = since
	}
	accounts, err := db.Accounts(p.ctx)
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
		if a.Name == c.Actor {
			f.Actor = a.ID
		}
	}
	return f, names, err
}
