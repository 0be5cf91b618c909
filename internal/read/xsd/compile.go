// Package xsd holds an XML document to an XML Schema. It understands the part of XML Schema 1.0 that the schemas of
// our formats use: elements, sequences, choices, wildcards, mixed content, attributes and attribute groups, simple types with
// facets and unions, simple content, and one uniqueness constraint over attributes. Anything else in a schema is an error of
// [Compile], so a schema is never half obeyed.
//
// Start from [Compile] and [Schema.Validate].
package xsd

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"

	"example.org/tasuki/internal/read/input"
)

const xs = "http://www.w3.org/2001/XMLSchema"

// Schema is a compiled schema; it is safe for use by many goroutines.
type Schema struct {
	elements map[xml.Name]*element
	types    map[xml.Name]any // *complexType or *simpleType
	groups   map[xml.Name]*attributes
}

type element struct {
	name   xml.Name
	typ    any // *complexType or *simpleType; nil: anything
	unique string
}

type complexType struct {
	content *particle   // element content; nil: none
	mixed   bool        // text may stand between the elements
	text    *simpleType // simple content; nil: none
	attrs   attributes
}

type attributes struct {
	own      []attribute
	any      string // "", "##any" or "##other"
	groupRef []*attributes
}

type attribute struct {
	name     string
	typ      *simpleType
	required bool
}

// particle is an element, a wildcard, a sequence or a choice, with how often it may occur; max -1 is unbounded.
type particle struct {
	min, max int
	element  *element
	any      string
	kind     string // "element", "any", "sequence", "choice"
	parts    []*particle
}

type simpleType struct {
	base      *simpleType // nil for a built-in
	builtin   string
	union     []*simpleType
	enum      map[string]bool
	shown     []string // the enumeration in order, for messages
	patterns  []*regexp.Regexp
	minLength int
	maxLength int // -1: none
	min, max  *float64
}

// compiler resolves names: every schema element knows its own document's prefixes and target namespace.
type compiler struct {
	s     *Schema
	named map[xml.Name]definition // complexType, simpleType, attributeGroup by name and kind
}

type definition struct {
	node *input.Element
	file *file
}

type file struct {
	target   string
	prefixes map[string]string
}

// Compile reads schema documents that together make one schema; imports among them are resolved by namespace.
func Compile(documents ...[]byte) (*Schema, error) {
	c := &compiler{
		s:     &Schema{elements: map[xml.Name]*element{}, types: map[xml.Name]any{}, groups: map[xml.Name]*attributes{}},
		named: map[xml.Name]definition{},
	}
	var tops []definition
	for _, b := range documents {
		root, err := input.XML(b)
		if err != nil {
			return nil, fmt.Errorf("read schema: %w", err)
		}
		_, attrs, _ := input.Root(b)
		f := &file{prefixes: map[string]string{}}
		for _, a := range attrs {
			if a.Name.Space == "xmlns" {
				f.prefixes[a.Name.Local] = a.Value
			} else if a.Name.Space == "" && a.Name.Local == "targetNamespace" {
				f.target = a.Value
			}
		}
		for _, n := range parts(root) {
			name, _ := n.Attr("name")
			d := definition{n, f}
			switch n.Name.Local {
			case "complexType", "simpleType", "attributeGroup":
				c.named[xml.Name{Space: f.target, Local: name}] = d
			case "element":
				tops = append(tops, d)
			case "import":
			default:
				return nil, fmt.Errorf("schema line %d: %s is not understood", n.Line, n.Name.Local)
			}
		}
	}
	for _, d := range tops {
		e, err := c.element(d.node, d.file)
		if err != nil {
			return nil, err
		}
		c.s.elements[e.name] = e
	}
	return c.s, nil
}

// parts gives the schema elements inside one, without documentation.
func parts(n *input.Element) []*input.Element {
	var out []*input.Element
	for _, p := range n.Children {
		if p.Name.Space == xs && p.Name.Local != "annotation" {
			out = append(out, p)
		}
	}
	return out
}

