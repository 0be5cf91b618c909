package version

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/osv-scalibr/semantic"
	"pgregory.net/rapid"

	"example.org/tasuki/internal/testshared"
)

// fixtures names the ecosystem each file of comparisons belongs to.
var fixtures = map[string]string{
	"alpine": "Alpine", "cran": "CRAN", "debian": "Debian", "hackage": "Hackage", "maven": "Maven", "nuget": "NuGet",
	"packagist": "Packagist", "pub": "Pub", "pypi": "PyPI", "redhat": "Red Hat", "rubygems": "RubyGems", "semver": "npm",
}

// ownFixtures are those in testdata, of ecosystems that OSV's fixtures leave out.
var ownFixtures = map[string]string{"conan": "ConanCenter", "semver": "npm"}

// unordered are the lines no order can hold, with the reason.
var unordered = map[string]string{
	"1.2.3.# = 1.2.3":                  "# equals every number in PHP, so it has no place among them",
	"1.2.3.# = 1.2.3.#":                "the same",
	"1.2.3.# = 1.2.3.1":                "the same",
	"1.2.3.#.1 > 1.2.3":                "the same",
	"1.2.3.#.p3 > 1.2.3":               "the same",
	"1.2.3.#.beta < 1.2.3":             "the same",
	"1-ruff2 = 1--ruff1":               "both invalid to apk, which calls 1--ruff1 and 1--ruff2 different",
	"2.9.0-1 < 2.9.0.RC1":              "a circle: 2.9.0.RC1 < 2.9.0 < 2.9.0-1 hold too",
	"1.1.0-01-glassfish < 1.1.0.Beta1": "a circle: 1.1.0.Beta1 < 1.1.0 < 1.1.0-01-glassfish hold too",
}

func TestEveryFixtureLine(t *testing.T) {
	dir := testshared.Dir(t, "osv", "version-ordering")
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	own, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(own) == 0 {
		t.Fatalf("no cases of our own: %v", err)
	}
	total := 0
	for _, file := range append(files, own...) {
		name, _, _ := strings.Cut(filepath.Base(file), "-")
		eco := cmp.Or(fixtures[name], ownFixtures[name])
		if eco == "" {
			t.Errorf("%s: no ecosystem is named for this file", file)
			continue
		}
		total += checkFile(t, file, eco)
	}
	if total < 43000 {
		t.Errorf("only %d comparisons were read", total)
	}
}

// comparison is a line of a fixture.
var comparison = regexp.MustCompile(`^(\S+) ([<=>]) (.+)$`)

func checkFile(t *testing.T, file, eco string) (n int) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimSpace(sc.Text())
		if text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, "//") {
			continue
		}
		words := comparison.FindStringSubmatch(text)
		if words == nil {
			t.Errorf("%s:%d: %q is not a comparison", filepath.Base(file), line, text)
			continue
		}
		n++
		want := map[string]int{"<": -1, "=": 0, ">": 1}[words[2]]
		got, err := Compare(eco, words[1], words[3])
		if _, known := unordered[text]; known {
			if err == nil && got == want {
				t.Errorf("%s:%d: %q is listed as unordered but holds", filepath.Base(file), line, text)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s:%d: %s: got %d, %v", filepath.Base(file), line, text, got, err)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestKeySaysWhatItCannotRead(t *testing.T) {
	for _, c := range []struct {
		eco, version string
		want         error
	}{
		{"npm", "", ErrVersion},
		{"npm", "latest", ErrVersion},
		{"Go", "(devel)", ErrVersion},
		{"Hackage", "1.0-beta", ErrVersion},
		{"Debian", "x:1", ErrVersion},
		{"npm", "1.0\x00", ErrVersion},
		{"npm", strings.Repeat("1", 300), ErrVersion},
		{"PyPI", strings.Repeat("1.", 400), ErrVersion},
		{"Nowhere", "1.0", ErrEcosystem},
	} {
		if _, err := Key(c.eco, c.version); !errors.Is(err, c.want) {
			t.Errorf("Key(%q, %.20q) gives %v, want %v", c.eco, c.version, err, c.want)
		}
	}
}

func TestOrderWhereTheReferenceDiffers(t *testing.T) {
	for _, c := range []struct{ eco, low, high string }{
		{"npm", "1.1.3", "1.1.3.4"},         // a fourth number counts
		{"Maven", "6.2.0.CR1", "6.2"},       // zeros before a pre-release word
		{"Maven", "1-alpha", "1.foo"},       // the circle is cut here
		{"RubyGems", "1.0-rc1", "1.0"},      // a hyphen starts a pre-release
		{"RubyGems", "1.a.0.b", "1.a"},      // a word after zeros comes before the end
		{"Packagist", "1.0-foo", "1.0-dev"}, // unknown words come first in PHP
		{"npm", "1.0.0-1", "1.0.0--1"},      // -1 is a word, not a number
		{"Alpine", "1.2", "1.2_cvs"},        // a suffix without a number
		{"Debian:12", "1.0~rc1", "1.0"},     // the release of the ecosystem does not matter
		{"PyPI", "1.13.1", "1.13.1+cpu"},
		{"Alpine", "1.0~1234-r1", "1.0~2345-r0"}, // apk-tools 3 compares the hashes of commits as text
	} {
		if got, err := Compare(c.eco, c.low, c.high); err != nil || got != -1 {
			t.Errorf("%s: %s < %s: got %d, %v", c.eco, c.low, c.high, got, err)
		}
	}
}

// TestAgainstReference compares random pairs of real version strings with osv-scalibr's order. Maven's and Alpine's are not
// glued: in shapes that do not occur the one runs in circles and the other reads suffixes anywhere.
func TestAgainstReference(t *testing.T) {
	dir := testshared.Dir(t, "osv", "version-ordering")
	for name, eco := range fixtures {
		versions := realVersions(t, dir, name)
		t.Run(eco, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a := rapid.SampledFrom(versions).Draw(t, "a")
				b := rapid.SampledFrom(versions).Draw(t, "b")
				if eco != "Maven" && eco != "Alpine" && rapid.Bool().Draw(t, "glue") { // two real versions glued give shapes nobody wrote down
					b = a[:rapid.IntRange(0, len(a)).Draw(t, "cut")] + b
				}
				ours, err := Compare(eco, a, b)
				if err != nil || knownDifference(eco, a) || knownDifference(eco, b) {
					return
				}
				ref, err := semantic.Parse(a, eco)
				if err != nil {
					return
				}
				want, err := ref.CompareStr(b)
				if err != nil || want == ours {
					return
				}
				t.Fatalf("%s: %q and %q: ours %d, reference %d", eco, a, b, ours, want)
			})
		})
	}
}

