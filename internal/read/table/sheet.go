package table

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// sheet reads one worksheet (18.3.1.99) as a stream: rows, cells, merged areas.
func (w *workbook) sheet(name string) (Sheet, error) {
	s := Sheet{cells: map[Place]Cell{}}
	r, err := w.open(name)
	if err != nil {
		return s, err
	}
	defer r.Close()
	d := newDecoder(r)
	row, column := 0, 0
	for {
		start, err := nextStart(d)
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		switch start.Name.Local {
		case "row":
			row, column = row+1, 0
			if n, err := strconv.Atoi(attr(start, "r")); err == nil && n > 0 {
				row = n
			}
		case "c":
			place := Place{column + 1, row}
			if p, ok := parseRef(attr(start, "r")); ok {
				place = p
			}
			column = place.Column
			if err := w.cell(d, start, &s, place); err != nil {
				return s, err
			}
		case "mergeCell":
			if a, ok := parseArea(attr(start, "ref")); ok && len(s.merged) < maxMerged {
				s.merged = append(s.merged, a)
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// cell reads one cell (18.3.1.4) and keeps it unless it is empty.
func (w *workbook) cell(d *xml.Decoder, start xml.StartElement, s *Sheet, at Place) error {
	var value string
	var inline Cell
	formula, given := false, false
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				if err := d.DecodeElement(&value, &t); err != nil {
					return err
				}
				given = value != "" || attr(start, "t") == "str" // a formula that gave an empty text says so
			case "is":
				if inline, err = richText(d); err != nil {
					return err
				}
			case "f":
				formula = true
				if err := d.Skip(); err != nil {
					return err
				}
			default:
				depth++
			}
		case xml.EndElement:
			depth--
		}
	}
	c := w.value(attr(start, "t"), w.format(attr(start, "s")), value, inline)
	if formula && !given {
		c.Fault = FormulaUnknown
	}
	if c.Text == "" && c.Fault == "" || at.Column > MaxColumns || at.Column < 1 {
		return nil
	}
	if at.Row > MaxRows {
		return tooMany()
	}
	if w.cells++; w.cells > MaxCells {
		return tooMany()
	}
	s.Last = max(s.Last, at.Row)
	return s.put(at, c)
}

func (w *workbook) format(style string) format {
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(w.formats) {
		return w.formats[i]
	}
	return format{}
}

// value gives what a cell of a type and a format shows.
func (w *workbook) value(kind string, f format, value string, inline Cell) Cell {
	c := w.bare(kind, f, value, inline)
	if f.struck && c.Text != "" {
		c.Fault = Struck
	}
	return c
}

// bare is value without the line through it.
func (w *workbook) bare(kind string, f format, value string, inline Cell) Cell {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(w.strings) {
			return w.strings[i]
		}
		return Cell{}
	case "inlineStr":
		return inline
	case "str":
		return Cell{Text: uniform(unescape(value))}
	case "b":
		if value == "1" {
			return Cell{Text: "TRUE"}
		}
		return Cell{Text: "FALSE"}
	case "e":
		return Cell{Text: value, Fault: FormulaError}
	case "d": // ISO 8601, written by strict workbooks
		return Cell{Text: value[:min(len(value), len(time.DateOnly))]}
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return Cell{Text: uniform(value)}
	}
	if f.date {
		if day, ok := Serial(n + float64(w.since)); ok {
			return Cell{Text: day.Format(time.DateOnly), Number: true}
		}
	}
	return Cell{Text: strconv.FormatFloat(n, 'f', -1, 64), Number: true}
}

func uniform(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// Serial gives the day of a serial number as Excel counts: days since 1899-12-30. The count has a 29 February 1900 that
// never was; days before March 1900 and after 9999 are not given.
func Serial(n float64) (time.Time, bool) {
	if math.IsNaN(n) || n < 61 || n >= 2_958_466 {
		return time.Time{}, false
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)), true
}

// parseRef reads an address such as K12 or $K$12.
func parseRef(s string) (Place, bool) {
	var p Place
	s = strings.ReplaceAll(s, "$", "")
	i := 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && i < 4; i++ {
		p.Column = p.Column*26 + int(s[i]-'A') + 1
	}
	n, err := strconv.Atoi(s[i:])
	if i == 0 || err != nil || n < 1 {
		return p, false
	}
	p.Row = n
	return p, true
}

func parseArea(s string) (area, bool) {
	from, to, two := strings.Cut(s, ":")
	a, ok := parseRef(from)
	if !two {
		return area{a, a}, ok
	}
	b, ok2 := parseRef(to)
	return area{a, b}, ok && ok2
}
