// Package triage says how urgent a finding is and what stands of what people decided about it: SSVC's decision tables
// (Stakeholder-Specific Vulnerability Categorization, CERT/CC), due dates, decisions with the grounds they were made on,
// the word of suppliers (VEX), and which upgrade clears a component (guideline S(3)-2.1, S(3)-2.2).
//
// Start from [Evaluate] for the urgency and [Standing] for the decision. The package is a pure core: it opens no store
// and has no clock.
package triage

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// Tree is a decision table of SSVC that ends in an action, named by whose decision it is.
type Tree string

// The trees: for whoever applies a fix (operator, customer), for whoever makes it (developer, supplier), and CISA's own
// for looking over both.
const (
	Deployer    Tree = "deployer"
	Supplier    Tree = "supplier"
	Coordinator Tree = "coordinator"
)

// tables names the table of each tree.
var tables = map[Tree]string{Deployer: "ssvc:DT_DP:1.0.0", Supplier: "ssvc:DT_SP:1.0.0", Coordinator: "cisa:DT_CO:2.0.3"}

// Action is the outcome of a tree by its name in SSVC.
type Action string

// The outcomes of [Deployer] and [Supplier], and those of [Coordinator], each from the least to the most urgent.
const (
	Defer      Action = "defer"
	Scheduled  Action = "scheduled"
	OutOfCycle Action = "out-of-cycle"
	Immediate  Action = "immediate"

	Track     Action = "track"
	TrackStar Action = "track*"
	Attend    Action = "attend"
	Act       Action = "act"
)

// urgency orders the actions; outcomes of the two scales that share a place are as urgent as one another here.
func (a Action) urgency() int {
	return max(slices.Index([]Action{Defer, Scheduled, OutOfCycle, Immediate}, a), slices.Index([]Action{Track, TrackStar, Attend, Act}, a))
}

// Name gives the word people see.
func (a Action) Name() lang.Text {
	for _, id := range []string{"ssvc:DSOI:1.0.0", "cisa:CISA:1.1.0"} {
		for _, v := range published().point(id).Values {
			if v.Name == string(a) {
				return lang.T(v.JA, v.Name)
			}
		}
	}
	return lang.T(string(a), string(a))
}

// Step is one point of a decision: what was answered and who or what says so.
type Step struct {
	Point   string    `json:"point"` // ssvc:E:1.1.0
	Title   lang.Text `json:"title"`
	Value   string    `json:"value"` // key: "A"
	Name    string    `json:"name"`  // "active"
	Said    lang.Text `json:"said"`  // the value for people
	Source  lang.Text `json:"source"`
	Assumed bool      `json:"assumed,omitempty"` // nobody and nothing told; a default stands in
}

// Result is what a tree came to, with every step on the way.
type Result struct {
	Tree    Tree   `json:"tree"`
	Table   string `json:"table"`
	Action  Action `json:"action"`
	Steps   []Step `json:"steps"`
	Vector  string `json:"vector"`  // SSVCv2/E:A/EXP:O/…/DSOI:I/TIME/, the keys of the points and the time of the evaluation
	Assumed bool   `json:"assumed"` // some step rests on a default
}

// Evaluate walks a tree over what is known of a vulnerability and of the software it is in. What neither tells is filled
// in by defaults, and the step says so.
func Evaluate(tree Tree, facts Facts, about Context, at time.Time) Result {
	w := walk{facts: facts, about: about, steps: []Step{}}
	r := Result{Tree: tree, Table: tables[tree]}
	t := published().table(r.Table)
	key := w.decide(t)
	outcome := published().point(t.Outcome)
	r.Steps, r.Action = w.steps, Action(outcome.name(key))
	parts := []string{"SSVCv2"}
	for _, s := range r.Steps {
		parts = append(parts, short(s.Point)+":"+s.Value)
		r.Assumed = r.Assumed || s.Assumed
	}
	r.Vector = strings.Join(append(parts, short(t.Outcome)+":"+key, at.UTC().Format(time.RFC3339)), "/") + "/"
	return r
}

// Remove makes a result the most urgent there is, whatever its tree says: for a package that was published to do harm
// SSVC has no tree, because nothing is to be weighed. The steps stay as they were.
func Remove(r Result) Result {
	r.Action = Immediate
	return r
}

// Urgent gives the more urgent of two results; of equals the first.
func Urgent(a, b Result) Result {
	if b.Action.urgency() > a.Action.urgency() {
		return b
	}
	return a
}

// short is the key of a point in a vector: E of ssvc:E:1.1.0.
func short(id string) string { return strings.Split(id, ":")[1] }

// walk answers the points of a tree one after the other.
type walk struct {
	facts Facts
	about Context
	steps []Step
}

// decide looks the outcome of a table up, answering its inputs first.
func (w *walk) decide(t table) string {
	var keys []string
	for _, id := range t.Inputs {
		keys = append(keys, w.answer(id))
	}
	return t.lookUp(keys)
}

// answer gives the key of a point: from a table of its own where there is one, else from the inputs.
func (w *walk) answer(id string) string {
	p := published().point(id)
	step := Step{Point: id, Title: p.Title}
	if sub, ok := published().deciding(id); ok {
		step.Value = w.decide(sub)
		step.Source = lang.F("表 %s による", "by the table %s", sub.ID)
	} else {
		in := w.input(short(id))
		step.Value, step.Source, step.Assumed = in.key, in.source, in.assumed
	}
	step.Name = p.name(step.Value)
	step.Said = lang.T(p.ja(step.Value), step.Name)
	w.steps = append(w.steps, step)
	return step.Value
}
