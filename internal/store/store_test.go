package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.New(t) })
}

func TestPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.Open(t, schema(t)) })
}

func onSQLite(testing.TB) string { return "" }

func TestBackupSQLite(t *testing.T) { storetest.RunBackup(t, onSQLite, onSQLite) }

func TestBackupPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { storetest.RunBackup(t, onSQLite, schema) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { storetest.RunBackup(t, schema, onSQLite) })
	t.Run("PostgreSQL to PostgreSQL", func(t *testing.T) { storetest.RunBackup(t, schema, schema) })
}

// shared gives a function that opens one workspace again and again.
func shared(t *testing.T, dsn string) func() *store.DB {
	dir := filepath.Join(t.TempDir(), "ws")
	return func() *store.DB {
		db, err := store.Open(context.Background(), store.Options{Dir: dir, DSN: dsn})
		if err != nil {
			t.Error(err)
			return nil
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
}

func TestSharedSQLite(t *testing.T) { storetest.RunShared(t, shared(t, "")) }

func TestSharedPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	storetest.RunShared(t, shared(t, schema(t)))
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	notOurs := t.TempDir()
	if err := os.WriteFile(filepath.Join(notOurs, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	newer := t.TempDir()
	if err := os.WriteFile(filepath.Join(newer, "VERSION"), []byte("2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	newerSchema := t.TempDir()
	db, err := store.Open(ctx, store.Options{Dir: newerSchema})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	raw, err := sql.Open("sqlite", filepath.Join(newerSchema, "tasuki.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("insert into goose_db_version (version_id, is_applied) values (999, true)"); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	for name, o := range map[string]store.Options{
		"a directory of something else": {Dir: notOurs},
		"a newer layout":                {Dir: newer},
		"a newer schema":                {Dir: newerSchema},
		"no server":                     {Dir: t.TempDir(), DSN: "postgres:///x?host=" + t.TempDir()},
	} {
		db, err := store.Open(ctx, o)
		if err == nil {
			db.Close()
		}
		var known *lang.Error
		if !errors.As(err, &known) || known.Next.IsZero() {
			t.Errorf("%s: error %v, want one that says what to do", name, err)
		}
	}
	if left, _ := os.ReadDir(notOurs); len(left) != 1 {
		t.Errorf("left in a directory of something else: %v", left)
	}
}

func TestWorkspaceIsPrivate(t *testing.T) {
	db := storetest.New(t)
	storetest.Put(t, db, "x")
	err := filepath.WalkDir(db.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := e.Info()
		if err == nil && e.IsDir() && st.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", path, st.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewID(t *testing.T) {
	before := ""
	for range 1000 {
		id := store.NewID()
		if len(id) != 26 || id <= before {
			t.Fatalf("id %q after %q", id, before)
		}
		before = id
	}
}

// A database in another encoding is refused at the start and not at the first Japanese name.
func TestPostgresEncoding(t *testing.T) {
	ctx := context.Background()
	base := storetest.Postgres(t)(t)
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("latin_%d", os.Getpid())
	if _, err := admin.Exec("create database " + name + " encoding 'LATIN1' locale 'C' template template0"); err != nil {
		t.Skipf("SKIPPED, NOT RUN: this server's user may not make databases: %v", err)
	}
	defer admin.Exec("drop database " + name)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	db, err := store.Open(ctx, store.Options{Dir: t.TempDir(), DSN: u.String()})
	if lang.KindOf(err) != lang.Conflict {
		t.Errorf("error %v", err)
	}
	if err == nil {
		db.Close()
	}
}
