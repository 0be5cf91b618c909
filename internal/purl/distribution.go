package purl

import (
	"regexp"
	"strings"

	"example.org/tasuki/internal/pattern"
)

// distributions are the names of distributions as namespaces of deb, rpm and apk and as the start of the qualifier distro
// hold them: the ID of /etc/os-release, and what Trivy, Syft, cdxgen and OSV's own records write instead of it.
var distributions = map[string]string{
	"almalinux": "AlmaLinux", "alma": "AlmaLinux",
	"alpine": "Alpine", "alpaquita": "Alpaquita", "bellsoft-hardened-containers": "BellSoft Hardened Containers",
	"chainguard": "Chainguard", "wolfi": "Wolfi", "minimos": "MinimOS", "clnstrt": "CleanStart", "cleanstart": "CleanStart",
	"azurelinux": "Azure Linux", "azure-linux": "Azure Linux", "mariner": "Azure Linux", "cbl-mariner": "Azure Linux",
	"debian": "Debian", "ubuntu": "Ubuntu", "echo": "Echo",
	"mageia": "Mageia", "openeuler": "openEuler",
	"opensuse": "openSUSE", "opensuse-leap": "openSUSE", "opensuse-tumbleweed": "openSUSE", "opensuse.leap": "openSUSE", "opensuse.tumbleweed": "openSUSE",
	"sles": "SUSE", "suse": "SUSE", "sled": "SUSE", "sles_sap": "SUSE", "slem": "SUSE", "sle-micro": "SUSE", "sl-micro": "SUSE",
	"photon": "Photon OS", "redhat": "Red Hat", "rhel": "Red Hat",
	"rocky": "Rocky Linux", "rockylinux": "Rocky Linux", "rocky-linux": "Rocky Linux",
}

// OfDistribution reports whether a text is the package URL of a distribution's package.
func OfDistribution(s string) bool {
	return strings.HasPrefix(s, "pkg:deb/") || strings.HasPrefix(s, "pkg:rpm/") || strings.HasPrefix(s, "pkg:apk/")
}

// DistributionHasReleases reports whether an ecosystem's advisories speak of one release each, so that a component
// without a release cannot be looked up.
func DistributionHasReleases(ecosystem string) bool {
	switch ecosystem {
	case "AlmaLinux", "Alpine", "Alpaquita", "Azure Linux", "BellSoft Hardened Containers", "Debian", "Ubuntu", "Mageia",
		"openEuler", "openSUSE", "SUSE", "Photon OS", "Red Hat", "Rocky Linux":
		return true
	}
	return false
}

// bySource are the distributions of rpm whose advisories name the package that the sources belong to. Those of the others
// name every package built from them.
var bySource = map[string]bool{"Azure Linux": true, "Mageia": true, "openEuler": true, "openSUSE": true, "Rocky Linux": true, "SUSE": true}

// AdvisoryKey gives an advisory's ecosystem as components are looked up: with its release only where package URLs have one
// (Maven's suffix names a repository), and with one name for what advisories tell apart and components do not.
func AdvisoryKey(ecosystem string) string {
	base, release, _ := strings.Cut(ecosystem, ":")
	switch base {
	case "DHI": // as the publisher's own feed calls it
		return "Docker Hardened Images"
	case "Root":
		return strings.TrimSuffix(ecosystem, ":LTS")
	case "Azure Linux":
		major, _, _ := strings.Cut(release, ".")
		return joined(base, major)
	case "AlmaLinux", "Rocky Linux":
		major, _, _ := strings.Cut(release, ".")
		return joined(base, major)
	case "Red Hat":
		// Red Hat names a release by the CPE of a product, of which Enterprise Linux without extended support is taken
		// (enterprise_linux:9::appstream is 9). Others, with fixes of their own, stay apart.
		if release, ok := strings.CutPrefix(release, "enterprise_linux:"); ok {
			release, _, _ = strings.Cut(release, ":")
			major, _, _ := strings.Cut(release, ".")
			return joined(base, major)
		}
	case "SUSE":
		// One system is updated from many products: the server, its modules, the extensions of its support. They share
		// their packages, and a component says only of which release it is.
		if m := suseProduct().FindStringSubmatch(release); m != nil {
			return joined(base, "Linux Enterprise Server "+m[1])
		}
	}
	if DistributionHasReleases(base) {
		return ecosystem
	}
	return base
}

