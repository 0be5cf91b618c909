package guideline

import (
	"slices"
	"sync"
)

// A Threat is a row of table 7 (section 5.3). The table prints no STRIDE class; section 1.3(4) has all six kinds in
// mind for every phase (rule R-1.3-10).
type Threat struct {
	ID        string          `yaml:"id" json:"id"` // T-01 … T-21 in printed order; our own numbering, the table has none
	Phase     Text            `yaml:"phase" json:"phase"`
	Title     Text            `yaml:"title" json:"title"`                               // Japanese as printed
	CloudOnly bool            `yaml:"cloud_only,omitempty" json:"cloud_only,omitempty"` // printed: ※クラウドのみ
	Text      Text            `yaml:"text" json:"text"`                                 // what can happen, in our own words
	Example   Text            `yaml:"example,omitempty" json:"example,omitzero"`        // where the row prints one
	Counters  []ThreatCounter `yaml:"counters" json:"counters"`
	// Requirements are those of all counters, in printed order.
	Requirements []ID   `yaml:"-" json:"requirements"`
	Reason       Text   `yaml:"reason" json:"reason"` // why those requirements answer it, in our own words
	Notes        []Note `yaml:"notes,omitempty" json:"notes"`
}

// A ThreatCounter is what one side has to do against a threat.
type ThreatCounter struct {
	By           Class `yaml:"by" json:"by"`
	Requirements []ID  `yaml:"requirements" json:"requirements"` // as printed, in printed order
}

var threats = sync.OnceValue(func() []Threat {
	list := must(decode[[]Threat](files, "data/threats.yaml"))
	for i := range list {
		t := &list[i]
		t.Notes, t.Requirements = filled(t.Notes), []ID{}
		for _, c := range t.Counters {
			t.Requirements = append(t.Requirements, c.Requirements...)
		}
	}
	return list
})

// Threats gives the 21 rows of table 7 in printed order.
func (c *Catalog) Threats() []Threat { return slices.Clone(threats()) }

// ThreatsAgainst gives the threats that table 7 answers with a requirement; of an individual requirement, with the
// requirement it belongs to.
func (c *Catalog) ThreatsAgainst(id ID) []Threat {
	list := []Threat{}
	for _, t := range threats() {
		if slices.Contains(t.Requirements, id.Requirement()) {
			list = append(list, t)
		}
	}
	return list
}
