package oscal

import (
	"fmt"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

type catalog struct {
	UUID     string   `json:"uuid"`
	Metadata metadata `json:"metadata"`
	Groups   []group  `json:"groups"`
}

type group struct {
	ID       string    `json:"id"`
	Class    string    `json:"class"`
	Title    string    `json:"title"`
	Props    []prop    `json:"props,omitempty"`
	Parts    []part    `json:"parts,omitempty"`
	Groups   []group   `json:"groups,omitempty"`
	Controls []control `json:"controls,omitempty"`
}

type control struct {
	ID    string `json:"id"`
	Class string `json:"class"`
	Title string `json:"title"`
	Props []prop `json:"props"`
	Parts []part `json:"parts"`
}

type part struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Prose string `json:"prose"`
}

// The files that documents of the guideline refer to each other by.
const catalogFile = "tasuki-catalog.json"

// Catalog writes the guideline: 6 categories, 21 requirements within them, and 69 individual requirements as controls.
func Catalog(l lang.Lang) ([]byte, error) {
	c := guideline.Default()
	doc := catalog{UUID: catalogID(l), Metadata: about(verify.Title, l, version)}
	for _, cat := range c.Categories() {
		g := group{ID: fmt.Sprintf("s%d", cat.Number), Class: "category", Title: cat.Title.In(l),
			Props: label(nil, fmt.Sprintf("S(%d)", cat.Number)), Parts: overview(fmt.Sprintf("s%d", cat.Number), cat.Text, l)}
		for _, r := range c.Requirements() {
			if r.Category == cat.Number {
				g.Groups = append(g.Groups, requirementGroup(c, r, l))
			}
		}
		doc.Groups = append(doc.Groups, g)
	}
	return encode("catalog", doc)
}

func catalogID(l lang.Lang) string { return id("catalog", guideline.Default().Digest(), string(l)) }

func requirementGroup(c *guideline.Catalog, r guideline.Requirement, l lang.Lang) group {
	g := group{ID: token(string(r.ID)), Class: "requirement", Title: r.Title.In(l), Props: label(nil, string(r.ID)), Parts: overview(token(string(r.ID)), r.Text, l)}
	for _, in := range c.Individuals() {
		if in.Requirement == r.ID {
			g.Controls = append(g.Controls, individual(in, l))
		}
	}
	return g
}

func individual(in guideline.Individual, l lang.Lang) control {
	out := control{ID: token(string(in.ID)), Class: "individual-requirement", Title: in.Title.In(l), Props: label(nil, string(in.ID)),
		Parts: []part{{ID: statement(in.ID), Name: "statement", Prose: in.Text.In(l)}}}
	for _, r := range in.Roles {
		out.Props = own(out.Props, "role", string(r))
	}
	for _, level := range in.Levels {
		out.Props = own(out.Props, "level", string(level))
	}
	return out
}

// label gives the id as printed; the name is OSCAL's own.
func label(props []prop, id string) []prop { return append(props, prop{Name: "label", Value: id}) }

func overview(id string, text lang.Text, l lang.Lang) []part {
	if text.IsZero() {
		return nil
	}
	return []part{{ID: id + "_ovw", Name: "overview", Prose: text.In(l)}}
}

type profile struct {
	UUID     string    `json:"uuid"`
	Metadata metadata  `json:"metadata"`
	Imports  []imports `json:"imports"`
	Merge    merge     `json:"merge"`
}

type imports struct {
	Href    string    `json:"href"`
	Include []withIDs `json:"include-controls"`
}

type withIDs struct {
	IDs []string `json:"with-ids"`
}

type merge struct {
	AsIs bool `json:"as-is"`
}

// Profile writes a package of the guideline, minimum or standard, as a choice from the catalog beside it.
func Profile(level guideline.Level, l lang.Lang) ([]byte, error) {
	var ids []string
	for _, in := range guideline.Default().Individuals() {
		if in.At(level) {
			ids = append(ids, token(string(in.ID)))
		}
	}
	name := lang.T(verify.Title.JA+"　"+declared.PackageName(level).JA, verify.Title.EN+", "+declared.PackageName(level).EN)
	return encode("profile", profile{UUID: id("profile", guideline.Default().Digest(), string(level), string(l)), Metadata: about(name, l, version),
		Imports: []imports{{Href: catalogFile, Include: []withIDs{{ids}}}}, Merge: merge{AsIs: true}})
}
