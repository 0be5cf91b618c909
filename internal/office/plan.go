package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Limits of what people write beside a duty, in characters.
const (
	MaxPlanNote = 500
	MaxComment  = 4000
)

// SavePlans writes who sees to duties and by when, in one change, and gives the plans that stood before: saving those
// again undoes it. A duty without a plan has an empty one before.
func SavePlans(ctx context.Context, db *store.DB, actor store.Actor, plans []store.Plan) (before []store.Plan, err error) {
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		before = nil
		all, err := tx.Plans(ctx, "")
		if err != nil {
			return err
		}
		for _, p := range plans {
			if utf8.RuneCountInString(p.Note) > MaxPlanNote {
				return &lang.Error{Kind: lang.Usage, What: lang.F("メモは %d文字までです", "a note has at most %d characters", MaxPlanNote)}
			}
			old := store.Plan{PlanKey: p.PlanKey}
			if i := slices.IndexFunc(all, func(x store.Plan) bool { return x.PlanKey == p.PlanKey }); i >= 0 {
				old = all[i]
			}
			before = append(before, old)
			if old.Owner == p.Owner && old.Due.Equal(p.Due) && old.Note == p.Note {
				continue
			}
			if err := tx.SavePlan(ctx, p); err != nil {
				return err
			}
			if err := tx.Audit(ctx, "planned", store.Object{Kind: "duty", ID: p.PlanKey.String()}, store.Change{Before: old, After: p}); err != nil {
				return err
			}
		}
		return nil
	})
	return before, err
}

// Say adds a comment to a duty or a vulnerability, and gives it.
func Say(ctx context.Context, db *store.DB, actor store.Actor, about store.Object, body string) (store.Comment, error) {
	c := store.Comment{ID: db.NewID(), About: about, Author: actor.Account, Body: strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))}
	if n := utf8.RuneCountInString(c.Body); n == 0 || n > MaxComment {
		return c, &lang.Error{Kind: lang.Usage, What: lang.T("コメントが空か、長すぎます", "the comment is empty or too long"),
			Next: lang.F("1〜%d文字で入力してください", "write 1 to %d characters", MaxComment)}
	}
	return c, db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.AddComment(ctx, c); err != nil {
			return err
		}
		// The words stay out of the audit log, so that they can be withdrawn.
		return tx.Audit(ctx, "commented", about, map[string]string{"comment": c.ID})
	})
}

// Unsay withdraws a comment of one's own.
func Unsay(ctx context.Context, db *store.DB, actor store.Actor, id string) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.WithdrawComment(ctx, id, actor.Account); err != nil {
			return err
		}
		return tx.Audit(ctx, "withdrew", store.Object{Kind: "comment", ID: id}, nil)
	})
}

// Planned is a duty that somebody sees to or that has a day, with how it stands on the latest release.
type Planned struct {
	store.Plan
	Software     string // id; empty for an arrangement over a system
	SoftwareName string
	Release      string // id; empty: none
	Status       assess.Status
	Since        time.Time // when its status changed last
}

// Open reports whether there is something left to do.
func (p Planned) Open() bool {
	return p.Status == assess.NotMet || p.Status == assess.PartlyMet || p.Status == assess.NotAssessed
}

// Plans gives the plans of duties that are still duties, the first due first; those without a day come last.
func Plans(ctx context.Context, db *store.DB, m chain.Model) ([]Planned, error) {
	plans, err := db.Plans(ctx, "")
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	renewed, err := db.Renewed(ctx)
	if err != nil {
		return nil, err
	}
	today := db.Now().Format(time.DateOnly)
	about := map[string]Planned{} // what an arrangement is over
	var subjects []fact.Subject
	for _, p := range plans {
		if _, known := about[p.Arrangement]; known {
			continue
		}
		over := over(m, p.Arrangement, today)
		about[p.Arrangement] = over
		if over.Software != "" {
			subjects = append(subjects, over.subject())
		}
	}
	statuses, err := statusesOf(ctx, db, subjects)
	if err != nil {
		return nil, err
	}
	var out []Planned
	for _, p := range plans {
		line := about[p.Arrangement]
		s, ok := statuses[p.PlanKey]
		if !ok {
			continue
		}
		line.Plan, line.Status, line.Since = p, assess.Status(s.Status), s.JudgedAt
		if s.Lapsed(db.Now(), renewed) && line.Status != assess.NotMet {
			line.Status = assess.NotAssessed
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b Planned) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return b.Due.Compare(a.Due)
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.SoftwareName, b.SoftwareName), cmp.Compare(a.Requirement, b.Requirement))
	})
	return out, nil
}

// over says what software and release an arrangement is about.
func over(m chain.Model, arrangement, today string) Planned {
	var p Planned
	for _, a := range m.Arrangements {
		if a.ID == arrangement {
			p.Software = a.Software
		}
	}
	for _, sw := range m.Software {
		if sw.ID == p.Software {
			p.SoftwareName = sw.Name
		}
	}
	if rel, ok := judging.Latest(m, p.Software, today); ok {
		p.Release = rel.ID
	}
	return p
}

func (p Planned) subject() fact.Subject {
	if p.Release != "" {
		return fact.Subject{Kind: fact.Release, ID: p.Release}
	}
	return fact.Subject{Kind: fact.Software, ID: p.Software}
}

// statusesOf gives the statuses of subjects by the duty they are of.
func statusesOf(ctx context.Context, db *store.DB, subjects []fact.Subject) (map[store.PlanKey]store.DutyStatus, error) {
	out := map[store.PlanKey]store.DutyStatus{}
	for part := range slices.Chunk(subjects, 200) {
		list, err := db.Statuses(ctx, store.StatusFilter{Subjects: part})
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			out[KeyOf(s.DutyKey)] = s
		}
	}
	return out, nil
}

// KeyOf gives the key that plans have of a duty, whatever release it is judged on.
func KeyOf(k store.DutyKey) store.PlanKey {
	return store.PlanKey{Arrangement: k.Arrangement, Party: k.Party, Role: k.Role, Requirement: k.Requirement}
}

// ParsePlanKey reads what [store.PlanKey.String] writes.
func ParsePlanKey(s string) (store.PlanKey, error) {
	parts := strings.Split(s, "|")
	if len(parts) != 4 {
		return store.PlanKey{}, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は責務を指していません", "%q names no duty", s)}
	}
	k := store.PlanKey{Arrangement: parts[0], Party: parts[1], Role: guideline.Role(parts[2])}
	id, err := guideline.ParseID(parts[3])
	k.Requirement = id
	return k, err
}
