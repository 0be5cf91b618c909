package chain

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// A Component is one part of a release as its SBOM names it.
type Component struct {
	Ref     string `json:"ref,omitempty"` // the SBOM's own reference
	PURL    string `json:"purl,omitempty"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Label names a component for people: its purl, else name and version.
func (c Component) Label() string {
	switch {
	case c.PURL != "":
		return c.PURL
	case c.Version != "":
		return c.Name + " " + c.Version
	}
	return c.Name
}

// An Adoption is an approved, recorded decision to build somebody's open source in: by it the party that built it in
// answers as developer (1.4(2)イ). Only approved adoptions may be given to [Cover].
type Adoption struct {
	ID      string // record id
	Pattern string // purl, or purl prefix ending in "*"
	Party   string // who built it in
}

// An Answer says who answers as developer for a component, and by what.
type Answer struct {
	Component Component `json:"component"`
	Party     string    `json:"party,omitempty"`    // who answers; empty when nobody does
	By        string    `json:"by,omitempty"`       // "rule", "software" or "adoption"
	Rule      string    `json:"rule,omitempty"`     // id of the component rule or the adoption record
	Software  string    `json:"software,omitempty"` // our own software the component is
}

// Answered reports whether some party answers for the component.
func (a Answer) Answered() bool { return a.Party != "" }

// Cover says for each component of a release which party answers for it as developer (R-1.4-25): the longest matching
// component rule, else the longest matching approved adoption, else nobody. Never by default. A rule that names an
// adoption counts only while that adoption is among the approved ones.
func Cover(m Model, release string, components []Component, adoptions []Adoption) []Answer {
	rules := slices.DeleteFunc(slices.Clone(m.Components), func(r ComponentRule) bool { return r.Release != "" && r.Release != release })
	slices.SortStableFunc(rules, func(a, b ComponentRule) int { return len(b.Pattern) - len(a.Pattern) })
	adopted := slices.Clone(adoptions)
	slices.SortStableFunc(adopted, func(a, b Adoption) int { return len(b.Pattern) - len(a.Pattern) })
	owners := map[string]string{}
	for _, s := range m.Software {
		owners[s.ID] = s.Owner
	}
	out := make([]Answer, 0, len(components))
	for _, c := range components {
		out = append(out, answer(c, rules, adopted, owners))
	}
	return out
}

func answer(c Component, rules []ComponentRule, adoptions []Adoption, owners map[string]string) Answer {
	for _, r := range rules {
		if !Matches(r.Pattern, c.PURL) {
			continue
		}
		switch {
		case r.Party != "":
			return Answer{Component: c, Party: r.Party, By: "rule", Rule: r.ID}
		case r.Software != "" && owners[r.Software] != "":
			return Answer{Component: c, Party: owners[r.Software], By: "software", Rule: r.ID, Software: r.Software}
		case r.Adoption != "":
			if i := slices.IndexFunc(adoptions, func(a Adoption) bool { return a.ID == r.Adoption }); i >= 0 {
				return Answer{Component: c, Party: adoptions[i].Party, By: "adoption", Rule: adoptions[i].ID}
			}
		}
	}
	for _, a := range adoptions {
		if Matches(a.Pattern, c.PURL) {
			return Answer{Component: c, Party: a.Party, By: "adoption", Rule: a.ID}
		}
	}
	return Answer{Component: c}
}

// Matches reports whether a purl is named by a pattern: the same purl, the same purl without its version, qualifiers
// and subpath, or a prefix when the pattern ends in "*". A bare "*" and "pkg:*" name nothing: an answer for everything
// is an answer by default, which the guideline does not know.
func Matches(pattern, purl string) bool {
	if purl == "" || pattern == "" {
		return false
	}
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return prefix != "" && prefix != "pkg:" && strings.HasPrefix(purl, prefix)
	}
	return pattern == purl || pattern == withoutVersion(purl)
}

// Package gives the package that a purl is of: the purl without version, qualifiers and subpath. Empty for none.
func Package(purl string) string { return withoutVersion(purl) }

// withoutVersion cuts "@version", qualifiers and subpath off a purl. A scope's "@" is written %40 in a purl, but many
// tools write it plainly, so only an "@" after the last "/" counts.
func withoutVersion(purl string) string {
	purl, _, _ = strings.Cut(purl, "#")
	purl, _, _ = strings.Cut(purl, "?")
	slash := strings.LastIndexByte(purl, '/')
	if at := strings.LastIndexByte(purl, '@'); at > slash+1 {
		return purl[:at]
	}
	return purl
}

// Unanswered turns the components nobody answers for into findings of rule R-1.4-25, each named.
func Unanswered(release Release, answers []Answer) []Finding {
	var out []Finding
	for _, a := range answers {
		if a.Answered() {
			continue
		}
		out = append(out, Finding{Rule: "R-1.4-25", Section: "1.4(2)イ", Severity: Gap, Subject: a.Component.Label(),
			What: lang.F("部品 %s に、開発者の責務を負う関連事業者がいません", "nobody answers as developer for the component %s", a.Component.Label()),
			Next: lang.T("提供元の関連事業者を対応づけるか、採用の記録を承認するか、自組織のソフトウェアとして登録してください", "map it to the party that gives it, approve an adoption record, or enter it as software of your own")})
	}
	return out
}
