package match

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read"
)

// commit gives a commit made of one digit.
func commit(digit string) string { return strings.Repeat(digit, 40) }

// TestCommits matches what an SBOM says of repositories with GIT ranges: what an advisory names is found, what it leaves
// open is told as not decided and not as free of it.
func TestCommits(t *testing.T) {
	ix, problems, err := OpenDir(context.Background(), filepath.Join("testdata", "git"))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	for name, c := range map[string]struct {
		component Component
		found     string
		reason    Reason
		detail    string
	}{
		"the commit that brought it in":                  {Component{PURL: "pkg:github/example/lib@" + commit("1")}, "CVE-2025-0101", "", ""},
		"the same, cut short":                            {Component{PURL: "pkg:github/example/lib@1111111111"}, "CVE-2025-0101", "", ""},
		"the commit that fixes it":                       {Component{PURL: "pkg:github/EXAMPLE/lib@" + commit("2")}, "", "", ""},
		"a commit that is not named":                     {Component{PURL: "pkg:github/example/lib@" + commit("4")}, "", NeedsHistory, "CVE-2025-0101"},
		"a tag":                                          {Component{PURL: "pkg:github/example/lib@1.0.0"}, "CVE-2025-0101", "", ""},
		"a tag of another form":                          {Component{PURL: "pkg:github/example/lib@lib-1.1"}, "CVE-2025-0101", "", ""},
		"a tag that is not named":                        {Component{PURL: "pkg:github/example/lib@2.0.0"}, "", NeedsHistory, "CVE-2025-0101"},
		"a repository nobody wrote about":                {Component{PURL: "pkg:github/example/other@1.0.0"}, "", "", ""},
		"vcs_url":                                        {Component{PURL: "pkg:generic/lib@1.0?vcs_url=git%2Bhttps://github.com/example/lib.git%40" + commit("1")}, "CVE-2025-0101", "", ""},
		"no package URL, a download location":            {Component{Name: "lib", Sources: []string{"git+https://github.com/example/lib@" + commit("1")}}, "CVE-2025-0101", "", ""},
		"no package URL, a repository and a version":     {Component{Name: "lib", Version: "v1.0.0", Sources: []string{"https://github.com/example/lib"}}, "CVE-2025-0101", "", ""},
		"no package URL, no revision":                    {Component{Name: "lib", Sources: []string{"https://github.com/example/lib"}}, "", NoPURL, ""},
		"the flaw and its fix are both in":               {Component{PURL: "pkg:generic/lib@1", Sources: []string{"git+https://github.com/example/lib@" + commit("1"), "git+https://github.com/example/lib@" + commit("2")}}, "", "", ""},
		"every commit is affected":                       {Component{PURL: "pkg:generic/x@1?vcs_url=https://git.example.org/never-fixed%40main"}, "CVE-2025-0102", "", ""},
		"the registry decides, too":                      {Component{PURL: "pkg:npm/both@1.5.0", Sources: []string{"git+https://github.com/example/both@" + commit("4")}}, "CVE-2025-0103", "", ""},
		"the registry does not, the commit does":         {Component{PURL: "pkg:npm/both@2.0.1", Sources: []string{"git+https://github.com/example/both@" + commit("3")}}, "CVE-2025-0103", "", ""},
		"nothing is left open that the registry answers": {Component{PURL: "pkg:npm/both@2.0.1", Sources: []string{"git+https://github.com/example/both@" + commit("4")}}, "", "", ""},
		"versions of a registry are no tags":             {Component{PURL: "pkg:github/example/both@1.9.0"}, "", NeedsHistory, "CVE-2025-0103"},
	} {
		r, err := ix.Match([]Component{c.component})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, f := range r.Findings {
			found = append(found, f.Vuln)
			if f.Name == "" {
				t.Errorf("%s: the finding has no name", name)
			}
		}
		var reason Reason
		var detail string
		if len(r.Unmatched) > 0 {
			reason, detail = r.Unmatched[0].Reason, r.Unmatched[0].Detail
		}
		if strings.Join(found, " ") != c.found || reason != c.reason || detail != c.detail && c.reason == NeedsHistory {
			t.Errorf("%s: found %v, %s (%s); want %q, %s (%s)", name, found, reason, detail, c.found, c.reason, c.detail)
		}
	}
}

// TestCommitsOfSBOMs reads the places in which SBOMs state where a component was taken from.
func TestCommitsOfSBOMs(t *testing.T) {
	ix, _, err := OpenDir(context.Background(), filepath.Join("testdata", "git"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"CycloneDX pedigree": `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"lib","version":"x",
			"pedigree":{"commits":[{"uid":"` + commit("1") + `","url":"https://github.com/example/lib"}]}}]}`,
		"CycloneDX pedigree with a page": `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"lib","version":"x",
			"pedigree":{"commits":[{"uid":"` + commit("1") + `","url":"https://github.com/example/lib/commit/` + commit("1") + `"}]}}]}`,
		"CycloneDX reference": `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"lib","version":"v1.0.0",
			"externalReferences":[{"type":"website","url":"https://example.org"},{"type":"vcs","url":"https://github.com/example/lib.git"}]}]}`,
		"CycloneDX XML": `<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components><component type="library"><name>lib</name><version>x</version>
			<pedigree><commits><commit><uid>` + commit("1") + `</uid><url>https://github.com/example/lib</url></commit></commits></pedigree></component></components></bom>`,
		"SPDX 2 JSON": `{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"x","documentNamespace":"https://example.org/x",
			"creationInfo":{"created":"2025-01-01T00:00:00Z","creators":["Tool: x"]},"packages":[{"SPDXID":"SPDXRef-a","name":"lib","downloadLocation":"git+https://github.com/example/lib.git@` + commit("1") + `"}]}`,
		"SPDX 2 tag-value": "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nDocumentNamespace: https://example.org/x\n" +
			"Creator: Tool: x\nCreated: 2025-01-01T00:00:00Z\n\nPackageName: lib\nSPDXID: SPDXRef-a\nPackageDownloadLocation: git+https://github.com/example/lib@" + commit("1") + "\n",
	} {
		reading, err := read.Read([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var components []Component
		for _, f := range reading.Facts {
			if s, ok := f.Data.(*fact.SBOM); ok {
				components = ComponentsOf(s)
				for _, c := range s.All() {
					if c.Presence(fact.FieldIdentifier) == fact.Present {
						t.Errorf("%s: where it was taken from counts as an identifier", name)
					}
				}
			}
		}
		if !slices.Contains(Ecosystems(components), Git) {
			t.Errorf("%s: repositories are not asked for", name)
		}
		r, err := ix.Match(components)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) != 1 || r.Findings[0].Vuln != "CVE-2025-0101" {
			got, _ := json.Marshal(r)
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAChangedRangeOfCommitsNamesItsRepository(t *testing.T) {
	all := []Component{{PURL: "pkg:github/example/lib@1.0.0"}, {PURL: "pkg:npm/both@1.0.0"}, {Name: "lib", Sources: []string{"https://github.com/example/lib"}, Version: "1"}, {Name: "x"}}
	named := slices.DeleteFunc(slices.Clone(all), func(c Component) bool {
		return !slices.Contains(LookedUpAs(c), Package{Ecosystem: Git, Name: "github.com/example/lib"})
	})
	if len(named) != 2 || named[0].PURL != all[0].PURL || named[1].Name != "lib" {
		t.Errorf("named are %+v", named)
	}
}
