package assess

import (
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// ReportFact is one stage of a report to an authority whose time has begun.
type ReportFact struct {
	Event       string    `expr:"event"` // key of its record
	Scheme      string    `expr:"scheme"`
	Stage       string    `expr:"stage"`
	Label       string    `expr:"label"` // event, scheme and stage, the same in every language
	Started     time.Time `expr:"started"`
	Due         time.Time `expr:"due"` // zero: nobody set a day
	By          string    `expr:"by"`  // that, to the minute, for texts
	SubmittedAt time.Time `expr:"submitted_at"`
	Reference   string    `expr:"reference"`
}

// Reports gives the stages of what has to be reported about an event, of those handed in what is on record. A stage
// whose time has not begun is left out.
func Reports(event register.Record, handed []register.Record) []ReportFact {
	clock, ok := guideline.Default().Clock(text(event.Data["scheme"]))
	if !ok {
		return nil
	}
	began := map[string]time.Time{guideline.StartAware: register.Moment(event, "aware_at"), guideline.StartMeasure: register.Moment(event, "measure_at")}
	var out []ReportFact
	for _, s := range clock.Stages {
		start := began[s.Start]
		if start.IsZero() {
			continue
		}
		f := ReportFact{Event: event.Key, Scheme: clock.Scheme, Stage: s.ID, Started: start, Label: text(event.Data["title"]) + " [" + clock.Scheme + "/" + s.ID + "]", Due: s.Due(start)}
		if set := register.Moment(event, "due_at"); f.Due.IsZero() || clock.Scheme == "ipa_partnership" && !set.IsZero() {
			f.Due = set
		}
		if !f.Due.IsZero() {
			f.By = f.Due.In(calendar.Japan).Format("2006-01-02 15:04")
		}
		for _, r := range handed {
			at := register.Moment(r, "submitted_at")
			if text(r.Data["event"]) == event.Key && text(r.Data["stage"]) == s.ID && (f.SubmittedAt.IsZero() || at.Before(f.SubmittedAt)) {
				f.SubmittedAt, f.Reference = at, text(r.Data["reference"])
			}
		}
		began[s.ID] = f.SubmittedAt
		out = append(out, f)
	}
	return out
}

func (d *desk) fillReports(env *Env, party string, subjects []fact.Subject, refs refs) {
	env.Reports = []ReportFact{}
	var handed []register.Record
	for _, r := range d.records {
		if r.Kind == "authority_report" && d.speaks(r, party, subjects) {
			handed = append(handed, r)
			refs.add("reports", r.ValidUntil, r.ID)
		}
	}
	for _, r := range d.records {
		if r.Kind == "reportable_event" && d.speaks(r, party, subjects) {
			env.Reports = append(env.Reports, Reports(r, handed)...)
			refs.add("reports", r.ValidUntil, r.ID)
		}
	}
}
