// Package version is the vocabulary of version order: which of two versions of a package comes first, in each
// packaging ecosystem's own rules.
//
// Start from [Key]: it turns a version into bytes whose plain byte order is the ecosystem's order, so that a range
// check is two byte compares and an index can hold versions ready to compare. [Compare] is the same for two strings.
//
// Each file holds one family of rules and names the document it follows. Where an ecosystem's own tool is not
// transitive (a < b < c < a), no key can follow it; the file says which side is taken.
package version

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// The reasons why a version has no place in an order.
var (
	ErrEcosystem = errors.New("no version order is known for this ecosystem")
	ErrVersion   = errors.New("not a version of this ecosystem")
)

// maxLength is the longest version read, in bytes. Real ones stay under 200.
const maxLength = 512

// Key gives the order-preserving key of a version in an ecosystem of the OSV schema ("npm", "Debian:12"; what follows
// the colon does not matter). Keys of different ecosystems must not be compared. Versions that are equal in the
// ecosystem's order have the same key. The error wraps ErrEcosystem or ErrVersion.
func Key(ecosystem, version string) ([]byte, error) {
	return AppendKey(nil, ecosystem, version)
}

// AppendKey is Key that appends to dst, for callers that make many keys.
func AppendKey(dst []byte, ecosystem, version string) ([]byte, error) {
	family, ok := families[Base(ordering(ecosystem))]
	if !ok {
		return dst, fmt.Errorf("%w: %q", ErrEcosystem, ecosystem)
	}
	version = strings.TrimSpace(version)
	if err := plain(version); err != nil {
		return dst, err
	}
	k := key{b: dst}
	if err := family(&k, version); err != nil {
		return dst, fmt.Errorf("%w: %s: %q", ErrVersion, err.Error(), version)
	}
	return k.b, nil
}

// Compare gives -1, 0 or 1 as a comes before, with or after b in the ecosystem's order.
func Compare(ecosystem, a, b string) (int, error) {
	ka, err := Key(ecosystem, a)
	if err != nil {
		return 0, err
	}
	kb, err := Key(ecosystem, b)
	if err != nil {
		return 0, err
	}
	return bytes.Compare(ka, kb), nil
}

// Known reports whether an ecosystem has a version order here.
func Known(ecosystem string) bool {
	_, ok := families[Base(ordering(ecosystem))]
	return ok
}

// ordering gives the ecosystem whose order another takes over: Root rebuilds packages of others (Root:npm, Root:Debian:12).
func ordering(ecosystem string) string { return strings.TrimPrefix(ecosystem, "Root:") }

// Unordered stands for products that belong to no ecosystem, of which catalogues speak by CPE names. Nobody defines their
// order; rpm's is taken, which compares numbers as numbers and knows letters after them (1.0.2 < 1.0.2k < 1.0.10).
const Unordered = "CPE"

// Base gives an ecosystem without its release: Debian of Debian:12.
func Base(ecosystem string) string {
	base, _, _ := strings.Cut(ecosystem, ":")
	return base
}

// plain refuses what is a version nowhere: nothing, too much, control bytes.
func plain(v string) error {
	if v == "" {
		return fmt.Errorf("%w: it is empty", ErrVersion)
	}
	if len(v) > maxLength {
		return fmt.Errorf("%w: it is longer than %d bytes", ErrVersion, maxLength)
	}
	for i := range len(v) {
		if v[i] < ' ' || v[i] == 0x7f {
			return fmt.Errorf("%w: it holds a control byte", ErrVersion)
		}
	}
	return nil
}

// families says which rules an ecosystem of the OSV schema follows.
var families = map[string]func(*key, string) error{
	"Bitnami":                      semver,
	"Bioconductor":                 semver,
	"ConanCenter":                  conan,
	"crates.io":                    semver,
	"DHI":                          semver,
	"Docker Hardened Images":       semver,
	"GHC":                          semver,
	"GitHub Actions":               semver,
	"Go":                           semver,
	"Hex":                          semver,
	"Julia":                        semver,
	"Kubernetes":                   semver,
	"Linux":                        semver,
	"npm":                          semver,
	"SwiftURL":                     semver,
	"VSCode":                       semver,
	"Pub":                          pub,
	"NuGet":                        nuget,
	"CRAN":                         cran,
	"Hackage":                      hackage,
	"Maven":                        maven,
	"Packagist":                    packagist,
	"PyPI":                         pypi,
	"RubyGems":                     rubygems,
	"Debian":                       debian,
	"opam":                         debian,
	"Echo":                         debian,
	"Ubuntu":                       debian,
	"AlmaLinux":                    rpm,
	"Azure Linux":                  rpm,
	"Mageia":                       rpm,
	"openEuler":                    rpm,
	"openSUSE":                     rpm,
	"Photon OS":                    rpm,
	"Red Hat":                      rpm,
	"Rocky Linux":                  rpm,
	"SUSE":                         rpm,
	Unordered:                      rpm,
	"Alpaquita":                    apk,
	"Alpine":                       apk,
	"BellSoft Hardened Containers": apk,
	"Chainguard":                   apk,
	"CleanStart":                   apk,
	"MinimOS":                      apk,
	"Wolfi":                        apk,
}
