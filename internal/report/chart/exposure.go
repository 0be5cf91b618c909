package chart

import (
	"fmt"

	"example.org/tasuki/internal/lang"
)

// Exposed is how one software stands towards one vulnerability. The zero value: not concerned.
type Exposed string

// The ways to stand; the words are those of VEX.
const (
	Affected      Exposed = "affected"
	Investigating Exposed = "under_investigation"
	NotAffected   Exposed = "not_affected"
	Fixed         Exposed = "fixed"
)

// exposures are what a cell may say, with its shape and the class it borrows from the statuses.
var exposures = []struct {
	id          Exposed
	mark, class string
	name        lang.Text
}{
	{Affected, "▲", "not_met", lang.T("影響あり", "affected")}, {Investigating, "◐", "partly_met", lang.T("調査中・未判断", "under investigation")},
	{NotAffected, "–", "not_applicable", lang.T("影響なし", "not affected")}, {Fixed, "●", "met", lang.T("修正済み", "fixed")},
}

// ExposureRow is one vulnerability: where it leads and how each software stands, in the order of the columns.
type ExposureRow struct {
	Name, Note, Href string
	Cells            []Exposed
}

// Exposure is the matrix of vulnerabilities and software.
func Exposure(l lang.Lang, id string, software []string, rows []ExposureRow) Picture {
	p := Picture{ID: id, Title: lang.T("脆弱性とソフトウェアの対応表", "Vulnerabilities and software").In(l), Columns: append([]string{lang.T("脆弱性", "Vulnerability").In(l)}, software...)}
	if len(rows) == 0 || len(software) == 0 {
		p.Sentence = lang.T("表示する脆弱性はありません。", "There is nothing to show.").In(l)
		return p
	}
	affected, open := 0, 0
	for _, r := range rows {
		hit, ask := false, false
		cells := []string{r.Name}
		for _, cell := range r.Cells {
			hit, ask = hit || cell == Affected, ask || cell == Investigating
			cells = append(cells, exposureName(l, cell))
		}
		if hit {
			affected++
		} else if ask {
			open++
		}
		p.Rows = append(p.Rows, cells)
	}
	p.Sentence = lang.F("脆弱性 %d件のうち、影響ありと判断したものが %d件、判断を待っているものが %d件あります（ソフトウェア %d件）。",
		"Of %d vulnerabilities, %d affect us and %d wait for a decision (%d software).", len(rows), affected, open, len(software)).In(l)
	p.SVG = drawExposure(l, p, software, rows)
	return p
}

func exposureName(l lang.Lang, e Exposed) string {
	for _, x := range exposures {
		if x.id == e {
			return x.mark + " " + x.name.In(l)
		}
	}
	return ""
}

func drawExposure(l lang.Lang, p Picture, software []string, rows []ExposureRow) string {
	const left, top, line, foot = 230.0, 64.0, 26.0, 36.0
	step := min((960-left)/float64(len(software)), 170)
	high := top + line*float64(len(rows)) + foot
	c := newCanvas(p.ID, 960, int(high), p.Title, p.Sentence)
	c.patterns()
	for i, name := range software {
		for k, part := range lines(name, int(step/7.4), 3) {
			c.text("label", "middle", left+step*(float64(i)+.5), 18+float64(k)*17, part)
		}
	}
	for i, r := range rows {
		y := top + line*float64(i)
		c.line("grid", 0, y, left+step*float64(len(software)), y)
		if r.Href != "" {
			c.open(r.Href)
		}
		c.text("label link", "start", 4, y+18, shorten(r.Name, 22))
		if r.Href != "" {
			c.shut()
		}
		c.text("tick", "end", left-10, y+18, shorten(r.Note, 10))
		for k, cell := range r.Cells {
			for _, x := range exposures {
				if x.id == cell {
					cx := left + step*(float64(k)+.5)
					c.status(x.class, cx-26, y+3, 52, line-6, r.Name+" "+software[k]+": "+x.name.In(l))
					c.rect("chip", cx-10, y+5, 20, line-10)
					c.text("mark", "middle", cx, y+18, x.mark)
				}
			}
		}
	}
	x := 4.0
	for _, e := range exposures {
		c.text("label", "start", x, high-10, e.mark+" "+e.name.In(l))
		x += float64(letters(e.name.In(l)))*7.4 + 44
	}
	return c.svg()
}

// PathStep is one point of a decision.
type PathStep struct {
	Title, Said, Source string
	Assumed             bool // a default stands in for an answer
}

// Path draws a decision from its first point to what came out.
func Path(l lang.Lang, id, tree string, path []PathStep, outcome string) Picture {
	p := Picture{ID: id, Title: lang.F("優先度に至った経路（%s）", "How the priority was reached (%s)", tree).In(l),
		Columns: []string{lang.T("判断点", "Point").In(l), lang.T("値", "Value").In(l), lang.T("根拠", "Source").In(l), lang.T("仮定", "Assumed").In(l)}}
	assumed := 0
	for _, s := range path {
		mark := ""
		if s.Assumed {
			assumed++
			mark = lang.T("仮定", "assumed").In(l)
		}
		p.Rows = append(p.Rows, []string{s.Title, s.Said, s.Source, mark})
	}
	p.Rows = append(p.Rows, []string{lang.T("結果", "Result").In(l), outcome, "", ""})
	p.Sentence = lang.F("%d つの判断点を経て「%s」になりました。", "%d points lead to “%s”.", len(path), outcome).In(l)
	if assumed > 0 {
		p.Sentence += lang.F("うち %d つは、分かっていないため既定の値を仮定しています。", " %d of them are not known and stand at their defaults.", assumed).In(l)
	}
	p.SVG = drawPath(l, p, path, outcome)
	return p
}

func drawPath(l lang.Lang, p Picture, path []PathStep, outcome string) string {
	n := float64(len(path) + 1)
	const gap, high = 26.0, 92.0
	w := (960 - gap*(n-1)) / n
	most := int(w/7.6) - 2
	c := newCanvas(p.ID, 960, 104, p.Title, p.Sentence)
	for i, s := range path {
		x := (w + gap) * float64(i)
		class := "step"
		if s.Assumed {
			class = "step assumed"
		}
		c.box(class, x+1, 6, w-2, high)
		for k, part := range lines(s.Title, most, 2) {
			c.text("tick", "start", x+10, 26+float64(k)*15, part)
		}
		for k, part := range lines(s.Said, most-1, 2) {
			c.text("strong", "start", x+10, 62+float64(k)*17, part)
		}
		if s.Assumed {
			c.text("tick", "end", x+w-9, 94, lang.T("仮定", "assumed").In(l))
		}
		c.path("arrow", fmt.Sprintf("M%s 52h%sm-7 -5l7 5l-7 5", num(x+w+3), num(gap-7)))
	}
	x := (w + gap) * float64(len(path))
	c.box("step outcome", x+1, 6, w-2, high)
	c.text("tick on", "start", x+10, 26, lang.T("優先度", "Priority").In(l))
	for k, part := range lines(outcome, most-1, 2) {
		c.text("strong on", "start", x+10, 62+float64(k)*17, part)
	}
	return c.svg()
}
