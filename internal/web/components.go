package web

import (
	"context"
	"net/http"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence/sbomquality"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

const componentPageSize = 100

// componentsPage is what a release holds, by its newest SBOM: who answers for each component, what is known to be
// vulnerable, and how complete the SBOM is.
type componentsPage struct {
	Base
	Head        softwareHead
	Total       int
	Unanswered  int
	Vulnerable  int
	Lines       []componentLine
	Show        string // "", unanswered, vulnerable, quality
	Chips       []chip
	Prev, Next  string
	Quality     *qualityView
	QualityHref string
	SBOM        store.Document
	Look        looked
	Partners    []option // whom components may be mapped to
	Own         []option // software of our own
}

type componentLine struct {
	store.ReleaseComponent
	Answer   string // who answers; empty: nobody
	By       string
	Findings []store.Finding
	Missed   string // why it could not be compared with advisory data; empty: it was
}

// looked says how well a release was looked through for known vulnerabilities.
type looked struct {
	Has    bool // there are components
	Done   bool // they were compared
	Match  fact.Match
	At     bool // DataAt is known
	Stale  bool // the data is older than a week
	Source string
}

// staleAfter is the age from which advisory data is called old, in days.
const staleAfter = 7

func (s *Server) components(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "components")
	if err != nil {
		return err
	}
	p := &componentsPage{Base: b, Head: head, Show: r.FormValue("show")}
	p.Title = head.Software.Name + b.T("：部品", ": components")
	if head.Release != "" {
		if err := s.fillComponents(ctx, p, m, r); err != nil {
			return err
		}
	}
	return s.render(w, http.StatusOK, "components", p)
}

func (s *Server) fillComponents(ctx context.Context, p *componentsPage, m chain.Model, r *http.Request) error {
	release := p.Head.Release
	all, err := s.db.ReleaseComponents(ctx, release)
	if err != nil {
		return err
	}
	p.Total = len(all)
	findings, err := s.findingsByComponent(ctx, release)
	if err != nil {
		return err
	}
	p.fillChoices(m)
	answers, err := judging.AnswersFor(ctx, s.db, m, release, all)
	if err != nil {
		return err
	}
	if p.Look, err = s.looked(ctx, release, len(all), p.Base); err != nil {
		return err
	}
	missed := map[string]string{}
	for _, u := range p.Look.Match.Unmatched {
		missed[u.Component] = p.Text(u.Text)
	}
	names := partyNames(m)
	var lines []componentLine
	for i, c := range all {
		line := componentLine{ReleaseComponent: c, Answer: names[answers[i].Party], By: p.answeredBy(answers[i]), Findings: findings[c.ID],
			Missed: missed[chain.Component{PURL: c.PURL, Name: c.Name, Version: c.Version}.Label()]}
		if !answers[i].Answered() {
			p.Unanswered++
		}
		if len(line.Findings) > 0 {
			p.Vulnerable++
		}
		switch {
		case p.Show == "unanswered" && answers[i].Answered(), p.Show == "vulnerable" && len(line.Findings) == 0:
		default:
			lines = append(lines, line)
		}
	}
	href := func(show string) string { return "?" + query("release", release, "show", show) }
	p.Chips = []chip{{Name: p.T("すべて", "All"), Href: href(""), N: p.Total, On: p.Show == ""},
		{Name: p.T("責務の担い手なし", "Nobody answers"), Href: href("unanswered"), N: p.Unanswered, On: p.Show == "unanswered"},
		{Name: p.T("脆弱性の検出あり", "Known vulnerabilities"), Href: href("vulnerable"), N: p.Vulnerable, On: p.Show == "vulnerable"}}
	p.QualityHref = href("quality")
	p.page(lines, r)
	if p.Show == "quality" || p.Total <= fewComponents {
		return s.fillQuality(ctx, p)
	}
	return nil
}

// fewComponents is how many components a release may have for its SBOM's quality to be told on the same page; looking
// through more takes a moment of its own.
const fewComponents = 2000

// namedAtMost is how many components a list of what lacks something names.
const namedAtMost = 50

func (p *componentsPage) fillChoices(m chain.Model) {
	ours := ourParties(m)
	for _, party := range m.Parties {
		if !ours[party.ID] && party.Parent == "" {
			p.Partners = append(p.Partners, option{Value: "party:" + party.ID, Name: party.Name})
		}
	}
	for _, sw := range m.Software {
		if sw.ID != p.Head.Software.ID && sw.Owner != "" {
			p.Own = append(p.Own, option{Value: "software:" + sw.ID, Name: sw.Name})
		}
	}
}

