package guideline

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// chapterTotals are the printed numbers of tables 8 to 11: rows, ○ and △ for the provider, ○ and △ for the customer.
var chapterTotals = map[int][5]int{
	8:  {9, 4, 1, 5, 2},
	9:  {38, 12, 9, 15, 16},
	10: {5, 2, 0, 2, 2},
	11: {34, 7, 7, 8, 17},
}

// closeSections are the sections that tables 9 and 11 frame in red, as the text lists them.
var closeSections = map[int][]string{
	9:  {"4.1", "4.2", "4.3", "5.2", "6.4", "6.5", "6.6", "7.2"},
	11: {"4.2", "4.3", "4.4", "4.8", "5.1"},
}

func TestChapterTablesAreComplete(t *testing.T) {
	tables := 0
	for _, x := range Default().Crosswalks().ByChapter() {
		for _, text := range []Text{x.Title, x.Document, x.Customer} {
			inBoth(t, x.ID, text)
		}
		for _, table := range x.Tables {
			tables++
			inBoth(t, x.ID, table.Title)
			var marked []string
			got := [5]int{len(table.Rows)}
			for _, r := range table.Rows {
				inBoth(t, x.ID+" "+r.ID, r.Title)
				if (r.Depth == 2) != strings.Contains(r.ID, ".") {
					t.Errorf("table %d: depth %d of %s", table.Number, r.Depth, r.ID)
				}
				for i, mark := range []Concern{r.Provider, r.Customer} {
					switch mark {
					case DirectConcern:
						got[1+2*i]++
					case RelatedConcern:
						got[2+2*i]++
					case NoConcern:
					default:
						t.Errorf("table %d, %s: mark %q", table.Number, r.ID, mark)
					}
				}
				if r.Close {
					marked = append(marked, r.ID)
				}
			}
			if got != chapterTotals[table.Number] {
				t.Errorf("table %d: rows and marks %v, printed %v", table.Number, got, chapterTotals[table.Number])
			}
			if !slices.Equal(marked, closeSections[table.Number]) {
				t.Errorf("table %d: close are %v, printed %v", table.Number, marked, closeSections[table.Number])
			}
		}
	}
	if tables != 4 {
		t.Errorf("%d tables, want 8 to 11", tables)
	}
}

// TestChaptersOfBothLayersAgree wants the parts of tables 9 and 11 to be those of 8 and 10, with the same marks.
func TestChaptersOfBothLayersAgree(t *testing.T) {
	for _, x := range Default().Crosswalks().ByChapter() {
		parts := slices.DeleteFunc(slices.Clone(x.Tables[1].Rows), func(r ChapterRow) bool { return r.Depth != 1 })
		if !slices.Equal(parts, x.Tables[0].Rows) {
			t.Errorf("%s: %v and %v", x.ID, parts, x.Tables[0].Rows)
		}
	}
}

var chapterName = regexp.MustCompile(`^(第[0-9]部|[0-9]+(?:\.[0-9]+)?)\.?(.+)$`)

// TestChapterTablesFollowTheText compares every row and mark of tables 8 to 11 with what is printed.
func TestChapterTablesFollowTheText(t *testing.T) {
	text := guidelineText(t)
	between := map[int][2]string{
		8: {"\n表 8 ", "\nまた、2階層目"}, 9: {"\n表 9 ", "\n5.6. "},
		10: {"\n表 10 ", "\n2 階層目"}, 11: {"\n表 11 ", "\n5.7. "},
	}
	for _, x := range Default().Crosswalks().ByChapter() {
		for _, table := range x.Tables {
			_, part, _ := strings.Cut(text, between[table.Number][0])
			part, _, _ = strings.Cut(part, between[table.Number][1])
			title, _, _ := strings.Cut(part, "\n")
			if squeeze(title) != squeeze(table.Title.JA) {
				t.Errorf("table %d: title %q, printed %q", table.Number, table.Title.JA, title)
			}
			printed := printedChapters(part)
			if len(printed) != len(table.Rows) {
				t.Errorf("table %d: %d rows, printed %d", table.Number, len(table.Rows), len(printed))
				continue
			}
			for i, r := range table.Rows {
				name := r.ID + squeeze(r.Title.JA)
				if r.ID == r.Title.JA { // 付録 has no number
					name = r.ID
				}
				if own := [3]string{name, string(r.Provider), string(r.Customer)}; own != printed[i] {
					t.Errorf("table %d: %q, printed %q", table.Number, own, printed[i])
				}
			}
		}
	}
}

// printedChapters gives number with name, and both marks, of the rows of a table. The name may be spread over cells.
func printedChapters(part string) [][3]string {
	var rows [][3]string
	for _, line := range strings.Split(part, "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 3 || strings.Contains(cells[len(cells)-2], "事業者") {
			continue // no row, or the head, which a page break repeats
		}
		name := squeeze(strings.Join(cells[:len(cells)-2], ""))
		if m := chapterName.FindStringSubmatch(name); m != nil {
			name = m[1] + m[2]
		}
		rows = append(rows, [3]string{name, squeeze(cells[len(cells)-2]), squeeze(cells[len(cells)-1])})
	}
	return rows
}
