package guideline

import (
	"encoding/json"
	"testing"

	"example.org/tasuki/internal/lang"
)

func TestPolicyWith(t *testing.T) {
	p := DefaultPolicy()
	if got := p.Value("match_max_days"); got != 7 {
		t.Fatalf("default %d", got)
	}
	for _, c := range []struct {
		name   string
		value  int
		change string
	}{
		{"match_max_days", 7, ""},
		{"match_max_days", 3, "tightened"},
		{"match_max_days", 30, "relaxed"},
		{"test_pass_percent", 90, "relaxed"},
		{"training_percent", 95, "tightened"},
		{"fiscal_year_start_month", 1, "changed"},
	} {
		q, err := p.With(map[string]int{c.name: c.value})
		if err != nil {
			t.Fatal(err)
		}
		s, _ := q.Setting(c.name)
		if s.Value != c.value || s.Change != c.change {
			t.Errorf("%s=%d: %d %q, want %q", c.name, c.value, s.Value, s.Change, c.change)
		}
		if want := c.change == "relaxed"; (len(q.Relaxed()) == 1) != want {
			t.Errorf("%s=%d: relaxed %v", c.name, c.value, q.Relaxed())
		}
		if p.Value("match_max_days") != 7 {
			t.Fatal("the default policy changed")
		}
	}
}

func TestPolicyRefuses(t *testing.T) {
	for name, value := range map[string]int{"no_such": 1, "match_max_days": 0, "test_pass_percent": 101} {
		p, err := DefaultPolicy().With(map[string]int{name: value, "feed_max_days": 1})
		if lang.KindOf(err) != lang.Usage {
			t.Errorf("%s=%d: %v", name, value, err)
		}
		if p.Value("feed_max_days") != 7 {
			t.Errorf("%s=%d: half of it was taken", name, value)
		}
	}
}

func TestPolicyJSON(t *testing.T) {
	a, err := json.Marshal(DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	same, _ := DefaultPolicy().With(map[string]int{"match_max_days": 7})
	b, _ := json.Marshal(same)
	other, _ := DefaultPolicy().With(map[string]int{"match_max_days": 8})
	c, _ := json.Marshal(other)
	if string(a) != string(b) || string(a) == string(c) {
		t.Errorf("%s\n%s\n%s", a, b, c)
	}
}
