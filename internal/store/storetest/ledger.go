package storetest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

func testLedger(t *testing.T, db *store.DB) {
	ctx := context.Background()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	const origin = "log.example"
	var checkpoints []string
	total := 0
	for _, n := range []int{1, 6, 0, 13} {
		for range n {
			Change(t, db, func(*store.Tx) error { return nil })
		}
		total += n
		placed, err := db.SequenceLedger(ctx, "one")
		if err != nil || placed != n {
			t.Fatalf("placed %d of %d, error %v", placed, n, err)
		}
		tree, err := ledger.Root(int64(total), db.HashReader(ctx))
		if err != nil {
			t.Fatal(err)
		}
		cp, err := ledger.Checkpoint(origin, tree, key)
		if err != nil {
			t.Fatal(err)
		}
		checkpoints = append(checkpoints, cp)
		if err := db.PutCheckpoint(ctx, int64(total), cp); err != nil {
			t.Fatal(err)
		}
	}
	if c, ok, err := db.LatestCheckpoint(ctx); err != nil || !ok || c.Size != int64(total) || c.Note != checkpoints[3] {
		t.Errorf("latest checkpoint %+v, error %v", c, err)
	}
	if all, err := db.Checkpoints(ctx); err != nil || len(all) != 3 {
		t.Errorf("%d checkpoints, error %v", len(all), err)
	}
	public := verify.LedgerKey{Origin: origin, Key: key.Public().(ed25519.PublicKey)}
	tree, err := ledger.VerifyAll(db.Leaves(ctx), checkpoints, public, db.HashReader(ctx))
	if err != nil || tree.N != int64(total) {
		t.Errorf("verified tree of %d, error %v", tree.N, err)
	}
	log, err := db.AuditLog(ctx, store.AuditFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	at, placed, err := db.LeafIndex(ctx, log[0].ID)
	if err != nil || !placed || at != int64(total-1) {
		t.Errorf("the latest entry has place %d (%v), error %v", at, placed, err)
	}
	leaves, err := db.ReadLeaves(ctx, at, 10)
	if err != nil || len(leaves) != 1 || leaves[0].Event != log[0].ID {
		t.Fatalf("leaves %+v, error %v", leaves, err)
	}
	proof, err := tlog.ProveRecord(tree.N, at, db.HashReader(ctx))
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, at, tlog.RecordHash(leaves[0].Bytes)); err != nil {
		t.Errorf("proof of the latest entry: %v", err)
	}
	if p, err := db.Check(ctx); err != nil || len(p) != 0 {
		t.Errorf("problems %v, error %v", p, err)
	}
}

// testSequencers has writers and several sequencers work at once: every leaf gets one place.
func testSequencers(t *testing.T, db *store.DB) {
	ctx := context.Background()
	const writers, rounds = 4, 10
	var wg sync.WaitGroup
	for _, holder := range []string{"one", "two", "three"} {
		wg.Go(func() {
			for range rounds {
				if _, err := db.SequenceLedger(ctx, holder); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range writers {
		wg.Go(func() {
			for range rounds {
				if err := TryChange(db, Actor, func(*store.Tx) error { return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if _, err := db.SequenceLedger(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	size, err := db.LedgerSize(ctx)
	if err != nil || size != writers*rounds {
		t.Errorf("the ledger has %d leaves, error %v", size, err)
	}
	if n, err := db.LedgerWaiting(ctx); err != nil || n != 0 {
		t.Errorf("%d leaves wait, error %v", n, err)
	}
	if p, err := db.Check(ctx); err != nil || len(p) != 0 {
		t.Errorf("problems %v, error %v", p, err)
	}
}

func testLease(t *testing.T, db *store.DB) {
	ctx := context.Background()
	take := func(holder string, length time.Duration, want bool) {
		t.Helper()
		if got, err := db.Lease(ctx, "x", holder, length); err != nil || got != want {
			t.Errorf("%s got the lease: %v, error %v", holder, got, err)
		}
	}
	take("one", time.Hour, true)
	take("two", time.Hour, false)
	take("one", time.Millisecond, true) // runs out before the next look at the clock
	take("two", time.Hour, true)
	if err := db.ReleaseLease(ctx, "x", "one"); err != nil {
		t.Fatal(err)
	}
	take("one", time.Hour, false)
	if err := db.ReleaseLease(ctx, "x", "two"); err != nil {
		t.Fatal(err)
	}
	take("one", time.Hour, true)
}

// testCheck damages a workspace behind the store's back and wants each damage named.
func testCheck(t *testing.T, db *store.DB) {
	ctx := context.Background()
	Put(t, db, "kept")
	Put(t, db, "lost")
	Put(t, db, "changed")
	for _, f := range documentFiles(t, db) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		switch string(b) {
		case "lost":
			err = os.Remove(f)
		case "changed":
			err = errors.Join(os.Chmod(f, 0o600), os.WriteFile(f, []byte("Changed"), 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	problems, err := db.Check(ctx)
	if err != nil || len(problems) != 2 {
		t.Errorf("problems %v, error %v; want one document lost and one changed", problems, err)
	}
}