func (c *compiler) element(n *input.Element, f *file) (*element, error) {
	name, _ := n.Attr("name")
	e := &element{name: xml.Name{Space: f.target, Local: name}}
	if ref, ok := n.Attr("type"); ok {
		t, err := c.typeNamed(ref, f, n.Line)
		if err != nil {
			return nil, err
		}
		e.typ = t
	}
	for _, p := range parts(n) {
		var err error
		switch p.Name.Local {
		case "complexType":
			t := &complexType{}
			e.typ, err = t, c.complexType(t, p, f)
		case "simpleType":
			e.typ, err = c.simpleType(p, f)
		case "unique":
			e.unique, err = uniqueAttr(p)
		default:
			err = notUnderstood(p)
		}
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// uniqueAttr understands a uniqueness of one attribute over all elements below: selector .//*, field @name.
func uniqueAttr(n *input.Element) (string, error) {
	selector, field := n.Child("selector"), n.Child("field")
	if selector == nil || field == nil {
		return "", notUnderstood(n)
	}
	s, _ := selector.Attr("xpath")
	x, _ := field.Attr("xpath")
	if s != ".//*" || len(x) < 2 || x[0] != '@' {
		return "", notUnderstood(n)
	}
	return x[1:], nil
}

func notUnderstood(n *input.Element) error {
	return fmt.Errorf("schema line %d: %s is not understood here", n.Line, n.Name.Local)
}

// resolve turns a prefixed name of a schema document into a full name.
func (f *file) resolve(name string) xml.Name {
	for i := range name {
		if name[i] == ':' {
			return xml.Name{Space: f.prefixes[name[:i]], Local: name[i+1:]}
		}
	}
	return xml.Name{Space: f.prefixes[""], Local: name}
}

func (c *compiler) typeNamed(ref string, f *file, line int) (any, error) {
	name := f.resolve(ref)
	if name.Space == xs {
		return builtin(name.Local, line)
	}
	if t, ok := c.s.types[name]; ok {
		return t, nil
	}
	d, ok := c.named[name]
	if !ok {
		return nil, fmt.Errorf("schema line %d: type %s is not defined", line, ref)
	}
	if d.node.Name.Local == "complexType" {
		t := &complexType{}
		c.s.types[name] = t // before its content: types may contain themselves
		return t, c.complexType(t, d.node, d.file)
	}
	t, err := c.simpleType(d.node, d.file)
	c.s.types[name] = t
	return t, err
}

func (c *compiler) complexType(t *complexType, n *input.Element, f *file) error {
	mixed, _ := n.Attr("mixed")
	t.mixed = mixed == "true" || mixed == "1"
	for _, p := range parts(n) {
		var err error
		switch p.Name.Local {
		case "sequence", "choice":
			t.content, err = c.particle(p, f)
		case "simpleContent":
			err = c.simpleContent(t, p, f)
		default:
			err = c.attribute(&t.attrs, p, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) simpleContent(t *complexType, n *input.Element, f *file) error {
	ext := n.Child("extension")
	if ext == nil {
		return notUnderstood(n)
	}
	base, _ := ext.Attr("base")
	b, err := c.typeNamed(base, f, ext.Line)
	if err != nil {
		return err
	}
	text, ok := b.(*simpleType)
	if !ok {
		return notUnderstood(ext)
	}
	t.text = text
	for _, p := range parts(ext) {
		if err := c.attribute(&t.attrs, p, f); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) attribute(to *attributes, n *input.Element, f *file) error {
	switch n.Name.Local {
	case "anyAttribute":
		to.any, _ = n.Attr("namespace")
		return nil
	case "attributeGroup":
		ref, _ := n.Attr("ref")
		d, ok := c.named[f.resolve(ref)]
		if !ok {
			return notUnderstood(n)
		}
		g := &attributes{}
		to.groupRef = append(to.groupRef, g)
		for _, p := range parts(d.node) {
			if err := c.attribute(g, p, d.file); err != nil {
				return err
			}
		}
		return nil
	case "attribute":
		a := attribute{}
		a.name, _ = n.Attr("name")
		use, _ := n.Attr("use")
		a.required = use == "required"
		typ, err := c.attributeType(n, f)
		if err != nil {
			return err
		}
		a.typ = typ
		to.own = append(to.own, a)
		return nil
	}
	return notUnderstood(n)
}

func (c *compiler) attributeType(n *input.Element, f *file) (*simpleType, error) {
	if ref, ok := n.Attr("type"); ok {
		t, err := c.typeNamed(ref, f, n.Line)
		if err != nil {
			return nil, err
		}
		if s, ok := t.(*simpleType); ok {
			return s, nil
		}
		return nil, notUnderstood(n)
	}
	if p := parts(n); len(p) == 1 && p[0].Name.Local == "simpleType" {
		return c.simpleType(p[0], f)
	}
	return builtin("string", n.Line)
}

func (c *compiler) particle(n *input.Element, f *file) (*particle, error) {
	p := &particle{kind: n.Name.Local, min: 1, max: 1}
	for attr, to := range map[string]*int{"minOccurs": &p.min, "maxOccurs": &p.max} {
		v, ok := n.Attr(attr)
		if !ok {
			continue
		}
		if v == "unbounded" {
			*to = -1
			continue
		}
		i, err := strconv.Atoi(v)
		if err != nil {
			return nil, notUnderstood(n)
		}
		*to = i
	}
	var err error
	switch p.kind {
	case "element":
		p.element, err = c.element(n, f)
		return p, err
	case "any":
		if p.any, _ = n.Attr("namespace"); p.any == "" {
			p.any = "##any"
		}
		return p, nil
	case "sequence", "choice":
		for _, part := range parts(n) {
			q, err := c.particle(part, f)
			if err != nil {
				return nil, err
			}
			p.parts = append(p.parts, q)
		}
		return p, nil
	}
	return nil, notUnderstood(n)
}
