// Command fill makes a folder of advisories as large as the live OSV dumps: the records of a real folder, and synthetic
// ones on the package names that real SBOMs use. The same seed and inputs give the same folder.
//
//	go run ./bench/fill -advisories DIR -sboms DIR -out DIR [-mid 35000] [-malware 200000] [-seed 1]
//
// With -sbom N it makes an SBOM of N components instead, out of those of real ones.
//
//	go run ./bench/fill -sboms DIR -sbom 1749 -out FILE
package main

import (
	"archive/zip"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read"
)

func main() {
	log.SetFlags(0)
	advisories := flag.String("advisories", "", "folder of real OSV advisories")
	sboms := flag.String("sboms", "", "folder of SBOMs whose package names are used")
	out := flag.String("out", "", "folder to write")
	mid := flag.Int("mid", 35000, "advisories on names that SBOMs use")
	malware := flag.Int("malware", 200000, "npm malware records on other names")
	seed := flag.Int64("seed", 1, "seed of the generator")
	sbom := flag.Int("sbom", 0, "components of an SBOM to make")
	flag.Parse()
	if *sbom > 0 {
		if err := compose(*sboms, *sbom, *seed, *out); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(*advisories, *sboms, *out, *mid, *malware, *seed); err != nil {
		log.Fatal(err)
	}
}

func run(advisories, sboms, out string, mid, malware int, seed int64) error {
	names, err := packageNames(sboms)
	if err != nil {
		return err
	}
	f := filler{rand: rand.New(rand.NewSource(seed)), names: names, made: map[string][]record{}}
	f.onRealNames(mid)
	f.malware(malware)
	dirs, err := os.ReadDir(advisories)
	if err != nil {
		return err
	}
	ecosystems := map[string]bool{}
	for _, d := range dirs {
		if d.IsDir() {
			ecosystems[d.Name()] = true
		}
	}
	for e := range f.made {
		ecosystems[e] = true
	}
	total := 0
	for _, e := range slices.Sorted(maps.Keys(ecosystems)) {
		n, err := write(filepath.Join(advisories, e, "all.zip"), filepath.Join(out, e), f.made[e])
		if err != nil {
			return fmt.Errorf("%s: %w", e, err)
		}
		total += n
	}
	fmt.Printf("%d advisories in %s\n", total, out)
	return nil
}

// packageNames gives the distinct package names of the SBOMs, by ecosystem, sorted.
func packageNames(dir string) (map[string][]string, error) {
	seen := map[string]map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		reading, err := read.Read(b)
		if err != nil {
			return nil // not an SBOM, or one that is refused
		}
		for _, f := range reading.Facts {
			if s, ok := f.Data.(*fact.SBOM); ok {
				collect(seen, s)
			}
		}
		return nil
	})
	out := map[string][]string{}
	for e, names := range seen {
		out[e] = slices.Sorted(maps.Keys(names))
	}
	return out, err
}

func collect(seen map[string]map[string]bool, s *fact.SBOM) {
	for _, c := range s.Components {
		p, err := purl.Parse(c.PURL)
		if err != nil {
			continue
		}
		e := p.Ecosystem()
		switch e.Name {
		case "npm", "Maven", "Go", "PyPI", "Packagist", "crates.io", "NuGet", "RubyGems":
			if seen[e.Name] == nil {
				seen[e.Name] = map[string]bool{}
			}
			seen[e.Name][e.Package] = true
		}
	}
}

// A record is one OSV record, as far as it matters.
type record struct {
	ID       string     `json:"id"`
	Modified string     `json:"modified"`
	Summary  string     `json:"summary"`
	Details  string     `json:"details"`
	Affected []affected `json:"affected"`
}

type affected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Ranges   []ranges `json:"ranges,omitempty"`
	Versions []string `json:"versions,omitempty"`
}

type ranges struct {
	Type   string              `json:"type"`
	Events []map[string]string `json:"events"`
}

type filler struct {
	rand  *rand.Rand
	names map[string][]string
	made  map[string][]record
	n     int
}

// onRealNames makes advisories on names that SBOMs use, each with one or two ranges.
func (f *filler) onRealNames(n int) {
	ecosystems := slices.Sorted(maps.Keys(f.names))
	for range n {
		e := ecosystems[f.rand.Intn(len(ecosystems))]
		r := f.record("SYN", e, f.names[e][f.rand.Intn(len(f.names[e]))])
		kind := "ECOSYSTEM"
		if e == "npm" || e == "Go" || e == "crates.io" {
			kind = "SEMVER"
		}
		major := f.rand.Intn(6)
		for range 1 + f.rand.Intn(2) {
			r.Affected[0].Ranges = append(r.Affected[0].Ranges, ranges{Type: kind, Events: []map[string]string{
				{"introduced": fmt.Sprintf("%d.0.0", major)}, {"fixed": fmt.Sprintf("%d.%d.%d", major, 1+f.rand.Intn(20), f.rand.Intn(10))}}})
			major += 1 + f.rand.Intn(3)
		}
		f.made[e] = append(f.made[e], r)
	}
}

// malware makes npm records of packages that are malicious in every version, as most of the live npm dump is.
func (f *filler) malware(n int) {
	for range n {
		r := f.record("MAL-SYN", "npm", fmt.Sprintf("syn-%x-%x", f.rand.Int31(), f.rand.Int31()))
		r.Affected[0].Ranges = []ranges{{Type: "SEMVER", Events: []map[string]string{{"introduced": "0"}}}}
		f.made["npm"] = append(f.made["npm"], r)
	}
}

func (f *filler) record(prefix, ecosystem, name string) record {
	f.n++
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(f.rand.Intn(6*365*24)) * time.Hour)
	r := record{ID: fmt.Sprintf("%s-%07d", prefix, f.n), Modified: at.Format(time.RFC3339), Summary: "Synthetic record in " + name,
		Details: "Made for measuring. " + strings.Repeat("It carries as much text as an ordinary record does. ", 6), Affected: make([]affected, 1)}
	r.Affected[0].Package.Ecosystem, r.Affected[0].Package.Name = ecosystem, name
	return r
}

// write makes DIR/all.zip of the real archive, if there is one, and the synthetic records.
func write(real, dir string, made []record) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	out, err := os.Create(filepath.Join(dir, "all.zip"))
	if err != nil {
		return 0, err
	}
	defer out.Close()
	z := zip.NewWriter(out)
	n := 0
	if in, err := zip.OpenReader(real); err == nil {
		defer in.Close()
		for _, f := range in.File {
			if err := z.Copy(f); err != nil {
				return n, err
			}
			n++
		}
	}
	for _, r := range made {
		w, err := z.CreateHeader(&zip.FileHeader{Name: r.ID + ".json", Method: zip.Deflate})
		if err != nil {
			return n, err
		}
		b, err := json.Marshal(r)
		if err != nil {
			return n, err
		}
		if _, err := w.Write(b); err != nil {
			return n, err
		}
		n++
	}
	return n, z.Close()
}
