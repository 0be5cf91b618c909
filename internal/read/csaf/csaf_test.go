package csaf_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/read/csaf"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) { readtest.Golden(t, csaf.Read, "advisory.json", "advisory-2.1.json") }

// TestRefused changes one thing in a sound document at a time.
func TestRefused(t *testing.T) {
	b, err := os.ReadFile("testdata/advisory.json")
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		if !strings.Contains(string(b), old) {
			t.Fatalf("%s is not in the document", old)
		}
		return strings.Replace(string(b), old, new, 1)
	}
	readtest.Refused(t, csaf.Read, [][4]string{
		{"cut off", string(b[:20]), "line 3, column 3", "before it is complete"},
		{"version of another time", with(`"csaf_version": "2.0"`, `"csaf_version": "3.0"`), "/document/csaf_version", "3.0"},
		{"no title", with(`"title": "Vulnerabilities in Example Shop", `, ""), "/document/title", "missing"},
		{"status of its own", with(`"status": "final"`, `"status": "done"`), "/document/tracking/status", "done"},
		{"no time", with(`"2026-04-01T09:00:00+09:00"`, `"yesterday"`), "/document/tracking/current_release_date", "yesterday"},
		{"vulnerabilities no list", with(`"vulnerabilities": [`, `"vulnerabilities": 1, "x": [`), "/vulnerabilities", "not a list"},
		{"flag without a label", with(`{ "label": "vulnerable_code_not_present", `, `{`), "/vulnerabilities/0/flags/0/label", "missing"},
		{"product twice", with(`"full_product_names": [`, `"full_product_names": [ { "name": "again", "product_id": "S2" },`), "/product_tree/full_product_names/0/product_id", "6.1.2 "},
		{"circle", with(`"product_reference": "L"`, `"product_reference": "S1:L"`), "/product_tree/relationships/0", "6.1.3 "},
		{"group not defined", with(`"group_ids": ["G"]`, `"group_ids": ["H"]`), "/vulnerabilities/0/remediations/0/group_ids/0", "6.1.4 "},
		{"fixed and affected", with(`"fixed": ["S2"]`, `"fixed": ["S1"]`), "/vulnerabilities/0/product_status/fixed/0", "6.1.6 "},
		{"two reasons", with(`"flags": [`, `"flags": [ { "label": "component_not_present", "product_ids": ["S1:L"] }, `), "/vulnerabilities/0/flags/1", "6.1.33 "},
	})
}

// TestDoubts reads a document whose failed tests leave no doubt about the products, and says them.
func TestDoubts(t *testing.T) {
	b, err := os.ReadFile("testdata/advisory.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := csaf.Read([]byte(strings.Replace(string(b), `"baseScore": 9.8`, `"baseScore": 9.1`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) != 1 || r.Problems[0].Where != "/vulnerabilities/0/scores/0/cvss_v3/baseScore" || !strings.Contains(r.Problems[0].What.EN, "6.1.9 ") {
		t.Errorf("%+v", r.Problems)
	}
}

// TestUndefined leaves out what is said of a product that is not defined, and says so; the rest stands.
func TestUndefined(t *testing.T) {
	b, err := os.ReadFile("testdata/advisory.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := csaf.Read([]byte(strings.Replace(string(b), `"known_affected": ["S1"]`, `"known_affected": ["S9"]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Facts[1].Data.(*fact.VEX).Statements {
		if s.Status == fact.Affected || len(s.Products) == 0 {
			t.Errorf("a statement about nothing: %+v", s)
		}
	}
	if len(r.Problems) == 0 || r.Problems[0].Where != "/vulnerabilities/0/product_status/known_affected/0" || !strings.Contains(r.Problems[0].What.EN, "6.1.1 ") {
		t.Errorf("%+v", r.Problems)
	}
}

// TestRepeated takes a product that is defined twice in the same words, as large vendors write it.
func TestRepeated(t *testing.T) {
	b, err := os.ReadFile("testdata/advisory.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := csaf.Read([]byte(strings.Replace(string(b), `"full_product_names": [`, `"full_product_names": [ { "name": "Shop 1.0", "product_id": "S1", "product_identification_helper": { "purl": "pkg:generic/shop@1.0" } },`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].What.EN, "6.1.2 ") {
		t.Errorf("%+v", r.Problems)
	}
}

