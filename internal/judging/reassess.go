// Package judging keeps the status of every duty true: it reads what checks look at, judges what a change or the time
// touches, keeps the history with its causes, and tells how things stand, alone and seen through other frameworks.
//
// Start from [Reassess], which follows every change, and [Status], which tells what was found.
package judging

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// A subject of judgement: a software at one of its releases, or a system.
type judged struct {
	software, release, system string
}

// subject is under which the statuses are kept: the release, the software while it has none, or the system.
func (j judged) subject() fact.Subject {
	switch {
	case j.release != "":
		return fact.Subject{Kind: fact.Release, ID: j.release}
	case j.software != "":
		return fact.Subject{Kind: fact.Software, ID: j.software}
	}
	return fact.Subject{Kind: fact.System, ID: j.system}
}

// Reassess judges again and writes down what changed, with its cause: everything, or what some subjects touch (an
// organisation touches all). Every supported release of every software with duties is judged, and every system. Where the
// developer's duties of software that is a component of others come out another way, those others are judged too.
func Reassess(ctx context.Context, db *store.DB, actor store.Actor, cause string, only ...fact.Subject) error {
	_, err := ReassessCounted(ctx, db, actor, cause, only...)
	return err
}

// Judged counts what a re-judging did.
type Judged struct {
	Subjects int `json:"subjects"` // releases, software and systems that were judged
	Duties   int `json:"duties"`
	Changed  int `json:"changed"` // duties whose status is another
	Written  int `json:"written"` // duties of which something else is said, be it a reason or a piece of evidence
}

// maxRounds bounds how often judging follows components into what they are components of.
const maxRounds = 8

// ReassessCounted is [Reassess], and tells how much it did.
func ReassessCounted(ctx context.Context, db *store.DB, actor store.Actor, cause string, only ...fact.Subject) (Judged, error) {
	return Rejudge(ctx, db, actor, cause, Touch{All: len(only) == 0, Subjects: only})
}

// Rejudge judges what a touch names, and says what it came to. The cause stands in the history of what changed.
func Rejudge(ctx context.Context, db *store.DB, actor store.Actor, cause string, t Touch) (done Judged, err error) {
	if !t.All && len(t.Subjects)+len(t.Sources) == 0 && !t.due {
		return done, nil
	}
	c, err := LoadShared(ctx, db)
	if err != nil {
		return done, err
	}
	picks, err := c.picks(ctx, db, t)
	if err != nil {
		return done, err
	}
	next := slices.DeleteFunc(c.subjects(), func(j judged) bool { return !picks(j) })
	for round := 0; len(next) > 0 && round < maxRounds; round++ {
		for part := range slices.Chunk(next, atOnce) {
			n, err := c.judge(ctx, db, actor, part, cause)
			if err != nil {
				return done, err
			}
			done.add(n)
		}
		if next, err = c.takers(ctx, db); err != nil {
			return done, err
		}
	}
	return done, nil
}

// atOnce is how many subjects are judged before what came of them is written down in one transaction.
const atOnce = 32

func (d *Judged) add(n Judged) {
	d.Subjects, d.Duties, d.Changed, d.Written = d.Subjects+n.Subjects, d.Duties+n.Duties, d.Changed+n.Changed, d.Written+n.Written
}

// verdict is what came of judging a subject, as it is written down.
type verdict struct {
	subject  fact.Subject
	result   assess.Result
	statuses []store.DutyStatus
}

// judge judges some subjects and writes down what came of them.
func (c Shared) judge(ctx context.Context, db *store.DB, actor store.Actor, subjects []judged, cause string) (done Judged, err error) {
	verdicts := make([]verdict, len(subjects))
	for i, j := range subjects {
		in, err := c.InputFor(ctx, db, j.software, j.release, j.system)
		if err != nil {
			return done, err
		}
		v := verdict{subject: j.subject(), result: c.round.Judge(in)}
		if v.statuses, err = statuses(v.subject, v.result, cause); err != nil {
			return done, fmt.Errorf("judge %s %s: %w", v.subject.Kind, v.subject.ID, err)
		}
		verdicts[i] = v
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		done = Judged{}
		for _, v := range verdicts {
			n, err := v.save(ctx, tx, cause)
			if err != nil {
				return fmt.Errorf("keep the judgement of %s %s: %w", v.subject.Kind, v.subject.ID, err)
			}
			done.add(n)
		}
		return nil
	})
	return done, err
}

