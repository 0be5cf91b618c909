// Package sbomquality says how complete an SBOM is against a published list of minimum elements: for each data field how
// often it is present, stated as unknown, stated as withheld, or absent, and exactly which components lack it. There
// is no score: what is missing is named.
//
// Start from [Evaluate]. Requirement S(2)-2.3 reads its result.
package sbomquality

import (
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Report is the result for one SBOM and one profile.
type Report struct {
	Profile    string        `json:"profile"`
	Name       lang.Text     `json:"name"`
	Components int           `json:"components"` // judged, with the root
	Fields     []FieldReport `json:"fields"`     // in the order of the profile
}

// FieldReport is the result for one field. Total is 1 for a field of the document, else the number of components;
// Present, Unknown, Withheld and Absent add up to it.
type FieldReport struct {
	ID       string    `json:"id"`
	Name     lang.Text `json:"name"`
	Remedy   lang.Text `json:"remedy"` // what to do where it is absent
	Document bool      `json:"document"`
	Total    int       `json:"total"`
	Present  int       `json:"present"`
	Unknown  int       `json:"unknown"`
	Withheld int       `json:"withheld"`
	Absent   int       `json:"absent"`
	Lacking  []Lack    `json:"lacking,omitempty"` // the components that are not Present, in document order
}

// Lack is one component without a value for the field.
type Lack struct {
	Ref     string        `json:"ref,omitempty"`
	Name    string        `json:"name,omitempty"`
	Version string        `json:"version,omitempty"`
	Pointer string        `json:"pointer"`
	State   fact.Presence `json:"state"` // unknown, withheld or absent
}

// Outside is what holds for the SBOM but does not stand in it.
type Outside struct {
	Signature bool // a valid signature over the document, detached or in a DSSE envelope
}

// Meets reports whether every field is present or said to be unknown or withheld everywhere.
func (r Report) Meets() bool {
	for _, f := range r.Fields {
		if f.Absent > 0 {
			return false
		}
	}
	return true
}

// Evaluate holds the SBOM to the profile.
func Evaluate(s *fact.SBOM, p Profile, o Outside) Report {
	v := view{sbom: s, outside: o}
	v.related, v.rest = related(s)
	all := s.All()
	r := Report{Profile: p.ID, Name: p.Name, Components: len(all)}
	for _, f := range p.fields {
		fr := FieldReport{ID: f.id, Name: f.name, Remedy: f.remedy, Document: f.document != nil}
		if f.document != nil {
			fr.count(f.document(v))
		} else {
			for _, c := range all {
				state := f.component(v, c)
				if fr.count(state); state != fact.Present {
					fr.Lacking = append(fr.Lacking, Lack{Ref: c.Ref, Name: c.Name, Version: c.Version, Pointer: c.Pointer, State: state})
				}
			}
		}
		r.Fields = append(r.Fields, fr)
	}
	return r
}

func (f *FieldReport) count(state fact.Presence) {
	f.Total++
	switch state {
	case fact.Present:
		f.Present++
	case fact.Unknown:
		f.Unknown++
	case fact.Withheld:
		f.Withheld++
	default:
		f.Absent++
	}
}

// view is the SBOM with what is looked up often.
type view struct {
	sbom    *fact.SBOM
	outside Outside
	related map[string]fact.Presence // by ref, and by pointer for nesting
	rest    fact.Presence            // of components that related does not name
}

// related tells for each component whether its place among the others is stated: as either end of a dependency, by
// nesting, or by a statement on completeness; a completeness stated as unknown counts as unknown. A statement that names
// no component speaks of all that nothing else is said of.
func related(s *fact.SBOM) (m map[string]fact.Presence, rest fact.Presence) {
	m, rest = map[string]fact.Presence{}, fact.Absent
	for _, c := range s.Compositions {
		state := fact.Present
		switch c.Aggregate {
		case "unknown":
			state = fact.Unknown
		case "not_specified", "":
			continue
		}
		if len(c.Assemblies) == 0 && len(c.Dependencies) == 0 && state == fact.Unknown {
			rest = fact.Unknown
		}
		for _, ref := range append(append([]string{}, c.Assemblies...), c.Dependencies...) {
			m[ref] = state
		}
	}
	for _, d := range s.Dependencies {
		m[d.From] = fact.Present
		for _, to := range d.To {
			m[to] = fact.Present
		}
	}
	for i := range s.Components {
		if c := &s.Components[i]; c.Parent != "" {
			m[c.Pointer], m[c.Parent] = fact.Present, fact.Present
		}
	}
	delete(m, "")
	return m, rest
}

func (v view) dependencies(c *fact.Component) fact.Presence {
	if v.related[c.Ref] == fact.Present || v.related[c.Pointer] == fact.Present {
		return fact.Present
	}
	if p := c.Presence(fact.FieldDependencies); p != fact.Absent {
		return p
	}
	if p, ok := v.related[c.Ref]; ok {
		return p
	}
	return v.rest
}

func presentIf(ok bool) fact.Presence {
	if ok {
		return fact.Present
	}
	return fact.Absent
}
