package match

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/testshared"
)

// purls makes components of package URLs.
func purls(list ...string) []Component {
	out := make([]Component, len(list))
	for i, p := range list {
		out[i] = Component{Ref: "c" + string(rune('a'+i)), PURL: p}
	}
	return out
}

// idsOf gives "vuln alias alias" for every finding of a package URL.
func idsOf(r Result, purl string) string {
	var out []string
	for _, f := range r.Findings {
		if f.PURL == purl {
			out = append(out, strings.Join(append([]string{f.Vuln}, f.Aliases...), " "))
		}
	}
	return strings.Join(out, ", ")
}

func openShared(t testing.TB) *Index {
	t.Helper()
	file := filepath.Join(t.TempDir(), "advisories.idx")
	stats, err := BuildIndex(context.Background(), testshared.Dir(t, "osv"), file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range stats.Problems {
		t.Logf("%s: %s", p.Where, p.What.EN)
	}
	t.Logf("%d advisories, %d packages, %d bytes, newest %s", stats.Count, stats.Packages, stats.Bytes, stats.Newest)
	ix, err := OpenIndex(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	return ix
}

func TestSpotChecks(t *testing.T) {
	ix := openShared(t)
	for purl, want := range map[string]string{
		"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1": "GHSA-jfh8-c2jp-5v3q GHSA-7rjr-3q55-vv33",
		"pkg:npm/minimist@1.2.5":                               "GHSA-xvch-5gv4-984h",
		"pkg:golang/golang.org/x/crypto@v0.16.0":               "GO-2023-2402",
		"pkg:golang/stdlib@1.21.0":                             "GO-2023-2041",
		"pkg:golang/github.com/masterminds/goutils@v1.1.0":     "GO-2022-0411",
	} {
		r, err := ix.Match(purls(purl))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range strings.Fields(want) {
			if !strings.Contains(idsOf(r, purl), id) {
				t.Errorf("%s: %s is missing among %s", purl, id, idsOf(r, purl))
			}
		}
	}
	r, _ := ix.Match(purls("pkg:golang/cloud.google.com/go@v0.110.0", "pkg:npm/lodash@4.17.15", "pkg:pypi/django@3.2.1"))
	if got := idsOf(r, "pkg:golang/cloud.google.com/go@v0.110.0"); got != "" {
		t.Errorf("a module whose path ends in /go is taken for the standard library: %s", got)
	}
	if n := len(strings.Split(idsOf(r, "pkg:npm/lodash@4.17.15"), ",")); n != 7 { // 6 of GitHub and one of the former npm working group
		t.Errorf("lodash 4.17.15 has %d findings, want 7", n)
	}
	if n := len(strings.Split(idsOf(r, "pkg:pypi/django@3.2.1"), ",")); n < 24 {
		t.Errorf("django 3.2.1 has %d findings, want dozens", n)
	}
}

func TestSame(t *testing.T) {
	_ = bytes.Equal
	_ = json.Valid
	_ = os.Args
	_ = slices.Sort[[]int]
}
