package xsd

import (
	"encoding/xml"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

const xsi = "http://www.w3.org/2001/XMLSchema-instance"

// Violation is one place where the document does not obey the schema.
type Violation struct {
	Where string // XPath and line
	What  lang.Text
}

// maxViolations bounds what is gathered from a document that is wrong throughout.
const maxViolations = 100

// Validate gives the places where the document does not obey the schema, in document order, at most a hundred.
func (s *Schema) Validate(root *input.Element) []Violation {
	v := &validation{}
	e, ok := s.elements[root.Name]
	if !ok {
		v.add(root, lang.F("最上位の要素「%s」はこの形式のものではありません", "the top-level element %q does not belong to this format", input.Clip(root.Name.Local)))
		return v.found
	}
	v.element(e, root)
	if e.unique != "" {
		v.unique(e.unique, root)
	}
	return v.found
}

type validation struct{ found []Violation }

func (v *validation) add(at *input.Element, what lang.Text) {
	if len(v.found) < maxViolations {
		v.found = append(v.found, Violation{Where: at.Path(), What: what})
	}
}

func (v *validation) element(e *element, at *input.Element) {
	switch t := e.typ.(type) {
	case *simpleType:
		v.attributes(&attributes{}, at)
		v.text(t, at)
	case *complexType:
		v.attributes(&t.attrs, at)
		switch {
		case t.text != nil:
			v.text(t.text, at)
		case t.content != nil:
			if !t.mixed && hasText(at) {
				v.add(at, lang.T("この要素の中に直接の文字は置けません", "text is not allowed directly in this element"))
			}
			v.content(t.content, at)
		case len(at.Children) > 0:
			v.add(at.Children[0], unexpected(at.Children[0]))
		}
	}
}

func hasText(at *input.Element) bool {
	for _, r := range at.Text {
		if r != ' ' && r != '\t' && r != '\n' && r != '\r' {
			return true
		}
	}
	return false
}

func (v *validation) text(t *simpleType, at *input.Element) {
	if len(at.Children) > 0 {
		v.add(at.Children[0], unexpected(at.Children[0]))
		return
	}
	if why := t.fault(at.Text); !why.IsZero() {
		v.add(at, why)
	}
}

func unexpected(e *input.Element) lang.Text {
	return lang.F("要素「%s」はここに置けません", "the element %q is not allowed here", input.Clip(e.Name.Local))
}

func (v *validation) attributes(allowed *attributes, at *input.Element) {
	for _, a := range at.Attrs {
		if a.Name.Space == xsi || a.Name.Space == "http://www.w3.org/XML/1998/namespace" {
			continue
		}
		known := allowed.find(a.Name)
		switch {
		case known != nil:
			if why := known.typ.fault(a.Value); !why.IsZero() {
				v.add(at, lang.F("属性「%[1]s」: %[2]s", "attribute %[1]q: %[2]s", a.Name.Local, why))
			}
		case !allowed.wild(a.Name.Space, at.Name.Space):
			v.add(at, lang.F("属性「%s」はここに置けません", "the attribute %q is not allowed here", input.Clip(a.Name.Local)))
		}
	}
	allowed.each(func(a *attribute) {
		if _, ok := at.Attr(a.name); a.required && !ok {
			v.add(at, lang.F("属性「%s」が必要です", "the attribute %q is required", a.name))
		}
	})
}

func (a *attributes) each(f func(*attribute)) {
	for i := range a.own {
		f(&a.own[i])
	}
	for _, g := range a.groupRef {
		g.each(f)
	}
}

func (a *attributes) find(name xml.Name) (found *attribute) {
	a.each(func(x *attribute) {
		if name.Space == "" && x.name == name.Local {
			found = x
		}
	})
	return found
}

// wild reports whether an attribute that is not named in the type is let through by its wildcard.
func (a *attributes) wild(space, target string) bool {
	return a.any == "##any" || a.any == "##other" && space != "" && space != target
}

// content matches the children with the content model. The models obey "unique particle attribution", so that looking
// at the next child always tells which particle it belongs to.
func (v *validation) content(p *particle, at *input.Element) {
	rest, ok := v.match(p, at, at.Children)
	if ok && len(rest) > 0 {
		v.add(rest[0], unexpected(rest[0]))
	}
}

// match takes the children that belong to the particle off the list. It reports false after it has added a violation.
func (v *validation) match(p *particle, at *input.Element, list []*input.Element) ([]*input.Element, bool) {
	for n := 0; p.max < 0 || n < p.max; n++ {
		if len(list) == 0 || !p.starts(list[0], at.Name.Space) {
			if n >= p.min || p.emptiable() {
				return list, true
			}
			v.add(at, p.missing(list))
			return list, false
		}
		var ok bool
		before := len(list)
		if list, ok = v.once(p, at, list); !ok {
			return list, false
		}
		if len(list) == before {
			return list, true
		}
	}
	return list, true
}

func (v *validation) once(p *particle, at *input.Element, list []*input.Element) ([]*input.Element, bool) {
	switch p.kind {
	case "element":
		v.element(p.element, list[0])
		return list[1:], true
	case "any":
		return list[1:], true
	case "choice":
		for _, q := range p.parts {
			if q.starts(list[0], at.Name.Space) {
				return v.match(q, at, list)
			}
		}
		return list, true
	}
	for _, q := range p.parts {
		var ok bool
		if list, ok = v.match(q, at, list); !ok {
			return list, false
		}
	}
	return list, true
}

// starts reports whether the element can be the first of what the particle describes.
func (p *particle) starts(e *input.Element, target string) bool {
	switch p.kind {
	case "element":
		return p.element.name == e.Name
	case "any":
		return p.any == "##any" || p.any == "##other" && e.Name.Space != "" && e.Name.Space != target
	}
	for _, q := range p.parts {
		if q.starts(e, target) {
			return true
		}
		if p.kind == "sequence" && q.min > 0 && !q.emptiable() {
			return false
		}
	}
	return false
}

// emptiable reports whether the particle may be left out altogether.
func (p *particle) emptiable() bool {
	if p.min == 0 {
		return true
	}
	switch p.kind {
	case "sequence":
		for _, q := range p.parts {
			if !q.emptiable() {
				return false
			}
		}
		return true
	case "choice":
		for _, q := range p.parts {
			if q.emptiable() {
				return true
			}
		}
		return len(p.parts) == 0
	}
	return false
}

func (p *particle) missing(list []*input.Element) lang.Text {
	name := p.firstName()
	if len(list) > 0 {
		return lang.F("要素「%[1]s」が必要なところに「%[2]s」があります", "the element %[1]q is required where %[2]q stands", name, input.Clip(list[0].Name.Local))
	}
	return lang.F("要素「%s」が必要です", "the element %q is required", name)
}

func (p *particle) firstName() string {
	if p.kind == "element" {
		return p.element.name.Local
	}
	for _, q := range p.parts {
		if n := q.firstName(); n != "" {
			return n
		}
	}
	return ""
}

// unique holds one attribute to different values on all elements below.
func (v *validation) unique(attr string, root *input.Element) {
	seen := map[string]bool{}
	var walk func(*input.Element)
	walk = func(e *input.Element) {
		for _, c := range e.Children {
			if x, ok := c.Attr(attr); ok {
				if seen[x] {
					v.add(c, lang.F("属性「%[1]s」の値「%[2]s」が二度使われています", "the value %[2]q of attribute %[1]q is used twice", attr, input.Clip(x)))
				}
				seen[x] = true
			}
			walk(c)
		}
	}
	walk(root)
}
