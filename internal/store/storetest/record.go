package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// conflict wants a change to be refused because another came first.
func conflict(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	refused(t, db, lang.Conflict, fn)
}

func refused(t *testing.T, db *store.DB, kind lang.Kind, fn func(*store.Tx) error) {
	t.Helper()
	if err := TryChange(db, Actor, fn); lang.KindOf(err) != kind {
		t.Errorf("error %v, want one of kind %d", err, kind)
	}
}

func testRecords(t *testing.T, db *store.DB) {
	ctx := context.Background()
	org := fact.Subject{Kind: fact.Org, ID: "vendor"}
	draft := register.New(guideline.Register{Kind: "policy"}, "rec1", "POL-01", org,
		map[string]any{"title": "方針", "topics": []string{"coding", "build"}, "days": 12.5}, "alice", Start)
	draft.ValidUntil = Start.AddDate(1, 0, 0)
	Change(t, db, func(tx *store.Tx) error { return tx.SaveRecord(ctx, draft) })
	approved, err := register.Approve(draft, "bob", Start.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.SaveRecord(ctx, approved) })
	got, err := db.RecordByKey(ctx, "policy", "POL-01")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(approved, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if !got.InForce(Start.Add(2 * time.Hour)) {
		t.Error("the approval does not hold for what came back")
	}
	history, err := db.RecordHistory(ctx, "rec1")
	if err != nil || cmp.Diff([]register.Record{draft, approved}, history) != "" {
		t.Errorf("history %+v, error %v", history, err)
	}
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveRecord(ctx, approved) })
	taken := draft
	taken.ID = "rec2"
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveRecord(ctx, taken) })
	own := got
	own.Revision, own.Approver = 3, "alice"
	refused(t, db, lang.Forbidden, func(tx *store.Tx) error { return tx.SaveRecord(ctx, own) })
	other := register.New(guideline.Register{Kind: "contact"}, "rec3", "C-1", org, map[string]any{}, "bob", Start)
	Change(t, db, func(tx *store.Tx) error { return tx.SaveRecord(ctx, other) })
	list, err := db.Records(ctx, store.RecordFilter{Subjects: []fact.Subject{org}})
	if err != nil || len(list) != 2 || list[0].ID != "rec3" {
		t.Errorf("records %+v, error %v", list, err)
	}
	list, err = db.Records(ctx, store.RecordFilter{Kinds: []string{"policy", "x"}, State: register.Approved})
	if err != nil || len(list) != 1 {
		t.Errorf("approved policies %+v, error %v", list, err)
	}
}

func testClaims(t *testing.T, db *store.DB) {
	ctx := context.Background()
	sw := fact.Subject{Kind: fact.Software, ID: "sw"}
	claim := evidence.Claim{ID: "c1", Kind: evidence.Stated, Party: "vendor", Subject: sw, Role: guideline.Developer, Requirement: "S(1)-1.1",
		Body: "done", Evidence: []string{"sha256:00"}, Author: "alice", CreatedAt: Start, State: evidence.ClaimDraft,
		ExpiresAt: Start.AddDate(0, 6, 0), Revision: 1}
	Change(t, db, func(tx *store.Tx) error { return tx.SaveClaim(ctx, claim) })
	approved, err := claim.Approve("bob", Start.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.SaveClaim(ctx, approved) })
	got, err := db.Claim(ctx, "c1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(approved, got); diff != "" || !got.InForce(Start.Add(2*time.Hour)) {
		t.Errorf("claim (-want +got):\n%s", diff)
	}
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveClaim(ctx, approved) })
	own := approved
	own.Revision, own.Approver = 3, "alice"
	refused(t, db, lang.Forbidden, func(tx *store.Tx) error { return tx.SaveClaim(ctx, own) })
	list, err := db.Claims(ctx, store.ClaimFilter{Kind: evidence.Stated, Party: "vendor", Subjects: []fact.Subject{sw}, Requirement: "S(1)-1.1", State: evidence.ClaimApproved})
	if err != nil || len(list) != 1 {
		t.Errorf("claims %+v, error %v", list, err)
	}
	if list, err := db.Claims(ctx, store.ClaimFilter{Kind: evidence.Exception}); err != nil || len(list) != 0 {
		t.Errorf("exceptions %+v, error %v", list, err)
	}
}

