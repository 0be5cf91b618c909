package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
	"example.org/tasuki/verify"
)

// example is a vendor's answers, with texts that try to be formulas.
func example(l lang.Lang) ChecklistInput {
	in := ChecklistInput{
		Lang: l, Software: "見本会計", Release: "3.2.1", Organisation: "株式会社見本ソフト", Level: guideline.Standard,
		Roles:  []guideline.Role{guideline.Developer, guideline.Supplier},
		Issued: time.Date(2026, 4, 1, 9, 0, 0, 0, calendar.Japan),
		Digest: "sha256:" + strings.Repeat("0123456789abcdef", 4), Request: "REQ-7", Nonce: "n-1",
		Evidence: []Evidence{
			{ID: "E-001", Title: "脅威モデル 見本会計 3.2", Kind: "脅威モデル（OTM）", Digest: "sha256:" + strings.Repeat("ab", 32),
				Received: time.Date(2026, 3, 2, 0, 0, 0, 0, calendar.Japan), ValidUntil: time.Date(2027, 3, 2, 0, 0, 0, 0, calendar.Japan)},
			{ID: "E-002", Title: "=HYPERLINK(\"https://attacker.invalid\")", Kind: "SBOM", Digest: "sha256:" + strings.Repeat("cd", 32),
				Received: time.Date(2026, 3, 20, 0, 0, 0, 0, calendar.Japan)},
		},
		Rows: []Row{
			{ID: "S(1)-1.1", Status: verify.Met, Reason: "脅威モデルがあり、すべての脅威に対応を決めています。", Evidence: []string{"E-001"}, Owner: "開発部 例示 太郎"},
			{ID: "S(1)-1.2", Status: verify.PartlyMet, Reason: "設計レビューの記録が2件足りません。", Owner: "開発部", Due: time.Date(2026, 6, 30, 0, 0, 0, 0, calendar.Japan), Note: "-1件は\r\n確認中"},
			{ID: "S(1)-3.2", Status: verify.NotMet, Reason: "=1+1", Owner: "@all", Due: time.Date(2026, 5, 29, 0, 0, 0, 0, calendar.Japan)},
			{ID: "S(2)-2.3", Status: verify.MetWithException, Reason: "+SBOMの共有は契約先に限ります。", Evidence: []string{"E-001", "E-002"}, Exception: "EX-3（2026-12-31まで）"},
			{ID: "S(2)-3.1", Status: verify.NotApplicable, Reason: "第三者から受け取るものがありません（承認済み）。"},
		},
		Cover: Cover{Number: "別紙1", Addressee: "見本市役所 情報政策課 御中", Edition: "第1版", Contact: "品質保証部",
			Drafted: Stamp{"例示 太郎", time.Date(2026, 3, 30, 0, 0, 0, 0, calendar.Japan)}, Reviewed: Stamp{"例示 花子", time.Date(2026, 3, 31, 0, 0, 0, 0, calendar.Japan)}},
	}
	return in
}

func write(t *testing.T, in ChecklistInput) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Checklist(&out, in); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t *testing.T, raw []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestChecklistCells(t *testing.T) {
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		raw := write(t, example(l))
		if out := os.Getenv("TASUKI_KEEP_XLSX"); out != "" { // to look at it in a spreadsheet program
			if err := os.WriteFile(filepath.Join(out, "checklist."+string(l)+".xlsx"), raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden.Compare(t, "testdata/checklist."+string(l)+".txt", cells(t, open(t, raw)))
	}
}

// cells lists every cell that is not empty. The digest of the catalogue is left out: it changes with every word of it.
func cells(t *testing.T, f *excelize.File) string {
	var out strings.Builder
	for _, sheet := range f.GetSheetList() {
		visible, _ := f.GetSheetVisible(sheet)
		fmt.Fprintf(&out, "== %s visible=%v\n", sheet, visible)
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, v := range row {
				if v = strings.ReplaceAll(v, guideline.Default().Digest(), "<digest>"); v != "" {
					fmt.Fprintf(&out, "%s\t%q\n", at(j+1, i+1), v)
				}
			}
		}
	}
	return out.String()
}

