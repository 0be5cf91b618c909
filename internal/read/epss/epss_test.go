package epss

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

func TestReal(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "epss", "epss_scores-2026-07-23.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, problems, err := Read(f)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	if d.Date.Format("2006-01-02") != "2026-07-23" || len(d.Scores) < 1000 || d.Scores[0] != (Score{"CVE-2002-0367", 0.04879, 0.91139}) {
		t.Errorf("%s: %d scores, first %+v", d.Date, len(d.Scores), d.Scores[0])
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{"", "cve,epss,percentile\n", "#score_date:never\n", "#score_date:2026-01-01\na,b\n", "\x1f\x8bnot gzip"} {
		if _, _, err := Read(strings.NewReader(text)); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%q: %v", text, err)
		}
	}
	d, problems, err := Read(strings.NewReader("#score_date:2026-01-01\ncve,epss,percentile\nCVE-1,0.5,0.9\nCVE-2,1.5,0\nCVE-3,NaN,0\nx\n"))
	if err != nil || len(d.Scores) != 1 || len(problems) != 3 || problems[0].Where != "line 4" {
		t.Errorf("got %+v, %+v, %v", d, problems, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("#model_version:x,score_date:2026-01-01\ncve,epss,percentile\nCVE-1,0.5,0.9\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _, err := Read(bytes.NewReader(b))
		for _, s := range d.Scores {
			if err == nil && !(s.EPSS >= 0 && s.EPSS <= 1) {
				t.Errorf("taken: %+v", s)
			}
		}
	})
}
