package threagile_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/threagile"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) { readtest.Golden(t, threagile.Read, "shop.yaml") }

func TestRefused(t *testing.T) {
	const head = "threagile_version: 1.0.0\ntitle: a\n"
	readtest.Refused(t, threagile.Read, [][4]string{
		{"malformed", head + "x: [\n", "line 3, column 4", "malformed"},
		{"no version", "title: a\n", "/threagile_version", "missing"},
		{"no title", "threagile_version: 1.0.0\n", "/title", "missing"},
		{"assets a list", head + "technical_assets: [a]\n", "/technical_assets", "not a mapping"},
		{"asset a text", head + "technical_assets:\n  a: b\n", "/technical_assets/a", "not a mapping"},
		{"links a text", head + "technical_assets:\n  a:\n    communication_links: b\n", "/technical_assets/a/communication_links", "not a mapping"},
		{"a list", "- threagile_version: 1\n", "", "not an object"},
	})
}

// TestReal walks the models of the sample data.
func TestReal(t *testing.T) {
	var out strings.Builder
	for name, b := range testshared.Files(t, "threat-models/threagile") {
		if !threagile.Match(b) {
			t.Errorf("%s: not recognised", name)
		}
		r, err := threagile.Read(b)
		if err != nil {
			fmt.Fprintf(&out, "%s: refused: %v\n", name, readtest.IsRefusal(t, name, err))
			continue
		}
		m := r.Facts[0].Data.(*fact.ThreatModel)
		fmt.Fprintf(&out, "%s: %s, %d components, %d zones, %d flows, %d data assets, %d risks (%d open, %d mitigated, %d accepted), %d doubts\n",
			name, m.SpecVersion, m.Components, m.TrustZones, m.DataFlows, m.Assets, m.Total(), m.Open, m.Mitigated, m.Accepted, len(r.Problems))
	}
	golden.Compare(t, "testdata/real.golden", out.String())
}

func FuzzRead(f *testing.F) { readtest.Fuzz(f, threagile.Match, threagile.Read, "shop.yaml") }
