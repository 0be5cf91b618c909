package guideline

import (
	"fmt"
	"slices"
	"sync"
)

// Crosswalks is how the guideline relates to other documents, sections 5.5, 5.6 and 5.8(3) to (7). They say where a
// subject is treated elsewhere; that one document is met never follows from another.
type Crosswalks struct {
	SSDF               Crosswalk        `json:"ssdf"`
	NSA                Crosswalk        `json:"nsa"`
	CISASecureByDesign Crosswalk        `json:"cisa_sbd"`
	CRA                Crosswalk        `json:"cra"`
	Other              Crosswalk        `json:"other"`
	UnifiedStandards   ChapterCrosswalk `json:"unified_standards"` // 統一基準群
	CIPGuideline       ChapterCrosswalk `json:"cip_guideline"`     // 策定指針
}

// ByRequirement gives the five tables that have a row for each requirement, in the order of section 5.8.
func (x Crosswalks) ByRequirement() []Crosswalk {
	return []Crosswalk{x.SSDF, x.NSA, x.CISASecureByDesign, x.CRA, x.Other}
}

// ByChapter gives the two relations whose rows are chapters of the other document, in the order of sections 5.5 and 5.6.
func (x Crosswalks) ByChapter() []ChapterCrosswalk {
	return []ChapterCrosswalk{x.UnifiedStandards, x.CIPGuideline}
}

// A Crosswalk is a table of section 5.8(3) to (7): 21 rows, one for each requirement.
type Crosswalk struct {
	ID            string            `yaml:"id" json:"id"`
	Title         Text              `yaml:"title" json:"title"`
	Document      Text              `yaml:"document" json:"document"`
	Catalog       string            `yaml:"catalog" json:"catalog"`       // edition the keys belong to: ssdf@1.1
	References    []string          `yaml:"references" json:"references"` // short names of section 5.8(1)
	Section       string            `yaml:"section" json:"section"`
	Abbreviations []Abbreviation    `yaml:"abbreviations" json:"abbreviations"` // printed below the table
	Notes         []Note            `yaml:"notes" json:"notes"`                 // those without an id are our own remarks
	Columns       []CrosswalkColumn `yaml:"columns" json:"columns"`
	Rows          []CrosswalkRow    `yaml:"rows" json:"rows"`
}

// An Abbreviation is a short mark that a table explains.
type Abbreviation struct {
	ID    string `yaml:"id" json:"id"`
	Title Text   `yaml:"title" json:"title"`
}

// A CrosswalkColumn is a column of a table with every item that its cells name.
type CrosswalkColumn struct {
	ID    string          `yaml:"id" json:"id"`
	Title Text            `yaml:"title" json:"title"`                    // Japanese as printed
	About Text            `yaml:"about,omitempty" json:"about,omitzero"` // what the column stands for, in our own words
	Items []CrosswalkItem `yaml:"items" json:"items"`
}

// A CrosswalkItem is a part of the other document.
type CrosswalkItem struct {
	ID    string `yaml:"id" json:"id"`       // as printed, one by one: PW 1.1, [SPD]-5, (2)-a
	Key   string `yaml:"key" json:"key"`     // unique in the catalogue: PW.1.1, P1.SPD.5, I.I.2.a
	Title Text   `yaml:"title" json:"title"` // our own short name
	Note  Text   `yaml:"note,omitempty" json:"note,omitzero"`
	Weak  bool   `yaml:"-" json:"weak"` // in a cell: printed in brackets, a weaker link
}

// A CrosswalkRow is the row of a requirement, with one cell for each column.
type CrosswalkRow struct {
	Requirement ID              `yaml:"requirement" json:"requirement"`
	Cells       []CrosswalkCell `yaml:"cells" json:"cells"`
}

// A CrosswalkCell is one cell. Where a dash is printed there are no items.
type CrosswalkCell struct {
	Column  string          `yaml:"-" json:"column"`
	Printed string          `yaml:"printed" json:"printed"` // the whole cell as printed
	Items   []CrosswalkItem `yaml:"-" json:"items"`         // in printed order
	IDs     []string        `yaml:"ids" json:"-"`
	Weak    []string        `yaml:"weak" json:"-"` // printed in brackets, always after the others
}

// Row gives the row of a requirement; of an individual requirement, that of the requirement it belongs to.
func (x Crosswalk) Row(id ID) (CrosswalkRow, bool) {
	return find(x.Rows, func(r CrosswalkRow) bool { return r.Requirement == id.Requirement() })
}

