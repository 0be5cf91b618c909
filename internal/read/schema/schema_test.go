package schema_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/schema"
)

const thing = `{"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://example.com/thing.json","type":"object","required":["name"],"additionalProperties":false,
	"properties":{"name":{"type":"string"},"size":{"enum":["s","m"]},"at":{"format":"date-time"},
	"parts":{"type":"array","uniqueItems":true,"items":{"$ref":"http://example.com/part.json"}}}}`

const part = `{"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://example.com/part.json",
	"oneOf":[{"type":"object","required":["id"],"additionalProperties":false,"properties":{"id":{"type":"string","pattern":"^[a-z]+$"}}},
	         {"type":"object","required":["text"],"additionalProperties":false,"properties":{"text":{"type":"string"}}}]}`

func TestCheck(t *testing.T) {
	s, err := schema.Compile(fstest.MapFS{"thing.json": {Data: []byte(thing)}, "part.json": {Data: []byte(part)}}, "thing.json", "part.json")
	if err != nil {
		t.Fatal(err)
	}
	forgiven := func(v schema.Violation) bool { return v.Keyword == "additionalProperties" || v.Keyword == "format" }
	for _, c := range []struct {
		name, in       string
		doubts, faults []string
	}{
		{"sound", `{"name":"a","parts":[{"id":"x"},{"text":"X"}]}`, nil, nil},
		{"missing and wrong", `{"size":"l","parts":[{"id":"x"},{"id":"x"}]}`, nil, []string{": the required name is missing", "/parts: items 1 and 2 are the same", `/size: "l" is not one of: s, m`}},
		{"forgiven", `{"name":"a","z":1,"b":2,"at":"today"}`, []string{": b, z is not a member this format knows", `/at: "today" is not in the format date-time`}, nil},
		{"an alternative with doubts only", `{"name":"a","parts":[{"id":"x","more":1}]}`, []string{"/parts/0: more is not a member this format knows"}, nil},
		{"the nearer alternative is told", `{"name":"a","parts":[{"id":"X"}]}`, nil, []string{`/parts/0/id: "X" does not have the form laid down for it`}},
		{"in the order of the list", `{"name":"a","parts":[{"text":1},{"text":"b"},{"text":2},{"text":3},{"text":4},{"text":5},{"text":6},{"text":7},{"text":8},{"text":9},{"text":10}]}`, nil, []string{
			"/parts/0/text: it is of type number where string is needed", "/parts/2/text: it is of type number where string is needed",
			"/parts/3/text: it is of type number where string is needed", "/parts/4/text: it is of type number where string is needed",
			"/parts/5/text: it is of type number where string is needed", "/parts/6/text: it is of type number where string is needed",
			"/parts/7/text: it is of type number where string is needed", "/parts/8/text: it is of type number where string is needed",
			"/parts/9/text: it is of type number where string is needed", "/parts/10/text: it is of type number where string is needed"}},
	} {
		doc, err := input.Take([]byte(c.in))
		if err != nil {
			t.Fatal(err)
		}
		doubts, faults := s.Check(doc, forgiven)
		if d := cmp.Diff(c.doubts, lines(doubts)); d != "" {
			t.Errorf("%s: doubts (-want +got):\n%s", c.name, d)
		}
		if d := cmp.Diff(c.faults, lines(faults)); d != "" {
			t.Errorf("%s: faults (-want +got):\n%s", c.name, d)
		}
	}
}

func lines(vs []schema.Violation) (out []string) {
	for _, v := range vs {
		out = append(out, v.Where+": "+v.What.EN)
	}
	return out
}

// TestAdditionalItems counts the items beyond the first from the start of the list.
func TestAdditionalItems(t *testing.T) {
	s, err := schema.Compile(fstest.MapFS{"list.json": {Data: []byte(
		`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"integer"}],"additionalItems":{"type":"string"}}`)}}, "list.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := input.Take([]byte(`[1,"a",2]`))
	if err != nil {
		t.Fatal(err)
	}
	_, faults := s.Check(doc, func(schema.Violation) bool { return false })
	if got := lines(faults); len(got) != 1 || got[0] != "/2: it is of type number where string is needed" {
		t.Errorf("faults %q", got)
	}
}

// TestUniqueItems tells values apart by what they are, not by how they are written.
func TestUniqueItems(t *testing.T) {
	s, err := schema.Compile(fstest.MapFS{"list.json": {Data: []byte(`{"uniqueItems":true}`)}}, "list.json")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]bool{
		`[1,"1"]`: true, `[1,1.0]`: false, `[100,1e2]`: false, `[0,-0]`: false, `[10,1]`: true, `[null,false,0,"",[],{}]`: true,
		`["a","\u0061"]`: false, `[{"a":1,"b":2},{"b":2,"a":1}]`: false, `[[1,2],[2,1]]`: true,
		`[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]`: true, `[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,2]`: false,
	} {
		doc, err := input.Take([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if _, faults := s.Check(doc, func(schema.Violation) bool { return false }); (len(faults) == 0) != want {
			t.Errorf("%s: faults %v", in, faults)
		}
	}
}

// TestNothingIsFetched refuses what a schema says only by referring to what was not given.
func TestNothingIsFetched(t *testing.T) {
	s, err := schema.Compile(fstest.MapFS{"thing.json": {Data: []byte(thing)}}, "thing.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := input.Take([]byte(`{"name":"a","parts":[{"id":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, faults := s.Check(doc, func(schema.Violation) bool { return false })
	if len(faults) != 1 || faults[0].Keyword != "schema" {
		t.Errorf("faults %v", faults)
	}
}
