package guideline

import (
	"slices"
	"strings"
	"sync"
)

// A Practice is one printed bullet of section 5.4: an example of what can be done towards an individual requirement,
// re-told in our own words. Examples are candidates: never required items, never counted towards a result (rule
// R-3-08).
type Practice struct {
	ID         PracticeID `yaml:"id" json:"id"`
	Individual ID         `yaml:"-" json:"individual"` // from the id
	Text       Text       `yaml:"text" json:"text"`    // one sentence
	Items      []Text     `yaml:"items" json:"items"`  // bullets printed below the bullet, as phrases
	// Sources are the outside sources printed behind the bullet, normalised: "SSDF PW.1.2", "CRA Annex I 2". The bare
	// word "statement" is printed for examples derived from a statement the guideline does not name.
	Sources []string `yaml:"sources" json:"sources"`
	Mark    Mark     `yaml:"mark" json:"mark"`
	Notes   []Note   `yaml:"notes" json:"notes"`
}

// A PracticeID is the individual requirement and the place of the bullet below it, from 1: S(1)-1.1/3.
type PracticeID string

// Individual is the requirement the example belongs to.
func (id PracticeID) Individual() ID {
	of, _, _ := strings.Cut(string(id), "/")
	return ID(of)
}

// A Mark says what software an example is for.
type Mark string

// The marks. The text has one flag only, システム・サービスのソフトウェアの場合, for systems and services together.
const (
	AnySoftware   Mark = ""               // printed without a flag
	SystemService Mark = "system_service" // software of systems and services
)

var practices = sync.OnceValue(func() map[ID][]Practice {
	of := map[ID][]Practice{}
	for _, p := range must(decodeFolder[Practice](files, "data/practices")) {
		p.Individual = p.ID.Individual()
		p.Items, p.Sources, p.Notes = filled(p.Items), filled(p.Sources), filled(p.Notes)
		of[p.Individual] = append(of[p.Individual], p)
	}
	return of
})

// Practices gives the examples of an individual requirement in printed order (section 5.4); empty for an unknown id.
func (c *Catalog) Practices(id ID) []Practice { return filled(slices.Clone(practices()[id])) }

// AllPractices gives the 236 examples of section 5.4 in printed order.
func (c *Catalog) AllPractices() []Practice {
	all := []Practice{}
	for _, in := range c.individuals {
		all = append(all, practices()[in.ID]...)
	}
	return all
}