// suseProduct finds the release in the name of a product: Linux Enterprise Module for Basesystem 15 SP5.
var suseProduct = pattern.Of(`^Linux Enterprise (?:[A-Z].* )?(1[0-9](?: SP[0-9])?)(?:[- ].*)?$`)

func joined(ecosystem, release string) string {
	if release == "" {
		return ecosystem
	}
	return ecosystem + ":" + release
}

func (p PURL) distribution() Ecosystem {
	distro := strings.ToLower(p.Qualifier("distro"))
	name := p.Namespace
	if p.Type == "alpine" { // as older tools wrote pkg:apk/alpine
		name = "alpine"
	}
	if name == "" {
		name = strings.TrimRight(distro[:digitAt(distro)], "-.")
	}
	e := Ecosystem{Name: distributions[name], Package: p.Name, Version: p.Version}
	e.Version = withEpoch(p.Qualifier("epoch"), e.Version)
	if e.Release = release(e.Name, distro); e.Release == "" {
		e.Release = releaseOfBuild(e.Name, p.Version)
	}
	if up := p.Qualifier("upstream"); up != "" && e.Name != "" {
		e.builtFrom(p.Type, up)
	}
	e.Package = PackageName(e.Name, e.Package)
	return e.withRoot()
}

// builtFrom looks a package up by the one whose sources it was built from, which is what most advisories name.
func (e *Ecosystem) builtFrom(typ, up string) {
	name, version := SourcePackage(up)
	if own, _, ok := strings.Cut(e.Version, ":"); ok && typ == "rpm" { // the name of a source file leaves the epoch out: that of the package is taken
		version = withEpoch(own, version)
	}
	if version == "" {
		version = e.Version
	}
	switch {
	case name == "" || name == e.Package && version == e.Version:
	case typ == "deb" || e.Name == "Alpine": // advisories speak of sources alone
		e.Package, e.Version = name, version
	case typ != "rpm" || bySource[e.Name]:
		e.Also = append(e.Also, Place{e.String(), name, version})
	}
}

// SourcePackage takes a value of the qualifier upstream apart: name, name@version, or name-version-release.src.rpm.
func SourcePackage(upstream string) (name, version string) {
	file, ok := strings.CutSuffix(upstream, ".src.rpm")
	if !ok {
		name, version, _ = strings.Cut(upstream, "@")
		return name, version
	}
	if i := strings.LastIndexByte(file, '-'); i > 0 {
		if j := strings.LastIndexByte(file[:i], '-'); j > 0 {
			return file[:j], file[j+1:]
		}
	}
	return file, ""
}

func withEpoch(epoch, version string) string {
	if epoch == "" || epoch == "0" || version == "" || strings.Contains(version, ":") {
		return version
	}
	return epoch + ":" + version
}

// Code names of releases.
var (
	debianReleases = map[string]string{"squeeze": "6.0", "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10",
		"bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14", "duke": "15"}
	ubuntuReleases = map[string]string{"precise": "12.04", "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04",
		"jammy": "22.04", "noble": "24.04", "resolute": "26.04", "utopic": "14.10", "vivid": "15.04", "wily": "15.10", "yakkety": "16.10",
		"zesty": "17.04", "artful": "17.10", "cosmic": "18.10", "disco": "19.04", "eoan": "19.10", "groovy": "20.10", "hirsute": "21.04",
		"impish": "21.10", "kinetic": "22.10", "lunar": "23.04", "mantic": "23.10", "oracular": "24.10", "plucky": "25.04", "questing": "25.10"}
)

// release gives the release as the ecosystem's advisories write it, from a distro qualifier such as debian-12,
// almalinux-8.10, alpine-3.18.4 or bookworm.
func release(ecosystem, distro string) string {
	n := number(distro)
	major, minor, _ := strings.Cut(n, ".")
	minor, _, _ = strings.Cut(minor, ".")
	switch ecosystem {
	case "Debian":
		if r := codeName(debianReleases, distro); r != "" {
			return r
		}
		return major
	case "AlmaLinux", "Azure Linux", "Rocky Linux", "Mageia", "Red Hat":
		return major
	case "Alpaquita", "BellSoft Hardened Containers":
		if strings.HasSuffix(distro, "stream") {
			return "stream"
		}
		return major
	case "Alpine":
		if minor == "" {
			return ""
		}
		return "v" + major + "." + minor
	case "Ubuntu":
		return ubuntuRelease(distro, major, minor)
	case "openEuler":
		return openEulerRelease(distro)
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
		return suseRelease(distro, n, major, minor)
	}
	return ""
}

