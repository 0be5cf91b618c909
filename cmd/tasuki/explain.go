package main

import (
	"fmt"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
)

type explainCmd struct {
	ID string `arg:"" help:"${help_explain_id}"`
	target
}

// explainJSON is a requirement as scripts read it. Here is what stands in this workspace when a software or system is
// named; Official the wording laid over ours (see guideline overlay).
type explainJSON struct {
	ID          guideline.ID         `json:"id"`
	Requirement guideline.ID         `json:"requirement"`
	Title       guideline.Text       `json:"title"`
	Text        guideline.Text       `json:"text"`
	Official    *official            `json:"official,omitempty"`
	Roles       []guideline.Role     `json:"roles"`
	Levels      []guideline.Level    `json:"levels"`
	Notes       []guideline.Note     `json:"notes"`
	Checks      []checkLine          `json:"checks"`
	Documents   []string             `json:"documents"`
	Registers   []string             `json:"registers"`
	Practices   []practiceLine       `json:"practices"`
	Crosswalk   []crosswalkLine      `json:"crosswalk"`
	Threats     []string             `json:"threats"`
	Here        []judging.StatusLine `json:"here,omitempty"`
}

type checkLine struct {
	ID         string           `json:"id"`
	Title      guideline.Text   `json:"title"`
	Roles      []guideline.Role `json:"roles"`
	Scope      guideline.Scope  `json:"scope"`
	Advice     bool             `json:"advice"`
	Basis      assess.Basis     `json:"basis"`
	Reads      []string         `json:"reads"`
	Documents  []string         `json:"documents"`
	Thresholds map[string]int   `json:"thresholds"`
	Begin      *guideline.Text  `json:"begin,omitempty"` // what to do first where there is nothing yet
}

type practiceLine struct {
	ID   guideline.PracticeID `json:"id"`
	Text guideline.Text       `json:"text"`
}

type crosswalkLine struct {
	ID    string          `json:"id"`
	Title guideline.Text  `json:"title"`
	Items []crosswalkItem `json:"items"`
}

type crosswalkItem struct {
	Column string         `json:"column"`
	ID     string         `json:"id"`
	Title  guideline.Text `json:"title"`
	Weak   bool           `json:"weak"` // printed in brackets, a weaker link
}

// Run tells all there is to one individual requirement. Without a workspace it tells the guideline's part.
func (c *explainCmd) Run(p *program) error {
	in, err := office.Individual(c.ID)
	if err != nil {
		return err
	}
	policy, out := guideline.DefaultPolicy(), explainJSON{}
	if c.Software != "" || c.System != "" || p.hasWorkspace() {
		db, err := p.open()
		if err != nil {
			return err
		}
		defer db.Close()
		if policy, err = db.Policy(p.ctx); err != nil {
			return err
		}
		if out.Official, err = p.officialOf(db, in.ID); err != nil {
			return err
		}
		if c.Software != "" || c.System != "" {
			here, err := (&statusCmd{target: c.target}).load(p, db)
			if err != nil {
				return err
			}
			for _, r := range here.Duties {
				if r.ID == in.ID {
					out.Here = append(out.Here, r)
				}
			}
		}
	}
	out.fill(in, policy)
	return p.print(out, func() { p.printExplain(out, c.Software != "" || c.System != "") })
}

// fill tells what the guideline and the checks say.
func (e *explainJSON) fill(in guideline.Individual, policy guideline.Policy) {
	catalog := guideline.Default()
	x, _ := assess.Explain(in.ID, policy)
	e.ID, e.Requirement, e.Title, e.Text, e.Roles, e.Levels = in.ID, in.Requirement, in.Title, in.Text, in.Roles, in.Levels
	e.Notes = append([]guideline.Note{}, in.Notes...)
	e.Checks, e.Documents, e.Registers = []checkLine{}, append([]string{}, x.Documents...), []string{}
	e.Practices, e.Crosswalk, e.Threats = []practiceLine{}, []crosswalkLine{}, []string{}
	for _, k := range x.Checks {
		line := checkLine{ID: k.ID, Title: k.Title, Roles: append([]guideline.Role{}, k.Roles...), Scope: k.Scope, Advice: k.Advice, Basis: k.Basis,
			Reads: append([]string{}, k.Reads...), Documents: append([]string{}, k.Evidence...), Thresholds: map[string]int{}}
		if !k.Begin.IsZero() {
			line.Begin = &k.Begin
		}
		for _, t := range k.Thresholds {
			line.Thresholds[t.Name] = t.Value
		}
		e.Checks = append(e.Checks, line)
	}
	for _, r := range x.Registers {
		e.Registers = append(e.Registers, r.Kind)
	}
	for _, pr := range x.Practices {
		e.Practices = append(e.Practices, practiceLine{pr.ID, pr.Text})
	}
	for _, table := range catalog.Crosswalks().ByRequirement() {
		line := crosswalkLine{ID: table.ID, Title: table.Title, Items: []crosswalkItem{}}
		row, _ := table.Row(in.ID)
		for _, cell := range row.Cells {
			for _, item := range cell.Items {
				line.Items = append(line.Items, crosswalkItem{cell.Column, item.ID, item.Title, item.Weak})
			}
		}
		if len(line.Items) > 0 {
			e.Crosswalk = append(e.Crosswalk, line)
		}
	}
	for _, t := range catalog.ThreatsAgainst(in.ID) {
		e.Threats = append(e.Threats, t.ID)
	}
}

