package otm_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read/otm"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) { readtest.Golden(t, otm.Read, "shop.json", "small.yaml") }

func TestRefused(t *testing.T) {
	doc := func(rest string) string {
		return `{"otmVersion":"0.2.0","project":{"name":"a","id":"b"},` + rest + `}`
	}
	readtest.Refused(t, otm.Read, [][4]string{
		{"cut off", doc("")[:12], "line 1, column 13", "before it is complete"},
		{"no version", `{"project":{"name":"a","id":"b"}}`, "/otmVersion", "missing"},
		{"version of another time", `{"otmVersion":"1.0","project":{}}`, "/otmVersion", "1.0"},
		{"no project", `{"otmVersion":"0.2.0"}`, "/project/id", "missing"},
		{"components no list", doc(`"components":{}`), "/components", "not a list"},
		{"component a number", doc(`"components":[1]`), "/components/0", "not an object"},
		{"component without a type", doc(`"components":[{"id":"a","name":"b"}]`), "/components/0/type", "type"},
		{"flow to nowhere", doc(`"dataflows":[{"id":"a","name":"b","source":"c"}]`), "/dataflows/0/destination", "destination"},
		{"threat of no name", doc(`"components":[{"id":"a","name":"b","type":"c","threats":[{"state":"x"}]}]`), "/components/0/threats/0/threat", "threat"},
		{"YAML", "otmVersion: 0.2.0\nproject: [\n", "line 2, column 10", "malformed"},
	})
}

// TestReal walks every model of the sample data. The golden file tells what each holds, or why it is refused.
func TestReal(t *testing.T) {
	var out strings.Builder
	for _, dir := range []string{"threat-models/otm", "threat-models/threat-dragon"} {
		for name, b := range testshared.Files(t, dir) {
			if !otm.Match(b) {
				if dir == "threat-models/otm" {
					fmt.Fprintf(&out, "%s: not recognised (%d bytes)\n", name, len(b))
				}
				continue
			}
			r, err := otm.Read(b)
			if err != nil {
				fmt.Fprintf(&out, "%s: refused: %v\n", name, readtest.IsRefusal(t, name, err))
				continue
			}
			m := r.Facts[0].Data.(*fact.ThreatModel)
			fmt.Fprintf(&out, "%s: %s, %d components, %d zones, %d flows, %d threats (%d open, %d undecided), %d doubts\n",
				name, m.SpecVersion, m.Components, m.TrustZones, m.DataFlows, m.Total(), m.Open, m.Undecided, len(r.Problems))
		}
	}
	golden.Compare(t, "testdata/real.golden", out.String())
}

func FuzzRead(f *testing.F) { readtest.Fuzz(f, otm.Match, otm.Read, "shop.json", "small.yaml") }
