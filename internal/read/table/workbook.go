package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
)

// A workbook is an Excel file being read.
type workbook struct {
	parts   map[string]*zip.File
	left    int64    // bytes that may still be unpacked
	cells   int      // cells kept so far
	strings []Cell   // the shared strings (18.4.8)
	formats []format // of cells, by number (18.8.10)
	since   int      // day 0 of serial numbers: 0 counts from 1899-12-30, 1462 from 1904-01-01
}

// Names of the parts by what a relationship says they are (the last element of its type).
const (
	sharedPart   = "sharedStrings"
	stylesPart   = "styles"
	commentsPart = "comments"
	threadPart   = "threadedComment"
)

func openWorkbook(raw []byte) (Book, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return Book{}, refuse(lang.T("Excel ファイルが壊れています", "the Excel file is damaged"), saveAgain)
	}
	w := &workbook{parts: map[string]*zip.File{}, left: MaxTotal}
	if len(z.File) > MaxParts {
		return Book{}, tooMany()
	}
	for _, f := range z.File {
		w.parts[strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(f.Name, "/"), "\\", "/"))] = f
	}
	main := "xl/workbook.xml"
	if w.parts[main] == nil {
		return Book{}, refuse(otherZip(z))
	}
	b, err := w.read(main)
	var known *lang.Error
	if err != nil && !errors.As(err, &known) {
		return Book{}, &lang.Error{Kind: lang.Unreadable, What: lang.T("表として読めません", "it cannot be read as a table"),
			Why: lang.T("Excel ファイルの中身が壊れています", "what is in the Excel file is damaged"), Next: saveAgain, Err: err}
	}
	return b, err
}

// relationship is a line of a .rels part: what a part points at.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func (w *workbook) read(main string) (Book, error) {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Bare  string `xml:"id,attr"` // strict workbooks have another namespace
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(main, &book); err != nil {
		return Book{}, err
	}
	rels, err := w.relations(main)
	if err != nil {
		return Book{}, err
	}
	if v := book.Properties.Date1904; v == "1" || v == "true" {
		w.since = 1462
	}
	targets := map[string]string{}
	for _, r := range rels {
		targets[r.ID] = r.Target
		switch path.Base(r.Type) {
		case sharedPart:
			err = w.readStrings(r.Target)
		case stylesPart:
			err = w.readStyles(r.Target)
		}
		if err != nil {
			return Book{}, err
		}
	}
	out := Book{Format: "xlsx"}
	for _, s := range book.Sheets {
		if s.ID == "" {
			s.ID = s.Bare
		}
		if w.parts[targets[s.ID]] == nil || !strings.Contains(targets[s.ID], "worksheet") {
			continue // a chart or macro sheet
		}
		if len(out.Sheets) == MaxSheets {
			return Book{}, tooMany()
		}
		sheet, err := w.sheet(targets[s.ID])
		if err == nil {
			err = w.comments(targets[s.ID], &sheet)
		}
		if err != nil {
			return Book{}, fmt.Errorf("sheet %q: %w", s.Name, err)
		}
		sheet.Name, sheet.Hidden = s.Name, s.State == "hidden" || s.State == "veryHidden"
		out.Sheets = append(out.Sheets, sheet)
	}
	return out, nil
}

// relationsOf names the part that says what another points at; it need not be there.
func relationsOf(part string) string { return path.Dir(part) + "/_rels/" + path.Base(part) + ".rels" }

// relations gives what a part points at, by the names of the parts.
func (w *workbook) relations(part string) ([]relationship, error) {
	var rels struct {
		List []relationship `xml:"Relationship"`
	}
	if err := w.decode(relationsOf(part), &rels); err != nil {
		return nil, err
	}
	for i, r := range rels.List {
		target := strings.TrimPrefix(r.Target, "/")
		if !strings.HasPrefix(r.Target, "/") {
			target = path.Join(path.Dir(part), r.Target)
		}
		rels.List[i].Target = strings.ToLower(target)
	}
	return rels.List, nil
}

// open gives a part within the limits.
func (w *workbook) open(name string) (io.ReadCloser, error) {
	f := w.parts[name]
	if f == nil {
		return nil, fmt.Errorf("no part %s", name)
	}
	if f.UncompressedSize64 > MaxPart || int64(f.UncompressedSize64) > w.left { // package zip gives no more than that
		return nil, tooMany()
	}
	w.left -= int64(f.UncompressedSize64)
	return f.Open()
}

