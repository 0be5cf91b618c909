package table

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"

	"example.org/tasuki/internal/lang"
)

// openCSV reads values separated by commas, tabs or semicolons, whichever the first lines have most of.
func openCSV(raw []byte) (Book, error) {
	text, coding, err := decode(raw)
	if err != nil {
		return Book{}, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(text), -1, true
	s := Sheet{Name: "CSV", cells: map[Place]Cell{}}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Book{}, refuse(lang.T(err.Error(), err.Error()), saveAgain)
		}
		s.Last++ // a row of the sheet that a spreadsheet program shows, not a line of the file
		if s.Last > MaxRows {
			return Book{}, tooMany()
		}
		for i, f := range fields {
			if f = strings.ReplaceAll(f, "\r\n", "\n"); f != "" && i < MaxColumns {
				if err := s.put(Place{i + 1, s.Last}, Cell{Text: f}); err != nil {
					return Book{}, err
				}
			}
		}
		if len(s.cells) > MaxCells {
			return Book{}, tooMany()
		}
	}
	return Book{Format: "csv", Coding: coding, Sheets: []Sheet{s}}, nil
}

func tooMany() error {
	return refuse(lang.F("行又はセルが多すぎます（上限 %d 行、%d セル）", "it has too many rows or cells (limits: %d rows, %d cells)", MaxRows, MaxCells),
		lang.T("使っていない行やシートを削除して保存し直してください", "delete the rows and sheets that are not used and save it again"))
}

// put keeps a cell, cut where it is too long.
func (s *Sheet) put(p Place, c Cell) error {
	if utf8.RuneCountInString(c.Text) > MaxText {
		c.Text, c.Fault = string([]rune(c.Text)[:MaxText]), TooLong
	}
	s.cells[p] = c
	return nil
}

// separator is what the first lines are cut by.
func separator(text string) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', strings.Count(head, ",")
	for _, r := range "\t;" {
		if n := strings.Count(head, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// decode gives the text of a CSV file and the coding it was in.
func decode(raw []byte) (text, coding string, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return wide(raw[2:], binary.LittleEndian), "UTF-16", nil
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return wide(raw[2:], binary.BigEndian), "UTF-16", nil
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", "", refuse(lang.T("表でもテキストでもないファイルです", "it is neither a table nor a text"), saveAgain)
	}
	if utf8.Valid(raw) {
		return string(raw), "UTF-8", nil
	}
	out, err := japanese.ShiftJIS.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", "", refuse(lang.T("文字コードが UTF-8 でも Shift_JIS でもありません", "the text is neither UTF-8 nor Shift_JIS"),
			lang.T("「CSV UTF-8」又は「Excel ブック（.xlsx）」として保存し直してください", "save it again as CSV UTF-8, or as an Excel workbook (.xlsx)"))
	}
	return string(out), "Shift_JIS", nil
}

func wide(raw []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}
