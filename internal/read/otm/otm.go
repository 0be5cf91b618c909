// Package otm reads the Open Threat Model format, 0.1 and 0.2, as JSON or YAML
// (https://github.com/iriusrisk/OpenThreatModel).
//
// Start from [Read]. What the format requires is required; a reference to something that is not in the model is a doubt.
package otm

import (
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

const maxProblems = 200

// Match reports whether the bytes are an Open Threat Model: they give a version of it.
func Match(b []byte) bool {
	if _, ok := input.Member(b, "otmVersion"); ok {
		return true
	}
	return input.YAMLKey(b, "otmVersion")
}

// Read reads one model. The fact is a *fact.ThreatModel.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "Open Threat Model", lang.T("示した箇所を直すか、モデリングツールから出力し直してください。", "Correct the place shown, or export the model anew."))
}

func read(b []byte) (fact.Reading, error) {
	o, err := parse(b)
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{names: map[string]string{}, threats: map[string]input.Object{}, mitigations: map[string]input.Object{}, used: map[string]bool{}}
	if err := x.model(o); err != nil {
		return fact.Reading{}, err
	}
	m := x.m
	if m.Total() > len(m.Threats) {
		x.doubt("/threats", lang.F("脅威が%[1]d件あり、一覧には%[2]d件だけを載せています", "there are %[1]d threats, of which %[2]d are listed", m.Total(), len(m.Threats)))
	}
	return fact.Reading{
		Type: "otm", Version: m.SpecVersion, Problems: x.problems,
		Facts:   []fact.Fact{{Kind: fact.KindThreatModel, ObservedAt: m.Updated, Data: m}},
		Summary: map[string]any{"components": m.Components, "threats": m.Total(), "open": m.Open},
	}, nil
}

// parse reads JSON, or YAML when the text does not begin like a JSON object.
func parse(b []byte) (input.Object, error) {
	text, err := input.Text(b)
	if err != nil {
		return input.Object{}, err
	}
	decode := input.YAML
	if strings.HasPrefix(strings.TrimLeft(string(text[:min(len(text), 4096)]), " \t\r\n"), "{") {
		decode = input.JSON
	}
	doc, err := decode(text)
	if err != nil {
		return input.Object{}, err
	}
	return input.Top(doc)
}

type extraction struct {
	m           *fact.ThreatModel
	names       map[string]string       // of zones and components, by id
	threats     map[string]input.Object // definitions, by id
	mitigations map[string]input.Object
	used        map[string]bool // threats that something refers to
	problems    []fact.Problem
}

func (x *extraction) doubt(where string, what lang.Text) {
	if len(x.problems) < maxProblems {
		x.problems = append(x.problems, fact.Problem{Where: where, What: what})
	}
}

func (x *extraction) model(o input.Object) error {
	version, err := o.Need("otmVersion")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(version, "0.1.") && !strings.HasPrefix(version, "0.2.") {
		return input.Refuse("/otmVersion", lang.F("版「%s」は読めません(読める版: 0.1、0.2)", "version %q cannot be read (known: 0.1, 0.2)", input.Clip(version)))
	}
	project := o.Child("project")
	if _, err := project.Need("id"); err != nil {
		return err
	}
	title, err := project.Need("name")
	if err != nil {
		return err
	}
	x.m = &fact.ThreatModel{Format: "OTM", SpecVersion: version, Title: title, Owner: project.Text("owner"), Threats: []fact.Threat{}}
	lists := map[string][]input.Object{}
	for _, l := range []struct {
		name string
		need []string
	}{
		{"trustZones", []string{"id", "name"}},
		{"components", []string{"id", "name", "type"}},
		{"dataflows", []string{"id", "name", "source", "destination"}},
		{"assets", []string{"id", "name"}},
		{"threats", []string{"id", "name"}},
		{"mitigations", []string{"id", "name"}},
	} {
		if lists[l.name], err = list(o, l.name, l.need); err != nil {
			return err
		}
	}
	x.m.TrustZones, x.m.Components = len(lists["trustZones"]), len(lists["components"])
	x.m.DataFlows, x.m.Assets = len(lists["dataflows"]), len(lists["assets"])
	x.index(x.threats, lists["threats"])
	x.index(x.mitigations, lists["mitigations"])
	x.elements(lists["trustZones"], lists["components"], lists["dataflows"])
	for _, list := range [][]input.Object{lists["components"], lists["dataflows"]} {
		for _, part := range list {
			if err := x.threatsOf(part); err != nil {
				return err
			}
		}
	}
	for _, d := range lists["threats"] {
		if !x.used[d.Text("id")] { // defined, and put on nothing
			x.m.Add(x.threat(d, fact.Threat{Status: fact.ThreatUndecided, Pointer: d.Place}))
			x.doubt(d.Place, lang.F("脅威「%s」がどの要素にも結び付いていません", "the threat %q is put on no part of the model", input.Clip(d.Text("name"))))
		}
	}
	return nil
}