// different names the shapes where we differ from the reference on purpose, per ecosystem: more numbers than it counts,
// identifiers such as -1, dots in a row, unknown words in PHP, zeros written 00.
var different = map[string]*regexp.Regexp{
	"npm":       regexp.MustCompile(`^v?\d+\.\d+\.\d+\.|[-.]-\d|\.\.|\.\D`),
	"Pub":       regexp.MustCompile(`^v?\d+\.\d+\.\d+\.|[-.]-\d|\.\.|\.\D|\+.*\d`),
	"NuGet":     regexp.MustCompile(`^v?\d+\.\d+\.\d+\.\d+\.|[-.]-\d|\.\.|\.\D`),
	"RubyGems":  regexp.MustCompile(`\b0\d|-|[a-z]0\d|\.\.`),
	"Alpine":    regexp.MustCompile(`\.\.|\b0\d|\.0\.|_cvs\b|-r\d+\D`),
	"Maven":     regexp.MustCompile(`(?i)[.-]0+\.[a-z]`),
	"Packagist": regexp.MustCompile(`\.\.|[a-zA-Z]{2,}[a-zA-Z]*[^a-zA-Z]+[a-zA-Z]|[c-oq-zC-QS-Z]`),
}

func knownDifference(eco, v string) bool {
	return different[eco] != nil && different[eco].MatchString(v)
}

// realVersions gives the versions of a fixture, sorted and each once.
func realVersions(t *testing.T, dir, name string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, name+"-versions*.txt"))
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if w := strings.Fields(line); len(w) == 3 && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") {
				seen[w[0]], seen[w[2]] = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func FuzzKey(f *testing.F) {
	for _, v := range []string{"1.0", "1:2-3~4", "v1.2.3-rc.1+b", "1.0.0.RC1", "0.1-bulbasaur", "1.a.0.b", "..-", "1_p2-r3"} {
		f.Add("Maven", v)
		f.Add("PyPI", v)
	}
	f.Fuzz(func(t *testing.T, eco, v string) {
		for e := range families {
			a, err := Key(e, v)
			if err != nil && !errors.Is(err, ErrVersion) {
				t.Errorf("%s: %v", e, err)
			}
			if b, _ := Key(e, v); !bytes.Equal(a, b) {
				t.Errorf("%s: two keys for %q", e, v)
			}
		}
		_, _ = Key(eco, v)
	})
}

func BenchmarkKey(b *testing.B) {
	for _, c := range [][2]string{{"npm", "1.2.3-beta.4"}, {"Maven", "6.2.0.CR1"}, {"PyPI", "1.0.post1.dev2"}, {"Debian", "1:2.7.4+reloaded2-13+deb9u1"}} {
		b.Run(c[0], func(b *testing.B) {
			var k []byte
			for b.Loop() {
				k, _ = AppendKey(k[:0], c[0], c[1])
			}
		})
	}
}

// TestWrittenDifferently holds what tools write before a version, and node's own loose reading takes.
func TestWrittenDifferently(t *testing.T) {
	for _, c := range [][3]string{{"npm", "v1.2.3", "1.2.3"}, {"npm", "= 1.2.3-beta", "1.2.3-beta"}, {"npm", "=v1.2.3+a", "1.2.3+b"}, {"Go", "1.21.4", "v1.21.4"},
		{"Go", "v2.0.0+incompatible", "2.0.0"}, {"NuGet", "1.0.0-BETA", "1.0-beta"}, {"Maven", "1.0-ga", "1"}, {"PyPI", "v1.0.0.RC1", "1.0rc1"}} {
		if got, err := Compare(c[0], c[1], c[2]); err != nil || got != 0 {
			t.Errorf("%s: %q and %q: %d, %v", c[0], c[1], c[2], got, err)
		}
	}
	for _, v := range []string{"v", "=", "vx", "= ", "=v", "vv1.0.0", "v=1.0.0"} {
		if _, err := Key("npm", v); !errors.Is(err, ErrVersion) {
			t.Errorf("%q is taken for a version: %v", v, err)
		}
	}
}
