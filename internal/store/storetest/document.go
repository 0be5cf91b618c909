package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Put keeps a document and names it.
func Put(t testing.TB, db *store.DB, content string) string {
	t.Helper()
	ctx := context.Background()
	digest, size, err := db.PutDocument(ctx, strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	Change(t, db, func(tx *store.Tx) error {
		_, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "x.json", Accepted: true})
		return err
	})
	return digest
}

func testDocuments(t *testing.T, db *store.DB) {
	ctx := context.Background()
	digest, size, err := db.PutDocument(ctx, strings.NewReader("hello\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	const want = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03" // echo hello | sha256sum
	if digest != want || size != 6 {
		t.Fatalf("digest %s, size %d", digest, size)
	}
	doc := store.Document{Digest: digest, Size: size, Name: "こんにちは.txt", Type: "text", Origin: "test", Accepted: false,
		Problems: []fact.Problem{{Where: "line 1", What: lang.T("読めません", "cannot be read")}}, Summary: map[string]any{"lines": 1.0}}
	subject := fact.Subject{Kind: fact.Release, ID: "r1"}
	Change(t, db, func(tx *store.Tx) error {
		added, err := tx.AddDocument(ctx, doc)
		if !added {
			t.Error("a new document was known before")
		}
		return errors.Join(err, tx.LinkDocument(ctx, digest, subject), tx.LinkDocument(ctx, digest, subject))
	})
	Change(t, db, func(tx *store.Tx) error {
		added, err := tx.AddDocument(ctx, store.Document{Digest: digest, Name: "other"})
		if added {
			t.Error("a known document was new")
		}
		return err
	})
	got, err := db.Document(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	doc.ReceivedAt, doc.ReceivedBy = got.ReceivedAt, "alice"
	if diff := cmp.Diff(doc, got); diff != "" || got.ReceivedAt.IsZero() {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	list, err := db.Documents(ctx, store.DocumentFilter{Subject: subject, Refused: true, Type: "text", Limit: 5})
	if err != nil || len(list) != 1 {
		t.Errorf("documents of the subject: %v, error %v", list, err)
	}
	doc.Type, doc.Accepted, doc.Problems = "greeting", true, nil
	Change(t, db, func(tx *store.Tx) error { return tx.SetReading(ctx, doc) })
	if got, _ := db.Document(ctx, digest); got.Type != "greeting" || !got.Accepted || got.Name != doc.Name {
		t.Errorf("after another reading: %+v", got)
	}
	if s, err := db.DocumentSubjects(ctx, digest); err != nil || len(s) != 1 || s[0] != subject {
		t.Errorf("subjects %v, error %v", s, err)
	}
	if b, err := db.ReadDocument(digest); err != nil || string(b) != "hello\n" {
		t.Errorf("bytes %q, error %v", b, err)
	}
	_, err = db.Document(ctx, "sha256:"+strings.Repeat("0", 64))
	if lang.KindOf(err) != lang.NotFound {
		t.Errorf("an unknown document: %v", err)
	}
	for _, bad := range []string{"", "sha256:../../etc/passwd", "sha256:" + strings.Repeat("A", 64), strings.Repeat("0", 64)} {
		if _, err := db.OpenDocument(bad); err == nil {
			t.Errorf("the digest %q was accepted", bad)
		}
		err := TryChange(db, Actor, func(tx *store.Tx) error {
			_, err := tx.AddDocument(ctx, store.Document{Digest: bad})
			return err
		})
		if err == nil {
			t.Errorf("a document with the digest %q was accepted", bad)
		}
	}
	err = TryChange(db, Actor, func(tx *store.Tx) error {
		_, err := tx.AddDocument(ctx, store.Document{Digest: "sha256:" + strings.Repeat("0", 64)})
		return err
	})
	if err == nil {
		t.Error("a document without bytes was accepted")
	}
}

func testLarge(t *testing.T, db *store.DB) {
	ctx := context.Background()
	_, _, err := db.PutDocument(ctx, bytes.NewReader(make([]byte, 1001)), 1000)
	var large *store.TooLarge
	if lang.KindOf(err) != lang.Unreadable || !errors.As(err, &large) {
		t.Fatalf("error %v", err)
	}
	if large.Size != 1001 || large.Limit != 1000 || !strings.HasPrefix(large.Digest, "sha256:") {
		t.Errorf("%+v", large)
	}
	Change(t, db, func(tx *store.Tx) error {
		return tx.AddRefused(ctx, store.Refused{Name: "big.json", Size: large.Size, Digest: large.Digest, Reason: lang.T("大きすぎます", "too large")})
	})
	list, err := db.RefusedDocuments(ctx)
	if err != nil || len(list) != 1 || list[0].Name != "big.json" || list[0].ReceivedBy != "alice" || list[0].Reason.EN != "too large" {
		t.Errorf("refused: %+v, error %v", list, err)
	}
	if files := documentFiles(t, db); len(files) != 0 {
		t.Errorf("bytes were kept: %v", files)
	}
	if _, _, err := db.PutDocument(ctx, bytes.NewReader(make([]byte, 1000)), 1000); err != nil {
		t.Errorf("a document of exactly the limit: %v", err)
	}
}

func testDamaged(t *testing.T, db *store.DB) {
	Put(t, db, "as it was received")
	file := documentFiles(t, db)[0]
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("as it was Received"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := db.OpenDocument("sha256:" + filepath.Base(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(io.Discard, f); lang.KindOf(err) != lang.Unverified {
		t.Errorf("changed bytes were read: %v", err)
	}
}

func testOrphans(t *testing.T, db *store.DB) {
	ctx := context.Background()
	kept := Put(t, db, "named")
	for _, s := range []string{"old orphan", "young orphan", "old, then put again"} {
		if _, _, err := db.PutDocument(ctx, strings.NewReader(s), 100); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-3 * time.Hour)
	for _, f := range documentFiles(t, db) {
		if b, _ := os.ReadFile(f); !bytes.HasPrefix(b, []byte("young")) {
			if err := os.Chtimes(f, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := filepath.Join(db.Dir(), "documents", "incoming", "in-left")
	if err := errors.Join(os.WriteFile(left, nil, 0o600), os.Chtimes(left, long, long)); err != nil {
		t.Fatal(err)
	}
	again, _, err := db.PutDocument(ctx, strings.NewReader("old, then put again"), 100)
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.SweepOrphans(ctx, time.Hour)
	if err != nil || n != 2 {
		t.Errorf("swept %d, error %v; want the old orphan and what was left half-way", n, err)
	}
	if files := documentFiles(t, db); len(files) != 3 {
		t.Errorf("files left: %v", files)
	}
	for _, d := range []string{kept, again} {
		if _, err := db.ReadDocument(d); err != nil {
			t.Errorf("%s is gone: %v", d, err)
		}
	}
}

// documentFiles gives every file of the documents directory.
func documentFiles(t testing.TB, db *store.DB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(db.Dir(), "documents", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func testFacts(t *testing.T, db *store.DB) {
	ctx := context.Background()
	digest := Put(t, db, "an SBOM")
	release, party := fact.Subject{Kind: fact.Release, ID: "r1"}, fact.Subject{Kind: fact.Org, ID: "p1"}
	sbom := &fact.SBOM{Format: "CycloneDX", SpecVersion: "1.6", Components: []fact.Component{{Name: "a", PURL: "pkg:npm/a@1"}}}
	in := []fact.Fact{
		{ID: "f2", Kind: fact.KindSBOM, Subject: release, ObservedAt: Start.Add(time.Hour), ValidUntil: Start.Add(2 * time.Hour), Document: digest, Pointer: "/", Data: sbom},
		{ID: "f1", Kind: fact.KindSBOM, Subject: release, ObservedAt: Start, Document: digest, Data: &fact.SBOM{Format: "SPDX"}},
		{ID: "f3", Kind: "unheard-of", Subject: party, ObservedAt: Start, Record: "rec1", Data: map[string]int{"n": 1}},
	}
	Change(t, db, func(tx *store.Tx) error { return tx.PutFacts(ctx, in) })
	got, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{party, release}, Kinds: []fact.Kind{fact.KindSBOM}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]fact.Fact{in[1], in[0]}, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	unknown, err := db.Facts(ctx, store.FactFilter{Record: "rec1"})
	if err != nil || len(unknown) != 1 {
		t.Fatalf("facts of a record: %v, error %v", unknown, err)
	}
	if _, ok := unknown[0].Data.(interface{ MarshalJSON() ([]byte, error) }); !ok {
		t.Errorf("data of an unknown kind is %T", unknown[0].Data)
	}
	early, err := db.Facts(ctx, store.FactFilter{Document: digest, Until: Start})
	if err != nil || len(early) != 1 || early[0].ID != "f1" {
		t.Errorf("facts until the start: %v, error %v", early, err)
	}
	Change(t, db, func(tx *store.Tx) error { return tx.DropFactsOf(ctx, digest) })
	if left, _ := db.Facts(ctx, store.FactFilter{}); len(left) != 1 {
		t.Errorf("facts left: %v", left)
	}
}
