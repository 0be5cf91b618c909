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

// registryKey gives the name under which an affected package is found in its ecosystem, and the ecosystem as the advisory
// writes it. An advisory that leaves them out and gives a package URL is taken by that.
func registryKey(a osv.Affected) (key packageKey, ecosystem string) {
	ecosystem, name := a.Package.Ecosystem, a.Package.Name
	if p, err := purl.Parse(a.Package.PURL); err == nil && (ecosystem == "" || name == "") {
		of := p.Ecosystem()
		ecosystem, name = of.String(), of.Package
	}
	key = packageKey{purl.AdvisoryKey(ecosystem), name}
	key.name = purl.PackageName(version.Base(key.ecosystem), name)
	return key, ecosystem
}

// keysOf gives the names under which an affected package is found.
func keysOf(a osv.Affected) (out []packageKey) {
	if key, ecosystem := registryKey(a); key.name != "" && version.Known(ecosystem) {
		out = append(out, key)
	}
	return append(out, gitKeys(a)...)
}

// InVersion gives a component as it would be in another version: built from the same package, in that version.
func (c Component) InVersion(version string) Component {
	p, err := c.purl()
	if err != nil {
		return Component{Ref: c.Ref, Name: c.Name, Version: version}
	}
	p.Version = version
	var kept []purl.Qualifier
	for _, q := range p.Qualifiers {
		switch q.Key {
		case "epoch": // the version has its own
			continue
		case "upstream":
			q.Value, _ = purl.SourcePackage(q.Value)
		}
		kept = append(kept, q)
	}
	p.Qualifiers = kept
	return Component{Ref: c.Ref, PURL: p.String(), Name: c.Name}
}

// LookedUpAs gives the packages under which a component is looked up, each once.
func LookedUpAs(c Component) (out []Package) {
	p, _ := c.purl()
	for _, s := range sourcesOf(c, p) {
		out = append(out, Package{Git, s.Repo})
	}
	if eco := p.Ecosystem(); eco.Name != "" {
		for _, at := range eco.Places() {
			out = append(out, Package{at.Ecosystem, at.Package})
		}
	}
	slices.SortFunc(out, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}
