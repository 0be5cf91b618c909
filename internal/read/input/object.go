package input

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// Object is a JSON or YAML object as [JSON] and [YAML] give it, with its place. What is not there, or is of another
// type, is empty: a reader asks for what it needs with the functions that refuse.
type Object struct {
	Place   string // JSON pointer
	Members map[string]any
}

// Top gives the top-level object of a document, or refuses.
func Top(doc any) (Object, error) {
	m, ok := doc.(map[string]any)
	if !ok {
		return Object{}, Refuse("", lang.T("最上位がオブジェクト(名前と値の組)ではありません", "the top level is not an object"))
	}
	return Object{Members: m}, nil
}

// JSONObject reads the bytes of a JSON document whose top level is an object.
func JSONObject(b []byte) (Object, error) { return topOf(b, JSON) }

// YAMLObject reads the bytes of a YAML document whose top level is an object.
func YAMLObject(b []byte) (Object, error) { return topOf(b, YAML) }

func topOf(b []byte, decode func([]byte) (any, error)) (Object, error) {
	text, err := Text(b)
	if err != nil {
		return Object{}, err
	}
	doc, err := decode(text)
	if err != nil {
		return Object{}, err
	}
	return Top(doc)
}

// Has reports whether the member is there and is not null.
func (o Object) Has(name string) bool { return o.Members[name] != nil }

// At gives the place of a member.
func (o Object) At(name string) string { return Pointer(o.Place, name) }

// Text gives a string, or a number or truth value as written.
func (o Object) Text(name string) string {
	switch v := o.Members[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// Bool gives a truth value.
func (o Object) Bool(name string) bool {
	b, _ := o.Members[name].(bool)
	return b
}

// Number gives a finite number.
func (o Object) Number(name string) (float64, bool) {
	n, ok := o.Members[name].(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// Child gives an object inside.
func (o Object) Child(name string) Object {
	c, _ := o.Members[name].(map[string]any)
	return Object{Place: o.At(name), Members: c}
}

// List gives the objects of a list inside; other items are passed over.
func (o Object) List(name string) (out []Object) {
	items, _ := o.Members[name].([]any)
	for i, v := range items {
		if c, ok := v.(map[string]any); ok {
			out = append(out, Object{Place: Pointer(o.Place, name, strconv.Itoa(i)), Members: c})
		}
	}
	return out
}

// Objects gives the objects of a list inside, and refuses a member that is no list and an item that is no object. A
// member that is not there, or is null, is an empty list.
func (o Object) Objects(name string) ([]Object, error) {
	v, there := o.Members[name]
	if !there || v == nil {
		return nil, nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, Refuse(o.At(name), lang.T("一覧(配列)ではありません", "it is not a list"))
	}
	for i, v := range items {
		if _, ok := v.(map[string]any); !ok {
			return nil, Refuse(Pointer(o.Place, name, strconv.Itoa(i)), lang.T("オブジェクト(名前と値の組)ではありません", "it is not an object"))
		}
	}
	return o.List(name), nil
}

// Texts gives the strings of a list inside.
func (o Object) Texts(name string) (out []string) {
	items, _ := o.Members[name].([]any)
	for _, v := range items {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Need gives a text that must be there, or refuses.
func (o Object) Need(name string) (string, error) {
	if s := o.Text(name); strings.TrimSpace(s) != "" {
		return s, nil
	}
	return "", Refuse(o.At(name), lang.F("必須の項目「%s」がありません", "the required %s is missing", name))
}

// Time gives a time or a day; zero when it is none.
func (o Object) Time(name string) time.Time { return Time(o.Text(name)) }

// Time reads an RFC 3339 time or an ISO day, in UTC; zero when it is neither.
func Time(s string) time.Time {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Renamed gives a refusal the name of the format it came from, and what to do next; other errors stay as they are.
func Renamed(err error, format string, next lang.Text) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.F("%sとして受け取れませんでした", "the document is not accepted as %s", format)
		if !next.IsZero() {
			e.Next = next
		}
	}
	return err
}
