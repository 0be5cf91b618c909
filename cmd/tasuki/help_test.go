package main

import (
	"slices"
	"testing"
	"unicode"

	"example.org/tasuki/internal/lang"
)

// Every help text exists in both languages, and no key has two.
func TestHelpTexts(t *testing.T) {
	for key := range opsTexts {
		if _, twice := helpTexts[key]; twice {
			t.Errorf("%s has two texts", key)
		}
	}
	japanese := func(s string) bool {
		return slices.ContainsFunc([]rune(s), func(r rune) bool { return r > unicode.MaxLatin1 })
	}
	for _, texts := range []map[string]lang.Text{helpTexts, opsTexts, sheetTexts, keepTexts, exchangeTexts, changesTexts, checkTexts, manTexts} {
		for key, text := range texts {
			if !japanese(text.JA) && key != "completion_shell" || japanese(text.EN) || text.EN == "" {
				t.Errorf("%s: %q, %q", key, text.JA, text.EN)
			}
		}
	}
}
