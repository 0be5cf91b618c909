package assess

import (
	"encoding/json"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

// Every table of the data compiles, is in both languages, and is filled in from one rich situation.
func TestTables(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := readCase(t, "testdata/tables.yaml").input(t, base)
	buyer := in
	buyer.Model.Parties = nil
	for _, p := range in.Model.Parties {
		p.Self = p.ID == "hospital"
		buyer.Model.Parties = append(buyer.Model.Parties, p)
	}
	seen, all := map[string]bool{}, map[string][][]lang.Text{}
	for _, table := range guideline.Default().Tables() {
		if seen[table.ID] {
			t.Errorf("%s is there twice", table.ID)
		}
		seen[table.ID] = true
		r, ok := guideline.Default().Individual(table.Requirement)
		if !ok {
			t.Fatalf("%s: no requirement %s", table.ID, table.Requirement)
		}
		bilingual(t, table.ID, table.Title)
		bilingual(t, table.ID, table.Summary)
		for _, c := range table.Columns {
			if c.Title.JA == "" || c.Title.EN == "" {
				t.Errorf("%s: a language is missing", table.ID)
			}
		}
		of := in
		if r.Category == 6 {
			of = buyer
		}
		got, err := FillTable(of, table.ID)
		if err != nil {
			t.Errorf("%s: %v", table.ID, err)
			continue
		}
		if len(got.Rows) == 0 {
			t.Errorf("%s is empty", table.ID)
		}
		all[table.ID] = got.Rows
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/tables.golden.json", string(b)+"\n")
	if _, err := FillTable(in, "nothing"); lang.KindOf(err) != lang.NotFound {
		t.Errorf("%v", err)
	}
}
