package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/demo"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

type demoCmd struct {
	NoServe bool   `help:"${help_demo_no_serve}"`
	Listen  string `help:"${help_listen}" default:"127.0.0.1:8870" env:"TASUKI_LISTEN" placeholder:"ADDR"`
}

// demoDir is where the demo goes when --data names nothing.
const demoDir = "./tasuki-demo"

// Run makes three example organisations, prints what came of it, and serves the vendor's pages.
func (c *demoCmd) Run(p *program) error {
	if p.data == "./tasuki-data" && p.getenv("TASUKI_DATA") == "" {
		p.data = demoDir
	}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this program carries no build information")
	}
	file, err := os.Executable()
	if err != nil {
		return err
	}
	began := time.Now()
	sum, err := demo.Run(p.ctx, demo.Options{Dir: filepath.Clean(p.data), Now: p.now, Build: build, Program: file, Log: p.err, Lang: p.lang})
	if err != nil {
		return err
	}
	p.say("見本ができました（%.1f 秒）。組織も人も書類も例であり、実在のものではありません。", "the demo is ready (%.1f s). Organisations, people and papers are examples.", time.Since(began).Seconds())
	if err := p.print(sum, func() { p.printDemo(sum) }); err != nil || c.NoServe {
		return err
	}
	db, err := store.Open(p.ctx, store.Options{Dir: sum.Dir, Now: p.now})
	if err != nil {
		return err
	}
	defer db.Close()
	return p.serve(db, &serveCmd{Listen: c.Listen})
}

// printDemo prints the summary for people.
func (p *program) printDemo(sum demo.Summary) {
	for _, o := range sum.Organisations {
		name := o.Name
		if p.lang == lang.EN {
			name = o.NameEN
		}
		p.printf("\n■ %s（%s）", "\n# %s (%s)", name, o.Dir)
		for _, t := range o.Things {
			p.printThing(t)
		}
	}
	p.printf("\n■ 受け渡したファイル", "\n# Files that passed between them")
	for _, f := range sum.Files {
		fmt.Fprintf(p.out, "  %s\n    %s\n    %s\n", f.Path, f.What.In(p.lang), f.Digest)
	}
	p.printf("\n■ 襷の検証", "\n# Bundles verified")
	for _, v := range sum.Verified {
		by := v.By
		if p.lang == lang.EN {
			by = v.ByEN
		}
		if v.OK {
			p.printf("  ○ %[1]s（%[2]s）: %[4]sが検証し、%[3]d 段階すべて成立。発行者: %[5]s", "  ok   %[1]s (%[2]s): verified by %[4]s, all %[3]d steps hold; issued by %[5]s",
				v.File, verify.Kind(v.Kind).Title().In(p.lang), v.Steps, by, strings.Join(v.Links, " ← "))
			mark := "     %s\n"
			if !v.LevelShown {
				mark = "     △ %s\n"
			}
			fmt.Fprintf(p.out, mark, v.LevelWhy.In(p.lang))
		} else {
			p.printf("  × %s: %sの検証は「%s」で失敗: %s", "  FAIL %s: verified by %s, fails at %q: %s", v.File, by, verify.StepTitle(v.Failed).In(p.lang), v.Why.In(p.lang))
		}
	}
	p.printf("\n■ %s", "\n# %s", sum.Exposure.Headline.In(p.lang))
	for _, r := range sum.Exposure.Releases {
		fmt.Fprintln(p.out, "  "+r)
	}
	p.printf("\n■ サインイン（サンプルの全てのワークスペースで共通、合言葉は %s）", "\n# Sign in (in every workspace of the sample; the password is %s)", sum.Password)
	for _, a := range sum.Accounts {
		fmt.Fprintf(p.out, "  %-9s %s\n", a.Name, a.Does.In(p.lang))
	}
	p.printf("\n■ 次に試すこと", "\n# Try next")
	for _, c := range sum.Next {
		fmt.Fprintf(p.out, "  %s\n    %s\n", c.Why.In(p.lang), started()+strings.TrimPrefix(c.Line, "tasuki"))
	}
}

// started is how this program is called again: `go run` leaves no program behind.
func started() string {
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, "go-build") {
		return "go run ./cmd/tasuki"
	}
	return "tasuki"
}

func (p *program) printThing(t demo.Thing) {
	issued := ""
	if t.Declared != "" {
		issued = verify.Kind(t.Declared).Title().In(p.lang)
	}
	fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf("  %s %s  %s", t.Name, t.Version, issued), " "))
	var counts []string
	for _, s := range []assess.Status{assess.Met, assess.MetWithException, assess.PartlyMet, assess.NotMet, assess.NotAssessed, assess.NotApplicable} {
		if n := t.Statuses[string(s)]; n > 0 {
			counts = append(counts, fmt.Sprintf("%s %d", s.Name().In(p.lang), n))
		}
	}
	p.printf("    責務 %d 件: %s", "    %d duties: %s", t.Duties, strings.Join(counts, lang.T("、", ", ").In(p.lang)))
	if len(t.Open) > 0 {
		p.printf("    残り: %s", "    open: %s", short(t.Open, 8, p.lang))
	}
	if !t.DataAt.IsZero() {
		p.printf("    部品 %d 件、脆弱性の検出 %d 件（うち緊急 %d 件）、照合できない部品 %d 件。脆弱性情報は見本の %s 時点（網羅的ではありません）",
			"    %d components, %d findings (%d critical), %d components not matched; sample advisories as of %s (by no means complete)",
			t.Components, t.Findings, t.Critical, t.Unmatched, t.DataAt.Format(time.DateOnly))
	}
}

// short joins the first few of a list, once each, and says how many more there are.
func short(ids []string, most int, l lang.Lang) string {
	ids = slices.Compact(slices.Clone(ids))
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:most], ", ") + lang.F(" ほか%d件", " and %d more", len(ids)-most).In(l)
}
