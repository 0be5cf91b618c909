// Package cyclonedx reads CycloneDX: bills of materials, and the vulnerability statements (VEX) inside them. JSON 1.2 to
// 1.7 and XML 1.0 to 1.7 (https://cyclonedx.org/specification/overview/).
//
// A document is held to the official schema of its version. What the schema refuses is refused with the place and the
// reason, but for the few points that docs/formats/sbom.md lists (see forgiven): those are read and reported as
// problems. Start from [Read].
package cyclonedx

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/schema"
	"example.org/tasuki/internal/read/xsd"
	cyclonedxschema "example.org/tasuki/third_party/cyclonedx-schema"
)

// namespace is what the XML namespaces of all versions start with; the version follows.
const namespace = "http://cyclonedx.org/schema/bom/"

// Match reports whether the bytes are a CycloneDX document by what they say of themselves.
func Match(b []byte) bool {
	if v, ok := input.Member(b, "bomFormat"); ok {
		return len(v) > 0
	}
	if v, ok := input.Member(b, "$schema"); ok {
		return strings.Contains(string(v), "cyclonedx.org/schema/bom-")
	}
	name, _, ok := input.Root(b)
	return ok && name.Local == "bom" && strings.HasPrefix(name.Space, namespace)
}

// Read reads one document. The first fact is a *fact.SBOM; a second, *fact.VEX, follows when vulnerabilities in it have an
// analysis.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	if name, _, ok := input.Root(text); ok {
		return readXML(text, strings.TrimPrefix(name.Space, namespace))
	}
	return readJSON(text)
}

