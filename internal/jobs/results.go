package jobs

import (
	"context"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
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

// Pushed says what became of one file.
type Pushed struct {
	File     string         `json:"file"`
	Digest   string         `json:"digest" doc:"sha256:<hex>; of the part that was read when the file was too large"`
	Size     int64          `json:"size"`
	Type     string         `json:"type" doc:"Format, found by content; empty when unknown"`
	Accepted bool           `json:"accepted" doc:"Read whole; false: kept, and problems say why it counts for nothing"`
	Known    bool           `json:"known" doc:"The same bytes were here before, about the same thing"`
	Read     map[string]any `json:"read" doc:"The few numbers that the reader gives"`
	Duties   []guideline.ID `json:"duties" doc:"Individual requirements that the file feeds"`
	Problems []Problem      `json:"problems"`
}

// PushedOf gives receipts as scripts read them; never nil.
func PushedOf(receipts []ingest.Receipt, l lang.Lang) []Pushed {
	out := []Pushed{}
	for _, r := range receipts {
		line := Pushed{File: r.File, Digest: r.Digest, Size: r.Size, Type: r.Type, Accepted: r.Accepted, Known: r.Known,
			Read: r.Summary, Duties: []guideline.ID{}, Problems: ProblemsIn(r.Problems, l)}
		if line.Read == nil {
			line.Read = map[string]any{}
		}
		if r.Accepted {
			line.Duties = append(line.Duties, assess.FedBy(r.Type)...)
		}
		out = append(out, line)
	}
	return out
}

// NotPushed is the line of a file that did not arrive.
func NotPushed(file string, problems ...Problem) Pushed {
	return Pushed{File: file, Read: map[string]any{}, Duties: []guideline.ID{}, Problems: problems}
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

// Report is what verifying a bundle came to: details in one language, the words of package verify otherwise.
type Report struct {
	OK         bool          `json:"ok"`
	Steps      []Step        `json:"steps"`
	Chain      []verify.Link `json:"chain"`
	NotChecked []Unchecked   `json:"not_checked" doc:"What was not given to check against"`
	Changes    []Difference  `json:"changes" doc:"What differs from the last declaration of the same issuer about the same object"`
}

// A Difference is something that differs from an earlier declaration.
type Difference struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	What   string `json:"what,omitempty" doc:"The duty, role or file"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Detail string `json:"detail"`
}

// ChangesIn gives changes in one language; never nil.
func ChangesIn(changes []verify.Change, l lang.Lang) []Difference {
	out := []Difference{}
	for _, c := range changes {
		out = append(out, Difference{c.Name, c.Bundle, c.What, c.Before, c.After, c.Detail.In(l)})
	}
	return out
}

// Step is one step of a verification.
type Step struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Where  string `json:"where,omitempty"`
}

// Unchecked is something that could not be checked, because nothing was given to check it against.
type Unchecked struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	Detail string `json:"detail"`
}

// ReportOf gives a verification in one language.
func ReportOf(r verify.Report, l lang.Lang) Report {
	out := Report{OK: r.OK, Steps: []Step{}, Chain: r.Chain, NotChecked: []Unchecked{}, Changes: ChangesIn(r.Changes, l)}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, Step{s.Name, s.Bundle, s.OK, s.Detail.In(l), s.Where})
	}
	for _, u := range r.NotChecked {
		out.NotChecked = append(out.NotChecked, Unchecked{u.Name, u.Bundle, u.Detail.In(l)})
	}
	return out
}

// TakenIn says what became of a bundle.
type TakenIn struct {
	Accepted bool         `json:"accepted"`
	Digest   string       `json:"digest"`
	Report   Report       `json:"report"`
	Subject  fact.Subject `json:"subject"`
	Request  string       `json:"request,omitempty" doc:"Digest of the request of ours that it answers"`
	Fulfils  *bool        `json:"fulfils,omitempty" doc:"Everything that was asked for holds"`
	Lacks    []string     `json:"lacks,omitempty" doc:"Names of the steps that do not hold against what was asked"`
}

// TakenInOf gives what became of a bundle, in one language.
func TakenInOf(r exchange.Received, l lang.Lang) TakenIn {
	out := TakenIn{Accepted: r.Accepted, Digest: r.Digest, Subject: r.Subject, Report: ReportOf(r.Report, l)}
	if r.Reply != nil {
		out.Request, out.Fulfils, out.Lacks = r.Reply.To, &r.Reply.Fulfils, r.Reply.Failed
	}
	return out
}
