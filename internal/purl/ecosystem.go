package purl

import "strings"

// Ecosystem is where advisories in the OSV format speak of a component.
type Ecosystem struct {
	Name    string // npm, Go, Debian; nothing when no OSV ecosystem answers for the type
	Release string // 12, v3.18, 22.04:LTS; nothing when the ecosystem has none or the package URL does not tell
	Package string // the package's name there, normalised by [PackageName]
	Version string // the version, put together from the parts the type spreads it over

	// Also are further names it may have there: some tools write the end of a Go module path as the subpath, where
	// package URLs put the path of a package within its module.
	Also []string
}

// String gives the ecosystem as OSV writes it: npm, Debian:12.
func (e Ecosystem) String() string {
	if e.Release == "" {
		return e.Name
	}
	return e.Name + ":" + e.Release
}

// languages are the types that belong to one ecosystem.
var languages = map[string]string{
	"bitnami":          "Bitnami",
	"cargo":            "crates.io",
	"composer":         "Packagist",
	"conan":            "ConanCenter",
	"cran":             "CRAN",
	"gem":              "RubyGems",
	"github":           "GitHub Actions",
	"githubactions":    "GitHub Actions",
	"golang":           "Go",
	"hackage":          "Hackage",
	"hex":              "Hex",
	"julia":            "Julia",
	"maven":            "Maven",
	"npm":              "npm",
	"nuget":            "NuGet",
	"pub":              "Pub",
	"pypi":             "PyPI",
	"swift":            "SwiftURL",
	"vscode-extension": "VSCode",
}

// distributions are the namespaces of deb, rpm and apk that belong to one ecosystem.
var distributions = map[string]string{
	"almalinux": "AlmaLinux", "alma": "AlmaLinux",
	"alpine": "Alpine", "alpaquita": "Alpaquita", "chainguard": "Chainguard", "wolfi": "Wolfi", "minimos": "MinimOS",
	"debian": "Debian", "ubuntu": "Ubuntu", "echo": "Echo",
	"mageia": "Mageia", "openeuler": "openEuler", "opensuse": "openSUSE", "sles": "SUSE", "suse": "SUSE",
	"photon": "Photon OS", "redhat": "Red Hat", "rhel": "Red Hat", "rocky": "Rocky Linux", "rockylinux": "Rocky Linux",
}

// DistributionHasReleases reports whether an ecosystem's advisories speak of one release each, so that a component
// without a release cannot be looked up.
func DistributionHasReleases(ecosystem string) bool {
	switch ecosystem {
	case "AlmaLinux", "Alpine", "Alpaquita", "Debian", "Ubuntu", "Mageia", "openEuler", "openSUSE", "SUSE", "Photon OS",
		"Red Hat", "Rocky Linux":
		return true
	}
	return false
}

// DistributionKey gives an advisory's ecosystem as components of a distribution are looked up: Red Hat names a release by
// the CPE of a product, of which Enterprise Linux without extended support is taken (enterprise_linux:9::appstream is 9).
// Others, with fixes of their own, stay apart.
func DistributionKey(ecosystem string) string {
	base, release, _ := strings.Cut(ecosystem, ":")
	if release, ok := strings.CutPrefix(release, "enterprise_linux:"); ok && base == "Red Hat" {
		release, _, _ = strings.Cut(release, ":")
		major, _, _ := strings.Cut(release, ".")
		return base + ":" + major
	}
	return ecosystem
}

// Ecosystem tells where advisories speak of the component. Name is empty when none does.
func (p PURL) Ecosystem() Ecosystem {
	switch p.Type {
	case "deb", "rpm", "apk":
		return p.distribution()
	}
	e := Ecosystem{Name: languages[p.Type], Version: p.Version}
	full := p.FullName()
	if p.Type == "golang" {
		if full, e.Also = goModule(full, p.Subpath); full == "stdlib" {
			e.Version = strings.TrimPrefix(e.Version, "go") // as the toolchain names its own version
		}
	}
	e.Package = PackageName(e.Name, full)
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
			longer = append(longer, PackageName("Go", path+"/"+subpath[:i]))
		}
	}
	return path, longer
}

