package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"example.org/tasuki/internal/lang"
)

// print gives a result: indented JSON with --json, else what the text function writes.
func (p *program) print(v any, text func()) error {
	if !p.json {
		text()
		return nil
	}
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printf writes one line of a result for people.
func (p *program) printf(ja, en string, args ...any) {
	fmt.Fprint(p.out, shown(lang.F(ja, en, args...).In(p.lang)), "\n")
}

// shown takes what could speak to a terminal, or turn the direction of writing, out of a text that others may have
// written: it shows as a replacement character.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// say writes one line of talk.
func (p *program) say(ja, en string, args ...any) {
	form := ja
	if p.lang == "en" {
		form = en
	}
	fmt.Fprint(p.err, shown(fmt.Sprintf(form, args...)), "\n")
}

// table prints rows in columns. East Asian wide characters count as two.
func (p *program) table(rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(c))
		}
	}
	out := bufio.NewWriter(p.out) // there may be thousands of rows
	for _, r := range rows {
		spaces := 0 // that stand before the next text: none at the end of a line
		for i, c := range r {
			if c != "" {
				for range spaces {
					out.WriteByte(' ')
				}
				out.WriteString(shown(c))
				spaces = 0
			}
			spaces += widths[i] - cells(c) + 2
		}
		out.WriteByte('\n')
	}
	out.Flush()
}

// cells is the width of a text on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			n++
			continue
		}
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			n += 2
		default:
			n++
		}
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
