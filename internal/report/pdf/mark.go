package pdf

import (
	"math"

	"github.com/signintech/gopdf"

	"example.org/tasuki/verify"
)

// mark draws the shape of a status on the base line y, as wide as the type is high. Shapes are drawn and not set: the
// type has them in different sizes.
func (c *canvas) mark(x, y, size float64, s verify.Status, col colour) {
	r := size * 0.4
	cx, cy := x+size/2, y-size*0.36
	c.pdf.SetStrokeColor(col[0], col[1], col[2])
	c.pdf.SetFillColor(col[0], col[1], col[2])
	c.pdf.SetLineWidth(size * 0.09)
	switch s {
	case verify.Met:
		c.pdf.Polygon(arc(cx, cy, r, 0, 2*math.Pi), "F")
	case verify.MetWithException:
		c.pdf.Polygon([]gopdf.Point{{X: cx, Y: cy - r*1.2}, {X: cx + r*1.2, Y: cy}, {X: cx, Y: cy + r*1.2}, {X: cx - r*1.2, Y: cy}}, "F")
	case verify.PartlyMet:
		c.pdf.Polygon(arc(cx, cy, r, math.Pi/2, 3*math.Pi/2), "F")
		c.pdf.Polygon(arc(cx, cy, r, 0, 2*math.Pi), "D")
	case verify.NotMet:
		c.pdf.Polygon([]gopdf.Point{{X: cx, Y: cy - r*1.1}, {X: cx + r*1.1, Y: cy + r*0.9}, {X: cx - r*1.1, Y: cy + r*0.9}}, "F")
	case verify.NotApplicable:
		c.pdf.Polygon([]gopdf.Point{{X: cx - r, Y: cy - size*0.06}, {X: cx + r, Y: cy - size*0.06}, {X: cx + r, Y: cy + size*0.06}, {X: cx - r, Y: cy + size*0.06}}, "F")
	case verify.NotAssessed:
		c.pdf.Polygon(arc(cx, cy, r, 0, 2*math.Pi), "D")
	}
}

// arc gives the corners of a part of a circle, fine enough to look round.
func arc(x, y, r, from, to float64) []gopdf.Point {
	const n = 32
	points := make([]gopdf.Point, 0, n+1)
	for i := range n + 1 {
		a := from + (to-from)*float64(i)/n
		points = append(points, gopdf.Point{X: x + r*math.Cos(a), Y: y + r*math.Sin(a)})
	}
	return points
}