// decode reads a small part whole.
func (w *workbook) decode(name string, into any) error {
	r, err := w.open(strings.ToLower(name))
	if err != nil {
		return err
	}
	defer r.Close()
	return newDecoder(r).Decode(into)
}

// newDecoder reads XML as it is, without entities of its own: package xml knows the five of the standard only.
func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("only UTF-8 is read") }
	return d
}

// readStrings reads the shared strings. Readings of kanji (rPh, furigana) are not part of the text.
func (w *workbook) readStrings(name string) error {
	r, err := w.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d := newDecoder(r)
	for {
		start, err := nextStart(d)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start.Name.Local != "si" {
			continue
		}
		c, err := richText(d)
		if err != nil {
			return err
		}
		if w.strings = append(w.strings, c); len(w.strings) > MaxCells {
			return tooMany()
		}
	}
}

func nextStart(d *xml.Decoder) (xml.StartElement, error) {
	for {
		t, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := t.(xml.StartElement); ok {
			return start, nil
		}
	}
}

// richText joins the texts of an element up to its end (18.4.8, 18.3.1.53). Runs that are struck through are left out,
// unless nothing else is there.
func richText(d *xml.Decoder) (Cell, error) {
	var kept, gone strings.Builder
	struck := false // of the run that is read
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return Cell{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "rPh", "phoneticPr":
				if err := d.Skip(); err != nil {
					return Cell{}, err
				}
				continue
			case "t":
				var s string
				if err := d.DecodeElement(&s, &t); err != nil {
					return Cell{}, err
				}
				if struck {
					gone.WriteString(s)
				} else {
					kept.WriteString(s)
				}
				continue
			case "r":
				struck = false
			case "strike":
				struck = isOn(attr(t, "val"))
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
	if strings.TrimSpace(kept.String()) == "" && gone.Len() > 0 {
		return Cell{Text: uniform(unescape(gone.String())), Fault: Struck}, nil
	}
	return Cell{Text: uniform(unescape(kept.String()))}, nil
}

// isOn reads a boolean property (18.8.x), which is on when it is named without a value.
func isOn(val string) bool { return val == "" || val == "1" || val == "true" }

// unescape undoes _x000D_ and the like (22.4.2.4).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// A format is what the look of a cell says about what is in it.
type format struct {
	date   bool // it shows a day
	struck bool // it is struck through
}

// readStyles finds which cell formats show days, and which strike through.
func (w *workbook) readStyles(name string) error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Fonts []struct {
			Strike *struct {
				Val string `xml:"val,attr"`
			} `xml:"strike"`
		} `xml:"fonts>font"`
		Cells []struct {
			ID   int `xml:"numFmtId,attr"`
			Font int `xml:"fontId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode(name, &styles); err != nil {
		return err
	}
	own := map[int]string{}
	for _, f := range styles.Formats {
		own[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		code, given := own[c.ID]
		f := format{date: given && showsDate(code) || !given && builtInDate(c.ID)}
		if c.Font >= 0 && c.Font < len(styles.Fonts) {
			strike := styles.Fonts[c.Font].Strike
			f.struck = strike != nil && isOn(strike.Val)
		}
		w.formats = append(w.formats, f)
	}
	return nil
}

// builtInDate reports whether a number format without a code of its own shows a day (18.8.30, with those of Japanese
// Excel, 27 to 36 and 50 to 58).
func builtInDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// showsDate reports whether a format code has a year, a day or an era outside quotes, brackets and escapes.
func showsDate(code string) bool {
	var b strings.Builder
	var until rune
	skip := false
	for _, r := range code {
		switch {
		case skip:
			skip = false
		case until != 0:
			if r == until {
				until = 0
			}
		case r == '"':
			until = '"'
		case r == '[':
			until = ']'
		case r == '\\' || r == '_' || r == '*':
			skip = true
		default:
			b.WriteRune(r)
		}
	}
	plain := strings.ReplaceAll(strings.ToLower(b.String()), "general", "") // it has an e of its own
	return strings.ContainsAny(plain, "ydge") && !strings.Contains(plain, "0e")
}
