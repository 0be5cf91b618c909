package main

import (
	"io"
	"os"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/read/kev"
)

// feedFile is a file of advisory data and when it was fetched.
type feedFile struct {
	File    string `arg:"" help:"${help_feeds_file}"`
	Fetched string `help:"${help_feeds_filetime}" placeholder:"TIME"`
}

// open opens the file and says when it was fetched: as said, else the file's time, never in the future.
func (c *feedFile) open(now time.Time) (*os.File, time.Time, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, now, cannotOpen(c.File, err)
	}
	fetched := now
	if c.Fetched != "" {
		fetched, err = parseTime(c.Fetched)
	} else if info, statErr := f.Stat(); statErr == nil && info.ModTime().Before(now) {
		fetched = info.ModTime()
	}
	if err != nil {
		f.Close()
		return nil, now, err
	}
	return f, fetched.UTC(), nil
}

type feedsImportKEVCmd struct{ feedFile }

// Run takes in CISA's catalogue of known exploited vulnerabilities.
func (c *feedsImportKEVCmd) Run(p *program) error {
	f, fetched, err := c.open(p.now())
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, kev.MaxBytes+1))
	if err != nil {
		return err
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	n, problems, err := intake.ImportKEV(p.ctx, db, p.actor(), b, fetched)
	if err != nil {
		return err
	}
	return p.printFeed("KEV", n, fetched, problems)
}

type feedsImportEPSSCmd struct{ feedFile }

// Run takes in the EPSS scores of one day.
func (c *feedsImportEPSSCmd) Run(p *program) error {
	f, fetched, err := c.open(p.now())
	if err != nil {
		return err
	}
	defer f.Close()
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	n, problems, err := intake.ImportEPSS(p.ctx, db, p.actor(), f, fetched)
	if err != nil {
		return err
	}
	return p.printFeed("EPSS", n, fetched, problems)
}

func (p *program) printFeed(name string, n int, fetched time.Time, problems []fact.Problem) error {
	out := map[string]any{"source": name, "count": n, "fetched": fetched, "problems": len(problems)}
	return p.print(out, func() {
		p.printf("%s を %d 件取り込みました（取得 %s）", "%s: imported %d (fetched %s)", name, n, dayOf(fetched))
		p.sayProblems(problems)
	})
}
