package pdf

import (
	"strings"

	"example.org/tasuki/verify"
)

// A column of a table.
type column struct {
	title  string
	mark   verify.Status // shape before the title
	width  float64
	centre bool // numbers and short words
}

// A cell of a table: text, how it is set, and the shape of a status before it.
type cell struct {
	text string
	face face   // empty: regular
	col  colour // zero: ink
	mark verify.Status
}

// table is laid out row by row; its head stands again on every page.
type table struct {
	c       *canvas
	columns []column
	size    float64
}

const cellPad = 3.2

func (t table) head() {
	cells := make([]cell, len(t.columns))
	for i, col := range t.columns {
		cells[i] = cell{text: col.title, face: bold, col: key, mark: col.mark}
	}
	t.size = min(t.size, 6.5)
	set := t.set(cells)
	h := t.height(set)
	t.c.fill(left, t.c.y, width, h, tint)
	t.c.rule(left, right, t.c.y, 0.8, key)
	t.draw(cells, set, h)
	t.c.rule(left, right, t.c.y, 0.8, key)
}

// row sets a row whole on one page; one that is taller than a page runs on over its end.
func (t table) row(cells ...cell) {
	set := t.set(cells)
	h := t.height(set)
	if t.c.y+h > bottom {
		if h > bottom-top-40 {
			t.long(cells, set)
			return
		}
		t.c.addPage()
		t.head()
	}
	t.draw(cells, set, h)
	t.c.rule(left, right, t.c.y, 0.3, hair)
}

// long sets a row over several pages.
func (t table) long(cells []cell, rest [][]string) {
	if t.c.y > bottom-60 {
		t.c.addPage()
		t.head()
	}
	for {
		room := max(1, int((bottom-t.c.y-2*cellPad)/(t.size*leading)))
		part, more := make([][]string, len(cells)), false
		for i := range cells {
			n := min(room, len(rest[i]))
			part[i], rest[i] = rest[i][:n], rest[i][n:]
			more = more || len(rest[i]) > 0
		}
		t.draw(cells, part, t.height(part))
		t.c.rule(left, right, t.c.y, 0.3, hair)
		if !more {
			return
		}
		t.c.addPage()
		t.head()
	}
}

func (cl cell) faceOr() face {
	if cl.face == "" {
		return regular
	}
	return cl.face
}

// indent is the room that the shape of a cell takes.
func (t table) indent(cl cell) float64 {
	if cl.mark == "" {
		return 0
	}
	return t.size * 1.25
}

// set breaks the texts of cells into lines.
func (t table) set(cells []cell) [][]string {
	out := make([][]string, len(cells))
	for i, cl := range cells {
		room := t.columns[i].width - 2 // a centred shape stands before the first word only
		if !t.columns[i].centre {
			room = t.columns[i].width - 2*cellPad - t.indent(cl)
		}
		out[i] = t.c.wrap(cl.text, cl.faceOr(), t.size, room)
	}
	return out
}

func (t table) height(set [][]string) float64 {
	lines := 1
	for _, s := range set {
		lines = max(lines, len(s))
	}
	return float64(lines)*t.size*leading + 2*cellPad - t.size*(leading-1)/2
}

func (t table) draw(cells []cell, set [][]string, h float64) {
	x := left
	for i, cl := range cells {
		t.cell(x, t.columns[i], cl, set[i])
		x += t.columns[i].width
	}
	t.c.y += h
}

func (t table) cell(x float64, col column, cl cell, lines []string) {
	if cl.col == (colour{}) {
		cl.col = ink
	}
	indent := t.indent(cl)
	y := t.c.y + cellPad + t.size
	for i, line := range lines {
		at := x + cellPad + indent
		if col.centre {
			if i > 0 {
				indent = 0
			}
			at = x + (col.width+indent-t.c.measure(line, cl.faceOr(), t.size))/2
		}
		if i == 0 && cl.mark != "" && strings.TrimSpace(line) != "" {
			t.c.mark(at-indent, y, t.size, cl.mark, cl.col)
		}
		t.c.text(at, y, line, cl.faceOr(), t.size, cl.col)
		y += t.size * leading
	}
}
