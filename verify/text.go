package verify

import (
	"reflect"
	"strings"
	"unicode"
)

// unseen reports whether a character does not show, and so can make a name look like another one, turn the direction of
// writing, or speak to a terminal: controls, marks of format, line and paragraph separators, fillers. Selectors of a
// character's variant are left: names of people and places in Japan need them.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", r)
}

// unreadable reports whether a character has no place in a text of more than one line.
func unreadable(r rune) bool { return unseen(r) && !strings.ContainsRune("\n\r\t\u200c\u200d", r) }

// readable refuses a value that has a text with characters that do not show. What must be a name is held to more than
// that, in filled.
func readable(v any, where string) error {
	bad := ""
	if everyText(reflect.ValueOf(v), func(s string) bool { bad = s; return !strings.ContainsFunc(s, unreadable) }) {
		return nil
	}
	return unverified(where, "表示されない文字（制御文字や書字方向の指定）が含まれています（%[1]q）", "there are characters that do not show, controls or marks that turn the direction of writing: %[1]q", bad)
}

// mixed reports whether a word of a name has Latin letters beside Greek or Cyrillic ones, which look the same.
func mixed(name string) bool {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		has := func(table *unicode.RangeTable) bool {
			return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(table, r) })
		}
		if has(unicode.Latin) && (has(unicode.Cyrillic) || has(unicode.Greek)) {
			return true
		}
	}
	return false
}
