// Package schematest holds documents to a JSON Schema by a library that knows every draft and every keyword: what our own
// schema package says is compared with it, and what we write is held to the official schemas by it. It is for tests only.
//
// Start from [Compile].
package schematest

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"example.org/tasuki/internal/read/input"
)

// Schema is a compiled schema.
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
	Where   string // JSON pointer
	Keyword string
	Names   []string // for "required" and "additionalProperties", sorted
	What    string   // in the library's words
}

// Check gives every violation, those of all alternatives where none is obeyed.
func (s *Schema) Check(b []byte) ([]Violation, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	failed, _ := s.compiled.Validate(doc).(*jsonschema.ValidationError)
	return violations(failed, nil), nil
}

func violations(e *jsonschema.ValidationError, out []Violation) []Violation {
	if e == nil {
		return out
	}
	for _, cause := range e.Causes {
		out = violations(cause, out)
	}
	if len(e.Causes) > 0 {
		return out
	}
	v := Violation{Where: input.Pointer("", e.InstanceLocation...), What: e.Error()}
	if k := e.ErrorKind.KeywordPath(); len(k) > 0 {
		v.Keyword = k[0]
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		v.Names = slices.Sorted(slices.Values(k.Missing))
	case *kind.AdditionalProperties:
		v.Names = slices.Sorted(slices.Values(k.Properties))
	}
	return append(out, v)
}
