package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
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
// organisation touches all). Every supported release of every software with duties is judged, and every system.
func Reassess(ctx context.Context, db *store.DB, actor store.Actor, cause string, only ...fact.Subject) error {
	c, err := loadCommon(ctx, db)
	if err != nil {
		return err
	}
	for _, j := range c.subjects() {
		if len(only) > 0 && !c.touches(only, j) {
			continue
		}
		in, err := c.inputFor(ctx, db, j.software, j.release, j.system)
		if err != nil {
			return err
		}
		if err := saveResult(ctx, db, actor, j.subject(), assess.Judge(in), cause); err != nil {
			return fmt.Errorf("judge %s %s: %w", j.subject().Kind, j.subject().ID, err)
		}
	}
	return nil
}

// subjects gives what has duties, in the model's order.
func (c common) subjects() []judged {
	var out []judged
	add := func(j judged) {
		if !slices.Contains(out, j) {
			out = append(out, j)
		}
	}
	for _, a := range c.in.Model.Arrangements {
		if a.Software == "" {
			add(judged{system: a.System})
			continue
		}
		n := len(out)
		for _, r := range c.in.Model.Releases {
			if r.Software == a.Software && supported(r, c.in.Now.Format("2006-01-02")) {
				add(judged{software: a.Software, release: r.ID})
			}
		}
		if len(out) == n && !slices.ContainsFunc(out, func(j judged) bool { return j.software == a.Software }) {
			add(judged{software: a.Software})
		}
	}
	return out
}

func supported(r chain.Release, today string) bool {
	return r.SupportedTo == "" || r.SupportedTo >= today
}

func (c common) touches(only []fact.Subject, j judged) bool {
	for _, s := range only {
		switch s.Kind {
		case fact.Org:
			return true
		case fact.Release:
			if s.ID == j.release || j.system != "" || c.softwareOf(s.ID) == j.software && j.software != "" {
				return true
			}
		case fact.Software:
			if s.ID == j.software || j.system != "" {
				return true
			}
		case fact.System:
			if s.ID == j.system {
				return true
			}
		}
	}
	return false
}

func (c common) softwareOf(release string) string {
	for _, r := range c.in.Model.Releases {
		if r.ID == release {
			return r.Software
		}
	}
	return ""
}

// Detail is what is kept of a row beyond the columns of its own: check by check.
type Detail struct {
	Engagement string           `json:"engagement"`
	StatedOnly bool             `json:"stated_only,omitempty"`
	Checks     []assess.Outcome `json:"checks"`
	Claims     []string         `json:"claims,omitempty"`
	Exceptions int              `json:"exceptions,omitempty"`
}

// saveResult writes the rows of a judgement, and drops the statuses of duties that are no more.
func saveResult(ctx context.Context, db *store.DB, actor store.Actor, subject fact.Subject, res assess.Result, cause string) error {
	statuses := make([]store.DutyStatus, 0, len(res.Rows))
	keys := map[store.DutyKey]bool{}
	for _, r := range res.Rows {
		s, err := status(subject, r, cause)
		if err != nil {
			return err
		}
		if keys[s.DutyKey] {
			continue // the same role held twice by a party in one arrangement is one duty
		}
		keys[s.DutyKey] = true
		statuses = append(statuses, s)
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		before, err := tx.Statuses(ctx, store.StatusFilter{Subjects: []fact.Subject{subject}})
		if err != nil {
			return err
		}
		for _, b := range before {
			if !keys[b.DutyKey] {
				if err := tx.DropStatus(ctx, b.DutyKey, cause); err != nil {
					return err
				}
			}
		}
		changed, err := tx.SaveStatuses(ctx, statuses)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, "judged", store.Object{Kind: string(subject.Kind), ID: subject.ID}, map[string]any{"duties": len(statuses), "changed": changed, "cause": cause})
	})
}

func status(subject fact.Subject, r assess.Row, cause string) (store.DutyStatus, error) {
	detail, err := json.Marshal(Detail{Engagement: r.Engagement, StatedOnly: r.StatedOnly, Checks: r.Checks, Claims: r.Claims, Exceptions: r.Exceptions})
	if err != nil {
		return store.DutyStatus{}, err
	}
	return store.DutyStatus{
		DutyKey: store.DutyKey{Party: r.Party, Arrangement: r.Arrangement, Subject: subject, Role: r.Role, Requirement: r.ID},
		Stance:  r.Stance, Level: r.Level, Status: string(r.Status), Basis: string(r.Basis), Reasons: r.Reasons, Evidence: r.Evidence,
		Remedy: r.Remedy, Detail: detail, ValidUntil: r.ValidUntil, Cause: cause,
	}, nil
}
