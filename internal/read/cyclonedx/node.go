package cyclonedx

import (
	"strconv"
	"strings"

	"example.org/tasuki/internal/read/input"
)

// node is one object of the document in either encoding, so that one piece of code takes facts out of both. The zero
// node stands for what is not there: it has no text and no children.
type node struct {
	object  input.Value
	base    string // JSON pointer of what object lies in; name and index lead on from there
	name    string
	index   int // in the list called name; -1 for a member that is no list
	element *input.Element
}

func (n node) there() bool { return n.object.Kind() == input.KindObject || n.element != nil }

// place names the node for people: JSON pointer, or XPath with line.
func (n node) place() string {
	switch {
	case n.element != nil:
		return n.element.Path()
	case n.name == "":
		return ""
	case n.index < 0:
		return n.base + "/" + n.name
	}
	return n.base + "/" + n.name + "/" + strconv.Itoa(n.index)
}

// text gives a scalar member: in XML an attribute or the text of a child element.
func (n node) text(name string) string {
	if n.element == nil {
		return strings.TrimSpace(n.object.Member(name).Text())
	}
	if v, ok := n.element.Attr(name); ok {
		return strings.TrimSpace(v)
	}
	if c := n.element.Child(name); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// content gives the scalar that JSON keeps under a name and XML as the element's own text.
func (n node) content(name string) string {
	if n.element != nil {
		return strings.TrimSpace(n.element.Text)
	}
	return n.text(name)
}

func (n node) child(name string) node {
	if n.element != nil {
		return node{element: n.element.Child(name)}
	}
	o := n.object.Member(name)
	if o.Kind() != input.KindObject {
		return node{}
	}
	return node{object: o, base: n.place(), name: name, index: -1}
}

// list gives the objects of a list: in JSON the array called name, in XML the elements called item inside the element
// called name.
func (n node) list(name, item string) []node {
	if n.element != nil {
		return node{element: n.element.Child(name)}.repeated(item)
	}
	array := n.object.Member(name)
	if array.Kind() != input.KindArray {
		return nil
	}
	count := 0
	for range array.Items {
		count++
	}
	out := make([]node, 0, count)
	base := n.place()
	for i, v := range array.Items {
		if v.Kind() == input.KindObject {
			out = append(out, node{object: v, base: base, name: name, index: i})
		}
	}
	return out
}

// repeated gives the objects of a list that XML does not wrap: in JSON the array called name.
func (n node) repeated(name string) []node {
	if n.element == nil {
		return n.list(name, name)
	}
	var out []node
	for _, c := range n.element.Children {
		if c.Name.Local == name && c.Name.Space == n.element.Name.Space {
			out = append(out, node{element: c})
		}
	}
	return out
}

// texts gives a list of strings that XML does not wrap.
func (n node) texts(name string) (out []string) {
	if n.element == nil {
		for _, v := range n.object.Member(name).Items {
			if s := strings.TrimSpace(v.Text()); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	for _, c := range n.repeated(name) {
		if s := strings.TrimSpace(c.element.Text); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// refs gives a list of references: in JSON strings, in XML the attribute ref of the elements called item; the list is
// wrapped in XML when wrapper is not empty.
func (n node) refs(name, wrapper, item string) (out []string) {
	if n.element == nil {
		return n.texts(name)
	}
	from := n
	if wrapper != "" {
		from = n.child(wrapper)
	}
	for _, c := range from.repeated(item) {
		if s := c.text("ref"); s != "" {
			out = append(out, s)
		}
	}
	return out
}
