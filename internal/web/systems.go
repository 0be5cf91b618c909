package web

import (
	"net/http"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/report/xlsx"
)

// systemsPage is the register of systems with how long each is to be used and how long what it runs is supported
// (S(6)-1.2).
type systemsPage struct {
	Base
	Systems []office.SystemLife
	Picture chart.Picture
	Gaps    int
}

func (s *Server) systems(w http.ResponseWriter, r *http.Request) error {
	p := &systemsPage{Base: s.base(r, "software", lang.T("システムとライフサイクル", "Systems and their life cycle"))}
	var err error
	if p.Systems, err = office.SystemLives(r.Context(), s.db); err != nil {
		return err
	}
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return err
	}
	names := partyNames(m)
	for i := range p.Systems {
		if name := names[p.Systems[i].Owner]; name != "" {
			p.Systems[i].Owner = name
		}
	}
	p.draw()
	return s.render(w, http.StatusOK, "systems", p)
}

// draw lays the lives out; where support ends first without a plan it is a gap.
func (p *systemsPage) draw() {
	var lives []chart.Life
	for _, sys := range p.Systems {
		for _, u := range sys.Software {
			gap := u.State == "gap" || u.State == "ended"
			if gap {
				p.Gaps++
			}
			lives = append(lives, chart.Life{Name: sys.System, Part: u.Software + " " + u.Version, Planned: isoDay(sys.PlannedUntil), Supported: isoDay(u.SupportedTo), Said: p.Text(office.LifeWord(u.State)), Gap: gap, Plan: u.Plan})
		}
	}
	p.Picture = chart.LifeCycle(p.Lang, "life", p.Now.In(calendar.Japan), lives)
}

// isoDay reads a day; zero when there is none.
func isoDay(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, calendar.Japan)
	if err != nil {
		return time.Time{}
	}
	return t
}

// LifeState gives the word for the state of a release in a system.
func (b Base) LifeState(state string) string { return b.Text(office.LifeWord(state)) }

// systemsSheet gives the lives as a workbook.
func (s *Server) systemsSheet(w http.ResponseWriter, r *http.Request) error {
	lives, err := office.SystemLives(r.Context(), s.db)
	if err != nil {
		return err
	}
	attachment(w.Header(), "systems.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return xlsx.Tables(w, []xlsx.Table{office.LifeTable(lives, visitOf(r).lang)})
}
