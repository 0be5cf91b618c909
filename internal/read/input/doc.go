package input

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unsafe"

	"example.org/tasuki/internal/lang"
)

// Doc is a JSON document taken apart in one pass and kept as one flat list: every member name and every value is a node
// that says where its text lies and where the node behind it is. Walking it makes no copies, so that a document can be
// held to its schema and read at the speed at which it was taken apart. It holds what [JSON] holds, and refuses what
// [JSON] refuses.
type Doc struct {
	text  string
	nodes []node
}

// node is one value or member name. The members of an object follow it, name and value in turn; the items of an array
// follow it one by one.
type node struct {
	start, end uint32 // of its text; of a string, what is between the quotes
	next       uint32 // the first node behind it and all that is in it
	kind       Kind
	escaped    bool // a string with escapes
}

// Kind is the JSON type of a value.
type Kind uint8

// The kinds. KindNone is that of what is not there.
const (
	KindNone Kind = iota
	KindNull
	KindBool
	KindNumber
	KindString
	KindObject
	KindArray
)

// Take takes a document apart. The text is as [Text] gives it, and must not be changed any more: every value is a piece
// of it, not a copy.
func Take(b []byte) (*Doc, error) {
	t := taker{b: b, nodes: make([]node, 0, len(b)/20+8)}
	i, ok := t.value(skipSpace(b, 0), 0)
	if ok && skipSpace(b, i) == len(b) {
		return &Doc{text: unsafe.String(unsafe.SliceData(b), len(b)), nodes: t.nodes}, nil
	}
	if _, err := JSON(b); err != nil { // it knows the place and the reason
		return nil, err
	}
	return nil, Refuse("", lang.T("JSONを読めません", "the JSON cannot be read"))
}

// taker is a document being taken apart. Its functions start at an offset and give the one behind what they took, and
// whether it was sound.
type taker struct {
	b     []byte
	nodes []node
	count int // as the limit counts: objects, arrays, and what follows a comma
}

func (t *taker) add(kind Kind, start, end int, escaped bool) {
	t.nodes = append(t.nodes, node{uint32(start), uint32(end), uint32(len(t.nodes) + 1), kind, escaped})
}

func (t *taker) value(i, depth int) (int, bool) {
	if i == len(t.b) {
		return i, false
	}
	switch c := t.b[i]; c {
	case '"':
		return t.text(i)
	case '{':
		return t.object(i, depth)
	case '[':
		return t.array(i, depth)
	case 't':
		return t.word(i, "true", KindBool)
	case 'f':
		return t.word(i, "false", KindBool)
	case 'n':
		return t.word(i, "null", KindNull)
	default:
		return t.number(i)
	}
}

// more counts a value and reports whether the limits still hold.
func (t *taker) more() bool {
	t.count++
	return t.count <= MaxNodes
}

func (t *taker) object(i, depth int) (int, bool) {
	if depth == MaxDepth || !t.more() {
		return i, false
	}
	at := len(t.nodes)
	t.add(KindObject, i, 0, false)
	names := nameSet{first: at + 1}
	for i = skipSpace(t.b, i+1); ; {
		if i < len(t.b) && t.b[i] == '}' && len(t.nodes) == at+1 {
			break
		}
		if i == len(t.b) || t.b[i] != '"' {
			return i, false
		}
		name := len(t.nodes)
		var ok bool
		if i, ok = t.text(i); !ok || names.has(t, name) {
			return i, false
		}
		if i = skipSpace(t.b, i); i == len(t.b) || t.b[i] != ':' {
			return i, false
		}
		if i, ok = t.value(skipSpace(t.b, i+1), depth+1); !ok {
			return i, false
		}
		if i = skipSpace(t.b, i); i == len(t.b) {
			return i, false
		}
		if t.b[i] == '}' {
			break
		}
		if t.b[i] != ',' || !t.more() {
			return i, false
		}
		i = skipSpace(t.b, i+1)
	}
	t.close(at, i+1)
	return i + 1, true
}

func (t *taker) array(i, depth int) (int, bool) {
	if depth == MaxDepth || !t.more() {
		return i, false
	}
	at := len(t.nodes)
	t.add(KindArray, i, 0, false)
	i = skipSpace(t.b, i+1)
	if i < len(t.b) && t.b[i] == ']' {
		t.close(at, i+1)
		return i + 1, true
	}
	for {
		var ok bool
		if i, ok = t.value(i, depth+1); !ok {
			return i, false
		}
		if i = skipSpace(t.b, i); i == len(t.b) {
			return i, false
		}
		if t.b[i] == ']' {
			t.close(at, i+1)
			return i + 1, true
		}
		if t.b[i] != ',' || !t.more() {
			return i, false
		}
		i = skipSpace(t.b, i+1)
	}
}

func (t *taker) close(at, end int) {
	t.nodes[at].end, t.nodes[at].next = uint32(end), uint32(len(t.nodes))
}

func (t *taker) word(i int, word string, kind Kind) (int, bool) {
	end := i + len(word)
	if end > len(t.b) || string(t.b[i:end]) != word {
		return i, false
	}
	t.add(kind, i, end, false)
	return end, true
}

// number takes -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?
func (t *taker) number(start int) (int, bool) {
	i := start
	if t.b[i] == '-' {
		i++
	}
	whole := t.digits(i)
	if whole == i || t.b[i] == '0' && whole > i+1 {
		return i, false
	}
	if i = whole; i < len(t.b) && t.b[i] == '.' {
		fraction := t.digits(i + 1)
		if fraction == i+1 {
			return i, false
		}
		i = fraction
	}
	if i < len(t.b) && t.b[i]|0x20 == 'e' {
		if i++; i < len(t.b) && (t.b[i] == '-' || t.b[i] == '+') {
			i++
		}
		power := t.digits(i)
		if power == i {
			return i, false
		}
		i = power
	}
	t.add(KindNumber, start, i, false)
	return i, true
}

