// Package threagile reads the input model of Threagile, the YAML that people write (https://github.com/Threagile/threagile).
//
// Start from [Read]. Threagile works most risks out itself, and these are not in the model: listed are the risks entered
// by hand (individual_risk_categories) and those on which something was decided (risk_tracking).
package threagile

import (
	"maps"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/read/input"
)

const maxProblems = 200

// Match reports whether the bytes are a model: YAML that gives a version of Threagile.
func Match(b []byte) bool { return input.YAMLKey(b, "threagile_version") }

// Read reads one model. The fact is a *fact.ThreatModel.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "Threagile", lang.T("示した箇所を直してください。", "Correct the place shown."))
}

func read(b []byte) (fact.Reading, error) {
	o, err := input.YAMLObject(b)
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{tracked: map[string]bool{}}
	if err := x.model(o); err != nil {
		return fact.Reading{}, err
	}
	m := x.m
	x.doubt("", lang.T("Threagileが計算して求めるリスクはこのファイルに含まれていません。手で書かれたものと判断が記録されたものだけを数えています", "the risks that Threagile works out are not in this file; only those entered by hand and those with a decision are counted"))
	return fact.Reading{
		Type: "threagile", Version: m.SpecVersion, Problems: x.problems,
		Facts:   []fact.Fact{{Kind: fact.KindThreatModel, ObservedAt: m.Updated, Data: m}},
		Summary: map[string]any{"components": m.Components, "threats": m.Total(), "open": m.Open},
	}, nil
}

type extraction struct {
	m        *fact.ThreatModel
	tracking map[string]input.Object
	tracked  map[string]bool // entries of the tracking that an individual risk took up
	problems []fact.Problem
}

func (x *extraction) doubt(where string, what lang.Text) {
	if len(x.problems) < maxProblems {
		x.problems = append(x.problems, fact.Problem{Where: where, What: what})
	}
}

// members gives the objects of a mapping inside by name; one that is no mapping is refused.
func members(o input.Object, name string) (map[string]input.Object, error) {
	out := map[string]input.Object{}
	if !o.Has(name) {
		return out, nil
	}
	m, ok := o.Members[name].(map[string]any)
	if !ok {
		return nil, input.Refuse(o.At(name), lang.T("名前と値の組になっていません", "it is not a mapping"))
	}
	c := o.Child(name)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] == nil {
			continue
		}
		if _, ok := m[k].(map[string]any); !ok {
			return nil, input.Refuse(c.At(k), lang.T("名前と値の組になっていません", "it is not a mapping"))
		}
		out[k] = c.Child(k)
	}
	return out, nil
}

func (x *extraction) model(o input.Object) error {
	version, err := o.Need("threagile_version")
	if err != nil {
		return err
	}
	title, err := o.Need("title")
	if err != nil {
		return err
	}
	x.m = &fact.ThreatModel{Format: "Threagile", SpecVersion: version, Title: plain(title), Owner: o.Child("author").Text("name"), Updated: o.Time("date"), Threats: []fact.Threat{}}
	if x.m.Updated.IsZero() {
		x.doubt("/date", lang.T("日付がないか、日付ではありません", "there is no date, or it is no date"))
	}
	assets, err := members(o, "technical_assets")
	if err != nil {
		return err
	}
	x.m.Components = len(assets)
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		links, err := members(assets[name], "communication_links")
		if err != nil {
			return err
		}
		x.m.DataFlows += len(links)
		if assets[name].Bool("out_of_scope") {
			x.m.OutOfScope++
		}
	}
	data, err := members(o, "data_assets")
	if err != nil {
		return err
	}
	zones, err := members(o, "trust_boundaries")
	if err != nil {
		return err
	}
	x.m.Assets, x.m.TrustZones = len(data), len(zones)
	if x.tracking, err = members(o, "risk_tracking"); err != nil {
		return err
	}
	if err := x.individual(o); err != nil {
		return err
	}
	for _, pattern := range slices.Sorted(maps.Keys(x.tracking)) {
		if !x.tracked[pattern] {
			t := fact.Threat{ID: pattern, Title: pattern, Pointer: x.tracking[pattern].Place}
			_, t.Target, _ = strings.Cut(pattern, "@")
			x.m.Add(x.decided(t, x.tracking[pattern]))
		}
	}
	return nil
}

// individual lists the risks entered by hand.
func (x *extraction) individual(o input.Object) error {
	categories, err := members(o, "individual_risk_categories")
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(categories)) {
		c := categories[name]
		risks, err := members(c, "risks_identified")
		if err != nil {
			return err
		}
		for _, title := range slices.Sorted(maps.Keys(risks)) {
			r := risks[title]
			t := fact.Threat{ID: synthetic(c.Text("id"), r), Title: plain(title), Target: r.Text("most_relevant_technical_asset"), Severity: fact.ThreatSeverity(r.Text("severity")), Status: fact.ThreatOpen, AsWritten: "unchecked", Pointer: r.Place}
			if s := c.Text("stride"); s != "" {
				t.Categories = []string{fact.ThreatCategory(s)}
			}
			if m := c.Text("mitigation"); m != "" {
				t.Mitigations = []fact.Mitigation{{Text: plain(m)}}
			}
			for _, pattern := range slices.Sorted(maps.Keys(x.tracking)) {
				if covers(pattern, t.ID) {
					x.tracked[pattern] = true
					t = x.decided(t, x.tracking[pattern])
					break
				}
			}
			x.m.Add(t)
		}
	}
	return nil
}

// synthetic gives the id Threagile makes for a risk: its category and what it is about.
func synthetic(category string, r input.Object) string {
	id := category
	for _, about := range []string{"data_asset", "technical_asset", "communication_link", "trust_boundary", "shared_runtime"} {
		if s := r.Text("most_relevant_" + about); s != "" {
			id += "@" + s
		}
	}
	return id
}

// covers reports whether an entry of the tracking speaks of a risk: part by part between the @ signs, * for any part.
func covers(pattern, id string) bool {
	p, parts := strings.Split(pattern, "@"), strings.Split(id, "@")
	if len(p) != len(parts) {
		return false
	}
	for i := range p {
		if p[i] != "*" && p[i] != parts[i] {
			return false
		}
	}
	return true
}

func (x *extraction) decided(t fact.Threat, o input.Object) fact.Threat {
	written := o.Text("status")
	t.Status, t.AsWritten = status(written), written
	if written == string(t.Status) {
		t.AsWritten = ""
	}
	t.Reason, t.Decided, t.Reference = o.Text("justification"), o.Text("checked_by"), o.Text("ticket")
	if t.Status == fact.ThreatUndecided {
		x.doubt(o.At("status"), lang.F("リスクの状態「%s」がわかりません", "the state %q of the risk is not known", input.Clip(written)))
	}
	if t.Status == fact.ThreatAccepted && t.Reason == "" {
		x.doubt(o.Place, lang.T("リスクを受容した理由が書かれていません", "the risk is accepted without a reason"))
	}
	return t
}

// status maps the states of risk_tracking: what is being discussed or worked on is open.
func status(s string) fact.ThreatStatus {
	switch s {
	case "unchecked", "in-discussion", "in-progress":
		return fact.ThreatOpen
	case "mitigated":
		return fact.ThreatMitigated
	case "accepted":
		return fact.ThreatAccepted
	case "false-positive":
		return fact.ThreatNotApplicable
	}
	return fact.ThreatUndecided
}

var markup = pattern.Of(`</?[a-zA-Z]+/?>`)

// plain takes off the markup that Threagile allows in titles.
func plain(s string) string { return markup().ReplaceAllString(s, "") }
