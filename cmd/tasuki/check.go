package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/expr-lang/expr"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

type checkCmd struct {
	target
	Gate    string `help:"${help_gate}" default:"not_met == 0" placeholder:"EXPR"`
	Server  string `help:"${help_check_server}" placeholder:"URL"`
	Summary string `help:"${help_check_summary}" placeholder:"FILE"`
	Base    string `help:"${help_check_base}" placeholder:"FILE" xor:"since"`
	Since   string `help:"${help_check_since}" placeholder:"TIME" xor:"since"`
	Comment string `help:"${help_check_comment}" placeholder:"FILE"`
	Save    string `help:"${help_check_save}" placeholder:"FILE"`
}

var checkTexts = map[string]lang.Text{
	"check_server":  lang.T("このサーバに聞く（API キーは TASUKI_TOKEN）", "ask this server; the API key is in TASUKI_TOKEN"),
	"check_summary": lang.T("結果の要約を Markdown でこのファイルに書き足す（CI のジョブの要約）", "add a summary in Markdown to this file (the job summary of a CI system)"),
	"check_base":    lang.T("この --save のファイルと比べる", "compare with this file that --save wrote"),
	"check_since":   lang.T("この日時の状態と比べる", "compare with how things stood at this time"),
	"check_comment": lang.T("変わったことだけを Markdown で書き出す（変化がなければ空）", "write only what changed, in Markdown; empty when nothing did"),
	"check_save":    lang.T("状態をファイルに残す（次の --base）", "keep the state in a file, for --base later"),
}

// checked is the result of a check.
type checked struct {
	Met     bool                 `json:"met"`
	Gate    string               `json:"gate"`
	Totals  assess.Totals        `json:"totals"`
	Open    []judging.StatusLine `json:"open"`
	Changes []delta              `json:"changes,omitempty"` // with --base or --since

	sheet judging.StatusSheet
}

// Run judges again, or asks a server, and holds the totals against a gate; the exit code is 3 when the gate is not met.
func (c *checkCmd) Run(p *program) error {
	out := checked{Gate: c.Gate}
	gate, err := compileGate(c.Gate)
	if err != nil {
		return err
	}
	if c.Comment != "" && c.Base == "" && c.Since == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.T("何と比べるかが分かりません", "it is not said what to compare with"),
			Next: lang.T("--comment には --base 又は --since も指定してください", "give --base or --since with --comment")}
	}
	if out.sheet, out.Changes, err = c.look(p); err != nil {
		return err
	}
	if len(out.sheet.Duties) == 0 {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("判定する責務がありません", "there is no duty to judge"),
			Next: lang.T("体制を登録してください（tasuki chain template）", "enter the deal first (tasuki chain template)")}
	}
	out.Totals, out.Open = out.sheet.Totals, openRows(out.sheet.Duties)
	if out.Met, err = gate(out.sheet); err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	if err := c.files(p, out); err != nil {
		return err
	}
	if err := p.print(out, func() { p.printChecked(out) }); err != nil {
		return err
	}
	if !out.Met {
		return errSilent(lang.Gate)
	}
	return nil
}

// look gives the state of our duties, and what changed of them when there is something to compare with.
func (c *checkCmd) look(p *program) (sheet judging.StatusSheet, changes []delta, err error) {
	if c.Server != "" {
		sheet, changes, err = c.ask(p)
	} else {
		sheet, changes, err = c.judge(p)
	}
	if err == nil && c.Base != "" {
		changes, err = c.against(sheet)
	}
	return sheet, changes, err
}

