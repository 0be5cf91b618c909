package triage

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"example.org/tasuki/internal/testshared"
)

// TestPublishedTables holds every row of every table against the CSV files that CERT/CC publishes.
func TestPublishedTables(t *testing.T) {
	for file, id := range map[string]string{
		"ssvc/deployer_patch_application_priority_1_0_0.csv": "ssvc:DT_DP:1.0.0",
		"ssvc/supplier_patch_development_priority_1_0_0.csv": "ssvc:DT_SP:1.0.0",
		"ssvc/human_impact_1_0_0.csv":                        "ssvc:DT_HI:1.0.0",
		"ssvc/utility_1_0_0.csv":                             "ssvc:DT_U:1.0.0",
		"ssvc/public_safety_impact_1_0_0.csv":                "ssvc:DT_PSI:1.0.0",
		"cisa/cisa_coordinator_2_0_3.csv":                    "cisa:DT_CO:2.0.3",
	} {
		f, err := os.Open(testshared.Dir(t, "ssvc", "data", "csv", file))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		tab := published().table(id)
		combinations := 1
		for _, in := range tab.Inputs {
			combinations *= len(published().point(in).Values)
		}
		if len(rows)-1 != combinations {
			t.Errorf("%s: %d published rows, %d combinations", id, len(rows)-1, combinations)
		}
		for _, row := range rows[1:] {
			var keys []string
			for i, heading := range rows[0][1 : len(rows[0])-1] {
				p := published().point(inputTitled(t, tab, heading))
				k, ok := p.key(row[i+1])
				if !ok {
					t.Fatalf("%s has no value %q", p.ID, row[i+1])
				}
				keys = append(keys, k)
			}
			want := row[len(row)-1]
			if got := published().point(tab.Outcome).name(tab.lookUp(keys)); got != want {
				t.Errorf("%s row %s: %s, published %s", id, row[0], got, want)
			}
		}
	}
}

// inputTitled finds the input that a heading like "System Exposure v1.0.1" names; the order of columns is checked with it.
func inputTitled(t *testing.T, tab table, heading string) string {
	t.Helper()
	for _, id := range tab.Inputs {
		if strings.HasPrefix(heading, published().point(id).Title.EN+" v") && strings.Contains(heading, id[strings.LastIndex(id, ":")+1:]) {
			return id
		}
	}
	t.Fatalf("%s has no input %q", tab.ID, heading)
	return ""
}
