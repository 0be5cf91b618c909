package spdx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
	spdxschema "example.org/tasuki/third_party/spdx-schema"
)

// isXML looks for SPDX 2 in plain XML: an element Document with the names that JSON has.
func isXML(b []byte) bool {
	head := bytes.TrimSpace(b[:min(len(b), 64<<10)])
	return bytes.HasPrefix(head, []byte("<")) && bytes.Contains(head, []byte("<Document>")) && bytes.Contains(head, []byte("<spdxVersion>"))
}

// readXML reads SPDX 2 in plain XML, as SPDX's tools write it: the members of JSON as elements, a list as elements of one
// name. What is a list, a number or a truth value is taken from the schema, and the rest is as with JSON.
func readXML(b []byte) (fact.Reading, error) {
	root, err := input.XML(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	if root.Name.Local != "Document" {
		return fact.Reading{}, refused("", input.Refuse(root.Path(), lang.T("最上位の要素が Document ではありません", "the top-level element is not Document")))
	}
	shape, err := xmlShape()
	if err != nil {
		return fact.Reading{}, fmt.Errorf("schema of SPDX: %w", err)
	}
	tree, err := shape.value(root)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	doc, err := input.DocOf(tree)
	return readObject(doc, err, "xml")
}

// shape is how the schema says that a value is written.
type shape struct {
	Type       string           `json:"type"`
	Properties map[string]shape `json:"properties"`
	Items      *shape           `json:"items"`
}

// xmlShape gives that of a document; the schema of 2.3 has all names of 2.2.
func xmlShape() (s shape, err error) {
	b, err := spdxschema.Files.ReadFile("spdx-2.3.schema.json")
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s, err
}

// value gives what an element says as JSON would. A text that is no number or truth value where one belongs stays a text,
// which the schema then refuses.
func (s shape) value(e *input.Element) (any, error) {
	if s.Type == "object" || s.Type == "" && len(e.Children) > 0 {
		return s.object(e)
	}
	if len(e.Children) > 0 {
		return nil, input.Refuse(e.Children[0].Path(), lang.F("要素 %s は値だけを持ちます", "element %s holds a value only", e.Name.Local))
	}
	text := strings.TrimSpace(e.Text)
	switch {
	case s.Type == "boolean" && (text == "true" || text == "false"):
		return text == "true", nil
	case s.Type == "integer" && text != "" && strings.Trim(text, "0123456789") == "":
		return json.Number(text), nil
	}
	return text, nil
}

func (s shape) object(e *input.Element) (any, error) {
	out := map[string]any{}
	for _, c := range e.Children {
		name := c.Name.Local
		member := s.Properties[name]
		of := member
		if member.Items != nil {
			of = *member.Items
		}
		v, err := of.value(c)
		if err != nil {
			return nil, err
		}
		before, again := out[name]
		switch {
		case member.Type == "array":
			list, _ := before.([]any)
			out[name] = append(list, v)
		case again:
			return nil, input.Refuse(c.Path(), lang.F("要素 %s が二度あります", "element %s is there twice", name))
		default:
			out[name] = v
		}
	}
	return out, nil
}
