package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

func testPlans(t *testing.T, db *store.DB) {
	ctx := context.Background()
	p := store.Plan{PlanKey: store.PlanKey{Arrangement: "a", Party: "us", Role: "developer", Requirement: "S(1)-1.1"}, Owner: "alice", Due: Start.AddDate(0, 1, 0), Note: "asked"}
	Change(t, db, func(tx *store.Tx) error { return tx.SavePlan(ctx, p) })
	p.Owner = "bob"
	Change(t, db, func(tx *store.Tx) error { return tx.SavePlan(ctx, p) })
	got, err := db.Plans(ctx, "a")
	if err != nil || len(got) != 1 {
		t.Fatalf("plans %+v, error %v", got, err)
	}
	p.ChangedBy, p.ChangedAt = "alice", got[0].ChangedAt
	if diff := cmp.Diff(p, got[0]); diff != "" || p.ChangedAt.IsZero() {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.SavePlan(ctx, store.Plan{PlanKey: p.PlanKey}) })
	if left, err := db.Plans(ctx, ""); err != nil || len(left) != 0 {
		t.Errorf("an empty plan stayed: %+v, %v", left, err)
	}

	about := store.Object{Kind: "duty", ID: "a us developer S(1)-1.1"}
	Change(t, db, func(tx *store.Tx) error {
		return tx.AddComment(ctx, store.Comment{ID: "k1", About: about, Author: "alice", Body: "who has the minutes?"})
	})
	refused(t, db, lang.NotFound, func(tx *store.Tx) error { return tx.WithdrawComment(ctx, "k1", "bob") })
	Change(t, db, func(tx *store.Tx) error { return tx.WithdrawComment(ctx, "k1", "alice") })
	said, err := db.Comments(ctx, about)
	if err != nil || len(said) != 1 || said[0].Body != "" || said[0].WithdrawnAt.IsZero() {
		t.Errorf("comments %+v, error %v", said, err)
	}
	if other, err := db.Comments(ctx, store.Object{Kind: "duty", ID: "other"}); err != nil || len(other) != 0 {
		t.Errorf("comments about something else: %+v, %v", other, err)
	}
}

func testGlances(t *testing.T, db *store.DB) {
	ctx := context.Background()
	rel := fact.Subject{Kind: fact.Release, ID: "r"}
	duty := func(requirement, status, basis, detail string, until time.Time) store.DutyStatus {
		s := store.DutyStatus{DutyKey: store.DutyKey{Party: "us", Arrangement: "a", Subject: rel, Role: "developer"}, Status: status, Basis: basis, ValidUntil: until}
		s.Requirement, s.Detail = guideline.ID(requirement), []byte(detail)
		return s
	}
	soon, late := Start.AddDate(0, 0, 20), Start.AddDate(1, 0, 0)
	Change(t, db, func(tx *store.Tx) error {
		_, _, err := tx.SaveStatuses(ctx, []store.DutyStatus{
			duty("S(1)-1.1", "met", "automatic", `{}`, soon), duty("S(1)-1.2", "met", "claim", `{"stated_only":true}`, late),
			duty("S(1)-1.3", "met", "claim", `{}`, late), duty("S(1)-1.4", "not_met", "automatic", `{}`, time.Time{})})
		return err
	})
	got, err := db.Glances(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n, lapsed := 0, 0
	for _, g := range got {
		n += g.N
		if g.Subject != rel || g.Party != "us" {
			t.Errorf("glance of %+v, %s", g.Subject, g.Party)
		}
		if g.Lapsed(Start.AddDate(0, 0, 21), nil) {
			lapsed += g.N
		}
	}
	if n != 4 || lapsed != 1 || len(got) != 3 {
		t.Errorf("%d duties in %d glances, %d lapsed", n, len(got), lapsed)
	}
	if stated, err := db.Stated(ctx); err != nil || len(stated) != 1 || stated[0].N != 1 {
		t.Errorf("stated %+v, error %v", stated, err)
	}
	ends, err := db.Endings(ctx, Start, Start.AddDate(0, 0, 30), 8)
	if err != nil || len(ends) != 1 || ends[0].Requirement != "S(1)-1.1" || !ends[0].Until.Equal(soon) {
		t.Errorf("endings %+v, error %v", ends, err)
	}
	Change(t, db, func(tx *store.Tx) error {
		_, _, err := tx.SaveStatuses(ctx, []store.DutyStatus{duty("S(1)-1.4", "met", "automatic", `{}`, time.Time{})})
		return err
	})
	if turns, err := db.Turns(ctx, Start); err != nil || len(turns) != 1 || turns[0].Before != "not_met" || turns[0].After != "met" || turns[0].N != 1 {
		t.Errorf("turns %+v, error %v", turns, err)
	}
}
