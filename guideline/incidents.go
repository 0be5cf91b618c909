package guideline

import (
	"slices"
	"sync"
)

// An Incident is one of the cases of table 1, which section 5.2 relates to categories of requirements. Only what the
// guideline says of it is told, in our own words.
type Incident struct {
	ID           string            `yaml:"id" json:"id"`       // log4j, vendor-a, hospital-b; the guideline has no numbers
	Title        Text              `yaml:"title" json:"title"` // as table 1 prints it
	Aliases      []string          `yaml:"aliases,omitempty" json:"aliases"`
	What         Text              `yaml:"what" json:"what"`                 // what happened
	How          Text              `yaml:"how" json:"how"`                   // what made it possible
	Consequences Text              `yaml:"consequences" json:"consequences"` // who was hit, and how
	Lesson       Text              `yaml:"lesson" json:"lesson"`             // what table 1 reads out of it
	Counters     []IncidentCounter `yaml:"counters" json:"counters"`
	Categories   []int             `yaml:"-" json:"categories"` // those of all counters, in printed order
	Section      string            `yaml:"section" json:"section"`
	Notes        []Note            `yaml:"notes,omitempty" json:"notes"`
}

// An IncidentCounter is what section 5.2 says lowers the risk.
type IncidentCounter struct {
	Categories []int `yaml:"categories" json:"categories"` // the text names categories only: S(3) is 3
	Text       Text  `yaml:"text" json:"text"`
}

var incidents = sync.OnceValue(func() []Incident {
	list := must(decode[[]Incident](files, "data/incidents.yaml"))
	for i := range list {
		in := &list[i]
		in.Aliases, in.Notes = filled(in.Aliases), filled(in.Notes)
		for _, c := range in.Counters {
			in.Categories = append(in.Categories, c.Categories...)
		}
	}
	return list
})

// Incidents gives the 3 cases of table 1 and section 5.2 in printed order.
func (c *Catalog) Incidents() []Incident { return slices.Clone(incidents()) }
