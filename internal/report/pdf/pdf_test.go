package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/declared/declaredtest"
	"example.org/tasuki/internal/report/pdf"
)

func write(t *testing.T, d declared.Document, l lang.Lang) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, d, pdf.Options{Lang: l}); err != nil {
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
	return map[string]declared.Document{"declaration": declaredtest.Declaration(t), "report": declaredtest.Report(t), "unsigned": declaredtest.Unsigned(t)}
}

func TestText(t *testing.T) {
	for name, d := range documents(t) {
		for _, l := range []lang.Lang{lang.JA, lang.EN} {
			t.Run(name+"."+string(l), func(t *testing.T) {
				got := text(t, write(t, d, l))
				golden.Compare(t, filepath.Join("testdata", name+"."+string(l)+".txt"), got)
			})
		}
	}
}

// The whole of a long reason is set, over several pages, and every page says which it is.
func TestNothingIsLost(t *testing.T) {
	d := declaredtest.Report(t)
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
		for _, want := range []string{"%PDF-1.7", "/Outlines", "/FontFile2", "/ToUnicode", "/CreationDate (D:20260401180000+09'00')", "%%EOF"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		if len(b) > 450_000 {
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
		err := pdf.Write(&b, d, pdf.Options{Lang: lang.JA})
		if lang.KindOf(err) != lang.Unreadable || !strings.Contains(lang.Explain(err, lang.JA), tt.want) || b.Len() > 0 {
			t.Errorf("%q: %v, %d bytes written", tt.name, err, b.Len())
		}
	}
}
