package gotest_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/gotest"
	"example.org/tasuki/internal/testshared"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "run.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gotest.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "run.jsonl.golden", string(got)+"\n")
}

// TestReal counts every stream of the sample data.
func TestReal(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "tests/test-results.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
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
		if h.Typeflag != tar.TypeReg || !gotest.Match(b) {
			continue
		}
		reading, err := gotest.Read(b)
		if err != nil {
			t.Errorf("%s: %v", h.Name, err)
			continue
		}
		x := reading.Facts[0].Data.(*fact.Tests)
		lines = append(lines, fmt.Sprintf("%s: %d tests, %d passed, %d failed, %d errored, %d skipped", h.Name, x.Total, x.Passed, x.Failed, x.Errored, x.Skipped))
	}
	slices.Sort(lines)
	compare(t, "real.golden", strings.Join(lines, "\n")+"\n")
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, in, where, why string }{
		{"cut off", "{\"Action\":\"start\",\"Package\":\"a\"}\n{\"Action\":\"pa", "line 2", "before it is complete"},
		{"wrong type", `{"Action":"pass","Package":1}`, "line 1", "number"},
	} {
		_, err := gotest.Read([]byte(c.in))
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

// FuzzRead never panics, and the counts add up.
func FuzzRead(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "run.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		gotest.Match(b)
		r, err := gotest.Read(b)
		if err != nil {
			if lang.KindOf(err) != lang.Unreadable {
				t.Errorf("not a refusal: %v", err)
			}
			return
		}
		if x := r.Facts[0].Data.(*fact.Tests); x.Total != x.Passed+x.Failed+x.Errored+x.Skipped {
			t.Errorf("%+v", *x)
		}
	})
}
