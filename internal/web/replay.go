package web

import (
	"net/http"
	"net/url"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/replay"
)

// replayPage runs a past incident against what is kept (S(3)-1.1), or offers those there are.
type replayPage struct {
	Base
	Scenarios []replay.Scenario
	Chosen    bool
	Replay    office.Replay
	Makers    []option // whose updates may be taken to be tampered with
	Party     string
	Stages    []replayStage
	Met, Open int
	Lessons   string
}

// replayStage is what the duties of one stage would have done.
type replayStage struct {
	Name   string
	Duties []office.ReplayDuty
}

func (s *Server) replays(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "replay", &replayPage{Base: s.base(r, "vulnerabilities", replayTitle), Scenarios: replay.Scenarios()})
}

var replayTitle = lang.T("過去のインシデントの再演", "Past incidents, replayed")

func (s *Server) replay(w http.ResponseWriter, r *http.Request) error {
	p, err := s.replayPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "replay", p)
}

func (s *Server) replayPage(r *http.Request) (*replayPage, error) {
	p := &replayPage{Base: s.base(r, "vulnerabilities", replayTitle), Chosen: true, Party: r.FormValue("party")}
	var err error
	if p.Replay, err = office.RunReplay(r.Context(), s.db, office.ReplayRequest{Scenario: r.PathValue("incident"), Party: p.Party}); err != nil {
		return nil, err
	}
	if p.Replay.Scenario.How == replay.BySupplier {
		m, err := s.db.LoadModel(r.Context())
		if err != nil {
			return nil, err
		}
		for _, party := range m.Parties {
			p.Makers = append(p.Makers, option{Value: party.ID, Name: party.Name})
		}
	}
	p.fill()
	return p, nil
}

// fill puts the duties by stage and counts them.
func (p *replayPage) fill() {
	p.Title = p.Text(p.Replay.Scenario.Title)
	p.Met, p.Open = p.Replay.Standing()
	for _, stage := range replay.Stages() {
		s := replayStage{Name: p.Text(stage.Name())}
		for _, d := range p.Replay.Duties {
			if d.Stage == stage {
				s.Duties = append(s.Duties, d)
			}
		}
		if len(s.Duties) > 0 {
			p.Stages = append(p.Stages, s)
		}
	}
	if p.Party == "" {
		p.Party = p.Replay.Party
	}
}

// recordReplay writes the replay down as an exercise, once the box that confirms it is ticked.
func (s *Server) recordReplay(w http.ResponseWriter, r *http.Request) error {
	p, err := s.replayPage(r)
	if err != nil {
		return err
	}
	p.Lessons = r.FormValue("lessons")
	if r.FormValue("confirm") == "" {
		p.Problem = p.T("訓練として記録することを確認してください", "confirm that this is to be recorded as an exercise")
		return s.render(w, http.StatusUnprocessableEntity, "replay", p)
	}
	put, err := office.RecordReplay(r.Context(), s.db, s.actor(r), p.Replay, p.Lang, p.Lessons)
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		p.Problem = lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "replay", p)
	}
	if err != nil {
		return err
	}
	s.notice(r, lang.T("訓練として記録しました。ほかの人が承認すると有効になります", "It is on record as an exercise, and counts once somebody else approves it"))
	http.Redirect(w, r, "/registers/exercise/"+url.PathEscape(put.Records[0].ID), http.StatusSeeOther)
	return nil
}

// MayRecord reports whether whoever looks may write the exercise down.
func (p *replayPage) MayRecord() bool { return p.Can(auth.Edit) }

// Nobody counts the customers of whom no record says when they were told.
func (p *replayPage) Nobody() int { return p.Replay.Untold() }

// IsMet reports whether a duty is met where the incident would have hit.
func (p *replayPage) IsMet(s assess.Status) bool {
	return s == assess.Met || s == assess.MetWithException
}
