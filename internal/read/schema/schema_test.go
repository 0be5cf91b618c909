package schema_test

import (
	"strings"
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
		doc, err := input.JSON([]byte(c.in))
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

// TestNothingIsFetched refuses a schema that refers to what was not given.
func TestNothingIsFetched(t *testing.T) {
	_, err := schema.Compile(fstest.MapFS{"thing.json": {Data: []byte(thing)}}, "thing.json")
	if err == nil || !strings.Contains(err.Error(), "part.json") {
		t.Errorf("error %v", err)
	}
}