func testStatuses(t *testing.T, db *store.DB) {
	ctx := context.Background()
	s := store.DutyStatus{
		DutyKey: store.DutyKey{Party: "vendor", Arrangement: "deal", Subject: fact.Subject{Kind: fact.Software, ID: "sw"}, Role: guideline.Developer, Requirement: "S(1)-1.1"},
		Stance:  guideline.Principal, Level: guideline.Standard, Status: "not_met", Basis: "automatic", Reasons: []lang.Text{lang.T("0 件", "0 of them")},
		Evidence: []string{"f1"}, Remedy: lang.T("する", "do"), Detail: []byte(`{"x":1}`), ValidUntil: Start.AddDate(0, 1, 0), Cause: "doc1",
	}
	other := s
	other.Requirement, other.Reasons, other.Evidence, other.Detail, other.ValidUntil = "S(1)-1.2", nil, nil, nil, time.Time{}
	save := func(ss ...store.DutyStatus) (n int) {
		t.Helper()
		Change(t, db, func(tx *store.Tx) (err error) { _, n, err = tx.SaveStatuses(ctx, ss); return err })
		return n
	}
	if n := save(s, other); n != 2 {
		t.Errorf("%d new statuses", n)
	}
	first, err := db.Statuses(ctx, store.StatusFilter{Party: "vendor", Subjects: []fact.Subject{s.Subject}})
	if err != nil || len(first) != 2 {
		t.Fatalf("statuses %+v, error %v", first, err)
	}
	s.JudgedAt = first[0].JudgedAt
	if diff := cmp.Diff(s, first[0]); diff != "" || s.JudgedAt.IsZero() {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	s.Cause = "doc2"
	if n := save(s, other); n != 0 {
		t.Errorf("%d statuses changed by the same judgement", n)
	}
	again, _ := db.Statuses(ctx, store.StatusFilter{})
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same judgement was written again:\n%s", diff)
	}
	s.Reasons = []lang.Text{lang.T("1 件", "1 of them")}
	if n := save(s); n != 0 {
		t.Error("another reason counts as another status")
	}
	s.Status, s.Cause = "met", "doc3"
	if n := save(s); n != 1 {
		t.Error("another status does not count")
	}
	Change(t, db, func(tx *store.Tx) error { return tx.DropStatus(ctx, s.DutyKey, "gone") })
	history, err := db.StatusHistory(ctx, store.StatusFilter{Requirement: "S(1)-1.1"})
	if err != nil || len(history) != 3 {
		t.Fatalf("history %+v, error %v", history, err)
	}
	var got string
	for _, h := range history {
		got += h.Before + ">" + h.Status + " " + h.Cause + "; "
	}
	if want := ">not_met doc1; not_met>met doc3; met> gone; "; got != want {
		t.Errorf("history %q, want %q", got, want)
	}
	if left, _ := db.Statuses(ctx, store.StatusFilter{Arrangement: "deal", Role: guideline.Developer}); len(left) != 1 {
		t.Errorf("statuses left %+v", left)
	}
	none := fact.Renewed{}
	if s.Lapsed(s.ValidUntil.Add(-1), none) || !s.Lapsed(s.ValidUntil, none) || other.Lapsed(Start.AddDate(9, 0, 0), none) {
		t.Error("Lapsed is off")
	}
}

