package office_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

var returnSheets = flag.Bool("returned", false, "make the returned sheets in testdata/returned anew")

// filled is a workspace with one software whose statuses are set and not judged, so that the golden previews below do not
// move with the checks.
func filled(t *testing.T) (d *desk, software, release string) {
	t.Helper()
	d = open(t)
	d.Must(judging.SaveModel(t.Context(), d.DB, desktest.Author, chain.Model{Parties: []chain.Party{{ID: "us", Name: "株式会社見本ソフト", Self: true}}}))
	s, err := judging.Find(t.Context(), d.DB, desktest.Author, judging.Target{Software: "見本会計", Release: "3.2.1", Create: true,
		Roles: []guideline.Role{guideline.Developer}, Level: guideline.Minimum})
	d.Must(err)
	r, err := d.DB.ReleaseByID(t.Context(), s.ID)
	d.Must(err)
	m, err := d.DB.LoadModel(t.Context())
	d.Must(err)
	receipts := d.Push(r.ID, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	statuses := []store.DutyStatus{}
	for _, duty := range chain.Duties(guideline.Default(), m) {
		v := store.DutyStatus{DutyKey: store.DutyKey{Arrangement: duty.Arrangement, Party: duty.Party, Role: duty.Role, Requirement: duty.Requirement, Subject: s},
			Stance: duty.Stance, Level: duty.Level, Status: string(verify.NotAssessed), Basis: "automatic", JudgedAt: desktest.Start,
			Reasons: []lang.Text{lang.T("まだ確かめられていません。", "not looked at yet")}}
		switch duty.Requirement {
		case "S(1)-1.1":
			v.Status, v.Reasons, v.Evidence = "met", []lang.Text{lang.T("脅威モデルがあります。", "there is a threat model")}, []string{receipts[0].Digest}
		case "S(1)-1.2":
			v.Status, v.Reasons = "partly_met", []lang.Text{lang.T("=設計レビューの記録が2件足りません。", "=two records are missing")}
		case "S(1)-2.1":
			v.Status, v.Reasons = "not_met", []lang.Text{lang.T("記録がありません。", "there is no record")}
		}
		statuses = append(statuses, v)
	}
	d.Must(d.DB.InTx(t.Context(), desktest.Author, func(tx *store.Tx) error {
		_, _, err := tx.SaveStatuses(t.Context(), statuses)
		if err != nil {
			return err
		}
		return tx.Audit(t.Context(), "judged", store.Object{Kind: "release", ID: r.ID}, nil)
	}))
	return d, r.Software, r.ID
}

func (d *desk) exported(software, release string) []byte {
	d.Helper()
	var b bytes.Buffer
	d.Must(office.Checklist(d.Context(), d.DB, &b, lang.JA, software, release))
	return b.Bytes()
}

// What nobody touched comes back without a change, guarded texts included; through LibreOffice too where it is at hand.
func TestUntouchedSheetChangesNothing(t *testing.T) {
	d, software, release := filled(t)
	raw := d.exported(software, release)
	var table bytes.Buffer
	in, err := office.ChecklistOf(t.Context(), d.DB, lang.JA, software, release)
	d.Must(err)
	d.Must(xlsx.ChecklistCSV(&table, in))
	for name, file := range map[string]office.SheetFile{
		"workbook": {Name: "list.xlsx", Raw: raw},
		"csv":      {Name: "list.csv", Raw: table.Bytes(), Software: "見本会計", Release: "3.2.1"},
	} {
		p, err := office.PreviewSheet(t.Context(), d.DB, lang.JA, file)
		d.Must(err)
		if len(p.Changes)+len(p.Unreadable)+len(p.Drafts) != 0 || p.Rows != 69 || p.Unchanged != 69 || name == "workbook" && len(p.Ignored) != 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// The committed files of testdata/returned are what people send back. Each preview is held to the golden file beside it.
func TestReturnedSheets(t *testing.T) {
	d, software, release := filled(t)
	if *returnSheets {
		makeReturned(t, d.exported(software, release))
	}
	files, err := filepath.Glob("testdata/returned/*")
	d.Must(err)
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, ".golden.json") })
	if len(files) < 6 {
		t.Fatalf("only %d files", len(files))
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			raw, err := os.ReadFile(f)
			d.Must(err)
			p, err := office.PreviewSheet(t.Context(), d.DB, lang.JA, office.SheetFile{Name: filepath.Base(f), Raw: raw, Software: "見本会計", Release: "3.2.1"})
			d.Must(err)
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", " ")
			p.Digest = "" // the file is beside it
			d.Must(e.Encode(p))
			golden.Compare(t, f+".golden.json", b.String())
			if len(p.Changes) == 0 {
				t.Error("nothing was read from it")
			}
			for _, s := range p.Unreadable {
				if s.Cell == "" || s.What == "" || s.Next == "" {
					t.Errorf("a cell without address, reason or advice: %+v", s)
				}
			}
		})
	}
}

