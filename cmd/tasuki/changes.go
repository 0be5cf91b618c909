package main

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// changesTexts are the help texts about looking at duties over time and through other documents.
var changesTexts = map[string]lang.Text{
	"changes":                   lang.T("二つの時点の間に責務の状況がどう変わったかを、原因と共に表示する", "show how duties changed between two moments, and why"),
	"changes_since":             lang.T("この日時より後", "after this moment"),
	"changes_until":             lang.T("この日時まで（既定は現在）", "until this moment (default: now)"),
	"declarations_reproduce":    lang.T("宣言した判定を、当時の事実から判定し直し、一バイトずつ照合する", "judge a declared assessment again from the facts of its moment and compare every byte"),
	"declarations_reproduce_id": lang.T("宣言の id（tasuki declarations で確かめられます）", "id of the declaration, as tasuki declarations gives it"),
	"coverage":                  lang.T("ほかの文書（SSDF、CRA など）との対応表を通して責務の状況を見る", "see the state of duties through the relations to another document, such as SSDF or CRA"),
	"coverage_framework":        lang.T("文書（ssdf, nsa, cisa_sbd, cra, other, unified_standards, cip_guideline）", "document: ssdf, nsa, cisa_sbd, cra, other, unified_standards or cip_guideline"),
}

type changesCmd struct {
	target
	Since string `required:"" help:"${help_changes_since}" placeholder:"TIME"`
	Until string `help:"${help_changes_until}" placeholder:"TIME"`
}

type changesJSON struct {
	Since   time.Time        `json:"since"`
	Until   time.Time        `json:"until"`
	Changes []judging.Change `json:"changes"`
}

// Run prints what changed. Nothing is judged.
func (c *changesCmd) Run(p *program) error {
	since, err := parseTime(c.Since)
	until := p.now()
	if err == nil && c.Until != "" {
		until, err = parseTime(c.Until)
	}
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release, System: c.System})
	if err != nil {
		return err
	}
	changes, err := judging.ChangesBetween(p.ctx, db, p.lang, subject, since, until)
	if err != nil {
		return err
	}
	return p.print(changesJSON{since.UTC(), until.UTC(), changes}, func() { p.printChanges(changes) })
}

func (p *program) printChanges(changes []judging.Change) {
	name := func(status string) string {
		if status == "" {
			return "–"
		}
		return assess.Status(status).Name().In(p.lang)
	}
	for _, c := range changes {
		fmt.Fprintf(p.out, "%s %s  %s  %s → %s\n", c.ID, c.Title, c.Role.Title().In(p.lang), name(c.Before), name(c.After))
		for _, s := range c.Steps {
			fmt.Fprintf(p.out, "    %s %s (%s) %s\n", s.At.UTC().Format(time.RFC3339), name(s.Status), s.Cause, strings.Join(s.Reasons, " / "))
		}
	}
	if len(changes) == 0 {
		p.printf("変わった責務はありません", "no duty changed")
	}
}

type coverageCmd struct {
	target
	Framework string `required:"" help:"${help_coverage_framework}" placeholder:"NAME"`
}

// Run prints how far the duties, as they were judged last, cover another document.
func (c *coverageCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	of := judging.Target{Software: c.Software, Release: c.Release, System: c.System, Party: c.Party}
	subject, err := judging.Subject(p.ctx, db, p.actor(), of)
	if err != nil {
		return err
	}
	sheet, err := judging.SheetOf(p.ctx, db, p.lang, subject, of, false)
	if err != nil {
		return err
	}
	coverage, err := judging.CoverageOf(c.Framework, sheet, p.lang)
	if err != nil {
		return err
	}
	return p.print(coverage, func() { p.printCoverage(coverage) })
}

var coverageMarks = map[judging.CoverageState]string{judging.Covered: "●", judging.PartlyCovered: "◐", judging.NotCovered: "▲", judging.NotJudged: "○", judging.Unrelated: "–"}

func (p *program) printCoverage(c judging.Coverage) {
	fmt.Fprintln(p.out, c.Document)
	for _, item := range c.Items {
		var behind []string
		for _, d := range item.Duties {
			behind = append(behind, string(d.ID)+statusMarks[assess.Status(d.Status)])
		}
		fmt.Fprintf(p.out, "%s %s %s  %s\n", coverageMarks[item.State], item.ID, item.Title, strings.Join(behind, " "))
	}
	fmt.Fprintln(p.err, c.Note)
}
