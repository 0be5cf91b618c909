package threatdragon_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/threatdragon"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) { readtest.Golden(t, threatdragon.Read, "shop.json", "old.json") }

func TestRefused(t *testing.T) {
	doc := func(diagrams string) string {
		return `{"version":"2.0","summary":{"title":"a"},"detail":{"diagrams":` + diagrams + `}}`
	}
	readtest.Refused(t, threatdragon.Read, [][4]string{
		{"cut off", doc("[]")[:12], "line 1, column 13", "before it is complete"},
		{"version of another time", `{"version":"3.0","summary":{"title":"a"},"detail":{"diagrams":[]}}`, "/version", "3.0"},
		{"no title", `{"version":"2.0","summary":{},"detail":{"diagrams":[]}}`, "/summary/title", "missing"},
		{"no diagrams", `{"version":"2.0","summary":{"title":"a"},"detail":{}}`, "/detail/diagrams", "missing"},
		{"diagrams no list", doc("{}"), "/detail/diagrams", "not a list"},
		{"cells no list", doc(`[{"cells":1}]`), "/detail/diagrams/0/cells", "not a list"},
		{"cell a number", doc(`[{"cells":[1]}]`), "/detail/diagrams/0/cells/0", "not an object"},
		{"threat without a title", doc(`[{"cells":[{"shape":"process","data":{"threats":[{}]}}]}]`), "/detail/diagrams/0/cells/0/data/threats/0/title", "title"},
	})
}

// TestReal walks every model of the sample data. The golden file tells what each holds, or why it is refused.
func TestReal(t *testing.T) {
	var out strings.Builder
	for name, b := range testshared.Files(t, "threat-models/threat-dragon") {
		if !threatdragon.Match(b) && !strings.Contains(name, "malformed") {
			fmt.Fprintf(&out, "%s: another format\n", name)
			continue
		}
		r, err := threatdragon.Read(b)
		if err != nil {
			fmt.Fprintf(&out, "%s: refused: %v\n", name, readtest.IsRefusal(t, name, err))
			continue
		}
		if strings.Contains(name, "malformed") {
			t.Errorf("%s was read", name)
		}
		m := r.Facts[0].Data.(*fact.ThreatModel)
		fmt.Fprintf(&out, "%s: %s, %d components, %d zones, %d flows, %d threats (%d open, %d mitigated, %d not applicable, %d undecided), %d doubts\n",
			name, m.SpecVersion, m.Components, m.TrustZones, m.DataFlows, m.Total(), m.Open, m.Mitigated, m.NotApplicable, m.Undecided, len(r.Problems))
	}
	golden.Compare(t, "testdata/real.golden", out.String())
}

func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, threatdragon.Match, threatdragon.Read, "shop.json", "old.json")
}
