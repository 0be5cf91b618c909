package assess

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/testshared"
)

// Real SBOMs are judged without a fault, and what stands in the way is named.
func TestRealSBOMs(t *testing.T) {
	packed, err := os.Open(filepath.Join(testshared.Dir(t, "sbom"), "sboms.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for archive := tar.NewReader(plain); judged < 20; {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Size == 0 || h.Size > 4<<20 {
			continue
		}
		file := filepath.Base(h.Name)
		raw, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
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