// makeReturned fills exported workbooks the way people do. LibreOffice's file is made by hand: see its case.
func makeReturned(t *testing.T, raw []byte) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll("testdata/returned", 0o755))
	const sheet = "要求事項チェックリスト"
	edit := func(name string, change func(f *excelize.File)) {
		t.Helper()
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		must(err)
		for _, s := range f.GetSheetList() {
			must(f.UnprotectSheet(s))
		}
		change(f)
		must(f.SaveAs("testdata/returned/" + name))
	}
	set := func(f *excelize.File, sheet string, cells map[string]any) {
		t.Helper()
		for cell, v := range cells {
			must(f.SetCellValue(sheet, cell, v))
		}
	}
	row := func(id guideline.ID) int { // of an exported sheet
		return 6 + slices.IndexFunc(guideline.Default().Individuals(), func(in guideline.Individual) bool { return in.ID == id })
	}
	at := func(column string, id guideline.ID) string { return fmt.Sprint(column, row(id)) }

	// Filled in as it is: marks for words, full-width ids, merged owners, a Japanese era, hidden rows, a contradiction.
	edit("marks.xlsx", func(f *excelize.File) {
		set(f, sheet, map[string]any{
			at("D", "S(1)-1.1"): "Ｓ（１）－１．１", at("K", "S(1)-1.1"): "○✓済",
			at("K", "S(1)-1.2"): "対応済（6/30レビュー完了）", at("L", "S(1)-1.2"): "'=設計レビューの記録が2件足りません。\n2件を追加しました。", at("O", "S(1)-1.2"): "令和８年１２月１日",
			at("A", "S(1)-2.1"): "レ", at("M", "S(1)-2.1"): "E-001\nE-999",
			at("K", "S(1)-3.2"): "該当なし", at("L", "S(1)-3.2"): "自社で鍵を扱いません。",
			at("K", "S(1)-3.3"): "N/A",
			at("A", "S(1)-3.4"): "☑", at("K", "S(1)-3.4"): "×",
			at("K", "S(2)-1.1"): "△", at("L", "S(2)-1.1"): "一部の部品が未確認です。", at("O", "S(2)-1.1"): "R8.12.末",
			at("K", "S(2)-1.2"): "対応中", at("O", "S(2)-1.2"): "12/25",
			at("N", "S(1)-2.1"): "品質保証部",
			at("K", "S(1)-1.3"): "○", // not asked at this level
		})
		must(f.MergeCell(sheet, at("N", "S(1)-2.1"), fmt.Sprint("N", row("S(1)-2.1")+2)))
		must(f.SetRowVisible(sheet, row("S(2)-1.1"), false))
	})

	// Moved about: the sheet renamed, columns and rows put in, the flat table deleted, notes below and beside.
	edit("moved.xlsx", func(f *excelize.File) {
		set(f, sheet, map[string]any{at("K", "S(1)-2.1"): "対応", at("L", "S(1)-2.1"): "規程 QA-12 に定めました。", at("O", "S(1)-2.1"): "2026年12月25日（金）まで",
			at("P", "S(1)-1.1"): "-3件を\r\n確認中", at("N", "S(2)-1.1"): "例示 花子", fmt.Sprint("P", row("S(6)-2.2")+5): "記入者: 品質保証部　例示 太郎"})
		must(f.InsertRows(sheet, 1, 3))
		must(f.SetCellValue(sheet, "A1", "【社外秘】ご回答　2026年11月"))
		must(f.InsertRows(sheet, row("S(1)-2.1")+3, 1))
		must(f.InsertCols(sheet, "A", 1))
		must(f.SetCellValue(sheet, "A8", "No."))
		must(f.InsertCols(sheet, "M", 1))
		must(f.SetCellValue(sheet, "M8", "社内メモ"))
		must(f.SetCellValue(sheet, "M9", "担当に確認する"))
		must(f.SetSheetName(sheet, "回答（提出用）"))
		must(f.DeleteSheet("データ"))
		must(f.DeleteSheet("表紙"))
	})

	// Answered beside our columns: a column of their own, same as above, lines through cells, a row and a part of a text,
	// comments, plans behind a status, ids with circled numbers, a cell merged over rows.
	edit("beside.xlsx", func(f *excelize.File) {
		struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		must(err)
		set(f, sheet, map[string]any{"T5": "回答", at("T", "S(1)-1.1"): "○", at("T", "S(1)-1.2"): "×",
			at("K", "S(1)-3.2"): "対応（12月予定）", at("K", "S(1)-3.3"): "未着手", at("K", "S(1)-3.4"): "同上", at("N", "S(1)-3.3"): "品質保証部", at("N", "S(1)-3.4"): "〃",
			at("K", "S(2)-1.1"): "○（一部）", at("K", "S(2)-1.2"): "対応", at("K", "S(2)-1.3"): "対応",
			at("D", "S(2)-1.4"): "S①-1.4", at("D", "S(2)-1.5"): "S(2)―1.5", at("K", "S(2)-1.5"): "要対応", at("O", "S(2)-1.5"): "20261225"})
		must(f.SetCellStyle(sheet, at("K", "S(2)-1.2"), at("K", "S(2)-1.2"), struck))
		must(f.SetCellStyle(sheet, at("D", "S(2)-1.3"), at("R", "S(2)-1.3"), struck))
		must(f.SetCellRichText(sheet, at("K", "S(2)-2.1"), []excelize.RichTextRun{{Text: "対応", Font: &excelize.Font{Strike: true}}, {Text: "未対応"}}))
		must(f.AddComment(sheet, excelize.Comment{Cell: at("L", "S(1)-3.3"), Author: "例示", Paragraph: []excelize.RichTextRun{{Text: "委託先に確認中"}}}))
		must(f.MergeCell(sheet, at("O", "S(1)-3.3"), at("O", "S(1)-3.4")))
		must(f.SetCellValue(sheet, at("O", "S(1)-3.3"), "令和9年3月末"))
	})

	// Copied into a new book: no hidden sheet and column, spaced ids, serial numbers, formulas, a row twice, a row of its own.
	book := excelize.NewFile()
	must(book.SetSheetName("Sheet1", "回答"))
	for i, line := range [][]any{
		{"要求番号", "個別要求", "対応状況", "対応内容", "担当者", "完了予定日", "コメント"},
		{"S (1) - 1.1", "", "可", "", "開発部", 46387, ""},
		{"s1-1.2 ※重要", "", "☑ 対応済", "レビュー記録 R-31", "開発部", "2026/12/1", ""},
		{"【S(1)-2.1】", "", "ＯＫ", "", "", "2026/2/30", ""},
		{"S(1)-2.1", "", "×", "別の担当の回答", "", "", ""},
		{"S(9)-1.1", "", "○", "", "", "", ""},
		{"S(2)-1.1", "", "", "", "", "未定", ""},
		{"S(2)-1.2", "", "未着手", nil, nil, "", ""},
		{"以上", "", "", "", "", "", "ご不明な点は品質保証部まで"},
	} {
		must(book.SetSheetRow("回答", fmt.Sprint("B", 3+i), &line))
	}
	must(book.SetCellFormula("回答", "E10", "=A1&B1"))        // the file keeps no value of it
	must(book.SetCellDefault("回答", "E9", "=cmd|'/C calc'")) // a text that looks like a formula
	must(book.SaveAs("testdata/returned/copied.xlsx"))

	// The CSV form, edited in Excel and saved in Shift_JIS, and under a workbook's name.
	d, software, release := filled(t)
	in, err := office.ChecklistOf(t.Context(), d.DB, lang.JA, software, release)
	must(err)
	var table bytes.Buffer
	must(xlsx.ChecklistCSV(&table, in))
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table.Bytes(), []byte("\ufeff")))).ReadAll()
	must(err)
	column := func(name string) int { return slices.Index(records[0], name) }
	for i := range records[1:] {
		r := records[1+i]
		switch r[0] {
		case "S(1)-2.1":
			r[column("status_word")], r[column("reason")] = "○", "ｾｷｭﾘﾃｨ教育の記録を添付しました。"
		case "S(2)-1.1":
			r[column("status")] = "partly_met"
		case "S(2)-1.2":
			r[column("due")], r[column("owner")] = "2026/12/25 0:00", "例示 太郎"
		case "S(2)-3.1":
			r[column("status_word")] = "例外承認つき対応"
		case "S(3)-1.1":
			r[column("status_word")], r[column("reason")], r[column("exception")] = "例外", "専任者の採用を待っています。", "EX-3（令和9年3月31日まで）"
		}
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	must(w.WriteAll(records))
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes(out.Bytes())
	must(err)
	must(os.WriteFile("testdata/returned/shiftjis.csv", sjis, 0o644))
	wide := []byte{0xff, 0xfe} // what Excel calls Unicode text: UTF-16 and tabs
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(out.String(), ",", "\t"))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	must(os.WriteFile("testdata/returned/unicode.txt", wide, 0o644))
	must(os.WriteFile("testdata/returned/named-xlsx.xlsx", append([]byte("\ufeff"), out.Bytes()...), 0o644))
}

