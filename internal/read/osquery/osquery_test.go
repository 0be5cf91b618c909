package osquery_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/read/osquery"
	"example.org/tasuki/internal/read/readtest"
)

var samples = []string{"log.ndjson", "fleet.json", "failing.json", "checks.json", "rows.json"}

func TestGolden(t *testing.T) { readtest.Golden(t, osquery.Read, samples...) }

func TestRefused(t *testing.T) {
	readtest.Refused(t, osquery.Read, [][4]string{
		{"cut off", `[{"host":"a"`, "line 1, column 13", "before it is complete"},
		{"a line cut off", "{\"hostIdentifier\":\"a\",\"columns\":{\"pass\":1},\"name\":\"q\"}\n{\"hostId", "line 2", "not JSON"},
		{"no host", `{"columns":{"status":"pass"},"name":"q"}`, "/host", "which host"},
		{"no check", `{"host":"a","checks":[{"status":"pass"}]}`, "/checks/0/name", "what was checked"},
		{"checks no list", `{"host":"a","checks":{}}`, "/checks", "not a list"},
		{"no object", `[1]`, "/0", "not an object"},
		{"no verdict", `{"host":"a","checks":[{"name":"b"}]}`, "", "no row has a column"},
		{"hosts no list", `{"hosts":1}`, "/hosts", "not a list"},
		{"a policy without a name", `{"policy":{},"hosts":[]}`, "/policy/name", "name"},
		{"too many checks", `{"host":"a","checks":[` + many(1001) + `]}`, "/checks/1000", "more than 1000"},
	})
}

func many(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"name":"c%d","status":"pass"}`, i)
	}
	return strings.Join(rows, ",")
}

func TestMatch(t *testing.T) {
	for in, want := range map[string]bool{
		`{"hostIdentifier":"a","columns":{}}`:        true,
		`[{"host":"a","checks":[]}]`:                 true,
		`{"host":{"hostname":"a","policies":[]}}`:    true,
		`{"hosts":[{"hostname":"a","policies":[]}]}`: true,
		`[{"host":"a","check":"b","status":"pass"}]`: true,
		`{"host":"a"}`:                           false,
		`[{"name":"a","status":"pass"}]`:         false,
		`{"scorecard":{},"repo":{},"checks":[]}`: false,
		`{"Action":"pass","Package":"a"}`:        false,
		`{"hosts":[1]}`:                          false,
		`[`:                                      false,
		``:                                       false,
	} {
		if got := osquery.Match([]byte(in)); got != want {
			t.Errorf("%s: %v", in, got)
		}
	}
}

func FuzzRead(f *testing.F) { readtest.Fuzz(f, osquery.Match, osquery.Read, samples...) }
