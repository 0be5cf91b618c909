package purl

import "strings"

// Ecosystem is where advisories in the OSV format speak of a component.
type Ecosystem struct {
	Name    string // npm, Go, Debian; nothing when no OSV ecosystem answers for the type
	Release string // 12, v3.18, 22.04:LTS; nothing when the ecosystem has none or the package URL does not tell
	Package string // the package's name there, normalised by [PackageName]
	Version string // the version, put together from the parts the type spreads it over

	// Also are further places where advisories may speak of it.
	Also []Place
}

// Place is one more name under which advisories may speak of a component: the longer path of a Go module of which tools
// write the end as the subpath, the package from whose sources a distribution built it, an ecosystem beside its own.
type Place struct{ Ecosystem, Package, Version string }

// String gives the ecosystem as OSV writes it: npm, Debian:12.
func (e Ecosystem) String() string {
	if e.Release == "" {
		return e.Name
	}
	return e.Name + ":" + e.Release
}

// Places gives all places where advisories may speak of the component, its own first; none when no ecosystem answers.
func (e Ecosystem) Places() []Place {
	if e.Name == "" {
		return nil
	}
	return append([]Place{{e.String(), e.Package, e.Version}}, e.Also...)
}

// languages are the types that belong to one ecosystem.
var languages = map[string]string{
	"bioconductor":     "Bioconductor",
	"bitnami":          "Bitnami",
	"cargo":            "crates.io",
	"composer":         "Packagist",
	"conan":            "ConanCenter",
	"cran":             "CRAN",
	"dhi":              "Docker Hardened Images",
	"gem":              "RubyGems",
	"github":           "GitHub Actions",
	"githubactions":    "GitHub Actions",
	"golang":           "Go",
	"gradle":           "Maven",
	"hackage":          "Hackage",
	"hex":              "Hex",
	"julia":            "Julia",
	"maven":            "Maven",
	"npm":              "npm",
	"nuget":            "NuGet",
	"opam":             "opam",
	"pub":              "Pub",
	"pypi":             "PyPI",
	"swift":            "SwiftURL",
	"vscode-extension": "VSCode",
}

// Ecosystem tells where advisories speak of the component. Name is empty when none does.
func (p PURL) Ecosystem() Ecosystem {
	switch p.Type {
	case "deb", "rpm", "apk", "alpine":
		return p.distribution()
	case "generic":
		if p.Namespace == "" && (p.Name == "linux" || p.Name == "linux-kernel") {
			return Ecosystem{Name: "Linux", Package: "Kernel", Version: p.Version}
		}
	}
	e := Ecosystem{Name: languages[p.Type], Version: p.Version}
	full := p.FullName()
	switch p.Type {
	case "golang":
		var longer []string
		if full, longer = goModule(full, p.Subpath); full == "stdlib" {
			e.Version = strings.TrimPrefix(e.Version, "go") // as the toolchain names its own version
		}
		for _, name := range longer {
			e.Also = append(e.Also, Place{e.Name, PackageName(e.Name, name), e.Version})
		}
		if strings.HasPrefix(full, "k8s.io/") {
			e.Also = append(e.Also, Place{"Kubernetes", PackageName("Kubernetes", full), e.Version})
		}
	case "gradle":
		full = strings.Replace(full, "/", ":", 1)
	case "vscode-extension":
		full = strings.Replace(full, "/", ".", 1)
	}
	e.Package = PackageName(e.Name, full)
	return e.withRoot()
}

// withRoot adds where Root's advisories speak of a component: its packages carry its name, whatever the ecosystem.
func (e Ecosystem) withRoot() Ecosystem {
	if strings.HasPrefix(strings.TrimPrefix(e.Package, "@"), "rootio") {
		e.Also = append(e.Also, Place{AdvisoryKey("Root:" + e.String()), e.Package, e.Version})
	}
	return e
}

// goModule gives the module that a path and a subpath name, and the longer ones that they may.
func goModule(path, subpath string) (module string, longer []string) {
	if path == "std" || path == "go" {
		return "stdlib", nil // a module path that merely ends in /go is not the standard library
	}
	first, rest, _ := strings.Cut(subpath, "/")
	if majorVersion(first) {
		path, subpath = path+"/"+first, rest
	}
	for i := 1; i <= len(subpath); i++ {
		if i == len(subpath) || subpath[i] == '/' {
			longer = append(longer, path+"/"+subpath[:i])
		}
	}
	return path, longer
}

// majorVersion reports whether s is the last segment of a module path of version 2 or later.
func majorVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && s[1] != '0' && s != "v1" && strings.Trim(s[1:], "0123456789") == ""
}

// PackageName gives a package's name in the form in which names are compared in an ecosystem (without its release):
// with PyPI's "-", "_" and "." as one, and without case wherever names differ by more than case in practice. (npm has
// a few old names in capitals, such as JSONStream, that the rules of package URLs lower: to compare them with case
// would lose their advisories.)
func PackageName(ecosystem, name string) string {
	switch ecosystem {
	case "PyPI":
		return pep503(name)
	case "Go", "Kubernetes", "npm", "NuGet", "Packagist", "Hex", "VSCode", "GitHub Actions":
		return strings.ToLower(name)
	case "SwiftURL":
		name = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://"), ".git")
		return strings.ToLower(name)
	case "crates.io":
		return strings.ReplaceAll(strings.ToLower(name), "_", "-")
	}
	return name
}

// pep503 is the normalised name of PEP 503.
func pep503(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	separated := false
	for i := range len(name) {
		c := name[i]
		if c == '-' || c == '_' || c == '.' {
			separated = true
			continue
		}
		if separated && b.Len() > 0 {
			b.WriteByte('-')
		}
		separated = false
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}
