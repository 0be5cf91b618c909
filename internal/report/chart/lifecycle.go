package chart

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// A Life is one thing in use with how long it is to be used and how long it is supported. Zero times are not known.
type Life struct {
	Name, Part string // the system, and what runs in it
	Planned    time.Time
	Supported  time.Time
	Said       string // the state in words
	Gap        bool   // support ends before the planned use, and nothing is planned for it
	Plan       string
	Href       string
}

const (
	lifeRow, lifeTop, lifeLeft, lifeWidth = 46.0, 30.0, 230.0, 760
	lifeBefore, lifeMost                  = 1, 12 // years shown before now, and at most in all
)

// LifeCycle lays the planned use of systems against the support of what they run (S(6)-1.2): two bars a line, with now.
func LifeCycle(l lang.Lang, id string, now time.Time, lives []Life) Picture {
	p := Picture{ID: id, Title: lang.T("システムの利用予定とサポート期間", "Planned use of systems against support").In(l),
		Columns: []string{lang.T("システム", "System").In(l), lang.T("ソフトウェア", "Software").In(l), lang.T("利用予定の終わり", "Planned until").In(l), lang.T("サポートの終わり", "Supported to").In(l), lang.T("状態", "State").In(l), lang.T("計画", "Plan").In(l)}}
	gaps := []string{}
	for _, x := range lives {
		p.Rows = append(p.Rows, []string{x.Name, x.Part, dayOrDash(x.Planned), dayOrDash(x.Supported), x.Said, x.Plan})
		if x.Gap {
			gaps = append(gaps, x.Part)
		}
	}
	switch {
	case len(lives) == 0:
		p.Sentence = lang.T("システムで使うソフトウェアがまだ登録されていません。", "No software in a system yet.").In(l)
		return p
	case len(gaps) == 0:
		p.Sentence = lang.F("%d件のうち、計画のないままサポートが先に終わるものはありません。", "None of %d goes out of support before its planned use ends, without a plan.", len(lives)).In(l)
	default:
		p.Sentence = lang.F("%[1]d件のうち %[2]d件は、計画のないままサポートが先に終わります：%[3]s", "%[2]d of %[1]d go out of support before their planned use ends, without a plan: %[3]s", len(lives), len(gaps), strings.Join(gaps, lang.T("、", ", ").In(l))).In(l)
	}
	p.SVG = drawLives(l, p, now, lives)
	return p
}

func drawLives(l lang.Lang, p Picture, now time.Time, lives []Life) string {
	first, last := now.Year()-lifeBefore, now.Year()+2
	for _, x := range lives {
		for _, t := range []time.Time{x.Planned, x.Supported} {
			if !t.IsZero() {
				last = max(last, min(t.Year()+1, first+lifeMost))
			}
		}
	}
	begin := time.Date(first, 1, 1, 0, 0, 0, 0, now.Location())
	span := time.Date(last+1, 1, 1, 0, 0, 0, 0, now.Location()).Sub(begin)
	at := func(t time.Time) float64 {
		f := min(max(float64(t.Sub(begin))/float64(span), 0), 1)
		return lifeLeft + f*(lifeWidth-lifeLeft-8)
	}
	height := lifeTop + lifeRow*float64(len(lives))
	c := newCanvas(p.ID, lifeWidth, int(height)+26, p.Title, p.Sentence)
	for y := first; y <= last; y++ {
		x := at(time.Date(y, 1, 1, 0, 0, 0, 0, now.Location()))
		c.line("grid", x, lifeTop-6, x, height)
		c.text("tick", "start", x+3, lifeTop-10, fmt.Sprint(y))
	}
	for i, x := range lives {
		y := lifeTop + lifeRow*float64(i)
		if x.Href != "" {
			c.open(x.Href)
		}
		c.text("label", "start", 4, y+16, shorten(x.Part, 30))
		if x.Href != "" {
			c.shut()
		}
		c.text("tick", "start", 4, y+33, shorten(x.Name+"　"+x.Said, 34))
		lifeBar(c, "fresh ever", at(begin), at(x.Planned), y+4, x.Planned, lang.T("利用予定は未定", "planned use not set").In(l))
		class := "fresh"
		if x.Gap {
			class = "fresh lapsed"
		}
		lifeBar(c, class, at(begin), at(x.Supported), y+22, x.Supported, lang.T("サポートの終わりは不明", "end of support not known").In(l))
		c.line("grid", 0, y+lifeRow-2, lifeWidth, y+lifeRow-2)
	}
	c.line("marker", at(now), lifeTop-6, at(now), height)
	c.text("tick", "middle", at(now), height+14, lang.T("今日", "today").In(l))
	c.text("tick", "start", 4, height+14, lang.T("上の帯：利用予定　下の帯：サポート", "upper bar: planned use, lower bar: support").In(l))
	return c.svg()
}

// lifeBar draws a bar with its last day behind it, or a word where the day is not known.
func lifeBar(c *canvas, class string, from, to, y float64, end time.Time, unknown string) {
	if end.IsZero() {
		c.text("tick", "start", from+4, y+11, unknown)
		return
	}
	if to > from {
		c.rect(class, from, y, to-from, 13)
	}
	if to < lifeWidth-90 {
		c.text("tick", "start", to+4, y+11, day(end))
	} else {
		c.text("tick", "end", from+100, y+11, day(end))
	}
}

func dayOrDash(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return day(t)
}
