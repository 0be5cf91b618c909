package schema_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/schema"
	"example.org/tasuki/internal/read/schema/schematest"
	"example.org/tasuki/internal/testshared"
	cyclonedxschema "example.org/tasuki/third_party/cyclonedx-schema"
	openvexschema "example.org/tasuki/third_party/openvex-schema"
	spdxschema "example.org/tasuki/third_party/spdx-schema"
)

// pair is one schema both ways.
type pair struct {
	ours    *schema.Schema
	library *schematest.Schema
}

func pairOf(t *testing.T, files fs.FS, main string, others ...string) pair {
	t.Helper()
	ours, err := schema.Compile(files, main, others...)
	if err != nil {
		t.Fatal(err)
	}
	library, err := schematest.Compile(files, main, others...)
	if err != nil {
		t.Fatal(err)
	}
	return pair{ours, library}
}

func strict(schema.Violation) bool { return false }

// agree holds what we say of a document to what the library says: the same verdict, and no violation that it does not
// know of. It reports whether the document obeys.
func (p pair) agree(t *testing.T, name string, b []byte) (obeys bool) {
	t.Helper()
	doc, err := input.Take(b)
	if err != nil {
		return false
	}
	theirs, err := p.library.Check(b)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, v := range theirs {
		known[v.Where+" "+v.Keyword] = true
	}
	_, ours := p.ours.Check(doc, strict)
	if len(ours) == 0 && len(theirs) > 0 {
		t.Errorf("%s: let through, but %s: %s\n%.300s", name, theirs[0].Where, theirs[0].What, b)
	}
	for _, v := range ours {
		named := known[v.Where+" "+v.Keyword] || known[v.Where+" "] // it has no name for "not" and for the schema false
		if !named && v.Keyword != "schema" {                        // what we do not know we refuse
			t.Errorf("%s: %s: %s (%s), of which the library knows nothing\n%.300s", name, v.Where, v.What.EN, v.Keyword, b)
		}
	}
	return len(ours) == 0
}

// official gives the schemas of the formats that are held to one, by what a document of it says of its version.
func official(t *testing.T) map[string]pair {
	t.Helper()
	out := map[string]pair{
		"SPDX-2.2": pairOf(t, spdxschema.Files, "spdx-2.2.2.schema.json"),
		"SPDX-2.3": pairOf(t, spdxschema.Files, "spdx-2.3.schema.json"),
		"OpenVEX":  pairOf(t, openvexschema.Files, "openvex_json_schema.json"),
	}
	for _, v := range []string{"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"} {
		out[v] = pairOf(t, cyclonedxschema.Files, "bom-"+v+".schema.json", "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json")
	}
	return out
}

// schemaOf finds the schema a document says it obeys.
func schemaOf(b []byte) string {
	for _, name := range []string{"specVersion", "spdxVersion"} {
		if v, ok := input.Member(b, name); ok {
			return strings.Trim(string(v), `"`)
		}
	}
	if v, ok := input.Member(b, "@context"); ok && strings.Contains(string(v), "openvex.dev") {
		return "OpenVEX"
	}
	return ""
}

// TestAsTheLibrary holds our verdicts to the library's on the documents of the specifications' own suites, on SBOMs and
// VEX of real tools, and on thousands of them spoilt in one place.
func TestAsTheLibrary(t *testing.T) {
	pairs := official(t)
	random := rand.New(rand.NewPCG(1, 2))
	var documents, sound, spoilt, spoiltSound int
	for _, archive := range []string{"spec-suites/cyclonedx-valid-invalid.tar.gz", "sbom/sboms.tar.gz", "vex/openvex.tar.gz"} {
		for name, b := range testshared.Files(t, archive) {
			text, err := input.Text(b)
			if err != nil || path.Ext(name) != ".json" {
				continue
			}
			p, ok := pairs[schemaOf(text)]
			if !ok {
				continue
			}
			documents++
			if p.agree(t, name, text) {
				sound++
			}
			if tree, err := input.JSON(text); err == nil && len(text) < 30_000 {
				for range 15 {
					spoilt++
					if p.agree(t, name+", spoilt", spoil(random, tree)) {
						spoiltSound++
					}
				}
			}
		}
	}
	t.Logf("%d documents, %d of them sound; %d spoilt ones, %d still sound", documents, sound, spoilt, spoiltSound)
	if documents < 600 || spoilt < 10_000 {
		t.Errorf("too few were tried: %d and %d", documents, spoilt)
	}
}

// spoil gives a document with one value, name or item in it changed.
func spoil(random *rand.Rand, tree any) []byte {
	clone := copyOf(tree)
	var places []func()
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		places = append(places, func() { set(otherValue(random, v)) })
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(mapKeys(v)) {
				value := v[name]
				places = append(places, func() { delete(v, name) }, func() { delete(v, name); v[name+"x"] = value }, func() { v["extra"] = value })
				walk(value, func(to any) { v[name] = to })
			}
		case []any:
			for i, item := range v {
				places = append(places, func() { set(append(slices.Clone(v), copyOf(item))) }, func() { set(slices.Delete(slices.Clone(v), i, i+1)) })
				walk(item, func(to any) { v[i] = to })
			}
		}
	}
	walk(clone, func(to any) { clone = to })
	places[random.IntN(len(places))]()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(clone); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func mapKeys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func copyOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = copyOf(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copyOf(e)
		}
		return out
	}
	return v
}