// judge judges again in the workspace.
func (c *checkCmd) judge(p *program) (judging.StatusSheet, []delta, error) {
	db, err := p.open()
	if err != nil {
		return judging.StatusSheet{}, nil, err
	}
	defer db.Close()
	sheet, err := (&statusCmd{target: c.target}).load(p, db)
	if err != nil || c.Since == "" {
		return sheet, nil, err
	}
	since, err := parseTime(c.Since)
	if err != nil {
		return sheet, nil, err
	}
	subject, err := judging.Subject(p.ctx, db, p.actor(), judging.Target{Software: c.Software, Release: c.Release, System: c.System})
	if err != nil {
		return sheet, nil, err
	}
	changes, err := judging.ChangesBetween(p.ctx, db, p.lang, subject, since, p.now())
	return sheet, deltasOf(changes, sheet), err
}

// ask asks a server how things stand, as it judged last.
func (c *checkCmd) ask(p *program) (judging.StatusSheet, []delta, error) {
	client, err := p.client(c.Server)
	if err != nil {
		return judging.StatusSheet{}, nil, err
	}
	target := judging.Target{Software: c.Software, Release: c.Release, System: c.System, Party: c.Party}
	sheet, err := client.Status(p.ctx, target)
	if err != nil || c.Since == "" {
		return sheet, nil, err
	}
	since, err := parseTime(c.Since)
	if err != nil {
		return sheet, nil, err
	}
	changes, err := client.Changes(p.ctx, target, since)
	return sheet, deltasOf(changes, sheet), err
}

// compileGate gives the function of a gate's expression.
func compileGate(text string) (func(judging.StatusSheet) (bool, error), error) {
	env := func(sheet judging.StatusSheet) map[string]any {
		names := map[string]any{"duties": len(sheet.Duties)}
		for _, s := range assess.Statuses {
			names[string(s)] = sheet.Totals.ByDuty[s]
		}
		return names
	}
	program, err := expr.Compile(text, expr.Env(env(judging.StatusSheet{})), expr.AsBool())
	if err != nil {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.F("ゲートの式「%s」を解釈できません", "the gate %q cannot be understood", text), Err: err,
			Next: lang.T("例: not_met == 0 && not_assessed <= 5", "for example: not_met == 0 && not_assessed <= 5")}
	}
	return func(sheet judging.StatusSheet) (bool, error) {
		ok, err := expr.Run(program, env(sheet))
		met, _ := ok.(bool)
		return met, err
	}, nil
}

func (p *program) printChecked(c checked) {
	p.printf("%s", "%s", totalsLine(c.Totals, p.lang))
	for _, d := range c.Changes {
		fmt.Fprintf(p.out, "%s\n", d.line(p.lang))
	}
	if c.Met {
		return
	}
	p.printf("ゲート「%s」に届いていません", "the gate %q is not met", c.Gate)
	for _, d := range c.Open {
		fmt.Fprintf(p.out, "%s %s %s\n    → %s\n", statusMarks[assess.Status(d.Status)], d.ID, d.Title, d.Remedy)
	}
}

func openRows(rows []judging.StatusLine) []judging.StatusLine {
	open := []judging.StatusLine{}
	for _, r := range rows {
		switch assess.Status(r.Status) {
		case assess.NotMet, assess.PartlyMet, assess.NotAssessed:
			open = append(open, r)
		}
	}
	return open
}

// files writes what was asked for beside the result.
func (c *checkCmd) files(p *program, out checked) error {
	if c.Save != "" {
		b, err := json.MarshalIndent(savedState{savedFormat, out.sheet}, "", " ")
		if err == nil {
			err = os.WriteFile(c.Save, append(b, '\n'), 0o600)
		}
		if err != nil {
			return cannotWrite(c.Save, err)
		}
	}
	if c.Comment != "" {
		if err := os.WriteFile(c.Comment, []byte(p.comment(out)), 0o600); err != nil {
			return cannotWrite(c.Comment, err)
		}
	}
	if c.Summary == "" {
		return nil
	}
	f, err := os.OpenFile(c.Summary, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // what earlier steps wrote stays
	if err == nil {
		_, err = io.WriteString(f, p.summary(out))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return cannotWrite(c.Summary, err)
	}
	return nil
}

func cannotOpen(name string, err error) error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を開けません", "cannot open %q", name), Err: err,
		Next: lang.T("場所と名前を確かめてください", "check its place and name")}
}

