package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

type softwareListPage struct {
	Base
	Software   []softwareLine
	Total      int
	Query      string
	Prev, Next string
}

// softwareLine is one software in a list.
type softwareLine struct {
	chain.Software
	Owner    string
	Releases int
	Latest   string
	Release  string // id of the latest
	Counts   counts
}

func (s *Server) softwareList(w http.ResponseWriter, r *http.Request) error {
	p := &softwareListPage{Base: s.base(r, "software", lang.T("ソフトウェア", "Software"))}
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return err
	}
	all, err := s.softwareLines(r.Context(), m)
	if err != nil {
		return err
	}
	p.Total = len(all)
	p.Query = strings.TrimSpace(r.FormValue("q"))
	if p.Query != "" {
		all = slices.DeleteFunc(all, func(l softwareLine) bool {
			return !strings.Contains(strings.ToLower(l.Name+" "+l.Owner), strings.ToLower(p.Query))
		})
	}
	from, to, prev, next := cut(len(all), listPageSize, r)
	p.Software = all[from:to]
	p.Prev, p.Next = pageLink(prev, "q", p.Query), pageLink(next, "q", p.Query)
	return s.render(w, http.StatusOK, "software_list", p)
}

// listPageSize is how many things a long list shows at once.
const listPageSize = 50

// cut gives which lines of n one page shows, by the parameter "from", and where the pages before and after begin; -1 for
// none.
func cut(n, size int, r *http.Request) (from, to, prev, next int) {
	from, _ = strconv.Atoi(r.FormValue("from")) // anything else is the first page
	from = max(0, min(from, n))
	to, prev, next = min(from+size, n), -1, -1
	if from > 0 {
		prev = max(0, from-size)
	}
	if to < n {
		next = to
	}
	return from, to, prev, next
}

// pageLink leads to the page that begins at a line, with the parameters that are kept; empty for none.
func pageLink(at int, pairs ...string) string {
	if at < 0 {
		return ""
	}
	return "?" + query(append(pairs, "from", strconv.Itoa(at))...)
}

// softwareLines gives every software with the counts of our own duties as they were last judged, the same few queries
// however many there are.
func (s *Server) softwareLines(ctx context.Context, m chain.Model) ([]softwareLine, error) {
	of, err := s.glances(ctx, ourParties(m))
	if err != nil {
		return nil, err
	}
	names, today := partyNames(m), s.now().Format(time.DateOnly)
	releases := map[string][]chain.Release{}
	for _, rel := range m.Releases {
		releases[rel.Software] = append(releases[rel.Software], rel)
	}
	out := make([]softwareLine, 0, len(m.Software))
	for _, sw := range m.Software {
		latest, _ := judging.Latest(chain.Model{Releases: releases[sw.ID]}, sw.ID, today)
		line := softwareLine{Software: sw, Owner: names[sw.Owner], Latest: latest.Version, Release: latest.ID, Releases: len(releases[sw.ID])}
		if c := of[line.subject()]; c != nil {
			c.order()
			line.Counts = *c
		}
		out = append(out, line)
	}
	return out, nil
}

// subject is what the statuses shown of a software are kept under.
func (l softwareLine) subject() fact.Subject {
	if l.Release != "" {
		return fact.Subject{Kind: fact.Release, ID: l.Release}
	}
	return fact.Subject{Kind: fact.Software, ID: l.ID}
}

// glances counts the duties of parties by subject, as they may be shown now.
func (s *Server) glances(ctx context.Context, parties map[string]bool) (map[fact.Subject]*counts, error) {
	now := s.now()
	renewed, err := s.db.Renewed(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.db.Glances(ctx)
	if err != nil {
		return nil, err
	}
	stated, err := s.db.Stated(ctx)
	if err != nil {
		return nil, err
	}
	of := map[fact.Subject]*counts{}
	for _, g := range all {
		if !parties[g.Party] {
			continue
		}
		c := of[g.Subject]
		if c == nil {
			c = &counts{By: map[assess.Status]int{}}
			of[g.Subject] = c
		}
		status := assess.Status(g.Status)
		if g.Lapsed(now, renewed) && status != assess.NotMet {
			status = assess.NotAssessed
			c.Lapsed += g.N
		}
		c.Total += g.N
		c.By[status] += g.N
	}
	for _, g := range stated {
		if c := of[g.Subject]; c != nil && parties[g.Party] {
			c.Stated += g.N
		}
	}
	return of, nil
}
