package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// vulnerabilitiesPage answers「今どれが影響を受けるか」: for one vulnerability, or for all that were found.
type vulnerabilitiesPage struct {
	Base
	Query    string
	Asked    bool
	Affected []affectedSoftware
	Exposure portfolio.Exposure
	Detail   *store.Finding
	Sources  []sourceView
	Stale    bool          // some data is old, or there is none
	Without  []releaseView // releases nobody could look through: no SBOM
	Missed   int           // components that could not be compared, over all releases
	Open     []openFinding
	Total    int
}

// affectedSoftware is one software with its affected releases and who has to do what.
type affectedSoftware struct {
	ID, Name string
	Releases []portfolio.AffectedRelease
	Parties  []portfolio.AffectedParty
}

type releaseView struct{ ID, Software, SoftwareID, Version string }

type sourceView struct {
	store.AdvisorySource
	Stale bool
}

// openFinding is one vulnerability with the releases it concerns.
type openFinding struct {
	store.Finding
	Releases  []releaseView
	Component string
}

const openShown = 200

func (s *Server) vulnerabilities(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &vulnerabilitiesPage{Base: s.base(r, "vulnerabilities", lang.T("脆弱性", "Vulnerabilities"))}
	p.Query = strings.TrimSpace(r.FormValue("q"))
	p.Asked = p.Query != ""
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	if err := s.fillSources(ctx, p); err != nil {
		return err
	}
	if err := s.fillOpen(ctx, p, m); err != nil {
		return err
	}
	if p.Asked {
		if p.Exposure, err = portfolio.AffectedBy(ctx, s.db, p.Query); err != nil {
			return err
		}
		p.Affected = affectedOf(p.Exposure)
		for i, o := range p.Open {
			if slices.Contains(p.Exposure.Vulns, o.Vuln) {
				p.Detail = &p.Open[i].Finding
			}
		}
	}
	return s.render(w, http.StatusOK, "vulnerabilities", p)
}

func (s *Server) fillSources(ctx context.Context, p *vulnerabilitiesPage) error {
	sources, err := s.db.AdvisorySources(ctx)
	if err != nil {
		return err
	}
	p.Stale = len(sources) == 0
	for _, src := range sources {
		v := sourceView{AdvisorySource: src, Stale: stale(p.Now, src.LoadedAt)}
		p.Stale = p.Stale || v.Stale || src.Error != ""
		p.Sources = append(p.Sources, v)
	}
	return nil
}

func stale(now, loaded time.Time) bool { return now.Sub(loaded) > staleAfter*24*time.Hour }

// fillOpen lists what was found in any release, and which releases nobody could look through.
func (s *Server) fillOpen(ctx context.Context, p *vulnerabilitiesPage, m chain.Model) error {
	names := map[string]string{}
	for _, sw := range m.Software {
		names[sw.ID] = sw.Name
	}
	held, err := s.db.ComponentCounts(ctx)
	if err != nil {
		return err
	}
	matches, err := s.matches(ctx)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, rel := range m.Releases {
		v := releaseView{rel.ID, names[rel.Software], rel.Software, rel.Version}
		if held[rel.ID] == 0 {
			p.Without = append(p.Without, v)
			continue
		}
		match, done := matches[rel.ID]
		p.Missed += len(match.Unmatched)
		if !done {
			p.Missed += held[rel.ID]
		}
		found, err := s.db.FindingsOf(ctx, rel.ID)
		if err != nil {
			return err
		}
		for _, f := range found {
			key := f.Vuln + " " + f.PURL
			i, ok := at[key]
			if !ok {
				i = len(p.Open)
				at[key] = i
				p.Open = append(p.Open, openFinding{Finding: f, Component: componentLabel(f)})
			}
			p.Open[i].Releases = append(p.Open[i].Releases, v)
		}
	}
	slices.SortStableFunc(p.Open, func(a, b openFinding) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.Vuln, b.Vuln)
	})
	p.Total = len(p.Open)
	return nil
}

// matches gives how each release was compared with advisory data, last time.
func (s *Server) matches(ctx context.Context) (map[string]fact.Match, error) {
	facts, err := s.db.Facts(ctx, store.FactFilter{About: fact.Release, Kinds: []fact.Kind{fact.KindMatch}})
	if err != nil {
		return nil, err
	}
	out := map[string]fact.Match{}
	for _, f := range facts { // the latest of a release comes last
		if m, ok := f.Data.(*fact.Match); ok && f.Subject.Kind == fact.Release {
			out[f.Subject.ID] = *m
		}
	}
	return out, nil
}

func componentLabel(f store.Finding) string {
	if f.Version != "" {
		return f.Name + " " + f.Version
	}
	return f.Name
}

// affectedOf groups an exposure by software, in its order.
func affectedOf(e portfolio.Exposure) []affectedSoftware {
	var out []affectedSoftware
	for _, rel := range e.Releases {
		i := slices.IndexFunc(out, func(a affectedSoftware) bool { return a.ID == rel.Software })
		if i < 0 {
			i = len(out)
			out = append(out, affectedSoftware{ID: rel.Software, Name: rel.SoftwareName, Parties: rel.Parties})
		}
		out[i].Releases = append(out[i].Releases, rel)
	}
	return out
}

// Shown gives the first findings of the list.
func (p *vulnerabilitiesPage) Shown() []openFinding { return p.Open[:min(len(p.Open), openShown)] }

// Decision gives the word for what people decided about a finding (VEX status).
func (b Base) Decision(status string) string {
	switch status {
	case "affected":
		return b.T("影響あり", "affected")
	case "not_affected":
		return b.T("影響なし", "not affected")
	case "fixed":
		return b.T("修正済み", "fixed")
	case "under_investigation":
		return b.T("調査中", "under investigation")
	}
	return status
}

// Since names a release, with the day it came out where that is on record.
func (b Base) Since(version, day string) string {
	if day == "" {
		return version
	}
	return version + b.Par(day)
}
