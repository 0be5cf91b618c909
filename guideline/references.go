package guideline

import (
	"slices"
	"sync"
)

// A Reference is an entry of the list of references, section 5.8(1).
type Reference struct {
	ID        string        `yaml:"id" json:"id"` // the short name as printed (略称)
	Publisher Text          `yaml:"publisher" json:"publisher"`
	Documents []Publication `yaml:"documents" json:"documents"` // as printed
	Section   string        `yaml:"section" json:"section"`     // where section 5.8(2) speaks of it; empty when it does not
	Use       Text          `yaml:"use" json:"use"`             // how the guideline uses it, in our own words; may be empty
	Elsewhere []Publication `yaml:"elsewhere" json:"elsewhere"` // the editions another section names instead
	Notes     []Note        `yaml:"notes" json:"notes"`
}

// A Publication is a title of a reference with its addresses, both as printed.
type Publication struct {
	Title string `yaml:"title" json:"title"`
	// Published is our addition, as YYYY, YYYY-MM or YYYY-MM-DD; empty where it is not certain which edition is meant
	// or when it came out.
	Published string   `yaml:"published" json:"published"`
	URLs      []string `yaml:"urls" json:"urls"`
}

var references = sync.OnceValue(func() []Reference {
	list := must(decode[[]Reference](files, "data/references.yaml"))
	for i := range list {
		list[i].Elsewhere, list[i].Notes = filled(list[i].Elsewhere), filled(list[i].Notes)
	}
	return list
})

// References gives the 24 entries of section 5.8(1) in printed order.
func (c *Catalog) References() []Reference { return slices.Clone(references()) }
