package judging_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// Every practice that the form rests on is in the guideline's table; a statement is covered when every duty behind it is
// met, and names what is open otherwise.
func TestCISAForm(t *testing.T) {
	sheet := judging.StatusSheet{Software: "Shop", Release: "1.0"}
	for _, in := range guideline.Default().Individuals() {
		for _, r := range in.Roles {
			sheet.Duties = append(sheet.Duties, judging.StatusLine{ID: in.ID, Role: r, Status: "met"})
		}
	}
	form, err := judging.CISAForm(sheet, lang.EN)
	if err != nil || len(form) != 4 {
		t.Fatal(len(form), err)
	}
	for _, s := range form {
		if s.State != judging.Covered || len(s.Open) != 0 {
			t.Errorf("statement %d with every duty met: %s, open %v", s.Number, s.State, s.Open)
		}
		for _, p := range s.Practices {
			if p.Title == "" {
				t.Errorf("statement %d rests on %s, which the guideline's table does not have", s.Number, p.ID)
			}
		}
	}
	open := form[0].Duties[0]
	i := slices.IndexFunc(sheet.Duties, func(d judging.StatusLine) bool { return d.ID == open.ID && d.Role == open.Role })
	sheet.Duties[i].Status = "not_met"
	form, err = judging.CISAForm(sheet, lang.EN)
	if err != nil || form[0].State != judging.PartlyCovered || len(form[0].Open) != 1 {
		t.Errorf("with one open: %+v, %v", form[0].Open, err)
	}
	text := judging.CISAText(sheet, form, "Example Co", lang.EN)
	for _, want := range []string{"OMB M-26-05", "Example Co", "Shop 1.0", "## 4.", "| PO.5.1 |", string(open.ID)} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft does not say %q", want)
		}
	}
}
