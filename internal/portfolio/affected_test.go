package portfolio_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/portfolio"
)

// The pages of an answer, one after the other, are the answer; each says how much there is in all.
func TestPagesOfAnAnswer(t *testing.T) {
	d := open(t)
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "見本株式会社", Self: true}}}
	for s := range 3 {
		software := fmt.Sprint("s", s)
		m.Software = append(m.Software, chain.Software{ID: software, Name: "製品" + software, Kind: chain.Product, Owner: "us"})
		for r := range 3 {
			m.Releases = append(m.Releases, chain.Release{ID: fmt.Sprint(software, "-", r), Software: software, Version: fmt.Sprint(r), ReleasedOn: fmt.Sprintf("2026-0%d-01", 1+r)})
		}
	}
	m.Releases[2].SupportedTo = "2020-01-01"
	d.Must(judging.SaveModel(t.Context(), d.DB, desktest.Author, m))
	for i, r := range m.Releases {
		if i != 4 { // it is in every release but this
			d.Push(r.ID, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(strings.Replace(desktest.SBOM, "a58921a69b79", fmt.Sprintf("a5892100000%d", i), 1))})
		}
	}
	d.Advisories()
	const affectedID = "CVE-2021-44228"
	whole, err := portfolio.AffectedBy(t.Context(), d.DB, affectedID)
	if err != nil || len(whole.Releases) != 8 || len(whole.Spans) < 3 {
		t.Fatalf("%d affected, error %v", len(whole.Releases), err)
	}
	if whole.Total.Affected != len(whole.Releases) || whole.Total.Software != len(whole.Software) {
		t.Errorf("totals %+v of %d", whole.Total, len(whole.Releases))
	}
	var rows []portfolio.AffectedRelease
	for from := 0; from < len(whole.Releases)+2; from += 2 {
		page, err := portfolio.AffectedPage(t.Context(), d.DB, affectedID, portfolio.Page{From: from, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Releases...)
		if page.Total != whole.Total || page.Headline != whole.Headline || !slices.Equal(page.Software, whole.Software) || cmp.Diff(page.Caveats, whole.Caveats) != "" {
			t.Errorf("from %d: %+v %v", from, page.Total, page.Headline)
		}
		for _, s := range page.Spans {
			if !slices.Contains(whole.Spans, s) {
				t.Errorf("from %d: the span %+v is not one of the whole answer's", from, s)
			}
		}
	}
	if diff := cmp.Diff(whole.Releases, rows); diff != "" {
		t.Errorf("(-whole +pages):\n%s", diff)
	}
}
