package oscal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/schema/schematest"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/declared/declaredtest"
	"example.org/tasuki/internal/report/oscal"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	// The schema of OSCAL 1.2 is not carried here: give its file to hold every document to it, mapping collections too.
	newer = flag.String("oscal-schema", "", "file of a complete JSON schema of OSCAL to hold the documents to instead of 1.1.3")
)

func must(t *testing.T) func(b []byte, err error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// all gives every document the package writes, in a language.
func all(t *testing.T, l lang.Lang) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"catalog": must(t)(oscal.Catalog(l)), "minimum": must(t)(oscal.Profile(guideline.Minimum, l)),
		"standard": must(t)(oscal.Profile(guideline.Standard, l)), "mapping": must(t)(oscal.Mapping(l))}
	for name, d := range map[string]declared.Document{"declaration": declaredtest.Declaration(t), "report": declaredtest.Report(t), "unsigned": declaredtest.Unsigned(t)} {
		out[name] = must(t)(oscal.Results(d, l))
		out[name+" plan"] = plan(t, out[name])
	}
	return out
}

// plan gives the assessment plan that results carry inside, after following import-ap to it.
func plan(t *testing.T, results []byte) []byte {
	t.Helper()
	var doc struct {
		Results struct {
			Plan struct{ Href string } `json:"import-ap"`
			Back struct {
				Resources []struct {
					UUID   string
					Base64 struct{ Value string }
				}
			} `json:"back-matter"`
		} `json:"assessment-results"`
	}
	if err := json.Unmarshal(results, &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range doc.Results.Back.Resources {
		if "#"+r.UUID == doc.Results.Plan.Href {
			b, err := base64.StdEncoding.DecodeString(r.Base64.Value)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	t.Fatal("import-ap leads nowhere")
	return nil
}

// Every document obeys NIST's schema. Mapping collections are newer than 1.1.3: their form is held to in TestMapping.
func TestSchema(t *testing.T) {
	dir, main := "../../../third_party/oscal-schema", "oscal_complete_schema-1.1.3.json"
	if *newer != "" {
		dir, main = filepath.Dir(*newer), filepath.Base(*newer)
	}
	s, err := schematest.Compile(os.DirFS(dir), main)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		again := all(t, l)
		for name, b := range all(t, l) {
			if !bytes.Equal(b, again[name]) {
				t.Errorf("%s: two runs differ", name)
			}
			if name == "mapping" && *newer == "" {
				continue
			}
			if vs, err := s.Check(b); err != nil || len(vs) > 0 {
				t.Errorf("%s.%s: %v %v", name, l, vs, err)
			}
		}
	}
}

// The schema tells good from bad: a document with a wrong state is refused.
func TestSchemaRefuses(t *testing.T) {
	s, err := schematest.Compile(os.DirFS("../../../third_party/oscal-schema"), "oscal_complete_schema-1.1.3.json")
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.Replace(all(t, lang.EN)["report"], []byte(`"not-satisfied"`), []byte(`"almost"`), 1)
	if vs, err := s.Check(b); err != nil || len(vs) == 0 {
		t.Error("an unknown state was taken")
	}
}

// Identifiers are there once, and every reference to one leads to something.
func TestIdentifiers(t *testing.T) {
	uuids := regexp.MustCompile(`"uuid": "([^"]+)"`)
	refs := regexp.MustCompile(`"(?:[a-z]+-uuid|href)": "#?([0-9a-f]{8}-[^"]+)"`)
	for name, b := range all(t, lang.JA) {
		seen := map[string]bool{}
		for _, m := range uuids.FindAllSubmatch(b, -1) {
			if seen[string(m[1])] {
				t.Errorf("%s: %s is there twice", name, m[1])
			}
			seen[string(m[1])] = true
		}
		for _, m := range refs.FindAllSubmatch(b, -1) {
			if !seen[string(m[1])] {
				t.Errorf("%s: %s leads nowhere", name, m[1])
			}
		}
	}
}

func TestCatalogAndProfiles(t *testing.T) {
	docs := all(t, lang.EN)
	controls := strings.Count(string(docs["catalog"]), `"class": "individual-requirement"`)
	groups := strings.Count(string(docs["catalog"]), `"class": "requirement"`)
	if controls != 69 || groups != 21 {
		t.Errorf("%d controls in %d requirements", controls, groups)
	}
	for _, level := range []guideline.Level{guideline.Minimum, guideline.Standard} {
		for _, in := range guideline.Default().Individuals() {
			id := strings.ToLower(strings.NewReplacer("(", "", ")", "").Replace(string(in.ID)))
			if has := strings.Contains(string(docs[string(level)]), `"`+id+`"`); has != in.At(level) {
				t.Errorf("%s in %s: %v", id, level, has)
			}
		}
	}
}

// What is not met by any means is never said to be satisfied, and what does not apply is not reviewed.
func TestStates(t *testing.T) {
	var doc struct {
		Results struct {
			Results []struct {
				Reviewed struct {
					Selections []struct {
						Include []any `json:"include-controls"`
					} `json:"control-selections"`
					Remarks string
				} `json:"reviewed-controls"`
				Observations []any
				Findings     []struct {
					Props  []struct{ Name, Value string }
					Target struct {
						Status struct{ State string }
					}
				}
			}
		} `json:"assessment-results"`
	}
	if err := json.Unmarshal(all(t, lang.EN)["report"], &doc); err != nil {
		t.Fatal(err)
	}
	r := doc.Results.Results[0]
	states := map[string]int{}
	for _, f := range r.Findings {
		for _, p := range f.Props {
			if p.Name == "status" && (p.Value == "met") != (f.Target.Status.State == "satisfied") {
				t.Errorf("%s is %s", p.Value, f.Target.Status.State)
			}
		}
		states[f.Target.Status.State]++
	}
	// 51 duties: one withheld (no observation), one not assessed and one not applicable (no finding).
	if len(r.Observations) != 50 || states["satisfied"] != 45 || states["not-satisfied"] != 3 || !strings.Contains(r.Reviewed.Remarks, "実行ファイル") {
		t.Errorf("%d observations, states %v, remarks %q", len(r.Observations), states, r.Reviewed.Remarks)
	}
}

func TestMapping(t *testing.T) {
	b := all(t, lang.EN)["mapping"]
	golden := filepath.Join("testdata", "mapping.json")
	if *update {
		if err := os.WriteFile(golden, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	digest := regexp.MustCompile(`"(uuid|value|href)": "[^"]*"`) // change with every change of the catalogue
	if !bytes.Equal(digest.ReplaceAll(b, nil), digest.ReplaceAll(want, nil)) {
		t.Errorf("the mapping differs from %s (run with -update and look at the difference)", golden)
	}
}
