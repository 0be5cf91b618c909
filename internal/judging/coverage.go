package judging

import (
	"cmp"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/lang"
)

// Coverage is how far what stands in a sheet of duties covers another document, seen through the guideline's own tables
// (sections 5.5, 5.6 and 5.8). It is an answer by relation: never a statement that the other document is fulfilled.
type Coverage struct {
	Framework string                `json:"framework"`
	Document  string                `json:"document"`
	Section   string                `json:"section"` // of the guideline, where the table stands
	Items     []CoverageItem        `json:"items"`
	Totals    map[CoverageState]int `json:"totals"`
	Note      string                `json:"note"`
}

// CoverageState is how far the duties behind an item are met.
type CoverageState string

// The states: every duty behind it is met; some are; none is; none was judged; or the guideline relates no duty at hand.
const (
	Covered       CoverageState = "covered"
	PartlyCovered CoverageState = "partly_covered"
	NotCovered    CoverageState = "not_covered"
	NotJudged     CoverageState = "not_assessed"
	Unrelated     CoverageState = "no_duty"
)

// CoverageItem is a part of the other document with the duties behind it.
type CoverageItem struct {
	ID     string         `json:"id"`
	Title  string         `json:"title"`
	Group  string         `json:"group,omitempty"` // column or table it stands in
	Weak   bool           `json:"weak,omitempty"`  // related only in brackets
	State  CoverageState  `json:"state"`
	Duties []CoverageDuty `json:"duties"`
}

// CoverageDuty is one duty behind an item.
type CoverageDuty struct {
	ID     guideline.ID   `json:"id"`
	Party  string         `json:"party"`
	Role   guideline.Role `json:"role"`
	Status string         `json:"status"`
}

// Frameworks gives the names of the documents that coverage can be seen of.
func Frameworks() []string {
	return []string{"ssdf", "nsa", "cisa_sbd", "cra", "other", "unified_standards", "cip_guideline"}
}

// CoverageOf computes the coverage of a document, by its name, from a sheet of duties.
func CoverageOf(framework string, sheet StatusSheet, l lang.Lang) (Coverage, error) {
	x := guideline.Default().Crosswalks()
	byRequirement := map[string]guideline.Crosswalk{"ssdf": x.SSDF, "nsa": x.NSA, "cisa_sbd": x.CISASecureByDesign, "cra": x.CRA, "other": x.Other}
	byChapter := map[string]guideline.ChapterCrosswalk{"unified_standards": x.UnifiedStandards, "cip_guideline": x.CIPGuideline}
	c := Coverage{Framework: framework, Items: []CoverageItem{}, Totals: map[CoverageState]int{Covered: 0, PartlyCovered: 0, NotCovered: 0, NotJudged: 0, Unrelated: 0},
		Note: lang.T("ガイドラインの対応表を通して見た状況です。相手の文書への適合を示すものではありません。",
			"Seen through the guideline's table of relations. It does not state that the other document is fulfilled.").In(l)}
	if t, ok := byRequirement[framework]; ok {
		c.Document, c.Section = t.Document.In(l), t.Section
		c.Items = tableItems(t, sheet, l)
	} else if t, ok := byChapter[framework]; ok {
		c.Document, c.Section = t.Document.In(l), t.Section
		c.Items = chapterItems(t, sheet, l)
	} else {
		return c, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」との対応表はありません", "there is no table of relations to %q", framework),
			Next: lang.F("次のいずれかを指定してください: %v", "name one of: %v", Frameworks())}
	}
	for i := range c.Items {
		c.Items[i].State = stateOf(c.Items[i].Duties)
		c.Totals[c.Items[i].State]++
	}
	return c, nil
}

// tableItems gives the items of a table by requirement, in the order of its columns.
func tableItems(t guideline.Crosswalk, sheet StatusSheet, l lang.Lang) []CoverageItem {
	items := []CoverageItem{}
	for _, column := range t.Columns {
		for _, item := range column.Items {
			ci := CoverageItem{ID: item.ID, Title: item.Title.In(l), Group: column.Title.In(l), Weak: true, Duties: []CoverageDuty{}}
			for _, row := range t.Rows {
				for _, cell := range row.Cells {
					i := slices.IndexFunc(cell.Items, func(x guideline.CrosswalkItem) bool { return x.ID == item.ID })
					if cell.Column != column.ID || i < 0 {
						continue
					}
					ci.Weak = ci.Weak && cell.Items[i].Weak
					ci.Duties = append(ci.Duties, dutiesBehind(sheet, func(d StatusLine) bool { return d.ID.Requirement() == row.Requirement })...)
				}
			}
			items = append(items, ci)
		}
	}
	return items
}

// chapterItems gives the parts of a document that the guideline as a whole is related to: what concerns the provider
// stands on the duties of developers, suppliers and operators, what concerns the customer on the customer's.
func chapterItems(t guideline.ChapterCrosswalk, sheet StatusSheet, l lang.Lang) []CoverageItem {
	items := []CoverageItem{}
	for _, table := range t.Tables {
		for _, row := range table.Rows {
			items = append(items, CoverageItem{ID: row.ID, Title: row.Title.In(l), Group: table.Title.In(l),
				Weak: row.Provider != guideline.DirectConcern && row.Customer != guideline.DirectConcern,
				Duties: dutiesBehind(sheet, func(d StatusLine) bool {
					if d.Role == guideline.Customer {
						return row.Customer != guideline.NoConcern
					}
					return row.Provider != guideline.NoConcern
				})})
		}
	}
	return items
}

func dutiesBehind(sheet StatusSheet, behind func(StatusLine) bool) []CoverageDuty {
	out := []CoverageDuty{}
	for _, d := range sheet.Duties {
		if behind(d) {
			out = append(out, CoverageDuty{d.ID, d.Party, d.Role, d.Status})
		}
	}
	slices.SortStableFunc(out, func(a, b CoverageDuty) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func stateOf(duties []CoverageDuty) CoverageState {
	count := map[assess.Status]int{}
	for _, d := range duties {
		count[assess.Status(d.Status)]++
	}
	good := count[assess.Met] + count[assess.MetWithException]
	counted := len(duties) - count[assess.NotApplicable]
	switch {
	case counted == 0:
		return Unrelated
	case good == counted:
		return Covered
	case good+count[assess.PartlyMet] > 0:
		return PartlyCovered
	case count[assess.NotMet] > 0:
		return NotCovered
	}
	return NotJudged
}
