package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// The classes of difference, each with who is right.
const (
	both        = "both"
	notRead     = "ours only: the scanner did not read the component (root, nested, or a type it passes over)"
	capitals    = "ours only: the scanner lowers the capitals of a Go module path"
	gitFirst    = "ours only: the scanner gives up a package whose first range is GIT"
	dropped     = "ours only: the scanner drops a record with a field it does not know"
	nameForm    = "ours only: the advisory writes the package's name in another form"
	release     = "ours only: the scanner does not take the release from the package URL"
	sorted      = "ours only: the scanner's order of events puts fixes and introductions wrong"
	stdlib      = "theirs only: a Go module whose path ends in /go is taken for the standard library"
	noVersion   = "theirs only: a component without a version, which we list as unmatched"
	oursUnknown = "ours only: no known class"
	unknown     = "theirs only: no known class"
)

// report prints the table and gives the number of differences without a class.
func report(docs []*document, ix *match.Index, list bool) (strange int, err error) {
	counts := map[string]int{}
	documents := map[string]map[string]bool{}
	var lines []string
	count := func(d *document, k key, class string) {
		counts[class]++
		if documents[class] == nil {
			documents[class] = map[string]bool{}
		}
		documents[class][d.path] = true
		if class != both {
			lines = append(lines, fmt.Sprintf("%s | %s %s %s %s | %s", class, k.ecosystem, k.name, k.version, k.id, d.path))
		}
	}
	components, compared := 0, 0
	for _, d := range docs {
		if d.refused {
			continue
		}
		compared++
		components += len(d.components)
		for _, k := range slices.SortedFunc(maps.Keys(d.ours), compareKeys) {
			if d.theirs[k] {
				count(d, k, both)
				continue
			}
			class, err := d.oursOnly(k, ix)
			if err != nil {
				return 0, err
			}
			count(d, k, class)
		}
		for _, k := range slices.SortedFunc(maps.Keys(d.theirs), compareKeys) {
			if _, ok := d.ours[k]; !ok {
				count(d, k, d.theirsOnly(k))
			}
		}
	}
	fmt.Printf("%d documents (the scanner cannot read %d more), %d components with a package URL, %d advisories\n\n",
		compared, len(docs)-compared, components, ix.Info().Count)
	fmt.Print("| class | findings | documents |\n|---|---|---|\n")
	for _, class := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("| %s | %d | %d |\n", class, counts[class], len(documents[class]))
	}
	if list {
		fmt.Printf("\n%s\n", strings.Join(lines, "\n"))
	}
	return counts[unknown] + counts[oursUnknown], nil
}

func (d *document) theirsOnly(k key) string {
	switch {
	case k.ecosystem == "Go" && k.name == "go":
		return stdlib
	case k.version == "":
		return noVersion
	}
	return unknown
}

// oursOnly finds out why the scanner does not have a finding, from the advisory itself.
func (d *document) oursOnly(k key, ix *match.Index) (string, error) {
	p, err := purl.Parse(d.ours[k])
	if err != nil {
		return "", err
	}
	read := d.seen[key{k.ecosystem, k.name, k.version, ""}]
	eco := p.Ecosystem()
	switch {
	case !read && d.seenElsewhere(k):
		return release, nil
	case !read:
		return notRead, nil
	case k.ecosystem == "Go" && strings.ToLower(p.FullName()) != p.FullName():
		return capitals, nil
	}
	text, err := ix.Text(k.id)
	if err != nil {
		return "", err
	}
	if hasUnknownField(text) {
		return dropped, nil
	}
	record, err := osv.Parse(text)
	if err != nil {
		return "", err
	}
	class := oursUnknown
	for _, a := range record.Affected {
		if version.Base(a.Package.Ecosystem) != k.ecosystem || purl.PackageName(k.ecosystem, a.Package.Name) != eco.Package {
			continue
		}
		switch {
		case len(a.Ranges) > 0 && a.Ranges[0].Type == osv.Git:
			class = gitFirst
		case a.Package.Name != p.FullName():
			class = nameForm
		}
	}
	return class, nil
}

// seenElsewhere reports whether the scanner read the package under another ecosystem.
func (d *document) seenElsewhere(k key) bool {
	for s := range d.seen {
		if s.name == k.name && s.version == k.version {
			return true
		}
	}
	return false
}

// known are the top-level fields of the OSV schema 1.7.
var known = []string{"schema_version", "id", "modified", "published", "withdrawn", "aliases", "related", "upstream", "summary",
	"details", "severity", "affected", "references", "credits", "database_specific"}

func hasUnknownField(text []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil {
		return false
	}
	for f := range fields {
		if !slices.Contains(known, f) {
			return true
		}
	}
	return false
}
