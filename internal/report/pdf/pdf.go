// Package pdf writes the papers people are handed: the declaration (自己適合宣言書) or the status report (対応状況報告書),
// in the order of ISO/IEC 17050-1 clause 6.1, with every duty and every piece of evidence in annexes.
//
// Start from [Write]. The type is embedded and cut to the characters used; text can be selected and searched, and is tagged
// with its structure. The same input gives the same bytes. A character that the type has not is an error that names it: nothing is dropped in silence.
// A paper shows what was signed, it is not what was signed: that is the bundle, whose digest stands on it.
package pdf

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// Options are what a paper says beside the declaration.
type Options struct {
	Lang   lang.Lang
	Dates  calendar.Style // of the years on Japanese papers; empty: both kinds where a paper is formal
	To     string         // the organisation it is addressed to; may be empty
	Person string         // at that organisation; may be empty
}

// Write writes the paper as PDF, tagged for readers by ear. Inside it are the declaration as JSON and, when it is signed,
// the signed envelope whose digest stands on the paper. It fails when a character cannot be set (kind Unreadable), and
// when an answer is about a requirement that this edition of the guideline has not.
func Write(w io.Writer, d declared.Document, o Options) error {
	lines, err := d.Lines()
	if err != nil {
		return err
	}
	c, err := newCanvas()
	if err != nil {
		return fmt.Errorf("start a PDF: %w", err)
	}
	root := &element{kind: "Document"}
	c.open = []*element{root}
	p := &paper{canvas: c, d: d, lang: o.Lang, o: o, lines: lines}
	c.newPage = p.header
	c.addPage()
	p.front()
	p.byRequirement()
	p.duties()
	p.excuses()
	p.evidence()
	p.artifacts()
	c.decoration(p.footers)
	if err := c.problem(); err != nil {
		return err
	}
	return p.finish(w, root)
}

// finish puts together what was drawn, its structure, bookmarks and attachments.
func (p *paper) finish(w io.Writer, root *element) error {
	b, err := p.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return fmt.Errorf("write a PDF: %w", err)
	}
	f, err := takeApart(b)
	if err != nil {
		return fmt.Errorf("mend a PDF: %w", err)
	}
	structure, err := f.structure(root, p.pieces)
	if err != nil {
		return fmt.Errorf("mend a PDF: %w", err)
	}
	files, err := p.attachments()
	if err != nil {
		return err
	}
	at := p.d.IssuedAt.In(calendar.Japan)
	f.set(1, "<< /Type /Catalog /Pages 2 0 R /Lang (%s) /ViewerPreferences << /DisplayDocTitle true >> %s %s %s >>",
		p.lang, f.outline(p.bookmarks), structure, f.attach(files, at))
	info := f.add("<< /Title %s /Subject %s /Author %s /Creator (Tasuki) /CreationDate %s >>",
		textString(strings.TrimSpace(p.title()+" "+p.d.Object.Name+" "+p.d.Object.Version)), textString(p.number()), textString(p.d.Issuer.Name), pdfTime(at))
	return f.writeTo(w, 1, info)
}

// attachments gives the files inside the paper, for programs and for verification.
func (p *paper) attachments() ([]attachment, error) {
	content, err := p.d.Content()
	if err != nil {
		return nil, fmt.Errorf("attach the content: %w", err)
	}
	files := []attachment{{"content.json", p.say("この文書の内容（JSON）", "What this paper shows, as JSON"), "application/json", content}}
	if envelope := p.d.Envelope(); envelope != nil {
		files = append(files, attachment{"declaration.dsse.json", p.say("署名された宣言（DSSE）", "The signed declaration (DSSE)"), "application/json", envelope})
	}
	return files, nil
}

// paper is a document on its way onto pages.
type paper struct {
	*canvas
	d     declared.Document
	lang  lang.Lang
	o     Options
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

// day gives a day in Japan as it is written in running text, formal as it stands at the head of a paper.
func (p *paper) day(t time.Time) string {
	if !t.IsZero() {
		t = t.In(calendar.Japan)
	}
	return p.o.Dates.Short(t, p.lang)
}

func (p *paper) formal(t time.Time) string {
	if !t.IsZero() {
		t = t.In(calendar.Japan)
	}
	return p.o.Dates.Formal(t, p.lang)
}
