package web

import (
	"context"
	"net/http"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
)

type softwareListPage struct {
	Base
	Software []softwareLine
}

// softwareLine is one software in a list.
type softwareLine struct {
	chain.Software
	Owner    string
	Releases int
	Latest   string
	Counts   counts
	Rows     []dutyRow // our duties
}

func (s *Server) softwareList(w http.ResponseWriter, r *http.Request) error {
	p := &softwareListPage{Base: s.base(r, "software", lang.T("ソフトウェア", "Software"))}
	var err error
	if p.Software, err = s.softwareLines(r.Context(), p.Base); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "software_list", p)
}

// softwareLines gives every software with the counts of our own duties as they were last judged.
func (s *Server) softwareLines(ctx context.Context, b Base) ([]softwareLine, error) {
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := s.waitingClaims(ctx)
	if err != nil {
		return nil, err
	}
	names := partyNames(m)
	var out []softwareLine
	for _, sw := range m.Software {
		latest, _ := jobs.Latest(m, sw.ID, s.now().Format(time.DateOnly))
		subject := fact.Subject{Kind: fact.Software, ID: sw.ID}
		if latest.ID != "" {
			subject = fact.Subject{Kind: fact.Release, ID: latest.ID}
		}
		rows, err := s.dutiesOf(ctx, b, softwareHead{Software: sw, Release: latest.ID}, m, subject, waiting)
		if err != nil {
			return nil, err
		}
		line := softwareLine{Software: sw, Owner: names[sw.Owner], Latest: latest.Version, Rows: ofParty(rows, "")}
		line.Counts = countRows(line.Rows)
		for _, rel := range m.Releases {
			if rel.Software == sw.ID {
				line.Releases++
			}
		}
		out = append(out, line)
	}
	return out, nil
}
