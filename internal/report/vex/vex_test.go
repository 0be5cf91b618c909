package vex_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/cyclonedx"
	"example.org/tasuki/internal/read/openvex"
	"example.org/tasuki/internal/read/schema/schematest"
	"example.org/tasuki/internal/report/vex"
	"example.org/tasuki/internal/testshared"
)

var start = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

const (
	cvss31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
	cvss40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
)

// sample has every status, every justification and every treatment once, one CVE in two components, and a finding that
// two advisories name differently.
func sample() vex.Input {
	log4j := vex.Component{PURL: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", Name: "org.apache.logging.log4j/log4j-core", Version: "2.14.1"}
	lodash := vex.Component{PURL: "pkg:npm/lodash@4.17.15", Name: "lodash", Version: "4.17.15"}
	by := time.Date(2026, 9, 30, 15, 0, 0, 0, time.UTC)
	in := vex.Input{Publisher: vex.Publisher{Name: "例示ソフト株式会社", Namespace: "https://vendor.example", Contact: "psirt@vendor.example"},
		Product: vex.Product{Name: "例示 業務システム", Version: "3.2.0"}, Version: 2, Tool: "Tasuki", Lang: lang.JA,
		History: []vex.Edition{{Version: 1, At: start}, {Version: 2, At: start.Add(24 * time.Hour)}},
		Statements: []vex.Statement{
			{Vuln: "GHSA-jfh8-c2jp-5v3q", Aliases: []string{"CVE-2021-44228"}, Component: log4j, Status: "affected", Treatment: "fix", TreatBy: by, Fixed: []string{"2.15.0"},
				CVSS: []string{cvss31}, Score: 10, Severity: "CRITICAL", SSVC: "SSVCv2/E:A/EXP:O/DSOI:I/2026-09-01T00:00:00Z/", Summary: "Remote code injection in Log4j", At: start},
			{Vuln: "x_1", Aliases: []string{"CVE-2021-44228"}, Component: log4j, Status: "not_affected", Note: "said twice", At: start},
			{Vuln: "GHSA-jfh8-c2jp-5v3q", Aliases: []string{"CVE-2021-44228"}, Component: lodash, Status: "fixed", Note: "patched by us", At: start},
			{Vuln: "CVE-2020-0002", Component: lodash, Status: "affected", Treatment: "workaround", Done: true, Note: "input is limited", At: start, CVSS: []string{cvss40}},
			{Vuln: "CVE-2020-0003", Component: lodash, Status: "affected", Treatment: "accept", Note: "no <untrusted> input", At: start, CVSS: []string{"nonsense"}},
			{Vuln: "GO-2020-0004", Component: lodash, Status: "affected", At: start},
			{Vuln: "CVE-2020-0005", Component: lodash, Status: "affected", Treatment: "fix", Done: true, At: start},
			{Vuln: "CVE-2020-0006", Component: vex.Component{Name: "in house lib", Version: "1"}, Status: "under_investigation", At: start},
			{Vuln: "CVE-2020-0007", Component: lodash, Status: "not_affected", Note: "only on Windows", At: start},
		}}
	for i, j := range []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
		"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"} {
		in.Statements = append(in.Statements, vex.Statement{Vuln: fmt.Sprintf("CVE-2020-001%d", i), Component: lodash, Status: "not_affected", Justification: j, At: start})
	}
	return in
}

var forms = []struct {
	name  string
	write func(vex.Input) ([]byte, error)
}{{"openvex", vex.OpenVEX}, {"cyclonedx", vex.CycloneDX}, {"csaf", vex.CSAF}}

func TestGolden(t *testing.T) {
	for _, f := range forms {
		got, err := f.write(sample())
		if err != nil {
			t.Fatal(err)
		}
		again := sample()
		slices.Reverse(again.Statements)
		if b, err := f.write(again); err != nil || !bytes.Equal(b, got) {
			t.Errorf("%s: the order of statements shows (error %v)", f.name, err)
		}
		golden.Compare(t, filepath.Join("testdata", f.name+".golden.json"), string(got))
	}
}

