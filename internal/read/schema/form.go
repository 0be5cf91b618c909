package schema

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// format is what a schema calls a format.
type format struct {
	name  string
	holds func(string) bool
}

// formats are the ones that are known; nil for those that hold of any text.
var formats = map[string]func(string) bool{
	"date":          isDate,
	"date-time":     func(s string) bool { return plainTime(s) || isTime(s) },
	"uri":           isAddress,
	"iri":           isAddress,
	"uri-reference": isReference,
	"iri-reference": isReference,
	"idn-email":     nil, // of an address in any script nothing can be said
	"string":        nil, // no format, but found in the schema of CycloneDX 1.2
}

// patternOf compiles a pattern when a document first needs it. One that cannot be compiled holds of nothing.
func patternOf(pattern string) func(string) bool {
	if pattern == hexDigests {
		return isHexDigest
	}
	compiled := sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(pattern) })
	return func(s string) bool {
		re, err := compiled()
		return err == nil && re.MatchString(s)
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

// isAddress reports an absolute address (RFC 3986 and 3987).
func isAddress(s string) bool {
	if plainURL(s) {
		return true
	}
	u, ok := parse(s)
	return ok && u.IsAbs()
}

// isReference reports an address, or what leads to one from another.
func isReference(s string) bool {
	if plainURL(s) || plainPath(s) {
		return true
	}
	_, ok := parse(s)
	return ok && !strings.Contains(s, `\`)
}

// parse takes an address apart; a host with colons must be an IPv6 address in brackets.
func parse(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, false
	}
	host := u.Hostname()
	if !strings.Contains(host, ":") {
		return u, true
	}
	ip, err := netip.ParseAddr(host)
	return u, err == nil && ip.Zone() == "" && strings.Contains(u.Host, "[") && strings.Contains(u.Host, "]")
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

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// plainTime reports a time in UTC, to the second, as most are: quickly.
func plainTime(s string) bool {
	return fits(s, "0000-00-00T00:00:00Z") && s[11:13] < "24" && s[14:16] < "60" && s[17:19] < "60" && isDate(s[:10])
}

// isTime reports a time as RFC 3339 has it: to the second or finer, in UTC or with an offset.
func isTime(s string) bool {
	s = strings.ToUpper(s)
	if len(s) < 20 || !fits(s[10:19], "T00:00:00") || !isDate(s[:10]) {
		return false
	}
	hour, minute, second, zone := number(s[11:13]), number(s[14:16]), number(s[17:19]), s[19:]
	if fraction, ok := strings.CutPrefix(zone, "."); ok {
		if zone = strings.TrimLeft(fraction, "0123456789"); len(zone) == len(fraction) {
			return false
		}
	}
	offset := 0
	switch {
	case zone == "Z":
	case fits(zone, "+00:00"), fits(zone, "-00:00"):
		if zone[1:3] > "23" || zone[4:] > "59" {
			return false
		}
		if offset = number(zone[1:3])*60 + number(zone[4:]); zone[0] == '-' {
			offset = -offset
		}
	default:
		return false
	}
	const day = 24 * 60
	leap := second == 60 && (hour*60+minute-offset+day)%day == day-1 // the last second of a day in UTC
	return hour < 24 && minute < 60 && (second < 60 || leap)
}

// number reads digits.
func number(s string) (n int) {
	for i := range len(s) {
		n = 10*n + int(s[i]-'0')
	}
	return n
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