// TestSuite runs the mandatory tests of the validator suites of CSAF 2.0 and 2.1: each file under failures must fail its
// test, and each under valid must pass it. The golden files say which tests are not implemented, and give the rate.
func TestSuite(t *testing.T) {
	for _, suite := range []struct{ name, where string }{{"2.0", "spec-suites/csaf-2.0"}, {"2.1", "spec-suites/csaf-2.1.tar.gz"}} {
		t.Run(suite.name, func(t *testing.T) {
			files := map[string][]byte{}
			for name, b := range testshared.Files(t, suite.where) {
				files[strings.TrimPrefix(name, "./")] = b
			}
			golden.Compare(t, "testdata/suite-"+suite.name+".golden", runSuite(t, files))
		})
	}
}

func runSuite(t *testing.T, files map[string][]byte) string {
	var suite struct {
		Tests []struct {
			ID       string
			Group    string
			Failures []struct{ Name string }
			Valid    []struct{ Name string }
		}
	}
	if err := json.Unmarshal(files["testcases.json"], &suite); err != nil {
		t.Fatal(err)
	}
	wrong, tried := map[string]int{}, map[string]int{}
	hold := func(test, name string, mustFail bool) {
		b, ok := files[name]
		if !ok {
			t.Fatalf("%s is not in the suite", name)
		}
		tried[test]++
		failures, err := csaf.Check(b)
		if err != nil {
			readtest.IsRefusal(t, name, err)
		}
		fails := slices.ContainsFunc(failures, func(f csaf.Failure) bool { return f.Test == test })
		if fails && !mustFail {
			t.Errorf("%s passes %s, but is said to fail it", name, test)
		}
		if fails != mustFail || err != nil {
			wrong[test]++
		}
	}
	for _, x := range suite.Tests {
		if x.Group != "mandatory" {
			continue
		}
		for _, f := range x.Failures {
			hold(x.ID, f.Name, true)
		}
		for _, f := range x.Valid {
			hold(x.ID, f.Name, false)
		}
	}
	var out strings.Builder
	right, total := 0, 0
	for _, test := range slices.Sorted(maps.Keys(tried)) {
		right, total = right+tried[test]-wrong[test], total+tried[test]
		if wrong[test] > 0 {
			fmt.Fprintf(&out, "%s: %d of %d not found to fail\n", test, wrong[test], tried[test])
		}
	}
	fmt.Fprintf(&out, "mandatory: %d of %d as the suite says\n", right, total)
	return out.String()
}

// TestReal walks every CSAF document of the sample data: each is read, or refused with a reason.
func TestReal(t *testing.T) {
	var out strings.Builder
	for _, where := range []string{"csaf/examples", "csaf/cisa-advisories.tar.gz", "csaf/vendors.tar.gz"} {
		read, doubted, vulnerabilities, statements, other := 0, 0, 0, 0, 0
		doubts := map[string]int{}
		var lines []string
		for name, b := range testshared.Files(t, where) {
			if !csaf.Match(b) {
				other++
				continue
			}
			r, err := csaf.Read(b)
			if err != nil {
				lines = append(lines, fmt.Sprintf("  refused %s: %v\n", name, readtest.IsRefusal(t, name, err)))
				continue
			}
			read++
			if len(r.Problems) > 0 {
				doubted++
			}
			for _, p := range r.Problems {
				_, rest, _ := strings.Cut(p.What.EN, "mandatory test ")
				test, _, _ := strings.Cut(rest, " ")
				doubts[test]++
			}
			vulnerabilities += len(r.Facts[0].Data.(*fact.Advisory).Vulnerabilities)
			if len(r.Facts) > 1 {
				statements += len(r.Facts[1].Data.(*fact.VEX).Statements)
			}
		}
		fmt.Fprintf(&out, "%s: %d read (%d with doubts), %d refused, %d other documents, %d vulnerabilities, %d statements\n", where, read, doubted, len(lines), other, vulnerabilities, statements)
		for _, test := range slices.Sorted(maps.Keys(doubts)) {
			fmt.Fprintf(&out, "  doubts by test %s: %d\n", test, doubts[test])
		}
		slices.Sort(lines)
		out.WriteString(strings.Join(lines, ""))
	}
	golden.Compare(t, "testdata/real.golden", out.String())
}

func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, csaf.Match, csaf.Read, "advisory.json", "advisory-2.1.json")
}
