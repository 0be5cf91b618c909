package xlsx

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// A Table is one sheet of a plain workbook: a head and rows of texts.
type Table struct {
	Name string // of the sheet, at most 31 characters
	Head []string
	Rows [][]string
}

// Tables writes plain tables as a workbook. Every text that looks like a formula is guarded.
func Tables(w io.Writer, tables []Table) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetDefaultFont(fontName); err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Family: fontName, Size: fontSize}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headFill}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	plain, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: fontName, Size: fontSize}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = f.NewSheet(t.Name)
		}
		if err == nil {
			err = t.write(f, bold, plain)
		}
		if err != nil {
			return fmt.Errorf("write table %s: %w", t.Name, err)
		}
	}
	return f.Write(w)
}

func (t Table) write(f *excelize.File, bold, plain int) error {
	for y, row := range append([][]string{t.Head}, t.Rows...) {
		style := plain
		if y == 0 {
			style = bold
		}
		for x, text := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(t.Name, cell, outside(text)); err != nil {
				return err
			}
			if err := f.SetCellStyle(t.Name, cell, cell, style); err != nil {
				return err
			}
		}
	}
	last, err := excelize.ColumnNumberToName(max(len(t.Head), 1))
	if err != nil {
		return err
	}
	if err := f.SetColWidth(t.Name, "A", last, 24); err != nil {
		return err
	}
	return f.SetPanes(t.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}
