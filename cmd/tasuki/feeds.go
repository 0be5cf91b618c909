package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
)

type feedsCmd struct {
	Import     feedsImportCmd     `cmd:"" help:"${help_feeds_import}"`
	ImportEOL  feedsImportEOLCmd  `cmd:"" name:"import-eol" help:"${help_feeds_eol}"`
	ImportKEV  feedsImportKEVCmd  `cmd:"" name:"import-kev" help:"${help_feeds_kev}"`
	ImportEPSS feedsImportEPSSCmd `cmd:"" name:"import-epss" help:"${help_feeds_epss}"`
	Status     feedsStatusCmd     `cmd:"" help:"${help_feeds_status}"`
}

type feedsImportCmd struct {
	Dir     string `arg:"" help:"${help_advisories}"`
	Fetched string `help:"${help_feeds_fetched}" placeholder:"TIME"`
}

// Run takes OSV records from a folder into the workspace and matches everything that is kept against them.
func (c *feedsImportCmd) Run(p *program) error {
	fetched, err := c.fetched(p.now())
	if err != nil {
		return err
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	stats, err := jobs.ImportAdvisories(p.ctx, db, p.actor(), c.Dir, fetched)
	if err != nil {
		return err
	}
	found, err := db.FindingCount(p.ctx)
	if err != nil {
		return err
	}
	out := map[string]any{"count": stats.Count, "newest": stats.Newest, "fetched": fetched, "problems": len(stats.Problems), "findings": found}
	return p.print(out, func() {
		p.printf("脆弱性情報 %d 件を取り込みました（取得 %s）。検出 %d 件", "imported %d advisories (fetched %s); %d findings",
			stats.Count, fetched.UTC().Format(time.DateOnly), found)
		for _, pr := range stats.Problems {
			p.say("  読み取れません: %s: %s", "  left out: %s: %s", pr.Where, pr.What.In(p.lang))
		}
	})
}

// fetched is when the folder's data was fetched: as said, else the time of its newest file. It is never in the future.
func (c *feedsImportCmd) fetched(now time.Time) (time.Time, error) {
	if c.Fetched != "" {
		return parseTime(c.Fetched)
	}
	var newest time.Time
	err := filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".zip") && !strings.HasSuffix(path, ".json") {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	if err != nil {
		return newest, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を読めません", "cannot read %q", c.Dir), Err: err}
	}
	if newest.After(now) {
		newest = now
	}
	return newest.UTC(), nil
}

type feedsImportEOLCmd struct {
	File    string `arg:"" help:"${help_feeds_eolfile}"`
	Fetched string `help:"${help_feeds_fetched}" placeholder:"TIME"`
}

// Run takes in when components go out of support.
func (c *feedsImportEOLCmd) Run(p *program) error {
	f, err := os.Open(c.File)
	if err != nil {
		return &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を開けません", "cannot open %q", c.File), Err: err}
	}
	defer f.Close()
	fetched, err := (&feedsImportCmd{Dir: c.File, Fetched: c.Fetched}).fetched(p.now())
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && c.Fetched == "" {
		fetched = info.ModTime().UTC()
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	n, problems, err := jobs.ImportEndOfLife(p.ctx, db, p.actor(), f, fetched)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"products": n, "problems": len(problems), "fetched": fetched}, func() {
		p.printf("サポート期限 %d 製品分を取り込みました", "took in the end of support of %d products", n)
	})
}

type feedsStatusCmd struct{}

// Run says how old the advisory data is.
func (feedsStatusCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	sources, err := db.AdvisorySources(p.ctx)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("脆弱性情報がまだ取り込まれていません", "no advisories have been imported yet"),
			Next: lang.T("tasuki feeds import DIR で取り込んでください", "import them with tasuki feeds import DIR")}
	}
	return p.print(sources, func() {
		for _, s := range sources {
			p.printf("%s: %d 件、取得 %s（%d 日前）、最新の記録 %s", "%s: %d records, fetched %s (%d days ago), newest record %s", s.Name, s.Count,
				s.LoadedAt.UTC().Format(time.DateOnly), int(db.Now().Sub(s.LoadedAt).Hours()/24), s.Newest.UTC().Format(time.DateOnly))
			if s.Error != "" {
				p.printf("  前回の失敗: %s", "  last error: %s", s.Error)
			}
		}
	})
}
