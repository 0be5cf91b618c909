package assess

import (
	"fmt"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

// BenchmarkJudge judges one deal (all 69 requirements, several parties) over releases of different sizes.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n, " components"), func(b *testing.B) {
			in := benchInput(b, n)
			Judge(in)
			b.ResetTimer()
			for b.Loop() {
				Judge(in)
			}
		})
	}
}

func benchInput(b testing.TB, n int) Input {
	b.Helper()
	sbom := &fact.SBOM{Format: "CycloneDX"}
	for i := range n {
		sbom.Components = append(sbom.Components, fact.Component{Name: fmt.Sprint("c", i), Version: "1", PURL: fmt.Sprintf("pkg:npm/c%d@1", i)})
	}
	m := chain.Model{Parties: []chain.Party{{ID: "acme", Self: true}}, Software: []chain.Software{{ID: "app", Owner: "acme"}},
		Releases: []chain.Release{{ID: "r", Software: "app", Version: "1"}},
		Arrangements: []chain.Arrangement{{ID: "a", Software: "app", Level: guideline.Standard, Engagements: []chain.Engagement{
			{ID: "d", Party: "acme", Role: guideline.Developer}, {ID: "s", Party: "acme", Role: guideline.Supplier}, {ID: "o", Party: "acme", Role: guideline.Operator}, {ID: "c", Party: "acme", Role: guideline.Customer}}}},
		Components: []chain.ComponentRule{{ID: "x", Pattern: "pkg:npm/c1*", Party: "acme"}}}
	return Input{Now: noon, Policy: guideline.DefaultPolicy(), Model: m, Duties: chain.Duties(guideline.Default(), m), Release: "r",
		Facts:   []fact.Fact{{Kind: fact.KindSBOM, Subject: fact.Subject{Kind: fact.Release, ID: "r"}, Document: "sha256:s", Data: sbom}},
		Matches: []Match{{Release: "r", MatchedAt: noon, DataNewest: noon, Components: n}}}
}
