package assess

import (
	"fmt"
	"slices"

	"example.org/tasuki/internal/fact"
)

// MinimumElements is the rule set Gaps goes by: CISA's Minimum Elements for an SBOM of July 2026, co-sealed by METI and
// the National Cybersecurity Office. Its author signature is judged apart, by what binds the SBOM to the release.
const MinimumElements = "CISA 2026"

// Gaps gives the minimum elements an SBOM says nothing about, each with its place: what it says is unknown or withheld
// is said, and no gap. SPDX 2 has no version of a document under its name, so none is asked of it.
func Gaps(s *fact.SBOM) []string {
	gaps := []string{}
	want := func(ok bool, what string) {
		if !ok {
			gaps = append(gaps, what)
		}
	}
	want(slices.ContainsFunc(s.Authors, fact.Party.Stated) || s.AuthorSaid == fact.Unknown || s.AuthorSaid == fact.Withheld, "author")
	want(!s.CreatedAt.IsZero(), "timestamp")
	want(slices.ContainsFunc(s.Tools, func(t fact.Tool) bool { return t.Name != "" }), "tool name")
	want(slices.ContainsFunc(s.Tools, func(t fact.Tool) bool { return t.Version != "" }), "tool version")
	want(len(s.Lifecycles) > 0, "generation context")
	want(s.Format == "SPDX" || s.Serial != "", "SBOM version")

	related := map[string]bool{}
	for _, d := range s.Dependencies {
		related[d.From] = true
		for _, to := range d.To {
			related[to] = true
		}
	}
	for i := range s.Components {
		c := &s.Components[i]
		if c.Type == "file" {
			continue
		}
		for _, f := range []fact.Field{fact.FieldProducer, fact.FieldName, fact.FieldVersion, fact.FieldIdentifier, fact.FieldHash, fact.FieldLicense} {
			want(c.Presence(f) != fact.Absent, fmt.Sprintf("%s: %s", label(c), f))
		}
		saidSo := c.Said[fact.FieldDependencies] != "" || covered(s, c.Ref)
		want(c.Ref != "" && related[c.Ref] || saidSo, fmt.Sprintf("%s: %s", label(c), fact.FieldDependencies))
	}
	return gaps
}

// covered reports whether the document says itself that it does not know the dependencies of a component.
func covered(s *fact.SBOM, ref string) bool {
	return slices.ContainsFunc(s.Compositions, func(c fact.Composition) bool {
		return c.Aggregate == "unknown" && (len(c.Assemblies)+len(c.Dependencies) == 0 || slices.Contains(c.Dependencies, ref) || slices.Contains(c.Assemblies, ref))
	})
}

// label names a component by purl, else by name and version, else by its place.
func label(c *fact.Component) string {
	switch {
	case c.PURL != "":
		return c.PURL
	case c.Name != "" && c.Version != "":
		return c.Name + " " + c.Version
	case c.Name != "":
		return c.Name
	}
	return c.Pointer
}

// said counts what the document states as unknown and as withheld.
func said(s *fact.SBOM) (unknown, withheld int) {
	for _, c := range s.All() {
		for _, p := range c.Said {
			switch p {
			case fact.Unknown:
				unknown++
			case fact.Withheld:
				withheld++
			}
		}
	}
	return unknown, withheld
}
