// Package schema holds JSON documents to the JSON Schema of their format, and says in both languages where and why one
// does not obey.
//
// Start from [Compile] and [Schema.Check].
package schema

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Schema is a compiled schema; it is safe for use by many goroutines.
type Schema struct{ compiled *jsonschema.Schema }

// Compile compiles the schema in the file called main. Every file named is made known under its own $id, so that they
// can refer to one another; nothing is ever fetched.
func Compile(files fs.FS, main string, others ...string) (*Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseLoader(nowhere{})
	var mainID string
	for _, name := range append([]string{main}, others...) {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read schema: %w", err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("read schema %s: %w", name, err)
		}
		object, _ := doc.(map[string]any)
		id, _ := object["$id"].(string)
		if id == "" {
			return nil, fmt.Errorf("schema %s has no $id", name)
		}
		if err := c.AddResource(id, doc); err != nil {
			return nil, fmt.Errorf("add schema %s: %w", name, err)
		}
		if name == main {
			mainID = id
		}
	}
	compiled, err := c.Compile(mainID)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", main, err)
	}
	return &Schema{compiled}, nil
}

// nowhere loads nothing: a schema may only refer to the files it was compiled with.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) {
	return nil, fmt.Errorf("schema %s is not among those given", url)
}

// Violation is one place where a document does not obey.
type Violation struct {
	Where   string   // JSON pointer
	Path    []string // the same, as tokens
	Keyword string   // the schema's keyword: "required", "enum", "type" …
	Got     string   // for "type", the JSON type found; for "required" and "additionalProperties", the names
	What    lang.Text
}

// Check holds a document, as [input.JSON] gives it, to the schema. Violations that forgive lets through are doubts, the
// others faults. Where the schema offers alternatives, one that has doubts only is good enough, and of several bad ones
// that with the fewest faults is told. Both lists are in the order of the document's pointers.
func (s *Schema) Check(doc any, forgive func(Violation) bool) (doubts, faults []Violation) {
	err := s.compiled.Validate(doc)
	if err == nil {
		return nil, nil
	}
	failed, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return nil, []Violation{{Keyword: "schema", What: lang.F("検査できませんでした(%v)", "it could not be checked (%v)", err)}}
	}
	doubts, faults = sort(failed, forgive)
	order(doubts)
	order(faults)
	return doubts, faults
}

func sort(e *jsonschema.ValidationError, forgive func(Violation) bool) (doubts, faults []Violation) {
	if len(e.Causes) == 0 {
		v := violation(e)
		if forgive(v) {
			return []Violation{v}, nil
		}
		return nil, []Violation{v}
	}
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		for i, c := range e.Causes {
			d, f := sort(c, forgive)
			if i == 0 || len(f) < len(faults) || len(f) == len(faults) && depth(f) > depth(faults) {
				doubts, faults = d, f
			}
		}
		return doubts, faults
	}
	for _, c := range e.Causes {
		d, f := sort(c, forgive)
		doubts, faults = append(doubts, d...), append(faults, f...)
	}
	return doubts, faults
}

func depth(vs []Violation) (deepest int) {
	for _, v := range vs {
		deepest = max(deepest, len(v.Path))
	}
	return deepest
}

func order(vs []Violation) {
	slices.SortStableFunc(vs, func(a, b Violation) int {
		if c := slices.CompareFunc(a.Path, b.Path, compareTokens); c != 0 {
			return c
		}
		return strings.Compare(a.What.EN, b.What.EN)
	})
}

func compareTokens(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return x - y
	}
	return strings.Compare(a, b)
}

func violation(e *jsonschema.ValidationError) Violation {
	v := Violation{Where: input.Pointer("", e.InstanceLocation...), Path: slices.Clone(e.InstanceLocation)}
	if k := e.ErrorKind.KeywordPath(); len(k) > 0 {
		v.Keyword = k[0]
	}
	v.Got, v.What = describe(e.ErrorKind)
	return v
}
