// Package chart draws pictures of numbers as SVG on the server: no script, no canvas, the same bytes for the same input.
//
// Start from [StatusOverTime], [Exposure], [Path], [Latency], [Pareto], [Freshness], [Month] and [Gantt]. Each gives a
// [Picture]: the drawing with its title and description inside, one sentence that says what it shows, and the table behind
// it, which is also its CSV. Nothing is told by colour alone: every mark has a shape, a pattern or a word beside it, so
// that a picture reads in grey, in print and in forced colours. Drawings carry classes and presentation attributes, never
// a style attribute, because the pages' Content-Security-Policy forbids those.
package chart

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Picture is a drawing with what stands around it.
type Picture struct {
	ID       string // of the drawing in its page
	Title    string
	Sentence string // what the picture shows, in one sentence
	SVG      string // empty: there is nothing to draw yet, and Sentence says so
	Columns  []string
	Rows     [][]string
}

// CSV gives the table behind a picture for spreadsheet programs: UTF-8 with a byte order mark, CRLF, and no cell that
// such a program would take for a formula.
func (p Picture) CSV() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range append([][]string{p.Columns}, p.Rows...) {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = guard(cell)
		}
		_ = w.Write(safe) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}

// guard puts an apostrophe before a text that a spreadsheet program may take for a formula; a number stays one.
func guard(s string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'"))
	if !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) || first == utf8.RuneError {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// canvas is a drawing in the making. Lengths are units of its view box, whole or with one decimal.
type canvas struct {
	b     strings.Builder
	id    string
	w, h  int
	links bool // something in it leads elsewhere
}

// newCanvas begins a drawing with its title and description.
func newCanvas(id string, w, h int, title, desc string) *canvas {
	c := &canvas{id: id, w: w, h: h}
	fmt.Fprintf(&c.b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-desc"><title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`,
		w, h, id, id, id, html.EscapeString(title), id, html.EscapeString(desc))
	return c
}

// patterns adds the fills that tell statuses apart without colour.
func (c *canvas) patterns() {
	for _, p := range []struct{ name, size, path string }{
		{"met_with_exception", "6", "M3 1v4M1 3h4"},
		{"partly_met", "6", "M-1 7L7 -1M2 10L10 2"},
		{"not_met", "6", "M-1 7L7 -1M-1 -1L7 7"},
		{"not_assessed", "6", "M1 1h.1M4 4h.1"},
		{"not_applicable", "6", "M0 3h6"},
	} {
		fmt.Fprintf(&c.b, `<pattern id="%s-%s" width="%s" height="%s" patternUnits="userSpaceOnUse"><path class="pattern" d="%s"/></pattern>`,
			c.id, p.name, p.size, p.size, p.path)
	}
}

func (c *canvas) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(&c.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, num(x), num(y), num(w), num(h))
}

// box is a rect with round corners.
func (c *canvas) box(class string, x, y, w, h float64) {
	fmt.Fprintf(&c.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="6"/>`, class, num(x), num(y), num(w), num(h))
}

// status fills a rect with the colour and the pattern of a status; told is read out when somebody points at it.
func (c *canvas) status(status string, x, y, w, h float64, told string) {
	if w <= 0 || h <= 0 {
		return
	}
	fmt.Fprintf(&c.b, `<g><title>%s</title>`, html.EscapeString(told))
	c.rect("f-"+status, x, y, w, h)
	if status != "met" {
		fmt.Fprintf(&c.b, `<rect fill="url(#%s-%s)" x="%s" y="%s" width="%s" height="%s"/>`, c.id, status, num(x), num(y), num(w), num(h))
	}
	c.b.WriteString(`</g>`)
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(&c.b, `<path class="%s" d="M%s %sL%s %s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

func (c *canvas) path(class, d string) { fmt.Fprintf(&c.b, `<path class="%s" d="%s"/>`, class, d) }

// text writes at a baseline; anchor is start, middle or end.
func (c *canvas) text(class, anchor string, x, y float64, s string) {
	fmt.Fprintf(&c.b, `<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`, class, anchor, num(x), num(y), html.EscapeString(s))
}

// open begins a link around what is drawn until shut.
func (c *canvas) open(href string) {
	c.links = true
	fmt.Fprintf(&c.b, `<a href="%s">`, html.EscapeString(href))
}

func (c *canvas) shut() { c.b.WriteString(`</a>`) }

// svg ends the drawing. One that links lead out of is a group and no image, because nothing inside an image can be
// reached.
func (c *canvas) svg() string {
	drawn := c.b.String() + `</svg>`
	if c.links {
		return strings.Replace(drawn, `role="img"`, `role="group"`, 1)
	}
	return drawn
}

// num writes a length with one decimal at most.
func num(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// letters is the width of a text in half-width characters.
func letters(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// shorten cuts a text to so many half-width characters, with an ellipsis where something is lost.
func shorten(s string, most int) string {
	if letters(s) <= most {
		return s
	}
	for i := range s {
		if letters(s[:i]) > most-2 {
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}

// lines breaks a text into at most so many lines of so many half-width characters.
func lines(s string, most, count int) []string {
	var out []string
	for letters(s) > most && len(out) < count-1 {
		at, n, space := 0, 0, 0
		for i, r := range s {
			if n += letters(string(r)); n > most {
				break
			}
			at = i + utf8.RuneLen(r)
			if r == ' ' {
				space = at
			}
		}
		if space > 0 && at < len(s) && isASCII(s[at]) {
			at = space
		}
		out = append(out, strings.TrimSpace(s[:at]))
		s = strings.TrimSpace(s[at:])
	}
	return append(out, shorten(s, most))
}

func isASCII(b byte) bool { return b < utf8.RuneSelf }

// steps gives the lines of a scale from 0 to at least most: at most five, at round numbers.
func steps(most int) []int {
	step := smallest(max(most, 1))
	out := []int{0}
	for v := step; out[len(out)-1] < max(most, 1); v += step {
		out = append(out, v)
	}
	return out
}

// smallest gives the smallest round step that leads to most in four.
func smallest(most int) int {
	for ten := 1; ; ten *= 10 {
		for _, unit := range []int{1, 2, 5} {
			if step := unit * ten; step*4 >= most {
				return step
			}
		}
	}
}
