package judging

import (
	"context"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// The types of this file are what scripts read, from the command line with --json and over HTTP alike. Their keys change
// only with a major version.

// Problem is something that could not be taken, with its place, in one language.
type Problem struct {
	Where string `json:"where" doc:"Line, JSON pointer or cell in the input"`
	What  string `json:"what"`
}

// ProblemsIn gives problems in one language; never nil.
func ProblemsIn(ps []fact.Problem, l lang.Lang) []Problem {
	out := []Problem{}
	for _, p := range ps {
		out = append(out, Problem{Where: p.Where, What: p.What.In(l)})
	}
	return out
}

// StatusLine is one duty as scripts read it.
type StatusLine struct {
	ID         guideline.ID     `json:"id"`
	Title      string           `json:"title"`
	Party      string           `json:"party"`
	Role       guideline.Role   `json:"role"`
	Stance     guideline.Stance `json:"stance"`
	Level      guideline.Level  `json:"level"`
	Status     string           `json:"status"`
	Basis      string           `json:"basis"`
	StatedOnly bool             `json:"stated_only,omitempty"`
	Stale      bool             `json:"stale,omitempty" doc:"It was judged better, and what it rested on has lapsed"`
	Reasons    []string         `json:"reasons"`
	Evidence   []string         `json:"evidence"`
	Remedy     string           `json:"remedy"`
	ValidUntil *time.Time       `json:"valid_until,omitempty"`
}

// StatusSheet is the state of every duty about one software, release or system, with its totals.
type StatusSheet struct {
	Software string        `json:"software,omitempty"`
	Release  string        `json:"release,omitempty"`
	System   string        `json:"system,omitempty"`
	Duties   []StatusLine  `json:"duties"`
	Totals   assess.Totals `json:"totals"`
	Gaps     []GapLine     `json:"gaps" doc:"What nobody answers for: duties between two parties, and components"`
}

// SheetOf gives the sheet of a subject as it was judged last; nothing is computed. Our own organisation's duties, or
// another party's when t names one, or everybody's. t holds the names it was asked by.
func SheetOf(ctx context.Context, db *store.DB, l lang.Lang, subject fact.Subject, t Target, everybody bool) (StatusSheet, error) {
	sheet := StatusSheet{Software: t.Software, System: t.System, Duties: []StatusLine{}, Gaps: []GapLine{}}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return sheet, err
	}
	rows, err := Status(ctx, db, subject)
	if err != nil {
		return sheet, err
	}
	if !everybody {
		rows = OfParty(m, rows, t.Party)
	}
	sheet.Totals = Totals(rows)
	if sheet.Gaps, err = Gaps(ctx, db, l, m, subject); err != nil {
		return sheet, err
	}
	for _, r := range m.Releases {
		if subject.Kind == fact.Release && r.ID == subject.ID {
			sheet.Release = r.Version
		}
	}
	for _, r := range rows {
		sheet.Duties = append(sheet.Duties, statusLine(r, l))
	}
	return sheet, nil
}

func statusLine(r Row, l lang.Lang) StatusLine {
	in, _ := guideline.Default().Individual(r.Requirement)
	out := StatusLine{ID: r.Requirement, Title: in.Title.In(l), Party: r.Party, Role: r.Role, Stance: r.Stance, Level: r.Level, Status: r.Status, Basis: r.Basis,
		StatedOnly: r.Detail.StatedOnly, Stale: r.Stale, Reasons: []string{}, Evidence: append([]string{}, r.Evidence...), Remedy: r.Remedy.In(l)}
	for _, t := range r.Reasons {
		out.Reasons = append(out.Reasons, t.In(l))
	}
	if !r.ValidUntil.IsZero() {
		until := r.ValidUntil
		out.ValidUntil = &until
	}
	return out
}
