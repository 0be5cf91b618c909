package version

import "strings"

// rubygems follows Gem::Version: numbers and words between dots and where digits meet letters, words before the end,
// the end before numbers, zeros without value at the end of the numbers and of the rest; a hyphen starts a pre-release.
func rubygems(k *key, v string) error {
	segments := gemSegments(strings.ReplaceAll(strings.TrimPrefix(v, "v"), "-", ".pre."))
	if len(segments) == 0 || !isNumber(segments[0]) {
		return errNoNumber
	}
	words := 0
	for words < len(segments) && isNumber(segments[words]) {
		words++
	}
	all := append(trimZeros(segments[:words:words]), trimZeros(segments[words:])...)
	for i, s := range all {
		switch {
		case !isNumber(s):
			k.tag(1)
			k.str(s)
		case isZero(s) && wordFollows(all[i:]):
			k.tag(2) // comes before the end, as the word after the zeros does
		default:
			k.tag(4)
			if err := k.num(s); err != nil {
				return err
			}
		}
	}
	k.tag(3)
	return nil
}

func gemSegments(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ".") {
		for part != "" {
			n := digitsOf(part)
			if n == 0 {
				for n < len(part) && !isDigit(part[n]) {
					n++
				}
			}
			out = append(out, part[:n])
			part = part[n:]
		}
	}
	return out
}

func trimZeros(s []string) []string {
	for len(s) > 0 && isZero(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// wordFollows reports whether the first segment that is not zero is a word.
func wordFollows(s []string) bool {
	for len(s) > 0 && isZero(s[0]) {
		s = s[1:]
	}
	return len(s) > 0 && !isNumber(s[0])
}
