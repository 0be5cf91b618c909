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

// A cell of a table: text, how it is set, the shape of a status before it, and small soft words below it.
type cell struct {
	text  string
	face  face   // empty: regular
	col   colour // zero: ink
	mark  verify.Status
	under string
}

// A part of a cell: one line as it is set.
type setLine struct {
	text  string
	under bool
}

// table is laid out row by row; its head stands again on every page.
type table struct {
	c       *canvas
	columns []column
	size    float64
}

const cellPad = 3.2

// body sets the head, and the rows that says sets.
func (t table) body(says func()) {
	t.c.in("Table", func() {
		t.c.in("TR", func() { t.head("TH") })
		says()
	})
}

func (t table) head(kind string) {
	cells := make([]cell, len(t.columns))
	for i, col := range t.columns {
		cells[i] = cell{text: col.title, face: bold, col: key, mark: col.mark}
	}
	t.size = min(t.size, 6.5)
	set := t.set(cells)
	h := t.height(set)
	t.c.fill(left, t.c.y, width, h, tint)
	t.c.rule(left, right, t.c.y, 0.8, key)
	t.draw(kind, cells, set, h)
	t.c.rule(left, right, t.c.y, 0.8, key)
}

// turn goes on to the next page.
func (t table) turn() {
	t.c.addPage()
	t.c.decoration(func() { t.head("TH") })
}

// band sets a line over the whole width that says what the next rows are about. It does not stand alone at the end of a
// page.
func (t table) band(text string) {
	if t.c.y+60 > bottom {
		t.turn()
	}
	h := t.size*leading + cellPad
	t.c.fill(left, t.c.y, width, h, tint)
	t.c.in("TR", func() {
		t.c.in("TH", func() { t.c.text(left+cellPad, t.c.y+t.size+cellPad/2+0.8, text, bold, t.size, key) })
	})
	t.c.y += h
	t.c.rule(left, right, t.c.y, 0.3, hair)
}

// row sets a row whole on one page; one that is taller than a page runs on over its end.
func (t table) row(cells ...cell) { t.tailed("", 0, cells...) }

// tailed sets a row with one line of small type below it, from a column to the end of the row. The line has to fit.
func (t table) tailed(tail string, from int, cells ...cell) {
	set := t.set(cells)
	h := t.height(set)
	more := 0.0
	if tail != "" {
		more = fine * leading
	}
	t.c.in("TR", func() {
		if t.c.y+h+more > bottom {
			if h > bottom-top-40 {
				t.long(cells, set)
				return
			}
			t.turn()
		}
		t.draw("TD", cells, set, h)
		if tail != "" {
			x := left + cellPad
			for _, col := range t.columns[:from] {
				x += col.width
			}
			t.c.in("TD", func() { t.c.text(x, t.c.y+fine-1.2, tail, regular, fine, soft) })
			t.c.y += more
		}
		t.c.rule(left, right, t.c.y, 0.3, hair)
	})
}

// long sets a row over several pages.
func (t table) long(cells []cell, rest [][]setLine) {
	if t.c.y > bottom-60 {
		t.turn()
	}
	for {
		room := max(1, int((bottom-t.c.y-2*cellPad)/(t.size*leading)))
		part, more := make([][]setLine, len(cells)), false
		for i := range cells {
			n := min(room, len(rest[i]))
			part[i], rest[i] = rest[i][:n], rest[i][n:]
			more = more || len(rest[i]) > 0
		}
		t.draw("TD", cells, part, t.height(part))
		t.c.rule(left, right, t.c.y, 0.3, hair)
		if !more {
			return
		}
		t.turn()
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

// underSize is the size of the words below a cell's text.
func (t table) underSize() float64 { return t.size - 1 }

// set breaks the texts of cells into lines.
func (t table) set(cells []cell) [][]setLine {
	out := make([][]setLine, len(cells))
	for i, cl := range cells {
		room := t.columns[i].width - 2 // a centred shape stands before the first word only
		if !t.columns[i].centre {
			room = t.columns[i].width - 2*cellPad - t.indent(cl)
		}
		for _, line := range t.c.wrap(cl.text, cl.faceOr(), t.size, room) {
			out[i] = append(out[i], setLine{text: line})
		}
		if cl.under == "" {
			continue
		}
		for _, line := range t.c.wrap(cl.under, regular, t.underSize(), t.columns[i].width-2*cellPad) {
			out[i] = append(out[i], setLine{text: line, under: true})
		}
	}
	return out
}

func (t table) height(set [][]setLine) float64 {
	lines := 1
	for _, s := range set {
		lines = max(lines, len(s))
	}
	return float64(lines)*t.size*leading + 2*cellPad - t.size*(leading-1)/2
}

func (t table) draw(kind string, cells []cell, set [][]setLine, h float64) {
	x := left
	for i, cl := range cells {
		t.c.in(kind, func() { t.cell(x, t.columns[i], cl, set[i]) })
		x += t.columns[i].width
	}
	t.c.y += h
}

func (t table) cell(x float64, col column, cl cell, lines []setLine) {
	if cl.col == (colour{}) {
		cl.col = ink
	}
	indent := t.indent(cl)
	y := t.c.y + cellPad + t.size
	for i, line := range lines {
		f, size, ink := cl.faceOr(), t.size, cl.col
		at := x + cellPad + indent
		switch {
		case line.under:
			f, size, ink, at = regular, t.underSize(), soft, x+cellPad
		case col.centre:
			if i > 0 {
				indent = 0
			}
			at = x + (col.width+indent-t.c.measure(line.text, f, size))/2
		}
		if i == 0 && cl.mark != "" && strings.TrimSpace(line.text) != "" {
			t.c.mark(at-indent, y, size, cl.mark, ink)
		}
		t.c.text(at, y, line.text, f, size, ink)
		y += t.size * leading
	}
}
