package securityinsights_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/securityinsights"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) {
	readtest.Golden(t, securityinsights.Read, "v2.yml", "v1.yml", "little.yml")
}

func TestRefused(t *testing.T) {
	readtest.Refused(t, securityinsights.Read, [][4]string{
		{"malformed", "header: [\n", "line 1, column 9", "malformed"},
		{"a list", "- a\n", "", "not an object"},
		{"no version", "header: {}\nproject: {}\n", "/header/schema-version", "missing"},
		{"version of another time", "header: {schema-version: 3.0.0}\nproject: {}\n", "/header/schema-version", "3.0.0"},
		{"nothing said", "header: {schema-version: 2.0.0}\n", "", "neither"},
	})
}

// TestReal reads every file of the sample data.
func TestReal(t *testing.T) {
	var out strings.Builder
	for name, b := range testshared.Files(t, "security-insights") {
		if path.Ext(name) != ".yml" {
			continue
		}
		if !securityinsights.Match(b) {
			t.Errorf("%s: not recognised", name)
		}
		r, err := securityinsights.Read(b)
		if err != nil {
			fmt.Fprintf(&out, "%s: refused: %v\n", name, readtest.IsRefusal(t, name, err))
			continue
		}
		s := r.Facts[0].Data.(*fact.SecurityInsights)
		fmt.Fprintf(&out, "%s: %s, reviewed %s, reports %s, %d contacts, %d tools, %d maintainers, %d doubts\n",
			name, s.SpecVersion, s.ReviewedAt.Format("2006-01-02"), s.AcceptsReports, len(s.Contacts), len(s.Tools), s.Maintainers, len(r.Problems))
	}
	golden.Compare(t, "testdata/real.golden", out.String())
}

func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, securityinsights.Match, securityinsights.Read, "v2.yml", "v1.yml", "little.yml")
}
