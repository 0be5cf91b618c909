package oscal

import (
	"fmt"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// ssdf is the crosswalk of section 5.8(3) that a mapping collection is made from.
const ssdf = "ssdf"

type mappingCollection struct {
	UUID       string     `json:"uuid"`
	Metadata   metadata   `json:"metadata"`
	Provenance provenance `json:"provenance"`
	Mappings   []mapping  `json:"mappings"`
	Back       backMatter `json:"back-matter"`
}

type provenance struct {
	Method      string `json:"method"`
	Rationale   string `json:"matching-rationale"`
	Status      string `json:"status"`
	Description string `json:"mapping-description"`
}

type mapping struct {
	UUID   string      `json:"uuid"`
	Source mapped      `json:"source-resource"`
	Target mapped      `json:"target-resource"`
	Maps   []mapsEntry `json:"maps"`
}

type mapped struct {
	Type    string `json:"type"`
	Href    string `json:"href"`
	Remarks string `json:"remarks,omitempty"`
}

type mapsEntry struct {
	UUID         string `json:"uuid"`
	Relationship string `json:"relationship"`
	Sources      []item `json:"sources"`
	Targets      []item `json:"targets"`
	Props        []prop `json:"props,omitempty"`
	Remarks      string `json:"remarks,omitempty"`
}

type item struct {
	Type string `json:"type"`
	ID   string `json:"id-ref"`
}

// Mapping writes how the guideline relates to NIST SP 800-218 (SSDF), as section 5.8(3) prints it: one entry for each
// requirement, from its individual requirements to tasks, and one for the weaker links printed in brackets. The guideline
// does not say how the two relate, so every entry says no more than that they intersect.
func Mapping(l lang.Lang) ([]byte, error) {
	c := guideline.Default()
	for _, x := range c.Crosswalks().ByRequirement() {
		if x.ID == ssdf {
			return encode("mapping-collection", collection(c, x, l))
		}
	}
	return nil, fmt.Errorf("the catalogue has no crosswalk %q", ssdf)
}

func collection(c *guideline.Catalog, x guideline.Crosswalk, l lang.Lang) mappingCollection {
	other := id("resource", x.Catalog)
	m := mapping{UUID: id("mapping", c.Digest(), x.ID), Source: mapped{Type: "catalog", Href: catalogFile},
		Target: mapped{Type: "catalog", Href: "#" + other, Remarks: lang.T("タスクの番号は SP 800-218 第1.1版のとおりです。", "Tasks have their ids as printed in SP 800-218 version 1.1.").In(l)}}
	for _, row := range x.Rows {
		var plain, weak []item
		for _, cell := range row.Cells {
			for _, it := range cell.Items {
				if it.Weak {
					weak = append(weak, item{"control", it.Key})
				} else {
					plain = append(plain, item{"control", it.Key})
				}
			}
		}
		m.Maps = append(m.Maps, entries(c, row.Requirement, plain, weak, l)...)
	}
	return mappingCollection{UUID: id("mapping collection", c.Digest(), x.ID, string(l)), Metadata: about(x.Title, l, mappingVersion),
		Provenance: provenance{"human", "semantic", "complete", lang.F("ガイドライン %s に示された対応関係です。", "The relation that section %s of the guideline states.", x.Section).In(l)},
		Mappings:   []mapping{m}, Back: backMatter{[]resource{{UUID: other, Title: x.Document.In(l)}}}}
}

func entries(c *guideline.Catalog, requirement guideline.ID, plain, weak []item, l lang.Lang) []mapsEntry {
	var sources []item
	for _, in := range c.Individuals() {
		if in.Requirement == requirement {
			sources = append(sources, item{"control", token(string(in.ID))})
		}
	}
	var out []mapsEntry
	for _, e := range []struct {
		name    string
		targets []item
		note    lang.Text
	}{{"printed", plain, lang.Text{}}, {"in brackets", weak, lang.T("括弧つきで示された弱い対応です。", "A weaker link, printed in brackets.")}} {
		if len(e.targets) > 0 {
			props := own(nil, "requirement", string(requirement))
			if e.name != "printed" {
				props = own(props, "weak", "true")
			}
			out = append(out, mapsEntry{UUID: id("map", c.Digest(), ssdf, string(requirement), e.name), Relationship: "intersects-with",
				Sources: sources, Targets: e.targets, Props: props, Remarks: e.note.In(l)})
		}
	}
	return out
}
