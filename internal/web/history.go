package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/store"
)

// historyPage is what became of our duties over one release: a picture of every day, then each change with its cause.
type historyPage struct {
	Base
	Head       softwareHead
	Chart      chart.Picture
	Lines      []historyLine // the latest first
	Total      int
	Prev, Next string
}

// historyLine is one change of the status of one duty.
type historyLine struct {
	At            time.Time
	Title, Href   string
	Before, After assess.Status // empty: judged for the first time, or no longer a duty
	Reason        string
}

func (s *Server) history(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "history")
	if err != nil {
		return err
	}
	p := &historyPage{Base: b, Head: head}
	p.Title = head.Software.Name + b.T("：履歴", ": history")
	changes, err := s.changes(ctx, head, ourParties(m))
	if err != nil {
		return err
	}
	if p.Chart, err = s.statusChart(ctx, b, head, m, changes); err != nil {
		return err
	}
	slices.Reverse(changes)
	p.Total = len(changes)
	from, to, prev, next := cut(len(changes), listPageSize, r)
	p.Prev, p.Next = pageLink(prev, "release", r.FormValue("release")), pageLink(next, "release", r.FormValue("release"))
	for _, c := range changes[from:to] {
		line := historyLine{At: c.JudgedAt, Title: string(c.Requirement) + " " + b.TitleOf(c.Requirement), Before: assess.Status(c.Before), After: assess.Status(c.Status)}
		if c.Status != "" {
			line.Href = dutyHref(head.Software.ID, head.Release, c.Party, c.Role, c.Requirement)
		}
		if len(c.Reasons) > 0 {
			line.Reason = b.Text(c.Reasons[0])
		}
		p.Lines = append(p.Lines, line)
	}
	return s.render(w, http.StatusOK, "history", p)
}

// historySheet gives the table behind the picture.
func (s *Server) historySheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "history")
	if err != nil {
		return err
	}
	changes, err := s.changes(ctx, head, ourParties(m))
	if err != nil {
		return err
	}
	p, err := s.statusChart(ctx, b, head, m, changes)
	if err != nil {
		return err
	}
	return writeCSV(w, "history.csv", p)
}

// subjectOf is what the statuses of the release looked at are kept under.
func subjectOf(h softwareHead) fact.Subject {
	if h.Release != "" {
		return fact.Subject{Kind: fact.Release, ID: h.Release}
	}
	return fact.Subject{Kind: fact.Software, ID: h.Software.ID}
}

// changes gives the changes of status of our duties over the release looked at, the first one first.
func (s *Server) changes(ctx context.Context, h softwareHead, ours map[string]bool) ([]store.StatusChange, error) {
	all, err := s.db.StatusHistory(ctx, store.StatusFilter{Subjects: []fact.Subject{subjectOf(h)}})
	return slices.DeleteFunc(all, func(c store.StatusChange) bool { return !ours[c.Party] }), err
}

// statusChart draws how the duties stood day by day, with a marker for each declaration that was issued.
func (s *Server) statusChart(ctx context.Context, b Base, h softwareHead, m chain.Model, changes []store.StatusChange) (chart.Picture, error) {
	declarations, err := s.db.Declarations(ctx, store.DeclarationFilter{Subject: fact.Subject{Kind: fact.Software, ID: h.Software.ID}})
	if err != nil {
		return chart.Picture{}, err
	}
	var events []chart.Event
	for _, d := range declarations {
		if !d.IssuedAt.IsZero() && d.Release == h.Release {
			events = append(events, chart.Event{At: d.IssuedAt.In(calendar.Japan), Name: b.DeclarationKind(d.Kind) + b.F(" 第%d号", " no. %d", d.Serial)})
		}
	}
	return chart.StatusOverTime(b.Lang, "status", daysOf(changes, b.Now), events), nil
}

// daysOf replays changes into how many duties had each status at the end of every day; of every seventh or thirtieth when
// there are many.
func daysOf(changes []store.StatusChange, now time.Time) []chart.Day {
	if len(changes) == 0 {
		return nil
	}
	first, last := endOfDay(changes[0].JudgedAt), endOfDay(now)
	step := 1
	switch span := int(last.Sub(first).Hours() / 24); {
	case span > 360:
		step = 30
	case span > 50:
		step = 7
	}
	state := map[store.DutyKey]string{}
	var out []chart.Day
	i := 0
	for at := last.AddDate(0, 0, -(int(last.Sub(first).Hours()/24)/step)*step); !at.After(last); at = at.AddDate(0, 0, step) {
		for ; i < len(changes) && !changes[i].JudgedAt.After(at); i++ {
			state[changes[i].DutyKey] = changes[i].Status
		}
		n := map[string]int{}
		for _, status := range state {
			if status != "" {
				n[status]++
			}
		}
		out = append(out, chart.Day{At: at, N: n})
	}
	return out
}

func endOfDay(t time.Time) time.Time {
	y, m, d := t.In(calendar.Japan).Date()
	return time.Date(y, m, d, 23, 59, 59, 0, calendar.Japan)
}