// What rests on a source that delivers by itself holds longer once it delivered, without being written again, and ends in
// time when it does not.
func testRenewal(t *testing.T, db *store.DB) {
	ctx := context.Background()
	s := store.DutyStatus{DutyKey: store.DutyKey{Party: "vendor", Arrangement: "deal", Subject: fact.Subject{Kind: fact.Software, ID: "leased"}, Role: guideline.Developer, Requirement: "S(1)-1.1"},
		Status: "met", ValidUntil: Start.AddDate(0, 0, 30), Leases: []fact.Lease{{Source: "comparison", Since: Start, Days: 7}, {Source: "feed:kev", Days: 20}}}
	j := store.Judgement{Subject: s.Subject, Leases: s.Leases, Waits: []string{"ledger"}}
	Change(t, db, func(tx *store.Tx) error {
		_, _, err := tx.SaveStatuses(ctx, []store.DutyStatus{s})
		return errors.Join(err, tx.SaveJudgement(ctx, j), tx.SaveAdvisorySource(ctx, store.AdvisorySource{Name: "kev", LoadedAt: Start}))
	})
	end := func() time.Time {
		t.Helper()
		renewed, err := db.Renewed(ctx)
		got, err2 := db.Statuses(ctx, store.StatusFilter{Subjects: []fact.Subject{s.Subject}})
		all, err3 := db.Judgements(ctx)
		if err := errors.Join(err, err2, err3); err != nil || len(got) != 1 || !all[s.Subject].Same(j) {
			t.Fatalf("statuses %+v, judgements %+v, error %v", got, all, err)
		}
		e := got[0].End(renewed)
		if !all[s.Subject].Due(e, renewed) || all[s.Subject].Due(e.Add(-1), renewed) {
			t.Errorf("it is not due just when it ends, at %v", e)
		}
		return e
	}
	if got, want := end(), Start.AddDate(0, 0, 7); !got.Equal(want) {
		t.Errorf("it ends at %v, want %v", got, want)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.Renew(ctx, "comparison", Start.AddDate(0, 0, 6)) })
	if got, want := end(), Start.AddDate(0, 0, 13); !got.Equal(want) {
		t.Errorf("after the renewal it ends at %v, want %v", got, want)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.Renew(ctx, "comparison", Start.AddDate(0, 0, 19)) })
	if got, want := end(), Start.AddDate(0, 0, 20); !got.Equal(want) {
		t.Errorf("it ends at %v, want %v with the other source", got, want)
	}
}

func testDeclarations(t *testing.T, db *store.DB) {
	ctx := context.Background()
	sw := fact.Subject{Kind: fact.Software, ID: "sw"}
	d := store.Declaration{ID: "d1", Kind: "declaration", Level: guideline.Minimum, Party: "vendor", Subject: sw, Release: "r1", Serial: 1,
		State: store.DeclarationDraft, Content: []byte(`{"a":1}`), ContentDigest: "sha256:0", CreatedBy: "alice", CreatedAt: Start, Revision: 1}
	Change(t, db, func(tx *store.Tx) error { return tx.SaveDeclaration(ctx, d) })
	if n, err := db.NextSerial(ctx, sw); err != nil || n != 2 {
		t.Errorf("next serial %d, error %v", n, err)
	}
	twice := d
	twice.ID = "d2"
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveDeclaration(ctx, twice) })
	d.Revision, d.State, d.IssuedAt, d.Bundle = 2, store.DeclarationIssued, Start.Add(time.Hour), "sha256:1"
	d.Approvals = []store.Approval{{Account: "alice", At: Start, Method: "password", Digest: "sha256:0"}}
	refused(t, db, lang.Forbidden, func(tx *store.Tx) error { return tx.SaveDeclaration(ctx, d) })
	d.Approvals[0].Account = "bob"
	Change(t, db, func(tx *store.Tx) error { return tx.SaveDeclaration(ctx, d) })
	got, err := db.Declaration(ctx, "d1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("declaration (-want +got):\n%s", diff)
	}
	list, err := db.Declarations(ctx, store.DeclarationFilter{Subject: sw, Release: "r1", State: store.DeclarationIssued})
	if err != nil || len(list) != 1 {
		t.Errorf("declarations %+v, error %v", list, err)
	}
}
