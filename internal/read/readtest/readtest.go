// Package readtest holds readers to what every reader owes: what it reads is what its golden file says, what it
// refuses it refuses with place and reason in both languages, and no bytes make it panic.
//
// Start from [Golden], [Refused] and [Fuzz]. It is for tests only.
package readtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

// Reader is a reader's Read.
type Reader func([]byte) (fact.Reading, error)

// Golden reads each file of testdata and compares the reading with NAME.golden beside it.
func Golden(t *testing.T, read Reader, names ...string) {
	t.Helper()
	for _, name := range names {
		r, err := read(file(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("testdata", name+".golden"), string(got)+"\n")
		again, _ := read(file(t, name))
		if d := cmp.Diff(r, again); d != "" {
			t.Errorf("%s: read twice, it is not the same:\n%s", name, d)
		}
	}
}

// Refused holds refusals to their place and reason. A case is a name, the document, the exact place, and a part of the
// reason in English.
func Refused(t *testing.T, read Reader, cases [][4]string) {
	t.Helper()
	for _, c := range cases {
		name, in, where, why := c[0], c[1], c[2], c[3]
		_, err := read([]byte(in))
		e := IsRefusal(t, name, err)
		if e != nil && (e.Where != where || !strings.Contains(e.Why.EN, why)) {
			t.Errorf("%s: where %q, why %q; want %q and %q", name, e.Where, e.Why.EN, where, why)
		}
	}
}

// IsRefusal reports an error that is no refusal with a reason and a next step in both languages; nil then.
func IsRefusal(t *testing.T, name string, err error) *lang.Error {
	t.Helper()
	e, ok := err.(*lang.Error)
	if !ok || e.Kind != lang.Unreadable || e.What.JA == "" || e.What.EN == "" || e.Why.JA == "" || e.Why.EN == "" || e.Next.JA == "" || e.Next.EN == "" {
		t.Errorf("%s: not a refusal with a reason: %#v", name, err)
		return nil
	}
	return e
}

// Fuzz feeds a reader whatever bytes, starting from the files of testdata.
func Fuzz(f *testing.F, match func([]byte) bool, read Reader, names ...string) {
	for _, name := range names {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		match(b)
		if _, err := read(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
