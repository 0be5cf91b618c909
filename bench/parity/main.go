// Command parity compares Tasuki's matching with that of osv-scanner, finding by finding, on the same SBOMs and the same
// advisories, and says for every difference which class it belongs to.
//
//	go run ./bench/parity -sboms DIR -advisories DIR -scanner PATH
//
// DIR of advisories is laid out as the public OSV dump is (<Ecosystem>/all.zip). The scanner is osv-scanner v2; build
// it as a module of its own: go install github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.5.1
//
// The result is a table in Markdown; with -list every finding that only one side has follows. The exit status is 1 when
// a difference belongs to no known class.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read"
)

// key is a finding as both sides can tell it: the scanner's JSON has lost the namespace of names.
type key struct{ ecosystem, name, version, id string }

// document is one SBOM and what each side finds in it.
type document struct {
	path       string
	components []match.Component
	ours       map[key]string // the package URL
	theirs     map[key]bool
	copy       string       // where the scanner finds it
	refused    bool         // the scanner cannot read it
	loose      bool         // our reader refuses it
	seen       map[key]bool // packages the scanner read, without id
}

func main() {
	log.SetFlags(0)
	sboms := flag.String("sboms", "", "folder of SBOMs")
	advisories := flag.String("advisories", "", "folder of OSV advisories")
	scanner := flag.String("scanner", "osv-scanner", "the osv-scanner program")
	list := flag.Bool("list", false, "list every difference")
	limit := flag.Int("limit", 1000, "how many SBOMs are compared at most")
	flag.Parse()
	unknown, err := run(*sboms, *advisories, *scanner, *limit, *list)
	if err != nil {
		log.Fatal(err)
	}
	if unknown > 0 {
		os.Exit(1)
	}
}

func run(sboms, advisories, scanner string, limit int, list bool) (unknown int, err error) {
	docs, err := load(sboms, limit)
	if err != nil {
		return 0, err
	}
	tmp, err := os.MkdirTemp("", "parity-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "index")
	if _, err := match.BuildIndex(context.Background(), advisories, file); err != nil {
		return 0, err
	}
	ix, err := match.OpenIndex(file)
	if err != nil {
		return 0, err
	}
	defer ix.Close()
	for _, d := range docs {
		if err := d.match(ix); err != nil {
			return 0, err
		}
	}
	if err := scan(docs, tmp, advisories, scanner); err != nil {
		return 0, err
	}
	return report(docs, ix, list)
}

// load reads every SBOM in JSON below a folder that names at least one package URL.
func load(dir string, limit int) (docs []*document, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".json") || len(docs) == limit {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if d := newDocument(path, text); len(d.components) > 0 {
			docs = append(docs, d)
		}
		return nil
	})
	return docs, err
}

// newDocument reads an SBOM. One that our reader refuses, as not quite of its format, is compared all the same.
func newDocument(path string, text []byte) *document {
	d := &document{path: path, ours: map[key]string{}, theirs: map[key]bool{}, seen: map[key]bool{}}
	reading, err := read.Read(text)
	if err != nil {
		d.loose = true
		d.components = looseComponents(text)
		return d
	}
	for _, f := range reading.Facts {
		bom, ok := f.Data.(*fact.SBOM)
		if !ok || bom.Encoding != "json" {
			continue
		}
		all := bom.Components
		if bom.Root != nil {
			all = append(slices.Clone(all), *bom.Root)
		}
		for _, c := range all {
			if c.PURL != "" {
				d.components = append(d.components, match.Component{Ref: c.Pointer, PURL: c.PURL, Name: c.Name, Version: c.Version})
			}
		}
	}
	return d
}

// match fills in what we find: a row for every advisory of every finding.
func (d *document) match(ix *match.Index) error {
	r, err := ix.Match(d.components)
	if err != nil {
		return fmt.Errorf("%s: %w", d.path, err)
	}
	for _, f := range r.Findings {
		p, err := purl.Parse(f.PURL)
		if err != nil {
			return err
		}
		for _, id := range f.Advisories {
			d.ours[keyOf(p, f.Version, id)] = f.PURL
		}
	}
	return nil
}

func keyOf(p purl.PURL, v, id string) key {
	eco := p.Ecosystem().Name
	return key{eco, purl.PackageName(eco, strings.ToLower(p.Name)), v, id}
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.ecosystem, b.ecosystem), cmp.Compare(a.name, b.name),
		cmp.Compare(a.version, b.version), cmp.Compare(a.id, b.id))
}
