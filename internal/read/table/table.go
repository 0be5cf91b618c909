// Package table reads tables that people filled in: Excel workbooks (ECMA-376, .xlsx and .xlsm) and CSV in UTF-8,
// UTF-16 or Shift_JIS. It goes by content, never by the file's name, and gives cells with their addresses. What it
// cannot read it names for what it is: an encrypted or rights-managed workbook, an old .xls, a PDF.
//
// Start from [Open]. The package knows nothing of what a table means; package report/xlsx and the registers do.
package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"example.org/tasuki/internal/lang"
)

// The limits a file is held to. They are wide for what people fill in and stop what is made to exhaust memory.
const (
	MaxBytes   = 32 << 20  // of the file
	MaxPart    = 64 << 20  // of one part of a workbook, unpacked
	MaxTotal   = 160 << 20 // of all parts that are read, unpacked
	MaxParts   = 2_000     // files in a workbook
	MaxSheets  = 50        // sheets that are read
	MaxRows    = 20_000    // last row of a sheet that is read
	MaxColumns = 200       // last column of a sheet that is read; cells right of it are left out
	MaxCells   = 500_000   // cells of a file that are not empty
	MaxText    = 40_000    // characters of a cell; Excel allows 32,767
)

// A Book is a file with one or more sheets.
type Book struct {
	Format string // xlsx or csv
	Coding string // of a CSV file: UTF-8, UTF-16 or Shift_JIS
	Sheets []Sheet
}

// A Sheet is a table. Cells that are empty are absent.
type Sheet struct {
	Name   string
	Hidden bool
	Last   int // number of the last row with a cell
	// Comments are the notes pinned to cells, the replies of a thread one a line.
	Comments map[Place]string
	cells    map[Place]Cell
	merged   []area
}

// A Place is a cell's column and row, both from 1.
type Place struct{ Column, Row int }

// Ref is the address of a place as spreadsheet programs write it: K12.
func (p Place) Ref() string {
	name := ""
	for c := p.Column; c > 0; c = (c - 1) / 26 {
		name = string(rune('A'+(c-1)%26)) + name
	}
	return fmt.Sprint(name, p.Row)
}

// A Cell is what one cell shows.
type Cell struct {
	Text   string // a number as its digits, a day as 2026-04-01, a formula as the value it had when the file was saved
	Fault  Fault  // why the cell has no value that can be used
	Number bool   // it is a number
}

// A Fault is why a cell's value cannot be used.
type Fault string

// The faults.
const (
	FormulaError   Fault = "formula_error"   // it shows #REF! and the like
	FormulaUnknown Fault = "formula_unknown" // the file does not keep what the formula gave
	TooLong        Fault = "too_long"        // cut at MaxText characters
	Struck         Fault = "struck"          // all of it is struck through; text that is struck in part is left out
)

// At gives a cell; false when it is empty. A cell within a merged area that spans rows has what the area's first cell
// of that column shows: people merge cells to say the same of several rows.
func (s Sheet) At(column, row int) (Cell, bool) {
	p := Place{column, row}
	if c, ok := s.cells[p]; ok {
		return c, true
	}
	for _, a := range s.merged {
		if a.from.Column == column && a.from.Row < row && row <= a.to.Row {
			c, ok := s.cells[a.from]
			return c, ok
		}
	}
	return Cell{}, false
}

// Text is what a cell shows, without blanks around; empty when there is none.
func (s Sheet) Text(column, row int) string {
	c, _ := s.At(column, row)
	return strings.TrimSpace(c.Text)
}

// Columns is the number of the last column in use.
func (s Sheet) Columns() int {
	last := 0
	for p := range s.cells {
		last = max(last, p.Column)
	}
	return last
}

// maxMerged is how many merged areas of a sheet are looked at.
const maxMerged = 2_000

type area struct{ from, to Place }

// Open reads a file. What cannot be read is an error of kind Unreadable that says what the file is and what to do.
func Open(raw []byte) (Book, error) {
	if len(raw) > MaxBytes {
		return Book{}, refuse(lang.F("ファイルが上限の %d MiB を超えています", "the file is larger than the limit of %d MiB", MaxBytes>>20), saveAgain)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return Book{}, refuse(lang.T("中身が空です", "it is empty"), saveAgain)
	}
	if why, next := foreign(raw); !why.IsZero() {
		return Book{}, refuse(why, next)
	}
	if bytes.HasPrefix(raw, []byte("PK")) {
		return openWorkbook(raw)
	}
	return openCSV(raw)
}

func refuse(why, next lang.Text) error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.T("表として読めません", "it cannot be read as a table"), Why: why, Next: next}
}

