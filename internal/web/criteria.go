package web

import (
	"fmt"
	"net/http"
	"time"

	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/chart"
)

// criteriaPage is the security criteria of one release (S(4)-4.1): what each is held against, its value, and how it went.
type criteriaPage struct {
	Base
	Head     softwareHead
	Criteria []criterionView
	Held     int // criteria that hold, of those that are judged
	Judged   int
}

// criterionView is one criterion with its latest value.
type criterionView struct {
	judging.Trend
	KindName string
	Value    string
	Bound    string
	Mark     string
	Outcome  string
	Problem  string
	Since    time.Time
	Picture  chart.Picture
}

func (s *Server) criteria(w http.ResponseWriter, r *http.Request) error {
	b := s.base(r, "software", lang.Text{})
	head, _, err := s.softwareHead(r.Context(), b, r, "criteria")
	if err != nil {
		return err
	}
	trends, err := judging.Trends(r.Context(), s.db, subjectOf(head))
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "criteria", criteriaFor(b, head, trends))
}

// criteriaFor lays the criteria of a release out.
func criteriaFor(b Base, head softwareHead, trends []judging.Trend) *criteriaPage {
	p := &criteriaPage{Base: b, Head: head}
	p.Title = head.Software.Name + b.T("：セキュリティの基準", ": security criteria")
	for i, t := range trends {
		now := t.Points[len(t.Points)-1]
		v := criterionView{Trend: t, KindName: b.criterionKind(t.Kind), Value: plainNumber(now.Value), Problem: now.Problem, Since: now.At}
		v.Mark, v.Outcome = b.criterionOutcome(now)
		var threshold *float64
		switch now.Bound {
		case "at_most":
			v.Bound, threshold = b.F("%s 以下", "at most %s", plainNumber(now.Threshold)), &now.Threshold
		case "at_least":
			v.Bound, threshold = b.F("%s 以上", "at least %s", plainNumber(now.Threshold)), &now.Threshold
		}
		if now.Problem != "" {
			v.Value = "–"
		}
		if now.Judged || now.Problem != "" {
			p.Judged++
			if now.Holds {
				p.Held++
			}
		}
		var points []chart.TrendPoint
		for _, x := range t.Points {
			mark, outcome := b.criterionOutcome(x)
			points = append(points, chart.TrendPoint{At: x.At, Value: x.Value, Mark: mark, Outcome: outcome, Told: x.Problem})
		}
		v.Picture = chart.Trend(b.Lang, fmt.Sprint("trend-", i), t.Title, b.Now, points, threshold)
		p.Criteria = append(p.Criteria, v)
	}
	return p
}

func (b Base) criterionKind(kind string) string {
	switch kind {
	case "gate":
		return b.T("判定の関門", "gate")
	case "kpi":
		return b.T("達成の指標（KPI）", "performance indicator (KPI)")
	case "kri":
		return b.T("リスクの指標（KRI）", "risk indicator (KRI)")
	}
	return kind
}

// criterionOutcome says in a mark and a word how a value stands.
func (b Base) criterionOutcome(p judging.MeasuredPoint) (mark, word string) {
	switch {
	case p.Problem != "":
		return "?", b.T("値を求められません", "no value")
	case !p.Judged:
		return "–", b.T("しきい値なし", "no threshold")
	case p.Holds:
		return "●", b.T("満たしています", "holds")
	}
	return "▲", b.T("満たしていません", "does not hold")
}

func plainNumber(f float64) string { return fmt.Sprint(f) }