// codeName finds the release whose code name is one of the words of a distro qualifier.
func codeName(releases map[string]string, distro string) string {
	for word := range strings.FieldsFuncSeq(distro, func(r rune) bool { return r == '-' || r == '/' || r == ' ' }) {
		if r := releases[word]; r != "" {
			return r
		}
	}
	return ""
}

// ubuntuRelease marks the releases with long-term support, and those whose packages come by Ubuntu Pro (esm-apps/jammy).
func ubuntuRelease(distro, major, minor string) string {
	r := codeName(ubuntuReleases, distro)
	if r != "" {
		major, minor, _ = strings.Cut(r, ".")
	}
	if minor == "" {
		return ""
	}
	r = major + "." + minor
	if minor == "04" && len(major) == 2 && (major[1]-'0')%2 == 0 {
		r += ":LTS"
	}
	if strings.Contains(distro, "esm") || strings.Contains(distro, "pro") {
		r = "Pro:" + r
	}
	return r
}

// suseRelease tells the server (sles-15.5, "suse linux enterprise server 15 sp5") from the micro systems, whose releases
// are numbered apart.
func suseRelease(distro, n, major, minor string) string {
	if _, sp, ok := strings.Cut(distro, " sp"); ok && sp != "" {
		minor = sp[:1]
	}
	switch {
	case major == "":
		return ""
	case major == "5" && strings.Contains(distro, "micro"), strings.HasPrefix(distro, "slem-5"):
		return "Linux Enterprise Micro " + n
	case major == "6":
		return "Linux Micro " + n
	case minor == "" || minor == "0":
		return "Linux Enterprise Server " + major
	}
	return "Linux Enterprise Server " + major + " SP" + minor
}

var openEulerName = pattern.Of(`([0-9]{2}\.[0-9]{2})[ -]*\(?(lts)?(?:[ -]*(sp[0-9]))?`)

// openEulerRelease gives 22.03-LTS-SP1 of openeuler-22.03-lts-sp1 or of "22.03 (LTS-SP1)".
func openEulerRelease(distro string) string {
	m := openEulerName().FindStringSubmatch(distro)
	if m == nil || m[2] == "" { // which service pack it is only the build tells
		return ""
	}
	if m[3] == "" {
		return m[1] + "-LTS"
	}
	return m[1] + "-LTS-" + strings.ToUpper(m[3])
}

// builds find the release in the tag that a distribution's builders put at the end of every version.
var builds = map[string]func() *regexp.Regexp{
	"AlmaLinux":   pattern.Of(`[._+]el([0-9]+)`),
	"Azure Linux": pattern.Of(`\.(?:azl|cm)([0-9]+)`),
	"Mageia":      pattern.Of(`\.mga([0-9]+)`),
	"Photon OS":   pattern.Of(`\.ph([0-9]+)`),
	"Red Hat":     pattern.Of(`[._+]el([0-9]+)`),
	"Rocky Linux": pattern.Of(`[._+]el([0-9]+)`),
	"openEuler":   pattern.Of(`\.oe([0-9]{4})(sp[0-9])?`),
}

// releaseOfBuild gives the release of a package whose package URL does not say it, from its version.
func releaseOfBuild(ecosystem, version string) string {
	find := builds[ecosystem]
	if find == nil {
		return ""
	}
	m := find().FindStringSubmatch(version)
	switch {
	case m == nil:
		return ""
	case ecosystem == "Photon OS":
		return m[1] + ".0"
	case ecosystem == "openEuler":
		r := m[1][:2] + "." + m[1][2:] + "-LTS"
		if m[2] != "" {
			r += "-" + strings.ToUpper(m[2])
		}
		return r
	}
	return m[1]
}

// number gives the dotted number at the end of "name-1.2".
func number(distro string) string {
	n := strings.TrimRight(distro[digitAt(distro):], ".")
	if j := strings.IndexFunc(n, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); j >= 0 {
		n = n[:j]
	}
	return n
}

// digitAt gives where the first digit stands, or the end.
func digitAt(s string) int {
	if i := strings.IndexAny(s, "0123456789"); i >= 0 {
		return i
	}
	return len(s)
}
