package chart

import (
	"fmt"
	"strconv"
	"time"

	"example.org/tasuki/internal/lang"
)

// TrendPoint is the value something has from a moment on, until the next.
type TrendPoint struct {
	At      time.Time
	Value   float64
	Mark    string // ● it holds, ▲ it does not, – nobody says so, ? there is no value
	Outcome string // the mark in words
	Told    string // why there is no value
}

// Trend draws how a value went, with the threshold it is held against if there is one. Points are in order.
func Trend(l lang.Lang, id, title string, now time.Time, points []TrendPoint, threshold *float64) Picture {
	p := Picture{ID: id, Title: title, Columns: []string{lang.T("いつから", "Since").In(l), lang.T("値", "Value").In(l), lang.T("結果", "Outcome").In(l), lang.T("説明", "Note").In(l)}}
	if len(points) == 0 {
		p.Sentence = lang.T("まだ値がありません。", "There is no value yet.").In(l)
		return p
	}
	first, last := points[0], points[len(points)-1]
	p.Sentence = lang.F("%[1]s から %[2]d回変わり、現在は %[3]s（%[4]s）です。", "Since %[1]s it changed %[2]d times and is %[3]s now (%[4]s).",
		day(first.At), len(points)-1, value(last), last.Outcome).In(l)
	if threshold != nil {
		p.Sentence += lang.F("しきい値は %s です。", " The threshold is %s.", number(*threshold)).In(l)
	}
	for _, x := range points {
		p.Rows = append(p.Rows, []string{day(x.At), value(x), x.Mark + " " + x.Outcome, x.Told})
	}
	p.SVG = drawTrend(p, now, points, threshold)
	return p
}

func value(p TrendPoint) string {
	if p.Mark == "?" {
		return "–"
	}
	return number(p.Value)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func drawTrend(p Picture, now time.Time, points []TrendPoint, threshold *float64) string {
	const left, top, high, wide = 70.0, 20.0, 120.0, 850.0
	c := newCanvas(p.ID, 960, 180, p.Title, p.Sentence)
	low, most := 0.0, 1.0
	for _, x := range points {
		low, most = min(low, x.Value), max(most, x.Value)
	}
	if threshold != nil {
		low, most = min(low, *threshold), max(most, *threshold)
	}
	y := func(v float64) float64 { return top + high*(most-v)/(most-low) }
	span := max(now.Sub(points[0].At).Seconds(), 1)
	x := func(t time.Time) float64 { return left + wide*max(0, min(1, t.Sub(points[0].At).Seconds()/span)) }
	for _, v := range []float64{low, most} {
		c.line("grid", left, y(v), left+wide, y(v))
		c.text("tick", "end", left-6, y(v)+4, number(v))
	}
	if threshold != nil {
		c.line("marker", left, y(*threshold), left+wide, y(*threshold))
		c.text("tick", "end", left+wide, y(*threshold)-5, number(*threshold))
	}
	for i, at := range points {
		end := left + wide
		if i+1 < len(points) {
			end = x(points[i+1].At)
		}
		if at.Mark != "?" {
			d := fmt.Sprintf("M%s %sH%s", num(x(at.At)), num(y(at.Value)), num(end))
			if i+1 < len(points) && points[i+1].Mark != "?" {
				d += "V" + num(y(points[i+1].Value))
			}
			c.path("trend", d)
		}
		c.text("mark", "middle", x(at.At), y(at.Value)+5, at.Mark)
	}
	c.text("tick", "start", left, top+high+28, day(points[0].At))
	c.text("tick", "end", left+wide, top+high+28, day(now))
	return c.svg()
}
