package version

import (
	"errors"
	"strings"
)

var (
	errEpoch = errors.New("its epoch is not a number")
	errASCII = errors.New("it is not plain ASCII")
)

// debian follows deb-version(7): epoch, upstream version, revision; within them words and numbers take turns, a tilde
// comes before the end, letters before other signs.
func debian(k *key, v string) error {
	epoch, rest, ok := strings.Cut(v, ":")
	if !ok {
		epoch, rest = "0", v
	}
	if !isNumber(epoch) {
		return errEpoch
	}
	if err := k.num(epoch); err != nil {
		return err
	}
	upstream, revision := rest, "0"
	if i := strings.LastIndexByte(rest, '-'); i >= 0 {
		upstream, revision = rest[:i], rest[i+1:]
	}
	if err := k.debianPart(upstream); err != nil {
		return err
	}
	return k.debianPart(revision)
}

// endOfWord sorts after the tilde (1) and before every other sign of a Debian word.
const endOfWord = 2

func (k *key) debianPart(s string) error {
	for first := true; s != "" || first; first = false {
		for s != "" && !isDigit(s[0]) {
			switch c := s[0]; {
			case c == '~':
				k.tag(1)
			case isAlpha(c):
				k.tag(c)
			case c < 0x7f:
				k.tag(c + 122) // 33…126 → 155…248, all after z
			default:
				return errASCII
			}
			s = s[1:]
		}
		k.tag(endOfWord)
		n := digitsOf(s)
		if err := k.num(s[:n]); err != nil {
			return err
		}
		s = s[n:]
	}
	k.tag(endOfWord)
	return nil
}
