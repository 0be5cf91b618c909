package judging

import (
	"context"
	"fmt"
	"slices"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// SaveSource writes down how far a source was read, and how old the advisories that components are compared with are now.
func SaveSource(ctx context.Context, tx *store.Tx, s store.AdvisorySource) error {
	if err := tx.SaveAdvisorySource(ctx, s); err != nil {
		return err
	}
	at, err := portfolio.DataAt(ctx, tx.DB)
	if err != nil || at.IsZero() {
		return err
	}
	return tx.Renew(ctx, assess.Advisories, at)
}

// feedState is what checks see of a source beside the time of its last delivery.
type feedState struct {
	official, empty, failing bool
	tools                    string // of all sources together: what they say of development tools
}

// ofTools is under which [FeedStates] gives what all sources say of development tools; no source is named so.
const ofTools = "development tools"

// FeedStates gives what checks see of every source now, by name, and what all of them say of development tools.
func FeedStates(ctx context.Context, db *store.DB) (map[string]feedState, error) {
	feeds, err := loadFeeds(ctx, db)
	out := map[string]feedState{}
	for _, f := range feeds {
		out[f.Name] = feedState{official: f.Official, empty: f.Count == 0, failing: f.Error != ""}
	}
	if err != nil {
		return nil, err
	}
	records, err := db.Records(ctx, store.RecordFilter{Kinds: []string{"tool"}})
	if err != nil {
		return nil, err
	}
	tools, err := portfolio.LookUpTools(ctx, db, records)
	if err != nil {
		return nil, err
	}
	said := ""
	for _, t := range tools {
		said += fmt.Sprintln(t.Record, t.Source, t.Why.EN, t.Found, t.Exploited)
	}
	out[ofTools] = feedState{tools: said}
	return out, nil
}

// Touch says what is judged again: everything, or what looks at some subjects, what waits for some sources, and what time
// alone changes.
type Touch struct {
	All      bool
	Subjects []fact.Subject
	Sources  []string
	due      bool
}

// Delivered judges again what touches on a source that delivered: everything, when it is new, failed or recovered, or when
// another thing is said of a development tool now, which all software is made with; else what waited for it, and what looks at the subjects that are given. before is how the sources were.
func Delivered(ctx context.Context, db *store.DB, actor store.Actor, cause string, before map[string]feedState, source string, subjects ...fact.Subject) (Judged, error) {
	now, err := FeedStates(ctx, db)
	if err != nil {
		return Judged{}, err
	}
	t := Touch{Subjects: subjects, Sources: []string{"feed:" + source, assess.Advisories, assess.Comparison}}
	old, known := before[source]
	t.All = !known || old != now[source] || before[ofTools] != now[ofTools]
	return Rejudge(ctx, db, actor, cause, t)
}

// ReassessDue judges again what time alone may have changed, and what was never judged.
func ReassessDue(ctx context.Context, db *store.DB, actor store.Actor, cause string) (Judged, error) {
	return Rejudge(ctx, db, actor, cause, Touch{due: true})
}

// picks gives a test for the subjects that are judged again.
func (c Shared) picks(ctx context.Context, db *store.DB, t Touch) (func(judged) bool, error) {
	if t.All {
		return func(judged) bool { return true }, nil
	}
	kept := map[fact.Subject]store.Judgement{}
	if len(t.Sources) > 0 || t.due {
		var err error
		if kept, err = db.Judgements(ctx); err != nil {
			return nil, fmt.Errorf("what has to be judged again: %w", err)
		}
	}
	return func(j judged) bool {
		last, known := kept[j.subject()]
		waits := func(source string) bool { return source == assess.AnySource || slices.Contains(t.Sources, source) }
		switch {
		case len(t.Subjects) > 0 && c.around.touched(j, t.Subjects):
			return true
		case len(t.Sources) > 0 && (!known || slices.ContainsFunc(last.Waits, waits)):
			return true
		}
		return t.due && (!known || last.Due(c.In.Now, c.In.Renewed))
	}, nil
}

// SubjectsOf gives releases as subjects.
func SubjectsOf(releases []string) []fact.Subject {
	out := make([]fact.Subject, len(releases))
	for i, r := range releases {
		out[i] = fact.Subject{Kind: fact.Release, ID: r}
	}
	return out
}

// Concerned gives the releases that hold components with some vulnerabilities.
func Concerned(ctx context.Context, db *store.DB, vulns []string) ([]fact.Subject, error) {
	var releases []string
	for _, v := range vulns {
		hits, err := db.AffectedBy(ctx, v)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			if !slices.Contains(releases, h.Release) {
				releases = append(releases, h.Release)
			}
		}
	}
	return SubjectsOf(releases), nil
}

// Compared gives what is known of the last comparison of a release with the advisories, as it stands now: a release that no
// new advisory concerns is compared with them all the same. False: it never was.
func Compared(ctx context.Context, db *store.DB, release string) (fact.Match, bool, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Subjects: SubjectsOf([]string{release}), Kinds: []fact.Kind{fact.KindMatch}})
	if err != nil || len(facts) == 0 {
		return fact.Match{}, false, err
	}
	m, is := facts[len(facts)-1].Data.(*fact.Match)
	if !is {
		return fact.Match{}, false, nil
	}
	now := *m
	all, err := db.AdvisorySources(ctx)
	if err != nil {
		return now, true, err
	}
	at, err := portfolio.DataAt(ctx, db)
	if err != nil {
		return now, true, err
	}
	if at.After(now.DataAt) {
		now.DataAt = at
	}
	for _, s := range all {
		if s.Name == feed.OSV && s.Digest != "" {
			now.Digest, now.Advisories = s.Digest, int(s.Count)
		}
	}
	return now, true, nil
}
