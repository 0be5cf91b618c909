package triage

import (
	"slices"
	"testing"
)

func TestAdvise(t *testing.T) {
	// A is fixed in 1.2.0 and 2.0.1, B in 1.3.0 and 2.1.0; 2.0.1 still has B.
	branches := func(v string) ([]string, error) {
		return map[string][]string{"1.2.0": {"B"}, "1.3.0": nil, "2.0.1": {"B"}, "2.1.0": nil, "2.0.0": {"A", "B"}}[v], nil
	}
	left := func(vulns ...string) func(string) ([]string, error) {
		return func(string) ([]string, error) { return vulns, nil }
	}
	for _, c := range []struct {
		name, ecosystem, from string
		fixed                 []string
		remaining             func(string) ([]string, error)
		to                    string
		major                 Crossing
		clears, left          []string
	}{
		{"the smallest that clears all", "npm", "1.0.0", []string{"2.1.0", "2.0.1", "1.3.0", "1.2.0", "1.2.0"}, branches, "1.3.0", StaysInMajor, []string{"A", "B"}, nil},
		{"a bigger number may still have it", "npm", "1.0.0", []string{"2.0.1", "2.1.0"}, branches, "2.1.0", CrossesMajor, []string{"A", "B"}, nil},
		{"older ones are no upgrade", "npm", "2.0.0", []string{"1.2.0", "1.3.0", "2.0.1", "2.1.0"}, branches, "2.1.0", StaysInMajor, []string{"A", "B"}, nil},
		{"the one that leaves the fewest", "npm", "1.0.0", []string{"1.2.0", "2.0.1"}, branches, "1.2.0", StaysInMajor, []string{"A"}, []string{"B"}},
		{"nothing helps", "npm", "1.0.0", []string{"3.0.0"}, left("A", "B"), "", "", nil, []string{"A", "B"}},
		{"nothing is fixed", "npm", "1.0.0", nil, left(), "", "", nil, []string{"A", "B"}},
		{"below one the second number breaks", "crates.io", "0.4.9", []string{"0.5.0"}, left(), "0.5.0", CrossesMajor, []string{"A", "B"}, nil},
		{"Go writes a v", "Go", "v1.9.0", []string{"v1.10.0"}, left(), "v1.10.0", StaysInMajor, []string{"A", "B"}, nil},
		{"a v that the advisory leaves out", "Go", "v1.9.0", []string{"1.10.0"}, left(), "v1.10.0", StaysInMajor, []string{"A", "B"}, nil},
		{"Debian promises nothing", "Debian:12", "1.0-1", []string{"1.0-1+deb12u1"}, left(), "1.0-1+deb12u1", CrossingUnknown, []string{"A", "B"}, nil},
		{"what is no version is left out", "npm", "1.0.0", []string{"latest", "1.0.1"}, left(), "1.0.1", StaysInMajor, []string{"A", "B"}, nil},
	} {
		u, err := Advise(c.ecosystem, "pkg:x/y", c.from, []string{"B", "A"}, c.fixed, c.remaining)
		if err != nil {
			t.Fatal(err)
		}
		if u.To != c.to || u.Major != c.major || !slices.Equal(u.Clears, c.clears) || !slices.Equal(u.Left, c.left) {
			t.Errorf("%s: %+v", c.name, u)
		}
		if (u.To == "" || len(u.Left) > 0) == u.Note.IsZero() {
			t.Errorf("%s: note %+v", c.name, u.Note)
		}
	}
}
