package openvex_test

import (
	"slices"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/openvex"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

// TestGolden reads a document of each version.
func TestGolden(t *testing.T) {
	readtest.Golden(t, openvex.Read, "shop.json", "old.json")
}

// TestRefused holds each refusal to its place.
func TestRefused(t *testing.T) {
	doc := func(statement string) string {
		return `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/1","author":"a","timestamp":"2026-04-01T09:00:00Z","version":1,"statements":[` + statement + `]}`
	}
	readtest.Refused(t, openvex.Read, [][4]string{
		{"cut off", doc("")[:20], "line 1, column 21", "before it is complete"},
		{"no statements", `{"@context":"https://openvex.dev/ns/v0.2.0"}`, "", "statements"},
		{"no status", doc(`{"vulnerability":{"name":"CVE-2026-1"}}`), "/statements/0", "status"},
		{"status of its own", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fine"}`), "/statements/0/status", "fine"},
		{"no vulnerability", doc(`{"status":"fixed"}`), "/statements/0", "vulnerability"},
		{"product a number", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fixed","products":[1]}`), "/statements/0/products/0", "number"},
		{"product of no name", doc(`{"vulnerability":{"name":"CVE-2026-1"},"status":"fixed","products":[{}]}`), "/statements/0/products/0", "@id"},
	})
}

// TestReal reads every real OpenVEX document of the sample data.
func TestReal(t *testing.T) {
	documents, statements := 0, 0
	var refused []string
	for name, b := range testshared.Files(t, "vex/openvex.tar.gz") {
		if !openvex.Match(b) {
			continue
		}
		documents++
		got, err := openvex.Read(b)
		if err != nil {
			refused = append(refused, name+": "+err.Error())
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
	readtest.Fuzz(f, openvex.Match, openvex.Read, "shop.json", "old.json")
}
