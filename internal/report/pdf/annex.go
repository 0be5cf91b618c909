package pdf

import (
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// heading begins an annex, on a new page where asked.
func (p *paper) heading(title string, fresh bool) {
	if fresh {
		p.addPage()
	} else {
		p.y += 14
		p.need(110)
	}
	p.annex++
	title = p.say("別紙%d　%s", "Annex %d: %s", p.annex, title)
	p.bookmark(1, title)
	p.in("H2", func() { p.text(left, p.y+13, title, bold, 13, ink) })
	p.y += 22
}

// duties sets every duty with its answer, by category. Duties of several roles under one requirement that have the same
// answer share a row.
func (p *paper) duties() {
	p.heading(p.say("責務ごとの回答", "Answers by duty"), false)
	t := table{c: p.canvas, size: small, columns: []column{
		{title: "ID", width: 44}, {title: p.say("個別要求と役割", "individual requirement, roles"), width: 132},
		{title: p.say("状態と根拠", "status, basis"), width: 74}, {title: p.say("理由と証跡", "reasons and evidence"), width: width - 250},
	}}
	t.body(func() {
		for _, cat := range p.categories() {
			first := true
			for i := 0; i < len(p.lines); i++ {
				l := p.lines[i]
				if l.Asked.Category != cat.Number {
					continue
				}
				if first {
					title := categoryName(cat).In(p.lang)
					t.band(title)
					p.bookmark(2, title)
					first = false
				}
				holders := []string{p.holder(l)}
				for i+1 < len(p.lines) && p.sameAnswer(l, p.lines[i+1]) {
					i++
					holders = append(holders, p.holder(p.lines[i]))
				}
				status := p.mark(l.Answer)
				status.under = p.basis(l.Answer)
				t.row(cell{text: string(l.Requirement)}, cell{text: l.Asked.Title.In(p.lang), under: strings.Join(holders, p.say("、", ", "))}, status, cell{text: p.reason(l)})
			}
		}
	})
}

// sameAnswer reports whether two duties of one party under one requirement read the same on paper.
func (p *paper) sameAnswer(a, b declared.Line) bool {
	return a.Requirement == b.Requirement && a.Party == b.Party && (a.Answer == nil) == (b.Answer == nil) &&
		p.mark(a.Answer) == p.mark(b.Answer) && p.basis(a.Answer) == p.basis(b.Answer) && p.reason(a) == p.reason(b)
}

// holder says whose duty a line is.
func (p *paper) holder(l declared.Line) string {
	out := role(l.Role).In(p.lang)
	if l.Answer != nil && l.Answer.Stance != "" {
		out += p.say("（%s）", " (%s)", stance(l.Answer.Stance).In(p.lang))
	}
	if l.Party != "" {
		out = p.say("%s　%s", "%s, %s", l.Party, out)
	}
	return out
}

func (p *paper) basis(a *verify.Answer) string {
	switch {
	case a == nil:
		return ""
	case a.StatedOnly:
		return declared.StatedOnly.In(p.lang)
	case a.Status == verify.NotAssessed || a.Status == verify.NotMet && len(a.Evidence) == 0:
		return "—"
	}
	return declared.BasisName(a.Basis).In(p.lang)
}

// reason gives why, what it rests on by number in the list of evidence, and until when.
func (p *paper) reason(l declared.Line) string {
	a := l.Answer
	if a == nil {
		return l.Withheld
	}
	parts := []string{}
	for _, r := range a.Reasons {
		parts = append(parts, r.In(p.lang))
	}
	rests := ""
	var numbers []int
	for _, digest := range a.Evidence {
		if n := p.d.Source(digest); n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	if len(numbers) > 0 {
		rests = p.say("［証跡 %s］", "[evidence %s] ", ranges(numbers))
	}
	if until := a.Lapses(); !until.IsZero() && a.Status != verify.NotMet {
		rests += p.say("（%s まで有効）", "(holds until %s)", p.day(until))
	}
	if rests != "" {
		parts = append(parts, rests)
	}
	return strings.Join(parts, "\n")
}

// ranges writes 1, 2, 3, 7 as 1–3, 7.
func ranges(n []int) string {
	var out []string
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		switch {
		case j > i+1:
			out = append(out, fmt.Sprintf("%d–%d", n[i], n[j]))
		case j > i:
			out = append(out, fmt.Sprint(n[i]), fmt.Sprint(n[j]))
		default:
			out = append(out, fmt.Sprint(n[i]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// excuses sets approved exceptions, duties that do not apply, and thresholds that were relaxed.
func (p *paper) excuses() {
	var rows [][]cell
	for _, l := range p.lines {
		if l.Answer == nil || l.Answer.Exception == nil {
			continue
		}
		e := l.Answer.Exception
		rows = append(rows, []cell{{text: string(l.Requirement)}, {text: p.holder(l)}, {text: p.say("例外措置", "exception"), face: bold},
			{text: e.Reason}, {text: declared.Person(e.Approver, p.lang)}, {text: p.day(e.Until)}})
	}
	for _, x := range p.d.Requirements.Exclusions {
		holder := p.holder(declared.Line{Commitment: verify.Commitment{Party: x.Party, Role: x.Role}})
		rows = append(rows, []cell{{text: string(x.Requirement)}, {text: holder}, {text: p.say("対象外", "not applicable"), face: bold},
			{text: x.Reason}, {text: declared.Person(x.Approver, p.lang)}, {text: "—"}})
	}
	if len(rows)+len(p.d.Assessment.Relaxed) == 0 {
		return
	}
	p.heading(p.say("例外措置・対象外・緩和した判定基準", "Exceptions, exclusions and relaxed thresholds"), false)
	if len(rows) > 0 {
		t := table{c: p.canvas, size: small, columns: []column{
			{title: "ID", width: 44}, {title: p.say("役割", "role"), width: 62}, {title: p.say("種類", "kind"), width: 58},
			{title: p.say("理由", "reason"), width: width - 284}, {title: p.say("承認者", "approved by"), width: 100}, {title: p.say("期限", "until"), width: 70}}}
		t.body(func() {
			for _, r := range rows {
				t.row(r...)
			}
		})
		p.y += 8
	}
	if len(p.d.Assessment.Relaxed) > 0 {
		t := table{c: p.canvas, size: small, columns: []column{{title: p.say("緩和した判定基準", "relaxed threshold"), width: width - 240},
			{title: p.say("既定", "default"), width: 120}, {title: p.say("この判定", "used here"), width: 120}}}
		p.need(40)
		t.body(func() {
			for _, r := range p.d.Assessment.Relaxed {
				t.row(cell{text: r.Name}, cell{text: r.Default}, cell{text: r.Value})
			}
		})
	}
}

// evidence lists everything that backs the paper (ISO/IEC 17050-2).
func (p *paper) evidence() {
	p.heading(p.say("裏付け資料", "Supporting documents"), false)
	if len(p.d.Supporting) == 0 {
		p.y = p.block(left, p.y, width, p.say("ありません。", "None."), regular, body, ink)
		return
	}
	rests := map[string][]string{}
	for _, l := range p.lines {
		if l.Answer == nil {
			continue
		}
		for _, digest := range l.Answer.Evidence {
			if id := string(l.Requirement); !slices.Contains(rests[digest], id) {
				rests[digest] = append(rests[digest], id)
			}
		}
	}
	t := table{c: p.canvas, size: small, columns: []column{
		{title: p.say("番号", "no."), width: 30, centre: true}, {title: p.say("種類", "kind"), width: 52}, {title: p.say("名称（襷の中での名称とダイジェスト）", "title (name in the bundle, digest)"), width: 140},
		{title: p.say("大きさ（バイト）", "bytes"), width: 62}, {title: p.say("これに基づく個別要求", "what rests on it"), width: width - 284}}}
	t.body(func() {
		for i, r := range p.d.Supporting {
			size := "—"
			if r.Size > 0 {
				size = thousands(r.Size)
			}
			title, tail := p.d.Title(r, p.lang), r.Digest
			if title != r.Name {
				tail = r.Name + "  " + tail
			}
			t.tailed(tail, 2, cell{text: fmt.Sprint(i + 1)}, cell{text: declared.ResourceName(r.Kind).In(p.lang)}, cell{text: title}, cell{text: size},
				cell{text: strings.Join(rests[r.Digest], p.say("、", ", "))})
		}
	})
}

// artifacts lists the files of the release when the first page has not.
func (p *paper) artifacts() {
	all := p.d.Object.Artifacts
	if len(all) <= shownArtifacts {
		return
	}
	p.heading(p.say("対象の成果物", "Artifacts"), false)
	t := table{c: p.canvas, size: small, columns: []column{{title: p.say("名称、ダイジェスト", "name, digest"), width: width - 70},
		{title: p.say("大きさ（バイト）", "bytes"), width: 70}}}
	t.body(func() {
		for _, a := range all {
			t.tailed(a.Digest, 0, cell{text: a.Name}, cell{text: thousands(a.Size)})
		}
	})
}
