package input

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
)

// Element is one XML element: its name with namespace, attributes, child elements, and its own text.
type Element struct {
	Name     xml.Name
	Attrs    []xml.Attr // without namespace declarations
	Children []*Element
	Text     string // character data directly inside, joined
	Line     int    // counted from 1
	Parent   *Element
	nth      int // among the siblings of the same name, from 1
	many     bool
	text     []byte // Text while it is being read
}

// XML reads an XML document within the limits. A document type declaration is refused, so that there are no entities
// beyond XML's own five.
func XML(b []byte) (*Element, error) {
	body := blankDeclaration(b)
	if at := crowdedTag(body); at >= 0 {
		return nil, Refuse(Place(b, at), lang.F("一つの要素に属性が%d個を超えています", "an element has more than %d attributes", MaxAttrs))
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	var root, at *Element
	depth, nodes := 0, 0
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, xmlError(b, int(dec.InputOffset()), err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, Refuse(Place(b, start), lang.T("文書型宣言(DTD)は受け付けません", "a document type declaration (DTD) is not accepted"))
		case xml.StartElement:
			if depth++; depth > MaxDepth {
				return nil, Refuse(Place(b, start), lang.F("入れ子が%d段を超えています", "it is nested more than %d levels deep", MaxDepth))
			}
			if nodes += 1 + len(t.Attr); nodes > MaxNodes {
				return nil, Refuse(Place(b, start), lang.F("要素が%d個を超えています", "it holds more than %d elements", MaxNodes))
			}
			line, _ := dec.InputPos()
			e := &Element{Name: t.Name, Attrs: plainAttrs(t.Attr), Line: line, Parent: at}
			if at == nil && root != nil {
				return nil, Refuse(Place(b, start), lang.T("最上位の要素が二つ以上あります", "there is more than one top-level element"))
			}
			if at == nil {
				root = e
			} else {
				at.Children = append(at.Children, e)
			}
			at = e
		case xml.EndElement:
			depth--
			at.Text, at.text = string(at.text), nil
			numberChildren(at)
			at = at.Parent
		case xml.CharData:
			if at == nil {
				if len(bytes.TrimSpace(t)) > 0 {
					return nil, Refuse(Place(b, start), lang.T("最上位の要素の外に文字があります", "there is text outside the top-level element"))
				}
				continue
			}
			if len(at.text)+len(t) > MaxString {
				return nil, Refuse(Place(b, start), lang.F("文字列が%d MiBを超えています", "a text is longer than %d MiB", MaxString>>20))
			}
			if len(bytes.TrimSpace(t)) > 0 || len(at.Children) == 0 {
				at.text = append(at.text, t...)
			}
		}
	}
	if root == nil {
		return nil, Refuse("", lang.T("XMLの要素がありません", "there is no XML element"))
	}
	return root, nil
}

// crowdedTag finds the first tag with more than MaxAttrs attributes, or gives -1. The decoder would hold them all before
// anybody could count them.
func crowdedTag(b []byte) int {
	for i := 0; i < len(b); {
		open := bytes.IndexByte(b[i:], '<')
		if open < 0 {
			return -1
		}
		i += open
		end, attrs := endOfTag(b[i:])
		if attrs > MaxAttrs {
			return i
		}
		i += end
	}
	return -1
}

// endOfTag gives the length of what begins with "<", comments and character data whole, and how many attributes it has.
func endOfTag(b []byte) (length, attrs int) {
	for _, m := range []struct{ open, shut string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(b, []byte(m.open)) {
			if n := bytes.Index(b, []byte(m.shut)); n >= 0 {
				return n + len(m.shut), 0
			}
			return len(b), 0
		}
	}
	quote := byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			attrs++
		case c == '>' || attrs > MaxAttrs:
			return i + 1, attrs
		}
	}
	return len(b), attrs
}

func xmlError(b []byte, offset int, err error) error {
	var syn *xml.SyntaxError
	if errors.As(err, &syn) {
		if strings.Contains(syn.Msg, "unexpected EOF") {
			return Refuse(Place(b, len(b)), lang.T("XMLが途中で終わっています", "the XML ends before it is complete"))
		}
		return Refuse(Place(b, offset), lang.F("XMLの書式が正しくありません(%s)", "the XML is malformed (%s)", Clip(syn.Msg)))
	}
	return Refuse(Place(b, offset), lang.F("XMLを読めません(%v)", "the XML cannot be read (%v)", err))
}

// blankDeclaration puts spaces in place of the XML declaration: [Text] has made sure of UTF-8 whatever it names.
func blankDeclaration(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("<?xml ")) {
		return b
	}
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return b
	}
	out := bytes.Clone(b)
	for i := range end + 2 {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}

func plainAttrs(attrs []xml.Attr) []xml.Attr {
	out := attrs[:0]
	for _, a := range attrs {
		if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
			out = append(out, a)
		}
	}
	return out
}

func numberChildren(e *Element) {
	if len(e.Children) == 0 {
		return
	}
	count := map[xml.Name]int{}
	for _, c := range e.Children {
		count[c.Name]++
		c.nth = count[c.Name]
	}
	for _, c := range e.Children {
		c.many = count[c.Name] > 1
	}
}

// Path gives the place of the element as an XPath with its line: "/bom/components/component[2] (line 14)".
func (e *Element) Path() string {
	return e.path() + " (line " + strconv.Itoa(e.Line) + ")"
}

func (e *Element) path() string {
	if e == nil {
		return ""
	}
	s := e.Parent.path() + "/" + e.Name.Local
	if e.many {
		s += "[" + strconv.Itoa(e.nth) + "]"
	}
	return s
}

// Attr gives the attribute without a namespace that has this name.
func (e *Element) Attr(name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// Child gives the first child of this name in the element's own namespace, or nil.
func (e *Element) Child(name string) *Element {
	for _, c := range e.Children {
		if c.Name.Local == name && c.Name.Space == e.Name.Space {
			return c
		}
	}
	return nil
}
