package schema

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.org/tasuki/internal/read/input"
)

// rule is one schema made ready for a walk: what it asks of a value of each kind, then what it asks of any.
type rule struct {
	unknown  bool         // it uses what is not known here
	never    bool         // the schema false
	ref      func() *rule // it is only a reference: to be followed
	kinds    uint         // bits of the kinds allowed, and integer; 0 for all
	values   *values      // enum and const
	object   *objectRule
	array    *arrayRule
	text     *textRule
	number   *numberRule
	together *togetherRule
}

// integer is the bit of numbers without a fraction, beside those of the kinds.
const integer = 1 << 16

type objectRule struct {
	members  map[string]member
	required uint64 // the bits of all members that are required
	more     *rule  // what members without a rule obey
}

type member struct {
	rule     *rule  // nil when the member is named as required only
	required uint64 // its bit
}

type arrayRule struct {
	first       []*rule // what the first items obey, each its own
	items       *rule   // what the others obey; nil for anything
	least, most int
	unique      bool
}

type textRule struct {
	least, most int // characters
	forms       []form
}

type numberRule struct{ least, most float64 }

type togetherRule struct {
	all, any, one              []*rule
	not, when, then, otherwise *rule
}

// values are the ones that enum or const allow.
type values struct {
	texts, words map[string]bool
	others       bool // numbers, objects or arrays are among them
}

// undecided are the keywords of draft 7 that the screen leaves to the whole check. Any other that is not known below is a
// remark of the schema's authors.
var undecided = []string{"multipleOf", "exclusiveMaximum", "exclusiveMinimum", "contains", "maxProperties", "minProperties", "patternProperties",
	"dependencies", "propertyNames"}

// scope is the file that a schema stands in.
type scope struct {
	file string
	doc  *input.Doc
}

func (f files) compile(in scope, v input.Value) *rule {
	if v.Kind() == input.KindBool {
		return &rule{never: v.Raw() == "false"}
	}
	if ref := v.Member("$ref"); ref.Kind() == input.KindString {
		to := sync.OnceValue(func() *rule { return f.follow(in, ref.Text()) })
		return &rule{ref: to, unknown: v.Member("const").Kind() != input.KindNone || v.Member("format").Kind() != input.KindNone}
	}
	c := compiler{files: f, in: in, rule: &rule{unknown: v.Kind() != input.KindObject}}
	for name, value := range v.Members {
		c.keyword(name.Text(), value, v)
	}
	return c.rule
}

// follow gives the rule that a reference names: #/a/b, FILE or FILE#/a/b.
func (f files) follow(in scope, ref string) *rule {
	file, fragment, _ := strings.Cut(ref, "#")
	if file != "" {
		name := path.Base(file)
		doc, err := f.open(name)
		if err != nil || !slices.Contains(f.names, name) {
			return &rule{unknown: true}
		}
		in = scope{name, doc}
	}
	at := in.doc.Root()
	if fragment != "" {
		for _, token := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
			at = at.Member(strings.NewReplacer("~1", "/", "~0", "~").Replace(token))
		}
	}
	return f.compile(in, at) // what is not there becomes an unknown rule
}

type compiler struct {
	files
	in   scope
	rule *rule
}

func (c *compiler) sub(v input.Value) *rule { return c.compile(c.in, v) }

func (c *compiler) subs(v input.Value) []*rule {
	out := []*rule{}
	for _, item := range v.Items {
		out = append(out, c.sub(item))
	}
	return out
}

func (c *compiler) keyword(name string, v, schema input.Value) {
	switch name {
	case "type":
		c.kinds(v)
	case "enum":
		c.enum(v.Items)
	case "const":
		c.enum(func(yield func(int, input.Value) bool) { yield(0, v) })
	case "properties", "required", "additionalProperties":
		c.object(schema)
	case "items", "minItems", "maxItems", "uniqueItems":
		c.array(schema)
	case "pattern", "format", "minLength", "maxLength":
		c.text(schema)
	case "minimum", "maximum":
		c.number(schema)
	case "allOf", "anyOf", "oneOf", "not", "if":
		c.together(schema)
	case "$id": // one inside, but for a fragment, would change what references mean
		c.rule.unknown = c.rule.unknown || schema != c.in.doc.Root() && !strings.HasPrefix(v.Text(), "#")
	default:
		c.rule.unknown = c.rule.unknown || slices.Contains(undecided, name)
	}
}

