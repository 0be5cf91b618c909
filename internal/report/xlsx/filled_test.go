package xlsx

import (
	"bytes"
	"strings"
	"testing"

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
