package triage

import (
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/version"
)

// Crossing says whether an upgrade goes over a major version, where things may break.
type Crossing string

// The answers. CrossingUnknown: the ecosystem's versions do not promise anything (Debian, Maven, PyPI …).
const (
	CrossesMajor    Crossing = "yes"
	StaysInMajor    Crossing = "no"
	CrossingUnknown Crossing = "unknown"
)

// Upgrade is the smallest version of a component that none of its known vulnerabilities affects.
type Upgrade struct {
	Component string    `json:"component"` // package URL
	From      string    `json:"from"`
	To        string    `json:"to,omitempty"` // empty: none of the fixed versions is free of them all
	Major     Crossing  `json:"major,omitempty"`
	Clears    []string  `json:"clears"` // vulnerabilities it is for
	Left      []string  `json:"left"`   // what no version is known to fix, or what To still has
	Note      lang.Text `json:"note,omitzero"`
}

// Advise finds the upgrade of a component among the versions that its advisories name as fixed. remaining gives the
// vulnerabilities, by the ids of findings, that a version still has, as matching tells; a version may be fixed in one
// branch and affected in the next, so that comparing numbers is not enough. When no version is free of all, the one that
// leaves the fewest is taken, the smallest of equals.
func Advise(ecosystem, purl, from string, vulns []string, fixed []string, remaining func(version string) ([]string, error)) (Upgrade, error) {
	u := Upgrade{Component: purl, From: from, Clears: []string{}, Left: sorted(vulns)}
	for _, v := range later(ecosystem, from, fixed) {
		left, err := remaining(v)
		if err != nil {
			return u, err
		}
		if len(left) < len(u.Left) {
			u.To, u.Left = v, sorted(left)
		}
		if len(left) == 0 {
			break
		}
	}
	if ecosystem == "Go" && u.To != "" && strings.HasPrefix(from, "v") {
		u.To = "v" + strings.TrimPrefix(u.To, "v") // advisories leave it out, go get needs it
	}
	for _, v := range sorted(vulns) {
		if !slices.Contains(u.Left, v) {
			u.Clears = append(u.Clears, v)
		}
	}
	switch {
	case u.To == "":
		u.Note = lang.T("修正された版が分かっていません。回避策か置き換えを検討してください", "no fixed version is known; look for a work-around or another component")
		return u, nil
	case len(u.Left) > 0:
		u.Note = lang.F("%s に上げても%d件が残ります", "%[2]d remain with %[1]s", u.To, len(u.Left))
	}
	u.Major = crossing(ecosystem, from, u.To)
	return u, nil
}

// later gives the versions after one, each once, in the ecosystem's order. A version that cannot be read is left out.
func later(ecosystem, from string, versions []string) []string {
	var out []string
	for _, v := range versions {
		if c, err := version.Compare(ecosystem, v, from); err == nil && c > 0 && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		c, _ := version.Compare(ecosystem, a, b) // both were read above
		return c
	})
	return out
}

// promising are the ecosystems whose versions are semantic (semver.org) by rule or by custom of their tools.
var promising = []string{"npm", "Go", "crates.io", "NuGet", "Hex", "Pub", "SwiftURL", "Packagist", "RubyGems"}

// crossing compares the parts that semantic versioning reserves for breaking changes: the first number, or below 1.0 the
// second (semver.org, items 4 and 8; the custom of npm and Cargo).
func crossing(ecosystem, from, to string) Crossing {
	if !slices.Contains(promising, version.Base(ecosystem)) {
		return CrossingUnknown
	}
	a, okA := breaking(from)
	b, okB := breaking(to)
	switch {
	case !okA || !okB:
		return CrossingUnknown
	case a != b:
		return CrossesMajor
	}
	return StaysInMajor
}

func breaking(v string) ([2]int, bool) {
	parts := strings.SplitN(strings.TrimPrefix(v, "v"), ".", 3)
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return [2]int{}, false
	}
	if major > 0 || len(parts) < 2 {
		return [2]int{major}, true
	}
	minor, err := strconv.Atoi(parts[1])
	return [2]int{0, minor}, err == nil
}
