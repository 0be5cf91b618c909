package chart

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
)

// Item is something with a day by which it is due, for [Month] and [Gantt].
type Item struct {
	Name, Who, Href string
	From            time.Time // when it began to be to do; zero: unknown
	Due             time.Time
	Late            bool
}

// Month is a calendar sheet: how many things are due on each day of the month of now. The week begins on Sunday; Saturdays,
// Sundays and public holidays of Japan are marked.
func Month(l lang.Lang, id string, month time.Time, now time.Time, items []Item) Picture {
	first := time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, now.Location())
	p := Picture{ID: id, Title: lang.F("%[1]d年%[2]d月の期限", "Due in %[3]s %[1]d", first.Year(), int(first.Month()), first.Month().String()).In(l),
		Columns: []string{lang.T("期限", "Due").In(l), lang.T("内容", "What").In(l), lang.T("担当", "Who").In(l)}}
	of := map[int][]Item{}
	n := 0
	for _, it := range items {
		due := it.Due.In(now.Location())
		if due.Year() == first.Year() && due.Month() == first.Month() {
			of[due.Day()] = append(of[due.Day()], it)
			p.Rows = append(p.Rows, []string{day(due), it.Name, it.Who})
			n++
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	p.Sentence = lang.F("%[1]d年%[2]d月に期限を迎えるものは %[4]d件です。", "%[4]d fall due in %[3]s %[1]d.", first.Year(), int(first.Month()), first.Month().String(), n).In(l)
	p.SVG = drawMonth(l, p, first, now, of)
	return p
}

func drawMonth(l lang.Lang, p Picture, first, now time.Time, of map[int][]Item) string {
	const w, h, top = 100.0, 46.0, 26.0
	start := int(first.Weekday())
	length := first.AddDate(0, 1, -1).Day()
	weeks := (start + length + 6) / 7
	c := newCanvas(p.ID, 702, int(top+h*float64(weeks))+2, p.Title, p.Sentence)
	for i, name := range []lang.Text{lang.T("日", "Sun"), lang.T("月", "Mon"), lang.T("火", "Tue"), lang.T("水", "Wed"), lang.T("木", "Thu"), lang.T("金", "Fri"), lang.T("土", "Sat")} {
		c.text("tick", "middle", w*(float64(i)+.5)+1, 17, name.In(l))
	}
	for d := 1; d <= length; d++ {
		at := start + d - 1
		x, y := 1+w*float64(at%7), top+h*float64(at/7)
		date := first.AddDate(0, 0, d-1)
		class := "day"
		if !calendar.BusinessDay(date) {
			class = "day off"
		}
		c.rect(class, x, y, w, h)
		name := fmt.Sprint(d)
		if date.Year() == now.Year() && date.YearDay() == now.YearDay() {
			c.rect("today", x+1.5, y+1.5, w-3, h-3)
			name += lang.T(" 今日", " today").In(l)
		}
		c.text("tick", "start", x+7, y+16, name)
		if n := len(of[d]); n > 0 {
			mark, class := "", "due"
			if slices.ContainsFunc(of[d], func(it Item) bool { return it.Late }) {
				mark, class = "! ", "due late"
			}
			c.box(class, x+7, y+21, w-14, 20)
			c.text("on", "middle", x+w/2, y+35, mark+lang.F("%d件", "%d due", n).In(l))
		}
	}
	return c.svg()
}

// ganttRows is how many items a Gantt shows; its table has them all.
const ganttRows = 30

// Gantt lays items over the fiscal year that now is in, which begins with the month start: a bar from when something began
// to be to do until it is due.
func Gantt(l lang.Lang, id string, start time.Month, now time.Time, items []Item) Picture {
	year := calendar.FiscalYear(now, start)
	from := time.Date(year, start, 1, 0, 0, 0, 0, now.Location())
	until := from.AddDate(1, 0, 0)
	p := Picture{ID: id, Title: lang.F("%d年度の予定", "Fiscal year %d", year).In(l),
		Columns: []string{lang.T("内容", "What").In(l), lang.T("担当", "Who").In(l), lang.T("開始", "From").In(l), lang.T("期限", "Due").In(l), lang.T("遅れ", "Late").In(l)}}
	var shown []Item
	late := 0
	for _, it := range items {
		if it.Due.Before(from) && !it.Late || !it.Due.Before(until) {
			continue
		}
		mark, begin := "", ""
		if it.Late {
			late++
			mark = lang.T("遅れ", "late").In(l)
		}
		if !it.From.IsZero() {
			begin = day(it.From.In(now.Location()))
		}
		p.Rows = append(p.Rows, []string{it.Name, it.Who, begin, day(it.Due.In(now.Location())), mark})
		shown = append(shown, it)
	}
	if len(shown) == 0 {
		p.Sentence = lang.F("%d年度に期限のあるものはありません。", "Nothing is due in fiscal year %d.", year).In(l)
		return p
	}
	p.Sentence = lang.F("%d年度に期限のあるもの %d件のうち、%d件が遅れています。", "Of %[2]d things due in fiscal year %[1]d, %[3]d are late.", year, len(shown), late).In(l)
	if len(shown) > ganttRows {
		p.Sentence += lang.F("図には期限の早い %d件を示します。", " The picture shows the first %d.", ganttRows).In(l)
		shown = shown[:ganttRows]
	}
	p.SVG = drawGantt(l, p, from, until, now, shown)
	return p
}

func drawGantt(l lang.Lang, p Picture, from, until, now time.Time, items []Item) string {
	const left, top, line = 300.0, 44.0, 24.0
	wide := 960 - left - 6
	high := top + line*float64(len(items)) + 6
	c := newCanvas(p.ID, 960, int(high)+18, p.Title, p.Sentence)
	x := func(t time.Time) float64 {
		share := float64(t.Sub(from)) / float64(until.Sub(from))
		return left + wide*min(max(share, 0), 1)
	}
	for m := 0; m < 12; m++ {
		at := from.AddDate(0, m, 0)
		class := "grid"
		if m%3 == 0 {
			class = "grid strong"
			c.text("label", "start", x(at)+4, 15, lang.F("第%d四半期", "Q%d", m/3+1).In(l))
		}
		c.line(class, x(at), 20, x(at), high)
		c.text("tick", "start", x(at)+4, 35, lang.F("%[1]d月", "%[2]s", int(at.Month()), at.Month().String()[:3]).In(l))
	}
	for i, it := range items {
		y := top + line*float64(i)
		begin := it.From
		if begin.IsZero() || begin.After(it.Due) {
			begin = it.Due.AddDate(0, 0, -7)
		}
		if it.Href != "" {
			c.open(it.Href)
		}
		c.text("label link", "start", 2, y+16, shorten(it.Name, 40))
		if it.Href != "" {
			c.shut()
		}
		class, tail := "due", ""
		if it.Late {
			class, tail = "due late", "!"
		}
		c.box(class, x(begin), y+5, max(x(it.Due)-x(begin), 6), 14)
		c.text("strong", "start", min(x(it.Due)+4, 948), y+17, tail)
	}
	if !now.Before(from) && now.Before(until) {
		c.line("marker", x(now), 20, x(now), high)
		c.text("tick", "middle", x(now), high+13, lang.T("今日", "today").In(l))
	}
	return c.svg()
}

// Fresh is a piece of evidence with the time it holds. A zero Until: nothing ends it.
type Fresh struct {
	Name, Href   string
	From, Until  time.Time
	Requirements string // what it backs, for the table
}

// freshRows is how many pieces a strip chart of freshness shows; its table has them all.
const freshRows = 25

// Freshness shows how long evidence still holds: a bar from when it was received until it lapses, the first to lapse first.
func Freshness(l lang.Lang, id string, now time.Time, list []Fresh) Picture {
	p := Picture{ID: id, Title: lang.T("証跡の鮮度", "How fresh the evidence is").In(l),
		Columns: []string{lang.T("証跡", "Evidence").In(l), lang.T("受領", "Received").In(l), lang.T("期限", "Lapses").In(l), lang.T("残り日数", "Days left").In(l), lang.T("支える要求", "Backs").In(l)}}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Fresh) int {
		if a.Until.IsZero() != b.Until.IsZero() { // what nothing ends comes last
			return b.Until.Compare(a.Until)
		}
		return a.Until.Compare(b.Until)
	})
	lapsed, soon := 0, 0
	for _, f := range list {
		left, until := "—", "—"
		if !f.Until.IsZero() {
			n := daysLeft(now, f.Until)
			left, until = fmt.Sprint(n), day(f.Until.In(now.Location()))
			if n < 0 {
				lapsed++
			} else if n <= 30 {
				soon++
			}
		}
		p.Rows = append(p.Rows, []string{f.Name, day(f.From.In(now.Location())), until, left, f.Requirements})
	}
	if len(list) == 0 {
		p.Sentence = lang.T("証跡はまだありません。", "There is no evidence yet.").In(l)
		return p
	}
	p.Sentence = lang.F("証跡 %d件のうち、期限切れ %d件、30日以内に切れるもの %d件です。", "Of %d pieces of evidence, %d have lapsed and %d lapse within 30 days.", len(list), lapsed, soon).In(l)
	p.SVG = drawFreshness(l, p, now, list[:min(len(list), freshRows)])
	return p
}