func TestRefused(t *testing.T) {
	for _, f := range forms {
		none := sample()
		none.Statements = nil
		if _, err := f.write(none); lang.KindOf(err) != lang.Nothing {
			t.Errorf("%s without statements: %v", f.name, err)
		}
	}
	for _, namespace := range []string{"", "vendor.example", "::"} {
		in := sample()
		in.Publisher.Namespace = namespace
		if _, err := vex.CSAF(in); lang.KindOf(err) != lang.Usage {
			t.Errorf("namespace %q: %v", namespace, err)
		}
	}
}

// statuses gives what a document says as our reader understands it: vulnerability and component to status and reason.
func statuses(t *testing.T, r fact.Reading, of func(fact.VEXProduct) []string) map[string]string {
	t.Helper()
	for _, p := range r.Problems {
		t.Errorf("doubt at %s: %s", p.Where, p.What.EN)
	}
	out := map[string]string{}
	for _, f := range r.Facts {
		v, ok := f.Data.(*fact.VEX)
		if !ok {
			continue
		}
		for _, s := range v.Statements {
			for _, p := range s.Products {
				for _, purl := range of(p) {
					out[s.Vulnerability+" "+purl] = string(s.Status) + " " + s.Justification
				}
			}
		}
	}
	return out
}

// want is what the sample says, the worst where it says two things; reasons lists the justifications that the format
// has a word for.
func want(reasons ...string) map[string]string {
	out := map[string]string{}
	for _, s := range sample().Statements {
		name := s.Vuln
		if len(s.Aliases) > 0 {
			name = s.Aliases[0]
		}
		purl := s.Component.PURL
		if purl == "" {
			purl = "pkg:generic/in%20house%20lib@1"
		}
		j := s.Justification
		if !slices.Contains(reasons, j) {
			j = ""
		}
		if s.Vuln != "x_1" {
			out[name+" "+purl] = s.Status + " " + j
		}
	}
	return out
}