func (t *taker) digits(i int) int {
	for i < len(t.b) && t.b[i]-'0' <= 9 {
		i++
	}
	return i
}

// text takes the string whose opening quote is at i.
func (t *taker) text(i int) (int, bool) {
	escaped := false
	for j := i + 1; ; {
		if j = t.plain(j); j == len(t.b) || j-i > MaxString {
			return j, false
		}
		switch t.b[j] {
		case '"':
			t.add(KindString, i+1, j, escaped)
			return j + 1, true
		case '\\':
			escaped = true
			var ok bool
			if j, ok = t.escape(j + 1); !ok {
				return j, false
			}
		default:
			return j, false // a control character
		}
	}
}

// plain gives the first offset from i on that holds a quote, a backslash or a control character; eight bytes at a time.
func (t *taker) plain(i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(t.b); i += 8 {
		x := binary.LittleEndian.Uint64(t.b[i:])
		quote, back := x^(ones*'"'), x^(ones*'\\')
		// The lowest byte marked is right; higher ones may be marked wrongly by a borrow, which does not matter.
		marks := ((quote-ones)&^quote | (back-ones)&^back | (x-ones*0x20)&^x) & tops
		if marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for i < len(t.b) && t.b[i] != '"' && t.b[i] != '\\' && t.b[i] >= 0x20 {
		i++
	}
	return i
}

// escape takes what follows a backslash.
func (t *taker) escape(i int) (int, bool) {
	if i == len(t.b) {
		return i, false
	}
	switch t.b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1, true
	case 'u':
		for k := 1; k <= 4; k++ {
			if i+k >= len(t.b) || !hex(t.b[i+k]) {
				return i, false
			}
		}
		return i + 5, true
	}
	return i, false
}

func hex(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// nameSet finds a member name that occurs twice: by looking through the names so far while there are few, in a set once
// there are many.
type nameSet struct {
	first int // the node of the first name
	count int
	set   map[string]bool
}

// has reports whether the name at a node was there before, and adds it.
func (s *nameSet) has(t *taker, at int) bool {
	name := t.name(at)
	if s.set == nil {
		for i := s.first; i < at; i = int(t.nodes[i+1].next) {
			if string(t.name(i)) == string(name) {
				return true
			}
		}
		if s.count++; s.count == fewNames {
			s.set = make(map[string]bool, 4*fewNames)
			for i := s.first; i < at; i = int(t.nodes[i+1].next) {
				s.set[string(t.name(i))] = true
			}
			s.set[string(name)] = true
		}
		return false
	}
	if s.set[string(name)] {
		return true
	}
	s.set[string(name)] = true
	return false
}

func (t *taker) name(at int) []byte {
	n := t.nodes[at]
	if n.escaped {
		return plain(t.b[n.start:n.end])
	}
	return t.b[n.start:n.end]
}

// Value is one value of a [Doc]. The zero Value stands for what is not there.
type Value struct {
	doc *Doc
	at  uint32
}

// Root gives the value that is the document.
func (d *Doc) Root() Value { return Value{d, 0} }

// Kind gives the JSON type.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return KindNone
	}
	return v.doc.nodes[v.at].kind
}

// Raw gives the text as written; of a string, what is between the quotes.
func (v Value) Raw() string {
	if v.doc == nil {
		return ""
	}
	n := &v.doc.nodes[v.at]
	return v.doc.text[n.start:n.end]
}

// Text gives a string without its escapes, and a number or truth value as written; of anything else nothing.
func (v Value) Text() string {
	switch v.Kind() {
	case KindString:
		if v.doc.nodes[v.at].escaped {
			var s string
			if json.Unmarshal([]byte(`"`+v.Raw()+`"`), &s) == nil { // an escape was found sound before
				return s
			}
		}
		return v.Raw()
	case KindNumber, KindBool:
		return v.Raw()
	}
	return ""
}

// Members walks the members of an object, in their order: for name, value := range v.Members.
func (v Value) Members(yield func(name, value Value) bool) {
	if v.Kind() != KindObject {
		return
	}
	nodes := v.doc.nodes
	for at, end := v.at+1, nodes[v.at].next; at < end; at = nodes[at+1].next {
		if !yield(Value{v.doc, at}, Value{v.doc, at + 1}) {
			return
		}
	}
}

// Items walks the items of an array with their index: for i, item := range v.Items.
func (v Value) Items(yield func(i int, item Value) bool) {
	if v.Kind() != KindArray {
		return
	}
	nodes := v.doc.nodes
	i := 0
	for at, end := v.at+1, nodes[v.at].next; at < end; at = nodes[at].next {
		if !yield(i, Value{v.doc, at}) {
			return
		}
		i++
	}
}

// Member gives a member of an object by name; the zero Value when there is none.
func (v Value) Member(name string) Value {
	if v.Kind() != KindObject {
		return Value{}
	}
	nodes := v.doc.nodes
	for at, end := v.at+1, nodes[v.at].next; at < end; at = nodes[at+1].next {
		n := &nodes[at]
		if n.escaped {
			if (Value{v.doc, at}).Text() == name {
				return Value{v.doc, at + 1}
			}
		} else if int(n.end-n.start) == len(name) && v.doc.text[n.start:n.end] == name {
			return Value{v.doc, at + 1}
		}
	}
	return Value{}
}
