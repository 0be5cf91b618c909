package guideline

import (
	"strings"
	"testing"
)

func TestGlossaryHas35TermsInBothLanguages(t *testing.T) {
	terms := Default().Glossary()
	if len(terms) != 35 {
		t.Errorf("%d terms, want 35", len(terms))
	}
	seen := map[string]bool{}
	for _, term := range terms {
		if seen[term.Term.JA] {
			t.Errorf("%s stands twice", term.Term.JA)
		}
		seen[term.Term.JA] = true
		inBoth(t, "term", term.Term)
		sentence(t, term.Term.JA, term.Definition)
		for _, r := range term.Related {
			inBoth(t, term.Term.JA, r.Term)
			sentence(t, r.Term.JA, r.Definition)
		}
	}
}

// TestGlossaryFollowsTheText wants every term, abbreviation and address in section 5.9, in printed order.
func TestGlossaryFollowsTheText(t *testing.T) {
	_, text, _ := strings.Cut(guidelineText(t), "\n5.9. 用語\n")
	text, _, _ = strings.Cut(text, "\n6. ")
	rest := "\n" + text
	for _, term := range Default().Glossary() {
		// The rows of three terms shifted at a page break, so that one term starts inside the row of another.
		_, after, ok := strings.Cut(rest, "\n"+term.Term.JA)
		if !ok {
			t.Errorf("%s is not printed, or not in this order", term.Term.JA)
			continue
		}
		rest = after
		for _, printed := range []string{term.Abbreviation, term.URL} {
			if !strings.Contains(text, printed) {
				t.Errorf("%s: %q is not printed", term.Term.JA, printed)
			}
		}
		for _, r := range term.Related {
			if !strings.Contains(text, "「"+r.Term.JA+"」") {
				t.Errorf("%s is not explained in 5.9", r.Term.JA)
			}
		}
	}
}
