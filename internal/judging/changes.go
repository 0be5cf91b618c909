package judging

import (
	"context"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Change is what became of one duty between two moments: how it stood at each, and every step between with its cause.
type Change struct {
	ID     guideline.ID   `json:"id"`
	Title  string         `json:"title"`
	Party  string         `json:"party"`
	Role   guideline.Role `json:"role"`
	Before string         `json:"before"` // empty: not judged yet
	After  string         `json:"after"`  // empty: the duty is gone
	Steps  []ChangeStep   `json:"steps"`
}

// ChangeStep is one change of a status.
type ChangeStep struct {
	At       time.Time `json:"at"`
	Status   string    `json:"status"`
	Cause    string    `json:"cause"`
	Reasons  []string  `json:"reasons"`
	Evidence []string  `json:"evidence"`
}

// ChangesBetween gives what changed of the duties of a subject after one moment and until another, in the guideline's
// order. A duty that went away and came back to where it was is among them, because something happened to it.
func ChangesBetween(ctx context.Context, db *store.DB, l lang.Lang, subject fact.Subject, since, until time.Time) ([]Change, error) {
	history, err := db.StatusHistory(ctx, store.StatusFilter{Subjects: []fact.Subject{subject}})
	if err != nil {
		return nil, err
	}
	of := map[store.DutyKey]*Change{}
	var order []store.DutyKey
	for _, h := range history {
		if !h.JudgedAt.After(since) || h.JudgedAt.After(until) {
			continue
		}
		c := of[h.DutyKey]
		if c == nil {
			in, _ := guideline.Default().Individual(h.Requirement)
			c = &Change{ID: h.Requirement, Title: in.Title.In(l), Party: h.Party, Role: h.Role, Before: h.Before}
			of[h.DutyKey], order = c, append(order, h.DutyKey)
		}
		step := ChangeStep{At: h.JudgedAt, Status: h.Status, Cause: h.Cause, Reasons: []string{}, Evidence: append([]string{}, h.Evidence...)}
		for _, r := range h.Reasons {
			step.Reasons = append(step.Reasons, r.In(l))
		}
		c.After, c.Steps = h.Status, append(c.Steps, step)
	}
	out := make([]Change, 0, len(order))
	for _, in := range guideline.Default().Individuals() {
		for _, k := range order {
			if k.Requirement == in.ID {
				out = append(out, *of[k])
			}
		}
	}
	return out, nil
}
