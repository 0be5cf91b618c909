package scorecard_test

import (
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/scorecard"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) { readtest.Golden(t, scorecard.Read, "run.json") }

func TestRefused(t *testing.T) {
	doc := func(rest string) string {
		return `{"date":"2026-04-01","repo":{"name":"example.com/a","commit":"b"},"scorecard":{"version":"v5"},` + rest + `}`
	}
	readtest.Refused(t, scorecard.Read, [][4]string{
		{"findings of probes", `{"date":"2026-01-01","repo":{"name":"a"},"scorecard":{"version":"5"},"findings":[]}`, "/checks", "probes"},
		{"cut off", doc("")[:10], "line 1, column 11", "before it is complete"},
		{"no object", "[]", "", "not an object"},
		{"no repository", `{"repo":{},"scorecard":{},"score":1,"checks":[]}`, "/repo/name", "name"},
		{"no aggregate", doc(`"checks":[]`), "/score", "no score"},
		{"aggregate too high", doc(`"score":11,"checks":[]`), "/score", "from 0 to 10"},
		{"checks no list", doc(`"score":1,"checks":{}`), "/checks", "not a list"},
		{"check without a name", doc(`"score":1,"checks":[{"score":1}]`), "/checks/0/name", "name"},
		{"check without a score", doc(`"score":1,"checks":[{"name":"a"}]`), "/checks/0/score", "no score"},
		{"check below", doc(`"score":1,"checks":[{"name":"a","score":-2}]`), "/checks/0/score", "from 0 to 10"},
		{"check twice", doc(`"score":1,"checks":[{"name":"a","score":1},{"name":"a","score":2}]`), "/checks/1/name", "twice"},
	})
}

// TestReal reads every result of the sample data. The history of many repositories is another form, and none of ours.
func TestReal(t *testing.T) {
	read, other, checks, inconclusive := 0, 0, 0, 0
	for name, b := range testshared.Files(t, "scorecard") {
		if !scorecard.Match(b) {
			other++
			continue
		}
		r, err := scorecard.Read(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		read++
		s := r.Facts[0].Data.(*fact.Scorecard)
		checks += len(s.Checks)
		inconclusive += s.Inconclusive
	}
	if read != 12 || other != 1 || checks != wantChecks || inconclusive != wantInconclusive {
		t.Errorf("%d read, %d other, %d checks, %d inconclusive", read, other, checks, inconclusive)
	}
}

// What the sample data holds.
const (
	wantChecks       = 144
	wantInconclusive = 15
)

func FuzzRead(f *testing.F) { readtest.Fuzz(f, scorecard.Match, scorecard.Read, "run.json") }
