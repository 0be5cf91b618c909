package api_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi/datamodel"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.org/tasuki/internal/api"
)

// openAPI is a description of an API as far as the tests read it.
type openAPI struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]described `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type described struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	Body struct {
		Content map[string]struct{ Schema schema }
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
	Summary   string
	SummaryJA string `json:"x-summary-ja"`
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Format     string            `json:"format"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	More       any               `json:"additionalProperties"`
	Required   []string          `json:"required"`
	Media      string            `json:"contentMediaType"`
}

func (s *site) openAPI() (raw []byte, doc openAPI) {
	s.t.Helper()
	_, _, raw = s.ask("", "GET", "/api/openapi.json", nil)
	if err := json.Unmarshal(raw, &doc); err != nil {
		s.t.Fatal(err)
	}
	return raw, doc
}

// The description is in order by the schema that the OpenAPI Initiative publishes, and every reference in it leads
// somewhere.
func TestOpenAPIValidates(t *testing.T) {
	raw, doc := newSite(t, api.Options{}).openAPI()
	published, err := jsonschema.UnmarshalJSON(strings.NewReader(datamodel.OpenAPI31SchemaData))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const at = "https://spec.openapis.org/oas/3.1/schema"
	if err := c.AddResource(at, published); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance); err != nil {
		t.Errorf("%v", err)
	}
	broken := bytes.Replace(raw, []byte(`"in":"path"`), []byte(`"in":"nowhere"`), 1)
	if instance, err = jsonschema.UnmarshalJSON(bytes.NewReader(broken)); err != nil {
		t.Fatal(err)
	}
	if s.Validate(instance) == nil {
		t.Error("a parameter in no place is taken: the schema looks at nothing")
	}
	for _, ref := range refs(instance, nil) {
		name, ok := strings.CutPrefix(ref, "#/components/schemas/")
		if _, there := doc.Components.Schemas[name]; !ok || !there {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.ID == "" || op.Summary == "" || op.SummaryJA == "" || op.Responses["200"].Content == nil || op.Responses["default"].Content == nil {
				t.Errorf("%s %s is not fully described", method, path)
			}
		}
	}
}

// refs lists every $ref below a value.
func refs(v any, out []string) []string {
	switch v := v.(type) {
	case map[string]any:
		for k, below := range v {
			if ref, ok := below.(string); ok && k == "$ref" {
				out = append(out, ref)
				continue
			}
			out = refs(below, out)
		}
	case []any:
		for _, below := range v {
			out = refs(below, out)
		}
	}
	return out
}
