package pdf_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/pdf"
	"example.org/tasuki/verify"
)

var update = flag.Bool("update", false, "write the golden files")

// report is a status report in which every status, an exception, an exclusion, a withheld answer, words without
// evidence, a relaxed threshold and more artifacts than the first page shows occur.
func report(t *testing.T) declared.Document {
	t.Helper()
	b := declaretest.Bundle(t, func(in *declare.Input, to *declare.HandOver) {
		in.Scope = append(in.Scope, verify.Scope{Role: guideline.Developer, Party: "開発第一部"})
		in.Answers = declaretest.Answers(*in, in.Answers[0].Evidence...)
		in.Approvals = append(in.Approvals, verify.Approval{Step: verify.Drafted, By: verify.Person{ID: "user-3", Name: "例示 一郎"}, At: declaretest.Now.Add(-time.Hour), Authenticated: "account"})
		in.Assessment.Relaxed = []verify.Relaxed{{Name: "evidence.max_age_days", Default: "365", Value: "500"}}
		for _, name := range []string{"app.rpm", "app.deb", "app.msi"} {
			in.Object.Artifacts = append(in.Object.Artifacts, verify.Artifact{Name: name, Digest: verify.Digest([]byte(name)), Size: 1234567})
		}
		boss := verify.Person{ID: "user-2", Name: "見本 花子", Title: "品質保証部長"}
		for i, s := range []verify.Status{verify.MetWithException, verify.PartlyMet, verify.NotMet, verify.NotApplicable, verify.NotAssessed, verify.Met} {
			a := &in.Answers[i]
			a.Status, a.Evidence = s, nil
			switch s {
			case verify.MetWithException:
				a.Exception = &verify.Exception{ID: "X-1", Reason: "更改までの間、手作業で確認しています。", Approver: boss, Until: declaretest.Now.AddDate(0, 3, 0)}
			case verify.NotApplicable:
				in.Exclusions = append(in.Exclusions, verify.Exclusion{Role: a.Role, Party: a.Party, Requirement: a.Requirement, Reason: "実行ファイルを配布していません。", Approver: boss})
			case verify.Met:
				a.Basis, a.Reasons = verify.Claim, []lang.Text{lang.T("担当者の申告です。", "somebody says so")}
			}
		}
		in.Answers[8].Reasons = []lang.Text{lang.T(strings.Repeat("長い理由でも一行も失われません。", 200), strings.Repeat("No line of a long reason is lost. ", 200))}
		to.Withhold = map[verify.Duty]string{in.Answers[7].Duty(): "契約により非開示"}
	})
	o, err := verify.Open(b)
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return declared.Of(o)
}

func write(t *testing.T, d declared.Document, l lang.Lang) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, d, l); err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return b.Bytes()
}

// text gives what a reader can select and search.
func text(t *testing.T, b []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("NOT CHECKED: pdftotext (poppler) is not here, so the text of the PDF was not read back")
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string // the same words and rows, whatever the width of the columns
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func documents(t *testing.T) map[string]declared.Document {
	good, err := verify.Open(declaretest.Bundle(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	full := report(t)
	var answers []verify.Answer
	for _, a := range declared.Of(good).Answers {
		answers = append(answers, *a)
	}
	unsigned, err := declared.Unsigned(good.Declaration, answers)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]declared.Document{"declaration": declared.Of(good), "report": full, "unsigned": unsigned}
}

func TestText(t *testing.T) {
	for name, d := range documents(t) {
		for _, l := range []lang.Lang{lang.JA, lang.EN} {
			t.Run(name+"."+string(l), func(t *testing.T) {
				got := text(t, write(t, d, l))
				golden := filepath.Join("testdata", name+"."+string(l)+".txt")
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("the text differs from %s (run with -update and look at the difference)", golden)
				}
			})
		}
	}
}

// The whole of a long reason is set, over several pages, and every page says which it is.
func TestNothingIsLost(t *testing.T) {
	d := report(t)
	got := text(t, write(t, d, lang.JA))
	joined := strings.Join(strings.Fields(got), "")
	if n := strings.Count(joined, "一行も失われません"); n < 190 { // a few are split by a page's head
		t.Errorf("%d of 200 sentences", n)
	}
	if !strings.Contains(joined, d.Signed.Bundle) || strings.Count(joined, d.Signed.Declaration) < 2 {
		t.Error("the digests are not on the paper")
	}
	for _, word := range []string{"認証", "違反", "不合格", "certif"} {
		if strings.Contains(strings.ToLower(joined), word) {
			t.Errorf("the paper says %s", word)
		}
	}
}

func TestStructure(t *testing.T) {
	for name, d := range documents(t) {
		b := write(t, d, lang.JA)
		if !bytes.Equal(b, write(t, d, lang.JA)) {
			t.Errorf("%s: two runs differ", name)
		}
		for _, want := range []string{"%PDF-1.7", "/Outlines", "/FontFile2", "/ToUnicode", "/CreationDate(D:20260401180000+09'00')", "%%EOF"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		if len(b) > 400_000 {
			t.Errorf("%s: %d bytes: is the type cut to what is used?", name, len(b))
		}
	}
}

// What the type cannot set is named, and no paper is made.
func TestMissingCharacters(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"𠮷野家例示", "U+20BB7"}, {"葛\U000E0100例示", "U+E0100"}, {"Пример \u0e01", "U+0E01"}, {"例\x07示", "U+0007"},
	} {
		d := documents(t)["declaration"]
		d.Issuer.Name = tt.name
		var b bytes.Buffer
		err := pdf.Write(&b, d, lang.JA)
		if lang.KindOf(err) != lang.Unreadable || !strings.Contains(lang.Explain(err, lang.JA), tt.want) || b.Len() > 0 {
			t.Errorf("%q: %v, %d bytes written", tt.name, err, b.Len())
		}
	}
}
