package judging_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// What falls between two parties and which component has nobody are found for a release, and go away once somebody answers.
func TestGaps(t *testing.T) {
	d := desktest.Open(t)
	software, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	sheet := func() judging.StatusSheet {
		s, err := judging.SheetOf(t.Context(), d.DB, lang.EN, fact.Subject{Kind: fact.Release, ID: release}, judging.Target{Software: "見本"}, false)
		d.Must(err)
		return s
	}
	rules := func(gaps []judging.GapLine) []string {
		var out []string
		for _, g := range gaps {
			out = append(out, strings.TrimSpace(g.Rule+" "+g.Component))
		}
		return out
	}
	got := rules(sheet().Gaps)
	log4j, nameless := "R-1.4-25 pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "R-1.4-25 nameless 1"
	if !slices.Contains(got, log4j) || !slices.Contains(got, nameless) {
		t.Errorf("components nobody answers for: %q", got)
	}

	m, err := d.DB.LoadModel(t.Context())
	d.Must(err)
	deal := m.Arrangements[slices.IndexFunc(m.Arrangements, func(a chain.Arrangement) bool { return a.Software == software })]
	deal.Engagements = append(deal.Engagements, chain.Engagement{ID: "support", Party: "buyer", Role: guideline.Developer, Stance: guideline.Support, Passed: []guideline.ID{"S(1)-1.1"}})
	d.Must(judging.SaveModel(t.Context(), d.DB, desktest.Author, chain.Model{Arrangements: []chain.Arrangement{deal},
		Components: []chain.ComponentRule{{ID: "c", Pattern: "pkg:maven/org.apache.logging.log4j/*", Party: "buyer"}}}))
	s := sheet()
	got = rules(s.Gaps)
	if slices.Contains(got, log4j) || !slices.Contains(got, nameless) || !slices.Contains(got, "R-4.2-05") {
		t.Errorf("after one was mapped and a supporter engaged: %q", got)
	}
	for _, g := range s.Gaps {
		if g.Rule == "R-4.2-05" && (len(g.Parties) == 0 || g.Parties[0] != "購入者" || g.Next == "") {
			t.Errorf("between whom it falls: %+v", g)
		}
	}
}
