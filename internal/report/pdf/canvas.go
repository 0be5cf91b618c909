package pdf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signintech/gopdf"

	"example.org/tasuki/internal/lang"
	bizudpgothic "example.org/tasuki/third_party/biz-udpgothic"
)

// The page, in points: A4 with margins of about 20 mm.
const (
	pageWidth, pageHeight = 595.28, 841.89
	left, right           = 54.0, pageWidth - 54.0
	top, bottom           = 58.0, pageHeight - 50.0
	width                 = right - left
)

// face is a weight of the type.
type face string

const (
	regular face = "BIZUDPGothic"
	bold    face = "BIZUDPGothic-Bold"
)

// A colour is red, green, blue.
type colour [3]uint8

var (
	ink   = colour{0x1a, 0x1a, 0x1a}
	soft  = colour{0x59, 0x59, 0x59}
	key   = colour{0x11, 0x5a, 0x36}
	tint  = colour{0xee, 0xf5, 0xf0}
	hair  = colour{0xb9, 0xc2, 0xbc}
	alarm = colour{0xa3, 0x1f, 0x1f}
)

// canvas draws on pages from top to bottom. y is where the next thing begins; the first fault is kept.
type canvas struct {
	pdf     gopdf.GoPdf
	y       float64
	newPage func() // draws what stands on every page
	widths  map[face]map[rune]float64
	missing []rune
	err     error
	face    face
	size    float64
	at      colour

	open      []*element   // elements that are open, the innermost last; none: nothing is structured
	quiet     int          // while above 0, what is drawn is decoration
	pieces    [][]*element // for each page, whose its pieces are
	bookmarks []bookmark
}

func newCanvas() (*canvas, error) {
	c := &canvas{widths: map[face]map[rune]float64{regular: {}, bold: {}}}
	c.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	c.pdf.SetNoCompression() // the pages are compressed when they are mended, see file
	for _, f := range []struct {
		face face
		data func() ([]byte, error)
	}{{regular, bizudpgothic.Regular}, {bold, bizudpgothic.Bold}} {
		data, err := f.data()
		if err != nil {
			return nil, err
		}
		if err := c.pdf.AddTTFFontData(string(f.face), data); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// problem gives the first fault, or the characters that could not be set.
func (c *canvas) problem() error {
	if c.err != nil {
		return fmt.Errorf("lay out a PDF: %w", c.err)
	}
	if len(c.missing) == 0 {
		return nil
	}
	slices.Sort(c.missing)
	var names []string
	for _, r := range slices.Compact(c.missing) {
		names = append(names, fmt.Sprintf("%q U+%04X", r, r))
	}
	return &lang.Error{Kind: lang.Unreadable,
		What: lang.F("PDF の書体（BIZ UDPゴシック）で正しく表せない文字があります: %s", "the type of the PDF (BIZ UDPGothic) cannot set: %s", strings.Join(names, ", ")),
		Next: lang.T("異体字などを書体にある字に改めるか、JSON やブックで渡してください", "use characters that it has, or hand over JSON or the workbook")}
}

func (c *canvas) try(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *canvas) addPage() {
	c.pdf.AddPage()
	c.face, c.at = "", colour{}
	c.y = top
	c.decoration(c.newPage)
}

// need begins a new page when fewer than h points are left on this one.
func (c *canvas) need(h float64) {
	if c.y+h > bottom {
		c.addPage()
	}
}

func (c *canvas) font(f face, size float64) {
	if c.face != f || c.size != size {
		c.try(c.pdf.SetFont(string(f), "", size))
		c.face, c.size = f, size
	}
}

// width of a character at one point. What the type has not is noted. Beyond the basic plane the library writes a wrong
// table of characters, so that a copy would differ from what is seen: those count as missing too.
func (c *canvas) runeWidth(f face, r rune) float64 {
	if w, ok := c.widths[f][r]; ok {
		return w
	}
	c.font(f, 100)
	has, w := false, 1.0
	if r <= 0xffff {
		var err error
		has, err = c.pdf.IsCurrFontContainGlyph(r)
		c.try(err)
	}
	if !has {
		c.missing = append(c.missing, r)
	} else {
		points, err := c.pdf.MeasureTextWidth(string(r))
		c.try(err)
		w = points / 100
	}
	c.widths[f][r] = w
	return w
}

// measure gives the width of a line in points.
func (c *canvas) measure(s string, f face, size float64) float64 {
	var w float64
	for _, r := range s {
		w += c.runeWidth(f, r)
	}
	return w * size
}

// text sets one line with its base line at y, as a piece of the element that is open.
func (c *canvas) text(x, y float64, s string, f face, size float64, col colour) {
	if s == "" {
		return
	}
	c.measure(s, f, size)
	c.font(f, size)
	c.pdf.SetTextColor(col[0], col[1], col[2])
	c.pdf.SetXY(x, y)
	c.piece(func() { c.try(c.pdf.Text(s)) })
}

// textRight sets one line that ends at x, textCentre one around it.
func (c *canvas) textRight(x, y float64, s string, f face, size float64, col colour) {
	c.text(x-c.measure(s, f, size), y, s, f, size, col)
}

func (c *canvas) textCentre(x, y float64, s string, f face, size float64, col colour) {
	c.text(x-c.measure(s, f, size)/2, y, s, f, size, col)
}

// rule draws a line from x1 to x2 at y.
func (c *canvas) rule(x1, x2, y, weight float64, col colour) {
	c.pdf.SetStrokeColor(col[0], col[1], col[2])
	c.pdf.SetLineWidth(weight)
	c.pdf.Line(x1, y, x2, y)
}

// fill paints a box, frame draws one.
func (c *canvas) fill(x, y, w, h float64, col colour) {
	c.pdf.SetFillColor(col[0], col[1], col[2])
	c.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "F")
}

func (c *canvas) frame(x, y, w, h, weight float64, col colour) {
	c.pdf.SetStrokeColor(col[0], col[1], col[2])
	c.pdf.SetLineWidth(weight)
	c.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "D")
}

// circle draws a circle around x, y.
func (c *canvas) circle(x, y, r, weight float64, col colour) {
	c.pdf.SetStrokeColor(col[0], col[1], col[2])
	c.pdf.SetLineWidth(weight)
	c.pdf.Oval(x-r, y-r, x+r, y+r)
}
