package storetest

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// Fill puts something into most tables of a workspace, and a key beside it.
func Fill(t testing.TB, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	first, _ := withModel(t, db)
	Change(t, db, func(tx *store.Tx) error {
		c := component("pkg:npm/a@1", "a", "1")
		c.Direct = true
		return errors.Join(
			tx.ReplaceReleaseComponents(ctx, "r1", first, []store.ReleaseComponent{c}),
			tx.LinkDocument(ctx, first, fact.Subject{Kind: fact.Release, ID: "r1"}),
			tx.PutFacts(ctx, []fact.Fact{{Kind: fact.KindSBOM, Subject: fact.Subject{Kind: fact.Release, ID: "r1"}, ObservedAt: Start,
				Document: first, Data: &fact.SBOM{Format: "SPDX"}}}),
			tx.SaveRecord(ctx, register.New(guideline.Register{Kind: "policy"}, "rec1", "POL-01", fact.Subject{Kind: fact.Org, ID: "vendor"},
				map[string]any{"title": "方針 \u2028 <&>"}, "alice", Start)),
			tx.SaveAccount(ctx, store.Account{ID: "a1", Name: "alice", Revision: 1}),
			tx.SetSetting(ctx, "language", "ja", 0),
			tx.Enqueue(ctx, "match", nil, Start))
	})
	all, err := db.Components(ctx)
	if err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(tx *store.Tx) error {
		_, err := tx.ReplaceFindings(ctx, []int64{all[0].ID}, []store.Finding{{Component: all[0].ID,
			Finding: finding.Finding{Vuln: "GHSA-1", Aliases: []string{"CVE-1"}}}})
		return err
	})
	if _, err := db.SequenceLedger(ctx, "fill"); err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(*store.Tx) error { return nil }) // one leaf waits
	if err := db.Sessions().Commit("token", []byte{1}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(db.KeysDir(), "signing.key"), []byte("sealed"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func backup(t testing.TB, db *store.DB) ([]byte, store.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := db.Backup(context.Background(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

// digests gives the digests of a backup's files, but those of what a restore adds to.
func digests(m store.Manifest) map[string]string {
	out := map[string]string{}
	for _, f := range m.Files {
		if f.Name != "tables/audit.jsonl" && f.Name != "tables/ledger_event.jsonl" {
			out[f.Name] = f.Digest
		}
	}
	return out
}

// RunBackup backs a filled workspace up from one database and restores it into another. from and to give the URL of a
// fresh database, empty for SQLite.
func RunBackup(t *testing.T, from, to func(testing.TB) string) {
	ctx := context.Background()
	db := Open(t, from(t))
	Fill(t, db)
	b, m := backup(t, db)

	dir := filepath.Join(t.TempDir(), "restored")
	o := Options(dir, to(t))
	o.NewID = func() string { return "after-" + store.NewID() } // the ids of the tests count from 1 again
	if _, err := store.Restore(ctx, bytes.NewReader(b), o, Actor); err != nil {
		t.Fatal(err)
	}
	restored, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	_, again := backup(t, restored)
	if diff := cmp.Diff(digests(m), digests(again)); diff != "" {
		t.Errorf("what is in a backup of the restored workspace (-want +got):\n%s", diff)
	}
	log, err := restored.AuditLog(ctx, store.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := db.AuditLog(ctx, store.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(log) != len(before)+1 {
		t.Errorf("%d audit entries, %d before", len(log), len(before))
	}
	if _, ok, _ := restored.Sessions().Find("token"); ok {
		t.Error("a session was in the backup")
	}
	// It can be worked with: numbers given by the database go on.
	err = TryChange(restored, Actor, func(tx *store.Tx) error {
		digest, err := tx.Documents(ctx, store.DocumentFilter{Limit: 1})
		if err != nil {
			return err
		}
		return tx.ReplaceReleaseComponents(ctx, "r2", digest[0].Digest, []store.ReleaseComponent{component("pkg:npm/new@1", "new", "1")})
	})
	if err != nil {
		t.Error(err)
	}
	if p, err := restored.Check(ctx); err != nil || len(p) != 0 {
		t.Errorf("problems %v, error %v", p, err)
	}
}

// testSameBackup: two backups of one state are the same bytes but for the time they were made.
func testSameBackup(t *testing.T, db *store.DB) {
	Fill(t, db)
	_, m1 := backup(t, db)
	_, m2 := backup(t, db)
	m1.MadeAt = m2.MadeAt
	if diff := cmp.Diff(m1, m2); diff != "" {
		t.Errorf("two backups differ:\n%s", diff)
	}
}

// member is a file of a tar archive that a test changes.
type member struct {
	tar.Header
	content []byte
}

func unpack(t testing.TB, b []byte) (out []member) {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{*h, content})
	}
}

func pack(t testing.TB, members []member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		m.Size = int64(len(m.content))
		if err := w.WriteHeader(&m.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// testBadBackup spoils a backup in every way and wants each refused, with nothing left behind.
func testBadBackup(t *testing.T, db *store.DB) {
	Fill(t, db)
	good, _ := backup(t, db)
	find := func(ms []member, prefix string) int {
		for i, m := range ms {
			if strings.HasPrefix(m.Name, prefix) && len(m.content) > 0 {
				return i
			}
		}
		t.Fatalf("no %s in the backup", prefix)
		return 0
	}
	rename := func(ms []member, from, to string) []member {
		ms[find(ms, from)].Name = to
		ms[0].content = bytes.Replace(ms[0].content, []byte(from), []byte(to), 1)
		return ms
	}
	// changes a file together with its digest and size in the manifest, as one who wants to mislead would
	reseal := func(ms []member, i int, content []byte) []member {
		var m store.Manifest
		if err := json.Unmarshal(ms[0].content, &m); err != nil {
			t.Fatal(err)
		}
		m.Files[i-1].Size, m.Files[i-1].Digest = int64(len(content)), store.DigestOf(content)
		ms[i].content = content
		ms[0].content, _ = json.Marshal(m)
		return ms
	}
	tests := []struct {
		name  string
		spoil func([]member) []member
	}{
		{"changed document", func(ms []member) []member { ms[find(ms, "documents/")].content[0] ^= 1; return ms }},
		{"changed table", func(ms []member) []member {
			i := find(ms, "tables/party")
			ms[i].content = bytes.Replace(ms[i].content, []byte("Example"), []byte("Elpmaxe"), 1)
			return ms
		}},
		{"changed key", func(ms []member) []member { ms[find(ms, "keys/")].content[0] ^= 1; return ms }},
		{"missing file", func(ms []member) []member { return ms[:len(ms)-1] }},
		{"extra file", func(ms []member) []member {
			return append(ms, member{tar.Header{Name: "keys/more", Typeflag: tar.TypeReg, Mode: 0o600}, []byte("x")})
		}},
		{"files in another order", func(ms []member) []member {
			n := len(ms)
			ms[n-1], ms[n-2] = ms[n-2], ms[n-1]
			return ms
		}},
		{"path that climbs", func(ms []member) []member { return rename(ms, "keys/signing.key", "keys/../../stolen") }},
		{"absolute path", func(ms []member) []member { return rename(ms, "keys/signing.key", "/tmp/stolen") }},
		{"database as a key", func(ms []member) []member { return rename(ms, "keys/signing.key", "tasuki.db") }},
		{"symbolic link", func(ms []member) []member {
			m := &ms[find(ms, "keys/")]
			m.Typeflag, m.Linkname, m.content = tar.TypeSymlink, "/etc/passwd", nil
			return ms
		}},
		{"table that is none", func(ms []member) []member { return rename(ms, "tables/setting.jsonl", "tables/goose_db_version.jsonl") }},
		{"no manifest", func(ms []member) []member { return ms[1:] }},
		{"newer schema", func(ms []member) []member {
			ms[0].content = bytes.Replace(ms[0].content, []byte(`"schema": `), []byte(`"schema": 9`), 1)
			return ms
		}},
		{"audit entry changed, digests put right", func(ms []member) []member {
			i := find(ms, "tables/audit")
			return reseal(ms, i, bytes.Replace(ms[i].content, []byte(`"alice"`), []byte(`"mallory"`), 1))
		}},
		{"ledger leaf taken out, digests put right", func(ms []member) []member {
			i := find(ms, "tables/ledger_event")
			_, rest, _ := bytes.Cut(ms[i].content, []byte("\n"))
			return reseal(ms, i, rest)
		}},
		{"document changed, digests put right", func(ms []member) []member {
			return reseal(ms, find(ms, "documents/"), []byte("something else"))
		}},
		{"column too many", func(ms []member) []member {
			i := find(ms, "tables/setting")
			return reseal(ms, i, bytes.Replace(ms[i].content, []byte(`{`), []byte(`{"extra":1,`), 1))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parent := t.TempDir()
			err := restore(pack(t, tt.spoil(unpack(t, good))), filepath.Join(parent, "ws"))
			if !errors.As(err, new(*lang.Error)) && tt.name != "column too many" {
				t.Errorf("error %v, want one for people", err)
			}
			if err == nil {
				t.Error("it was restored")
			}
			if left, _ := os.ReadDir(parent); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if err := restore(pack(t, unpack(t, good)), filepath.Join(t.TempDir(), "ws")); err != nil {
		t.Errorf("the same backup, not spoiled: %v", err)
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := restore(good, full); lang.KindOf(err) != lang.Conflict {
		t.Errorf("restoring over something else: %v", err)
	}
}

// restore restores into SQLite, with ids that are not those of the test that made the backup.
func restore(b []byte, dir string) error {
	o := Options(dir, "")
	o.NewID = nil
	_, err := store.Restore(context.Background(), bytes.NewReader(b), o, Actor)
	return err
}

// testBackupMeanwhile backs up while others push: what is restored agrees with itself.
func testBackupMeanwhile(t *testing.T, db *store.DB) {
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					if err := push(db, fmt.Sprint(w, i)); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for n := range 5 {
		b, m := backup(t, db)
		if err := restore(b, filepath.Join(t.TempDir(), "ws")); err != nil {
			t.Errorf("backup %d of %d files: %v", n, len(m.Files), err)
		}
	}
	close(stop)
	wg.Wait()
}

// push keeps a document and names it.
func push(db *store.DB, content string) error {
	ctx := context.Background()
	digest, size, err := db.PutDocument(ctx, strings.NewReader(content), 1<<20)
	if err != nil {
		return err
	}
	return TryChange(db, Actor, func(tx *store.Tx) error {
		_, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "x"})
		return err
	})
}

// testSweepMeanwhile sweeps without any grace while others push. A push may then fail, because its bytes are gone
// before they are named; but no row may ever name bytes that are not there.
func testSweepMeanwhile(t *testing.T, db *store.DB) {
	ctx := context.Background()
	stop := make(chan struct{})
	swept := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				n, err := db.SweepOrphans(ctx, 0)
				if err != nil {
					t.Error(err)
					return
				}
				swept += n
			}
		}
	})
	pushed := 0
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
		if push(db, fmt.Sprint("document ", pushed)) == nil {
			pushed++
		}
	}
	close(stop)
	wg.Wait()
	if p, err := db.Check(ctx); err != nil || len(p) != 0 {
		t.Errorf("%d pushed, %d swept: problems %v, error %v", pushed, swept, p, err)
	}
	t.Logf("%d pushed, %d swept", pushed, swept)
}