// mapComponents says who answers as developer for the components a pattern names (1.4(2)イ).
func (s *Server) mapComponents(w http.ResponseWriter, r *http.Request) error {
	rule := chain.ComponentRule{ID: s.db.NewID(), Pattern: strings.TrimSpace(r.FormValue("pattern"))}
	switch kind, id, _ := strings.Cut(r.FormValue("answers"), ":"); kind {
	case "party":
		rule.Party = id
	case "software":
		rule.Software = id
	default:
		return formError(lang.T("責務の担い手を選んでください", "choose who answers"))
	}
	if err := judging.SaveModel(r.Context(), s.db, s.actor(r), chain.Model{Components: []chain.ComponentRule{rule}}); err != nil {
		return err
	}
	if err := s.reassess(r, "component rule "+rule.ID); err != nil {
		return err
	}
	s.notice(r, lang.T("対応づけました", "Mapped"))
	http.Redirect(w, r, "/software/"+r.PathValue("id")+"/components?"+query("release", r.FormValue("release"), "show", "unanswered"), http.StatusSeeOther)
	return nil
}

// page cuts the lines to one page.
func (p *componentsPage) page(lines []componentLine, r *http.Request) {
	from, to, prev, next := cut(len(lines), componentPageSize, r)
	p.Prev, p.Next = pageLink(prev, "release", p.Head.Release, "show", p.Show), pageLink(next, "release", p.Head.Release, "show", p.Show)
	p.Lines = lines[from:to]
}

func (b Base) answeredBy(a chain.Answer) string {
	switch a.By {
	case "rule":
		return b.T("取引先の対応づけ", "mapped to them")
	case "software":
		return b.T("自社のソフトウェア", "our own software")
	case "adoption":
		return b.T("採用の記録", "adoption record")
	}
	return ""
}

func (s *Server) findingsByComponent(ctx context.Context, release string) (map[int64][]store.Finding, error) {
	found, err := s.db.FindingsOf(ctx, release)
	if err != nil {
		return nil, err
	}
	out := map[int64][]store.Finding{}
	for _, f := range found {
		out[f.Component] = append(out[f.Component], f)
	}
	return out, nil
}

// looked gives how well a release with so many components was looked through.
func (s *Server) looked(ctx context.Context, release string, components int, b Base) (looked, error) {
	l := looked{Has: components > 0}
	m, done, err := judging.Compared(ctx, s.db, release)
	if err == nil && done {
		l.Done, l.Match, l.At = true, m, !m.DataAt.IsZero()
		l.Stale = !l.At || b.Now.Sub(m.DataAt).Hours() > 24*staleAfter
	}
	return l, err
}

// fillQuality holds the newest SBOM of the release against the list of minimum elements.
func (s *Server) fillQuality(ctx context.Context, p *componentsPage) error {
	facts, err := s.db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{{Kind: fact.Release, ID: p.Head.Release}}, Kinds: []fact.Kind{fact.KindSBOM}})
	if err != nil || len(facts) == 0 {
		return err
	}
	newest := facts[len(facts)-1]
	sbom, ok := newest.Data.(*fact.SBOM)
	if !ok {
		return nil
	}
	if p.SBOM, err = s.db.Document(ctx, newest.Document); err != nil {
		return err
	}
	p.Quality = qualityOf(sbomquality.Evaluate(sbom, sbomquality.CISA2026(), sbomquality.Outside{Signature: p.SBOM.SignatureState == "verified"}))
	return nil
}

// qualityView is how complete an SBOM is, field by field, with the first components that lack each.
type qualityView struct {
	sbomquality.Report
	Fields []qualityField
}

type qualityField struct {
	sbomquality.FieldReport
	Named []sbomquality.Lack
	More  int
}

func qualityOf(r sbomquality.Report) *qualityView {
	v := &qualityView{Report: r}
	for _, f := range r.Fields {
		q := qualityField{FieldReport: f}
		for _, l := range f.Lacking {
			switch {
			case l.State != "absent":
			case len(q.Named) < namedAtMost:
				q.Named = append(q.Named, l)
			default:
				q.More++
			}
		}
		v.Fields = append(v.Fields, q)
	}
	return v
}

// Few gives the first of what could not be compared.
func (l looked) Few() []fact.Unmatched {
	return l.Match.Unmatched[:min(len(l.Match.Unmatched), namedAtMost)]
}

// More is how many others there are.
func (l looked) More() int { return len(l.Match.Unmatched) - len(l.Few()) }
