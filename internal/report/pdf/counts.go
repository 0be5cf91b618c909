package pdf

import (
	"fmt"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// counted gives a table of counts whose rows begin with a name; with id, an id stands before it.
func (p *paper) counted(name string, id bool) table {
	t := table{c: p.canvas, size: small}
	n := len(declared.Statuses) + 1
	if p.withheld() > 0 {
		n++
	}
	const each = 42.0
	first := width - each*float64(n)
	if id {
		t.columns = append(t.columns, column{title: "ID", width: 42})
		first -= 42
	}
	t.columns = append(t.columns, column{title: name, width: first})
	for _, s := range declared.Statuses {
		t.columns = append(t.columns, column{title: narrow(s).In(p.lang), mark: s, width: each, centre: true})
	}
	t.columns = append(t.columns, column{title: p.say("うち\n申告のみ", "stated\nonly"), width: each, centre: true})
	if p.withheld() > 0 {
		t.columns = append(t.columns, column{title: p.say("非開示", "not shown"), width: each, centre: true})
	}
	return t
}

// narrow gives the name of a status for the head of a narrow column.
func narrow(s verify.Status) lang.Text {
	switch s {
	case verify.MetWithException:
		return lang.T("例外承認\nつき対応", "with\nexception")
	case verify.PartlyMet:
		return lang.T("一部対応", "partly\nmet")
	case verify.NotMet:
		return lang.T("未対応", "not\nmet")
	case verify.NotAssessed:
		return lang.T("未評価", "not\nassessed")
	case verify.NotApplicable:
		return lang.T("対象外", "not\napplicable")
	}
	return declared.StatusName(s)
}

// withheld gives how many answers this copy does not show.
func (p *paper) withheld() int {
	n := 0
	for _, a := range p.d.Answers {
		if a == nil {
			n++
		}
	}
	return n
}

func (p *paper) tally(t declared.Tally, f face) []cell {
	number := func(n int) cell {
		if n == 0 {
			return cell{text: "0", face: f, col: soft}
		}
		return cell{text: fmt.Sprint(n), face: bold}
	}
	var out []cell
	for _, s := range declared.Statuses {
		out = append(out, number(t.Of(s)))
	}
	out = append(out, number(t.StatedOnly))
	if p.withheld() > 0 {
		out = append(out, number(t.Withheld))
	}
	return out
}

// counts sets how many duties have which status, by category. The last row is what was signed, withheld answers too.
func (p *paper) counts() {
	p.need(150)
	p.rule(left, right, p.y, 0.3, hair)
	p.y += 4
	p.in("H2", func() { p.text(left, p.y+body, p.say("対応状況", "Status"), bold, body, key) })
	c := p.d.Counts
	p.line(p.say("責務 %d 件（個別要求 %d 件）　うち例外承認つき %d 件、申告のみ %d 件",
		"%d duties (%d individual requirements): %d met with exception, %d stated only",
		c.Duties, c.Requirements, c.MetWithException, c.StatedOnly), regular, body, ink)
	if n := len(p.d.Assessment.Relaxed); n > 0 {
		p.line(p.say("発行者の方針により既定より緩めた判定基準が %d 件あります（別紙）。", "Thresholds that the issuer's policy relaxed: %d (see annex).", n), regular, body, ink)
	}
	p.y += 4
	t := p.counted(p.say("区分（責務の件数）", "category (number of duties)"), false)
	t.body(func() { p.byCategory(t) })
	p.y += 6
}

// byCategory sets a row for each category and one for all.
func (p *paper) byCategory(t table) {
	for _, cat := range p.categories() {
		tally := declared.Count(p.lines, func(l declared.Line) bool { return l.Asked.Category == cat.Number })
		t.row(append([]cell{{text: categoryName(cat).In(p.lang)}}, p.tally(tally, regular)...)...)
	}
	total := declared.Tally{Counts: p.d.Counts, Withheld: p.withheld()}
	name := p.say("合計", "total")
	if p.d.Signed != nil {
		name = p.say("合計（署名された件数）", "total, as signed")
	}
	t.row(append([]cell{{text: name, face: bold}}, p.tally(total, regular)...)...)
}

// categoryName gives number and name: S(1) セキュアな設計・開発・供給・運用.
func categoryName(c guideline.Category) lang.Text {
	return lang.F("S(%d) %s", "S(%d) %s", c.Number, c.Title)
}

// byRequirement sets the counts of each of the 21 requirements that has duties.
func (p *paper) byRequirement() {
	p.heading(p.say("要求事項ごとの対応状況", "Status by requirement"), p.pdf.GetNumberOfPages() == 1)
	t := p.counted(p.say("要求事項（責務の件数）", "requirement (number of duties)"), true)
	t.body(func() {
		for _, r := range guideline.Default().Requirements() {
			of := func(l declared.Line) bool { return l.Asked.Requirement == r.ID }
			if slices.ContainsFunc(p.lines, of) {
				t.row(append([]cell{{text: string(r.ID)}, {text: r.Title.In(p.lang)}}, p.tally(declared.Count(p.lines, of), regular)...)...)
			}
		}
	})
	p.legend()
}

// legend says what the words mean.
func (p *paper) legend() {
	p.y += 6
	p.need(40)
	p.y = p.block(left, p.y, width, p.say(
		"「責務」は、役割と個別要求の組です。「申告のみ」は、対応のうち証跡を伴わず担当者の申告だけに基づくものです。「例外承認つき対応」は、承認された例外措置に基づくものです。",
		"A duty is a pair of role and individual requirement. “Stated only” counts duties that are met by somebody's word, without evidence. “Met with exception” rests on an approved deviation."), regular, small, soft)
	p.y += 8
}

// mark gives a status as shape and word, with what qualifies it.
func (p *paper) mark(a *verify.Answer) cell {
	if a == nil {
		return cell{text: p.say("非開示", "not shown"), col: soft}
	}
	out := cell{mark: a.Status, text: declared.StatusName(a.Status).In(p.lang), face: bold}
	if a.Status == verify.NotMet || a.Status == verify.PartlyMet {
		out.col = alarm
	}
	return out
}
