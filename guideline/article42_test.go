package guideline

import (
	"slices"
	"testing"
)

func TestArticle42NamesOneDutyOnly(t *testing.T) {
	want := map[int]Bond{1: BondExpectation, 2: BondRequest, 4: BondReportRequest, 5: BondDutyOfEffort}
	a := Default().Article42()
	if len(a.Paragraphs) != len(want) {
		t.Errorf("%d paragraphs, want %d", len(a.Paragraphs), len(want))
	}
	for _, p := range a.Paragraphs {
		if p.Kind != want[p.Number] {
			t.Errorf("paragraph %d is %q, want %q", p.Number, p.Kind, want[p.Number])
		}
		for _, text := range []Text{p.By, p.To} {
			inBoth(t, "article 42", text)
		}
		for _, text := range []Text{p.Text, p.Supplier} {
			sentence(t, "article 42", text)
		}
	}
	for _, q := range a.Questions {
		inBoth(t, "article 42", q)
	}
	if !slices.Equal(a.Rules, []string{"R-5.7-01", "R-5.7-02"}) || len(a.Questions) == 0 || a.Law.Name.JA == "" {
		t.Errorf("rules, questions or name of the act are missing: %+v", a)
	}
}

func TestArticle42RulesExist(t *testing.T) {
	c := Default()
	for _, id := range c.Article42().Rules {
		if _, ok := c.Rule(id); !ok {
			t.Errorf("%s is no rule of the catalogue", id)
		}
	}
}
