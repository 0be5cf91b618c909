package match

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOdd matches what tools and databases write beside the rules: each file holds advisories, and components with what
// is to be found of them, or why they cannot be looked up. A new case is a line in a file.
func TestOdd(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "odd", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) { odd(t, file) })
	}
}

func odd(t *testing.T, file string) {
	var c struct {
		About      string
		Advisories []json.RawMessage
		Components []struct {
			PURL, Version string
			Found         []string
			Reason        Reason
		}
		Problems int
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, a := range c.Advisories {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.json", i)), a, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ix, problems, err := OpenDir(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != c.Problems || ix.Info().Count != len(c.Advisories) {
		t.Errorf("%d of %d advisories, problems %+v", ix.Info().Count, len(c.Advisories), problems)
	}
	for _, x := range c.Components {
		r, err := ix.Match([]Component{{Ref: "1", PURL: x.PURL, Version: x.Version}})
		if err != nil {
			t.Fatal(err)
		}
		found := []string{}
		for _, f := range r.Findings {
			found = append(found, f.Vuln)
		}
		var reason Reason
		if len(r.Unmatched) > 0 {
			reason = r.Unmatched[0].Reason
		}
		if strings.Join(found, " ") != strings.Join(x.Found, " ") || reason != x.Reason {
			t.Errorf("%s %s: found %v (%s), want %v (%s)", x.PURL, x.Version, found, reason, x.Found, x.Reason)
		}
	}
}
