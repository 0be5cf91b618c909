package exposition_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/exposition"
)

const page = `# HELP up Whether the target answers.
# TYPE up gauge
up{job="ids",instance="10.0.0.1:9100"} 1
up{job="ids", instance="10.0.0.2:9100",} 0 1790000000000
up{job="waf"} 1 1790000000.5
falco_events_total{rule="a \"b\" \\ c\n",priority="Warning"} 1027 # {trace="x"} 1
temperature_seconds NaN
bare_metric +Inf
# EOF
`

func TestFind(t *testing.T) {
	for _, c := range []struct {
		selector string
		want     []float64
	}{
		{`up`, []float64{1, 0, 1}},
		{`up{job="ids"}`, []float64{1, 0}},
		{`up{job="ids",instance="10.0.0.1:9100"}`, []float64{1}},
		{`up{job=""}`, nil},
		{`falco_events_total{rule="a \"b\" \\ c\n"}`, []float64{1027}},
		{`bare_metric`, []float64{math.Inf(1)}},
		{`bare_metric{job=""}`, []float64{math.Inf(1)}},
		{`absent`, nil},
	} {
		s, err := exposition.Select(c.selector)
		if err != nil {
			t.Errorf("%s: %v", c.selector, err)
			continue
		}
		got, err := s.Find([]byte(page))
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %v, %v", c.selector, got, err)
			continue
		}
		for i := range got {
			if got[i].Value != c.want[i] {
				t.Errorf("%s: %v, want %v", c.selector, got, c.want)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	s, _ := exposition.Select("up")
	got, err := s.Find([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	whole := time.Unix(1790000000, 0).UTC()
	if !got[0].At.IsZero() || !got[1].At.Equal(whole) || !got[2].At.Equal(whole.Add(500*time.Millisecond)) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsNoMetric(t *testing.T) {
	for _, bad := range []string{``, `{job="a"}`, `1up`, `up{job=a}`, `up{job="a"`, `up{job}`, `up{job="a" b="c"}`, `up == 1`} {
		if _, err := exposition.Select(bad); lang.KindOf(err) != lang.Usage {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s, _ := exposition.Select("up")
	for text, line := range map[string]string{"<html>": "line 1", "up 1\nup one\n": "line 2", "up\n": "line 1", "up 1 x\n": "line 1", "up 1 2 3\n": "line 1"} {
		_, err := s.Find([]byte(text))
		var where string
		if e, ok := err.(*lang.Error); ok {
			where = e.Where
		}
		if lang.KindOf(err) != lang.Unreadable || where != line {
			t.Errorf("%q: %v at %q", text, err, where)
		}
	}
	if _, err := s.Find([]byte(strings.Repeat("#", exposition.MaxBytes+1))); err == nil {
		t.Error("took more than the limit")
	}
}

func FuzzFind(f *testing.F) {
	f.Add(page, `up{job="ids"}`)
	f.Add("a{b=\"\\", "a")
	f.Fuzz(func(t *testing.T, text, selector string) {
		s, err := exposition.Select(selector)
		if err != nil {
			return
		}
		_, _ = s.Find([]byte(text))
	})
}
