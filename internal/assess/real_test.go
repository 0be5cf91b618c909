package assess

import (
	"path/filepath"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/testshared"
)

// Real SBOMs are judged without a fault, and what stands in the way is named.
func TestRealSBOMs(t *testing.T) {
	judged := 0
	for name, raw := range testshared.Files(t, "sbom/sboms.tar.gz") {
		if judged == 20 {
			break
		}
		if len(raw) == 0 || len(raw) > 4<<20 {
			continue
		}
		file := filepath.Base(name)
		reading, err := read.Read(raw)
		if err != nil || len(reading.Facts) == 0 {
			continue
		}
		s, is := reading.Facts[0].Data.(*fact.SBOM)
		parts := 0
		if is {
			for i := range s.Components {
				if answerable(&s.Components[i]) {
					parts++
				}
			}
		}
		if parts == 0 {
			continue
		}
		judged++
		in := baseInput(t)
		f := reading.Facts[0]
		f.Subject, f.Document = fact.Subject{Kind: fact.Release, ID: in.Release}, "sha256:real"
		in.Facts = []fact.Fact{f}
		res := Judge(in)
		for _, o := range append(rowFor(t, res, "S(2)-1.3", "e-dev").Checks, rowFor(t, res, "S(2)-2.3", "e-dev").Checks...) {
			t.Logf("%s: %s: %s", file, o.Check, o.Reason.EN)
			if o.Check == "components-answered" && (o.Verdict != Fail || len(o.Names) != parts) {
				t.Errorf("%s: %d of %d components named: %s", file, len(o.Names), parts, o.Reason.EN)
			}
		}
	}
	if judged == 0 {
		t.Fatal("no SBOM could be read")
	}
}
