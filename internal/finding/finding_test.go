package finding

import (
	"math"
	"strings"
	"testing"
)

func TestRate(t *testing.T) {
	for _, c := range []struct {
		vectors []string
		words   []string
		label   Label
		score   float64
	}{
		{[]string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}, nil, Critical, 10},
		{[]string{"CVSS:3.0/AV:N/AC:H/PR:L/UI:R/S:U/C:H/I:H/A:H"}, []string{"LOW"}, High, 7.1},
		{[]string{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}, nil, Critical, 9.3},
		{[]string{"AV:N/AC:L/Au:N/C:P/I:P/A:P"}, nil, High, 7.5},
		{[]string{"CVSS:3.1/nonsense"}, []string{"MODERATE"}, Medium, 0},
		{nil, []string{"", "high"}, High, 0},
		{nil, nil, Unknown, 0},
	} {
		got := Rate(c.vectors, c.words...)
		if got.Label != c.label || math.Abs(got.Score-c.score) > 0.01 {
			t.Errorf("%v %v: got %s %v, want %s %v", c.vectors, c.words, got.Label, got.Score, c.label, c.score)
		}
	}
}

func TestWorseAndLess(t *testing.T) {
	a, b := Severity{Medium, 5, []string{"x"}}, Severity{High, 0, []string{"x", "y"}}
	if w := Worse(a, b); w.Label != High || strings.Join(w.Vectors, "") != "xy" {
		t.Errorf("got %+v", w)
	}
	order := []string{"GO-2023-1", "PYSEC-1", "GHSA-a", "CVE-1", "x_NSWG-1"}
	for i := range order[1:] {
		if !Less(order[i], order[i+1]) || Less(order[i+1], order[i]) {
			t.Errorf("%s does not come before %s", order[i], order[i+1])
		}
	}
}
