package version

import (
	"errors"
	"strings"
)

var errLongNumber = errors.New("a number has more than 250 digits")

// key builds a byte string that sorts as the version does. Every part is either of fixed length, led by its length, or
// ended by a byte lower than any that may go on, so no key is confused with the start of another.
type key struct{ b []byte }

// tag appends one byte: which of the things that can stand here stands here, in their order.
func (k *key) tag(t byte) { k.b = append(k.b, t) }

// num appends a natural number of any size: its count of digits, then the digits. Nothing is zero.
func (k *key) num(digits string) error {
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 250 {
		return errLongNumber
	}
	k.b = append(k.b, byte(len(digits)))
	k.b = append(k.b, digits...)
	return nil
}

// str appends a text, compared byte by byte, a shorter one before its continuations.
func (k *key) str(s string) {
	k.b = append(k.b, s...)
	k.b = append(k.b, 0)
}

// release appends dotted numbers padded with zeros without end: 1 = 1.0 < 1.0.1.
func (k *key) release(parts []string) error {
	for len(parts) > 0 && isZero(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	for _, p := range parts {
		k.tag(1)
		if err := k.num(p); err != nil {
			return err
		}
	}
	k.tag(0)
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlpha(c byte) bool { return isLower(c | 0x20) }

// isNumber reports whether s is one or more decimal digits.
func isNumber(s string) bool { return s != "" && digitsOf(s) == len(s) }

// isZero reports whether s is a number without value.
func isZero(s string) bool { return s != "" && strings.Trim(s, "0") == "" }

// digitsOf counts the digits s starts with.
func digitsOf(s string) int {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}
