package openvex_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/openvex"
	"example.org/tasuki/internal/testshared"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads a document of each version.
func TestGolden(t *testing.T) {
	for _, name := range []string{"shop.json", "old.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := openvex.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestRefused holds each refusal to its place.
func TestRefused(t *testing.T) {
	doc := func(statement string) string {
		return `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/1","author":"a","timestamp":"2026-04-01T09:00:00Z","version":1,"statements":[` + statement + `]}`
	}
	for _, c := range []struct{ name, in, where, why string }{
		{"cut off", doc("")[:20], "line 1, column 21", "before it is complete"},
		{"no statements", `{"@context":"https://openvex.dev/ns/v0.2.0"}`, "", "statements"},
		{"no status", doc(`{"vulnerability":{"name":"CVE-2026-1"}}`), "/statements/0", "status"},
		{"status of its own", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fine"}`), "/statements/0/status", "fine"},
		{"no vulnerability", doc(`{"status":"fixed"}`), "/statements/0", "vulnerability"},
		{"product a number", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fixed","products":[1]}`), "/statements/0/products/0", "number"},
		{"product of no name", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fixed","products":[{}]}`), "/statements/0/products/0", "@id"},
	} {
		_, err := openvex.Read([]byte(c.in))
		e, ok := err.(*lang.Error)
		if !ok || e.Kind != lang.Unreadable || e.Next.IsZero() {
			t.Errorf("%s: not a refusal: %v", c.name, err)
			continue
		}
		if e.Where != c.where || !strings.Contains(e.Why.EN, c.why) {
			t.Errorf("%s: where %q, why %q; want %q and %q", c.name, e.Where, e.Why.EN, c.where, c.why)
		}
	}
}

// TestReal reads every real OpenVEX document of the sample data.
func TestReal(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "vex/openvex.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	documents, statements := 0, 0
	var refused []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || !openvex.Match(b) {
			continue
		}
		documents++
		got, err := openvex.Read(b)
		if err != nil {
			refused = append(refused, h.Name+": "+err.Error())
			continue
		}
		statements += len(got.Facts[0].Data.(*fact.VEX).Statements)
	}
	slices.Sort(refused)
	for _, s := range refused {
		t.Log(s)
	}
	if documents != 84 || statements != wantStatements || len(refused) != wantRefused {
		t.Errorf("%d documents, %d statements, %d refused", documents, statements, len(refused))
	}
}

// What the sample data holds.
const (
	wantStatements = 15509
	wantRefused    = 0
)

// FuzzRead never panics, and refuses only with a reason.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"shop.json", "old.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		openvex.Match(b)
		if _, err := openvex.Read(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
