package version

import "strings"

// rpm follows rpmvercmp(8) for epoch, version and release: a tilde comes before the end, a caret right after it,
// letters before numbers, every other sign only separates. A version without a release comes before the same version
// with one.
func rpm(k *key, v string) error {
	epoch, rest, ok := strings.Cut(v, ":")
	if !ok || epoch != "" && !isNumber(epoch) {
		epoch, rest = "", v
	}
	if err := k.num(epoch); err != nil {
		return err
	}
	version, release, released := strings.Cut(rest, "-")
	if err := k.rpmPart(version, version != ""); err != nil {
		return err
	}
	return k.rpmPart(release, released)
}

func (k *key) rpmPart(s string, present bool) error {
	if !present {
		k.tag(0)
		return nil
	}
	k.tag(1)
	for {
		for s != "" && s[0] != '~' && s[0] != '^' && !isDigit(s[0]) && !isAlpha(s[0]) {
			s = s[1:]
		}
		switch {
		case s == "":
			k.tag(2)
			return nil
		case s[0] == '~':
			k.tag(1)
			s = s[1:]
		case s[0] == '^':
			k.tag(3)
			s = s[1:]
		case isDigit(s[0]):
			n := digitsOf(s)
			k.tag(5)
			if err := k.num(s[:n]); err != nil {
				return err
			}
			s = s[n:]
		default:
			n := 0
			for n < len(s) && isAlpha(s[n]) {
				n++
			}
			k.tag(4)
			k.str(s[:n])
			s = s[n:]
		}
	}
}
