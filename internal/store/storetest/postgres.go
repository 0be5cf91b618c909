package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Postgres gives a function that makes a fresh, empty schema in a PostgreSQL server and gives the URL to reach it. The
// server is the one TASUKI_TEST_POSTGRES names, else a private one started from the binaries on this machine for the
// time of the test. When there is neither, the test is skipped, or fails if TASUKI_REQUIRE contains "postgres".
func Postgres(t testing.TB) func(t testing.TB) string {
	t.Helper()
	base := os.Getenv("TASUKI_TEST_POSTGRES")
	if base == "" {
		base = startPostgres(t)
	}
	var n atomic.Int64
	return func(t testing.TB) string {
		t.Helper()
		return freshSchema(t, base, fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano(), n.Add(1)))
	}
}

func freshSchema(t testing.TB, base, name string) string {
	t.Helper()
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec("create schema " + name); err != nil {
		t.Fatalf("make schema: %v", err)
	}
	t.Cleanup(func() {
		admin.Exec("drop schema " + name + " cascade")
		admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// absent skips, or fails where PostgreSQL is required.
func absent(t testing.TB, why string) {
	t.Helper()
	if strings.Contains(os.Getenv("TASUKI_REQUIRE"), "postgres") {
		t.Fatalf("PostgreSQL is required but %s", why)
	}
	t.Skipf("SKIPPED, NOT RUN on PostgreSQL: %s; set TASUKI_TEST_POSTGRES to the URL of a server or install one", why)
}

// startPostgres starts a server of its own in a temporary directory, reachable by a Unix socket in it alone.
func startPostgres(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if p, err := exec.LookPath("initdb"); err == nil {
			found = []string{p}
		}
	}
	if len(found) == 0 {
		absent(t, "no server binaries are installed")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "pg") // short: a socket's path has a limit of about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := giveAway(dir); err != nil {
		absent(t, err.Error())
	}
	data := filepath.Join(dir, "data")
	run(t, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "tasuki", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
	// -F: no fsync; these tests are about SQL, and the crash tests kill the program, not the machine.
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-F")
	server.Dir = dir
	runAsOther(server)
	if err := server.Start(); err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt) // fast shutdown
		server.Wait()
	})
	dsn := "postgres:///postgres?" + url.Values{"host": {dir}, "user": {"tasuki"}}.Encode()
	await(t, dsn)
	return dsn
}

func run(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	runAsOther(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func await(t testing.TB, dsn string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		err = db.PingContext(context.Background())
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("PostgreSQL did not come up: %v", err)
		}
	}
}
