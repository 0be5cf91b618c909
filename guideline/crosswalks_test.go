package guideline

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crosswalkTotals are the printed numbers of section 5.8(3) to (7) for each column: different items, items over all
// rows, those in brackets, dashes. Counted once from the text.
var crosswalkTotals = map[string][4]int{
	"ssdf/ssdf":                   {42, 57, 12, 4},
	"nsa/developers":              {14, 30, 0, 12},
	"nsa/suppliers":               {11, 17, 0, 12},
	"nsa/customers":               {3, 6, 0, 18},
	"cisa_sbd/principle_1":        {11, 16, 0, 10},
	"cisa_sbd/principle_2":        {3, 3, 0, 18},
	"cisa_sbd/principle_3":        {4, 5, 0, 17},
	"cisa_sbd/by_design_tactics":  {12, 17, 0, 10},
	"cisa_sbd/by_default_tactics": {7, 8, 0, 16},
	"cra/annex_1_part_1":          {14, 37, 0, 10},
	"cra/annex_1_part_2":          {8, 14, 0, 14},
	"cra/annex_2":                 {8, 8, 0, 18},
	"other/documents":             {9, 59, 0, 0},
}

func TestCrosswalksHaveARowForEachRequirement(t *testing.T) {
	c := Default()
	columns := 0
	for _, x := range c.Crosswalks().ByRequirement() {
		var ids, want []ID
		for _, r := range x.Rows {
			ids = append(ids, r.Requirement)
		}
		for _, r := range c.Requirements() {
			want = append(want, r.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: rows %v, want the requirements in printed order", x.ID, ids)
		}
		for i, column := range x.Columns {
			columns++
			if got, want := totals(x, i), crosswalkTotals[x.ID+"/"+column.ID]; got != want {
				t.Errorf("%s/%s: items, uses, weak, dashes %v, printed %v", x.ID, column.ID, got, want)
			}
		}
	}
	if columns != len(crosswalkTotals) {
		t.Errorf("%d columns, printed %d", columns, len(crosswalkTotals))
	}
}

func totals(x Crosswalk, column int) [4]int {
	used, n := map[string]bool{}, [4]int{}
	for _, r := range x.Rows {
		cell := r.Cells[column]
		if cell.Printed == "—" {
			n[3]++
		}
		for _, it := range cell.Items {
			used[it.ID] = true
			n[1]++
			if it.Weak {
				n[2]++
			}
		}
	}
	if len(used) == len(x.Columns[column].Items) { // else some item of the column is in no cell
		n[0] = len(used)
	}
	return n
}

func TestCrosswalkItemsHaveTitlesAndKeysOfTheirOwn(t *testing.T) {
	c := Default()
	for _, x := range c.Crosswalks().ByRequirement() {
		keys := map[string]bool{}
		for _, text := range []Text{x.Title, x.Document} {
			inBoth(t, x.ID, text)
		}
		for _, n := range x.Notes {
			sentence(t, x.ID+" "+n.ID, n.Text)
		}
		for _, column := range x.Columns {
			inBoth(t, x.ID+"/"+column.ID, column.Title)
			for _, it := range column.Items {
				inBoth(t, x.ID+" "+it.ID, it.Title)
				if it.Key == "" || keys[it.Key] {
					t.Errorf("%s: key %q of %s is empty or stands twice", x.ID, it.Key, it.ID)
				}
				keys[it.Key] = true
			}
		}
		hasReferences(t, c, x.ID, x.References)
	}
	for _, x := range c.Crosswalks().ByChapter() {
		hasReferences(t, c, x.ID, x.References)
	}
	for _, it := range c.Crosswalks().Other.Columns[0].Items {
		hasReferences(t, c, "other "+it.ID, []string{it.Key})
	}
}

func hasReferences(t *testing.T, c *Catalog, where string, ids []string) {
	t.Helper()
	if len(ids) == 0 {
		t.Errorf("%s names no reference", where)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(c.References(), func(r Reference) bool { return r.ID == id }) {
			t.Errorf("%s: %q is not in the list of references", where, id)
		}
	}
}

func TestCrosswalkCellsMeanWhatTheyPrint(t *testing.T) {
	for _, x := range Default().Crosswalks().ByRequirement() {
		for _, r := range x.Rows {
			for _, cell := range r.Cells {
				ids, weak := readCell(cell.Printed)
				if !slices.Equal(ids, cell.IDs) || !slices.Equal(weak, cell.Weak) {
					t.Errorf("%s %s %s: %q is %q and weak %q, data has %q and %q",
						x.ID, r.Requirement, cell.Column, cell.Printed, ids, weak, cell.IDs, cell.Weak)
				}
			}
		}
	}
}

func TestReadCell(t *testing.T) {
	for printed, want := range map[string][2][]string{
		"—":                                {},
		"PW 9.1, (PS 1.1, PO 5.1)":         {{"PW 9.1"}, {"PS 1.1", "PO 5.1"}},
		"(PO 1.1)":                         {nil, {"PO 1.1"}},
		"[PSB]-3,4 [SPD]-4":                {{"[PSB]-3", "[PSB]-4", "[SPD]-4"}},
		"[RFC]":                            {{"[RFC]"}},
		"(1), (2)-a/g":                     {{"(1)", "(2)-a", "(2)-g"}},
		"4,5,7,8-a/b":                      {{"4", "5", "7", "8-a", "8-b"}},
		"SP800-161, CISA-D, 総務省, ISO15408": {{"SP800-161", "CISA-D", "総務省", "ISO15408"}},
	} {
		if ids, weak := readCell(printed); !slices.Equal(ids, want[0]) || !slices.Equal(weak, want[1]) {
			t.Errorf("%q: %q, weak %q", printed, ids, weak)
		}
	}
}

var (
	bracketed = regexp.MustCompile(`\(([A-Z][^)]*)\)`)
	practice  = regexp.MustCompile(`^(\[[A-Z]+\])(?:-([0-9,]+))?$`)
	letters   = regexp.MustCompile(`^(.+)-([a-z](?:/[a-z])*)$`)
)

// readCell reads a printed cell of section 5.8: lists by comma, [SBD]-1,4 for two practices, 8-a/b for two letters, and
// brackets around what is linked more weakly.
func readCell(printed string) (ids, weak []string) {
	if printed == "—" {
		return nil, nil
	}
	if m := bracketed.FindStringSubmatch(printed); m != nil {
		weak = strings.Split(m[1], ", ")
		printed = strings.TrimSuffix(strings.TrimSpace(strings.Replace(printed, m[0], "", 1)), ",")
	}
	if strings.HasPrefix(printed, "[") {
		for _, part := range strings.Fields(printed) {
			m := practice.FindStringSubmatch(part)
			if m == nil {
				return []string{"unreadable: " + part}, nil
			}
			for _, n := range strings.Split(m[2], ",") {
				ids = append(ids, strings.TrimSuffix(m[1]+"-"+n, "-"))
			}
		}
		return ids, weak
	}
	for _, part := range strings.Split(printed, ",") {
		part = strings.TrimSpace(part)
		if m := letters.FindStringSubmatch(part); m != nil {
			for _, l := range strings.Split(m[2], "/") {
				ids = append(ids, m[1]+"-"+l)
			}
		} else if part != "" {
			ids = append(ids, part)
		}
	}
	return ids, weak
}

// TestCrosswalksFollowTheText compares every cell of section 5.8(3) to (7) with what is printed.
func TestCrosswalksFollowTheText(t *testing.T) {
	_, text, _ := strings.Cut(guidelineText(t), "\n5.8. 参照情報\n")
	for _, x := range Default().Crosswalks().ByRequirement() {
		number := strings.TrimPrefix(x.Section, "5.8")
		_, part, ok := strings.Cut(text, "\n"+number+" ")
		if !ok {
			t.Errorf("section %s is not in the text", x.Section)
			continue
		}
		var printed [][]string
		for _, line := range strings.Split(part, "\n") {
			if strings.HasPrefix(line, "(") || strings.HasPrefix(line, "5.9.") {
				break
			}
			if fields := strings.Split(line, "\t"); fields[0] == "要求事項" || strings.HasPrefix(fields[0], "S(") {
				printed = append(printed, fields)
			}
		}
		if len(printed) != len(x.Rows)+1 {
			t.Errorf("%s: %d rows, printed %d", x.ID, len(x.Rows), len(printed)-1)
			continue
		}
		for i, column := range x.Columns {
			if squeeze(column.Title.JA) != squeeze(printed[0][i+1]) {
				t.Errorf("%s: column %q, printed %q", x.ID, column.Title.JA, printed[0][i+1])
			}
		}
		for i, r := range x.Rows {
			own := []string{string(r.Requirement)}
			for _, cell := range r.Cells {
				own = append(own, cell.Printed)
			}
			if !slices.Equal(own, printed[i+1]) {
				t.Errorf("%s: %q, printed %q", x.ID, own, printed[i+1])
			}
		}
		for _, a := range x.Abbreviations {
			if !strings.Contains(part, a.ID+" : "+a.Title.JA) {
				t.Errorf("%s: %s is not explained as %s", x.ID, a.ID, a.Title.JA)
			}
		}
	}
}

func TestCrosswalkRowOfAnIndividualRequirement(t *testing.T) {
	r, ok := Default().Crosswalks().SSDF.Row("S(1)-4.3")
	if !ok || r.Requirement != "S(1)-4" || r.Cells[0].Printed != "PW 9.1, (PS 1.1, PO 5.1, PO 5.2)" {
		t.Errorf("%+v", r)
	}
	if items := r.Cells[0].Items; len(items) != 4 || items[0].Weak || !items[1].Weak || items[3].Key != "PO.5.2" {
		t.Errorf("%+v", items)
	}
	if _, ok := Default().Crosswalks().SSDF.Row("S(7)-1"); ok {
		t.Error("there is no S(7)-1")
	}
}