func readJSON(b []byte) (fact.Reading, error) {
	doc, err := input.Take(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	bom := doc.Root()
	if bom.Kind() != input.KindObject {
		return fact.Reading{}, refused("", input.Refuse("", lang.T("最上位がJSONのオブジェクトではありません", "the top level is not a JSON object")))
	}
	version := ""
	if v := bom.Member("specVersion"); v.Kind() == input.KindString {
		version = v.Text()
	}
	compiled, ok := jsonSchemas[version]
	if !ok {
		return fact.Reading{}, refused("", unknownVersion("/specVersion", version, "1.2, 1.3, 1.4, 1.5, 1.6, 1.7"))
	}
	s, err := compiled()
	if err != nil {
		return fact.Reading{}, fmt.Errorf("schema of CycloneDX %s: %w", version, err)
	}
	var doubts, faults []schema.Violation
	checked := make(chan struct{})
	go func() { // beside the reading, which makes nothing of what is of another type than it should be
		defer close(checked)
		doubts, faults = s.Check(doc, forgiven)
	}()
	x, err := extract(node{object: bom}, version, "json")
	<-checked
	if len(faults) > 0 {
		return fact.Reading{}, refused(version, input.Refuse(faults[0].Where, andMore(faults[0].What, len(faults)-1)))
	}
	if err != nil {
		return fact.Reading{}, err
	}
	var problems []fact.Problem
	for _, d := range doubts {
		problems = append(problems, fact.Problem{Where: d.Where, What: d.What})
	}
	return x.reading(problems), nil
}

func readXML(b []byte, version string) (fact.Reading, error) {
	root, err := input.XML(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	compiled, ok := xmlSchemas[version]
	if !ok {
		return fact.Reading{}, refused("", unknownVersion("/"+root.Name.Local+"/@xmlns", root.Name.Space, "1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7"))
	}
	s, err := compiled()
	if err != nil {
		return fact.Reading{}, fmt.Errorf("schema of CycloneDX %s: %w", version, err)
	}
	if vs := append(s.Validate(root), asserted(root)...); len(vs) > 0 {
		return fact.Reading{}, refused(version, input.Refuse(vs[0].Where, andMore(vs[0].What, len(vs)-1)))
	}
	x, err := extract(node{element: root}, version, "xml")
	if err != nil {
		return fact.Reading{}, err
	}
	return x.reading(nil), nil
}

// forgiven names what is read in spite of the schema: members it does not know (tools write ahead of the specification;
// the ones we know mean the same beside them), null for a member left out, and dates and addresses out of format in
// places that are only carried along. A wrong date of the document itself is not forgiven.
func forgiven(v schema.Violation) bool {
	switch v.Keyword {
	case "additionalProperties":
		return !slices.Contains(v.Path, "licenses") && !slices.Contains(v.Path, "signature")
	case "format":
		return v.Where != "/metadata/timestamp"
	case "type":
		last := v.Path[len(v.Path)-1:]
		return v.Got == "null" && len(last) == 1 && strings.Trim(last[0], "0123456789") != ""
	}
	return false
}

// asserted checks what the XML schema of 1.7 says in comments only, because few validators know assertions: the JSON
// schema of 1.7 says the same, and is obeyed.
func asserted(e *input.Element) (out []xsd.Violation) {
	if e.Name.Space != namespace+"1.7" {
		return nil
	}
	switch e.Name.Local {
	case "component":
		if external, _ := e.Attr("isExternal"); e.Child("versionRange") != nil && external != "true" && external != "1" {
			out = append(out, xsd.Violation{Where: e.Path(), What: lang.T("versionRangeはisExternalがtrueのときだけ使えます", "versionRange is allowed only when isExternal is true")})
		}
	case "citation":
		if e.Child("attributedTo") == nil && e.Child("process") == nil {
			out = append(out, xsd.Violation{Where: e.Path(), What: lang.T("attributedToかprocessのどちらかが必要です", "attributedTo or process is required")})
		}
	}
	for _, c := range e.Children {
		out = append(out, asserted(c)...)
	}
	return out
}

func unknownVersion(where, version, known string) error {
	return input.Refuse(where, lang.F("版「%[1]s」は読めません(読める版: %[2]s)", "version %[1]q cannot be read (known: %[2]s)", input.Clip(version), known))
}

func andMore(what lang.Text, more int) lang.Text {
	if more == 0 {
		return what
	}
	return lang.F("%[1]s(ほかに%[2]d件)", "%[1]s (and %[2]d more)", what, more)
}

// refused makes an input error speak of CycloneDX.
func refused(version string, err error) error {
	if e, ok := err.(*lang.Error); ok {
		name := strings.TrimSpace("CycloneDX " + version)
		e.What = lang.F("%sのSBOMとして受け取れませんでした", "the SBOM is not accepted as %s", name)
		e.Next = lang.T("示した箇所を直すか、作成元に直したSBOMを求めてください。", "Correct the place shown, or ask whoever made the SBOM for a corrected one.")
		return e
	}
	return err
}

// The schemas, compiled when first needed.
var (
	jsonSchemas = map[string]func() (*schema.Schema, error){
		"1.2": jsonSchema("1.2"), "1.3": jsonSchema("1.3"), "1.4": jsonSchema("1.4"),
		"1.5": jsonSchema("1.5"), "1.6": jsonSchema("1.6"), "1.7": jsonSchema("1.7"),
	}
	xmlSchemas = map[string]func() (*xsd.Schema, error){
		"1.0": xmlSchema("1.0"), "1.1": xmlSchema("1.1"), "1.2": xmlSchema("1.2"), "1.3": xmlSchema("1.3"),
		"1.4": xmlSchema("1.4"), "1.5": xmlSchema("1.5"), "1.6": xmlSchema("1.6"), "1.7": xmlSchema("1.7"),
	}
)

func jsonSchema(version string) func() (*schema.Schema, error) {
	return sync.OnceValues(func() (*schema.Schema, error) {
		return schema.Compile(cyclonedxschema.Files, "bom-"+version+".schema.json", "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json")
	})
}

func xmlSchema(version string) func() (*xsd.Schema, error) {
	return sync.OnceValues(func() (*xsd.Schema, error) {
		bom, err := cyclonedxschema.Files.ReadFile("bom-" + version + ".xsd")
		if err != nil {
			return nil, err
		}
		licences, err := cyclonedxschema.Files.ReadFile("spdx.xsd")
		if err != nil {
			return nil, err
		}
		return xsd.Compile(bom, licences)
	})
}
