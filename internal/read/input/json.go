package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"example.org/tasuki/internal/lang"
)

// JSON reads one JSON value within the limits into maps, slices, strings, booleans, nil and json.Number. A name that
// occurs twice in one object is refused: two readers would not agree on what the document says.
func JSON(b []byte) (any, error) {
	if err := scanJSON(b); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, jsonError(b, err)
	}
	if end := skipSpace(b, int(dec.InputOffset())); end < len(b) {
		return nil, Refuse(Place(b, end), lang.T("JSONの終わりの後に続きがあります", "there is more after the end of the JSON value"))
	}
	return v, nil
}

func jsonError(b []byte, err error) error {
	var syn *json.SyntaxError
	switch {
	case errors.As(err, &syn) && !strings.Contains(syn.Error(), "unexpected end"):
		return Refuse(Place(b, int(syn.Offset)-1), lang.F("JSONの書式が正しくありません(%s)", "the JSON is malformed (%s)", syn.Error()))
	case errors.As(err, &syn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return Refuse(Place(b, len(b)), lang.T("JSONが途中で終わっています", "the JSON ends before it is complete"))
	}
	return Refuse("", lang.F("JSONを読めません(%v)", "the JSON cannot be read (%v)", err))
}

// frame is one open object or array of the scan. Names seen in an object are kept to find repetitions: as a list while
// there are few, as a set once there are many.
type frame struct {
	object bool
	isName bool // the next string is a member name
	names  [][]byte
	set    map[string]bool
}

const fewNames = 16

func (f *frame) seen(name []byte) bool {
	if f.set != nil {
		if f.set[string(name)] {
			return true
		}
		f.set[string(name)] = true
		return false
	}
	for _, n := range f.names {
		if bytes.Equal(n, name) {
			return true
		}
	}
	if f.names = append(f.names, name); len(f.names) > fewNames {
		f.set = make(map[string]bool, 4*fewNames)
		for _, n := range f.names {
			f.set[string(n)] = true
		}
	}
	return false
}

// scanJSON walks the bytes once and holds them to the limits. It leaves grammar to encoding/json.
func scanJSON(b []byte) error {
	stack := make([]frame, 0, 16)
	nodes := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '{', '[':
			if len(stack) == MaxDepth {
				return Refuse(Place(b, i), lang.F("入れ子が%d段を超えています", "it is nested more than %d levels deep", MaxDepth))
			}
			if n := len(stack); n < cap(stack) { // reuse the list of names of a closed frame
				stack = stack[:n+1]
				stack[n] = frame{object: c == '{', isName: c == '{', names: stack[n].names[:0]}
			} else {
				stack = append(stack, frame{object: c == '{', isName: c == '{'})
			}
			nodes++
		case '}', ']':
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		case ',':
			nodes++
			if n := len(stack); n > 0 {
				stack[n-1].isName = stack[n-1].object
			}
		case '"':
			end := stringEnd(b, i)
			if end-i > MaxString {
				return Refuse(Place(b, i), lang.F("文字列が%d MiBを超えています", "a string is longer than %d MiB", MaxString>>20))
			}
			if n := len(stack); n > 0 && stack[n-1].isName {
				stack[n-1].isName = false
				name := plain(b[i+1 : end])
				if stack[n-1].seen(name) {
					return Refuse(Place(b, i), lang.F("同じ名前「%s」が一つのオブジェクトに二度出てきます", "the name %q occurs twice in one object", Clip(string(name))))
				}
			}
			i = end
		}
		if nodes > MaxNodes {
			return Refuse(Place(b, i), lang.F("値が%d個を超えています", "it holds more than %d values", MaxNodes))
		}
	}
	return nil
}

// stringEnd gives the offset of the quote that closes the string opened at i, or len(b) when none does.
func stringEnd(b []byte, i int) int {
	for j := i + 1; j < len(b); j++ {
		k := bytes.IndexByte(b[j:], '"')
		if k < 0 {
			break
		}
		j += k
		back := 0
		for b[j-1-back] == '\\' {
			back++
		}
		if back%2 == 0 {
			return j
		}
	}
	return len(b)
}

// plain gives a member name without escapes.
func plain(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var s string
	if json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &s) != nil {
		return raw
	}
	return []byte(s)
}

// Member looks for a member of the top-level JSON object and gives its value as it stands, at most 4 KiB of it. It
// works on a beginning of a document too, and stops at the member: it judges nothing behind it.
func Member(b []byte, name string) (value []byte, ok bool) {
	for n, v := range Members(b) {
		if string(n) == name {
			return v, true
		}
	}
	return nil, false
}

// Members walks the members of the top-level JSON object: name without escapes, and at most 4 KiB of the value.
func Members(b []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		i := skipSpace(b, 0)
		if i == len(b) || b[i] != '{' {
			return
		}
		for i = skipSpace(b, i+1); i < len(b) && b[i] == '"'; i = skipSpace(b, i) {
			end := stringEnd(b, i)
			if end == len(b) {
				return
			}
			name := plain(b[i+1 : end])
			i = skipSpace(b, end+1)
			if i == len(b) || b[i] != ':' {
				return
			}
			start := skipSpace(b, i+1)
			i = valueEnd(b, start)
			if !yield(name, b[start:min(i, start+4096)]) {
				return
			}
			if i = skipSpace(b, i); i == len(b) || b[i] != ',' {
				return
			}
			i++
		}
	}
}

// valueEnd gives the offset just behind the value that starts at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return min(i+1, len(b))
		}
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// Pointer appends member names or indexes to a JSON pointer (RFC 6901).
func Pointer(base string, tokens ...string) string {
	for _, t := range tokens {
		if strings.ContainsAny(t, "~/") {
			t = strings.ReplaceAll(strings.ReplaceAll(t, "~", "~0"), "/", "~1")
		}
		base += "/" + t
	}
	return base
}

// Clip shortens a value from a document so that it can be shown in a message: at most 80 characters.
func Clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Decode reads one JSON value within the limits, as [JSON] does, into a Go value of the shape that is expected. Members
// the Go type does not have are passed over; a value of another type is refused with its place.
func Decode(b []byte, into any) error {
	if err := scanJSON(b); err != nil {
		return err
	}
	err := json.Unmarshal(b, into)
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return Refuse(Place(b, int(typ.Offset)-1), lang.F("「%[1]s」の型が%[2]sになっています", "%[1]q is of type %[2]s", Clip(typ.Field), typ.Value))
	}
	if err != nil {
		return jsonError(b, err)
	}
	return nil
}
