package pdf

import "fmt"

// header is what stands at the top of every page: title and object from the second on, and on each page of an unsigned
// paper that it is one.
func (p *paper) header() {
	if p.pdf.GetNumberOfPages() > 1 {
		p.text(left, 38, p.clip(p.title()+"　"+p.d.Object.Name+" "+p.d.Object.Version, regular, small, width-100), regular, small, soft)
		p.rule(left, right, 44, 0.3, hair)
	}
	if p.d.Signed == nil {
		label := p.say("未署名の写し", "UNSIGNED COPY")
		w := p.measure(label, bold, 9) + 14
		p.frame(right-w, 24, w, 16, 1, alarm)
		p.text(right-w+7, 35.3, label, bold, 9, alarm)
	}
}

// footers sets page numbers and the digest on every page, when the number of pages is known.
func (p *paper) footers() {
	n := p.pdf.GetNumberOfPages()
	for i := 1; i <= n; i++ {
		p.try(p.pdf.SetPage(i))
		p.face = ""
		p.rule(left, right, pageHeight-40, 0.3, hair)
		digest := p.pair(p.say("内容", "Content"), p.d.Digest())
		if p.d.Signed != nil {
			digest = p.pair(p.statementName(), p.d.Digest())
		}
		p.text(left, pageHeight-29, digest, regular, 6.5, soft)
		p.textRight(right, pageHeight-29, fmt.Sprintf("%d / %d", i, n), regular, small, ink)
	}
}
