package version

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Range is a set of versions of one ecosystem in vers notation, such as vers:npm/>=1.2.0|<2.0.0
// (https://github.com/package-url/vers-spec). Start from [ParseRange].
type Range struct {
	ecosystem string
	all       bool
	equal     [][]byte // = : these are in it
	unequal   [][]byte // != : these are not
	bounds    []bound  // in the order of their versions, lower and upper ones in turn
}

// bound is where the range begins or ends.
type bound struct {
	lower     bool // > or >=
	inclusive bool
	key       []byte
}

// maxConstraints bounds the constraints of one range.
const maxConstraints = 1_000

// ParseRange reads a range. Constraints may be in any order and may say more than is needed; spaces are refused, as the
// notation has none. The error wraps ErrEcosystem where no order is known for the scheme, else ErrVersion.
func ParseRange(s string) (Range, error) {
	rest, isVers := strings.CutPrefix(s, "vers:")
	scheme, constraints, ok := strings.Cut(rest, "/")
	if !isVers || !ok || constraints == "" || strings.ContainsAny(s, " \t\r\n") {
		return Range{}, fmt.Errorf("%w: %.80q is no range in vers notation", ErrVersion, s)
	}
	ecosystem, ok := schemes[strings.ToLower(scheme)]
	if !ok {
		return Range{}, fmt.Errorf("%w: %.80q", ErrEcosystem, scheme)
	}
	r := Range{ecosystem: ecosystem}
	if constraints == "*" {
		r.all = true
		return r, nil
	}
	list := strings.Split(constraints, "|")
	if len(list) > maxConstraints {
		return Range{}, fmt.Errorf("%w: more than %d constraints", ErrVersion, maxConstraints)
	}
	for _, c := range list {
		if err := r.add(c); err != nil {
			return Range{}, err
		}
	}
	r.simplify()
	return r, nil
}

func (r *Range) add(constraint string) error {
	operator := ""
	for _, o := range []string{">=", "<=", "!=", ">", "<", "="} {
		if strings.HasPrefix(constraint, o) {
			operator = o
			break
		}
	}
	version, err := url.PathUnescape(strings.TrimPrefix(constraint, operator))
	if err != nil {
		return fmt.Errorf("%w: %.80q is escaped wrongly", ErrVersion, constraint)
	}
	key, err := Key(r.ecosystem, version)
	if err != nil {
		return err
	}
	switch operator {
	case "", "=":
		r.equal = append(r.equal, key)
	case "!=":
		r.unequal = append(r.unequal, key)
	default:
		r.bounds = append(r.bounds, bound{operator[0] == '>', len(operator) == 2, key})
	}
	return nil
}

// simplify leaves of neighbours that both begin or both end the one that includes more, as the notation asks.
func (r *Range) simplify() {
	slices.SortStableFunc(r.bounds, func(a, b bound) int { return bytes.Compare(a.key, b.key) })
	var out []bound
	for _, b := range r.bounds {
		if n := len(out); n > 0 && out[n-1].lower == b.lower {
			if !b.lower {
				out[n-1] = b
			}
			continue
		}
		out = append(out, b)
	}
	r.bounds = out
}

// Contains reports whether a version is in the range. The error wraps ErrVersion when it is no version of the ecosystem.
func (r Range) Contains(version string) (bool, error) {
	key, err := Key(r.ecosystem, version)
	if err != nil {
		return false, err
	}
	is := func(k []byte) bool { return bytes.Equal(k, key) }
	switch {
	case slices.ContainsFunc(r.unequal, is):
		return false, nil
	case r.all || slices.ContainsFunc(r.equal, is):
		return true, nil
	case len(r.bounds) == 0:
		return len(r.equal) == 0, nil // only exceptions: everything else
	}
	return r.between(key), nil
}

// between looks for the bounds on both sides of a version: it is in the range when the one before begins it, or when
// there is none before and the one behind ends it.
func (r Range) between(key []byte) bool {
	in, on := !r.bounds[0].lower, false // on a bound that is not included
	for _, b := range r.bounds {
		c := bytes.Compare(key, b.key)
		if c == 0 && b.inclusive {
			return true
		}
		if c < 0 {
			break
		}
		in, on = b.lower, on || c == 0
	}
	return in && !on
}

// schemes gives the ecosystem whose order a versioning scheme follows.
var schemes = map[string]string{
	"alpine": "Alpine", "apk": "Alpine", "cargo": "crates.io", "composer": "Packagist", "conan": "ConanCenter", "cran": "CRAN",
	"deb": "Debian", "gem": "RubyGems", "generic": Unordered, "github": "GitHub Actions", "golang": "Go", "hackage": "Hackage", "hex": "Hex",
	"intdot": Unordered, "maven": "Maven", "nginx": Unordered, "npm": "npm", "nuget": "NuGet", "openssl": Unordered, "pub": "Pub", "pypi": "PyPI",
	"rpm": "Red Hat", "semver": "npm", "swift": "SwiftURL",
}
