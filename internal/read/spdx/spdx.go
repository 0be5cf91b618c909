// Package spdx reads SPDX 2.2 and 2.3 documents in JSON, YAML, XML, tag-value and RDF/XML (https://spdx.github.io/spdx-spec/v2.3/),
// and the software of SPDX 3.0 documents in JSON-LD (https://spdx.github.io/spdx-spec/v3.0.1/).
//
// A JSON or YAML document of SPDX 2 is held to the official schema of its version. Tools and the specification itself disagree on many
// fields that the schemas require, so a document is read in spite of violations that leave its structure understood,
// and each is reported as a problem; docs/formats/sbom.md lists what is refused. Start from [Read].
package spdx

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/schema"
	spdxschema "example.org/tasuki/third_party/spdx-schema"
)

// Match reports whether the bytes are an SPDX document by what they say of themselves.
func Match(b []byte) bool {
	if _, ok := input.Member(b, "spdxVersion"); ok {
		return true
	}
	if _, ok := input.Member(b, "SPDXID"); ok {
		return true
	}
	return isVersion3(b) || isTagValue(b) || isRDF(b) || isXML(b) || isYAML(b)
}

// isYAML looks for the top-level key of SPDX 2 written as YAML. Tag-value names it with a capital letter.
func isYAML(b []byte) bool { return input.YAMLKey(b, "spdxVersion") }

func isVersion3(b []byte) bool {
	v, ok := input.Member(b, "@context")
	return ok && strings.Contains(string(v), "spdx.org/rdf/3")
}

// isTagValue looks for the tag SPDXVersion among the first lines that are not blank or comments.
func isTagValue(b []byte) bool {
	n := 0
	for line := range bytes.Lines(b[:min(len(b), 64<<10)]) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if bytes.HasPrefix(line, []byte("SPDXVersion:")) {
			return true
		}
		if n++; n > 10 || line[0] == '{' || line[0] == '<' {
			return false
		}
	}
	return false
}

// Read reads one document. The fact is a *fact.SBOM.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	if isVersion3(text) {
		return readGraph(text)
	}
	if isTagValue(text) {
		return readTagValue(text)
	}
	if isRDF(text) {
		return readRDF(text)
	}
	if isXML(text) {
		return readXML(text)
	}
	if isYAML(text) {
		doc, err := takeYAML(text)
		return readObject(doc, err, "yaml")
	}
	doc, err := input.Take(text)
	return readObject(doc, err, "json")
}

func takeYAML(b []byte) (*input.Doc, error) {
	tree, err := input.YAML(b)
	if err != nil {
		return nil, err
	}
	return input.DocOf(tree)
}

// readObject reads what JSON, YAML and XML give, which is of one shape.
func readObject(doc *input.Doc, err error, encoding string) (fact.Reading, error) {
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	top := doc.Root()
	if top.Kind() != input.KindObject {
		return fact.Reading{}, refused("", input.Refuse("", lang.T("最上位がオブジェクトではありません", "the top level is not an object")))
	}
	written := object{top}.exactly("spdxVersion")
	version := strings.TrimPrefix(written, "SPDX-")
	compiled, ok := schemas[version]
	if !ok {
		return fact.Reading{}, refused("", unknownVersion("/spdxVersion", written))
	}
	s, err := compiled()
	if err != nil {
		return fact.Reading{}, fmt.Errorf("schema of SPDX %s: %w", version, err)
	}
	doubts, faults := s.Check(doc, forgiven)
	if len(faults) > 0 {
		what := faults[0].What
		if n := len(faults) - 1; n > 0 {
			what = lang.F("%[1]s(ほかに%[2]d件)", "%[1]s (and %[2]d more)", what, n)
		}
		return fact.Reading{}, refused(version, input.Refuse(faults[0].Where, what))
	}
	d := fromJSON(object{top})
	for _, v := range doubts {
		d.doubt(v.Where, v.What)
	}
	return d.reading(version, encoding)
}

// essential are the members without which the structure is not understood, by the kind of object.
var essential = map[string][]string{
	"":              {"SPDXID", "spdxVersion", "creationInfo"},
	"packages":      {"name"},
	"relationships": {"spdxElementId", "relatedSpdxElement", "relationshipType"},
	"externalRefs":  {"referenceType", "referenceLocator"},
	"checksums":     {"algorithm", "checksumValue"},
}

// forgiven names what is read in spite of the schema: everything but a value of the wrong type, and a missing member
// that is essential. null for a member is as good as leaving it out.
func forgiven(v schema.Violation) bool {
	inList := len(v.Path) > 0 && strings.Trim(v.Path[len(v.Path)-1], "0123456789") == ""
	switch v.Keyword {
	case "type":
		return v.Got == "null" && !inList
	case "required":
		kind := ""
		if inList && len(v.Path) > 1 {
			kind = v.Path[len(v.Path)-2]
		} else if len(v.Path) > 0 {
			return true
		}
		for _, name := range essential[kind] {
			for missing := range strings.SplitSeq(v.Got, ", ") {
				if missing == name {
					return false
				}
			}
		}
	}
	return true
}

func unknownVersion(where, version string) error {
	return input.Refuse(where, lang.F("版「%s」は読めません(読める版: SPDX-2.2, SPDX-2.3)", "version %q cannot be read (known: SPDX-2.2, SPDX-2.3)", input.Clip(version)))
}

// refused makes an input error speak of SPDX.
func refused(version string, err error) error {
	if e, ok := err.(*lang.Error); ok {
		name := strings.TrimSpace("SPDX " + version)
		e.What = lang.F("%sのSBOMとして受け取れませんでした", "the SBOM is not accepted as %s", name)
		e.Next = lang.T("示した箇所を直すか、作成元に直したSBOMを求めてください。", "Correct the place shown, or ask whoever made the SBOM for a corrected one.")
	}
	return err
}

// The schemas, compiled when first needed.
var schemas = map[string]func() (*schema.Schema, error){
	"2.2": compile("spdx-2.2.2.schema.json"),
	"2.3": compile("spdx-2.3.schema.json"),
}

func compile(file string) func() (*schema.Schema, error) {
	return sync.OnceValues(func() (*schema.Schema, error) { return schema.Compile(spdxschema.Files, file) })
}
