package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type statusCmd struct {
	target
	All bool `help:"${help_status_all}"`
}

// statusRow is one duty as scripts read it.
type statusRow struct {
	ID         guideline.ID     `json:"id"`
	Title      string           `json:"title"`
	Party      string           `json:"party"`
	Role       guideline.Role   `json:"role"`
	Stance     guideline.Stance `json:"stance"`
	Level      guideline.Level  `json:"level"`
	Status     string           `json:"status"`
	Basis      string           `json:"basis"`
	StatedOnly bool             `json:"stated_only,omitempty"`
	Stale      bool             `json:"stale,omitempty"`
	Reasons    []string         `json:"reasons"`
	Evidence   []string         `json:"evidence"`
	Remedy     string           `json:"remedy"`
	ValidUntil *time.Time       `json:"valid_until,omitempty"`
}

type statusResult struct {
	Software string        `json:"software,omitempty"`
	Release  string        `json:"release,omitempty"`
	System   string        `json:"system,omitempty"`
	Duties   []statusRow   `json:"duties"`
	Totals   assess.Totals `json:"totals"`
}

// Run judges again and prints the state of every duty: ours, or with --party another party's, or with --all everybody's.
func (c *statusCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	result, err := c.load(p, db)
	if err != nil {
		return err
	}
	return p.print(result, func() { p.printStatus(result) })
}

func (c *statusCmd) load(p *program, db *store.DB) (statusResult, error) {
	party := c.Party
	subject, err := jobs.Subject(p.ctx, db, p.actor(), jobs.Target{Software: c.Software, Release: c.Release, System: c.System})
	if err != nil {
		return statusResult{}, err
	}
	if err := jobs.Reassess(p.ctx, db, p.actor(), "time", subject); err != nil {
		return statusResult{}, err
	}
	m, err := db.LoadModel(p.ctx)
	if err != nil {
		return statusResult{}, err
	}
	rows, err := jobs.Status(p.ctx, db, subject)
	if err != nil {
		return statusResult{}, err
	}
	if !c.All {
		rows = jobs.OfParty(m, rows, party)
	}
	result := statusResult{Software: c.Software, System: c.System, Duties: []statusRow{}, Totals: jobs.Totals(rows)}
	if subject.Kind == fact.Release {
		for _, r := range m.Releases {
			if r.ID == subject.ID {
				result.Release = r.Version
			}
		}
	}
	for _, r := range rows {
		result.Duties = append(result.Duties, p.statusRow(r))
	}
	return result, nil
}

func (p *program) statusRow(r jobs.Row) statusRow {
	in, _ := guideline.Default().Individual(r.Requirement)
	out := statusRow{ID: r.Requirement, Title: in.Title.In(p.lang), Party: r.Party, Role: r.Role, Stance: r.Stance, Level: r.Level, Status: r.Status, Basis: r.Basis,
		StatedOnly: r.Detail.StatedOnly, Stale: r.Stale, Reasons: []string{}, Evidence: append([]string{}, r.Evidence...), Remedy: r.Remedy.In(p.lang)}
	for _, t := range r.Reasons {
		out.Reasons = append(out.Reasons, t.In(p.lang))
	}
	if !r.ValidUntil.IsZero() {
		until := r.ValidUntil
		out.ValidUntil = &until
	}
	return out
}

var statusMarks = map[assess.Status]string{assess.Met: "●", assess.MetWithException: "◆", assess.PartlyMet: "◐", assess.NotMet: "▲",
	assess.NotApplicable: "–", assess.NotAssessed: "○"}

func (p *program) printStatus(r statusResult) {
	for _, d := range r.Duties {
		s := assess.Status(d.Status)
		word := s.Name().In(p.lang)
		if d.StatedOnly {
			word += lang.T("（申告のみ）", " (stated only)").In(p.lang)
		}
		fmt.Fprintf(p.out, "%s %s %s  %s  %s\n", statusMarks[s], d.ID, d.Title, chain.RoleName(d.Role).In(p.lang), word)
		for _, reason := range d.Reasons {
			fmt.Fprintf(p.out, "    %s\n", reason)
		}
		if d.Remedy != "" {
			fmt.Fprintf(p.out, "    → %s\n", d.Remedy)
		}
	}
	p.printf("%s", "%s", totalsLine(r.Totals, p.lang))
}

// totalsLine writes 56件中 対応 41・一部対応 9 …, by duty.
func totalsLine(t assess.Totals, l lang.Lang) string {
	total := 0
	var parts []string
	for _, s := range []assess.Status{assess.Met, assess.MetWithException, assess.PartlyMet, assess.NotMet, assess.NotAssessed, assess.NotApplicable} {
		total += t.ByDuty[s]
		if t.ByDuty[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s.Name().In(l), t.ByDuty[s]))
		}
	}
	if l == lang.EN {
		return fmt.Sprintf("%d duties: %s", total, strings.Join(parts, ", "))
	}
	return fmt.Sprintf("%d件中 %s", total, strings.Join(parts, "・"))
}

type checkCmd struct {
	target
	Gate string `help:"${help_gate}" default:"not_met == 0" placeholder:"EXPR"`
}

// Run judges again and holds the totals against a gate; the exit code is 3 when the gate is not met.
func (c *checkCmd) Run(p *program) error {
	env := map[string]any{"duties": 0}
	for _, s := range assess.Statuses {
		env[string(s)] = 0
	}
	gate, err := expr.Compile(c.Gate, expr.Env(env), expr.AsBool())
	if err != nil {
		return &lang.Error{Kind: lang.Usage, What: lang.F("ゲートの式「%s」を解釈できません", "the gate %q cannot be understood", c.Gate), Err: err,
			Next: lang.T("例: not_met == 0 && not_assessed <= 5", "for example: not_met == 0 && not_assessed <= 5")}
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	result, err := (&statusCmd{target: c.target}).load(p, db)
	if err != nil {
		return err
	}
	if len(result.Duties) == 0 {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("判定する責務がありません", "there is no duty to judge"),
			Next: lang.T("体制を登録してください（tasuki chain template）", "enter the deal first (tasuki chain template)")}
	}
	for s, n := range result.Totals.ByDuty {
		env[string(s)] = n
	}
	env["duties"] = len(result.Duties)
	ok, err := expr.Run(gate, env)
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	met := ok.(bool)
	out := struct {
		Met    bool          `json:"met"`
		Gate   string        `json:"gate"`
		Totals assess.Totals `json:"totals"`
		Open   []statusRow   `json:"open"`
	}{met, c.Gate, result.Totals, openRows(result.Duties)}
	err = p.print(out, func() {
		p.printf("%s", "%s", totalsLine(result.Totals, p.lang))
		if !met {
			p.printf("ゲート「%s」に届いていません", "the gate %q is not met", c.Gate)
			for _, d := range out.Open {
				fmt.Fprintf(p.out, "%s %s %s\n    → %s\n", statusMarks[assess.Status(d.Status)], d.ID, d.Title, d.Remedy)
			}
		}
	})
	if err == nil && !met {
		return errSilent(lang.Gate)
	}
	return err
}

func openRows(rows []statusRow) []statusRow {
	open := []statusRow{}
	for _, r := range rows {
		switch assess.Status(r.Status) {
		case assess.NotMet, assess.PartlyMet, assess.NotAssessed:
			open = append(open, r)
		}
	}
	return open
}
