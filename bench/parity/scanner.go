package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/version"
)

// others are ecosystems the scanner may ask for; it gives up a whole scan when one has no archive.
var others = []string{"Alpine", "AlmaLinux", "Bitnami", "CRAN", "Chainguard", "ConanCenter", "Debian", "GIT", "GitHub Actions",
	"Go", "Hackage", "Hex", "Julia", "MinimOS", "Maven", "NuGet", "Packagist", "Pub", "PyPI", "Red Hat", "Rocky Linux", "RubyGems",
	"SUSE", "SwiftURL", "Ubuntu", "Wolfi", "crates.io", "npm", "openEuler", "openSUSE", "Mageia", "Photon OS", "Homebrew", "Alpaquita", "Azure Linux", "OSS-Fuzz", "Echo", "VSCode", "Kubernetes", "GHC", "Linux", "Android", "Bioconductor", "Root"}

// database lays the advisories out as the scanner wants them, with empty archives for what is missing.
func database(tmp, advisories string) error {
	base := filepath.Join(tmp, "osv-scalibr")
	if err := os.Mkdir(base, 0o755); err != nil {
		return err
	}
	var empty bytes.Buffer
	if err := zip.NewWriter(&empty).Close(); err != nil {
		return err
	}
	advisories, err := filepath.Abs(advisories)
	if err != nil {
		return err
	}
	for _, eco := range others {
		from, to := filepath.Join(advisories, eco), filepath.Join(base, eco)
		if _, err := os.Stat(filepath.Join(from, "all.zip")); err == nil {
			err = os.Symlink(from, to)
			if err != nil {
				return err
			}
			continue
		}
		if err := os.Mkdir(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "all.zip"), empty.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// scanResult is what is read of the scanner's JSON.
type scanResult struct {
	Results []struct {
		Source   struct{ Path string }
		Packages []struct {
			Package         struct{ Name, Version, Ecosystem string }
			Vulnerabilities []struct{ ID string }
		}
	}
}

// scan runs the scanner over all documents, some at a time, and fills in what it finds. One document that it cannot read
// fails the whole run, so those of a failed run are scanned one by one.
func scan(docs []*document, tmp, advisories, scanner string) error {
	if err := database(tmp, advisories); err != nil {
		return err
	}
	for n, d := range docs {
		if err := d.place(tmp, n); err != nil {
			return err
		}
	}
	const together = 20
	for from := 0; from < len(docs); from += together {
		some := docs[from:min(from+together, len(docs))]
		if scanSome(some, tmp, scanner) != nil {
			for i := range some {
				if err := scanSome(some[i:i+1], tmp, scanner); err != nil {
					log.Printf("%s: %v", some[i].path, err)
					some[i].refused = true
				}
			}
		}
		log.Printf("%d of %d documents scanned", from+len(some), len(docs))
	}
	return nil
}

func scanSome(docs []*document, tmp, scanner string) error {
	args := []string{"scan", "source", "--offline", "--all-packages", "--all-vulns", "--no-resolve", "--format", "json"}
	byName := map[string]*document{}
	for _, d := range docs {
		byName[d.copy] = d
		args = append(args, "-L", d.copy)
	}
	cmd := exec.Command(scanner, args...)
	cmd.Env = append(os.Environ(), "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY="+tmp)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	runErr := cmd.Run() // status 1 means that something was found
	var result scanResult
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		return fmt.Errorf("the scanner fails: %v: %s", runErr, lastLines(problems.String()))
	}
	for line := range strings.Lines(problems.String()) {
		if strings.Contains(line, "could not load db") {
			log.Print(strings.TrimSpace(line))
		}
	}
	for _, r := range result.Results {
		if d := byName[r.Source.Path]; d != nil {
			d.add(r.Packages)
		}
	}
	return nil
}

func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-2):], " ")
}

func (d *document) add(packages []struct {
	Package         struct{ Name, Version, Ecosystem string }
	Vulnerabilities []struct{ ID string }
}) {
	for _, p := range packages {
		name := p.Package.Name[strings.LastIndexAny(p.Package.Name, "/:")+1:]
		eco := version.Base(p.Package.Ecosystem)
		k := key{eco, purl.PackageName(eco, strings.ToLower(name)), p.Package.Version, ""}
		d.seen[k] = true
		for _, v := range p.Vulnerabilities {
			k.id = v.ID
			d.theirs[k] = true
		}
	}
}

// place copies a document under a name by which the scanner knows its format.
func (d *document) place(tmp string, n int) error {
	text, err := os.ReadFile(d.path)
	if err != nil {
		return err
	}
	ending := ".cdx.json"
	if bytes.Contains(text, []byte(`"spdxVersion"`)) {
		ending = ".spdx.json"
	}
	d.copy = filepath.Join(tmp, strconv.Itoa(n)+ending)
	return os.WriteFile(d.copy, text, 0o644)
}
