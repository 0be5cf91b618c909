package schema

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A form says whether a string has the form that a pattern or a format asks for.
type form func(string) verdict

type verdict int

const (
	no verdict = iota
	yes
	perhaps // to be left to the whole check
)

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}

// patternForm compiles a pattern when a document first needs it.
func patternForm(pattern string) form {
	if pattern == hexDigests {
		return func(s string) verdict { return verdictOf(isHexDigest(s)) }
	}
	compiled := sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(pattern) })
	return func(s string) verdict {
		re, err := compiled()
		if err != nil {
			return perhaps
		}
		return verdictOf(re.MatchString(s))
	}
}

// hexDigests is the pattern under which CycloneDX keeps digests; it is asked so often that it is worth a function.
const hexDigests = "^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$"

func isHexDigest(s string) bool {
	switch len(s) {
	case 32, 40, 64, 96, 128:
	default:
		return false
	}
	for i := range len(s) {
		if !hexDigit[s[i]] {
			return false
		}
	}
	return true
}

var hexDigit = func() (is [256]bool) {
	for _, c := range "0123456789abcdefABCDEF" {
		is[c] = true
	}
	return is
}()

// formOf gives the form of a format; nil when the whole check does not assert it either.
func formOf(format string) form {
	switch format {
	case "uri", "iri":
		return func(s string) verdict {
			if plainURL(s) {
				return yes
			}
			return isReference(s, true)
		}
	case "uri-reference", "iri-reference":
		return func(s string) verdict {
			if plainURL(s) || plainPath(s) {
				return yes
			}
			return isReference(s, false)
		}
	case "date-time":
		return func(s string) verdict {
			if plainTime(s) {
				return yes
			}
			return perhaps
		}
	case "", "string", "idn-email", "idn-hostname":
		return nil
	}
	return func(string) verdict { return perhaps }
}

// isReference reports an address that can be parsed, as the whole check does; one with a literal IPv6 address is left
// to it.
func isReference(s string, absolute bool) verdict {
	u, err := url.Parse(s)
	switch {
	case err != nil, absolute && !u.IsAbs(), !absolute && strings.Contains(s, `\`):
		return no
	case strings.Contains(u.Host, ":") && strings.ContainsAny(u.Host, "[]"), strings.Contains(u.Hostname(), ":"):
		return perhaps
	}
	return yes
}

// plainURL reports an address with nothing unusual in it: most of them, and certainly sound.
func plainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return false
		}
	}
	return rest != "" && plainPath(rest)
}

// plainPath reports a text of characters that stand for themselves in any part of an address.
func plainPath(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c-'0' <= 9, c == '/', c == '.', c == '-', c == '_', c == '~', c == '#' && i > 0 && strings.IndexByte(s[:i], '#') < 0:
		default:
			return false
		}
	}
	return true
}

// plainTime reports a time as RFC 3339 has it, to the second or finer, in UTC or with an offset.
func plainTime(s string) bool {
	if len(s) < 20 || !fits(s[:19], "0000-00-00T00:00:00") {
		return false
	}
	if _, err := time.Parse(time.DateOnly, s[:10]); err != nil || s[11:13] > "23" || s[14:16] > "59" || s[17:19] > "59" {
		return false
	}
	zone := s[19:]
	if zone[0] == '.' {
		zone = strings.TrimLeft(zone[1:], "0123456789")
		if len(zone) == len(s)-20 {
			return false
		}
	}
	return zone == "Z" || len(zone) == 6 && (zone[0] == '+' || zone[0] == '-') && fits(zone[1:], "00:00") && zone[1:3] < "24" && zone[4:] < "60"
}

// fits reports whether a text is like a pattern in which 0 stands for any digit.
func fits(s, like string) bool {
	if len(s) != len(like) {
		return false
	}
	for i := range len(s) {
		if like[i] == '0' && s[i]-'0' > 9 || like[i] != '0' && s[i] != like[i] {
			return false
		}
	}
	return true
}
