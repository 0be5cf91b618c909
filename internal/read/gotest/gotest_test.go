package gotest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/gotest"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) {
	readtest.Golden(t, gotest.Read, "run.jsonl")
}

// TestReal counts every stream of the sample data.
func TestReal(t *testing.T) {
	var lines []string
	for name, b := range testshared.Files(t, "tests/test-results.tar.gz") {
		if !gotest.Match(b) {
			continue
		}
		reading, err := gotest.Read(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		x := reading.Facts[0].Data.(*fact.Tests)
		lines = append(lines, fmt.Sprintf("%s: %d tests, %d passed, %d failed, %d errored, %d skipped", name, x.Total, x.Passed, x.Failed, x.Errored, x.Skipped))
	}
	slices.Sort(lines)
	golden.Compare(t, "testdata/real.golden", strings.Join(lines, "\n")+"\n")
}

func TestRefused(t *testing.T) {
	readtest.Refused(t, gotest.Read, [][4]string{
		{"cut off", "{\"Action\":\"start\",\"Package\":\"a\"}\n{\"Action\":\"pa", "line 2", "before it is complete"},
		{"wrong type", `{"Action":"pass","Package":1}`, "line 1", "number"},
	})
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
