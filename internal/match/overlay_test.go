package match

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomRecord makes an advisory about some of thirty packages.
func randomRecord(t *testing.T, random *rand.Rand, n int) (id string, text []byte) {
	t.Helper()
	id = fmt.Sprintf("GHSA-%04d", n)
	r := map[string]any{"id": id, "modified": fmt.Sprintf("2026-01-%02dT00:00:00Z", 1+random.IntN(20)), "aliases": []string{fmt.Sprintf("CVE-2026-%04d", random.IntN(80))}, "summary": fmt.Sprint(random.Int())}
	if random.IntN(6) == 0 {
		r["withdrawn"] = "2026-02-01T00:00:00Z"
	}
	var affected []any
	for range 1 + random.IntN(3) {
		affected = append(affected, map[string]any{"package": map[string]string{"ecosystem": "npm", "name": fmt.Sprint("pkg-", random.IntN(30))},
			"ranges": []any{map[string]any{"type": "SEMVER", "events": []any{map[string]string{"introduced": "0"}, map[string]string{"fixed": fmt.Sprintf("%d.0.0", 1+random.IntN(5))}}}}})
	}
	r["affected"] = affected
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return id, text
}

// someComponents are five versions of each of these packages.
func someComponents() (out []Component) {
	for i := range 30 {
		for major := range 5 {
			out = append(out, Component{Ref: fmt.Sprint(i, major), PURL: fmt.Sprintf("pkg:npm/pkg-%d@%d.0.0", i, major)})
		}
	}
	return out
}

// An index with later advisories laid over it answers as one made of all of them.
func TestOverlayAnswersAsAWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	components := someComponents()
	for round := range 20 {
		dir := t.TempDir()
		records := filepath.Join(dir, "records")
		if err := os.MkdirAll(filepath.Join(records, "npm"), 0o700); err != nil {
			t.Fatal(err)
		}
		write := func(n int) string {
			id, text := randomRecord(t, random, n)
			if err := os.WriteFile(filepath.Join(records, "npm", id+".json"), text, 0o600); err != nil {
				t.Fatal(err)
			}
			return "npm/" + id + ".json"
		}
		for n := range 60 {
			write(n)
		}
		first, later, whole := filepath.Join(dir, "first"), filepath.Join(dir, "later"), filepath.Join(dir, "whole")
		if _, err := BuildIndex(context.Background(), records, first); err != nil {
			t.Fatal(err)
		}
		var files []string
		for range 1 + round {
			files = append(files, write(random.IntN(75))) // some known, some new, some twice
		}
		if _, err := BuildLater(context.Background(), records, files, later); err != nil {
			t.Fatal(err)
		}
		if _, err := BuildIndex(context.Background(), records, whole); err != nil {
			t.Fatal(err)
		}
		laid, err := OpenIndexes(first, later)
		if err != nil {
			t.Fatal(err)
		}
		defer laid.Close()
		one, err := OpenIndex(whole)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		got, err := laid.Match(components)
		if err != nil {
			t.Fatal(err)
		}
		want, err := one.Match(components)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Findings) == 0 {
			t.Fatal("nothing was found at all")
		}
		if got.Advisories.Count != want.Advisories.Count || got.Advisories.Withdrawn != want.Advisories.Withdrawn || got.Advisories.Digest == want.Advisories.Digest {
			t.Errorf("round %d: %+v, want the numbers of %+v", round, got.Advisories, want.Advisories)
		}
		got.Advisories = want.Advisories
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d (-whole +laid):\n%s", round, diff)
		}
		for n := range 75 {
			id := fmt.Sprintf("GHSA-%04d", n)
			text, err := laid.Text(id)
			wholeText, wholeErr := one.Text(id)
			if string(text) != string(wholeText) || (err == nil) != (wholeErr == nil) {
				t.Errorf("text of %s: %s %v, want %s %v", id, text, err, wholeText, wholeErr)
			}
		}
		for n := range 80 {
			id := fmt.Sprintf("CVE-2026-%04d", n)
			a, errA := laid.Advisories(id)
			b, errB := one.Advisories(id)
			if errA != nil || errB != nil || len(a) != len(b) {
				t.Errorf("%s: %v %v, want %v %v", id, a, errA, b, errB)
			}
		}
	}
}
