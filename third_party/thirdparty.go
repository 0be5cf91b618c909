// Package thirdparty carries the few files from elsewhere that must be inside the program: the colour tokens and the
// icons. Each folder has the licence and a README with origin, version and SHA-256; [Files] reads them. [Licences] knows
// the licences of the Go modules.
//
// axe-core is here for the accessibility tests only and is not embedded in the program.
package thirdparty

import (
	"embed"
	"path"
	"strings"
)

// Assets holds the embedded files by folder: design-tokens, tabler-icons.
//
//go:embed design-tokens/tokens.css tabler-icons/*.svg
var Assets embed.FS

//go:embed */README.md modules.txt
var about embed.FS

// A Carried is one folder of files from elsewhere, as its README tells.
type Carried struct {
	Name, Version, Licence, Origin string
	Sums                           map[string]string // SHA-256 in hex by file
}

// Files gives what is inside the program, by name. What only tests use is left out.
func Files() ([]Carried, error) {
	folders, err := about.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var out []Carried
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		b, err := about.ReadFile(path.Join(f.Name(), "README.md"))
		if err != nil {
			return nil, err
		}
		c := Carried{Name: f.Name(), Sums: map[string]string{}}
		what := ""
		for line := range strings.Lines(string(b)) {
			key, value, row := strings.Cut(strings.Trim(strings.TrimSpace(line), "| "), "|")
			value = strings.TrimSpace(value)
			sum, file, listed := strings.Cut(strings.TrimSpace(line), "  ")
			switch {
			case listed && len(sum) == 64:
				c.Sums[file] = sum
			case !row:
			case strings.TrimSpace(key) == "what":
				what = value
			case strings.TrimSpace(key) == "version":
				c.Version = value
			case strings.TrimSpace(key) == "origin":
				c.Origin = value
			case strings.TrimSpace(key) == "licence":
				c.Licence, _, _ = strings.Cut(value, " (")
			}
		}
		if !strings.Contains(what, "tests only") && !strings.Contains(what, "not part of the program") {
			out = append(out, c)
		}
	}
	return out, nil
}

// Licences gives the SPDX id of the licence of every Go module linked into the program, by module path.
func Licences() (map[string]string, error) {
	b, err := about.ReadFile("modules.txt")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 {
			out[f[0]] = f[1]
		}
	}
	return out, nil
}