// takers looks again at the software that is a component of others, and gives what takes those whose state is another
// than when it was looked at last.
func (c *Shared) takers(ctx context.Context, db *store.DB) ([]judged, error) {
	now, err := loadInner(ctx, db, c.In.Model)
	if err != nil {
		return nil, err
	}
	var other []string
	for software, state := range now {
		if c.In.Inner[software] != state {
			other = append(other, software)
		}
	}
	c.In.Inner = now
	if len(other) == 0 {
		return nil, nil
	}
	return slices.DeleteFunc(c.subjects(), func(j judged) bool { return !c.around.takes(j, other) }), nil
}

// subjects gives what has duties, in the model's order.
func (c Shared) subjects() []judged {
	var out []judged
	seen := map[fact.Subject]bool{}
	today := c.In.Now.Format("2006-01-02")
	for _, a := range c.In.Model.Arrangements {
		of := judged{software: a.Software}
		if a.Software == "" {
			of = judged{system: a.System}
		}
		if seen[of.subject()] {
			continue
		}
		seen[of.subject()] = true
		n := len(out)
		for _, i := range c.around.releasesOf[a.Software] {
			if r := c.In.Model.Releases[i]; a.Software != "" && r.SupportedOn(today) {
				out = append(out, judged{software: a.Software, release: r.ID})
			}
		}
		if len(out) == n {
			out = append(out, of)
		}
	}
	return out
}

// Detail is what is kept of a row beyond the columns of its own: check by check.
type Detail struct {
	Engagement string           `json:"engagement"`
	StatedOnly bool             `json:"stated_only,omitempty"`
	Checks     []assess.Outcome `json:"checks"`
	Claims     []string         `json:"claims,omitempty"`
	Exceptions int              `json:"exceptions,omitempty"`
}

// statuses gives the rows of a judgement as they are kept. The same role held twice by a party in one arrangement is one
// duty.
func statuses(subject fact.Subject, res assess.Result, cause string) ([]store.DutyStatus, error) {
	out := make([]store.DutyStatus, 0, len(res.Rows))
	keys := map[store.DutyKey]bool{}
	for _, r := range res.Rows {
		s, err := status(subject, r, cause)
		if err != nil {
			return nil, err
		}
		if !keys[s.DutyKey] {
			keys[s.DutyKey] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// save writes the rows of a judgement, drops the statuses of duties that are no more, and notes when it has to be made
// again. What says what it said before leaves no entry.
func (v verdict) save(ctx context.Context, tx *store.Tx, cause string) (n Judged, err error) {
	n = Judged{Subjects: 1, Duties: len(v.result.Rows)}
	if n.Written, n.Changed, err = tx.ReplaceStatuses(ctx, v.subject, v.statuses, cause); err != nil {
		return n, err
	}
	again := store.Judgement{Subject: v.subject, Next: v.result.Next, Leases: v.result.Leases, Waits: v.result.Waits}
	if err := tx.SaveJudgement(ctx, again); err != nil {
		return n, err
	}
	kept, err := keepMeasured(ctx, tx, v.subject, v.result.Measured)
	if err != nil || n.Written+kept == 0 {
		return n, err
	}
	return n, tx.Audit(ctx, "judged", store.Object{Kind: string(v.subject.Kind), ID: v.subject.ID}, map[string]any{"duties": len(v.statuses), "changed": n.Changed, "written": n.Written, "cause": cause})
}

func status(subject fact.Subject, r assess.Row, cause string) (store.DutyStatus, error) {
	detail, err := json.Marshal(Detail{Engagement: r.Engagement, StatedOnly: r.StatedOnly, Checks: r.Checks, Claims: r.Claims, Exceptions: r.Exceptions})
	if err != nil {
		return store.DutyStatus{}, err
	}
	return store.DutyStatus{
		DutyKey: store.DutyKey{Party: r.Party, Arrangement: r.Arrangement, Subject: subject, Role: r.Role, Requirement: r.ID},
		Stance:  r.Stance, Level: r.Level, Status: string(r.Status), Basis: string(r.Basis), Reasons: r.Reasons, Evidence: r.Evidence,
		Remedy: r.Remedy, Detail: detail, ValidUntil: r.Ends, Leases: r.Leases, Cause: cause,
	}, nil
}