// complete gives every cell its column and its items.
func (x *Crosswalk) complete() error {
	x.Abbreviations, x.Notes = filled(x.Abbreviations), filled(x.Notes)
	for _, row := range x.Rows {
		if len(row.Cells) != len(x.Columns) {
			return fmt.Errorf("crosswalk %s: %s has %d cells, want %d", x.ID, row.Requirement, len(row.Cells), len(x.Columns))
		}
		for i := range row.Cells {
			if err := row.Cells[i].complete(x.Columns[i]); err != nil {
				return fmt.Errorf("crosswalk %s: %s: %w", x.ID, row.Requirement, err)
			}
		}
	}
	return nil
}

func (cell *CrosswalkCell) complete(column CrosswalkColumn) error {
	cell.Column, cell.Items = column.ID, []CrosswalkItem{}
	for i, id := range slices.Concat(cell.IDs, cell.Weak) {
		item, ok := find(column.Items, func(it CrosswalkItem) bool { return it.ID == id })
		if !ok {
			return fmt.Errorf("column %s has no item %q", column.ID, id)
		}
		item.Weak = i >= len(cell.IDs)
		cell.Items = append(cell.Items, item)
	}
	return nil
}

// A ChapterCrosswalk is a relation of section 5.5 or 5.6: the rows are parts of the other document, and marks say how
// far each concerns the provider and the customer.
type ChapterCrosswalk struct {
	ID         string         `yaml:"id" json:"id"`
	Title      Text           `yaml:"title" json:"title"`
	Document   Text           `yaml:"document" json:"document"`
	References []string       `yaml:"references" json:"references"` // short names of section 5.8(1)
	Section    string         `yaml:"section" json:"section"`
	Customer   Text           `yaml:"customer" json:"customer"` // who the customer is in this relation
	Notes      []Note         `yaml:"notes" json:"notes"`
	Tables     []ChapterTable `yaml:"tables" json:"tables"` // one for the parts, one that adds their sections
}

// A ChapterTable is one of the tables 8 to 11.
type ChapterTable struct {
	Number int          `yaml:"number" json:"number"`
	Title  Text         `yaml:"title" json:"title"`
	Rows   []ChapterRow `yaml:"rows" json:"rows"`
}

// A ChapterRow is a part or a section of the other document with the marks printed for it.
type ChapterRow struct {
	ID       string  `yaml:"id" json:"id"`       // as printed: 第4部, 4.1, 付録
	Depth    int     `yaml:"depth" json:"depth"` // 1 part or chapter, 2 section
	Title    Text    `yaml:"title" json:"title"` // Japanese as printed, English our translation
	Provider Concern `yaml:"provider" json:"provider"`
	Customer Concern `yaml:"customer" json:"customer"`
	Close    bool    `yaml:"-" json:"close"` // a section marked ○ for both: in the red frame of tables 9 and 11
}

// A Concern is how far a chapter concerns somebody, as the mark printed.
type Concern string

// The marks.
const (
	NoConcern      Concern = ""
	DirectConcern  Concern = "○" // says something directly about the duties of the guideline
	RelatedConcern Concern = "△" // says something related to its requirements
)

func (x *ChapterCrosswalk) complete() {
	for _, table := range x.Tables {
		for i := range table.Rows {
			r := &table.Rows[i]
			r.Close = r.Depth == 2 && r.Provider == DirectConcern && r.Customer == DirectConcern
		}
	}
}

var crosswalks = sync.OnceValue(func() Crosswalks {
	byRequirement := func(name string) Crosswalk {
		x := must(decode[Crosswalk](files, "data/crosswalks/"+name))
		err := x.complete()
		return must(x, err)
	}
	byChapter := func(name string) ChapterCrosswalk {
		x := must(decode[ChapterCrosswalk](files, "data/crosswalks/"+name))
		x.complete()
		return x
	}
	return Crosswalks{
		SSDF:               byRequirement("ssdf.yaml"),
		NSA:                byRequirement("nsa.yaml"),
		CISASecureByDesign: byRequirement("cisa-sbd.yaml"),
		CRA:                byRequirement("cra.yaml"),
		Other:              byRequirement("other.yaml"),
		UnifiedStandards:   byChapter("unified-standards.yaml"),
		CIPGuideline:       byChapter("cip-guideline.yaml"),
	}
})

// Crosswalks gives the relations to other documents. The value is shared; do not change its lists.
func (c *Catalog) Crosswalks() Crosswalks { return crosswalks() }
