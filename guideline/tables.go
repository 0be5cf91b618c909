package guideline

import (
	"slices"
	"sync"
)

// A Table is a list or matrix that a requirement puts out, as data: one row for each element of an expression over the
// facts that checks see, and one expression a column. Everything in it comes from the same facts as the verdicts.
type Table struct {
	ID          string    `yaml:"id" json:"id"` // kebab case, unique
	Requirement ID        `yaml:"requirement" json:"requirement"`
	Scope       Scope     `yaml:"scope" json:"scope"` // what it is about; org: also asked for with a software or a system
	Title       Text      `yaml:"title" json:"title"`
	Summary     Text      `yaml:"summary" json:"summary"` // one sentence: what stands in a row
	Let         []Binding `yaml:"let,omitempty" json:"let,omitempty"`
	Rows        string    `yaml:"rows" json:"rows"` // a list; its element is "row" in the columns
	Columns     []Column  `yaml:"columns" json:"columns"`
}

// A Column is one column of a table.
type Column struct {
	Title Text   `yaml:"title" json:"title"`
	Expr  string `yaml:"expr" json:"expr"`
}

var tables = sync.OnceValue(func() []Table { return must(decode[[]Table](files, "data/tables.yaml")) })

// Tables gives every table, in the order of the data.
func (c *Catalog) Tables() []Table { return slices.Clone(tables()) }

// Table gives one table by its id.
func (c *Catalog) Table(id string) (Table, bool) {
	return find(tables(), func(t Table) bool { return t.ID == id })
}
