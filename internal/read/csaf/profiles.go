package csaf

import (
	"slices"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// profiles are the names of section 4; the first has no rules of its own.
var profiles = []string{base, incident, informational, advisory, vexProfile}

const (
	base          = "csaf_base"
	incident      = "csaf_security_incident_response"
	informational = "csaf_informational_advisory"
	advisory      = "csaf_security_advisory"
	vexProfile    = "csaf_vex"
)

func needsNote(d *document, fail fail) {
	if !d.is(incident, informational) {
		return
	}
	for _, n := range d.document.List("notes") {
		if slices.Contains([]string{"description", "details", "general", "summary"}, n.Text("category")) {
			return
		}
	}
	fail(d.document.At("notes"), lang.T("説明・詳細・概要などの注記がありません", "there is no note of category description, details, general or summary"))
}

func needsReference(d *document, fail fail) {
	if !d.is(incident, informational) {
		return
	}
	for _, r := range d.document.List("references") {
		if c := r.Text("category"); c == "external" || c == "" { // external is what is meant when nothing is said
			return
		}
	}
	fail(d.document.At("references"), lang.T("外部の参照先がありません", "there is no reference of category external"))
}

func noVulnerabilities(d *document, fail fail) {
	if d.is(informational) && len(d.vulnerabilities) > 0 {
		fail("/vulnerabilities", lang.T("お知らせの文書に脆弱性が書かれています", "an informational advisory lists vulnerabilities"))
	}
}

func needsTree(d *document, fail fail) {
	if d.is(advisory, vexProfile) && d.tree.Members == nil {
		fail("/product_tree", lang.T("製品の一覧がありません", "there is no product tree"))
	}
}

func needsVulnerabilities(d *document, fail fail) {
	if d.is(advisory, vexProfile) && len(d.vulnerabilities) == 0 {
		fail("/vulnerabilities", lang.T("脆弱性がありません", "there is no vulnerability"))
	}
}

func needsVulnerabilityNotes(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		if d.is(advisory, vexProfile) && len(v.List("notes")) == 0 {
			fail(v.At("notes"), lang.T("脆弱性の説明がありません", "the vulnerability has no notes"))
		}
	}
}

func needsStatus(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		if d.is(advisory) && v.Child("product_status").Members == nil {
			fail(v.At("product_status"), lang.T("脆弱性に製品の状態がありません", "the vulnerability has no product status"))
		}
	}
}

func needsVEXStatus(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		if !d.is(vexProfile) {
			return
		}
		s := v.Child("product_status")
		if !s.Has("fixed") && !s.Has("known_affected") && !s.Has("known_not_affected") && !s.Has("under_investigation") {
			fail(v.At("product_status"), lang.T("影響あり・影響なし・修正済み・調査中のどれも書かれていません", "it tells no product as fixed, known_affected, known_not_affected or under_investigation"))
		}
	}
}

func needsID(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		if d.is(vexProfile) && v.Text("cve") == "" && len(v.List("ids")) == 0 {
			fail(v.Place, lang.T("脆弱性の番号がありません", "the vulnerability has neither a CVE nor another id"))
		}
	}
}

func needsImpact(d *document, fail fail) {
	d.perProduct("known_not_affected", fail, lang.T("影響なしとする理由がありません", "there is no reason why it is not affected"), func(v input.Object) []input.Object {
		list := slices.Clone(v.List("flags"))
		for _, t := range v.List("threats") {
			if t.Text("category") == "impact" {
				list = append(list, t)
			}
		}
		return list
	})
}

func needsAction(d *document, fail fail) {
	d.perProduct("known_affected", fail, lang.T("影響ありの製品に対処が書かれていません", "there is no remediation for the affected product"), func(v input.Object) []input.Object { return v.List("remediations") })
}

// perProduct asks of a VEX that each product of a state is spoken of by one of some objects.
func (d *document) perProduct(state string, fail fail, what lang.Text, by func(v input.Object) []input.Object) {
	for _, v := range d.vulnerabilities {
		if !d.is(vexProfile) {
			return
		}
		said := map[string]bool{}
		for _, o := range by(v) {
			for _, id := range d.of(o) {
				said[id] = true
			}
		}
		for i, id := range v.Child("product_status").Texts(state) {
			if !said[id] {
				fail(input.Pointer(v.Place, "product_status", state, itoa(i)), lang.F("製品「%[1]s」: %[2]s", "product %[1]q: %[2]s", input.Clip(id), what))
			}
		}
	}
}
