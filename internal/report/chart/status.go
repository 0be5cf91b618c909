package chart

import (
	"fmt"
	"time"

	"example.org/tasuki/internal/lang"
)

// A Status is one of the words that duties have, with the shape that stands for it. ID is its name in classes.
type Status struct {
	ID, Mark string
	Name     lang.Text
}

// Statuses are the six, in the order they are stacked: what is done first, what is missing last.
var Statuses = [...]Status{
	{"met", "●", lang.T("対応", "met")}, {"met_with_exception", "◆", lang.T("例外承認つき対応", "met with exception")},
	{"not_applicable", "–", lang.T("対象外", "not applicable")}, {"partly_met", "◐", lang.T("一部対応", "partly met")},
	{"not_assessed", "○", lang.T("未評価", "not assessed")}, {"not_met", "▲", lang.T("未対応", "not met")},
}

// Day is how many duties had each status at the end of a day, by the id of the status.
type Day struct {
	At time.Time
	N  map[string]int
}

func (d Day) total() int {
	n := 0
	for _, s := range Statuses {
		n += d.N[s.ID]
	}
	return n
}

// Event is something that happened on a day: a declaration that was issued.
type Event struct {
	At   time.Time
	Name string
}

// StatusOverTime stacks the statuses of duties day by day, with a marker for each event. Days are in order.
func StatusOverTime(l lang.Lang, id string, days []Day, events []Event) Picture {
	p := Picture{ID: id, Title: lang.T("状態の推移", "Status over time").In(l), Columns: []string{lang.T("日", "Day").In(l)}}
	for _, s := range Statuses {
		p.Columns = append(p.Columns, s.Name.In(l))
	}
	p.Columns = append(p.Columns, lang.T("できごと", "Event").In(l))
	if len(days) == 0 {
		p.Sentence = lang.T("まだ評価がありません。", "Nothing has been assessed yet.").In(l)
		return p
	}
	first, last := days[0], days[len(days)-1]
	done := func(d Day) int { return d.N["met"] + d.N["met_with_exception"] + d.N["not_applicable"] }
	p.Sentence = lang.F("%[1]s から %[2]s までに、対応・例外承認つき対応・対象外が %[3]d件中 %[4]d件から %[5]d件中 %[6]d件になりました。",
		"Between %[1]s and %[2]s, what is met, excepted or not applicable went from %[4]d of %[3]d to %[6]d of %[5]d.",
		day(first.At), day(last.At), first.total(), done(first), last.total(), done(last)).In(l)
	p.Rows = statusRows(days, events)
	p.SVG = drawStatus(l, p, days, events)
	return p
}

func statusRows(days []Day, events []Event) [][]string {
	var out [][]string
	for i, d := range days {
		row := []string{day(d.At)}
		for _, s := range Statuses {
			row = append(row, fmt.Sprint(d.N[s.ID]))
		}
		names := ""
		for _, e := range events {
			if !e.At.After(d.At) && (i == 0 || e.At.After(days[i-1].At)) {
				names = join(names, e.Name)
			}
		}
		out = append(out, append(row, names))
	}
	return out
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " / " + b
}

func drawStatus(l lang.Lang, p Picture, days []Day, events []Event) string {
	const left, top, high, right = 44.0, 30.0, 220.0, 190.0
	const wide = 960 - left - right
	c := newCanvas(p.ID, 960, 300, p.Title, p.Sentence)
	c.patterns()
	most := 1
	for _, d := range days {
		most = max(most, d.total())
	}
	scale := steps(most)
	y := func(n int) float64 { return top + high - high*float64(n)/float64(scale[len(scale)-1]) }
	for _, n := range scale {
		c.line("grid", left, y(n), left+wide, y(n))
		c.text("tick", "end", left-6, y(n)+4, fmt.Sprint(n))
	}
	step := wide / float64(len(days))
	for i, d := range days {
		at := 0
		for _, s := range Statuses {
			n := d.N[s.ID]
			told := fmt.Sprintf("%s %s %d", day(d.At), s.Name.In(l), n)
			c.status(s.ID, left+step*float64(i)+.5, y(at+n), max(step-1, 1), y(at)-y(at+n), told)
			at += n
		}
	}
	every := max(1, (len(days)+5)/6)
	for i := 0; i < len(days); i += every {
		c.text("tick", "start", left+step*float64(i), top+high+18, day(days[i].At))
	}
	drawEvents(c, days, events, left, step, top, high)
	drawStatusNames(c, l, days[len(days)-1], left+wide+12, y)
	return c.svg()
}

// drawEvents puts a marker where each event happened, its name in two lines that alternate so that neighbours do not meet.
func drawEvents(c *canvas, days []Day, events []Event, left, step, top, high float64) {
	for k, e := range events {
		at := -1
		for i, d := range days {
			if at < 0 && !e.At.After(d.At) {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		x := left + step*(float64(at)+.5)
		c.line("marker", x, top-6, x, top+high)
		c.path("marker-head", fmt.Sprintf("M%s %sl5 -8h-10z", num(x), num(top-2)))
		anchor := "start"
		if x > left+step*float64(len(days))*.8 {
			anchor = "end"
		}
		c.text("tick", anchor, x, top-12-float64(k%2)*10, shorten(e.Name, 24))
	}
}

// drawStatusNames writes the last day's numbers beside their stretch of the stack, apart enough to be read.
func drawStatusNames(c *canvas, l lang.Lang, d Day, x float64, y func(int) float64) {
	at, below := 0, 1e9
	for _, s := range Statuses {
		n := d.N[s.ID]
		if n == 0 {
			continue
		}
		mid := min((y(at)+y(at+n))/2+5, below-18)
		c.text("label", "start", x, mid, fmt.Sprintf("%s %s %d", s.Mark, s.Name.In(l), n))
		at, below = at+n, mid
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
