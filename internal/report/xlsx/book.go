package xlsx

import (
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/internal/lang"
)

const (
	fontName = "游ゴシック"
	fontSize = 10.5
)

// A book is a workbook being written. The first error stops it; later calls do nothing.
type book struct {
	f      *excelize.File
	in     ChecklistInput
	styles map[look]int
	err    error
}

// A look is how a cell looks. Fills are greys, so that a copy in black and white says the same.
type look struct {
	bold, border, open bool
	center, right      bool
	indent, date       bool
	flat               bool    // one line: longer texts end at the cell's edge
	size               float64 // 0: the usual size
	fill               string
	pale               bool // grey letters: not asked here
}

const (
	headFill  = "D9D9D9"
	oursFill  = "EDEDED" // header of our own columns
	quietFill = "F5F5F5"
)

func newBook(in ChecklistInput) *book {
	b := &book{f: excelize.NewFile(), in: in, styles: map[look]int{}}
	b.try(b.f.SetDefaultFont(fontName))
	b.try(b.f.SetSheetName("Sheet1", b.say(checklistSheet)))
	for _, s := range []lang.Text{dataSheet, evidenceSheet, coverSheet, guideSheet} {
		_, err := b.f.NewSheet(b.say(s))
		b.try(err)
	}
	return b
}

func (b *book) say(t lang.Text) string { return t.In(b.in.Lang) }

func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// style gives the number of a look, made once.
func (b *book) style(l look) int {
	if id, ok := b.styles[l]; ok {
		return id
	}
	st := &excelize.Style{
		Font:       &excelize.Font{Family: fontName, Size: fontSize, Bold: l.bold},
		Alignment:  &excelize.Alignment{WrapText: !l.flat, Vertical: "center"},
		Protection: &excelize.Protection{Locked: !l.open},
	}
	if l.size > 0 {
		st.Font.Size = l.size
	}
	if l.pale {
		st.Font.Color = "7F7F7F"
	}
	switch {
	case l.center:
		st.Alignment.Horizontal = "center"
	case l.right:
		st.Alignment.Horizontal = "right"
	case l.indent:
		st.Alignment.Horizontal, st.Alignment.Indent = "left", 1
	}
	if l.fill != "" {
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	if l.border {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			st.Border = append(st.Border, excelize.Border{Type: side, Color: "7F7F7F", Style: 1})
		}
	}
	if l.date {
		format := "yyyy-mm-dd"
		st.CustomNumFmt = &format
	}
	id, err := b.f.NewStyle(st)
	b.try(err)
	b.styles[l] = id
	return id
}

// at names a cell by column and row, both from 1.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // only for numbers below 1
	}
	return name
}

// put writes a value with a look. A day is written as a true date.
func (b *book) put(sheet, cell string, v any, l look) {
	if b.err != nil {
		return
	}
	if day, ok := v.(time.Time); ok {
		l.date, l.center = true, true
		if v = nil; !day.IsZero() {
			v = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	switch v := v.(type) {
	case nil:
	case string:
		b.try(b.f.SetCellStr(sheet, cell, v))
	default:
		b.try(b.f.SetCellValue(sheet, cell, v))
	}
	b.try(b.f.SetCellStyle(sheet, cell, cell, b.style(l)))
}

// merge joins cells and gives them one look.
func (b *book) merge(sheet, from, to string, v any, l look) {
	b.put(sheet, from, v, l)
	b.try(b.f.MergeCell(sheet, from, to))
	b.try(b.f.SetCellStyle(sheet, from, to, b.style(l)))
}

func (b *book) widths(sheet string, widths ...float64) {
	for i, w := range widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.f.SetColWidth(sheet, name, name, w))
	}
}

// page sets A4, fit to one page in width, page numbers and digest in the footer, and rows that repeat on every page
// ("" for none).
func (b *book) page(sheet, orientation, repeat string) {
	a4, one, many, yes := 9, 1, 0, true
	b.try(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &many}))
	b.try(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	side, foot := 0.4, 0.6 // inches
	b.try(b.f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &side, Bottom: &foot}))
	font := `&"` + fontName + `"&8 ` // the blank keeps a digit that follows from being read as part of the size
	b.try(b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
		OddFooter: "&L" + font + footer(b.in.Software+" "+b.in.Release, 40) + "&C" + font + "&P / &N&R" + font + footer(shortDigest(b.in.Digest), 40),
	}))
	if repeat != "" {
		b.try(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!" + repeat, Scope: sheet}))
	}
}

// height estimates the height in points that a row needs for texts of the usual size in columns of these widths. A width
// counts half-width characters; Japanese characters take two.
func height(texts []string, widths []float64) float64 {
	rows := 1
	for i, text := range texts {
		n := 0
		for _, part := range strings.Split(text, "\n") {
			w := 0.0
			for _, r := range part {
				if w++; r > 0xFF {
					w++
				}
			}
			n += max(1, int(math.Ceil(w/(widths[i]*1.1-1)))) // widths are in digits of 11 points, less the margins
		}
		rows = max(rows, n)
	}
	return min(float64(rows)*18+4, excelize.MaxRowHeight)
}

// footer prepares a text for a footer, where & starts a code and the whole has little room.
func footer(s string, limit int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit-1]) + "…"
	}
	return strings.ReplaceAll(s, "&", "&&")
}

// shortDigest is enough of a digest to compare by eye.
func shortDigest(d string) string {
	if len(d) > 23 {
		return d[:23] + "…" // sha256: and 16 digits
	}
	return d
}

// protect lets people write only where it is meant to be written. There is no password: it keeps from slips, not from
// people.
func (b *book) protect(sheet string) {
	b.try(b.f.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, AutoFilter: true,
		EditScenarios: true,
	}))
}

// choices puts a drop-down on a range.
func (b *book) choices(sheet, cells string, words []string) {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(cells)
	b.try(dv.SetDropList(words))
	dv.SetError(excelize.DataValidationErrorStyleStop, b.say(lang.T("入力できない値です", "Not one of the choices")),
		b.say(lang.T("一覧から選んでください。", "Choose from the list.")))
	b.try(b.f.AddDataValidation(sheet, dv))
}

// offer puts a drop-down on cells that may hold something else too; its choices stand in other cells.
func (b *book) offer(sheet, cells, choices string) {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(cells)
	dv.SetSqrefDropList(choices)
	dv.ShowErrorMessage = false
	b.try(b.f.AddDataValidation(sheet, dv))
}
