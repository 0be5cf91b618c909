package xlsx

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// What people write for a status, and what it is taken for; empty: it is asked about.
func TestReadStatus(t *testing.T) {
	for text, want := range map[string]verify.Status{
		"対応": verify.Met, "○": verify.Met, "○✓済": verify.Met, "〇": verify.Met, "◯": verify.Met, "対応済": verify.Met, "対応済み。": verify.Met, "レ": verify.Met, "ﾚ": verify.Met,
		"可": verify.Met, "はい": verify.Met, "ＹＥＳ": verify.Met, "TRUE": verify.Met, "1": verify.Met, "○対応済": verify.Met, "met": verify.Met, "済（4/1）": verify.Met, "✔️": verify.Met,
		"△": verify.PartlyMet, "一部対応": verify.PartlyMet, "一部": verify.PartlyMet, "partly met": verify.PartlyMet, "△一部対応": verify.PartlyMet, "partly_met": verify.PartlyMet,
		"×": verify.NotMet, "✕": verify.NotMet, "未": verify.NotMet, "未対応 6月予定": verify.NotMet, "No": verify.NotMet, "x": verify.NotMet, "対応予定": verify.NotMet,
		"-": verify.NotApplicable, "－": verify.NotApplicable, "該当なし": verify.NotApplicable, "N/A": verify.NotApplicable, "対象外（自社開発なし）": verify.NotApplicable, "ー": verify.NotApplicable,
		"例外承認つき対応": verify.MetWithException, "Met with exception": verify.MetWithException, "未評価": verify.NotAssessed, "？": verify.NotAssessed,
		"要対応": verify.NotMet, "不適合": verify.NotMet, "準拠": verify.Met, "N.A.": verify.NotApplicable,
		"対応中": "", "○×": "", "○未対応": "", "検討": "", "": "", "（）": "", "対応しない": "", "1.5": "",
	} {
		got, ok := readStatus(text)
		if got.status != want || ok != (want != "") {
			t.Errorf("%q is taken for %q, %v, want %q", text, got.status, ok, want)
		}
	}
	if got, _ := readStatus("対応済（4/1 レビュー完了）"); got.remark != "4/1 レビュー完了" {
		t.Errorf("remark %q", got.remark)
	}
}

// A remark that takes back what the status says is asked about.
func TestDoubtedRemarks(t *testing.T) {
	for text, want := range map[string]bool{"対応（2026/12/20予定）": true, "○（一部）": true, "済（夜間を除く）": true, "未対応（対応済）": true, "met (except logs)": true,
		"対応済 ※1": false, "済（4/1 レビュー完了）": false, "未対応 6月予定": false, "対象外（自社開発なし）": false, "○（済）": false} {
		if got, ok := readStatus(text); !ok || got.doubted() != want {
			t.Errorf("%q: %+v, doubted %v", text, got, got.doubted())
		}
	}
}

