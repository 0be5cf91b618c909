package jobs

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/exposition"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// ReadRecords reads and validates entries of a register (see [register.Read]); of security criteria also whether their
// expressions can be computed.
func ReadRecords(kind guideline.Register, raw []byte) ([]register.Entry, []fact.Problem, error) {
	entries, problems, err := register.Read(kind, raw)
	if err != nil || len(problems) > 0 {
		return entries, problems, err
	}
	problems = entryProblems(kind, entries)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	return entries, nil, nil
}

// entryProblems says what is wrong with valid entries that only those who compute with them can tell, with the place.
func entryProblems(kind guideline.Register, entries []register.Entry) []fact.Problem {
	var problems []fact.Problem
	for i, e := range entries {
		at := ""
		if len(entries) > 1 {
			at = "/" + strconv.Itoa(i)
		}
		for _, p := range DataProblems(kind, e.Data) {
			p.Where = at + "/data" + p.Where
			problems = append(problems, p)
		}
	}
	return problems
}

// DataProblems says what is wrong with the validated data of one record that only those who compute with it can tell.
func DataProblems(kind guideline.Register, data map[string]any) []fact.Problem {
	switch kind.Kind {
	case assess.CriterionKind:
		return assess.CheckCriterion(data)
	case MechanismKind:
		return checkMechanism(data)
	}
	return nil
}

// checkMechanism holds the metric of a mechanism to what can be looked up.
func checkMechanism(data map[string]any) []fact.Problem {
	metric, _ := data["metric"].(string)
	url, _ := data["scrape_url"].(string)
	if metric == "" {
		return nil
	}
	if url == "" {
		return []fact.Problem{{Where: "/scrape_url", What: lang.T("値を取り寄せるURLが要ります", "the URL that hands out the metric is needed")}}
	}
	if _, err := exposition.Select(metric); err != nil {
		return []fact.Problem{{Where: "/metric", What: whyNot(err)}}
	}
	return nil
}

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
