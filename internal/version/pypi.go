package version

import (
	"errors"
	"strings"
)

var errPyPI = errors.New("it is neither a PEP 440 version nor an older one")

// pypi follows PEP 440. Versions from before it come first, in the order of the old setuptools.
func pypi(k *key, v string) error {
	v = strings.ToLower(v)
	p, ok := parsePEP440(v)
	if !ok {
		return k.pypiLegacy(v)
	}
	k.tag(1)
	if err := k.num(p.epoch); err != nil {
		return err
	}
	if err := k.release(p.release); err != nil {
		return err
	}
	switch {
	case p.pre != 0:
		k.tag(1)
		k.tag(p.pre)
		if err := k.num(p.preN); err != nil {
			return err
		}
	case p.dev && !p.post:
		k.tag(0) // 1.0.dev1 comes before 1.0a1
	default:
		k.tag(2)
	}
	if err := k.optional(p.post, 1, p.postN); err != nil {
		return err
	}
	if !p.dev {
		k.tag(1)
	} else if err := k.optional(true, 0, p.devN); err != nil {
		return err
	}
	return k.pypiLocal(p.local)
}

// optional appends a tag and a number, or the tag 0 alone when it is absent.
func (k *key) optional(present bool, tag byte, n string) error {
	if !present {
		k.tag(0)
		return nil
	}
	k.tag(tag)
	return k.num(n)
}

// pypiLocal appends the local label: words before numbers, fewer parts before more.
func (k *key) pypiLocal(local string) error {
	for part := range strings.FieldsFuncSeq(local, isPEPSeparator) {
		if !isNumber(part) {
			k.tag(1)
			k.str(part)
			continue
		}
		k.tag(2)
		if err := k.num(part); err != nil {
			return err
		}
	}
	k.tag(0)
	return nil
}

// pep440 is a version cut into its parts (PEP 440, appendix B).
type pep440 struct {
	epoch             string
	release           []string
	pre               byte // a, b, r (rc) or 0
	preN, postN, devN string
	post, dev         bool
	local             string
}

func isPEPSeparator(r rune) bool { return r == '.' || r == '-' || r == '_' }

var (
	pepPre  = []string{"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"}
	pepPost = []string{"post", "rev", "r"}
	pepDev  = []string{"dev"}
)

// parsePEP440 reads a lower-case version.
func parsePEP440(v string) (p pep440, ok bool) {
	v = strings.TrimPrefix(v, "v")
	v, p.local, ok = strings.Cut(v, "+")
	if ok && !validLocal(p.local) {
		return p, false
	}
	if n := digitsOf(v); n > 0 && strings.HasPrefix(v[n:], "!") {
		p.epoch, v = v[:n], v[n+1:]
	}
	for {
		n := digitsOf(v)
		if n == 0 {
			return p, false
		}
		p.release = append(p.release, v[:n])
		v = v[n:]
		if len(v) < 2 || v[0] != '.' || !isDigit(v[1]) {
			break
		}
		v = v[1:]
	}
	if word, n, rest, found := pepPart(v, pepPre); found {
		p.pre, p.preN, v = word[0], n, rest
		if p.pre == 'c' || p.pre == 'p' {
			p.pre = 'r'
		}
	}
	if len(v) > 1 && v[0] == '-' && isDigit(v[1]) { // 1.0-1 is a post-release
		n := digitsOf(v[1:])
		p.post, p.postN, v = true, v[1:1+n], v[1+n:]
	} else if _, n, rest, found := pepPart(v, pepPost); found {
		p.post, p.postN, v = true, n, rest
	}
	if _, n, rest, found := pepPart(v, pepDev); found {
		p.dev, p.devN, v = true, n, rest
	}
	return p, v == ""
}

// pepPart reads "[-_.]word[-_.]number" with an optional number.
func pepPart(v string, words []string) (word, n, rest string, ok bool) {
	s := v
	if s != "" && isPEPSeparator(rune(s[0])) {
		s = s[1:]
	}
	for _, w := range words {
		if !strings.HasPrefix(s, w) {
			continue
		}
		s = s[len(w):]
		after := s
		if after != "" && isPEPSeparator(rune(after[0])) {
			after = after[1:]
		}
		if d := digitsOf(after); d > 0 {
			return w, after[:d], after[d:], true
		}
		return w, "", s, true
	}
	return "", "", v, false
}

// validLocal reports whether s is letters and digits with single separators between.
func validLocal(s string) bool {
	separated := true
	for i := range len(s) {
		switch {
		case isPEPSeparator(rune(s[i])) && !separated:
			separated = true
		case isDigit(s[i]) || isLower(s[i]):
			separated = false
		default:
			return false
		}
	}
	return !separated
}

// pypiLegacy appends a version as setuptools ordered them before PEP 440 (parse_version of setuptools 7).
func (k *key) pypiLegacy(v string) error {
	var parts []string
	add := func(part string) {
		if part[0] == '*' {
			if part < "*final" {
				parts = dropLast(parts, "*final-")
			}
			parts = dropLast(parts, "00000000")
		}
		parts = append(parts, part)
	}
	for v != "" {
		n := legacyToken(v)
		if n == 0 {
			v = v[1:]
			continue
		}
		token := v[:n]
		v = v[n:]
		switch {
		case isDigit(token[0]):
			add(strings.Repeat("0", max(0, 8-len(token))) + token)
		case token == "pre", token == "preview", token == "rc":
			add("*c")
		case token == "-":
			add("*final-")
		case token == "dev":
			add("*@")
		default:
			add("*" + token)
		}
	}
	if len(parts) == 0 {
		return errPyPI
	}
	add("*final")
	k.tag(0)
	k.str(strings.Join(parts, ""))
	return nil
}

// legacyToken gives the length of the digits, the letters or the hyphen that v starts with; 0 is to be skipped.
func legacyToken(v string) int {
	if n := digitsOf(v); n > 0 {
		return n
	}
	if v[0] == '-' {
		return 1
	}
	n := 0
	for n < len(v) && isLower(v[n]) {
		n++
	}
	return n
}

func dropLast(parts []string, what string) []string {
	for len(parts) > 0 && parts[len(parts)-1] == what {
		parts = parts[:len(parts)-1]
	}
	return parts
}
