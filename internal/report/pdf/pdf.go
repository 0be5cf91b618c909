// Package pdf writes the papers people are handed: the declaration (自己適合宣言書) or the status report (対応状況報告書),
// in the order of ISO/IEC 17050-1 clause 6.1, with every duty and every piece of evidence in annexes.
//
// Start from [Write]. The type is embedded and cut to the characters used; text can be selected and searched. The same
// input gives the same bytes. A character that the type has not is an error that names it: nothing is dropped in silence.
// A paper shows what was signed, it is not what was signed: that is the bundle, whose digest stands on it.
package pdf

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/signintech/gopdf"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// Write writes the paper as PDF. It fails when a character cannot be set (kind Unreadable), and when an answer is about a
// requirement that this edition of the guideline has not.
func Write(w io.Writer, d declared.Document, l lang.Lang) error {
	lines, err := d.Lines()
	if err != nil {
		return err
	}
	c, err := newCanvas()
	if err != nil {
		return fmt.Errorf("start a PDF: %w", err)
	}
	p := &paper{canvas: c, d: d, lang: l, lines: lines}
	c.pdf.SetInfo(gopdf.PdfInfo{Title: strings.TrimSpace(p.title() + " " + d.Object.Name + " " + d.Object.Version), Subject: p.number(), Author: d.Issuer.Name,
		Creator: "Tasuki", CreationDate: d.IssuedAt.In(declared.Japan)})
	c.newPage = p.header
	c.addPage()
	p.front()
	p.byRequirement()
	p.duties()
	p.excuses()
	p.evidence()
	p.artifacts()
	p.footers()
	if err := c.problem(); err != nil {
		return err
	}
	_, err = c.pdf.WriteTo(w)
	return err
}

// paper is a document on its way onto pages.
type paper struct {
	*canvas
	d     declared.Document
	lang  lang.Lang
	lines []declared.Line
	annex int // number of the last annex
}

func (p *paper) say(ja, en string, args ...any) string { return lang.F(ja, en, args...).In(p.lang) }

func (p *paper) title() string {
	if p.d.Kind == verify.SelfDeclaration {
		return p.say("自己適合宣言書", "Self-Declaration of Conformity")
	}
	return p.say("対応状況報告書", "Status Report")
}

func (p *paper) number() string {
	if p.d.Signed == nil {
		return p.say("未発行", "not issued")
	}
	return p.d.ID
}

// scope says who holds which role: 供給者（支援）.
func (p *paper) scope(s verify.Scope) string {
	out := role(s.Role).In(p.lang)
	if s.Party != "" {
		out = s.Party + " " + out
	}
	if stance := stance(s.Stance).In(p.lang); stance != "" {
		out += p.say("（%s）", " (%s)", stance)
	}
	if len(s.Passed) > 0 {
		var ids []string
		for _, id := range s.Passed {
			ids = append(ids, string(id))
		}
		out += p.say("、引き受けた要求: %s", ", passed on: %s", strings.Join(ids, ", "))
	}
	return out
}

// category gives the categories that have duties here.
func (p *paper) categories() []guideline.Category {
	return slices.DeleteFunc(slices.Clone(guideline.Default().Categories()), func(c guideline.Category) bool {
		return !slices.ContainsFunc(p.lines, func(l declared.Line) bool { return l.Asked.Category == c.Number })
	})
}
