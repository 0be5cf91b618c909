package match

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/read/osv"
)

// records is a folder of advisories that a test changes.
type records struct {
	t    *testing.T
	dir  string
	made int
}

func (r *records) write(random *rand.Rand, n int) (file string) {
	id, text := randomRecord(r.t, random, n)
	file = filepath.Join("npm", id+".json")
	if err := os.WriteFile(filepath.Join(r.dir, file), text, 0o600); err != nil {
		r.t.Fatal(err)
	}
	return file
}

// packages gives those that the record in a file speaks of, none when there is no such file.
func (r *records) packages(n int) []Package {
	b, err := os.ReadFile(filepath.Join(r.dir, "npm", fmt.Sprintf("GHSA-%04d.json", n)))
	if os.IsNotExist(err) {
		return nil
	}
	record, err2 := osv.Parse(b)
	if err != nil || err2 != nil {
		r.t.Fatal(err, err2)
	}
	return PackagesOf(record)
}

func (r *records) index(later ...string) *Index {
	r.t.Helper()
	r.made++
	file := filepath.Join(r.dir, fmt.Sprint("index", r.made))
	_, err := BuildIndex(context.Background(), r.dir, file)
	if len(later) > 0 {
		_, err = BuildLater(context.Background(), r.dir, later, file)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	ix, err := OpenIndex(file)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { ix.Close() })
	return ix
}

// What Changed does not name is found to have the same; and it names nothing but what changed records speak of or spoke of.
func TestChangedMissesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	components := someComponents()
	different := 0
	for round := range 30 {
		r := &records{t: t, dir: t.TempDir()}
		if err := os.MkdirAll(filepath.Join(r.dir, "npm"), 0o700); err != nil {
			t.Fatal(err)
		}
		for n := range 60 {
			r.write(random, 2*n) // room between them, so that others move
		}
		before := r.index()
		var spokenOf []Package
		if round%3 == 2 { // changes that were laid over it
			var files []string
			for range 3 {
				n := random.IntN(130)
				spokenOf = append(spokenOf, r.packages(n)...)
				files = append(files, r.write(random, n))
				spokenOf = append(spokenOf, r.packages(n)...)
			}
			if err := before.lay(r.index(files...)); err != nil {
				t.Fatal(err)
			}
		}
		for range round % 10 {
			n := random.IntN(130)
			spokenOf = append(spokenOf, r.packages(n)...)
			if random.IntN(4) == 0 {
				os.Remove(filepath.Join(r.dir, "npm", fmt.Sprintf("GHSA-%04d.json", n))) // it may not be there
				continue
			}
			r.write(random, n)
			spokenOf = append(spokenOf, r.packages(n)...)
		}
		after := r.index()
		changed, err := Changed(before, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range changed {
			if !slices.Contains(spokenOf, p) {
				t.Errorf("round %d: %v is named, and nothing about it was changed", round, p)
			}
		}
		unnamed := slices.DeleteFunc(slices.Clone(components), func(c Component) bool {
			return slices.ContainsFunc(LookedUpAs(c), func(p Package) bool { return slices.Contains(changed, p) })
		})
		different += len(components) - len(unnamed)
		old, err := before.Match(unnamed)
		if err != nil {
			t.Fatal(err)
		}
		now, err := after.Match(unnamed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(old.Findings, now.Findings); diff != "" {
			t.Fatalf("round %d (-before +after):\n%s", round, diff)
		}
	}
	if different == 0 {
		t.Error("no package was ever named")
	}
}

// A text that changes and nothing else changes no package; nor does a record that comes between others about other packages.
func TestChangedNamesNothingElse(t *testing.T) {
	r := &records{t: t, dir: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(r.dir, "npm"), 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(n int, name, details string) {
		text := fmt.Sprintf(`{"id":"GHSA-%04d","modified":"2026-01-01T00:00:00Z","details":%q,"affected":[{"package":{"ecosystem":"npm","name":%q},"versions":["1.0.0"]}]}`, n, details, name)
		if err := os.WriteFile(filepath.Join(r.dir, "npm", fmt.Sprint(n)+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 300 {
		put(2*n, fmt.Sprint("pkg-", n), "")
	}
	before := r.index()
	put(10, "pkg-5", "longer than before")
	put(3, "new", "")
	changed, err := Changed(before, r.index())
	if want := []Package{{"npm", "new"}}; err != nil || !slices.Equal(changed, want) {
		t.Errorf("%v, error %v, want %v", changed, err, want)
	}
}
