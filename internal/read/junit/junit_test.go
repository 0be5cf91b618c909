package junit_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/junit"
	"example.org/tasuki/internal/testshared"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "run.xml"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := junit.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "run.xml.golden")
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
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, in, where, why string }{
		{"cut off", "<testsuites>\n<testsuite>", "line 2, column 12", "before it is complete"},
		{"another format", "<test-run/>", "/test-run (line 1)", "test-run"},
		{"empty", "", "", "no XML element"},
	} {
		_, err := junit.Read([]byte(c.in))
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

// stats is what another tool, publish-unit-test-result, counted in a file.
type stats struct {
	Stats struct {
		Total   int `json:"runs"`
		Passed  int `json:"runs_succ"`
		Skipped int `json:"runs_skip"`
		Failed  int `json:"runs_fail"`
		Errored int `json:"runs_error"`
	} `json:"stats"`
}

// TestReal reads the JUnit files of the sample data and counts as another tool did, where its counts lie beside. One is
// left out: there the other tool counts a test of several results several times and comes to fewer than none passed.
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
	got, want := map[string]*fact.Tests{}, map[string]stats{}
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
		if name, ok := strings.CutSuffix(h.Name, ".results.json"); ok {
			var s stats
			if err := json.Unmarshal(b, &s); err != nil {
				t.Fatal(err)
			}
			want[name] = s
		}
		if h.Typeflag != tar.TypeReg || !junit.Match(b) {
			continue
		}
		reading, err := junit.Read(b)
		if err != nil {
			t.Errorf("%s: %v", h.Name, err)
			continue
		}
		got[strings.TrimSuffix(h.Name, ".xml")] = reading.Facts[0].Data.(*fact.Tests)
	}
	compared := 0
	for name, s := range want {
		g := got[name]
		if g == nil || strings.HasSuffix(name, "junit.multiresult") {
			continue
		}
		compared++
		if g.Total != s.Stats.Total || g.Passed != s.Stats.Passed || g.Skipped != s.Stats.Skipped || g.Failed != s.Stats.Failed || g.Errored != s.Stats.Errored {
			t.Errorf("%s: %+v, the other tool %+v", name, *g, s.Stats)
		}
	}
	if len(got) < 85 || compared < 13 {
		t.Errorf("%d read, %d compared", len(got), compared)
	}
}

// FuzzRead never panics, and the counts add up.
func FuzzRead(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "run.xml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		junit.Match(b)
		r, err := junit.Read(b)
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
