// Package storetest is the suite that says what a store does. It runs on every database the store supports; a package
// that tests on a real store takes [New].
//
// Only tests import this package.
package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.org/tasuki/internal/store"
)

// Start is the instant at which the clock of [New] begins.
var Start = time.Date(2027, 3, 31, 9, 0, 0, 0, time.UTC)

// Actor is an editor called "alice", Other one called "bob".
var (
	Actor = store.Actor{Account: "alice", Via: store.CLI}
	Other = store.Actor{Account: "bob", Via: store.CLI}
)

// New opens a fresh workspace on SQLite in a temporary directory, with [Options].
func New(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, "")
}

// Open opens a fresh workspace on a PostgreSQL URL, or on SQLite when it is empty.
func Open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), Options(t.TempDir(), dsn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Options give a clock that goes on by a second at every look, and ids that count, so that two runs are the same.
func Options(dir, dsn string) store.Options {
	var ticks, ids atomic.Int64
	return store.Options{
		Dir:   dir,
		DSN:   dsn,
		Now:   func() time.Time { return Start.Add(time.Duration(ticks.Add(1)) * time.Second) },
		NewID: func() string { return fmt.Sprintf("id%08d", ids.Add(1)) },
	}
}

// Change runs a change as [Actor] and leaves an audit entry for it.
func Change(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := TryChange(db, Actor, fn); err != nil {
		t.Fatal(err)
	}
}

// TryChange is [Change] for changes that may fail, by anyone.
func TryChange(db *store.DB, who store.Actor, fn func(*store.Tx) error) error {
	ctx := context.Background()
	return db.InTx(ctx, who, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", store.Object{Kind: "test", ID: "test"}, nil)
	})
}

// Run runs the suite. open gives a fresh workspace each time.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	tests := []struct {
		name string
		test func(*testing.T, *store.DB)
	}{
		{"unaudited change", testUnaudited},
		{"rollback", testRollback},
		{"audit and ledger", testAudit},
		{"concurrent writers", testConcurrent},
		{"documents", testDocuments},
		{"large document", testLarge},
		{"damaged document", testDamaged},
		{"orphans", testOrphans},
		{"facts", testFacts},
		{"chain", testChain},
		{"components", testComponents},
		{"many components", testManyComponents},
		{"findings", testFindings},
		{"advisories and decisions", testAdvisories},
		{"EPSS", testEPSS},
		{"records", testRecords},
		{"claims", testClaims},
		{"statuses", testStatuses},
		{"renewal", testRenewal},
		{"plans and comments", testPlans},
		{"statuses at a glance", testGlances},
		{"declarations", testDeclarations},
		{"accounts", testAccounts},
		{"sessions", testSessions},
		{"settings", testSettings},
		{"jobs", testJobs},
		{"job lease", testJobLease},
		{"ledger", testLedger},
		{"sequencers", testSequencers},
		{"lease", testLease},
		{"the same backup twice", testSameBackup},
		{"bad backups", testBadBackup},
		{"backup meanwhile", testBackupMeanwhile},
		{"sweep meanwhile", testSweepMeanwhile},
		{"check", testCheck},
		{"erasure", testErase},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}
