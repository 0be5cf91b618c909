package office_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

// The calendar has reviews, days that records set, exceptions, ends of support and deadlines of reports, and nothing that
// is long past or was past already when it was approved.
func TestDates(t *testing.T) {
	db, ctx, by := storetest.New(t), t.Context(), store.Actor{Account: "test", Via: store.Internal}
	now := db.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	if err := judging.SaveModel(ctx, db, by, chain.Model{Parties: []chain.Party{{ID: "us", Name: "見本ソフト株式会社", Self: true}},
		Software: []chain.Software{{ID: "app", Name: "見本会計", Kind: chain.Product, Owner: "us", EndOfSupport: day(400), EndOfSale: day(-60)}},
		Releases: []chain.Release{{ID: "r", Software: "app", Version: "1.0", SupportedTo: day(100)}}}); err != nil {
		t.Fatal(err)
	}
	app := fact.Subject{Kind: fact.Software, ID: "app"}
	keep := func(kind, key string, data map[string]any) {
		t.Helper()
		if err := db.InTx(ctx, by, func(tx *store.Tx) error {
			r := register.Record{ID: key, Kind: kind, Key: key, Subject: app, State: register.Approved, Author: "a", Approver: "b", ApprovedAt: now, Revision: 1, Data: data}
			if err := tx.SaveRecord(ctx, r); err != nil {
				return err
			}
			return tx.Audit(ctx, "approved", store.Object{Kind: "record", ID: r.ID}, nil)
		}); err != nil {
			t.Fatal(err)
		}
	}
	keep("action", "A-1", map[string]any{"title": "直す", "due": day(9)})
	keep("action", "A-2", map[string]any{"title": "直した", "due": day(9), "done_on": day(-1)})
	keep("design_review", "D-1", map[string]any{"title": "設計", "held_on": day(-3)})
	keep("design_decision", "D-2", map[string]any{"title": "設計"})
	keep("reportable_event", "E-1", map[string]any{"title": "事象", "scheme": "cra_vulnerability", "aware_at": now.Format("2006-01-02T15:04")})
	if err := db.InTx(ctx, by, func(tx *store.Tx) error {
		c := evidence.Claim{ID: "C-1", Kind: evidence.Exception, Party: "us", Subject: app, Requirement: "S(1)-1.1", Body: "理由", State: evidence.ClaimApproved, Author: "a", Approver: "b", CreatedAt: now, ApprovedAt: now, ExpiresAt: now.AddDate(0, 0, 30), Revision: 1}
		if err := tx.SaveClaim(ctx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, "approved", store.Object{Kind: "claim", ID: c.ID}, nil)
	}); err != nil {
		t.Fatal(err)
	}
	all, err := office.Dates(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		got = append(got, d.ID)
		if d.What.JA == "" || d.What.EN == "" || d.About == "" {
			t.Errorf("%+v", d)
		}
	}
	for _, want := range []string{"field/A-1/due", "review/D-2", "claim/C-1", "end-of-support/app", "supported-to/r"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	if !slices.ContainsFunc(got, func(id string) bool { return strings.HasPrefix(id, "report/E-1/") }) {
		t.Errorf("no deadline of a report in %v", got)
	}
	for _, not := range []string{"field/A-2/due", "field/D-1/held_on", "end-of-sale/app"} {
		if slices.Contains(got, not) {
			t.Errorf("%s is there", not)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b office.Date) int { return a.Day.Compare(b.Day) }) {
		t.Error("not in their order")
	}
	file, err := office.Calendar(ctx, db, lang.EN, all)
	if err != nil || strings.Count(string(file), "BEGIN:VEVENT") != len(all) || !strings.Contains(string(file), "exception to S(1)-1.1 ends") {
		t.Errorf("%v\n%s", err, file)
	}
}
