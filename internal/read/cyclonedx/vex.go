package cyclonedx

import (
	"strings"

	"example.org/tasuki/internal/fact"
)

// states maps analysis.state to ours.
var states = map[string]fact.VEXStatus{
	"exploitable":            fact.Affected,
	"not_affected":           fact.NotAffected,
	"false_positive":         fact.FalsePositive,
	"resolved":               fact.Fixed,
	"resolved_with_pedigree": fact.Fixed,
	"in_triage":              fact.UnderInvestigation,
}

// justifications maps analysis.justification to OpenVEX's labels. No official mapping exists; this one is ours. What has
// no safe counterpart is left out and stays in ReasonWritten: requires_dependency does not say that the dependency is
// absent, and a perimeter is not inline.
var justifications = map[string]string{
	"code_not_present":                "vulnerable_code_not_present",
	"code_not_reachable":              "vulnerable_code_not_in_execute_path",
	"requires_configuration":          "vulnerable_code_not_in_execute_path",
	"requires_environment":            "vulnerable_code_not_in_execute_path",
	"protected_by_compiler":           "inline_mitigations_already_exist",
	"protected_at_runtime":            "inline_mitigations_already_exist",
	"protected_by_mitigating_control": "inline_mitigations_already_exist",
}

// vulnerabilities counts what the document lists, and gathers those with an analysis as VEX statements.
func (x *extraction) vulnerabilities(list []node) {
	components := map[string]*fact.Component{}
	for _, c := range x.sbom.All() {
		components[c.Ref] = c
	}
	for _, n := range list {
		x.sbom.Vulnerabilities++
		analysis := n.child("analysis")
		status, ok := states[analysis.text("state")]
		if !analysis.there() {
			continue
		}
		x.sbom.Analyses++
		if !ok {
			x.doubt(n.place(), "分析に状態が書かれていません", "the analysis has no state")
			continue
		}
		x.statement(n, analysis, status, components)
	}
}

func (x *extraction) statement(n, analysis node, status fact.VEXStatus, components map[string]*fact.Component) {
	if x.vex == nil {
		x.vex = x.newVEX()
	}
	s := fact.VEXStatement{
		Vulnerability: n.text("id"), Status: status, Pointer: n.place(), At: x.vex.IssuedAt,
		Notes: analysis.text("detail"), Action: firstOf(n.text("recommendation"), n.text("workaround")), Responses: responses(analysis),
	}
	if w := analysis.text("state"); w != string(status) {
		s.AsWritten = w
	}
	if j := analysis.text("justification"); j != "" {
		s.Justification, s.ReasonWritten = justifications[j], j
		if j == "protected_at_perimeter" && status == fact.NotAffected {
			s.Status, s.AsWritten = fact.Affected, string(fact.NotAffected)
			x.doubt(n.place(), "境界での防御だけを理由に「影響なし」とされているため、「影響あり」として扱います", "it is said to be not affected only because of a defence at the perimeter; it is taken as affected")
		}
	}
	for _, name := range []string{"lastUpdated", "firstIssued"} {
		if t, err := parseTime(analysis.text(name)); err == nil {
			s.At = t
			break
		}
	}
	for _, r := range n.list("references", "reference") {
		if id := r.text("id"); id != "" {
			s.Aliases = append(s.Aliases, id)
		}
	}
	for _, a := range n.list("affects", "target") {
		s.Products = append(s.Products, affected(a, components))
	}
	x.vex.Statements = append(x.vex.Statements, s)
}

func (x *extraction) newVEX() *fact.VEX {
	v := &fact.VEX{Format: "CycloneDX", SpecVersion: x.sbom.SpecVersion, ID: x.sbom.Serial, Version: x.sbom.Version, IssuedAt: x.sbom.CreatedAt}
	if len(x.sbom.Authors) > 0 {
		v.Author = x.sbom.Authors[0].Name
	} else if x.sbom.Root != nil && x.sbom.Root.Supplier != nil {
		v.Author = x.sbom.Root.Supplier.Name
	}
	return v
}

func responses(analysis node) []string {
	if analysis.element == nil {
		return analysis.texts("response")
	}
	return analysis.child("responses").texts("response")
}

// affected reads one target: a bom-ref of this document, or a BOM-Link into another one.
func affected(n node, components map[string]*fact.Component) fact.VEXProduct {
	p := fact.VEXProduct{ID: n.text("ref")}
	if c := components[p.ID]; c != nil && p.ID != "" {
		p.PURL, p.CPE = c.PURL, c.CPE
	} else if strings.HasPrefix(p.ID, "pkg:") {
		p.PURL = p.ID
	}
	for _, v := range n.list("versions", "version") {
		p.Versions = append(p.Versions, fact.VEXVersion{Version: v.text("version"), Range: v.text("range"), Status: v.text("status")})
	}
	return p
}