// Applying keeps drafts of the person who applies and nothing more; a second time nothing is left to do.
func TestApplySheet(t *testing.T) {
	d, software, release := filled(t)
	raw, err := os.ReadFile("testdata/returned/marks.xlsx")
	d.Must(err)
	file := office.SheetFile{Name: "marks.xlsx", Raw: raw}
	before, err := office.PreviewSheet(t.Context(), d.DB, lang.JA, file)
	d.Must(err)
	if claims, err := d.DB.Claims(t.Context(), store.ClaimFilter{}); err != nil || len(claims) != 0 {
		t.Fatalf("a preview wrote %d claims, %v", len(claims), err)
	}
	if _, err := office.ApplySheet(t.Context(), d.DB, desktest.Author, lang.JA, file, "sha256:other"); lang.KindOf(err) != lang.Conflict {
		t.Errorf("applied though something else was confirmed: %v", err)
	}
	after, err := office.ApplySheet(t.Context(), d.DB, desktest.Author, lang.JA, file, before.Fingerprint())
	d.Must(err)
	claims, err := d.DB.Claims(t.Context(), store.ClaimFilter{Subjects: []fact.Subject{{Kind: fact.Release, ID: release}}})
	d.Must(err)
	if !after.Applied || len(claims) != len(before.Drafts) || len(claims) == 0 {
		t.Fatalf("%d claims of %d drafts", len(claims), len(before.Drafts))
	}
	for _, c := range claims {
		if c.State != evidence.ClaimDraft || c.Author != desktest.Author.Account || c.Approver != "" || c.ExpiresAt.IsZero() || c.Body == "" {
			t.Errorf("not a draft of the author: %+v", c)
		}
	}
	rows := d.Rows(release)
	i := slices.IndexFunc(rows, func(r judging.Row) bool { return r.Requirement == "S(1)-2.1" })
	if rows[i].Status != "not_met" {
		t.Errorf("a sheet changed a judged status to %s", rows[i].Status)
	}
	again, err := office.ApplySheet(t.Context(), d.DB, desktest.Author, lang.JA, file, "")
	d.Must(err)
	if len(again.Drafts) != 0 || again.Applied {
		t.Errorf("a second time it drafts %+v", again.Drafts)
	}
	work, _, err := office.LoadWorklist(t.Context(), d.DB, software)
	d.Must(err)
	if w := work["S(1)-1.2"]; w.Due != "2026-12-01" {
		t.Errorf("working list: %+v", work)
	}
	if w := work["S(1)-2.2"]; w.Owner != "品質保証部" {
		t.Errorf("merged owner: %+v", work)
	}
	in, err := office.ChecklistOf(t.Context(), d.DB, lang.JA, software, release)
	d.Must(err)
	i = slices.IndexFunc(in.Rows, func(r xlsx.Row) bool { return r.ID == "S(2)-1.1" })
	if r := in.Rows[i]; r.Due.Format("2006-01-02") != "2026-12-31" || r.Note != "一部の部品が未確認です。" {
		t.Errorf("the next export does not show it: %+v", r)
	}
}

func TestSheetOfAnotherSoftware(t *testing.T) {
	d, software, release := filled(t)
	raw := d.exported(software, release)
	_, err := office.PreviewSheet(t.Context(), d.DB, lang.JA, office.SheetFile{Raw: raw, Software: "別の製品"})
	if lang.KindOf(err) != lang.Inconsistent {
		t.Errorf("got %v", err)
	}
	_, err = office.PreviewSheet(t.Context(), d.DB, lang.JA, office.SheetFile{Raw: []byte("要求ID,状態\nS(1)-1.1,○\n")})
	if lang.KindOf(err) != lang.Usage {
		t.Errorf("a file that does not say what it is about: %v", err)
	}
}
