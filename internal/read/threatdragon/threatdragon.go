// Package threatdragon reads models of OWASP Threat Dragon, version 2, and version 1 whose cells lie a level deeper
// (https://github.com/OWASP/threat-dragon).
//
// Start from [Read]. The threats are taken from where Threat Dragon writes them: data.threats of a cell in version 2, its
// threats in version 1.
package threatdragon

import (
	"bytes"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

const maxProblems = 200

// Match reports whether the bytes are a model: an object with the objects summary and detail.
func Match(b []byte) bool {
	found := 0
	for name, value := range input.Members(b) {
		switch string(name) {
		case "summary", "detail":
			if bytes.HasPrefix(value, []byte("{")) {
				found++
			}
		}
	}
	return found == 2
}

// Read reads one model. The fact is a *fact.ThreatModel; the format has no date.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "Threat Dragon", lang.T("示した箇所を直すか、Threat Dragonで開いて保存し直してください。", "Correct the place shown, or open and save the model in Threat Dragon."))
}

func read(b []byte) (fact.Reading, error) {
	o, err := input.JSONObject(b)
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{}
	if err := x.model(o); err != nil {
		return fact.Reading{}, err
	}
	m := x.m
	if m.Total() > len(m.Threats) {
		x.doubt("", lang.F("脅威が%[1]d件あり、一覧には%[2]d件だけを載せています", "there are %[1]d threats, of which %[2]d are listed", m.Total(), len(m.Threats)))
	}
	return fact.Reading{
		Type: "threatdragon", Version: m.SpecVersion, Problems: x.problems,
		Facts:   []fact.Fact{{Kind: fact.KindThreatModel, Data: m}},
		Summary: map[string]any{"components": m.Components, "threats": m.Total(), "open": m.Open},
	}, nil
}

type extraction struct {
	m        *fact.ThreatModel
	problems []fact.Problem
}

func (x *extraction) doubt(where string, what lang.Text) {
	if len(x.problems) < maxProblems {
		x.problems = append(x.problems, fact.Problem{Where: where, What: what})
	}
}

func (x *extraction) model(o input.Object) error {
	version := o.Text("version")
	switch {
	case version == "":
		version = "1"
		x.doubt("", lang.T("版が書かれていないため、Threat Dragon 1の書き方として読みました", "it gives no version and is read as Threat Dragon 1"))
	case !strings.HasPrefix(version, "1.") && !strings.HasPrefix(version, "2."):
		return input.Refuse("/version", lang.F("版「%s」は読めません(読める版: 1、2)", "version %q cannot be read (known: 1, 2)", input.Clip(version)))
	}
	title, err := o.Child("summary").Need("title")
	if err != nil {
		return err
	}
	detail := o.Child("detail")
	if !detail.Has("diagrams") {
		_, err := detail.Need("diagrams")
		return err
	}
	diagrams, err := detail.Objects("diagrams")
	if err != nil {
		return err
	}
	x.m = &fact.ThreatModel{Format: "Threat Dragon", SpecVersion: version, Title: title, Owner: o.Child("summary").Text("owner"), Reviewer: detail.Text("reviewer"), Threats: []fact.Threat{}}
	for _, d := range diagrams {
		if strings.HasPrefix(version, "1") {
			d = d.Child("diagramJson")
		}
		cells, err := d.Objects("cells")
		if err != nil {
			return err
		}
		for _, c := range cells {
			if err := x.cell(c); err != nil {
				return err
			}
		}
	}
	if x.m.Components == 0 {
		x.doubt("/detail/diagrams", lang.T("図に構成要素がありません", "no diagram has a component"))
	}
	return nil
}

func (x *extraction) cell(c input.Object) error {
	shape, data := c.Text("shape"), c.Child("data")
	if old := c.Text("type"); strings.HasPrefix(old, "tm.") && old != "tm.BoundaryBox" || shape == "" {
		shape, data = old, c // version 1 keeps everything in the cell
	}
	name := data.Text("name")
	if name == "" {
		name = c.Child("attrs").Child("text").Text("text")
	}
	switch shape {
	case "process", "store", "actor", "tm.Process", "tm.Store", "tm.Actor":
		x.m.Components++
	case "flow", "tm.Flow":
		x.m.DataFlows++
	case "trust-boundary-curve", "trust-boundary-box", "trust-broundary-curve", "tm.Boundary", "tm.BoundaryBox":
		x.m.TrustZones++
	case "td-text-block":
		return nil
	default:
		x.doubt(c.Place, lang.F("図形の種類「%s」がわかりません", "the kind of shape %q is not known", input.Clip(shape)))
	}
	if data.Bool("outOfScope") {
		x.m.OutOfScope++
	}
	threats, err := data.Objects("threats")
	if err != nil {
		return err
	}
	for _, t := range threats {
		if err := x.threat(t, name); err != nil {
			return err
		}
	}
	return nil
}

func (x *extraction) threat(o input.Object, target string) error {
	title, err := o.Need("title")
	if err != nil {
		return err
	}
	written := o.Text("status")
	t := fact.Threat{
		ID: o.Text("id"), Title: title, Target: strings.Join(strings.Fields(target), " "), Severity: fact.ThreatSeverity(o.Text("severity")),
		Status: status(written), Pointer: o.Place,
	}
	if t.ID == "" {
		t.ID = o.Text("threatId")
	}
	if !strings.EqualFold(written, string(t.Status)) {
		t.AsWritten = written
	}
	if c := o.Text("type"); c != "" {
		t.Categories = []string{fact.ThreatCategory(c)}
	}
	if m := strings.TrimSpace(o.Text("mitigation")); m != "" {
		t.Mitigations = []fact.Mitigation{{Text: m}}
	}
	if t.Status == fact.ThreatUndecided {
		x.doubt(o.At("status"), lang.F("脅威の状態「%s」がわかりません", "the state %q of the threat is not known", input.Clip(written)))
	}
	if t.Status == fact.ThreatMitigated && t.Mitigations == nil {
		x.doubt(o.Place, lang.F("脅威「%s」は対策済みとされていますが、対策が書かれていません", "the threat %q is said to be mitigated, and it does not say how", input.Clip(title)))
	}
	x.m.Add(t)
	return nil
}

// status maps a state. A risk that was moved to somebody else is borne knowingly: accepted. One that was avoided or
// eliminated is gone: mitigated.
func status(s string) fact.ThreatStatus {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "open":
		return fact.ThreatOpen
	case "mitigated", "avoided", "eliminated":
		return fact.ThreatMitigated
	case "accepted", "transferred":
		return fact.ThreatAccepted
	case "na", "n/a", "not applicable", "notapplicable":
		return fact.ThreatNotApplicable
	}
	return fact.ThreatUndecided
}
