package lang

import "regexp"

// Phrases are sentences of a library that speaks English only, with how each is said in Japanese ($1 stands for what the
// first group of EN found).
type Phrases []struct {
	EN func() *regexp.Regexp // as the package pattern gives it
	JA string
}

// Text gives a sentence in both languages; one that is not among the phrases stays English in both.
func (p Phrases) Text(en string) Text {
	for _, f := range p {
		if f.EN().MatchString(en) {
			return T(f.EN().ReplaceAllString(en, f.JA), en)
		}
	}
	return T(en, en)
}
