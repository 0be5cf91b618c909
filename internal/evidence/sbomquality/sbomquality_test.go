package sbomquality_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/evidence/sbomquality"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/testshared"
)

// TestStates holds each field of both profiles to the four states, on an SBOM that has each of them.
func TestStates(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "states.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := sbom(t, b)
	for _, p := range sbomquality.Profiles() {
		compare(t, "states."+p.ID+".golden", sbomquality.Evaluate(s, p, sbomquality.Outside{}))
	}
}

// TestRealSBOMs evaluates real SBOMs of different tools and formats; the golden files give the counts of every field and
// the first components that lack it.
func TestRealSBOMs(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"laravel-xml", "bom-examples/SBOM/laravel-7.12.0/bom.1.4.xml"},
		{"minikube-gomod", "cyclonedx-gomod/examples/app_minikube-v1.23.1.bom.json"},
		{"kubernetes-spdx", "bom-shelter/lab/bom (kubernetes)-44c430ab4587ff8.json"},
		{"hello-tag-value", "spdx-examples/software/example1/spdx2.2/example1.spdx"},
	} {
		s := sbom(t, member(t, c.file))
		for _, p := range sbomquality.Profiles() {
			compare(t, c.name+"."+p.ID+".golden", sbomquality.Evaluate(s, p, sbomquality.Outside{}))
		}
	}
}

// TestSignatureOutside counts a signature that is not in the document.
func TestSignatureOutside(t *testing.T) {
	s := &fact.SBOM{Format: "SPDX", SpecVersion: "2.3"}
	for _, signed := range []bool{false, true} {
		r := sbomquality.Evaluate(s, sbomquality.CISA2026(), sbomquality.Outside{Signature: signed})
		if got := field(t, r, "signature").Present == 1; got != signed {
			t.Errorf("signature outside %v, present %v", signed, got)
		}
	}
}

// TestProfiles holds the profiles to their number of fields, and every field to both languages.
func TestProfiles(t *testing.T) {
	for id, n := range map[string]int{"cisa2026": 17, "ntia2021": 7} {
		p, ok := sbomquality.ByID(id)
		if !ok {
			t.Fatalf("no profile %s", id)
		}
		r := sbomquality.Evaluate(&fact.SBOM{}, p, sbomquality.Outside{})
		if len(r.Fields) != n {
			t.Errorf("%s has %d fields, want %d", id, len(r.Fields), n)
		}
		seen := map[string]bool{}
		for _, f := range r.Fields {
			if f.ID == "" || seen[f.ID] || f.Name.JA == "" || f.Name.EN == "" || f.Remedy.JA == "" || f.Remedy.EN == "" {
				t.Errorf("%s: field %+v", id, f)
			}
			seen[f.ID] = true
		}
	}
	if p, _ := sbomquality.ByID(""); p.ID != "cisa2026" {
		t.Errorf("default is %s", p.ID)
	}
	if _, ok := sbomquality.ByID("other"); ok {
		t.Error("a profile that does not exist is found")
	}
}

// TestMeets needs every field to be said somehow.
func TestMeets(t *testing.T) {
	s := &fact.SBOM{Components: []fact.Component{}, Tools: []fact.Tool{{Name: "t"}}}
	s.CreatedAt = s.CreatedAt.AddDate(2025, 0, 0)
	c := fact.Component{Ref: "a", Name: "a", Pointer: "/a", Said: map[fact.Field]fact.Presence{
		fact.FieldVersion: fact.Unknown, fact.FieldSupplier: fact.Withheld, fact.FieldIdentifier: fact.Unknown, fact.FieldDependencies: fact.Unknown}}
	s.Components = append(s.Components, c)
	if r := sbomquality.Evaluate(s, sbomquality.NTIA2021(), sbomquality.Outside{}); !r.Meets() {
		t.Errorf("unknown and withheld are statements: %+v", r.Fields)
	}
	delete(c.Said, fact.FieldIdentifier)
	if r := sbomquality.Evaluate(s, sbomquality.NTIA2021(), sbomquality.Outside{}); r.Meets() {
		t.Error("an identifier is absent, yet it meets the profile")
	}
}

func field(t *testing.T, r sbomquality.Report, id string) sbomquality.FieldReport {
	t.Helper()
	for _, f := range r.Fields {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no field %s", id)
	return sbomquality.FieldReport{}
}

func sbom(t *testing.T, b []byte) *fact.SBOM {
	t.Helper()
	r, err := read.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return r.Facts[0].Data.(*fact.SBOM)
}

// table writes a report as a table: the counts of every field, and the first five components that lack it.
func table(r sbomquality.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d components, meets: %v\n\n%-20s %6s %8s %8s %9s %7s\n", r.Profile, r.Components, r.Meets(), "field", "total", "present", "unknown", "withheld", "absent")
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%-20s %6d %8d %8d %9d %7d\n", f.ID, f.Total, f.Present, f.Unknown, f.Withheld, f.Absent)
		for _, l := range f.Lacking[:min(5, len(f.Lacking))] {
			fmt.Fprintf(&b, "    %s %s %s at %s\n", l.State, l.Name, l.Version, l.Pointer)
		}
	}
	return b.String()
}

func compare(t *testing.T, name string, r sbomquality.Report) {
	t.Helper()
	if _, err := json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, filepath.Join("testdata", name), table(r))
}

func member(t *testing.T, name string) []byte {
	t.Helper()
	for n, b := range testshared.Files(t, "sbom/sboms.tar.gz") {
		if n == name {
			return b
		}
	}
	t.Fatalf("no %s in the sample data", name)
	return nil
}
