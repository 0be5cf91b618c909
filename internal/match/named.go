package match

import (
	"cmp"
	"slices"

	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// Package names a package as advisories are looked up: the ecosystem, with its release where it has one, and the name in
// the form in which names are compared there.
type Package struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
}

// PackagesOf gives the packages that a record speaks of, whether it stands or was withdrawn.
func PackagesOf(r osv.Record) []Package {
	var out []Package
	for _, a := range r.Affected {
		for _, k := range keysOf(a) {
			out = append(out, Package{k.ecosystem, k.name})
		}
	}
	return out
}

// keysOf gives the names under which an affected package is found.
func keysOf(a osv.Affected) (out []packageKey) {
	if a.Package.Name != "" && version.Known(a.Package.Ecosystem) {
		out = append(out, packageKey{ecosystemKey(a.Package.Ecosystem), purl.PackageName(version.Base(a.Package.Ecosystem), a.Package.Name)})
	}
	return append(out, gitKeys(a)...)
}

// LookedUpAs gives the packages under which a component is looked up, each once.
func LookedUpAs(c Component) (out []Package) {
	p, err := purl.Parse(c.PURL)
	if err != nil {
		p = purl.PURL{}
	}
	for _, s := range sourcesOf(c, p) {
		out = append(out, Package{Git, s.Repo})
	}
	if eco := p.Ecosystem(); eco.Name != "" {
		for _, name := range append([]string{eco.Package}, eco.Also...) {
			out = append(out, Package{eco.String(), name})
		}
	}
	slices.SortFunc(out, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}
