package xlsx

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/internal/lang"
)

// A List is a table of texts on its way out: what it is, about what, its columns, its rows.
type List struct {
	Title   string
	About   string // one line: what it is about, and as of when
	Columns []string
	Rows    [][]string
}

// WriteList writes a list as a workbook: one sheet, the columns' names frozen in the third row.
func WriteList(w io.Writer, in List, l lang.Lang) error {
	b := &book{f: excelize.NewFile(), in: ChecklistInput{Lang: l, Software: in.Title}, styles: map[look]int{}}
	b.try(b.f.SetDefaultFont(fontName))
	sheet := sheetName(in.Title)
	b.try(b.f.SetSheetName("Sheet1", sheet))
	b.put(sheet, "A1", in.Title, look{bold: true, size: 14})
	b.put(sheet, "A2", outside(in.About), look{})
	widths := make([]float64, len(in.Columns))
	for j, c := range in.Columns {
		b.put(sheet, at(j+1, 3), c, look{bold: true, border: true, center: true, fill: headFill})
		widths[j] = min(48, max(12, 2*float64(utf8.RuneCountInString(c))))
	}
	for i, row := range in.Rows {
		for j, cell := range row {
			b.put(sheet, at(j+1, 4+i), outside(cell), look{border: true})
			for line := range strings.SplitSeq(cell, "\n") {
				widths[j] = min(48, max(widths[j], 1.2*float64(utf8.RuneCountInString(line))))
			}
		}
	}
	b.widths(sheet, widths...)
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}))
	b.page(sheet, "landscape", "$3:$3")
	b.properties()
	if b.err != nil {
		return fmt.Errorf("workbook %s: %w", in.Title, b.err)
	}
	if _, err := b.f.WriteTo(w); err != nil {
		return fmt.Errorf("write the workbook %s: %w", in.Title, err)
	}
	return b.f.Close()
}

// WriteListCSV writes a list as CSV with a byte order mark, as spreadsheets want it.
func WriteListCSV(w io.Writer, in List) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return fmt.Errorf("write %s as CSV: %w", in.Title, err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write(in.Columns) // Flush reports what goes wrong
	for _, row := range in.Rows {
		safe := make([]string, len(row))
		for j, cell := range row {
			safe[j] = outside(cell)
		}
		out.Write(safe)
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write %s as CSV: %w", in.Title, out.Error())
	}
	return nil
}

// WriteListMarkdown writes a list as a Markdown table under a heading. Cells keep their lines.
func WriteListMarkdown(w io.Writer, in List) error {
	cell := strings.NewReplacer("\n", "<br>", "|", "\\|")
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n| %s |\n|%s\n", in.Title, in.About, strings.Join(in.Columns, " | "), strings.Repeat("---|", len(in.Columns)))
	for _, row := range in.Rows {
		safe := make([]string, len(row))
		for j, c := range row {
			safe[j] = cell.Replace(c)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(safe, " | "))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write %s as Markdown: %w", in.Title, err)
	}
	return nil
}
