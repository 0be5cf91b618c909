package judging_test

import (
	"testing"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/desktest"
)

func TestStaleStatusIsNeverShownAsMet(t *testing.T) {
	d := desktest.Open(t)
	software, release := d.Product()
	d.State(software, release, desktest.Start.AddDate(0, 1, 0))
	d.Now = desktest.Start.AddDate(0, 1, 1)
	for _, r := range d.Rows(release) { // nothing was judged again
		if s := assess.Status(r.Status); s == assess.Met || s == assess.NotApplicable {
			t.Errorf("%s reads as %s past %s", r.Requirement, s, r.ValidUntil)
		}
	}
}
