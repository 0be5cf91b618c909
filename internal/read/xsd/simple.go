package xsd

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/read/input"
)

// builtins are the built-in types that are understood.
var builtins = []string{"string", "normalizedString", "token", "anyURI", "boolean", "date", "dateTime", "decimal",
	"integer", "nonNegativeInteger", "positiveInteger", "ID", "NCName"}

func builtin(name string, line int) (*simpleType, error) {
	for _, b := range builtins {
		if b == name {
			return &simpleType{builtin: name, maxLength: -1}, nil
		}
	}
	return nil, fmt.Errorf("schema line %d: built-in type %s is not understood", line, name)
}

func (c *compiler) simpleType(n *input.Element, f *file) (*simpleType, error) {
	body := parts(n)
	if len(body) != 1 {
		return nil, notUnderstood(n)
	}
	t := &simpleType{maxLength: -1}
	switch body[0].Name.Local {
	case "union":
		members, _ := body[0].Attr("memberTypes")
		for _, m := range strings.Fields(members) {
			u, err := c.simpleNamed(m, f, body[0])
			if err != nil {
				return nil, err
			}
			t.union = append(t.union, u)
		}
		return t, nil
	case "restriction":
		base, _ := body[0].Attr("base")
		b, err := c.simpleNamed(base, f, body[0])
		if err != nil {
			return nil, err
		}
		t.base = b
		for _, facet := range parts(body[0]) {
			if err := t.facet(facet); err != nil {
				return nil, err
			}
		}
		return t, nil
	}
	return nil, notUnderstood(body[0])
}

func (c *compiler) simpleNamed(ref string, f *file, n *input.Element) (*simpleType, error) {
	t, err := c.typeNamed(ref, f, n.Line)
	if err != nil {
		return nil, err
	}
	if s, ok := t.(*simpleType); ok {
		return s, nil
	}
	return nil, notUnderstood(n)
}

func (t *simpleType) facet(n *input.Element) (err error) {
	v, _ := n.Attr("value")
	number := func() *float64 {
		var x float64
		x, err = strconv.ParseFloat(v, 64)
		return &x
	}
	switch n.Name.Local {
	case "enumeration":
		if t.enum == nil {
			t.enum = map[string]bool{}
		}
		t.enum[v] = true
		t.shown = append(t.shown, v)
	case "pattern":
		var re *regexp.Regexp
		re, err = regexp.Compile(`\A(?:` + v + `)\z`)
		t.patterns = append(t.patterns, re)
	case "minLength":
		t.minLength, err = strconv.Atoi(v)
	case "maxLength":
		t.maxLength, err = strconv.Atoi(v)
	case "minInclusive":
		t.min = number()
	case "maxInclusive":
		t.max = number()
	default:
		return notUnderstood(n)
	}
	return err
}

// fault says why a value does not fit the type; zero when it fits.
func (t *simpleType) fault(v string) lang.Text {
	if t.kind() != "string" {
		v = strings.Join(strings.Fields(v), " ") // every other type collapses white space, or does not mind it
	}
	if len(t.union) > 0 {
		var first lang.Text
		for _, u := range t.union {
			why := u.fault(v)
			if why.IsZero() {
				return lang.Text{}
			}
			if first.IsZero() {
				first = why
			}
		}
		return first
	}
	if t.base == nil {
		return builtinFault(t.builtin, v)
	}
	if why := t.base.fault(v); !why.IsZero() {
		return why
	}
	return t.facetFault(v)
}

// kind gives the built-in type at the bottom.
func (t *simpleType) kind() string {
	for t.base != nil {
		t = t.base
	}
	return t.builtin
}

func (t *simpleType) facetFault(v string) lang.Text {
	if t.enum != nil && !t.enum[v] {
		return notOneOf(v, t.shown)
	}
	if len(t.patterns) > 0 {
		fits := false
		for _, re := range t.patterns {
			fits = fits || re.MatchString(v)
		}
		if !fits {
			return lang.F("「%[1]s」は決められた形になっていません", "%[1]q does not have the form laid down for it", input.Clip(v))
		}
	}
	n := utf8.RuneCountInString(v)
	if n < t.minLength {
		return lang.F("値が短すぎます(%d文字以上が必要です)", "the value is too short (at least %d characters are needed)", t.minLength)
	}
	if t.maxLength >= 0 && n > t.maxLength {
		return lang.F("値が長すぎます(%d文字までです)", "the value is too long (at most %d characters)", t.maxLength)
	}
	if t.min != nil || t.max != nil {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || t.min != nil && x < *t.min || t.max != nil && x > *t.max {
			return lang.F("「%s」は範囲の外です", "%q is out of range", input.Clip(v))
		}
	}
	return lang.Text{}
}

func notOneOf(v string, allowed []string) lang.Text {
	shown := strings.Join(allowed[:min(len(allowed), 8)], ", ")
	if len(allowed) > 8 {
		shown += ", …"
	}
	return lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not one of: %[2]s", input.Clip(v), shown)
}

var (
	integerRE = pattern.Of(`\A[+-]?[0-9]+\z`)
	decimalRE = pattern.Of(`\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\z`)
)

func builtinFault(name, v string) lang.Text {
	ok := true
	switch name {
	case "boolean":
		ok = v == "true" || v == "false" || v == "1" || v == "0"
	case "integer":
		ok = integerRE().MatchString(v)
	case "nonNegativeInteger":
		ok = integerRE().MatchString(v) && (!strings.HasPrefix(v, "-") || strings.Trim(v[1:], "0") == "")
	case "positiveInteger":
		ok = integerRE().MatchString(v) && !strings.HasPrefix(v, "-") && strings.Trim(strings.TrimPrefix(v, "+"), "0") != ""
	case "decimal":
		ok = decimalRE().MatchString(v)
	case "dateTime":
		ok = anyLayout(v, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00")
	case "date":
		ok = anyLayout(v, "2006-01-02", "2006-01-02Z07:00")
	}
	if ok {
		return lang.Text{}
	}
	return lang.F("「%[1]s」は%[2]s型の値ではありません", "%[1]q is not a value of type %[2]s", input.Clip(v), name)
}

func anyLayout(v string, layouts ...string) bool {
	for _, l := range layouts {
		if _, err := time.Parse(l, v); err == nil {
			return true
		}
	}
	return false
}