func otherValue(random *rand.Rand, v any) any {
	others := []any{nil, true, false, "", "x", "1.0", "library", "MIT", "http://[::1]:80/", "http://[::1/", ":", `a\b`, "%zz", "2024-02-30T00:00:00Z",
		"2024-02-29T23:59:60+00:00", "2024-02-01T00:00:00.1Z", "2024-02-01 00:00:00Z", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x",
		json.Number("0"), json.Number("-1"), json.Number("1.0"), json.Number("1e2"), json.Number("1.5"), json.Number("10000000000000000000000"),
		map[string]any{}, []any{}, []any{v}, []any{v, v}, map[string]any{"ref": v}}
	if s, ok := v.(string); ok {
		others = append(others, s+"x", s+" ", strings.ToUpper(s), s+s, "部"+s, s+"\n")
	}
	return others[random.IntN(len(others))]
}

// TestKeywords holds our verdicts to the library's where the official schemas do not lead: each keyword, each with values
// about its edge. What we do not know we refuse.
func TestKeywords(t *testing.T) {
	documents := []string{"null", "true", "false", "0", "1", "-1", "1.0", "2.5", "1e1", "3", "12345678901234567890", `""`, `"a"`, `"ab"`, `"abc"`, `"部品"`,
		`"\u0061"`, "{}", `{"a":1}`, `{"a":"x"}`, `{"b":1}`, `{"a":1,"b":2}`, `{"\u0061":1}`, `{"a":{"a":{"a":1}}}`, "[]", "[1]", "[1,2]", "[1,1]", "[1,1.0]",
		`["a","a"]`, `["a","\u0061"]`, `[{"a":1,"b":2},{"b":2,"a":1}]`, `[{"a":1},{"b":1}]`, `[[1,2],[2,1]]`, "[null,false]", `[1,"a",null]`,
		`"http://example.org/a"`, `"http://[::1]/"`, `"a b"`, `"2024-01-31T10:00:00Z"`, `"2024-13-01T10:00:00Z"`}
	for _, s := range []string{`{}`, `true`, `false`, `{"type":"integer"}`, `{"type":["string","null"]}`, `{"type":"number"}`, `{"type":"boolean"}`,
		`{"enum":["a",null,true]}`, `{"enum":[1,"a"]}`, `{"enum":[{"a":1}]}`, `{"const":true}`, `{"const":"ab"}`, `{"const":1}`, `{"const":null}`,
		`{"required":["a"]}`, `{"required":["a","b"],"properties":{"a":{"type":"integer"}}}`, `{"properties":{"a":{"type":"string"}},"additionalProperties":false}`,
		`{"required":["b"],"additionalProperties":false}`, `{"additionalProperties":{"type":"string"}}`, `{"properties":{"a":false}}`,
		`{"items":{"type":"integer"}}`, `{"items":[{"type":"integer"},{"type":"string"}]}`, `{"items":[{"type":"integer"}],"additionalItems":false}`,
		`{"items":{},"additionalItems":false}`, `{"items":false}`,
		`{"minItems":1}`, `{"maxItems":1}`, `{"uniqueItems":true}`, `{"uniqueItems":false}`, `{"minLength":2}`, `{"maxLength":2}`, `{"pattern":"^a"}`,
		`{"pattern":"b$"}`, `{"minimum":1}`, `{"maximum":2.5}`, `{"minimum":1,"maximum":2}`, `{"exclusiveMinimum":1}`, `{"multipleOf":2}`, `{"contains":{"const":1}}`,
		`{"minProperties":2}`, `{"maxProperties":1}`, `{"patternProperties":{"^a":{"type":"string"}}}`, `{"propertyNames":{"const":"a"}}`, `{"dependencies":{"a":["b"]}}`,
		`{"format":"uri"}`, `{"format":"iri-reference"}`, `{"format":"date-time"}`, `{"format":"ipv4"}`, `{"format":"idn-email"}`, `{"format":"made-up"}`,
		`{"allOf":[{"type":"string"},{"minLength":2}]}`, `{"anyOf":[{"type":"string"},{"minimum":1}]}`, `{"oneOf":[{"type":"string"},{"minLength":2}]}`,
		`{"oneOf":[{"type":"integer"},{"minimum":2}]}`, `{"not":{"type":"string"}}`, `{"not":{"multipleOf":2}}`, `{"oneOf":[{"multipleOf":2},{"type":"integer"}]}`,
		`{"if":{"type":"string"},"then":{"minLength":2}}`, `{"if":{"type":"string"},"then":{"minLength":2},"else":{"type":"integer"}}`, `{"then":false}`,
		`{"if":{"required":["a"]},"else":{"type":"array"}}`, `{"$ref":"#/definitions/s~1t"}`, `{"$ref":"#/definitions/o"}`,
		`{"properties":{"a":{"$ref":"part.json#/definitions/word"}}}`, `{"properties":{"a":{"$ref":"part.json","type":"null"}}}`, `{"title":"t","default":1,"examples":[1],"made:up":false}`,
	} {
		s = `{"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://example.com/main.json","properties":{"it":` + s +
			`},"definitions":{"s/t":{"type":"string"},"o":{"properties":{"a":{"$ref":"#/definitions/o"}},"type":["object","integer"]}}}`
		files := fstest.MapFS{"main.json": {Data: []byte(s)}, "part.json": {Data: []byte(
			`{"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://example.com/part.json","type":"integer","definitions":{"word":{"type":"string"}}}`)}}
		p := pairOf(t, files, "main.json", "part.json")
		for _, d := range documents {
			p.agree(t, s+" on "+d, []byte(`{"it":`+d+`}`))
		}
	}
}
