package pdf_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/pdf"
	"example.org/tasuki/verify"
)

func strict() *model.Configuration {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationStrict
	return c
}

// Somebody else's reader, in its strict mode, finds the file in order, and all of its files inside.
func TestValid(t *testing.T) {
	for name, d := range documents(t) {
		for _, l := range []lang.Lang{lang.JA, lang.EN} {
			b := write(t, d, l)
			if err := api.Validate(bytes.NewReader(b), strict()); err != nil {
				t.Errorf("%s.%s: %v", name, l, err)
			}
			files, err := api.ExtractAttachmentsRaw(bytes.NewReader(b), "", nil, strict())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]byte{}
			for _, f := range files {
				var content bytes.Buffer
				if _, err := content.ReadFrom(f); err != nil {
					t.Fatal(err)
				}
				got[f.FileName] = content.Bytes()
			}
			var inside struct {
				Declaration verify.Declaration `json:"declaration"`
				Answers     []*verify.Answer   `json:"answers"`
			}
			if err := json.Unmarshal(got["content.json"], &inside); err != nil || inside.Declaration.ID != d.ID || len(inside.Answers) != len(d.Answers) {
				t.Errorf("%s: the content inside is %d bytes, %v", name, len(got["content.json"]), err)
			}
			printed := got["declaration.dsse.json"]
			if d.Signed == nil {
				printed = got["content.json"]
			}
			if verify.Digest(printed) != d.Digest() {
				t.Errorf("%s: what is inside has not the digest that stands on the paper", name)
			}
			if len(files) != map[bool]int{true: 2, false: 1}[d.Signed != nil] {
				t.Errorf("%s: %d files inside", name, len(files))
			}
		}
	}
}

// Bookmarks nest: what the annex of answers holds stands below it, and each leads somewhere.
func TestBookmarks(t *testing.T) {
	marks, err := api.Bookmarks(bytes.NewReader(write(t, documents(t)["report"], lang.JA)), strict())
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, m := range marks {
		if m.PageFrom == 0 {
			t.Errorf("%s leads nowhere", m.Title)
		}
		titles = append(titles, m.Title)
		for _, k := range m.Kids {
			titles = append(titles, "  "+k.Title)
		}
	}
	got := strings.Join(titles, "\n")
	for _, want := range []string{"対応状況報告書\n別紙1", "別紙2　責務ごとの回答\n  S(1) ", "  S(5) ", "\n別紙3"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What a reader by ear is told: the language, the title, headings, tables with heads, and words for pictures; what is
// repeated on every page is left out.
func TestTagged(t *testing.T) {
	tool, err := exec.LookPath("pdfinfo")
	if err != nil {
		t.Skip("NOT CHECKED: pdfinfo (poppler) is not here, so the tags of the PDF were not read back")
	}
	d := documents(t)["declaration"]
	b := write(t, d, lang.EN)
	if !bytes.Contains(b, []byte("/Lang (en)")) || !bytes.Contains(b, []byte("/DisplayDocTitle true")) {
		t.Error("language or title is not said")
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-struct-text", file).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	got := string(out)
	for _, want := range []string{"H1 (block)\n    \"Self-Declaration of Conformity\"", "H2 (block)\n    \"Issuer\"", "Table (block)", "TH", "TD", "Figure", d.Issuer.Address} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in the structure", want)
		}
	}
	for _, never := range []string{"1 / ", "Syntax Error", "Syntax Warning"} {
		if strings.Contains(got, never) {
			t.Errorf("%q in the structure", never)
		}
	}
}

// The QR code on the rendered page holds the digest of the bundle.
func TestCodeLeadsToTheDigest(t *testing.T) {
	render, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip("NOT CHECKED: pdftoppm (poppler) is not here, so the QR code was not read back")
	}
	read, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("NOT CHECKED: zbarimg is not here, so the QR code was not read back")
	}
	d := documents(t)["declaration"]
	dir := t.TempDir()
	file := filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(file, write(t, d, lang.JA), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(render, "-r", "150", "-f", "1", "-l", "1", "-png", file, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "page*.png"))
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	out, err := exec.Command(read, "--quiet", "--raw", pages[0]).Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != d.Signed.Bundle {
		t.Errorf("%q, %v; want %q", got, err, d.Signed.Bundle)
	}
	inMargins(t, pages[0])
}

// inMargins fails when something is drawn where no printer prints.
func inMargins(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	edge := 150 / 5 // about 5 mm
	inner := page.Bounds().Inset(edge)
	for y := page.Bounds().Min.Y; y < page.Bounds().Max.Y; y++ {
		for x := page.Bounds().Min.X; x < page.Bounds().Max.X; x++ {
			if r, _, _, _ := page.At(x, y).RGBA(); r < 0x8000 && !(image.Point{X: x, Y: y}).In(inner) {
				t.Fatalf("something is drawn at %d, %d", x, y)
			}
		}
	}
}

// Whom the paper is handed to, and how its years are written.
func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		o    pdf.Options
		want []string
		not  string
	}{
		{pdf.Options{Lang: lang.JA, To: "例示商事株式会社"}, []string{"例示商事株式会社 御中", "2026年4月1日（令和8年4月1日）"}, " 様"},
		{pdf.Options{Lang: lang.JA, To: "例示商事株式会社", Person: "調達部長 例示 花子", Dates: "era"}, []string{"例示 花子 様", "発行日 令和8年4月1日"}, "2026年4月1日"},
		{pdf.Options{Lang: lang.JA, Dates: "western"}, []string{"発行日 2026年4月1日"}, "令和"},
		{pdf.Options{Lang: lang.EN, To: "Example Trading K.K.", Dates: "era"}, []string{"Example Trading K.K.", "1 April 2026"}, "御中"},
	} {
		var b bytes.Buffer
		if err := pdf.Write(&b, documents(t)["declaration"], tt.o); err != nil {
			t.Fatal(err)
		}
		got := text(t, b.Bytes())
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%+v: no %s", tt.o, want)
			}
		}
		if strings.Contains(got, tt.not) {
			t.Errorf("%+v: %s", tt.o, tt.not)
		}
	}
}

// A withheld answer is not in the content inside the paper either.
func TestAttachmentKeepsWhatIsWithheld(t *testing.T) {
	d := documents(t)["report"]
	content, err := d.Content()
	if err != nil {
		t.Fatal(err)
	}
	var inside struct {
		Answers []*verify.Answer `json:"answers"`
	}
	if err := json.Unmarshal(content, &inside); err != nil {
		t.Fatal(err)
	}
	for i, a := range inside.Answers {
		if (a == nil) != (d.Answers[i] == nil) {
			t.Errorf("answer %d", i)
		}
	}
	if len(d.Withheld) == 0 {
		t.Error("the sample withholds nothing")
	}
}
