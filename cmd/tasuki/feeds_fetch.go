package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
)

// feedClient fetches advisory data over HTTPS, with the proxy that the environment names.
func (p *program) feedClient() *feed.Client {
	c := feed.NewClient("tasuki/"+buildVersion(), nil)
	if c.Key = p.secret("TASUKI_NVD_KEY"); c.Key != "" {
		c.Page = time.Second
	}
	return c
}

type feedsFetchCmd struct {
	Names []string `arg:"" optional:"" name:"name" help:"${help_feeds_name}"`
}

// Run fetches what changed at the sources, takes it over and matches what it concerns. A source that fails does not stop
// the others; the exit code tells of it.
func (c *feedsFetchCmd) Run(p *program) error {
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	results, err := intake.FetchFeeds(p.ctx, db, p.actor(), p.feedClient(), c.Names...)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("取得する情報源がありません", "there is no source to fetch")}
	}
	err = p.print(results, func() {
		for _, r := range results {
			switch {
			case r.Err != nil:
				p.printf("%s: 失敗しました: %s", "%s: failed: %s", r.Source, lang.Explain(r.Err, p.lang))
			case r.Changed:
				p.printf("%s: 更新しました（%d 件）", "%s: updated (%d records)", r.Source, r.Count)
			default:
				p.printf("%s: 変更はありません（%d 件）", "%s: nothing new (%d records)", r.Source, r.Count)
			}
			for _, check := range r.Checks {
				if check.Signer != "" {
					p.printf("  %s: %s の署名を確認しました", "  %s: signed by %s", check.File, check.Signer)
				}
			}
			p.sayProblems(r.Problems)
		}
	})
	for _, r := range results {
		if err == nil && r.Err != nil {
			return errSilent(lang.KindOf(r.Err))
		}
	}
	return err
}

type feedsListCmd struct{}

// Run tells of every source: where it comes from, how old it is, how much it holds, what went wrong last.
func (feedsListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	feeds, err := intake.Feeds(p.ctx, db)
	if err != nil {
		return err
	}
	type view struct {
		intake.FeedState
		Title string `json:"title"`
	}
	views := make([]view, len(feeds))
	for i, f := range feeds {
		views[i] = view{f, f.Title.In(p.lang)}
	}
	running, busy := portfolio.FeedProgress(db)
	out := map[string]any{"sources": views}
	if busy {
		out["progress"] = running
	}
	return p.print(out, func() {
		rows := [][]string{{pick(p, "情報源", "source"), pick(p, "状態", "state"), pick(p, "件数", "records"), pick(p, "取得", "fetched"), pick(p, "経過日数", "days"), pick(p, "取得元", "from")}}
		for _, f := range feeds {
			row := []string{f.Name, f.State.Text().In(p.lang), fmt.Sprint(f.Count), "—", "—", f.From}
			if f.AgeDays != nil {
				row[3], row[4] = dayOf(f.LoadedAt), fmt.Sprint(*f.AgeDays)
			}
			if !f.Fetched {
				row[5] += pick(p, "（指名したときだけ取得）", " (only when named)")
			}
			rows = append(rows, row)
		}
		p.table(rows)
		for _, f := range feeds {
			if f.Error != "" {
				p.printf("%s の前回の失敗: %s", "%s, last error: %s", f.Name, f.Error)
			}
		}
		if busy {
			p.printf("実行中: %s %s（%d / %d）", "running: %s %s (%d of %d)", running.Source, running.What, running.Done, running.Total)
		}
	})
}

func pick(p *program, ja, en string) string { return lang.T(ja, en).In(p.lang) }

type feedsSetCmd struct {
	Name      string   `arg:"" help:"${help_feeds_name}"`
	URL       string   `name:"url" help:"${help_feeds_url}" placeholder:"URL"`
	Ecosystem []string `help:"${help_feeds_eco}" placeholder:"NAME"`
	Key       string   `help:"${help_feeds_key}" placeholder:"FINGERPRINT"`
	On        bool     `help:"${help_feeds_on}"`
	Off       bool     `help:"${help_feeds_off}"`
	Every     int      `help:"${help_feeds_every}" placeholder:"HOURS"`
}

// Run sets how a source is fetched, in the place of what was set before.
func (c *feedsSetCmd) Run(p *program) error {
	if c.On && c.Off || c.Every < 0 {
		return &lang.Error{Kind: lang.Usage, What: lang.T("--on と --off は同時に指定できません", "--on and --off exclude each other"), Err: errors.New("on and off")}
	}
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	s := intake.FeedSetting{URL: strings.TrimSpace(c.URL), Ecosystems: c.Ecosystem, Key: c.Key, On: c.On, Off: c.Off, Hours: c.Every}
	if err := intake.SetFeed(p.ctx, db, p.actor(), c.Name, s); err != nil {
		return err
	}
	return p.print(s, func() { p.printf("%s の取得方法を設定しました", "set how %s is fetched", c.Name) })
}
