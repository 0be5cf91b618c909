package version

import (
	"slices"
	"strings"
)

// The places of a token in Maven's order: known words up to snapshot, zeros before such a word, the end, sp, other
// words after a dot and after a hyphen, -number, .number.
const (
	mavenZeros      = 0x08
	mavenEnd        = 0x10
	mavenSP         = 0x11
	mavenDotWord    = 0x12
	mavenHyphenWord = 0x13
	mavenHyphen     = 0x20
	mavenDot        = 0x21
)

var mavenWords = map[string]byte{"alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "cr": 4, "snapshot": 5, "sp": mavenSP}

// maven follows the version order specification of the POM reference. That order runs in circles
// (1 < 1-1 < 1.0.RC1 < 1, and 1.foo < 1-alpha < 1 < 1.foo); here what a known word makes a pre-release always comes
// before the release, and such words count the same after a dot as after a hyphen, as in Maven 3.9.
func maven(k *key, v string) error {
	tokens := trimMaven(mavenTokens(strings.ToLower(v)))
	for i, t := range tokens {
		switch rank, known := mavenWords[t.value]; {
		case known:
			k.tag(rank)
		case i > 0 && t.null() && preReleaseFollows(tokens[i:]):
			k.tag(mavenZeros)
		case isNumber(t.value) || t.null():
			k.tag(pick(t.hyphen, mavenHyphen, mavenDot))
			if err := k.num(digits(t.value)); err != nil {
				return err
			}
		default:
			k.tag(pick(t.hyphen, mavenHyphenWord, mavenDotWord))
			k.str(t.value)
		}
	}
	k.tag(mavenEnd)
	return nil
}

func pick(hyphen bool, yes, no byte) byte {
	if hyphen {
		return yes
	}
	return no
}

// digits gives a number as it is and a word without value as zero.
func digits(value string) string {
	if isNumber(value) {
		return value
	}
	return ""
}

// preReleaseFollows reports whether the first token with a value is a word that comes before the end.
func preReleaseFollows(tokens []mavenToken) bool {
	for len(tokens) > 0 && tokens[0].null() {
		tokens = tokens[1:]
	}
	if len(tokens) == 0 {
		return false
	}
	rank := mavenWords[tokens[0].value]
	return 0 < rank && rank < mavenEnd
}

// mavenToken is a number or a word and whether a hyphen (or the change between digits and letters) stands before it.
type mavenToken struct {
	hyphen bool
	value  string
}

// null reports whether a token has no value: zero, or one of the words for a final release.
func (t mavenToken) null() bool {
	switch t.value {
	case "", "final", "ga", "release":
		return true
	}
	return isZero(t.value)
}

func mavenTokens(v string) []mavenToken {
	var out []mavenToken
	hyphen := false
	for {
		end := strings.IndexAny(v, ".-")
		part := v
		if end >= 0 {
			part = v[:end]
		}
		out = append(out, mavenPart(part, hyphen)...)
		if end < 0 {
			return out
		}
		hyphen = v[end] == '-'
		v = v[end+1:]
	}
}

// mavenPart cuts what stands between two separators where digits meet others; nothing at all is zero.
func mavenPart(part string, hyphen bool) []mavenToken {
	if part == "" {
		return []mavenToken{{hyphen, "0"}}
	}
	var out []mavenToken
	for part != "" {
		n := digitsOf(part)
		if n == 0 {
			for n < len(part) && !isDigit(part[n]) {
				n++
			}
		}
		word := part[:n]
		if part = part[n:]; part != "" { // a digit follows: the short names count
			switch word {
			case "a":
				word = "alpha"
			case "b":
				word = "beta"
			case "m":
				word = "milestone"
			}
		}
		out = append(out, mavenToken{hyphen, word})
		hyphen = true
	}
	return out
}

// trimMaven drops tokens without value at the end and before a hyphen. The first token stays.
func trimMaven(tokens []mavenToken) []mavenToken {
	var kept []mavenToken // from the end
	for i := len(tokens) - 1; i >= 0; i-- {
		if i > 0 && tokens[i].null() {
			if len(kept) == 0 || kept[len(kept)-1].hyphen {
				continue
			}
		}
		kept = append(kept, tokens[i])
	}
	slices.Reverse(kept)
	return kept
}
