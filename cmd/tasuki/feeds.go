package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/lang"
)

type feedsCmd struct {
	List       feedsListCmd       `cmd:"" help:"${help_feeds_list}"`
	Fetch      feedsFetchCmd      `cmd:"" help:"${help_feeds_fetch}"`
	Import     feedsImportCmd     `cmd:"" help:"${help_feeds_import}"`
	Set        feedsSetCmd        `cmd:"" help:"${help_feeds_set}"`
	ImportEOL  feedsImportEOLCmd  `cmd:"" name:"import-eol" help:"${help_feeds_eol}"`
	ImportKEV  feedsImportKEVCmd  `cmd:"" name:"import-kev" help:"${help_feeds_kev}"`
	ImportEPSS feedsImportEPSSCmd `cmd:"" name:"import-epss" help:"${help_feeds_epss}"`
	Status     feedsStatusCmd     `cmd:"" help:"${help_feeds_status}"`
}

type feedsImportCmd struct {
	Name    string `arg:"" help:"${help_feeds_name}"`
	Path    string `arg:"" optional:"" help:"${help_feeds_path}"`
	Fetched string `help:"${help_feeds_fetched}" placeholder:"TIME"`
}

// Run takes a source in from a file or folder and matches everything that is kept against it. One argument alone is a
// folder of OSV records.
func (c *feedsImportCmd) Run(p *program) error {
	name, from := c.Name, c.Path
	if from == "" {
		name, from = feed.OSV, c.Name
	}
	fetched, err := newestFile(from, c.Fetched, p.now())
	if err != nil {
		return err
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := intake.ImportFeed(p.ctx, db, p.actor(), name, from, fetched)
	if err != nil {
		return err
	}
	if name != feed.OSV {
		return p.printFeed(name, int(r.Count), fetched, r.Problems)
	}
	found, err := db.FindingCount(p.ctx)
	if err != nil {
		return err
	}
	out := map[string]any{"source": name, "count": r.Count, "newest": r.Newest, "fetched": fetched, "problems": len(r.Problems), "findings": found}
	return p.print(out, func() {
		p.printf("脆弱性情報 %d 件を取り込みました（取得 %s）。検出 %d 件", "imported %d advisories (fetched %s); %d findings",
			r.Count, dayOf(fetched), found)
		p.sayProblems(r.Problems)
	})
}

// sayProblems tells what was left out: the first few, and how many more.
func (p *program) sayProblems(problems []fact.Problem) {
	const shown = 20
	for _, pr := range problems[:min(shown, len(problems))] {
		p.say("  除外: %s: %s", "  left out: %s: %s", pr.Where, pr.What.In(p.lang))
	}
	if n := len(problems) - shown; n > 0 {
		p.say("  ほか %d 件", "  and %d more", n)
	}
}

// newestFile is when data was fetched: as said, else the time of the newest file. It is never in the future.
func newestFile(from, said string, now time.Time) (time.Time, error) {
	if said != "" {
		return parseTime(said)
	}
	var newest time.Time
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	if err != nil {
		return newest, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を読めません", "cannot read %q", from), Err: err}
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
		return cannotOpen(c.File, err)
	}
	defer f.Close()
	fetched, err := newestFile(c.File, c.Fetched, p.now())
	if err != nil {
		return err
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	n, problems, err := intake.ImportEndOfLife(p.ctx, db, p.actor(), f, fetched)
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
				dayOf(s.LoadedAt), int(db.Now().Sub(s.LoadedAt).Hours()/24), dayOf(s.Newest))
			if s.Error != "" {
				p.printf("  前回の失敗: %s", "  last error: %s", s.Error)
			}
		}
	})
}
