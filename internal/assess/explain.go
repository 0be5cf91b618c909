package assess

import (
	"slices"

	"example.org/tasuki/guideline"
)

// Explanation is what feeds one individual requirement: for `tasuki explain` and the requirement's page.
type Explanation struct {
	Requirement guideline.Individual `json:"requirement"`
	Checks      []Explained          `json:"checks"`
	Documents   []string             `json:"documents"` // types of document that feed it, sorted
	Registers   []guideline.Register `json:"registers"` // kinds of record that feed it, by kind
	Practices   []guideline.Practice `json:"practices"` // examples of section 5.4: candidates, never required
}

// Explained is one check with what it reads.
type Explained struct {
	guideline.Check
	Reads      []string            `json:"reads"` // names of facts; records as "record:<kind>"
	Basis      Basis               `json:"basis"`
	Thresholds []guideline.Setting `json:"thresholds"`
}

// Explain says what feeds a requirement under a policy; false for an id that does not exist.
func Explain(id guideline.ID, p guideline.Policy) (Explanation, bool) {
	cat := guideline.Default()
	in, ok := cat.Individual(id)
	if !ok {
		return Explanation{}, false
	}
	e := Explanation{Requirement: in, Checks: []Explained{}, Documents: []string{}, Registers: []guideline.Register{}, Practices: cat.Practices(id)}
	for _, k := range compiled().of[id] {
		x := Explained{Check: k.Check, Reads: k.reads, Basis: k.basis, Thresholds: []guideline.Setting{}}
		for _, name := range k.thresholds {
			if s, ok := p.Setting(name); ok {
				x.Thresholds = append(x.Thresholds, s)
			}
		}
		e.Checks = append(e.Checks, x)
		e.Documents = append(e.Documents, k.Evidence...)
		for _, r := range cat.Registers() {
			known := slices.ContainsFunc(e.Registers, func(have guideline.Register) bool { return have.Kind == r.Kind })
			if k.readsRecords(r.Kind) && !known {
				e.Registers = append(e.Registers, r)
			}
		}
	}
	slices.Sort(e.Documents)
	e.Documents = slices.Compact(e.Documents)
	return e, true
}

// behind are the registers whose records reach checks by way of another fact.
var behind = map[string][]string{
	"components":    {"adoption", "component_policy", "component_life"},
	"cases":         {"vulnerability_case", "vulnerability_report"},
	"notices":       {"notice", "contact"},
	"partners":      {"sbom_share", "contact"},
	"proven":        {"vulnerability_case", "code_analysis", "test_run"},
	"reports":       {"authority_report", "reportable_event"},
	"releases":      {"code_analysis", "test_run"},
	"threat_models": {"threat"},
	"threats":       {"threat"},
	"tellings":      {"notice", "sharing", "advisory", "reportable_event"},
	"updates":       {"component_update"},
	"uses":          {"support_plan"},
}

func (k *check) readsRecords(kind string) bool {
	return slices.ContainsFunc(k.reads, func(name string) bool { return name == "record:"+kind || slices.Contains(behind[name], kind) })
}

// FedBy gives the requirements that a document of a type (the word of fact.Reading.Type) feeds, in printed order: what
// `push` tells whoever brought it in.
func FedBy(docType string) []guideline.ID {
	return fed(func(k *check) bool { return slices.Contains(k.Evidence, docType) })
}

// FedByRecord gives the requirements that records of a register feed, in printed order.
func FedByRecord(kind string) []guideline.ID {
	return fed(func(k *check) bool { return k.readsRecords(kind) })
}

func fed(by func(*check) bool) []guideline.ID {
	out := []guideline.ID{}
	s := compiled()
	for _, in := range guideline.Default().Individuals() {
		if slices.ContainsFunc(s.of[in.ID], by) {
			out = append(out, in.ID)
		}
	}
	return out
}
