package pdf

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// The columns of the first page: a label, and what it says.
const (
	contentX     = left + 78
	contentWidth = right - contentX
	body         = 9.0
	small        = 7.5
	fine         = 5.9 // digests: 71 characters
)

// front sets what ISO/IEC 17050-1 clause 6.1 asks for, in its order.
func (p *paper) front() {
	p.y = 38
	p.bookmark(1, p.title())
	p.masthead()
	p.section(p.say("発行者", "Issuer"), p.issuer)
	p.section(p.say("対象", "Object"), p.object)
	p.section(p.say("要求事項", "Requirements"), p.requirements)
	p.section(p.statementName(), p.statement)
	p.counts()
	if p.d.Signed != nil {
		p.section(p.say("有効期間", "Validity"), p.validity)
	}
	p.section(p.say("制限事項", "Limitations"), p.limitations)
	if p.d.Signed != nil || len(p.d.Approvals) > 0 {
		p.approvals()
	}
	p.signature()
}

func (p *paper) statementName() string {
	if p.d.Signed == nil {
		return p.say("この写し", "This copy")
	}
	if p.d.Kind == verify.SelfDeclaration {
		return p.say("宣言", "Declaration")
	}
	return p.say("報告", "Report")
}

// masthead sets title, number and date.
func (p *paper) masthead() {
	const size, spread = 22.0, 4.0
	title := p.title()
	gap := 0.0
	if p.lang != lang.EN {
		gap = spread
	}
	w := p.measure(title, bold, size) + gap*float64(len([]rune(title))-1)
	p.font(bold, size)
	p.try(p.pdf.SetCharSpacing(gap))
	p.in("H1", func() { p.text((left+right-w)/2, p.y+size, title, bold, size, ink) })
	p.try(p.pdf.SetCharSpacing(0))
	p.y += size + 8
	r := p.d.Requirements
	sub := p.say("%s（%s）", "%s (%s)", r.Title.In(p.lang), edition(r.Edition, p.lang))
	p.textCentre((left+right)/2, p.y+small, sub, regular, small, soft)
	p.y += 14
	p.rule(left, right, p.y, 1.6, key)
	p.rule(left, right, p.y+2.4, 0.4, key)
	p.y += 9
	number := p.say("番号　%s", "No. %s", p.number())
	if p.d.Signed != nil {
		number += p.say("　（通番 %d）", " (serial %d)", p.d.Serial)
	}
	date := p.say("発行日　%s", "Issued %s", p.formal(p.d.IssuedAt))
	if p.d.Signed == nil {
		date = p.say("作成日　%s", "Drawn up %s", p.formal(p.d.IssuedAt))
	}
	p.textRight(right, p.y+small, date, regular, small, soft)
	p.y = p.block(left, p.y, width-190, number, regular, small, soft)
	if p.d.Supersedes != "" {
		p.text(left, p.y+fine, p.say("前の宣言に代わるもの　%s", "takes the place of %s", p.d.Supersedes), regular, fine, soft)
		p.y += 10
	}
	p.y += 2
	p.addressee()
}

// addressee sets who the paper is handed to.
func (p *paper) addressee() {
	to := declared.Addressee(p.o.To, p.o.Person, p.lang)
	if len(to) == 0 {
		return
	}
	p.y += 6
	for _, line := range to {
		p.y = p.block(left, p.y, width, line, regular, 11, ink)
	}
	p.y += 8
}

// section sets a label at the left and what says lets flow beside it.
func (p *paper) section(label string, says func()) {
	p.need(40)
	p.rule(left, right, p.y, 0.3, hair)
	p.y += 3
	p.in("H2", func() { p.text(left, p.y+body, label, bold, body, key) })
	says()
	p.y += 3
}

// line sets a paragraph beside the label.
func (p *paper) line(s string, f face, size float64, col colour) {
	p.in("P", func() {
		for _, l := range p.wrap(s, f, size, contentWidth) {
			p.need(size * leading)
			p.text(contentX, p.y+size, l, f, size, col)
			p.y += size * leading
		}
	})
}

