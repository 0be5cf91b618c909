package judging

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// keepMeasured writes down the values of criteria that are not what they were when they were written down last.
func keepMeasured(ctx context.Context, tx *store.Tx, subject fact.Subject, values []fact.Measured) (kept int, err error) {
	if len(values) == 0 {
		return 0, nil
	}
	trends, err := Trends(ctx, tx.DB, subject)
	if err != nil {
		return 0, err
	}
	var facts []fact.Fact
	for _, v := range values {
		i := slices.IndexFunc(trends, func(t Trend) bool { return t.Criterion == v.Criterion })
		if i >= 0 && trends[i].now() == v {
			continue
		}
		facts = append(facts, fact.Fact{Kind: fact.KindMeasured, Subject: subject, ObservedAt: tx.Now(), Record: "criterion:" + v.Criterion, Data: &v})
	}
	if len(facts) == 0 {
		return 0, nil
	}
	return len(facts), tx.PutFacts(ctx, facts)
}

// A Trend is the values a security criterion had for one release, as scripts read it.
type Trend struct {
	Criterion string          `json:"criterion"` // key of its record
	Title     string          `json:"title"`
	Kind      string          `json:"kind"`   // gate, kpi, kri
	Points    []MeasuredPoint `json:"points"` // the earliest first; each held until the next
}

// A MeasuredPoint is a value from a moment on.
type MeasuredPoint struct {
	At        time.Time `json:"at"`
	Value     float64   `json:"value"` // of a yes or no: 1 or 0
	Bound     string    `json:"bound,omitempty"`
	Threshold float64   `json:"threshold"`
	Judged    bool      `json:"judged"` // there is a bound, or the expression says yes or no
	Holds     bool      `json:"holds"`
	Problem   string    `json:"problem,omitempty"` // why there is no value
}

func (t Trend) now() fact.Measured {
	p := t.Points[len(t.Points)-1]
	return fact.Measured{Criterion: t.Criterion, Title: t.Title, Kind: t.Kind, Value: p.Value, Bound: p.Bound, Threshold: p.Threshold, Holds: p.Holds, Judged: p.Judged, Problem: p.Problem}
}

// Trends gives the values the security criteria had for a release, by key. Title and kind are as they were last.
func Trends(ctx context.Context, db *store.DB, subject fact.Subject) ([]Trend, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{subject}, Kinds: []fact.Kind{fact.KindMeasured}})
	if err != nil {
		return nil, err
	}
	out := []Trend{}
	for _, f := range facts {
		m, is := f.Data.(*fact.Measured)
		if !is {
			continue
		}
		i := slices.IndexFunc(out, func(t Trend) bool { return t.Criterion == m.Criterion })
		if i < 0 {
			i = len(out)
			out = append(out, Trend{Criterion: m.Criterion})
		}
		t := &out[i]
		t.Title, t.Kind = m.Title, m.Kind
		t.Points = append(t.Points, MeasuredPoint{At: f.ObservedAt, Value: m.Value, Bound: m.Bound, Threshold: m.Threshold, Judged: m.Judged, Holds: m.Holds, Problem: m.Problem})
	}
	slices.SortFunc(out, func(a, b Trend) int { return strings.Compare(a.Criterion, b.Criterion) })
	return out, nil
}
