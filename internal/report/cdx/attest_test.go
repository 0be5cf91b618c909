package cdx_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/read/schema/schematest"
	"example.org/tasuki/internal/report/cdx"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/declared/declaredtest"
	cyclonedxschema "example.org/tasuki/third_party/cyclonedx-schema"
)

func attestations(t *testing.T, d declared.Document, l lang.Lang) []byte {
	t.Helper()
	b, err := cdx.Attestations(d, l)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every document obeys the schema of CycloneDX 1.6 and reads back with our own reader.
func TestAttestationsObeyTheSchema(t *testing.T) {
	s, err := schematest.Compile(cyclonedxschema.Files, "bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]declared.Document{"declaration": declaredtest.Declaration(t), "report": declaredtest.Report(t), "unsigned": declaredtest.Unsigned(t)} {
		for _, l := range []lang.Lang{lang.JA, lang.EN} {
			b := attestations(t, d, l)
			if !bytes.Equal(b, attestations(t, d, l)) {
				t.Errorf("%s: two runs differ", name)
			}
			if vs, err := s.Check(b); err != nil || len(vs) > 0 {
				t.Errorf("%s.%s: %v %v", name, l, vs, err)
			}
			r, err := read.Read(b)
			if err != nil || r.Type != "cyclonedx" || r.Version != "1.6" {
				t.Errorf("%s.%s reads back as %s %s: %v", name, l, r.Type, r.Version, err)
			}
		}
	}
}

// Every reference leads to something in the document, and no two things have the same name.
func TestAttestationReferences(t *testing.T) {
	var bom cyclonedx.BOM
	if err := json.Unmarshal(attestations(t, declaredtest.Report(t), lang.EN), &bom); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	define := func(ref string) {
		if refs[ref] {
			t.Errorf("%s is there twice", ref)
		}
		refs[ref] = true
	}
	d, std := bom.Declarations, (*bom.Definitions.Standards)[0]
	define(std.BOMRef)
	for _, r := range *std.Requirements {
		define(r.BOMRef)
	}
	for _, l := range *std.Levels {
		define(l.BOMRef)
	}
	for _, a := range *d.Assessors {
		define(string(a.BOMRef))
	}
	for _, e := range *d.Evidence {
		define(e.BOMRef)
	}
	for _, c := range *d.Claims {
		define(c.BOMRef)
	}
	for _, c := range *d.Targets.Components {
		define(c.BOMRef)
	}
	want := func(ref string) {
		if !refs[ref] {
			t.Errorf("nothing is called %q", ref)
		}
	}
	for _, r := range *std.Requirements {
		if r.Parent != "" {
			want(r.Parent)
		}
	}
	for _, c := range *d.Claims {
		want(string(c.Target))
		for _, list := range []*[]cyclonedx.BOMReference{c.Evidence, c.MitigationStrategies} {
			if list != nil {
				for _, e := range *list {
					want(string(e))
				}
			}
		}
	}
	scores := map[float64]int{}
	unscored := 0
	for _, a := range *d.Attestations {
		want(string(a.Assessor))
		for _, m := range *a.Map {
			want(m.Requirement)
			if m.Claims != nil {
				want(string((*m.Claims)[0]))
			}
			if m.Conformance.Score == nil {
				unscored++
			} else {
				scores[*m.Conformance.Score]++
			}
		}
	}
	// 51 duties, one of them not applicable; one exception, one partly met, one not met, one not assessed, one withheld.
	if len(*std.Requirements) != 6+21+69 || scores[1] != 45 || scores[0.5] != 2 || scores[0] != 1 || unscored != 2 {
		t.Errorf("%d requirements, scores %v, %d without", len(*std.Requirements), scores, unscored)
	}
}

// What is said of the declaration itself, without the standard, is what the golden file says.
func TestAttestationsGolden(t *testing.T) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(attestations(t, declaredtest.Declaration(t), lang.JA), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc["declarations"]), `"thirdParty": false`) {
		t.Error("the assessor does not say that it is the issuer itself")
	}
	got, err := json.MarshalIndent(doc["declarations"], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/declarations.json", string(got)+"\n")
	if strings.Contains(string(attestations(t, declaredtest.Unsigned(t), lang.JA)), `"affirmation"`) {
		t.Error("somebody affirms what nobody signed")
	}
}
