package main

import (
	"path/filepath"

	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

type receiveCmd struct {
	File   string `arg:"" help:"${help_verify_file}"`
	Create bool   `help:"${help_receive_create}"`
}

// Run verifies a bundle against the keys this workspace trusts, keeps it, and lets what it declares count.
func (c *receiveCmd) Run(p *program) error {
	b, err := readFile(c.File)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := jobs.ReceiveBundle(p.ctx, db, p.actor(), filepath.Base(c.File), b, c.Create)
	if err != nil {
		return err
	}
	if err := p.print(jobs.TakenInOf(r, p.lang), func() { p.printReport(r.Report) }); err != nil {
		return err
	}
	switch verify.ExitCode(r.Report) {
	case 0:
		return nil
	case 6:
		return errSilent(lang.Unreadable)
	}
	return errSilent(lang.Unverified)
}