func (p *program) printExplain(e explainJSON, named bool) {
	parent, _ := guideline.Default().Requirement(e.Requirement)
	fmt.Fprintf(p.out, "%s %s\n", e.ID, e.Title.In(p.lang))
	fmt.Fprintf(p.out, "  %s %s\n\n", parent.ID, parent.Title.In(p.lang))
	if e.Official != nil {
		fmt.Fprintf(p.out, "%s\n", e.Official.Text)
		p.printf("  （取り込んだ公式の文言）\n", "  (official wording, as laid over)\n")
	} else {
		fmt.Fprintf(p.out, "%s\n  (%s)\n\n", e.Text.In(p.lang), guideline.Summary.In(p.lang))
	}
	p.printf("役割: %s", "roles: %s", roleWords(e.Roles, p.lang))
	p.printf("水準: %s", "levels: %s", levelWords(e.Levels, p.lang))
	for _, n := range e.Notes {
		p.printf("注 %s: %s", "note %s: %s", n.ID, n.Text.In(p.lang))
	}
	p.printf("\n何から判定するか:", "\nwhat feeds it:")
	for _, k := range e.Checks {
		advice := ""
		if k.Advice {
			advice = lang.T("（助言のみ）", " (advice only)").In(p.lang)
		}
		fmt.Fprintf(p.out, "  %s — %s%s\n", k.ID, k.Title.In(p.lang), advice)
		for _, name := range sortedKeys(k.Thresholds) {
			p.printf("    しきい値 %s = %d", "    threshold %s = %d", name, k.Thresholds[name])
		}
		if k.Begin != nil {
			p.printf("    最初にやること: %s", "    first: %s", k.Begin.In(p.lang))
		}
	}
	if len(e.Documents) > 0 {
		p.printf("  文書: %s", "  documents: %s", strings.Join(e.Documents, ", "))
	}
	if len(e.Registers) > 0 {
		p.printf("  台帳: %s（tasuki record put）", "  registers: %s (tasuki record put)", strings.Join(e.Registers, ", "))
	}
	p.printf("\n取組の例 %d 件（必須ではありません）:", "\n%d examples of what can be done (none is required):", len(e.Practices))
	for _, pr := range e.Practices {
		fmt.Fprintf(p.out, "  %s  %s\n", pr.ID, pr.Text.In(p.lang))
	}
	if len(e.Crosswalk) > 0 {
		p.printf("\n他の文書との対応:", "\nin other documents:")
		for _, x := range e.Crosswalk {
			fmt.Fprintf(p.out, "  %s\n", x.Title.In(p.lang))
			for _, item := range x.Items {
				fmt.Fprintf(p.out, "    %s  %s\n", item.ID, item.Title.In(p.lang))
			}
		}
	}
	p.printHere(e.Here, named)
}

// printHere says how the duty stands in this workspace and what to do next.
func (p *program) printHere(rows []judging.StatusLine, named bool) {
	if !named {
		return
	}
	p.printf("\nここでの状態:", "\nhere:")
	if len(rows) == 0 {
		p.printf("  自組織の責務ではありません", "  not a duty of our organisation")
	}
	for _, r := range rows {
		s := assess.Status(r.Status)
		fmt.Fprintf(p.out, "  %s %s  %s\n", statusMarks[s], r.Role.Title().In(p.lang), s.Name().In(p.lang))
		for _, reason := range r.Reasons {
			fmt.Fprintf(p.out, "    %s\n", reason)
		}
		if r.Remedy != "" {
			fmt.Fprintf(p.out, "    → %s\n", r.Remedy)
		}
	}
}

func roleWords(roles []guideline.Role, l lang.Lang) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = r.Title().In(l)
	}
	return strings.Join(words, lang.T("、", ", ").In(l))
}

func levelWords(levels []guideline.Level, l lang.Lang) string {
	words := make([]string, len(levels))
	for i, v := range levels {
		words[i] = v.Title().In(l)
	}
	return strings.Join(words, lang.T("、", ", ").In(l))
}