// majorVersion reports whether s is the last segment of a module path of version 2 or later.
func majorVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && s[1] != '0' && s != "v1" && strings.Trim(s[1:], "0123456789") == ""
}

func (p PURL) distribution() Ecosystem {
	e := Ecosystem{Name: distributions[p.Namespace], Package: p.Name, Version: p.Version}
	distro := p.Qualifier("distro")
	if e.Name == "" && p.Namespace == "" {
		id, _, _ := strings.Cut(distro, "-")
		e.Name = distributions[strings.ToLower(id)]
	}
	if epoch := p.Qualifier("epoch"); epoch != "" && epoch != "0" && !strings.Contains(e.Version, ":") {
		e.Version = epoch + ":" + e.Version
	}
	e.Release = release(e.Name, strings.ToLower(distro))
	// Advisories of deb and apk speak of source packages.
	if up := p.Qualifier("upstream"); up != "" && (p.Type == "deb" || p.Type == "apk") {
		name, version, _ := strings.Cut(up, "@")
		e.Package = name
		if version != "" {
			e.Version = version
		}
	}
	e.Package = PackageName(e.Name, e.Package)
	return e
}

// debianReleases are Debian's code names.
var debianReleases = map[string]string{"squeeze": "6.0", "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10",
	"bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14"}

// release gives the release as the ecosystem's advisories write it, from a distro qualifier such as debian-12,
// almalinux-8.10, alpine-3.18.4 or bookworm.
func release(ecosystem, distro string) string {
	n := number(distro)
	major, minor, _ := strings.Cut(n, ".")
	minor, _, _ = strings.Cut(minor, ".")
	switch ecosystem {
	case "Debian":
		if r := debianReleases[distro[strings.LastIndexByte(distro, '-')+1:]]; r != "" {
			return r
		}
		return major
	case "AlmaLinux", "Rocky Linux", "Mageia", "Red Hat":
		return major
	case "Alpine", "Alpaquita":
		if minor == "" {
			return ""
		}
		return "v" + major + "." + minor
	case "Ubuntu":
		if minor == "" {
			return ""
		}
		r := major + "." + minor
		if minor == "04" && len(major) == 2 && (major[1]-'0')%2 == 0 {
			r += ":LTS"
		}
		return r
	case "Photon OS":
		if n != "" && minor == "" {
			return n + ".0"
		}
		return n
	case "openSUSE":
		if strings.Contains(distro, "tumbleweed") {
			return "Tumbleweed"
		}
		if n != "" {
			return "Leap " + n
		}
	case "SUSE":
		if major == "" {
			return ""
		}
		if minor == "" || minor == "0" {
			return "Linux Enterprise Server " + major
		}
		return "Linux Enterprise Server " + major + " SP" + minor
	}
	return ""
}

// number gives the dotted number at the end of "name-1.2".
func number(distro string) string {
	i := strings.IndexAny(distro, "0123456789")
	if i < 0 {
		return ""
	}
	n := strings.TrimRight(distro[i:], ".")
	if j := strings.IndexFunc(n, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); j >= 0 {
		n = n[:j]
	}
	return n
}

// PackageName gives a package's name in the form in which names are compared in an ecosystem (without its release):
// with PyPI's "-", "_" and "." as one, and without case wherever names differ by more than case in practice. (npm has
// a few old names in capitals, such as JSONStream, that the rules of package URLs lower: to compare them with case
// would lose their advisories.)
func PackageName(ecosystem, name string) string {
	switch ecosystem {
	case "PyPI":
		return pep503(name)
	case "Go", "npm", "NuGet", "Packagist", "Hex", "VSCode", "GitHub Actions":
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
