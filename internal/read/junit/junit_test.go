package junit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/junit"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) {
	readtest.Golden(t, junit.Read, "run.xml")
}

func TestRefused(t *testing.T) {
	readtest.Refused(t, junit.Read, [][4]string{
		{"cut off", "<testsuites>\n<testsuite>", "line 2, column 12", "before it is complete"},
		{"another format", "<test-run/>", "/test-run (line 1)", "test-run"},
		{"empty", "", "", "no XML element"},
	})
}

// TestSaid counts as the attributes of a case say where there is no element inside: GoogleTest, CTest and behave.
func TestSaid(t *testing.T) {
	r, err := junit.Read([]byte(`<testsuite name="s">
		<testcase name="DISABLED_a" status="notrun" result="suppressed"/>
		<testcase name="b" status="disabled"/><testcase name="c" status="run" result="skipped"/>
		<testcase name="d" status="failed"/>
		<testcase name="e" status="run" result="completed"/><testcase name="f" status="passed"/>
	</testsuite>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Facts[0].Data.(*fact.Tests); got.Total != 6 || got.Skipped != 3 || got.Failed != 1 || got.Passed != 2 {
		t.Errorf("got %+v", *got)
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

// TestReal reads the JUnit files of the sample data and counts as another tool did, where its counts lie beside. Two are
// left out: in one the other tool counts a test of several results several times and comes to fewer than none passed, in
// the other it counts as passed five tests that the file says are disabled.
func TestReal(t *testing.T) {
	got, want := map[string]*fact.Tests{}, map[string]stats{}
	for name, b := range testshared.Files(t, "tests/test-results.tar.gz") {
		if name, ok := strings.CutSuffix(name, ".results.json"); ok {
			var s stats
			if err := json.Unmarshal(b, &s); err != nil {
				t.Fatal(err)
			}
			want[name] = s
		}
		if !junit.Match(b) {
			continue
		}
		reading, err := junit.Read(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got[strings.TrimSuffix(name, ".xml")] = reading.Facts[0].Data.(*fact.Tests)
	}
	compared := 0
	for name, s := range want {
		g := got[name]
		if g == nil || strings.HasSuffix(name, "junit.multiresult") || strings.HasSuffix(name, "tst/disabled") {
			continue
		}
		compared++
		if g.Total != s.Stats.Total || g.Passed != s.Stats.Passed || g.Skipped != s.Stats.Skipped || g.Failed != s.Stats.Failed || g.Errored != s.Stats.Errored {
			t.Errorf("%s: %+v, the other tool %+v", name, *g, s.Stats)
		}
	}
	if len(got) < 85 || compared < 12 {
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
