package version

import "strings"

// apkSuffixes in the order of apk-package(5); no suffix stands between rc and cvs.
var apkSuffixes = []struct {
	name string
	rank byte
}{{"alpha", 1}, {"beta", 2}, {"pre", 3}, {"rc", 4}, {"cvs", 6}, {"svn", 7}, {"git", 8}, {"hg", 9}, {"p", 10}}

const apkNoSuffix = 5

// apk follows apk-package(5): numbers, a letter, suffixes, a commit hash, compared as text as apk-tools 3 does, a build number. What apk
// itself calls invalid comes before the valid version it starts with; two such are ordered by their text
// unless they hold a build number.
func apk(k *key, v string) error {
	rest, err := k.apkNumbers(v)
	if err != nil {
		return err
	}
	letter := byte(0)
	if rest != "" && isLower(rest[0]) {
		letter, rest = rest[0], rest[1:]
	}
	k.tag(letter)
	if rest, err = k.apkSuffixes(rest); err != nil {
		return err
	}
	hash := ""
	if after, ok := strings.CutPrefix(rest, "~"); ok {
		rest = strings.TrimLeft(after, "0123456789abcdef")
		hash = after[:len(after)-len(rest)]
	}
	k.str(hash)
	build, built := "", strings.HasPrefix(rest, "-r")
	if built {
		n := digitsOf(rest[2:])
		build, rest = rest[2:2+n], rest[2+n:]
	}
	if err := k.num(build); err != nil {
		return err
	}
	if rest == "" {
		k.tag(1)
		return nil
	}
	k.tag(0)
	if !built {
		k.str(v)
	}
	return nil
}

// apkNumbers appends the dotted numbers: the first by value; of the others those written with a leading zero come
// before those without, as texts.
func (k *key) apkNumbers(v string) (rest string, err error) {
	var parts []string
	rest = v
	for rest != "" && isDigit(rest[0]) {
		n := digitsOf(rest)
		parts = append(parts, rest[:n])
		if rest = rest[n:]; strings.HasPrefix(rest, ".") {
			rest = rest[1:]
		}
	}
	for len(parts) > 0 && isZero(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	for i, p := range parts {
		if i > 0 && p[0] == '0' {
			k.tag(1)
			k.str(p)
			continue
		}
		k.tag(2)
		if err := k.num(p); err != nil {
			return "", err
		}
	}
	k.tag(0)
	return rest, nil
}

func (k *key) apkSuffixes(s string) (rest string, err error) {
next:
	for strings.HasPrefix(s, "_") {
		for _, suffix := range apkSuffixes {
			if strings.HasPrefix(s[1:], suffix.name) {
				s = s[1+len(suffix.name):]
				n := digitsOf(s)
				k.tag(suffix.rank)
				if err := k.num(s[:n]); err != nil {
					return "", err
				}
				s = s[n:]
				continue next
			}
		}
		break
	}
	k.tag(apkNoSuffix)
	return s, nil
}
