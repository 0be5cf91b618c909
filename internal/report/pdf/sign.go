package pdf

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

var stampRed = colour{0xb7, 0x1c, 0x1c}

// approvals sets one box for each step somebody did, with a date stamp; a step that nobody did has an empty box.
func (p *paper) approvals() {
	type box struct {
		step verify.ApprovalStep
		by   *verify.Approval
	}
	var boxes []box
	for _, step := range []verify.ApprovalStep{verify.Drafted, verify.Reviewed, verify.Approved} {
		n := len(boxes)
		for i := range p.d.Approvals {
			if p.d.Approvals[i].Step == step {
				boxes = append(boxes, box{step, &p.d.Approvals[i]})
			}
		}
		if len(boxes) == n {
			boxes = append(boxes, box{step: step})
		}
	}
	const perRow = 3
	w := width / perRow
	h := 52.0
	for _, b := range boxes {
		h = max(h, p.approval(0, w, 0, b.step, b.by))
	}
	p.need(h)
	for i, b := range boxes {
		if i > 0 && i%perRow == 0 {
			p.y += h
			p.need(h)
		}
		p.approval(left+float64(i%perRow)*w, w, h, b.step, b.by)
	}
	p.y += h + 5
}

// approval sets one box of height h and gives the height it needs; with height 0 it only measures.
func (p *paper) approval(x, w, h float64, step verify.ApprovalStep, a *verify.Approval) float64 {
	name := declared.StepName(step).In(p.lang)
	if h > 0 {
		p.frame(x, p.y, w, h, 0.5, hair)
		p.text(x+6, p.y+12, name, bold, small+0.5, key)
	}
	if a == nil {
		if h > 0 {
			p.text(x+6, p.y+h-8, p.say("記録なし", "none recorded"), regular, 6.5, soft)
		}
		return 0
	}
	const heading, stamp = 16.0, 62.0
	y := heading
	for _, part := range []struct {
		text string
		size float64
		col  colour
	}{
		{a.By.Department, 6.5, soft}, {a.By.Title, 6.5, soft}, {a.By.Name, body, ink}, {p.day(a.At), 6.5, ink},
		{p.say("本人確認: %s", "by %s", means(a.Authenticated).In(p.lang)), 6, soft},
	} {
		for _, line := range p.wrap(part.text, regular, part.size, w-stamp) {
			if line == "" {
				continue
			}
			if h > 0 {
				p.text(x+6, p.y+y+part.size, line, regular, part.size, part.col)
			}
			y += part.size * 1.4
		}
	}
	if h > 0 {
		p.picture(p.say("日付印　%s　%s　%s", "date stamp: %s, %s, %s", name, p.day(a.At), a.By.Name), func() { p.stamp(x+w-29, p.y+h/2, name, *a) })
	}
	return y + 4
}

// stamp draws a date stamp (日付印): step, day, family name.
func (p *paper) stamp(x, y float64, step string, a verify.Approval) {
	const r = 23.0
	p.circle(x, y, r, 1, stampRed)
	p.rule(x-r+1.3, x+r-1.3, y-6, 0.7, stampRed)
	p.rule(x-r+1.3, x+r-1.3, y+6, 0.7, stampRed)
	p.fit(x, y-9, step, 30, 8)
	p.fit(x, y+2.6, a.At.In(calendar.Japan).Format("2006.01.02"), 40, 7.5)
	family, _, _ := strings.Cut(strings.ReplaceAll(a.By.Name, "　", " "), " ")
	p.fit(x, y+15, family, 30, 8)
}

// fit sets a word around x, smaller when it is too wide.
func (p *paper) fit(x, y float64, s string, room, size float64) {
	if w := p.measure(s, regular, size); w > room {
		size *= room / w
	}
	p.textCentre(x, y, s, regular, size, stampRed)
}

// means puts how somebody showed who they are into words.
func means(authenticated string) lang.Text {
	words := map[string]lang.Text{"account": lang.T("アカウント", "account"), "password": lang.T("パスワード", "password"),
		"totp": lang.T("ワンタイムコード", "one-time code"), "passkey": lang.T("パスキー", "passkey"), "oidc": lang.T("シングルサインオン", "single sign-on")}
	out := lang.Text{}
	for i, m := range strings.Split(authenticated, "+") {
		w, ok := words[m]
		if !ok {
			w = lang.T(m, m)
		}
		if i > 0 {
			out.JA, out.EN = out.JA+"＋", out.EN+" + "
		}
		out.JA, out.EN = out.JA+w.JA, out.EN+w.EN
	}
	return out
}

