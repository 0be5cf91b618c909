package repotest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/golden"
)

// Every module linked into the program is listed with the licence that its own file gives, in third_party/modules.txt
// for the program's SBOM and in NOTICE for people. Run with -update after a module changed.
func TestModuleLicences(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./cmd/tasuki")
	list.Dir, list.Env = root(t), append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var modules strings.Builder
	seen := map[string]bool{}
	width := 0
	var pairs [][2]string
	for line := range strings.Lines(string(out)) {
		path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || seen[path] {
			continue
		}
		seen[path] = true
		pairs = append(pairs, [2]string{path, licenceIn(t, dir)})
		width = max(width, len(path))
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	for _, p := range pairs {
		fmt.Fprintf(&modules, "%-*s  %s\n", width, p[0], p[1])
	}
	golden.Compare(t, filepath.Join(root(t), "third_party/modules.txt"), modules.String())

	file := filepath.Join(root(t), "NOTICE")
	notice, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?s)(Go modules linked into the program[^\n]*\n\n).*?(\n\n)`)
	if !section.Match(notice) {
		t.Fatal("NOTICE has no list of Go modules")
	}
	indented := "  " + strings.ReplaceAll(strings.TrimSpace(modules.String()), "\n", "\n  ")
	golden.Compare(t, file, section.ReplaceAllString(string(notice), "${1}"+indented+"${2}"))
}

// licenceIn gives the SPDX id of the licence in a module's folder. One that is none of the permissive ones we know stops
// the test: somebody has to read it.
func licenceIn(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		text := strings.Join(strings.Fields(string(b)), " ")
		switch {
		case strings.Contains(text, "Apache License Version 2.0"):
			return "Apache-2.0"
		case strings.Contains(text, "Permission is hereby granted, free of charge"):
			return "MIT"
		case strings.Contains(text, "Redistribution and use") && (strings.Contains(text, "Neither the name") || strings.Contains(text, "names of its contributors") || strings.Contains(text, "may be used to endorse")):
			return "BSD-3-Clause"
		case strings.Contains(text, "Redistribution and use"):
			return "BSD-2-Clause"
		}
		t.Errorf("%s: a licence that is not known here", filepath.Join(dir, name))
		return "NOASSERTION"
	}
	t.Errorf("%s has no licence", dir)
	return "NOASSERTION"
}
