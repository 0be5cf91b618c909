package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"testing"

	"example.org/tasuki/internal/lang"
)

// A printed page begins with each category but the last, which follows on.
func TestPagesBeginWithCategories(t *testing.T) {
	raw := write(t, example(lang.JA))
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`<brk [^>]*id="(21|34|43|62)"`).FindAll(sheet, -1)); n != 4 {
		t.Errorf("%d of 4 breaks above S(2), S(3), S(4) and S(5)", n)
	}
}

func TestEvidenceCell(t *testing.T) {
	for want, ids := range map[string][]string{"": nil, "E-001": {"E-001"}, "E-001 E-002": {"E-001", "E-002"}, "E-008~E-010 R-001": {"E-008", "E-009", "E-010", "R-001"},
		"a b": {"a", "b"}, "R-1 R-3~R-5": {"R-1", "R-3", "R-4", "R-5"}} {
		if got := EvidenceCell(ids, " "); got != want {
			t.Errorf("%v: %q", ids, got)
		}
	}
}