// signature sets who signed, when, where and with which key, or that nobody did.
func (p *paper) signature() {
	h, room := 98.0, width-106
	place := p.say("%s　%s にて", "%s, %s", p.formal(p.d.IssuedAt), p.d.Place)
	signer := declared.Person(p.d.Signer, p.lang)
	s := p.d.Signed
	if s != nil { // the box grows with long names
		more := len(p.wrap(place, regular, body, room)) + len(p.wrap(p.issuerName(), regular, body, room)) + len(p.wrap(signer, bold, 12, room)) - 3
		h += float64(more) * 12 * leading
	}
	p.need(h)
	p.frame(left, p.y, width, h, 0.8, key)
	x, y := left+10, p.y+6
	if s == nil {
		y = p.block(x, y, width-20, p.say("未署名の写し", "Unsigned copy"), bold, 12, alarm)
		y = p.block(x, y+2, width-20, p.say("この文書は現在の状態を写したもので、誰も署名しておらず、宣言ではありません。相手に渡すときは、発行した襷（.tasuki.json）とその PDF を使ってください。",
			"This shows the present state of affairs. Nobody signed it and it declares nothing. To hand something over, use an issued bundle (.tasuki.json) and its PDF."), regular, body, ink)
		p.block(x, y+2, width-20, p.say("内容のダイジェスト　%s", "Digest of the content: %s", p.d.Digest()), regular, small, soft)
		p.y += h
		return
	}
	y = p.block(x, y, room, place, regular, body, ink)
	y = p.block(x, y, room, p.issuerName(), regular, body, ink)
	y = p.block(x, y+1, room, signer, bold, 12, ink)
	y += 3
	for _, v := range []struct{ label, value string }{
		{p.say("署名鍵の指紋", "Key"), s.Key}, {p.statementName(), s.Declaration}, {p.say("襷（バンドル）", "Bundle"), s.Bundle},
	} {
		p.text(x, y+6.2, v.label, regular, 6.2, soft)
		p.text(x+50, y+6.2, v.value, regular, 6.2, ink)
		y += 10
	}
	if l := p.d.Ledger; l != nil {
		p.text(x, y+6.2, p.say("台帳", "Ledger"), regular, 6.2, soft)
		p.text(x+50, y+6.2, p.clip(l.Origin, regular, 6.2, room-60), regular, 6.2, ink)
	}
	p.picture(p.say("襷のダイジェストの QR コード　%s", "QR code of the digest of the bundle: %s", s.Bundle), func() { p.code(right-78, p.y+9, 68, s.Bundle) })
	p.textCentre(right-44, p.y+91, p.say("襷のダイジェスト", "digest of the bundle"), regular, 6.2, soft)
	p.y += h + 4
	p.need(9) // two lines of small type may reach into the room before the footer
	p.y = p.block(left, p.y, width, p.say(
		"この文書は発行者自身によるもの（第一者）で、第三者による審査の結果を示すものではありません。電子署名は襷（.tasuki.json）にあり、この PDF はその写しです。tasuki verify で、署名と上のダイジェストを通信なしで確かめられます。",
		"This paper speaks for its issuer alone (first party); it is not the outcome of an examination by anybody else. The electronic signature is in the bundle (.tasuki.json), which this PDF renders: tasuki verify checks it, and the digests above, offline."), regular, 6.5, soft)
}

// code draws a QR code of a text into a square.
func (p *paper) code(x, y, side float64, text string) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		p.try(fmt.Errorf("QR code: %w", err))
		return
	}
	module := side / float64(c.Size)
	for row := range c.Size {
		for col := 0; col < c.Size; col++ {
			run := 0
			for col+run < c.Size && c.Black(col+run, row) {
				run++
			}
			if run > 0 {
				p.fill(x+float64(col)*module, y+float64(row)*module, float64(run)*module, module+0.05, ink)
				col += run
			}
		}
	}
}
