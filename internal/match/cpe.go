package match

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/cpe"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/read/nvd"
	"example.org/tasuki/internal/version"
)

// Entry is what a catalogue says of a vulnerability and the products it is in, by CPE names.
type Entry struct {
	ID       string // CVE-…
	Summary  string
	CVSS     []string
	Modified time.Time
	Matches  []nvd.Match
}

// ByCPE gives the findings of a component by a CPE name that its SBOM states, among entries about that name's product.
//
// This is a fallback and every finding says so (see [finding.Finding]): CPE names are guesses of whoever wrote the SBOM,
// NVD defines no order of versions, and a product is often vulnerable only beside another. Ask for a component only when
// its package URL could not be looked up, so that a guess never hides or doubles what a package URL tells.
func ByCPE(c Component, name string, entries []Entry) []finding.Finding {
	own, err := cpe.Parse(name)
	if err != nil {
		return nil
	}
	if own.Version == "*" || own.Version == "-" {
		own.Version = c.Version
	}
	var out []finding.Finding
	for _, e := range entries {
		affected, fixed := false, []string{}
		for _, m := range e.Matches {
			if !speaksOf(m, own) {
				continue
			}
			affected = true
			if m.EndExcluding != "" && !slices.Contains(fixed, m.EndExcluding) {
				fixed = append(fixed, m.EndExcluding)
			}
		}
		if !affected {
			continue
		}
		s := finding.Rate(e.CVSS)
		out = append(out, finding.Finding{PURL: c.PURL, Name: c.Name, Version: c.Version, Vuln: e.ID, Aliases: []string{}, Advisories: []string{e.ID},
			Fixed: fixed, Severity: s.Label, Score: s.Score, CVSS: append([]string{}, s.Vectors...), Summary: e.Summary, Refs: []string{c.Ref}, ByCPE: name})
	}
	return out
}

// speaksOf reports whether a match of a catalogue names a product in its version. A version that is not known is in no
// range: only a match without any bound speaks of it.
func speaksOf(m nvd.Match, own cpe.Name) bool {
	n, err := cpe.Parse(m.CPE)
	if err != nil || n.Key() != own.Key() || n.Part != own.Part && n.Part != "*" && own.Part != "*" {
		return false
	}
	switch n.Version {
	case "-":
		return false
	case "*":
		return within(own.Version, m)
	}
	same := strings.EqualFold(n.Version, own.Version)
	return same && (n.Update == "*" || n.Update == "-" && (own.Update == "*" || own.Update == "-") || n.Update == own.Update)
}

// within reports whether a version lies between the bounds of a match.
func within(v string, m nvd.Match) bool {
	bounds := []struct {
		text string
		ok   func(order int) bool
	}{
		{m.StartIncluding, func(o int) bool { return o >= 0 }},
		{m.StartExcluding, func(o int) bool { return o > 0 }},
		{m.EndIncluding, func(o int) bool { return o <= 0 }},
		{m.EndExcluding, func(o int) bool { return o < 0 }},
	}
	key, err := version.Key(version.Unordered, v)
	for _, b := range bounds {
		if b.text == "" {
			continue
		}
		bound, errBound := version.Key(version.Unordered, b.text)
		if err != nil || errBound != nil || !b.ok(bytes.Compare(key, bound)) {
			return false
		}
	}
	return true
}
