package xlsx

import (
	"strings"
	"unicode/utf8"
)

// triggers start what a spreadsheet program may take for a formula or a command, half and full width.
const triggers = "=+-@\t\r\n＝＋－＠"

// Guard makes a text safe to open in a spreadsheet program, from a workbook or from CSV: one that starts like a formula
// gets an apostrophe in front. Every text that comes from outside passes it. [Unguard] gives the text back.
func Guard(s string) string {
	if startsLikeFormula(s) {
		return "'" + s
	}
	return s
}

// Unguard takes the apostrophe away that [Guard] put in front.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && startsLikeFormula(rest) {
		return rest
	}
	return s
}

// startsLikeFormula looks through apostrophes, so that a text that had one already survives Guard and Unguard.
func startsLikeFormula(s string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	return first != utf8.RuneError && strings.ContainsRune(triggers, first)
}

// longest is how many characters of a text a cell takes: half of what Excel allows, since some count twice.
const longest = 16_000

// clean drops what XML cannot carry, makes line ends uniform and says where a text had to be cut.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + " …（以下省略 / cut here）"
	}
	return s
}

// outside prepares a text that comes from outside for a cell.
func outside(s string) string { return Guard(clean(s)) }
