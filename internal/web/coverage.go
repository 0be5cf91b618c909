package web

import (
	"net/http"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// coveragePage is how far our duties over one release cover another document, part by part, each part with the duties
// behind it. It is an answer by relation, and never says that the other document is fulfilled.
type coveragePage struct {
	Base
	Head      softwareHead
	Documents []chip
	Coverage  judging.Coverage
	Groups    []coverageGroup
	States    []coverageCount
}

type coverageGroup struct {
	Name  string
	Items []coverageLine
}

type coverageLine struct {
	judging.CoverageItem
	Mark, Word string
	Behind     []coverageDuty
}

// coverageDuty is a duty behind a part of the other document.
type coverageDuty struct {
	judging.CoverageDuty
	Title, Href string
	Status      assess.Status
}

type coverageCount struct {
	Mark, Word string
	N          int
}

func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, _, err := s.softwareHead(ctx, b, r, "coverage")
	if err != nil {
		return err
	}
	sheet, err := judging.SheetOf(ctx, s.db, b.Lang, subjectOf(head), judging.Target{Software: head.Software.Name}, false)
	if err != nil {
		return err
	}
	framework := r.FormValue("document")
	if framework == "" {
		framework = judging.Frameworks()[0]
	}
	p, err := coverageFor(b, head, sheet, framework)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "coverage", p)
}

// coverageStates are the states in the order they are counted, with the mark and the word for each.
var coverageStates = []struct {
	state judging.CoverageState
	mark  string
	word  lang.Text
}{
	{judging.Covered, "●", lang.T("関係する責務にすべて対応", "all related duties met")},
	{judging.PartlyCovered, "◐", lang.T("一部に対応", "some met")},
	{judging.NotCovered, "▲", lang.T("未対応", "none met")},
	{judging.NotJudged, "○", lang.T("未評価", "not assessed")},
	{judging.Unrelated, "–", lang.T("関係する責務なし", "no related duty")},
}

// coverageFor computes the coverage of a document from a sheet of duties.
func coverageFor(b Base, head softwareHead, sheet judging.StatusSheet, framework string) (*coveragePage, error) {
	c, err := judging.CoverageOf(framework, sheet, b.Lang)
	if err != nil {
		return nil, err
	}
	p := &coveragePage{Base: b, Head: head, Coverage: c}
	p.Title = head.Software.Name + b.T("：ほかの文書との対応", ": relation to other documents")
	for _, name := range judging.Frameworks() {
		other, err := judging.CoverageOf(name, judging.StatusSheet{}, b.Lang)
		if err != nil {
			return nil, err
		}
		p.Documents = append(p.Documents, chip{Name: other.Document, Href: "?" + query("document", name, "release", head.Release), On: name == framework})
	}
	for _, st := range coverageStates {
		p.States = append(p.States, coverageCount{st.mark, b.Text(st.word), c.Totals[st.state]})
	}
	for _, item := range c.Items {
		line := coverageLine{CoverageItem: item}
		for _, st := range coverageStates {
			if st.state == item.State {
				line.Mark, line.Word = st.mark, b.Text(st.word)
			}
		}
		for _, d := range item.Duties {
			line.Behind = append(line.Behind, coverageDuty{CoverageDuty: d, Title: b.TitleOf(d.ID), Status: assess.Status(d.Status),
				Href: dutyHref(head.Software.ID, head.Release, d.Party, guideline.Role(d.Role), d.ID)})
		}
		i := slices.IndexFunc(p.Groups, func(g coverageGroup) bool { return g.Name == item.Group })
		if i < 0 {
			i = len(p.Groups)
			p.Groups = append(p.Groups, coverageGroup{Name: item.Group})
		}
		p.Groups[i].Items = append(p.Groups[i].Items, line)
	}
	return p, nil
}