var kindBits = map[string]uint{
	"null": 1 << input.KindNull, "boolean": 1 << input.KindBool, "number": 1 << input.KindNumber, "integer": integer,
	"string": 1 << input.KindString, "object": 1 << input.KindObject, "array": 1 << input.KindArray,
}

func (c *compiler) kinds(v input.Value) {
	add := func(name string) {
		c.rule.kinds |= kindBits[name]
		c.rule.unknown = c.rule.unknown || kindBits[name] == 0
	}
	if v.Kind() == input.KindString {
		add(v.Text())
	}
	for _, item := range v.Items {
		add(item.Text())
	}
}

func (c *compiler) enum(items func(func(int, input.Value) bool)) {
	if c.rule.values != nil { // enum beside const
		c.rule.unknown = true
	}
	c.rule.values = &values{texts: map[string]bool{}, words: map[string]bool{}}
	for _, item := range items {
		switch item.Kind() {
		case input.KindString:
			c.rule.values.texts[item.Text()] = true
		case input.KindBool, input.KindNull:
			c.rule.values.words[item.Raw()] = true
		default:
			c.rule.values.others = true
		}
	}
}

func (c *compiler) object(schema input.Value) {
	if c.rule.object != nil {
		return
	}
	o := &objectRule{members: map[string]member{}}
	c.rule.object = o
	for name, value := range schema.Member("properties").Members {
		o.members[name.Text()] = member{rule: c.sub(value)}
	}
	for i, name := range schema.Member("required").Items {
		m := o.members[name.Text()]
		m.required |= 1 << i
		o.members[name.Text()] = m
		o.required |= m.required
		c.rule.unknown = c.rule.unknown || i > 63
	}
	if more := schema.Member("additionalProperties"); more.Kind() != input.KindNone {
		o.more = c.sub(more)
	}
}

func (c *compiler) array(schema input.Value) {
	if c.rule.array != nil {
		return
	}
	a := &arrayRule{least: c.size(schema, "minItems", 0), most: c.size(schema, "maxItems", math.MaxInt)}
	c.rule.array = a
	switch items := schema.Member("items"); items.Kind() {
	case input.KindObject, input.KindBool:
		a.items = c.sub(items)
	case input.KindArray:
		a.first = c.subs(items)
		if more := schema.Member("additionalItems"); more.Kind() != input.KindNone {
			a.items = c.sub(more)
		}
	}
	a.unique = schema.Member("uniqueItems").Raw() == "true"
}

func (c *compiler) text(schema input.Value) {
	if c.rule.text != nil {
		return
	}
	t := &textRule{least: c.size(schema, "minLength", 0), most: c.size(schema, "maxLength", math.MaxInt)}
	c.rule.text = t
	if p := schema.Member("pattern"); p.Kind() == input.KindString {
		t.forms = append(t.forms, patternForm(p.Text()))
	}
	if f := formOf(schema.Member("format").Text()); f != nil {
		t.forms = append(t.forms, f)
	}
}

func (c *compiler) number(schema input.Value) {
	if c.rule.number != nil {
		return
	}
	bound := func(name string, otherwise float64) float64 {
		v := schema.Member(name)
		if v.Kind() == input.KindNone {
			return otherwise
		}
		f, err := strconv.ParseFloat(v.Raw(), 64)
		c.rule.unknown = c.rule.unknown || err != nil || len(v.Raw()) > 15
		return f
	}
	c.rule.number = &numberRule{bound("minimum", math.Inf(-1)), bound("maximum", math.Inf(1))}
}

func (c *compiler) together(schema input.Value) {
	if c.rule.together != nil {
		return
	}
	t := &togetherRule{}
	c.rule.together = t
	for name, value := range schema.Members {
		switch name.Text() {
		case "allOf":
			t.all = c.subs(value)
		case "anyOf":
			t.any = c.subs(value)
		case "oneOf":
			t.one = c.subs(value)
		case "not":
			t.not = c.sub(value)
		case "if":
			t.when = c.sub(value)
		case "then":
			t.then = c.sub(value)
		case "else":
			t.otherwise = c.sub(value)
		}
	}
}

func (c *compiler) size(schema input.Value, name string, otherwise int) int {
	v := schema.Member(name)
	if v.Kind() == input.KindNone {
		return otherwise
	}
	n, err := strconv.Atoi(v.Raw())
	c.rule.unknown = c.rule.unknown || err != nil
	return n
}