var (
	saveAgain = lang.T("表計算ソフトで開き、「Excel ブック（.xlsx）」として保存し直してください", "open it in a spreadsheet program and save it again as an Excel workbook (.xlsx)")
	unprotect = lang.T("Excel で開き、［ファイル］→［情報］→［ブックの保護］から暗号化やアクセス制限を外し、.xlsx で保存し直してください",
		"open it in Excel, take off encryption or restricted access under File, Info, Protect Workbook, and save it again as .xlsx")
)

// compound is how files begin that hold other files in the old way of Office (MS-CFB 2.2).
var compound = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// foreign names what is no table that can be read, by its content.
func foreign(raw []byte) (why, next lang.Text) {
	head := raw[:min(len(raw), 1024)]
	switch {
	case bytes.HasPrefix(raw, compound):
		return compoundFile(raw)
	case bytes.HasPrefix(raw, []byte("%PDF-")):
		return lang.T("PDF です", "it is a PDF"), lang.T("元の Excel ファイルを受け取ってください", "ask for the Excel file it was made from")
	case bytes.HasPrefix(raw, []byte("\x09\x08")) || bytes.HasPrefix(raw, []byte("\x09\x04\x06\x00")):
		return lang.T("古い形式の Excel ファイル（.xls）です", "it is an Excel file of the old form (.xls)"), saveAgain
	case bytes.HasPrefix(raw, []byte("PK")) || bytes.ContainsRune(bytes.TrimSpace(raw)[:1], '"'):
		return
	}
	start := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))))
	switch {
	case strings.HasPrefix(start, "<?xml") && strings.Contains(start, "urn:schemas-microsoft-com:office:spreadsheet"):
		return lang.T("XML スプレッドシート 2003 の形式です", "it is an XML Spreadsheet 2003"), saveAgain
	case strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<table"):
		return lang.T("HTML です（名前だけが Excel ファイルになっています）", "it is HTML, whatever its name says"), saveAgain
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "<?xml"):
		return lang.T("表ではなく JSON 又は XML です", "it is JSON or XML and no table"), saveAgain
	case strings.HasPrefix(start, "{\\rtf"):
		return lang.T("リッチテキスト（RTF）です", "it is rich text (RTF)"), saveAgain
	}
	return
}

// compoundFile tells apart what such files hold, by the names in their directory (UTF-16LE): the encrypted package of
// MS-OFFCRYPTO 2.3.1, the rights management of 2.2, or a workbook of the old form.
func compoundFile(raw []byte) (why, next lang.Text) {
	has := func(name string) bool { return bytes.Contains(raw, utf16le(name)) }
	switch {
	case has("DRMEncryptedDataSpace"), has("DRMEncryptedTransform"), has("DRMContent"):
		return lang.T("閲覧制限（権限管理、IRM・秘密度ラベル）のかかった Excel ファイルです", "it is an Excel file under rights management (IRM, a sensitivity label)"), unprotect
	case has("EncryptedPackage"), has("EncryptionInfo"):
		return lang.T("パスワードで暗号化された Excel ファイルです", "it is an Excel file encrypted with a password"), unprotect
	case has("Workbook"), has("Book"):
		return lang.T("古い形式の Excel ファイル（.xls）です", "it is an Excel file of the old form (.xls)"), saveAgain
	case has("WordDocument"):
		return lang.T("古い形式の Word ファイルです", "it is a Word file of the old form"), saveAgain
	}
	return lang.T("古い形式の Office ファイルか、保護されたファイルです", "it is an Office file of the old form, or a protected one"), unprotect
}

func utf16le(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// otherZip names a zip archive that is no workbook.
func otherZip(z *zip.Reader) (why, next lang.Text) {
	for _, f := range z.File {
		switch {
		case f.Flags&1 != 0:
			return lang.T("パスワード付きの zip です", "it is a zip archive with a password"), lang.T("zip を展開し、中の Excel ファイルを渡してください", "unpack it and hand over the Excel file in it")
		case f.Name == "xl/workbook.bin":
			return lang.T("Excel バイナリ ブック（.xlsb）です", "it is an Excel binary workbook (.xlsb)"), saveAgain
		case f.Name == "content.xml":
			return lang.T("OpenDocument 形式（.ods など）です", "it is an OpenDocument file (.ods or the like)"), saveAgain
		case strings.HasPrefix(f.Name, "word/"), strings.HasPrefix(f.Name, "ppt/"):
			return lang.T("Excel ではない Office ファイルです", "it is an Office file, but not of Excel"), saveAgain
		}
	}
	return lang.T("Excel ファイルではない zip です", "it is a zip archive and no Excel file"), lang.T("zip を展開し、中の Excel ファイルを渡してください", "unpack it and hand over the Excel file in it")
}
