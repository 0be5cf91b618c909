package kev

import (
	"os"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

func TestReal(t *testing.T) {
	b, err := os.ReadFile(testshared.Dir(t, "kev", "known_exploited_vulnerabilities.json"))
	if err != nil {
		t.Fatal(err)
	}
	c, problems, err := Parse(b)
	if err != nil || len(problems) > 0 || len(c.Entries) != 1404 || c.Version != "2025.08.25" {
		t.Fatalf("%d entries of %s, problems %v, %v", len(c.Entries), c.Version, problems, err)
	}
	for _, e := range c.Entries {
		if e.CVE == "CVE-2021-44228" {
			if !e.Ransomware || e.Added.Format("2006-01-02") != "2021-12-10" || e.Due.IsZero() {
				t.Errorf("got %+v", e)
			}
			return
		}
	}
	t.Error("CVE-2021-44228 is missing")
}

func TestRefused(t *testing.T) {
	for _, text := range []string{``, `{}`, `[]`, `{"catalogVersion":"1"}`, `{"catalogVersion":1,"vulnerabilities":[]}`} {
		if _, _, err := Parse([]byte(text)); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%s: %v", text, err)
		}
	}
	c, problems, err := Parse([]byte(`{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1","dateAdded":"2025-01-01"},{"cveID":"CVE-2"},{"dateAdded":"2025-01-01"},7]}`))
	if err != nil || len(c.Entries) != 1 || len(problems) != 3 || problems[0].Where != "/vulnerabilities/1" {
		t.Errorf("got %+v, %+v, %v", c, problems, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1","dateAdded":"2025-01-01"},null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, _, _ := Parse(b)
		for _, e := range c.Entries {
			if e.CVE == "" || e.Added.IsZero() {
				t.Errorf("taken: %+v", e)
			}
		}
	})
}