// daysLeft gives whole days until a moment; negative when it has passed.
func daysLeft(now, until time.Time) int {
	d := until.Sub(now)
	n := int(d.Hours() / 24)
	if d < 0 {
		n--
	}
	return n
}

func drawFreshness(l lang.Lang, p Picture, now time.Time, list []Fresh) string {
	const left, top, line = 260.0, 26.0, 24.0
	from, until := now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)
	wide := 960 - left - 90
	high := top + line*float64(len(list)) + 6
	c := newCanvas(p.ID, 960, int(high), p.Title, p.Sentence)
	x := func(t time.Time) float64 {
		return left + wide*min(max(float64(t.Sub(from))/float64(until.Sub(from)), 0), 1)
	}
	for m := -12; m <= 12; m += 6 {
		at := now.AddDate(0, m, 0)
		c.line("grid", x(at), top-6, x(at), high)
		name := lang.F("%+dか月", "%+d months", m).In(l)
		if m == 0 {
			name = lang.T("今日", "today").In(l)
		}
		c.text("tick", "middle", x(at), 14, name)
	}
	for i, f := range list {
		y := top + line*float64(i)
		if f.Href != "" {
			c.open(f.Href)
		}
		c.text("label link", "start", 2, y+16, shorten(f.Name, 34))
		if f.Href != "" {
			c.shut()
		}
		class, word, end := "fresh", "—", f.Until
		switch {
		case end.IsZero():
			class, end = "fresh ever", until
		case daysLeft(now, end) < 0:
			class, word = "fresh lapsed", lang.T("期限切れ", "lapsed").In(l)
		default:
			word = lang.F("あと%d日", "%d days", daysLeft(now, end)).In(l)
			if daysLeft(now, end) <= 30 {
				class = "fresh soon"
			}
		}
		c.box(class, x(f.From), y+5, max(x(end)-x(f.From), 4), 14)
		c.text("tick", "end", 958, y+16, word)
	}
	c.line("marker", x(now), top-6, x(now), high)
	return c.svg()
}
