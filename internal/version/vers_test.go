package version

import (
	"encoding/json"
	"os"
	"path"
	"strings"
	"testing"

	"example.org/tasuki/internal/testshared"
)

func TestRange(t *testing.T) {
	for _, c := range []struct {
		text    string
		in, out string
	}{
		{"vers:npm/*", "1.0.0 0.0.1-a", ""},
		{"vers:npm/1.2.3", "1.2.3 v1.2.3", "1.2.4 1.2.2"},
		{"vers:npm/>=1.0.0|<2.0.0", "1.0.0 1.9.9 2.0.0-rc.1", "2.0.0 0.9.9 3.0.0"},
		{"vers:npm/<2.0.0|>=1.0.0", "1.0.0 1.9.9", "2.0.0 0.9.9"},
		{"vers:npm/>1.0.0|<=2.0.0", "2.0.0 1.0.1", "1.0.0 2.0.1"},
		{"vers:npm/<1.0.0|>=2.0.0|!=2.1.0|1.5.0", "0.9.0 2.0.0 3.0.0 1.5.0", "1.0.0 1.9.0 2.1.0"},
		{"vers:npm/!=1.0.0", "2.0.0", "1.0.0"},
		{"vers:npm/<=1.0.0|>=2.0.0", "1.0.0 2.0.0", "1.5.0"},
		{"vers:npm/<1.0.0|>1.0.0", "0.9.0 1.0.1", "1.0.0"},
		{"vers:npm/<1.0.0|>=1.0.0", "0.9.0 1.0.0 1.0.1", ""},
		{"vers:npm/>1.0.0|>=1.5.0|<2.0.0|<3.0.0", "1.2.0 2.5.0", "1.0.0 3.0.0"},
		{"vers:deb/>=1%3A1.0-1|<1%3A2", "1:1.5", "2.0 1:2"},
		{"vers:openssl/>=1.0.2|<1.0.2k", "1.0.2a 1.0.2j", "1.0.2k 1.0.1"},
	} {
		r, err := ParseRange(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		for _, v := range strings.Fields(c.in) {
			if got, err := r.Contains(v); err != nil || !got {
				t.Errorf("%s does not contain %s (%v)", c.text, v, err)
			}
		}
		for _, v := range strings.Fields(c.out) {
			if got, err := r.Contains(v); err != nil || got {
				t.Errorf("%s contains %s (%v)", c.text, v, err)
			}
		}
	}
	for _, text := range []string{"", "npm/1", "vers:npm", "vers:npm/", "vers:npm/1|", "vers:npm/>= 1", "vers:npm/%zz", "vers:morse/1", "vers:npm/>=a", "vers:npm/>="} {
		if _, err := ParseRange(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// versCase is one case of the suite of the vers specification.
type versCase struct {
	Type  string          `json:"test_type"`
	Input json.RawMessage `json:"input"`
	Want  json.RawMessage `json:"expected_output"`
}

func versCases(t *testing.T, name string) []versCase {
	t.Helper()
	b, err := os.ReadFile(path.Join(testshared.Dir(t, "vers", "tests"), name))
	if err != nil {
		t.Fatal(err)
	}
	var suite struct{ Tests []versCase }
	if err := json.Unmarshal(b, &suite); err != nil {
		t.Fatal(err)
	}
	return suite.Tests
}

// TestVersSuite holds ranges and orders to the cases of the vers specification, for the schemes that are known here.
func TestVersSuite(t *testing.T) {
	for _, name := range []string{"npm_range_containment_test.json", "pypi_range_containment_test.json"} {
		for _, c := range versCases(t, name) {
			var in struct{ Vers, Version string }
			var want bool
			if json.Unmarshal(c.Input, &in) != nil || json.Unmarshal(c.Want, &want) != nil {
				t.Fatalf("%s: %s", name, c.Input)
			}
			r, err := ParseRange(in.Vers)
			if err != nil {
				t.Errorf("%s: %v", in.Vers, err)
				continue
			}
			if got, err := r.Contains(in.Version); err != nil || got != want {
				t.Errorf("%s contains %s: %v, %v; want %v", in.Vers, in.Version, got, err, want)
			}
		}
	}
	for _, c := range versCases(t, "pypi_range_validate_test.json") {
		var text string
		if json.Unmarshal(c.Input, &text) != nil {
			t.Fatal(string(c.Input))
		}
		if _, err := ParseRange(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, name := range []string{"alpine", "maven", "nuget", "openssl"} {
		wrong := 0
		cases := versCases(t, name+"_version_cmp_test.json")
		for _, c := range cases {
			if why := holdsOrder(c); why != "" {
				wrong++
				t.Errorf("%s: %s", name, why)
			}
		}
		t.Logf("%s: %d of %d comparisons", name, len(cases)-wrong, len(cases))
	}
}

// holdsOrder says what is wrong about a case of two versions, or nothing.
func holdsOrder(c versCase) string {
	var in struct {
		Scheme   string `json:"input_scheme"`
		Versions []string
	}
	if json.Unmarshal(c.Input, &in) != nil || len(in.Versions) != 2 {
		return "not a case: " + string(c.Input)
	}
	got, err := Compare(schemes[in.Scheme], in.Versions[0], in.Versions[1])
	if err != nil {
		return err.Error()
	}
	var equal bool
	if json.Unmarshal(c.Want, &equal) == nil {
		if equal != (got == 0) {
			return string(c.Input) + " equal: " + string(c.Want)
		}
		return ""
	}
	var order []string
	if json.Unmarshal(c.Want, &order) != nil {
		return "not a case: " + string(c.Want)
	}
	if want := map[bool]int{true: -1, false: 1}[strings.EqualFold(order[0], in.Versions[0])]; got != want && !strings.EqualFold(in.Versions[0], in.Versions[1]) {
		return string(c.Input) + " in order: " + string(c.Want)
	}
	return ""
}

func FuzzRange(f *testing.F) {
	f.Add("vers:npm/>=1.0.0|<2.0.0|!=1.5.0", "1.2.0")
	f.Add("vers:pypi/1|>2|<=3", "2.5")
	f.Fuzz(func(t *testing.T, text, version string) {
		if r, err := ParseRange(text); err == nil {
			r.Contains(version)
		}
	})
}