func TestSameInputGivesSameBytes(t *testing.T) {
	first := write(t, example(lang.JA))
	for range 3 {
		if !bytes.Equal(first, write(t, example(lang.JA))) {
			t.Fatal("the bytes differ")
		}
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		for _, unwanted := range []string{"vbaProject", "vmlDrawing", "ctrlProp", "externalLink"} {
			if strings.Contains(part.Name, unwanted) {
				t.Errorf("the workbook has %s", part.Name)
			}
		}
	}
}

// TestAnnexColumns compares columns A to E and G to J with the annex sheet of the guideline. F is in our own words.
func TestAnnexColumns(t *testing.T) {
	raw, err := os.ReadFile(testshared.Dir(t, "..", "guideline", "guideline-ja.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	_, annex, _ := strings.Cut(text[strings.LastIndex(text, "\n6. 本ガイドラインの検討体制"):], "\n要求事項チェックリスト\n")
	f := open(t, write(t, example(lang.JA)))
	sheet := f.GetSheetName(0)
	row, headers := firstRow, 0
	for _, printed := range strings.Split(annex, "\n") {
		fields := strings.Split(printed, "\t")
		for len(fields) < 10 {
			fields = append(fields, "")
		}
		switch {
		case strings.HasPrefix(printed, "\t最低限") && headers == 0:
			headers++
			for j := 1; j < 10; j++ {
				if got, _ := f.GetCellValue(sheet, at(j+1, headRow)); got != fields[j] {
					t.Errorf("header %s is %q, printed %q", at(j+1, headRow), got, fields[j])
				}
			}
		case strings.HasPrefix(printed, "<input"):
			for j := 1; j < 10; j++ {
				got, _ := f.GetCellValue(sheet, at(j+1, row))
				if got == "※" { // D-01: marked in table 5 only
					got = ""
				}
				if j != 5 && got != fields[j] {
					t.Errorf("%s is %q, printed %q", at(j+1, row), got, fields[j])
				}
			}
			row++
		}
	}
	if headers != 1 || row != firstRow+69 {
		t.Errorf("%d headers and %d rows compared", headers, row-firstRow)
	}
}

func TestFormulasStayText(t *testing.T) {
	f := open(t, write(t, example(lang.JA)))
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, v := range row {
				formula, _ := f.GetCellFormula(sheet, at(j+1, i+1))
				kind, _ := f.GetCellType(sheet, at(j+1, i+1))
				if formula != "" || kind == excelize.CellTypeFormula {
					t.Errorf("%s!%s is a formula: %q", sheet, at(j+1, i+1), formula)
				}
				if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
					t.Errorf("%s!%s begins like a formula: %q", sheet, at(j+1, i+1), v)
				}
			}
		}
	}
}

func TestGuard(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "見本": "見本", "=1+1": "'=1+1", "+81": "'+81", "-": "'-", "@SUM": "'@SUM", "\tx": "'\tx", "\rx": "'\rx",
		"＝１": "'＝１", "'quoted": "'quoted", "'=1": "''=1", "a=1": "a=1",
	} {
		if got := Guard(s); got != want || Unguard(got) != s {
			t.Errorf("Guard(%q) = %q, want %q; back: %q", s, got, want, Unguard(got))
		}
	}
}

func FuzzGuard(f *testing.F) {
	for _, s := range []string{"=1", "''=1", "\xff=", "a", "＠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := Guard(s)
		if Unguard(g) != s {
			t.Errorf("%q comes back as %q", s, Unguard(g))
		}
		if g != "" && strings.ContainsAny(g[:1], "=+-@\t\r\n") {
			t.Errorf("%q begins like a formula", g)
		}
	})
}

