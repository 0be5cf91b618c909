package spdx

import (
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// direction says what a relationship of SPDX means among components: its kind here, and whether it is told from the
// other end.
type direction struct {
	kind    string
	reverse bool
}

// directions are the relationships that say what a component consists of or needs (SPDX 2.3, section 11).
var directions = map[string]direction{
	"CONTAINS":               {"contains", false},
	"CONTAINED_BY":           {"contains", true},
	"PACKAGE_OF":             {"contains", true},
	"DEPENDS_ON":             {"depends on", false},
	"DEPENDENCY_OF":          {"depends on", true},
	"BUILD_DEPENDENCY_OF":    {"depends on", true},
	"DEV_DEPENDENCY_OF":      {"depends on", true},
	"OPTIONAL_DEPENDENCY_OF": {"depends on", true},
	"PROVIDED_DEPENDENCY_OF": {"depends on", true},
	"RUNTIME_DEPENDENCY_OF":  {"depends on", true},
	"TEST_DEPENDENCY_OF":     {"depends on", true},
	"HAS_PREREQUISITE":       {"depends on", false},
	"PREREQUISITE_FOR":       {"depends on", true},
	"STATIC_LINK":            {"depends on", false},
	"DYNAMIC_LINK":           {"depends on", false},
	"OPTIONAL_COMPONENT_OF":  {"contains", true},
}

// relate turns relationships among components into dependencies, in the order of the document. Relationships with files
// and snippets are left out when packages are the components.
func (d *document) relate(s *fact.SBOM) {
	components := map[string]*fact.Component{}
	for _, c := range s.All() {
		components[c.Ref] = c
	}
	others := map[string]bool{d.id: true}
	for _, f := range d.files {
		others[f.id] = true
	}
	for _, id := range d.others {
		others[id] = true
	}
	known := func(id string) bool {
		return components[id] != nil || others[id] || id == "NONE" || id == "NOASSERTION" || strings.HasPrefix(id, "DocumentRef-") || strings.HasPrefix(id, "SPDXRef-Snippet")
	}
	type key struct{ from, kind string }
	at := map[key]int{}
	for _, r := range d.relations {
		for _, id := range []string{r.from, r.to} {
			if !known(id) {
				d.doubt(r.place, lang.F("関係が指す「%s」はこの文書にありません", "the relationship names %q, which is not in this document", input.Clip(id)))
			}
		}
		dir, ok := directions[r.kind]
		if !ok {
			continue
		}
		from, to := r.from, r.to
		if dir.reverse && to != "NONE" && to != "NOASSERTION" {
			from, to = to, from
		}
		c := components[from]
		if c == nil || !known(to) || others[to] {
			continue
		}
		if to == "NOASSERTION" {
			if c.Said == nil {
				c.Said = map[fact.Field]fact.Presence{}
			}
			c.Said[fact.FieldDependencies] = fact.Unknown
			continue
		}
		k := key{from, dir.kind}
		i, ok := at[k]
		if !ok {
			i = len(s.Dependencies)
			at[k] = i
			s.Dependencies = append(s.Dependencies, fact.Dependency{From: from, Kind: dir.kind, Pointer: r.place})
		}
		if to != "NONE" {
			s.Dependencies[i].To = append(s.Dependencies[i].To, to)
		}
	}
}
