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
	subpath     = "both, under another name: the package URL splits a Go module path into the subpath"
	notRead     = "ours only: the scanner does not read the component (root, or nested)"
	capitals    = "ours only: the package URL has capitals, which the scanner lowers (Go) or compares (npm)"
	gitFirst    = "ours only: the scanner gives up a package whose first range is GIT"
	dropped     = "ours only: the scanner drops a record with a field it does not know"
	nameForm    = "ours only: the advisory writes the package's name in another form"
	release     = "ours only: the scanner does not take the release from the package URL"
	otherName   = "ours only: the scanner takes the component's name field for part of the package URL"
	everyOne    = "ours only: a component without a version, by advisories about every version"
	stdlib      = "theirs only: a Go module whose path ends in /go is taken for the standard library"
	noVersion   = "theirs only: a component without a version, which we list as unmatched"
	badVersion  = "theirs only: a version that is none, which we list as unmatched"
	fourNumbers = "theirs only: a fourth number is taken for a pre-release of the three"
	encoded     = "theirs only: the scope of an npm package, joined to its name by an encoded slash, is lost"
	twoVersions = "theirs only: the SBOM's version field differs from its package URL, which we follow"
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
		if class != both && class != subpath {
			lines = append(lines, fmt.Sprintf("%s | %s %s %s %s | %s", class, k.ecosystem, k.name, k.version, k.id, d.path))
		}
	}
	components, compared, loose := 0, 0, 0
	for _, d := range docs {
		if d.refused {
			continue
		}
		compared++
		if d.loose {
			loose++
		}
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
	fmt.Printf("%d documents, %d of which our reader refuses (the scanner cannot read %d more), %d components with a package URL, %d advisories\n\n",
		compared, loose, len(docs)-compared, components, ix.Info().Count)
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
	case k.ecosystem == "Go" && k.name == "stdlib" && !d.hasStdlib(k.version):
		return stdlib
	case k.version == "":
		return noVersion
	}
	for o, u := range d.ours {
		p, err := purl.Parse(u)
		if err == nil && o.id == k.id && o.version == k.version && strings.HasSuffix("/"+p.Subpath, "/"+k.name) {
			return subpath
		}
	}
	if _, err := version.Key(k.ecosystem, k.version); err != nil {
		return badVersion
	}
	if k.ecosystem == "npm" && strings.Count(k.version, ".") == 3 && !strings.ContainsAny(k.version, "-+") {
		return fourNumbers
	}
	for _, c := range d.components {
		p, err := purl.Parse(c.PURL)
		if err == nil && p.Type == "npm" && p.Version == k.version && strings.HasSuffix(p.Name, "/"+k.name) {
			return encoded
		}
		if err == nil && keyOf(p, p.Version, k.id) == k && c.Version != "" && c.Version != p.Version {
			return twoVersions
		}
	}
	return unknown
}

// hasStdlib reports whether the SBOM names the standard library of Go in a version.
func (d *document) hasStdlib(v string) bool {
	return slices.ContainsFunc(d.components, func(c match.Component) bool {
		p, err := purl.Parse(c.PURL)
		return err == nil && p.Type == "golang" && p.Ecosystem().Package == "stdlib" && p.Version == v
	})
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
	case (k.ecosystem == "Go" || k.ecosystem == "npm") && strings.ToLower(d.ours[k]) != d.ours[k]:
		return capitals, nil
	case k.version == "":
		return everyOne, nil
	case slices.ContainsFunc(d.components, func(c match.Component) bool { return c.PURL == d.ours[k] && strings.Contains(c.Name, p.Namespace+"/") }):
		return otherName, nil
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