// What people do beside filling in: an answer column of their own, 同上, lines through cells and rows, comments.
func TestAsPeopleFillIn(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(write(t, example(lang.JA))))
	if err != nil {
		t.Fatal(err)
	}
	sheet := checklistSheet.JA
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.SetCellStr(sheet, "T5", "回答"), f.SetCellStr(sheet, "T6", "×"), f.SetCellStr(sheet, "K7", "×"), f.SetCellStr(sheet, "T7", "○"),
		f.SetCellStr(sheet, "K8", "未"), f.SetCellStr(sheet, "K9", "同上"), f.SetCellStr(sheet, "K10", "〃"),
		f.SetCellStyle(sheet, "K11", "K11", struck), f.SetCellStr(sheet, "K11", "対応"), f.SetCellStyle(sheet, "D12", "R12", struck),
		f.SetCellRichText(sheet, "K13", []excelize.RichTextRun{{Text: "未対応", Font: &excelize.Font{Strike: true}}, {Text: "対応"}}),
		f.SetCellStr(sheet, "K15", "対応（12月予定）"),
		f.AddComment(sheet, excelize.Comment{Cell: "K16", Author: "山田", Paragraph: []excelize.RichTextRun{{Text: "4月に対応予定"}}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadChecklist(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	said := map[int]verify.Status{}
	for _, l := range got.Lines {
		said[l.Row] = l.Cells[StatusField].Status
	}
	for row, want := range map[int]verify.Status{6: verify.NotMet, 7: "", 8: verify.NotMet, 9: verify.NotMet, 10: verify.NotMet, 11: "", 13: verify.Met, 15: ""} {
		if said[row] != want {
			t.Errorf("row %d says %q, want %q", row, said[row], want)
		}
	}
	var spots []string
	for _, s := range slices.Concat(got.Problems, got.Ignored) {
		spots = append(spots, s.Cell+" "+s.What.JA)
	}
	slices.Sort(spots)
	golden.Compare(t, "testdata/people.txt", strings.Join(spots, "\n")+"\n")
}

func TestReadCheck(t *testing.T) {
	for text, want := range map[string]bool{"☑": true, "✓": true, "レ": true, "○": true, "済": true, "1": true, "TRUE": true, "■": true, "☒": true,
		"☐": false, "": false, "×": false, "未": false, "-": false, "0": false, "FALSE": false} {
		if on, ok := readCheck(text); !ok || on != want {
			t.Errorf("%q: %v %v", text, on, ok)
		}
	}
	for _, text := range []string{"△", "あとで", "対応中"} {
		if _, ok := readCheck(text); ok {
			t.Errorf("%q is clear", text)
		}
	}
}

// What the workbook says comes back as it was given, for texts that try to be formulas too.
func TestReadBack(t *testing.T) {
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		in := example(l)
		f, err := ReadChecklist(write(t, in))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Lines) != 69 || len(f.Problems)+len(f.Ignored) != 0 || f.About["software"] != in.Software || f.About["nonce"] != "n-1" || f.Evidence["E-001"] != in.Evidence[0].Digest {
			t.Errorf("%d lines, %+v %+v %v", len(f.Lines), f.Problems, f.Ignored, f.About)
		}
		for _, want := range in.Rows {
			for _, got := range f.Lines {
				if got.ID != want.ID {
					continue
				}
				c := got.Cells
				if c[StatusField].Status != want.Status || c[ReasonField].Text != want.Reason || c[OwnerField].Text != want.Owner || !c[DueField].Day.Equal(want.Due) && !want.Due.IsZero() ||
					c[NoteField].Text != strings.ReplaceAll(want.Note, "\r\n", "\n") || c[ExceptionField].Text != want.Exception || got.Base[ReasonField] != want.Reason {
					t.Errorf("%s came back as %+v", want.ID, c)
				}
			}
		}
		var table bytes.Buffer
		if err := ChecklistCSV(&table, in); err != nil {
			t.Fatal(err)
		}
		if f, err = ReadChecklist(table.Bytes()); err != nil || len(f.Lines) != 69 || len(f.Problems)+len(f.Ignored) != 0 {
			t.Errorf("CSV: %v, %d lines, %+v %+v", err, len(f.Lines), f.Problems, f.Ignored)
		}
	}
}

func TestNoChecklist(t *testing.T) {
	for _, raw := range []string{"a,b\n1,2\n", "要求ID,題名\nS(1)-1.1,x\n"} {
		if _, err := ReadChecklist([]byte(raw)); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func FuzzReadChecklist(f *testing.F) {
	f.Add("要求ID,状態,根拠,期限\nＳ（１）－１．１,○✓済,'=1,R8.4.1\n")
	f.Add("id,status,status_word,check!\ns1-1.1 ※,met,対応,レ\ns1-1.1,,,\nS(9)-1.1,,,x\n")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := ReadChecklist([]byte(text))
		if err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Error(err)
		}
		for _, p := range out.Problems {
			if p.Cell == "" || p.What.IsZero() || p.Next.IsZero() {
				t.Errorf("%+v", p)
			}
		}
	})
}