func cannotWrite(name string, err error) error {
	return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」に書き込めません", "cannot write %q", name), Err: err,
		Next: lang.T("書き込める場所を指定してください", "name a place that can be written to")}
}

// savedFormat marks a file of --save.
const savedFormat = "tasuki-state/1"

type savedState struct {
	Format string              `json:"format"`
	Sheet  judging.StatusSheet `json:"sheet"`
}

// against compares with a state that --save kept.
func (c *checkCmd) against(now judging.StatusSheet) ([]delta, error) {
	var base savedState
	b, err := os.ReadFile(c.Base)
	if err == nil {
		err = json.Unmarshal(b, &base)
	}
	if err == nil && base.Format != savedFormat {
		err = fmt.Errorf("format is %q", base.Format)
	}
	if err != nil {
		return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を tasuki check --save のファイルとして読めません", "%q is no file that tasuki check --save wrote", c.Base), Err: err,
			Next: lang.T("比べる元の状態で tasuki check --save を実行してください", "run tasuki check --save where the state to compare with is")}
	}
	return deltasBetween(base.Sheet, now), nil
}

// delta is a duty whose status changed.
type delta struct {
	judging.StatusLine        // as it is now; without reasons when the duty is gone
	Before             string `json:"before"` // empty: it was no duty
}

type dutyOf struct{ id, role, party string }

func keyOf(l judging.StatusLine) dutyOf { return dutyOf{string(l.ID), string(l.Role), l.Party} }

// deltasBetween gives what differs between two states, in the guideline's order; what is gone comes last.
func deltasBetween(base, now judging.StatusSheet) []delta {
	before := map[dutyOf]judging.StatusLine{}
	for _, l := range base.Duties {
		before[keyOf(l)] = l
	}
	out := []delta{}
	for _, l := range now.Duties {
		was := before[keyOf(l)]
		delete(before, keyOf(l))
		if was.Status != l.Status {
			out = append(out, delta{l, was.Status})
		}
	}
	for _, l := range base.Duties {
		if was, gone := before[keyOf(l)]; gone {
			out = append(out, delta{judging.StatusLine{ID: l.ID, Title: l.Title, Party: l.Party, Role: l.Role, Level: l.Level}, was.Status})
		}
	}
	return out
}

// deltasOf gives what changed in the end, of changes one by one, for the duties of a sheet.
func deltasOf(changes []judging.Change, now judging.StatusSheet) []delta {
	lines := map[dutyOf]judging.StatusLine{}
	for _, l := range now.Duties {
		lines[keyOf(l)] = l
	}
	out := []delta{}
	for _, c := range changes {
		key := dutyOf{string(c.ID), string(c.Role), c.Party}
		if l, ours := lines[key]; ours && c.Before != l.Status {
			out = append(out, delta{l, c.Before})
		}
	}
	return out
}

// worse reports whether a duty needs more than it did.
func (d delta) worse() bool {
	rank := func(s string) int {
		switch assess.Status(s) {
		case assess.Met, assess.MetWithException, assess.NotApplicable, "":
			return 0
		case assess.PartlyMet:
			return 1
		case assess.NotAssessed:
			return 2
		}
		return 3
	}
	return rank(d.Status) > rank(d.Before)
}

// line writes S(2)-1.4 公知脆弱性の確認: 対応 → 未対応（why）.
func (d delta) line(l lang.Lang) string {
	name := func(s string) string {
		if s == "" {
			return lang.T("責務なし", "no duty").In(l)
		}
		return assess.Status(s).Name().In(l)
	}
	out := fmt.Sprintf("%s %s: %s → %s", d.ID, d.Title, name(d.Before), name(d.Status))
	if len(d.Reasons) > 0 {
		out += lang.T("（", " (").In(l) + strings.Join(d.Reasons, lang.T("。", "; ").In(l)) + lang.T("）", ")").In(l)
	}
	return out
}
