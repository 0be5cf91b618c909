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

// rule is one schema made ready for a walk: what it asks of any value, then what it asks of one of each kind.
type rule struct {
	unknown  bool         // it uses what is not known here
	never    bool         // the schema false
	ref      func() *rule // it is only a reference: to be followed
	kinds    uint         // bits of the kinds allowed, and integer; 0 for all
	values   *values      // enum and const
	format   *format
	object   *objectRule
	array    *arrayRule
	text     *textRule
	number   *numberRule
	together *togetherRule
}

// integer is the bit of numbers without a fraction, beside those of the kinds.
const integer = 1 << 16

// allows reports whether values of this kind are allowed.
func (r *rule) allows(v input.Value) bool {
	kind := v.Kind()
	return r.kinds&(1<<kind) != 0 || kind == input.KindNumber && r.kinds&integer != 0 && decimalOf(v.Raw()).isInteger()
}

var kindNames = [...]string{input.KindNull: "null", input.KindBool: "boolean", input.KindNumber: "number", input.KindString: "string",
	input.KindArray: "array", input.KindObject: "object"}

// kindsText names the kinds that are allowed.
func (r *rule) kindsText() string {
	var names []string
	for _, name := range []string{"null", "boolean", "number", "integer", "string", "array", "object"} {
		if r.kinds&kindBits[name] != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " | ")
}

type objectRule struct {
	members  map[string]member
	required uint64 // the bits of all members that are required
	more     *rule  // what members without a rule obey
}

type member struct {
	rule     *rule  // nil when the member is named as required only
	required uint64 // its bit
}

// missing names the required members that were not seen.
func (r *objectRule) missing(seen uint64) (names []string) {
	for name, m := range r.members {
		if m.required&^seen != 0 {
			names = append(names, name)
		}
	}
	return names
}

type arrayRule struct {
	first       []*rule // what the first items obey, each its own
	items       *rule   // what the others obey; nil for anything
	least, most int
	unique      bool
}

type textRule struct {
	least, most int // characters
	pattern     func(string) bool
}

type numberRule struct{ least, most string } // empty without such a bound

type togetherRule struct {
	all, any, one              []*rule
	not, when, then, otherwise *rule
}

// unknown are the keywords of drafts 7 and 2020-12 that ask something of a document and are not known here. Any other is a
// remark of the schema's authors.
var unknown = []string{"multipleOf", "exclusiveMaximum", "exclusiveMinimum", "contains", "minContains", "maxContains", "maxProperties",
	"minProperties", "patternProperties", "dependencies", "dependentRequired", "dependentSchemas", "propertyNames", "prefixItems",
	"unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"}

// scope is the file that a schema stands in.
type scope struct {
	file string
	doc  *input.Doc
}

func (s scope) isDraft7() bool {
	return strings.Contains(s.doc.Root().Member("$schema").Text(), "draft-07")
}

func (f *files) compile(in scope, v input.Value) *rule {
	if v.Kind() == input.KindBool {
		return &rule{never: v.Raw() == "false"}
	}
	if ref := v.Member("$ref"); ref.Kind() == input.KindString && in.isDraft7() { // nothing beside it counts
		return f.reference(in, ref)
	}
	c := compiler{files: f, in: in, rule: &rule{unknown: v.Kind() != input.KindObject}}
	for name, value := range v.Members {
		c.keyword(name.Text(), value, v)
	}
	return c.rule
}

func (f *files) reference(in scope, ref input.Value) *rule {
	return &rule{ref: sync.OnceValue(func() *rule { return f.follow(in, ref.Text()) })}
}

// follow gives the rule that a reference names: #/a/b, FILE or FILE#/a/b. Each is prepared once.
func (f *files) follow(in scope, ref string) *rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, fragment, _ := strings.Cut(ref, "#")
	if file = path.Base(file); file == "." { // of an empty path
		file = in.file
	}
	key := file + "#" + fragment
	if r := f.ready[key]; r != nil {
		return r
	}
	f.ready[key] = f.prepare(file, fragment)
	return f.ready[key]
}

func (f *files) prepare(file, fragment string) *rule {
	doc, err := f.open(file)
	if err != nil {
		return &rule{unknown: true}
	}
	at := doc.Root()
	if fragment != "" {
		for _, token := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
			at = at.Member(strings.NewReplacer("~1", "/", "~0", "~").Replace(token))
		}
	}
	return f.compile(scope{file, doc}, at) // what is not there becomes an unknown rule
}

type compiler struct {
	*files
	in   scope
	rule *rule
}

func (c *compiler) sub(v input.Value) *rule { return c.compile(c.in, v) }

func (c *compiler) subs(v input.Value) []*rule {
	out := []*rule{}
	for _, item := range items(v) {
		out = append(out, c.sub(item))
	}
	return out
}

func items(v input.Value) (out []input.Value) {
	for _, item := range v.Items {
		out = append(out, item)
	}
	return out
}

func (c *compiler) keyword(name string, v, schema input.Value) {
	switch name {
	case "type":
		c.kinds(v)
	case "enum":
		c.values(name, items(v))
	case "const":
		c.values(name, []input.Value{v})
	case "properties", "required", "additionalProperties":
		c.object(schema)
	case "items", "minItems", "maxItems", "uniqueItems":
		c.array(schema)
	case "pattern", "minLength", "maxLength":
		c.text(schema)
	case "format":
		c.format(v.Text())
	case "minimum", "maximum":
		c.number(schema)
	case "allOf", "anyOf", "oneOf", "not", "if", "$ref":
		c.together(schema)
	case "$id": // one inside, but for a fragment, would change what references mean
		c.rule.unknown = c.rule.unknown || schema != c.in.doc.Root() && !strings.HasPrefix(v.Text(), "#")
	default:
		c.rule.unknown = c.rule.unknown || slices.Contains(unknown, name)
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

func (c *compiler) values(keyword string, list []input.Value) {
	if c.rule.values != nil { // enum beside const
		c.rule.unknown = true
	}
	c.rule.values = newValues(keyword, list)
}

func (c *compiler) format(name string) {
	if holds, known := formats[name]; !known {
		c.rule.unknown = true
	} else if holds != nil {
		c.rule.format = &format{name, holds}
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
		t.pattern = patternOf(p.Text())
	}
}

func (c *compiler) number(schema input.Value) {
	c.rule.number = &numberRule{schema.Member("minimum").Raw(), schema.Member("maximum").Raw()}
}

func (c *compiler) together(schema input.Value) {
	if c.rule.together != nil {
		return
	}
	t := &togetherRule{}
	c.rule.together = t
	for name, value := range schema.Members {
		switch name.Text() {
		case "$ref":
			t.all = append(t.all, c.reference(c.in, value))
		case "allOf":
			t.all = append(t.all, c.subs(value)...)
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
