package guideline

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"sync"

	"example.org/tasuki/internal/lang"
)

// A Threshold is one number of the policy that checks compare with. Defaults are ours, or those of the named source;
// the guideline itself sets none.
type Threshold struct {
	Name    string `yaml:"name" json:"name"` // snake case
	Title   Text   `yaml:"title" json:"title"`
	Default int    `yaml:"default" json:"default"`
	Unit    string `yaml:"unit" json:"unit"` // days, months, percent, month, count, points (0 to 10), score (0 to 100), level (0: not asked for)
	// Stricter says which way is tighter: "lower" or "higher"; empty when neither is.
	Stricter string `yaml:"stricter,omitempty" json:"stricter,omitempty"`
	Min      int    `yaml:"min" json:"min"` // smallest and largest value that makes sense
	Max      int    `yaml:"max" json:"max"`
	Source   Text   `yaml:"source" json:"source"` // where the default comes from
}

// A Policy is the thresholds with an organisation's own values in place of some defaults. The zero Policy has none;
// start from [DefaultPolicy].
type Policy struct {
	thresholds []Threshold
	values     map[string]int
}

// A Setting is one threshold with the value that holds.
type Setting struct {
	Threshold
	Value  int    `json:"value"`
	Change string `json:"change,omitempty"` // "relaxed", "tightened" or "changed"; empty for the default
}

var thresholds = sync.OnceValue(func() []Threshold { return must(decode[[]Threshold](files, "data/policy.yaml")) })

// DefaultPolicy gives the policy with every threshold at its default.
func DefaultPolicy() Policy { return Policy{thresholds: thresholds()} }

// With gives the policy with an organisation's values. A name that does not exist, or a value out of its bounds, is an
// error and changes nothing.
func (p Policy) With(overrides map[string]int) (Policy, error) {
	values := map[string]int{}
	for n, v := range p.values {
		values[n] = v
	}
	names := make([]string, 0, len(overrides))
	for n := range overrides {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t, ok := find(p.thresholds, func(t Threshold) bool { return t.Name == n })
		if !ok {
			return p, &lang.Error{Kind: lang.Usage, Where: n, What: lang.F("方針に「%s」という項目はありません", "the policy has no threshold %q", n)}
		}
		if v := overrides[n]; v < t.Min || v > t.Max {
			return p, &lang.Error{Kind: lang.Usage, Where: n,
				What: lang.F("「%[1]s」の値 %[2]d は範囲外です", "%[2]d is out of the bounds of %[1]q", n, v),
				Next: lang.F("%d から %d の値にしてください", "choose a value from %d to %d", t.Min, t.Max)}
		}
		values[n] = overrides[n]
	}
	return Policy{thresholds: p.thresholds, values: values}, nil
}

// Value gives the number a threshold has now; 0 for an unknown name, which the lint of the checks rules out.
func (p Policy) Value(name string) int {
	s, _ := p.Setting(name)
	return s.Value
}

// Setting gives a threshold with its value and whether it was relaxed.
func (p Policy) Setting(name string) (Setting, bool) {
	t, ok := find(p.thresholds, func(t Threshold) bool { return t.Name == name })
	if !ok {
		return Setting{}, false
	}
	s := Setting{Threshold: t, Value: t.Default}
	if v, ok := p.values[name]; ok {
		s.Value = v
		s.Change = t.change(v)
	}
	return s, true
}

func (t Threshold) change(v int) string {
	switch {
	case v == t.Default:
		return ""
	case t.Stricter == "":
		return "changed"
	case (v < t.Default) == (t.Stricter == "lower"):
		return "tightened"
	}
	return "relaxed"
}

// Settings gives every threshold with its value, in the order of the policy file.
func (p Policy) Settings() []Setting {
	out := make([]Setting, 0, len(p.thresholds))
	for _, t := range p.thresholds {
		s, _ := p.Setting(t.Name)
		out = append(out, s)
	}
	return out
}

// Relaxed gives the thresholds that are looser than their default.
func (p Policy) Relaxed() []Setting {
	return slices.DeleteFunc(p.Settings(), func(s Setting) bool { return s.Change != "relaxed" })
}

// MarshalJSON writes name and value of every threshold, so that two policies that judge alike are written alike.
func (p Policy) MarshalJSON() ([]byte, error) {
	values := map[string]int{}
	for _, t := range p.thresholds {
		values[t.Name] = p.Value(t.Name)
	}
	b, err := json.Marshal(values) // keys are sorted
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return b, nil
}