func TestOpenVEXReadsBack(t *testing.T) {
	b, err := vex.OpenVEX(sample())
	if err != nil {
		t.Fatal(err)
	}
	r, err := openvex.Read(b)
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	got := statuses(t, r, func(p fact.VEXProduct) (out []string) {
		for _, part := range p.Parts {
			out = append(out, part.PURL)
		}
		return out
	})
	all := []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
		"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}
	if diff := cmp.Diff(want(all...), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCycloneDXReadsBack(t *testing.T) {
	b, err := vex.CycloneDX(sample())
	if err != nil {
		t.Fatal(err)
	}
	r, err := cyclonedx.Read(b)
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	got := statuses(t, r, func(p fact.VEXProduct) []string { return []string{p.PURL} })
	if diff := cmp.Diff(want("vulnerable_code_not_present", "vulnerable_code_not_in_execute_path", "inline_mitigations_already_exist"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCSAFSchema holds the document against the official schema and the CVSS schemas it refers to.
func TestCSAFSchema(t *testing.T) {
	official, err := os.ReadFile(testshared.Dir(t, "schemas", "csaf_2.0", "csaf_json_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"csaf.json": {Data: official}}
	var cvss []string
	for _, v := range []string{"2.0", "3.0", "3.1"} {
		name := "cvss-v" + v + ".json"
		b, err := os.ReadFile(testshared.Dir(t, "cvss", "redhat", "schemas", name))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		delete(doc, "id")
		doc["$id"] = "https://www.first.org/cvss/" + name
		if b, err = json.Marshal(doc); err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: b}
		cvss = append(cvss, name)
	}
	s, err := schematest.Compile(files, "csaf.json", cvss...)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []vex.Input{sample(), func() vex.Input { in := sample(); in.Lang = lang.EN; return in }()} {
		b, err := vex.CSAF(in)
		if err != nil {
			t.Fatal(err)
		}
		faults, err := s.Check(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults {
			t.Errorf("%s: %s", f.Where, f.What)
		}
	}
}

// TestCSAFRules holds the document against the mandatory tests of CSAF 2.0, section 6.1, that a schema cannot say and a
// VEX document can break.
func TestCSAFRules(t *testing.T) {
	b, err := vex.CSAF(sample())
	if err != nil {
		t.Fatal(err)
	}
	type ref struct {
		Product string `json:"product_id"`
	}
	var doc struct {
		Document struct {
			Category string
			Tracking struct {
				Version, Status  string
				Revision_History []struct{ Number string }
			}
		}
		Product_Tree struct {
			Branches           json.RawMessage
			Full_Product_Names []ref
			Relationships      []struct {
				Full_Product_Name                               ref
				Product_Reference, Relates_To_Product_Reference string
			}
		}
		Vulnerabilities []struct {
			CVE            string
			IDs            []struct{ Text string }
			Notes          []struct{ Text string }
			Product_Status map[string][]string
			Flags          []struct {
				Label       string
				Product_IDs []string
			}
			Threats []struct {
				Category    string
				Product_IDs []string
			}
			Remediations []struct{ Product_IDs []string }
			Scores       []struct {
				Products []string
				CVSS_V3  struct {
					VectorString string
					BaseScore    float64
					BaseSeverity string
				}
			}
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	defined := map[string]int{"P0": strings.Count(string(doc.Product_Tree.Branches), `"P0"`)}
	for _, p := range doc.Product_Tree.Full_Product_Names {
		defined[p.Product]++
	}
	for _, r := range doc.Product_Tree.Relationships {
		if defined[r.Product_Reference] == 0 || defined[r.Relates_To_Product_Reference] == 0 {
			t.Errorf("6.1.1: relationship of what is not defined: %+v", r)
		}
		defined[r.Full_Product_Name.Product]++
	}
	for id, n := range defined {
		if n != 1 {
			t.Errorf("6.1.2: %s is defined %d times", id, n)
		}
	}
	tr := doc.Document.Tracking
	if doc.Document.Category != "csaf_vex" || tr.Status != "final" || len(tr.Revision_History) != 2 || tr.Revision_History[1].Number != tr.Version {
		t.Errorf("6.1.16: %+v", doc.Document)
	}
	cves := map[string]bool{}
	for _, v := range doc.Vulnerabilities {
		if v.CVE != "" && cves[v.CVE] {
			t.Errorf("6.1.23: %s twice", v.CVE)
		}
		cves[v.CVE] = true
		if v.CVE == "" && len(v.IDs) == 0 || len(v.Notes) == 0 {
			t.Errorf("6.1.27.7, 6.1.27.5: %+v", v)
		}
		said := map[string]string{}
		for status, products := range v.Product_Status {
			for _, p := range products {
				if defined[p] == 0 {
					t.Errorf("6.1.1: %s", p)
				}
				if said[p] != "" {
					t.Errorf("6.1.6: %s is %s and %s", p, said[p], status)
				}
				said[p] = status
			}
		}
		flags, impact, remedy := map[string]int{}, map[string]bool{}, map[string]bool{}
		for _, f := range v.Flags {
			for _, p := range f.Product_IDs {
				flags[p]++
			}
		}
		for _, th := range v.Threats {
			for _, p := range th.Product_IDs {
				impact[p] = th.Category == "impact"
			}
		}
		for _, r := range v.Remediations {
			for _, p := range r.Product_IDs {
				remedy[p] = true
			}
		}
		for p, status := range said {
			if status == "known_not_affected" && flags[p] == 0 && !impact[p] {
				t.Errorf("6.1.27.9: %s %s", v.CVE, p)
			}
			if status == "known_affected" && !remedy[p] {
				t.Errorf("6.1.27.10: %s %s", v.CVE, p)
			}
			if flags[p] > 1 || flags[p] == 1 && status != "known_not_affected" {
				t.Errorf("6.1.33: %s %s", v.CVE, p)
			}
		}
		for _, s := range v.Scores {
			if s.CVSS_V3.VectorString == cvss31 && (s.CVSS_V3.BaseScore != 10 || s.CVSS_V3.BaseSeverity != "CRITICAL") || len(s.Products) != 1 || defined[s.Products[0]] == 0 {
				t.Errorf("6.1.9: %+v", s)
			}
		}
	}
	if len(doc.Vulnerabilities) != 12 {
		t.Errorf("%d vulnerabilities", len(doc.Vulnerabilities))
	}
}