func (p *paper) issuer() {
	i := p.d.Issuer
	p.line(p.issuerName(), bold, 11, ink)
	for _, other := range []string{i.Name, i.NameEN} {
		if other != "" && other != p.issuerName() {
			p.line(other, regular, small, soft)
		}
	}
	for _, v := range []struct{ label, value string }{
		{p.say("所在地", "Address"), i.Address}, {p.say("連絡先", "Contact"), i.Contact}, {p.say("法人番号", "Corporate number"), i.CorporateNumber},
	} {
		if v.value != "" {
			p.line(p.pair(v.label, v.value), regular, body, ink)
		}
	}
}

// issuerName gives the issuer's name in the language of the paper.
func (p *paper) issuerName() string {
	if p.lang == lang.EN && p.d.Issuer.NameEN != "" {
		return p.d.Issuer.NameEN
	}
	return p.d.Issuer.Name
}

func (p *paper) pair(label, value string) string { return p.say("%s　%s", "%s: %s", label, value) }

// shownArtifacts is how many files of a release the first page names; an annex lists all when there are more.
const shownArtifacts = 3

func (p *paper) object() {
	o := p.d.Object
	p.line(strings.TrimSpace(o.Name+" "+o.Version), bold, 11, ink)
	var about []string
	for _, k := range guideline.Default().SoftwareKinds() {
		if k.ID == o.Kind {
			about = append(about, p.pair(p.say("種類", "Kind"), k.Title.In(p.lang)))
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, o.ReleasedOn, calendar.Japan); err == nil {
		about = append(about, p.pair(p.say("リリース日", "Released"), p.day(day)))
	}
	if len(about) > 0 {
		p.line(strings.Join(about, p.say("　　", "; ")), regular, body, ink)
	}
	if o.PURL != "" {
		p.line(o.PURL, regular, small, soft)
	}
	if len(o.Artifacts) > shownArtifacts {
		p.line(p.say("成果物 %d 件（別紙に一覧）", "%d artifacts (listed in an annex)", len(o.Artifacts)), regular, body, ink)
		return
	}
	for _, a := range o.Artifacts {
		p.line(p.say("成果物　%s%s", "Artifact: %s%s", a.Name, p.bytes(a.Size)), regular, body, ink)
		p.line(a.Digest, regular, 6.5, soft)
	}
}

func (p *paper) bytes(n int64) string {
	if n == 0 {
		return ""
	}
	return p.say("（%s バイト）", " (%s bytes)", thousands(n))
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (p *paper) requirements() {
	r := p.d.Requirements
	p.line(p.say("%s（%s）", "%s (%s)", r.Title.In(p.lang), edition(r.Edition, p.lang)), regular, body, ink)
	var roles []string
	for _, s := range r.Scope {
		roles = append(roles, p.scope(s))
	}
	p.line(p.say("%s　役割: %s", "%s; roles: %s", declared.PackageName(r.Level).In(p.lang), strings.Join(roles, p.say("、", ", "))), regular, body, ink)
	p.line(p.pair(p.say("要求事項データ", "Catalogue"), r.CatalogueDigest), regular, 6.5, soft)
}

// statement sets the fixed sentence on a tint.
func (p *paper) statement() {
	sentence := p.d.Conformity.In(p.lang)
	if p.d.Signed == nil {
		sentence = p.say("この写しは、上記の対象について、自らの役割に該当する個別要求への対応状況を作成日現在で示します。発行者による宣言・報告ではありません。",
			"This copy shows, on the day it was drawn up, how far the object meets the individual requirements that apply to the roles above. It is no declaration and no report by the issuer.")
	}
	lines := p.wrap(sentence, regular, body, contentWidth-16)
	h := float64(len(lines))*(body)*leading + 8
	p.need(h)
	p.fill(contentX, p.y, contentWidth, h, tint)
	p.fill(contentX, p.y, 2.5, h, key)
	p.block(contentX+10, p.y+5, contentWidth-16, sentence, regular, body, ink)
	p.y += h
}

func (p *paper) validity() {
	v := p.d.Validity
	p.line(p.say("%s から %s まで", "%s to %s", p.formal(v.From), p.formal(v.Until)), regular, body, ink)
}

func (p *paper) limitations() {
	if len(p.d.Limitations) == 0 {
		p.line(p.say("記載なし", "none stated"), regular, body, ink)
	}
	for _, l := range p.d.Limitations {
		p.line("・"+l.In(p.lang), regular, body, ink)
	}
}

// edition gives 2026-03 as people say it.
func edition(e string, l lang.Lang) string {
	if e == "2026-03" {
		return lang.T("2026年3月", "March 2026").In(l)
	}
	return e
}
