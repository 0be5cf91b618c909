package web

import (
	"cmp"
	"net/http"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// procurementsPage lists what is being procured or was (S(6)-2).
type procurementsPage struct {
	Base
	Lines []procurementLine
}

type procurementLine struct {
	Name, Href string
	Sheets     int
	Chosen     string
	DecidedOn  string
	ReviewOn   string
	ReviewDue  bool
}

func (s *Server) procurements(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &procurementsPage{Base: s.base(r, "partners", lang.T("調達", "Procurement"))}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	records, err := s.db.Records(ctx, store.RecordFilter{Kinds: []string{"requirement_sheet", "procurement"}})
	if err != nil {
		return err
	}
	today := p.Now.In(calendar.Japan).Format("2006-01-02")
	names := partyNames(m)
	place := map[fact.Subject]int{}
	for _, rec := range records {
		name := procuredName(m, rec.Subject)
		if name == "" {
			continue
		}
		at, ok := place[rec.Subject]
		if !ok {
			at = len(p.Lines)
			place[rec.Subject] = at
			p.Lines = append(p.Lines, procurementLine{Name: name, Href: "/procurement/" + string(rec.Subject.Kind) + "/" + rec.Subject.ID})
		}
		line := &p.Lines[at]
		if rec.Kind == "requirement_sheet" {
			line.Sheets++
			continue
		}
		chosen := textOf(rec.Data["chosen"])
		line.Chosen, line.DecidedOn, line.ReviewOn = cmp.Or(names[chosen], chosen), textOf(rec.Data["decided_on"]), textOf(rec.Data["review_on"])
		line.ReviewDue = line.ReviewOn != "" && line.ReviewOn <= today
	}
	return s.render(w, http.StatusOK, "procurements", p)
}

// procuredName gives the name of the software or system that is procured; empty when it is neither.
func procuredName(m chain.Model, about fact.Subject) string {
	for _, sw := range m.Software {
		if about.Kind == fact.Software && sw.ID == about.ID {
			return sw.Name
		}
	}
	for _, sys := range m.Systems {
		if about.Kind == fact.System && sys.ID == about.ID {
			return sys.Name
		}
	}
	return ""
}

// procurementPage is one procurement: candidates side by side, then the decision with its risks and who accepted them.
type procurementPage struct {
	Base
	office.Comparison
	Address  string
	Chosen   string // name of the candidate that was chosen
	Accepted string // how many risks were accepted
}

func (s *Server) procurement(w http.ResponseWriter, r *http.Request) error {
	c, err := s.comparison(r)
	if err != nil {
		return err
	}
	p := &procurementPage{Base: s.base(r, "partners", lang.F("%s の調達", "Procurement of %s", c.Subject)), Comparison: c, Address: r.URL.Path}
	p.decide()
	return s.render(w, http.StatusOK, "procurement", p)
}

func (p *procurementPage) decide() {
	if p.Comparison.Decision == nil {
		return
	}
	p.Chosen, p.Accepted = p.Comparison.Decision.Chosen, p.Comparison.Decision.AcceptedRisks
	for _, x := range p.Candidates {
		if x.Party == p.Comparison.Decision.Chosen {
			p.Chosen = x.Name
		}
	}
}

func (s *Server) comparison(r *http.Request) (office.Comparison, error) {
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return office.Comparison{}, err
	}
	about := fact.Subject{Kind: fact.SubjectKind(r.PathValue("kind")), ID: r.PathValue("id")}
	name := procuredName(m, about)
	if name == "" {
		return office.Comparison{}, notFound(lang.T("この調達の対象はありません", "there is nothing of this kind to procure"))
	}
	return office.Compare(r.Context(), s.db, about, name)
}

// procurementSheet gives the comparison as a workbook.
func (s *Server) procurementSheet(w http.ResponseWriter, r *http.Request) error {
	c, err := s.comparison(r)
	if err != nil {
		return err
	}
	attachment(w.Header(), c.Subject+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return xlsx.Tables(w, c.Tables(visitOf(r).lang))
}

// Compared gives the word for a status in a comparison.
func (b Base) Compared(status string) string { return b.Text(office.ComparedWord(status)) }

// Statement gives the name of what a candidate declared.
func (b Base) Statement(k verify.Kind) string { return b.Text(k.Title()) }

// Differs reports whether the candidates stand differently on a duty.
func (procurementPage) Differs(d office.ComparedDuty) bool {
	return slices.ContainsFunc(d.Statuses, func(s string) bool { return s != d.Statuses[0] })
}

// LevelOf gives the word for a level that may be empty.
func (b Base) LevelOf(level string) string {
	if level == "" {
		return "—"
	}
	return b.Level(guideline.Level(level))
}
