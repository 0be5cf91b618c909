// Package openvex reads OpenVEX 0.2.0 (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md) and the older 0.0.1,
// in which vulnerabilities and products were plain strings.
//
// A document is held to the official schema. It is refused where its structure is not understood or a status is none;
// other violations are reported as problems. Start from [Read].
package openvex

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/schema"
	openvexschema "example.org/tasuki/third_party/openvex-schema"
)

const (
	maxStatements = 200_000 // in one document
	maxProblems   = 200
)

// justifications are the labels for not_affected (OpenVEX 0.2.0, "status justifications").
var justifications = []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
	"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}

// Match reports whether the bytes are an OpenVEX document by their @context.
func Match(b []byte) bool {
	v, ok := input.Member(b, "@context")
	return ok && strings.Contains(string(v), "openvex.dev/ns")
}

var compiled = sync.OnceValues(func() (*schema.Schema, error) {
	return schema.Compile(openvexschema.Files, "openvex_json_schema.json")
})

// Read reads one document. The fact is a *fact.VEX.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	doc, err := input.JSON(text)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	o, ok := doc.(map[string]any)
	if !ok {
		return fact.Reading{}, refused(input.Refuse("", lang.T("最上位がJSONのオブジェクトではありません", "the top level is not a JSON object")))
	}
	if list, _ := o["statements"].([]any); len(list) > maxStatements {
		return fact.Reading{}, refused(input.Refuse("/statements", lang.F("表明が%d件を超えています", "it makes more than %d statements", maxStatements)))
	}
	s, err := compiled()
	if err != nil {
		return fact.Reading{}, fmt.Errorf("schema of OpenVEX: %w", err)
	}
	modernise(o)
	modern, err := input.DocOf(o)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	doubts, faults := s.Check(modern, forgiven)
	if len(faults) > 0 {
		return fact.Reading{}, refused(input.Refuse(faults[0].Where, faults[0].What))
	}
	r := reading(object(o))
	for i, d := range doubts {
		if i == maxProblems {
			r.Problems = append(r.Problems, fact.Problem{What: lang.F("ほかに%d件の疑問点があります", "there are %d more doubts", len(doubts)-i)})
			break
		}
		r.Problems = append(r.Problems, fact.Problem{Where: d.Where, What: d.What})
	}
	return r, nil
}

// modernise writes the plain strings of 0.0.1 as the objects they became.
func modernise(o map[string]any) {
	list, _ := o["statements"].([]any)
	for _, s := range list {
		s, ok := s.(map[string]any)
		if !ok {
			continue
		}
		if name, ok := s["vulnerability"].(string); ok {
			s["vulnerability"] = map[string]any{"name": name}
		}
		products, _ := s["products"].([]any)
		for i, p := range products {
			if id, ok := p.(string); ok {
				products[i] = map[string]any{"@id": id}
			}
		}
		if parts, ok := s["subcomponents"].([]any); ok { // 0.0.1 put them beside the products
			for i, p := range parts {
				if id, ok := p.(string); ok {
					parts[i] = map[string]any{"@id": id}
				}
			}
			for _, p := range products {
				if p, ok := p.(map[string]any); ok && p["subcomponents"] == nil {
					p["subcomponents"] = parts
				}
			}
			delete(s, "subcomponents")
		}
	}
}

// forgiven names what is read in spite of the schema: what does not change which status is said of what.
func forgiven(v schema.Violation) bool {
	switch v.Keyword {
	case "additionalProperties", "format", "minimum", "uniqueItems", "minItems":
		return true
	case "type":
		return v.Where == "/version"
	case "enum":
		return v.Path[len(v.Path)-1] == "justification"
	case "required":
		for _, name := range []string{"statements", "vulnerability", "status", "name"} {
			if slices.Contains(strings.Split(v.Got, ", "), name) {
				return false
			}
		}
		return !slices.Contains(v.Path, "products")
	}
	return false
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("OpenVEXとして受け取れませんでした", "the document is not accepted as OpenVEX")
		e.Next = lang.T("示した箇所を直すか、作成元に直した文書を求めてください。", "Correct the place shown, or ask whoever made the document for a corrected one.")
	}
	return err
}

// object is a JSON object; what is not there is empty.
type object map[string]any

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

func (o object) child(name string) object {
	c, _ := o[name].(map[string]any)
	return c
}

func (o object) list(name string) (out []object) {
	items, _ := o[name].([]any)
	for _, v := range items {
		if c, ok := v.(map[string]any); ok {
			out = append(out, c)
		}
	}
	return out
}

// time gives the last of the times that the members tell.
func (o object) time(names ...string) (last time.Time) {
	for _, name := range names {
		if t, err := time.Parse(time.RFC3339, o.text(name)); err == nil && t.After(last) {
			last = t.UTC()
		}
	}
	return last
}

func reading(o object) fact.Reading {
	version := strings.TrimPrefix(strings.TrimPrefix(o.text("@context"), "https://openvex.dev/ns"), "/v")
	if version == "" {
		version = "0.0.1"
	}
	v := &fact.VEX{
		Format: "OpenVEX", SpecVersion: version, ID: o.text("@id"), Author: o.text("author"), Role: o.text("role"),
		IssuedAt: o.time("timestamp", "last_updated"), Statements: []fact.VEXStatement{},
	}
	if o["version"] != nil {
		v.Version = fmt.Sprint(o["version"])
	}
	for i, s := range o.list("statements") {
		at := s.time("timestamp", "last_updated")
		if at.IsZero() {
			at = v.IssuedAt
		}
		vulnerability := s.child("vulnerability")
		st := fact.VEXStatement{
			Vulnerability: vulnerability.text("name"), Status: fact.VEXStatus(s.text("status")),
			Justification: s.text("justification"), Impact: s.text("impact_statement"), Action: s.text("action_statement"),
			Notes: s.text("status_notes"), At: at, Pointer: input.Pointer("/statements", strconv.Itoa(i)),
		}
		if !slices.Contains(justifications, st.Justification) {
			st.Justification, st.ReasonWritten = "", st.Justification
		}
		aliases, _ := vulnerability["aliases"].([]any)
		for _, a := range aliases {
			if a, ok := a.(string); ok {
				st.Aliases = append(st.Aliases, a)
			}
		}
		for _, p := range s.list("products") {
			st.Products = append(st.Products, product(p))
		}
		v.Statements = append(v.Statements, st)
	}
	return fact.Reading{
		Type: "openvex", Version: version,
		Facts:   []fact.Fact{{Kind: fact.KindVEX, ObservedAt: v.IssuedAt, Data: v}},
		Summary: map[string]any{"statements": len(v.Statements)},
	}
}

func product(o object) fact.VEXProduct {
	ids := o.child("identifiers")
	p := fact.VEXProduct{ID: o.text("@id"), PURL: ids.text("purl"), CPE: ids.text("cpe23")}
	if p.PURL == "" && strings.HasPrefix(p.ID, "pkg:") {
		p.PURL = p.ID
	}
	if p.CPE == "" {
		p.CPE = ids.text("cpe22")
	}
	hashes := o.child("hashes")
	for _, alg := range slices.Sorted(maps.Keys(hashes)) {
		p.Hashes = append(p.Hashes, fact.Hash{Alg: strings.ToUpper(alg), Value: strings.ToLower(hashes.text(alg))})
	}
	for _, c := range o.list("subcomponents") {
		p.Parts = append(p.Parts, product(c))
	}
	return p
}
