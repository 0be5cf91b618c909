package version

import (
	"errors"
	"strings"
)

var errNoNumber = errors.New("it does not start with a number")

// semver follows Semantic Versioning 2.0.0, section 11, read leniently: one leading v is dropped, = before and blanks around it, one number or more than
// three are taken, what is missing is zero, and the pre-release may follow without a hyphen (Go's 1.21rc2). Build
// metadata does not count.
func semver(k *key, v string) error {
	release, pre, _, err := cutSemver(v)
	if err != nil {
		return err
	}
	return k.semver(release, pre)
}

// pub is semver where build metadata counts too (pub_semver, Version.compareTo).
func pub(k *key, v string) error {
	release, pre, build, err := cutSemver(v)
	if err != nil {
		return err
	}
	if err := k.semver(release, pre); err != nil {
		return err
	}
	return k.identifiers(build)
}

// nuget is semver with four numbers and without regard to case (NuGet package versioning).
func nuget(k *key, v string) error { return semver(k, strings.ToLower(v)) }

// cutSemver cuts a version into its dotted numbers, its pre-release and its build metadata.
func cutSemver(v string) (release []string, pre, build string, err error) {
	v = strings.TrimLeft(v, "= ")
	if v != "" && (v[0] == 'v' || v[0] == 'V') {
		v = strings.TrimLeft(v[1:], " ")
	}
	if v == "" || !isDigit(v[0]) {
		return nil, "", "", errNoNumber
	}
	for v != "" && isDigit(v[0]) {
		n := digitsOf(v)
		release = append(release, v[:n])
		v = strings.TrimPrefix(v[n:], ".")
	}
	pre, build, _ = strings.Cut(v, "+")
	return release, strings.TrimPrefix(pre, "-"), build, nil
}

func (k *key) semver(release []string, pre string) error {
	if err := k.release(release); err != nil {
		return err
	}
	if pre == "" {
		k.tag(1) // a release comes after its pre-releases
		return nil
	}
	k.tag(0)
	return k.identifiers(pre)
}

// identifiers appends dot separated identifiers: numbers before words, fewer before more.
func (k *key) identifiers(s string) error {
	if s != "" {
		for id := range strings.SplitSeq(s, ".") {
			if !isNumber(id) {
				k.tag(2)
				k.str(id)
				continue
			}
			k.tag(1)
			if err := k.num(id); err != nil {
				return err
			}
		}
	}
	k.tag(0)
	return nil
}
