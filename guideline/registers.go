package guideline

import (
	"slices"
	"strings"
	"sync"
)

// A Register is a kind of record people keep (台帳の種別), as data: what is entered, what has to be there, how often it
// is looked at again, and who may draft and approve. One engine (package register) serves them all.
type Register struct {
	Kind    string          `yaml:"kind" json:"kind"` // snake case, unique; the name checks read its records by
	Title   Text            `yaml:"title" json:"title"`
	Summary Text            `yaml:"summary" json:"summary"` // one sentence: what is entered here
	Scope   Scope           `yaml:"scope" json:"scope"`     // what a record is about
	Fields  []RegisterField `yaml:"fields" json:"fields"`
	// Gone are fields that records once had: what still holds them is taken, without them.
	Gone []string `yaml:"gone,omitempty" json:"-"`
	// ReviewDays is how long after its approval a record is looked at again, in days; 0: no set date.
	ReviewDays int `yaml:"review_interval_days,omitempty" json:"review_interval_days,omitempty"`
	// Drafts and Approves are the roles of user accounts that may draft and approve ("editor" and "approver" where the
	// data does not say); the approver is never the author.
	Drafts   []string `yaml:"drafts_by,omitempty" json:"drafts_by,omitempty"`
	Approves []string `yaml:"approves_by,omitempty" json:"approves_by,omitempty"`
}

// A RegisterField is one thing that is entered.
type RegisterField struct {
	Name     string    `yaml:"name" json:"name"` // snake case, unique in its register
	Title    Text      `yaml:"title" json:"title"`
	Help     Text      `yaml:"help,omitempty" json:"help,omitzero"`
	Type     FieldType `yaml:"type" json:"type"`
	Required bool      `yaml:"required,omitempty" json:"required,omitempty"`
	// Choices are the values of a choice, or those that a topics field may hold.
	Choices []Choice `yaml:"choices,omitempty" json:"choices,omitempty"`
	// Of are the kinds whose records a record or records field names, by their key; where there are several, by KIND/KEY.
	Of []string `yaml:"of,omitempty" json:"of,omitempty"`
	// Threats: the field may as well name a threat of a threat model, by its id there.
	Threats bool `yaml:"threats,omitempty" json:"threats,omitempty"`
}

// A Choice is one value of a choice field, or one topic of a topics field. A required topic must be present before the
// text counts as complete.
type Choice struct {
	ID       string `yaml:"id" json:"id"`
	Title    Text   `yaml:"title" json:"title"`
	Required bool   `yaml:"required,omitempty" json:"required,omitempty"`
}

// FieldType says what a field holds.
type FieldType string

// The types, with the Go value a validated record has.
const (
	TextField     FieldType = "text"     // string
	DateField     FieldType = "date"     // string, ISO day
	TimeField     FieldType = "time"     // string, 2026-10-01T09:30, the time of day in Japan
	NumberField   FieldType = "number"   // float64
	ChoiceField   FieldType = "choice"   // string, the id of a choice
	TopicsField   FieldType = "topics"   // []string, ids of choices
	ListField     FieldType = "list"     // []string
	PartyField    FieldType = "party"    // string, id of a party
	SoftwareField FieldType = "software" // string, id of a software
	ReleaseField  FieldType = "release"  // string, id of a release
	PURLField     FieldType = "purl"     // string, a purl or a purl prefix ending in "*"
	DocumentField FieldType = "document" // string, digest of a document, sha256:<hex>
	BoolField     FieldType = "bool"     // bool
	LinkField     FieldType = "link"     // string, http or https URL
	RecordField   FieldType = "record"   // string, the key of another record
	RecordsField  FieldType = "records"  // []string, the keys of other records
)

// Field gives a field by name.
func (r Register) Field(name string) (RegisterField, bool) {
	return find(r.Fields, func(f RegisterField) bool { return f.Name == name })
}

var registers = sync.OnceValue(func() []Register {
	all := must(decodeFolder[Register](files, "data/registers"))
	for i := range all {
		r := &all[i]
		if len(r.Drafts) == 0 {
			r.Drafts = []string{"editor"}
		}
		if len(r.Approves) == 0 {
			r.Approves = []string{"approver"}
		}
	}
	slices.SortFunc(all, func(a, b Register) int { return strings.Compare(a.Kind, b.Kind) })
	return all
})

// Registers gives every kind of record, in the order of their names.
func (c *Catalog) Registers() []Register { return slices.Clone(registers()) }

// Register gives one kind of record by name.
func (c *Catalog) Register(kind string) (Register, bool) {
	return find(registers(), func(r Register) bool { return r.Kind == kind })
}
