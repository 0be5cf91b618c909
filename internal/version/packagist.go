package version

import (
	"errors"
	"strings"
)

var errHash = errors.New("it holds a #")

// The places of a part in PHP's version_compare: unknown words, dev, alpha, beta, rc, the end, numbers, patch level.
const (
	phpEnd    = 6
	phpNumber = 7
)

var phpWords = []struct {
	prefix string
	rank   byte
}{{"dev", 2}, {"a", 3}, {"b", 4}, {"rc", 5}, {"RC", 5}, {"p", 8}}

// packagist follows PHP's version_compare, after Composer's dropping of a leading v. A "#" as a part, which
// version_compare takes for any number, is refused: it has no place in an order.
func packagist(k *key, v string) error {
	if v[0] == 'v' || v[0] == 'V' {
		v = v[1:]
	}
	if strings.Contains(v, "#") {
		return errHash
	}
	for _, part := range phpParts(v) {
		if isNumber(part) {
			k.tag(phpNumber)
			if err := k.num(part); err != nil {
				return err
			}
			continue
		}
		rank := byte(1)
		for _, w := range phpWords {
			if strings.HasPrefix(part, w.prefix) {
				rank = w.rank
				break
			}
		}
		k.tag(rank)
	}
	k.tag(phpEnd)
	return nil
}

// phpParts cuts at dots, hyphens, underscores and plus signs, and where digits meet others.
func phpParts(v string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune(".-_+", r) }) {
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
