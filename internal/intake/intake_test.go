package intake_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
)

func TestWhatComesInIsMatchedAndJudged(t *testing.T) {
	d := open(t)
	_, release := d.Product()
	receipts := d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)},
		ingest.Arrival{Name: "broken.json", Body: strings.NewReader(`{"bomFormat":`)})
	if !receipts[0].Accepted || receipts[1].Accepted || len(receipts[1].Problems) == 0 {
		t.Fatalf("receipts: %+v", receipts)
	}
	if e, err := portfolio.AffectedBy(t.Context(), d.DB, "CVE-2021-44228"); err != nil || len(e.Releases) != 0 || len(e.Caveats) == 0 {
		t.Errorf("without advisories the answer must say that nothing was looked at: %+v, %v", e, err)
	}
	d.Advisories()
	e, err := portfolio.AffectedBy(t.Context(), d.DB, "cve-2021-44228")
	d.Must(err)
	if len(e.Releases) != 1 || e.Releases[0].Component != "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1" || len(e.Releases[0].Parties) != 1 {
		t.Errorf("affected: %+v", e.Releases)
	}
	unseen := slices.ContainsFunc(e.Caveats, func(c lang.Text) bool { return strings.Contains(c.EN, "could not be looked up") })
	if !unseen {
		t.Errorf("the component without a package URL goes unmentioned: %v", e.Caveats)
	}
	if rows := d.Rows(release); len(rows) != 10 {
		t.Errorf("%d duties, a supplier at the minimum level has 10", len(rows))
	}
	again := d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	if !again[0].Known {
		t.Error("the same bytes about the same release are not known")
	}
}
