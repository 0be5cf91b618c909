package chart

import (
	"fmt"
	"slices"

	"example.org/tasuki/internal/lang"
)

// latencies are the upper ends, in days, of the bars of [Latency]; the last bar has none.
var latencies = []int{1, 3, 7, 14, 30, 60, 90}

// Latency is how many days it took from finding a vulnerability to treating it, as a distribution with its median and the
// time in which nine of ten were done. open is how many are not done yet: they are in no bar.
func Latency(l lang.Lang, id string, days []int, open int) Picture {
	p := Picture{ID: id, Title: lang.T("検出から対応までの日数", "Days from finding to treatment").In(l),
		Columns: []string{lang.T("日数", "Days").In(l), lang.T("件数", "Number").In(l)}}
	if len(days) == 0 {
		p.Sentence = lang.F("対応を終えた脆弱性はまだありません（対応中・未判断 %d件）。", "No vulnerability has been treated yet (%d are open).", open).In(l)
		return p
	}
	days = slices.Sorted(slices.Values(days))
	counts := make([]int, len(latencies)+1)
	for _, d := range days {
		at := slices.IndexFunc(latencies, func(most int) bool { return d <= most })
		if at < 0 {
			at = len(latencies)
		}
		counts[at]++
	}
	names := make([]string, len(counts))
	from := 0
	for i, most := range latencies {
		names[i] = lang.F("%d〜%d日", "%d–%d d", from, most).In(l)
		from = most + 1
	}
	names[len(latencies)] = lang.F("%d日〜", "%d d +", from).In(l)
	for i, n := range counts {
		p.Rows = append(p.Rows, []string{names[i], fmt.Sprint(n)})
	}
	p.Sentence = lang.F("対応を終えた %d件の中央値は %d日、9割は %d日以内です（対応中・未判断 %d件は含みません）。",
		"Of %d treated, the median took %d days and nine of ten at most %d (%d open ones are not counted).",
		len(days), quantile(days, 5), quantile(days, 9), open).In(l)
	p.SVG = drawBars(p, names, counts, nil)
	return p
}

// quantile gives the value below or at which so many tenths of sorted values lie.
func quantile(sorted []int, tenths int) int {
	return sorted[(len(sorted)*tenths+9)/10-1]
}

// Cause is a reason and how often it was the reason.
type Cause struct {
	Name string
	N    int
}

// Pareto shows causes, the most frequent first, with the share that the first ones have together.
func Pareto(l lang.Lang, id, title string, causes []Cause) Picture {
	p := Picture{ID: id, Title: title, Columns: []string{lang.T("原因", "Cause").In(l), lang.T("件数", "Number").In(l), lang.T("累積（%）", "Cumulative (%)").In(l)}}
	total := 0
	for _, c := range causes {
		total += c.N
	}
	if total == 0 {
		p.Sentence = lang.T("原因の記録はまだありません。", "No cause is on record yet.").In(l)
		return p
	}
	causes = slices.Clone(causes)
	slices.SortStableFunc(causes, func(a, b Cause) int { return b.N - a.N })
	names, counts, shares := []string{}, []int{}, []float64{}
	sum, few := 0, 0
	for i, c := range causes {
		if sum*5 < total*4 {
			few = i + 1
		}
		sum += c.N
		names, counts, shares = append(names, c.Name), append(counts, c.N), append(shares, 100*float64(sum)/float64(total))
		p.Rows = append(p.Rows, []string{c.Name, fmt.Sprint(c.N), fmt.Sprintf("%.1f", shares[i])})
	}
	p.Sentence = lang.F("原因 %d種類のうち、上位 %d種類で全 %d件の8割以上を占めます。", "Of %d causes, the first %d make up four fifths of all %d.", len(causes), few, total).In(l)
	if most := 12; len(names) > most { // the table has the rest
		names, counts, shares = names[:most], counts[:most], shares[:most]
	}
	p.SVG = drawBars(p, names, counts, shares)
	return p
}

// drawBars draws a bar for each number with the number on it, and a line of shares in per cent over them when there are any.
func drawBars(p Picture, names []string, counts []int, shares []float64) string {
	const left, top, high, foot = 44.0, 24.0, 190.0, 56.0
	wide := 960 - 2*left
	c := newCanvas(p.ID, 960, int(top+high+foot), p.Title, p.Sentence)
	scale := steps(slices.Max(counts))
	y := func(n float64) float64 { return top + high - high*n/float64(scale[len(scale)-1]) }
	for _, n := range scale {
		c.line("grid", left, y(float64(n)), left+wide, y(float64(n)))
		c.text("tick", "end", left-6, y(float64(n))+4, fmt.Sprint(n))
	}
	step := wide / float64(len(counts))
	bar := min(step*.7, 90)
	for i, n := range counts {
		x := left + step*(float64(i)+.5)
		c.rect("barfill", x-bar/2, y(float64(n)), bar, top+high-y(float64(n)))
		c.text("label", "middle", x, y(float64(n))-5, fmt.Sprint(n))
		for k, part := range lines(names[i], max(int(step/6.6), 4), 3) {
			c.text("tick", "middle", x, top+high+16+float64(k)*14, part)
		}
	}
	if shares == nil {
		return c.svg()
	}
	d := ""
	at := func(i int) (x, y float64) {
		return left + step*(float64(i)+.5), top + high - high*shares[i]/100
	}
	for i := range shares {
		x, y := at(i)
		d += fmt.Sprintf("%s%s %s", map[bool]string{true: "M", false: "L"}[i == 0], num(x), num(y))
	}
	c.path("trend", d)
	for i := range shares {
		x, y := at(i)
		fmt.Fprintf(&c.b, `<circle class="dot" cx="%s" cy="%s" r="3.5"/>`, num(x), num(y))
	}
	for _, n := range []int{0, 50, 100} {
		c.text("tick", "start", left+wide+6, top+high-high*float64(n)/100+4, fmt.Sprintf("%d%%", n))
	}
	return c.svg()
}