func TestLongAndBrokenTextsAreCutAloud(t *testing.T) {
	in := example(lang.JA)
	in.Rows[0].Reason = strings.Repeat("あ", 40_000) + "\x00\xff"
	in.Software = "A&B \x01 " + strings.Repeat("長い名前", 200)
	f := open(t, write(t, in))
	got, err := f.GetCellValue(f.GetSheetName(0), fmt.Sprintf("L%d", firstRow))
	if err != nil || !strings.HasSuffix(got, "（以下省略 / cut here）") {
		t.Errorf("%v: %d bytes, no word that it was cut", err, len(got))
	}
}

func TestInputThatContradictsItselfFails(t *testing.T) {
	for name, change := range map[string]func(*ChecklistInput){
		"unknown id":       func(in *ChecklistInput) { in.Rows[0].ID = "S(9)-1.1" },
		"two rows":         func(in *ChecklistInput) { in.Rows[1].ID = in.Rows[0].ID },
		"unknown status":   func(in *ChecklistInput) { in.Rows[0].Status = "done" },
		"unknown evidence": func(in *ChecklistInput) { in.Rows[0].Evidence = []string{"E-404"} },
	} {
		in := example(lang.JA)
		change(&in)
		if err := Checklist(&bytes.Buffer{}, in); err == nil {
			t.Errorf("%s: no error", name)
		}
		if err := ChecklistCSV(&bytes.Buffer{}, in); err == nil {
			t.Errorf("%s: no error from CSV", name)
		}
	}
}

func TestChecklistCSV(t *testing.T) {
	var out bytes.Buffer
	if err := ChecklistCSV(&out, example(lang.JA)); err != nil {
		t.Fatal(err)
	}
	raw, ok := strings.CutPrefix(out.String(), "\uFEFF")
	if !ok {
		t.Error("no byte order mark")
	}
	records, err := csv.NewReader(strings.NewReader(raw)).ReadAll()
	if err != nil || len(records) != 70 {
		t.Fatalf("%d records: %v", len(records), err)
	}
	for i, r := range records[1:] {
		for j, v := range r {
			if v != "" && strings.ContainsAny(v[:1], "=+-@\t\r") {
				t.Errorf("record %d, %s begins like a formula: %q", i+1, records[0][j], v)
			}
		}
	}
	golden.Compare(t, "testdata/checklist.csv.txt", strings.ReplaceAll(out.String(), "\r\n", "\n"))
}

func TestPrintAndDropDowns(t *testing.T) {
	f := open(t, write(t, example(lang.JA)))
	sheet := f.GetSheetName(0)
	layout, err := f.GetPageLayout(sheet)
	if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("%v: %+v", err, layout)
	}
	foot, err := f.GetHeaderFooter(sheet)
	if err != nil || !strings.Contains(foot.OddFooter, "&P / &N") || !strings.Contains(foot.OddFooter, "sha256:0123456789abcdef") {
		t.Errorf("%v: %+v", err, foot)
	}
	titles := ""
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" && n.Scope == sheet {
			titles = n.RefersTo
		}
	}
	if !strings.HasSuffix(titles, "!$4:$5") {
		t.Errorf("rows that repeat: %q", titles)
	}
	lists, err := f.GetDataValidations(sheet)
	if err != nil || len(lists) != 2 {
		t.Fatalf("%v: %d drop-downs", err, len(lists))
	}
	if lists[0].Sqref != "A6:A74" || !strings.Contains(lists[0].Formula1, "☑,☐") {
		t.Errorf("%+v", lists[0])
	}
	if lists[1].Sqref != "K6:K74" || !strings.Contains(lists[1].Formula1, "対応,例外承認つき対応,一部対応,未対応,対象外,未評価") {
		t.Errorf("%+v", lists[1])
	}
	if visible, _ := f.GetColVisible(sheet, "R"); visible {
		t.Error("the id column is visible")
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2026-04-01T00:00:00Z" || props.Modified != props.Created {
		t.Errorf("%v: %+v", err, props)
	}
}