func list(o input.Object, name string, need []string) ([]input.Object, error) {
	items, err := o.Objects(name)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		for _, n := range need {
			if !i.Has(n) {
				_, err := i.Need(n)
				return nil, err
			}
		}
	}
	return items, nil
}

func (x *extraction) index(into map[string]input.Object, items []input.Object) {
	for _, i := range items {
		id := i.Text("id")
		if _, again := into[id]; again {
			x.doubt(i.At("id"), lang.F("識別子「%s」が二度使われています", "the id %q is used twice", input.Clip(id)))
			continue
		}
		into[id] = i
	}
}

// elements notes the names of zones and components, and doubts flows that begin or end nowhere.
func (x *extraction) elements(zones, components, flows []input.Object) {
	for _, e := range append(append([]input.Object{}, zones...), components...) {
		id := e.Text("id")
		if _, again := x.names[id]; again {
			x.doubt(e.At("id"), lang.F("識別子「%s」が二度使われています", "the id %q is used twice", input.Clip(id)))
		}
		x.names[id] = e.Text("name")
	}
	for _, c := range components {
		for _, kind := range []string{"trustZone", "component"} {
			if parent := c.Child("parent").Text(kind); parent != "" && x.names[parent] == "" {
				x.doubt(c.Child("parent").At(kind), lang.F("「%s」はこのモデルにありません", "%q is not in this model", input.Clip(parent)))
			}
		}
	}
	for _, f := range flows {
		for _, end := range []string{"source", "destination"} {
			if id := f.Text(end); x.names[id] == "" {
				x.doubt(f.At(end), lang.F("「%s」はこのモデルにありません", "%q is not in this model", input.Clip(id)))
			}
		}
	}
}

// threatsOf adds the threats put on a component or flow.
func (x *extraction) threatsOf(part input.Object) error {
	refs, err := part.Objects("threats")
	if err != nil {
		return err
	}
	for _, r := range refs {
		id, err := r.Need("threat")
		if err != nil {
			return err
		}
		state := r.Text("state")
		t := fact.Threat{ID: id, Title: id, Target: part.Text("name"), Status: status(state), Pointer: r.Place}
		if state != string(t.Status) {
			t.AsWritten = state
		}
		if t.Status == fact.ThreatUndecided {
			x.doubt(r.At("state"), lang.F("脅威の状態「%s」がわかりません", "the state %q of the threat is not known", input.Clip(state)))
		}
		for _, m := range r.List("mitigations") {
			name := m.Text("mitigation")
			if d, ok := x.mitigations[name]; ok {
				name = d.Text("name")
			}
			t.Mitigations = append(t.Mitigations, fact.Mitigation{Text: name, State: m.Text("state")})
		}
		if d, ok := x.threats[id]; ok {
			x.used[id] = true
			t = x.threat(d, t)
		} else {
			x.doubt(r.At("threat"), lang.F("「%s」はこのモデルにありません", "%q is not in this model", input.Clip(id)))
		}
		x.m.Add(t)
	}
	return nil
}

// threat fills in what the definition of a threat tells.
func (x *extraction) threat(d input.Object, t fact.Threat) fact.Threat {
	t.ID, t.Title = d.Text("id"), d.Text("name")
	for _, c := range d.Texts("categories") {
		t.Categories = append(t.Categories, fact.ThreatCategory(c))
	}
	t.Likelihood, _ = d.Child("risk").Number("likelihood")
	t.Impact, _ = d.Child("risk").Number("impact")
	return t
}

// status maps a state; the format does not lay the words down: these are the ones of IriusRisk and of the Microsoft Threat
// Modeling Tool, whose models are converted. What is only partly mitigated is open.
func status(state string) fact.ThreatStatus {
	switch strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(state)) {
	case "exposed", "open", "partly mitigated", "partially mitigated", "not started", "needs investigation":
		return fact.ThreatOpen
	case "mitigated":
		return fact.ThreatMitigated
	case "accepted", "accept":
		return fact.ThreatAccepted
	case "not applicable", "n/a", "na":
		return fact.ThreatNotApplicable
	}
	return fact.ThreatUndecided
}
