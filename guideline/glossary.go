package guideline

import (
	"slices"
	"sync"
)

// A Term is an entry of the glossary, section 5.9: the term as printed, the definition in our own words.
type Term struct {
	Term         Text      `yaml:"term" json:"term"`
	Abbreviation string    `yaml:"abbreviation" json:"abbreviation"` // empty when none is printed
	Definition   Text      `yaml:"definition" json:"definition"`
	URL          string    `yaml:"url" json:"url"`         // empty when none is printed
	Related      []SubTerm `yaml:"related" json:"related"` // terms explained inside the entry
}

// A SubTerm is explained in the entry of another term.
type SubTerm struct {
	Term       Text `yaml:"term" json:"term"`
	Definition Text `yaml:"definition" json:"definition"`
}

var glossary = sync.OnceValue(func() []Term {
	terms := must(decode[[]Term](files, "data/glossary.yaml"))
	for i := range terms {
		terms[i].Related = filled(terms[i].Related)
	}
	return terms
})

// Glossary gives the 35 terms of section 5.9 in printed order.
func (c *Catalog) Glossary() []Term { return slices.Clone(glossary()) }
