package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

const (
	bookXML = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`
	relsXML = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`
	stylesXML  = `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="[$-ja-JP]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="201" formatCode="0.00E+00"/><numFmt numFmtId="202" formatCode="General&quot;day&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="202"/></cellXfs></styleSheet>`
	stringsXML = `<sst><si><t>単純</t></si><si><r><t>太</t></r><r><t xml:space="preserve">字 </t></r><rPh sb="0" eb="1"><t>フト</t></rPh><phoneticPr fontId="1"/></si><si><t>一_x000D_
二</t></si></sst>`
)

func book(t testing.TB, sheet string) []byte {
	return testshared.Zip(t, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", relsXML, "xl/styles.xml", stylesXML, "xl/sharedStrings.xml", stringsXML,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+sheet+`</worksheet>`)
}

// A line through a cell is a fault, a line through part of it takes that part away; comments are kept by their cells, and
// threads take the place of the notes that stand in for them.
func TestStruckAndComments(t *testing.T) {
	const threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
	b, err := Open(testshared.Zip(t, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", relsXML,
		"xl/styles.xml", `<styleSheet><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts><cellXfs><xf/><xf fontId="1"/><xf fontId="2"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml", `<sst><si><r><rPr><strike/></rPr><t>古い</t></r><r><rPr/><t>新しい</t></r></si><si><r><rPr><strike val="1"/></rPr><t>消した</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c s="1"><v>1</v></c><c s="2"><v>2</v></c><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><f>A1</f><v></v></c><c t="str"><f>A1</f><v></v></c></row></sheetData></worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships><Relationship Id="a" Type="http://x/comments" Target="../comments1.xml"/><Relationship Id="b" Type="http://x/threadedComment" Target="../threads1.xml"/></Relationships>`,
		"xl/comments1.xml", `<comments><commentList><comment ref="A1"><text><r><t>山田:</t></r><r><t>4月に</t></r></text></comment><comment ref="B1"><text><t>[Threaded comment]</t></text></comment></commentList></comments>`,
		"xl/threads1.xml", `<ThreadedComments xmlns="`+threads+`"><threadedComment ref="B1"><text>いつ</text></threadedComment><threadedComment ref="B1"><text>5月</text></threadedComment></ThreadedComments>`))
	if err != nil {
		t.Fatal(err)
	}
	s := b.Sheets[0]
	want := []Cell{{Text: "1", Fault: Struck, Number: true}, {Text: "2", Number: true}, {Text: "新しい"}, {Text: "消した", Fault: Struck}, {Fault: FormulaUnknown}, {}}
	for i, w := range want {
		if c, _ := s.At(i+1, 1); c != w {
			t.Errorf("column %d: %+v, want %+v", i+1, c, w)
		}
	}
	if s.Comments[Place{1, 1}] != "山田:4月に" || s.Comments[Place{2, 1}] != "いつ\n5月" {
		t.Errorf("comments %v", s.Comments)
	}
}

func TestCells(t *testing.T) {
	b, err := Open(book(t, `<row r="2"><c r="A2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>中</t></is></c><c t="b"><v>1</v></c>`+
		`<c t="e"><v>#REF!</v></c><c><f>1+1</f><v>2</v></c><c><f>1+1</f></c><c s="1"><v>46113</v></c><c s="2"><v>46113.5</v></c><c s="3"><v>46113</v></c><c s="4"><v>3</v></c>`+
		`<c t="str"><f>x</f><v>式の値</v></c><c t="s"><v>2</v></c></row><row><c r="B3"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>`))
	if err != nil {
		t.Fatal(err)
	}
	s := b.Sheets[0]
	for ref, want := range map[string]string{"A2": "単純", "B2": "太字 ", "C2": "中", "D2": "TRUE", "F2": "2", "H2": "2026-04-01", "I2": "2026-04-01", "J2": "46113",
		"K2": "3", "L2": "式の値", "M2": "一\n二", "A3": "単純", "A4": "単純", "A5": "", "B3": "1"} {
		p, _ := parseRef(ref)
		if c, _ := s.At(p.Column, p.Row); c.Text != want {
			t.Errorf("%s = %q, want %q", ref, c.Text, want)
		}
	}
	if c, _ := s.At(5, 2); c.Fault != FormulaError {
		t.Errorf("an error: %+v", c)
	}
	if c, _ := s.At(7, 2); c.Fault != FormulaUnknown {
		t.Errorf("a formula without value: %+v", c)
	}
	if s.Name != "表" || s.Last != 3 {
		t.Errorf("%q ends at %d", s.Name, s.Last)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	cfb := func(name string) []byte {
		return append(append(bytes.Clone(compound), make([]byte, 600)...), utf16le(name)...)
	}
	encrypted := func() []byte {
		f := excelize.NewFile()
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		out, err := excelize.Encrypt(b.Bytes(), &excelize.Options{Password: "secret"})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	long := strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 10)
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"encrypted":   {encrypted(), "encrypted with a password"},
		"rights":      {cfb("DRMEncryptedDataSpace"), "rights management"},
		"xls":         {cfb("Workbook"), "old form (.xls)"},
		"doc":         {cfb("WordDocument"), "Word"},
		"other":       {cfb("?"), "protected"},
		"biff":        {[]byte("\x09\x08\x10\x00\x00\x06\x05\x00"), "old form (.xls)"},
		"html":        {[]byte("<html><table>"), "HTML"},
		"xml":         {[]byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "XML Spreadsheet 2003"},
		"json":        {[]byte(`{"a":1}`), "JSON"},
		"pdf":         {[]byte("%PDF-1.7"), "PDF"},
		"empty":       {[]byte(" \n"), "empty"},
		"ods":         {testshared.Zip(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<a/>"), "OpenDocument"},
		"xlsb":        {testshared.Zip(t, "xl/workbook.bin", "x"), ".xlsb"},
		"docx":        {testshared.Zip(t, "word/document.xml", "x"), "not of Excel"},
		"zip":         {testshared.Zip(t, "a.txt", "x"), "zip archive"},
		"damaged":     {[]byte("PK\x03\x04 and nothing"), "damaged"},
		"no rels":     {testshared.Zip(t, "xl/workbook.xml", bookXML), "damaged"},
		"cut":         {book(t, `<row><c`), "damaged"},
		"far row":     {book(t, fmt.Sprintf(`<row r="%d"><c><v>1</v></c></row></sheetData>`, MaxRows+1)), "too many"},
		"bomb":        {book(t, strings.Repeat(" ", MaxPart)), "too many"},
		"binary":      {[]byte("\x89PNG\x00\x01"), "neither a table nor a text"},
		"no encoding": {[]byte("a,\x81\n\xff\xff"), "neither UTF-8 nor Shift_JIS"},
	} {
		_, err := Open(c.raw)
		var e *lang.Error
		if !errors.As(err, &e) || e.Kind != lang.Unreadable || !strings.Contains(e.Why.EN, c.want) || e.Next.IsZero() {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if b, err := Open(book(t, long+"</sheetData>")); err != nil || len(b.Sheets[0].cells) != 0 {
		t.Errorf("cells far to the right: %v", err)
	}
}

func TestCodings(t *testing.T) {
	const text = "要求ID,状態\r\nS(1)-1.1,\"対応\r\n済\"\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(text, ",", "\t"))) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	for want, raw := range map[string][]byte{"UTF-8": []byte("\ufeff" + text), "Shift_JIS": sjis, "UTF-16": wide} {
		b, err := Open(raw)
		if err != nil {
			t.Fatal(err)
		}
		s := b.Sheets[0]
		if b.Coding != want || s.Text(1, 1) != "要求ID" || s.Text(2, 2) != "対応\n済" || s.Last != 2 {
			t.Errorf("%s: %q %+v", want, b.Coding, s)
		}
	}
}

func TestSerial(t *testing.T) {
	for n, want := range map[float64]string{61: "1900-03-01", 46113: "2026-04-01", 46113.99: "2026-04-01"} {
		if d, ok := Serial(n); !ok || d.Format(time.DateOnly) != want {
			t.Errorf("%v: %v %v, want %s", n, d, ok, want)
		}
	}
	for _, n := range []float64{0, -1, 1e9} {
		if d, ok := Serial(n); ok {
			t.Errorf("%v: %v", n, d)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add(book(f, `<row><c t="s"><v>1</v></c></row></sheetData>`))
	f.Add(append(bytes.Clone(compound), 0))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := Open(raw)
		if err == nil && b.Format == "" {
			t.Error("read as nothing")
		}
		if err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%v", err)
		}
	})
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Fuzz(func(t *testing.T, xml string) {
		b, err := Open(book(t, xml))
		if err != nil {
			return
		}
		for _, s := range b.Sheets {
			for row := range s.Last {
				s.At(1, row+1)
			}
		}
	})
}
