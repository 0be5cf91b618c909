package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Model gives a small deal: a vendor with a development unit, a customer, one software with two releases.
func Model() chain.Model {
	return chain.Model{
		Parties: []chain.Party{
			{ID: "dev", Name: "開発部", Parent: "vendor", Unit: chain.DevelopmentUnit},
			{ID: "vendor", Name: "Example Vendor", Self: true},
			{ID: "customer", Name: "Example Customer"},
		},
		Software: []chain.Software{{ID: "sw", Name: "widget", Kind: chain.Product, Owner: "vendor", EndOfSupport: "2030-03-31"}},
		Releases: []chain.Release{
			{ID: "r1", Software: "sw", Version: "1.0.0", Artifacts: []chain.Artifact{{Name: "widget.tar.gz",
				Digest: "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}}},
			{ID: "r2", Software: "sw", Version: "2.0.0"},
		},
		Systems: []chain.System{{ID: "sys", Name: "billing", Owner: "customer", Releases: []string{"r2", "r1"}}},
		Arrangements: []chain.Arrangement{{ID: "deal", Name: "deal", Software: "sw", Level: guideline.Standard, Engagements: []chain.Engagement{
			{ID: "e1", Party: "dev", Role: guideline.Developer, Stance: guideline.Principal},
			{ID: "e2", Party: "customer", Role: guideline.Customer},
		}}},
		Agreements: []chain.Agreement{{ID: "g", Kind: chain.Sale, Receiver: "customer", Giver: "vendor", Engagements: []string{"e1"}}},
		Components: []chain.ComponentRule{{ID: "c", Pattern: "pkg:npm/left-pad*", Release: "r1", Party: "vendor"}},
	}
}

func testChain(t *testing.T, db *store.DB) {
	ctx := context.Background()
	m := Model()
	Change(t, db, func(tx *store.Tx) error { return tx.SaveModel(ctx, m) })
	same(t, db, m)

	m.Parties[2].Name = "Example Customer 2"
	m.Arrangements[0].Engagements = m.Arrangements[0].Engagements[:1]
	m.Releases[0].Artifacts = nil
	Change(t, db, func(tx *store.Tx) error {
		return tx.SaveModel(ctx, chain.Model{Parties: m.Parties[2:], Arrangements: m.Arrangements, Releases: m.Releases[:1]})
	})
	same(t, db, m)
	for id, want := range map[string]int64{"customer": 2, "vendor": 1, "nobody": 0} {
		if n, err := db.Revision(ctx, store.Party, id); err != nil || n != want {
			t.Errorf("revision of %s is %d, error %v", id, n, err)
		}
	}
	err := TryChange(db, Actor, func(tx *store.Tx) error { return tx.Expect(ctx, store.Party, "customer", 1) })
	if lang.KindOf(err) != lang.Conflict {
		t.Errorf("an edit of an old revision: %v", err)
	}
	chainLookups(t, db)

	err = TryChange(db, Actor, func(tx *store.Tx) error {
		return tx.SaveModel(ctx, chain.Model{Releases: []chain.Release{{ID: "r9", Software: "none", Version: "1"}}})
	})
	if err == nil {
		t.Error("a release of no software was saved")
	}
	err = TryChange(db, Actor, func(tx *store.Tx) error { return tx.Remove(ctx, store.Software, "sw") })
	if err == nil {
		t.Error("software with releases was removed")
	}
	err = TryChange(db, Actor, func(tx *store.Tx) error { return tx.Remove(ctx, "party where 'x' = $1; --", "x") })
	if lang.KindOf(err) != lang.NotFound {
		t.Errorf("a noun that is none: %v", err)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.Remove(ctx, store.Arrangement, "deal") })
	m.Arrangements = nil
	same(t, db, m)
}

func chainLookups(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	if p, err := db.Self(ctx); err != nil || p.ID != "vendor" {
		t.Errorf("self is %v, error %v", p, err)
	}
	if s, err := db.SoftwareByName(ctx, "widget"); err != nil || s.ID != "sw" {
		t.Errorf("software by name: %v, error %v", s, err)
	}
	if r, err := db.ReleaseByVersion(ctx, "sw", "2.0.0"); err != nil || r.ID != "r2" {
		t.Errorf("release by version: %v, error %v", r, err)
	}
	if _, err := db.ReleaseByVersion(ctx, "sw", "3"); lang.KindOf(err) != lang.NotFound {
		t.Errorf("a release that is not there: %v", err)
	}
	if a, err := db.ArrangementsOf(ctx, "sw"); err != nil || len(a) != 1 {
		t.Errorf("arrangements: %v, error %v", a, err)
	}
	if s, err := db.SystemsUsing(ctx, "r1"); err != nil || len(s) != 1 {
		t.Errorf("systems: %v, error %v", s, err)
	}
}

func same(t *testing.T, db *store.DB, want chain.Model) {
	t.Helper()
	got, err := db.LoadModel(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("model (-want +got):\n%s", diff)
	}
}
