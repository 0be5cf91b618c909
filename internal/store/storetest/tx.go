package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/store"
)

func testUnaudited(t *testing.T, db *store.DB) {
	ctx := context.Background()
	err := db.InTx(ctx, Actor, func(tx *store.Tx) error {
		return tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{{ID: "p", Name: "P"}}})
	})
	if err == nil {
		t.Error("a change without an audit entry was committed")
	}
	if m, _ := db.LoadModel(ctx); len(m.Parties) != 0 {
		t.Error("it is in the database")
	}
	if err := db.InTx(ctx, Actor, func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("a transaction that wrote nothing: %v", err)
	}
	if err := db.InTx(ctx, store.Actor{}, func(*store.Tx) error { return nil }); err == nil {
		t.Error("a transaction of nobody was accepted")
	}
}

func testRollback(t *testing.T, db *store.DB) {
	ctx := context.Background()
	stop := errors.New("stop")
	err := TryChange(db, Actor, func(tx *store.Tx) error {
		if err := tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{{ID: "p", Name: "P"}}}); err != nil {
			return err
		}
		if m, err := tx.LoadModel(ctx); err != nil || len(m.Parties) != 1 {
			t.Errorf("the transaction does not see its own change: %v %v", m, err)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	if m, _ := db.LoadModel(ctx); len(m.Parties) != 0 {
		t.Error("the change was not rolled back")
	}
	if err := TryChange(db, Actor, func(tx *store.Tx) error { return TryChange(tx.DB, Actor, func(*store.Tx) error { return nil }) }); err == nil {
		t.Error("a transaction inside a transaction was accepted")
	}
}

// testConcurrent has many writers read a value, add one, and write it back. No addition may be lost.
func testConcurrent(t *testing.T, db *store.DB) {
	ctx := context.Background()
	Change(t, db, func(tx *store.Tx) error {
		return tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{{ID: "p", Name: "0"}}})
	})
	const writers, rounds = 8, 5
	var wg sync.WaitGroup
	errs := make(chan error, writers)
	for range writers {
		wg.Go(func() {
			for range rounds {
				if err := TryChange(db, Actor, func(tx *store.Tx) error { return addOne(ctx, tx) }); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	p, err := db.PartyByID(ctx, "p")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprint(writers * rounds); p.Name != want {
		t.Errorf("after %s additions the value is %s", want, p.Name)
	}
}

func addOne(ctx context.Context, tx *store.Tx) error {
	p, err := tx.PartyByID(ctx, "p")
	if err != nil {
		return err
	}
	var n int
	fmt.Sscan(p.Name, &n)
	p.Name = fmt.Sprint(n + 1)
	return tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{p}})
}

func testAudit(t *testing.T, db *store.DB) {
	ctx := context.Background()
	err := db.InTx(ctx, store.Actor{Account: "alice", Via: store.Web, Request: "r1"}, func(tx *store.Tx) error {
		err := tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{{ID: "p", Name: "P"}}})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, "added", store.Object{Kind: "party", ID: "p"}, store.Change{After: "P"})
	})
	if err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(*store.Tx) error { return nil })
	log, err := db.AuditLog(ctx, store.AuditFilter{Object: store.Object{Kind: "party"}})
	if err != nil || len(log) != 1 {
		t.Fatalf("audit log %v, error %v", log, err)
	}
	e := log[0]
	if e.Actor != "alice" || e.Via != store.Web || e.Request != "r1" || e.Action != "added" || string(e.Detail) != `{"after":"P"}` || e.At.IsZero() {
		t.Errorf("audit entry %+v", e)
	}
	all, err := db.AuditLog(ctx, store.AuditFilter{Limit: 1})
	if err != nil || len(all) != 1 || all[0].Object.Kind != "test" {
		t.Errorf("the latest entry is %v, error %v", all, err)
	}
	next, err := db.AuditLog(ctx, store.AuditFilter{Limit: 10, Before: all[0].ID})
	if err != nil || len(next) != 1 || next[0].ID != e.ID {
		t.Errorf("the page after it is %v, error %v", next, err)
	}
}

// testErase takes a person out of the log; the ledger goes on to hold.
func testErase(t *testing.T, db *store.DB) {
	ctx := context.Background()
	act := func(who store.Actor, detail any) {
		t.Helper()
		err := db.InTx(ctx, who, func(tx *store.Tx) error {
			return tx.Audit(ctx, "received", store.Object{Kind: "document", ID: "d"}, detail)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	act(Other, "a detail of bob's")
	act(Actor, "a detail of alice's")
	if _, err := db.SequenceLedger(ctx, "x"); err != nil {
		t.Fatal(err)
	}
	leaves, err := db.ReadLeaves(ctx, 0, 10)
	if err != nil || len(leaves) != 2 {
		t.Fatalf("leaves %v, error %v", leaves, err)
	}
	for _, l := range leaves {
		for _, secret := range []string{"bob", "alice", "detail of"} {
			if strings.Contains(string(l.Bytes), secret) {
				t.Errorf("the ledger says %q: %s", secret, l.Bytes)
			}
		}
		if !strings.Contains(string(l.Bytes), `"received"`) {
			t.Errorf("the ledger does not say what happened: %s", l.Bytes)
		}
	}
	Change(t, db, func(tx *store.Tx) error {
		if n, err := tx.EraseActor(ctx, "bob"); err != nil || n != 1 {
			t.Errorf("%d entries erased, error %v", n, err)
		}
		return nil
	})
	log, err := db.AuditLog(ctx, store.AuditFilter{Object: store.Object{Kind: "document"}})
	if err != nil || len(log) != 2 || log[0].Actor != "alice" || log[1].Actor != "" || log[1].Detail != nil {
		t.Errorf("audit log %+v, error %v", log, err)
	}
	if p, err := db.Check(ctx); err != nil || len(p) != 0 {
		t.Errorf("problems %v, error %v", p, err)
	}
}

// testTwoPrograms opens one workspace twice, as a server and a command line do, and has both write.
func testTwoPrograms(t *testing.T, db *store.DB, again func() *store.DB) {
	ctx := context.Background()
	other := again()
	Change(t, db, func(tx *store.Tx) error {
		return tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{{ID: "p", Name: "0"}}})
	})
	const rounds = 25
	var wg sync.WaitGroup
	for _, db := range []*store.DB{db, other} {
		wg.Go(func() {
			for range rounds {
				if err := TryChange(db, Actor, func(tx *store.Tx) error { return addOne(ctx, tx) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if p, err := other.PartyByID(ctx, "p"); err != nil || p.Name != fmt.Sprint(2*rounds) {
		t.Errorf("after %d additions the value is %s, error %v", 2*rounds, p.Name, err)
	}
}

// RunShared opens one workspace from several programs at once. open opens it each time on the same directory and
// database.
func RunShared(t *testing.T, open func() *store.DB) {
	t.Run("opened at once", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { open() })
		}
		wg.Wait()
	})
	t.Run("two programs", func(t *testing.T) { testTwoPrograms(t, open(), open) })
	t.Run("chain in memory", func(t *testing.T) { testHeldChain(t, open(), open()) })
	t.Run("portfolio", func(t *testing.T) { testPortfolio(t, open(), open()) })
}
