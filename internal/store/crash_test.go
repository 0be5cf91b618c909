package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

// crashEnv makes the test program a writer that works in the directory it names until it is killed; crashDSN is the
// database it works with. TASUKI_CRASH_ROUNDS sets how often that happens.
const (
	crashEnv    = "TASUKI_CRASH_DIR"
	crashDSN    = "TASUKI_CRASH_DSN"
	crashRounds = "TASUKI_CRASH_ROUNDS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashEnv); dir != "" {
		if err := pushForEver(dir, os.Getenv(crashDSN)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// pushForEver pushes documents from several goroutines and prints the digest of each after its transaction committed.
func pushForEver(dir, dsn string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: dir, DSN: dsn})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var print sync.Mutex
	failed := make(chan error, 3)
	for range 3 {
		wg.Go(func() {
			for {
				digest, err := push(ctx, db)
				if err != nil {
					failed <- err
					return
				}
				print.Lock()
				fmt.Println(digest)
				print.Unlock()
			}
		})
	}
	wg.Go(func() {
		for {
			if _, err := db.SequenceLedger(ctx, "crash"); err != nil {
				failed <- err
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	return <-failed
}

// push does what taking in a file does: bytes first, then rows, facts and audit entry in one transaction. Now and then
// it puts bytes that another push put before.
func push(ctx context.Context, db *store.DB) (string, error) {
	content := strings.Repeat(strconv.FormatInt(rand.Int64N(1<<20), 36)+"\n", 1+rand.IntN(3000))
	digest, size, err := db.PutDocument(ctx, strings.NewReader(content), 1<<20)
	if err != nil {
		return "", err
	}
	return digest, db.InTx(ctx, storetest.Actor, func(tx *store.Tx) error {
		subject := fact.Subject{Kind: fact.Release, ID: "r"}
		_, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "x", Accepted: true})
		return errors.Join(err,
			tx.LinkDocument(ctx, digest, subject),
			tx.PutFacts(ctx, []fact.Fact{{Kind: "line", Subject: subject, ObservedAt: tx.Now(), Document: digest, Data: "x"}}),
			tx.Audit(ctx, "received", store.Object{Kind: "document", ID: digest}, nil))
	})
}

func TestKilledSQLite(t *testing.T) { testKilled(t, "") }

func TestKilledPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	testKilled(t, schema(t))
}

// testKilled kills a writer at random moments (SIGKILL) and wants everything it acknowledged to be there afterwards.
func testKilled(t *testing.T, dsn string) {
	rounds := 10
	if s := os.Getenv(crashRounds); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for range rounds {
		runAndKill(t, dir, dsn, acknowledged)
		checkAcknowledged(t, dir, dsn, acknowledged)
		if t.Failed() {
			return
		}
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d documents were acknowledged in %d rounds: the test proves little", len(acknowledged), rounds)
	}
	t.Logf("%d kills, %d documents acknowledged", rounds, len(acknowledged))
}

// runAndKill starts a writer, kills it a random time after its first acknowledgement, and collects what it
// acknowledged. A line that was cut off is no acknowledgement.
func runAndKill(t *testing.T, dir, dsn string, acknowledged map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashEnv+"="+dir, crashDSN+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		acknowledged[strings.TrimSpace(line)] = true
		if first {
			time.AfterFunc(time.Duration(rand.IntN(150))*time.Millisecond, func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the writer ended by itself: %v", err)
	}
}

func checkAcknowledged(t *testing.T, dir, dsn string, acknowledged map[string]bool) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: dir, DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// Documents without bytes, bytes with another digest, audit entries and leaves that do not pair off.
	problems, err := db.Check(ctx)
	if err != nil || len(problems) > 0 {
		t.Errorf("problems %v, error %v", problems, err)
	}
	if _, err := db.SweepOrphans(ctx, 0); err != nil {
		t.Error(err)
	}
	named := map[string]bool{}
	entries, err := db.AuditLog(ctx, store.AuditFilter{Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		named[e.Object.ID] = true
	}
	facts, err := db.Facts(ctx, store.FactFilter{})
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, f := range facts {
		read[f.Document] = true
	}
	for digest := range acknowledged {
		if _, err := db.ReadDocument(digest); err != nil {
			t.Errorf("acknowledged, but: %v", err)
		}
		if _, err := db.Document(ctx, digest); err != nil || !named[digest] || !read[digest] {
			t.Errorf("%s was acknowledged; row %v, audit entry %v, fact %v", digest, err, named[digest], read[digest])
		}
	}
}
