package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

func testAccounts(t *testing.T, db *store.DB) {
	ctx := context.Background()
	if err := db.PutSetupToken(ctx, "h1", Start.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	refused(t, db, lang.Forbidden, func(tx *store.Tx) error { return tx.UseSetupToken(ctx, "wrong") })
	a := store.Account{ID: "a1", Name: "alice", Display: "Alice", Roles: []store.Role{store.Admin, store.Editor}, Password: "x", Revision: 1}
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.UseSetupToken(ctx, "h1"), tx.SaveAccount(ctx, a))
	})
	if err := db.PutSetupToken(ctx, "h2", Start.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	refused(t, db, lang.Forbidden, func(tx *store.Tx) error { return tx.UseSetupToken(ctx, "h2") })
	got, err := db.AccountByName(ctx, "alice")
	if err != nil {
		t.Fatal(err)
	}
	a.CreatedAt = got.CreatedAt
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	conflict(t, db, func(tx *store.Tx) error {
		return tx.SaveAccount(ctx, store.Account{ID: "a2", Name: "alice", Revision: 1})
	})
	a.Revision, a.Disabled = 2, true
	Change(t, db, func(tx *store.Tx) error { return tx.SaveAccount(ctx, a) })
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveAccount(ctx, a) })

	token := store.APIToken{ID: "t1", Account: "a1", Name: "ci", Scope: "push", ExpiresAt: Start.AddDate(0, 1, 0)}
	Change(t, db, func(tx *store.Tx) error { return tx.AddAPIToken(ctx, token, "hash") })
	found, err := db.APITokenByHash(ctx, "hash")
	if err != nil || found.Scope != "push" || !found.RevokedAt.IsZero() || found.CreatedAt.IsZero() {
		t.Errorf("token %+v, error %v", found, err)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.RevokeAPIToken(ctx, "t1") })
	refused(t, db, lang.NotFound, func(tx *store.Tx) error { return tx.RevokeAPIToken(ctx, "t1") })
	if list, err := db.APITokens(ctx, "a1"); err != nil || len(list) != 1 || list[0].RevokedAt.IsZero() {
		t.Errorf("tokens %+v, error %v", list, err)
	}
}

func testSessions(t *testing.T, db *store.DB) {
	ctx := context.Background()
	s := db.Sessions()
	if err := s.CommitCtx(ctx, "old", []byte{1}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{{1}, {0, 255, 2}} {
		if err := s.Commit("token", data, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if b, ok, err := s.Find("token"); err != nil || !ok || string(b) != "\x00\xff\x02" {
		t.Errorf("session %v %v, error %v", b, ok, err)
	}
	if _, ok, err := s.Find("old"); err != nil || ok {
		t.Errorf("an expired session was found, error %v", err)
	}
	if err := s.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Find("token"); err != nil || ok {
		t.Errorf("a deleted session was found, error %v", err)
	}
}

func testSettings(t *testing.T, db *store.DB) {
	ctx := context.Background()
	value := map[string]int{"days": 90}
	set := func(v map[string]int, revision int) error {
		return TryChange(db, Actor, func(tx *store.Tx) error { return tx.SetSetting(ctx, "policy", v, revision) })
	}
	if err := set(value, 0); err != nil {
		t.Fatal(err)
	}
	if err := set(value, 0); lang.KindOf(err) != lang.Conflict {
		t.Errorf("set over another's setting: %v", err)
	}
	if err := set(map[string]int{"days": 30}, 1); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if n, err := db.Setting(ctx, "policy", &got); err != nil || n != 2 || got["days"] != 30 {
		t.Errorf("setting %v at revision %d, error %v", got, n, err)
	}
	got = value
	if n, err := db.Setting(ctx, "none", &got); err != nil || n != 0 || got["days"] != 90 {
		t.Errorf("a setting that was never set: %v at revision %d, error %v", got, n, err)
	}
}

func testJobs(t *testing.T, db *store.DB) {
	ctx := context.Background()
	const jobs = 30
	Change(t, db, func(tx *store.Tx) error {
		for i := range jobs {
			if err := tx.Enqueue(ctx, "count", i, Start); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, "later", nil, Start.AddDate(1, 0, 0))
	})
	var mu sync.Mutex
	var wg sync.WaitGroup
	done := map[string]int{}
	for range 4 {
		wg.Go(func() {
			for {
				got, err := db.ClaimJobs(ctx, 3, time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) == 0 {
					return
				}
				for _, j := range got {
					mu.Lock()
					done[string(j.Args)]++
					mu.Unlock()
					if err := db.FinishJob(ctx, j.ID, ""); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if len(done) != jobs {
		t.Errorf("%d of %d jobs were done", len(done), jobs)
	}
	for args, n := range done {
		if n != 1 {
			t.Errorf("job %s was done %d times", args, n)
		}
	}
	if n, err := db.JobsWaiting(ctx); err != nil || n != 1 {
		t.Errorf("%d jobs wait, error %v", n, err)
	}
}

func testJobLease(t *testing.T, db *store.DB) {
	ctx := context.Background()
	Change(t, db, func(tx *store.Tx) error { return tx.Enqueue(ctx, "k", map[string]int{"n": 1}, Start) })
	first, err := db.ClaimJobs(ctx, 1, time.Millisecond) // the clock of the tests goes on by seconds
	if err != nil || len(first) != 1 || first[0].Attempt != 1 {
		t.Fatalf("claimed %+v, error %v", first, err)
	}
	second, err := db.ClaimJobs(ctx, 1, time.Hour)
	if err != nil || len(second) != 1 || second[0].Attempt != 2 {
		t.Fatalf("after the lease %+v, error %v", second, err)
	}
	var args map[string]int
	if json.Unmarshal(second[0].Args, &args); args["n"] != 1 {
		t.Errorf("arguments %s", second[0].Args)
	}
	if err := db.RetryJob(ctx, second[0].ID, "no answer", Start); err != nil {
		t.Fatal(err)
	}
	if third, err := db.ClaimJobs(ctx, 1, time.Hour); err != nil || len(third) != 1 || third[0].Attempt != 3 {
		t.Errorf("after giving it back %+v, error %v", third, err)
	}
	if none, err := db.ClaimJobs(ctx, 1, time.Hour); err != nil || len(none) != 0 {
		t.Errorf("a leased job was claimed: %+v, error %v", none, err)
	}
}
