package xlsx

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/table"
)

// Another program opens the workbook and saves it: everything people fill in is read back as it was. What it saves in its
// own format, or in the one of 1997, is named for what it is.
func TestSavedByLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT CHECKED: LibreOffice is not here, so no other program has saved the workbook")
	}
	dir := t.TempDir()
	var b bytes.Buffer
	in := example(lang.JA)
	if err := Checklist(&b, in); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "made.xlsx"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	saved := func(format, name string) []byte {
		cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "made.xlsx"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "out", name))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	before, err := ReadChecklist(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	after, err := ReadChecklist(saved("xlsx", "made.xlsx"))
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	if len(after.Problems) > 0 || len(after.Lines) != len(before.Lines) {
		t.Fatalf("%d lines of %d, problems %v", len(after.Lines), len(before.Lines), after.Problems)
	}
	for i, line := range after.Lines {
		for f, answer := range line.Cells {
			was := before.Lines[i].Cells[f]
			if answer.Text != was.Text || answer.Status != was.Status || answer.Checked != was.Checked || !answer.Day.Equal(was.Day) {
				t.Errorf("%s %s: %+v, was %+v", line.ID, f, answer, was)
			}
		}
	}
	for key, want := range before.About {
		if after.About[key] != want {
			t.Errorf("the workbook says %s %q, was %q", key, after.About[key], want)
		}
	}
	for _, other := range []string{"ods", "xls"} {
		if _, err := table.Open(saved(other, "made."+other)); lang.KindOf(err) != lang.Unreadable || !bytes.Contains([]byte(err.Error()), []byte("."+other)) {
			t.Errorf("%s: %v", other, err)
		}
	}
}
