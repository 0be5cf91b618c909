// Package lang is the vocabulary for words that people read: every text exists in Japanese and in English, and
// every error a person may see says what happened, why, and what to do next, in both.
//
// Start from [Text] and [Error]. The package knows nothing of terminals or pages; `cmd` and `web` pick the language.
package lang

import "fmt"

// Lang is a language Tasuki speaks.
type Lang string

// The two languages. Japanese is the source, English is complete.
const (
	JA Lang = "ja"
	EN Lang = "en"
)

// Parse reads a language from a flag, a cookie, an Accept-Language tag or a LANG variable; anything that does not
// start with "en" (and the bare "C" and "POSIX" locales) is Japanese, the default.
func Parse(s string) Lang {
	if len(s) >= 2 && (s[:2] == "en" || s[:2] == "EN") {
		return EN
	}
	return JA
}

// Text is one text in both languages.
type Text struct {
	JA string `json:"ja" yaml:"ja"`
	EN string `json:"en" yaml:"en"`
}

// T makes a Text.
func T(ja, en string) Text { return Text{JA: ja, EN: en} }

// Titled is what people call by a title, in each language: a role, a level, a duty.
type Titled interface{ Title() Text }

// F formats the same arguments into both texts with fmt verbs. Arguments that are a Text or have a title are put in the
// language of each. Use explicit argument indexes (%[1]d) where the word order differs.
func F(ja, en string, args ...any) Text {
	return Text{JA: fmt.Sprintf(ja, pick(JA, args)...), EN: fmt.Sprintf(en, pick(EN, args)...)}
}

func pick(l Lang, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch t := a.(type) {
		case Text:
			a = t.In(l)
		case Titled:
			a = t.Title().In(l)
		}
		out[i] = a
	}
	return out
}

// In gives the text in a language.
func (t Text) In(l Lang) string {
	if l == EN {
		return t.EN
	}
	return t.JA
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t == Text{} }
