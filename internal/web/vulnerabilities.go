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

	Show, Software string // what the list is narrowed to
	Chips          []chip
	Choices        []option // software
	Open           []findingLine
	Total          int // findings in all
	Matching       int // of them, those that are asked for
	Prev, Next     string
	Back           string // this page's own address
	Form           decisionForm
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

// openShown is how many findings the list shows at once.
const openShown = 100

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
	if err := s.fillUnseen(ctx, p, m); err != nil {
		return err
	}
	if p.Asked {
		if err := s.ask(ctx, p); err != nil {
			return err
		}
		return s.render(w, http.StatusOK, "vulnerabilities", p)
	}
	found, err := s.triaged(ctx)
	if err != nil {
		return err
	}
	p.Back = r.URL.RequestURI()
	p.fillFindings(r, found)
	return s.render(w, http.StatusOK, "vulnerabilities", p)
}

func (s *Server) fillSources(ctx context.Context, p *vulnerabilitiesPage) (err error) {
	if p.Sources, err = s.sources(ctx); err != nil {
		return err
	}
	p.Stale = len(p.Sources) == 0 || slices.ContainsFunc(p.Sources, func(v sourceView) bool { return v.Stale || v.Error != "" })
	return nil
}

// sources gives where advisory data came from, and whether it is old by now.
func (s *Server) sources(ctx context.Context) ([]sourceView, error) {
	all, err := s.db.AdvisorySources(ctx)
	var out []sourceView
	for _, src := range all {
		out = append(out, sourceView{src, stale(s.now(), src.LoadedAt)})
	}
	return out, err
}

func stale(now, loaded time.Time) bool { return now.Sub(loaded) > staleAfter*24*time.Hour }

// ask answers who is affected by what was typed.
func (s *Server) ask(ctx context.Context, p *vulnerabilitiesPage) (err error) {
	if p.Exposure, err = portfolio.AffectedBy(ctx, s.db, p.Query); err != nil {
		return err
	}
	p.Affected = affectedOf(p.Exposure)
	if len(p.Exposure.Releases) == 0 {
		return nil
	}
	found, err := s.db.FindingsOf(ctx, p.Exposure.Releases[0].Release)
	for i, f := range found {
		if slices.Contains(p.Exposure.Vulns, f.Vuln) {
			p.Detail = &found[i]
		}
	}
	return err
}

// fillUnseen says which releases nobody could look through, and how many components could not be compared.
func (s *Server) fillUnseen(ctx context.Context, p *vulnerabilitiesPage, m chain.Model) error {
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
	for _, rel := range m.Releases {
		if held[rel.ID] == 0 {
			p.Without = append(p.Without, releaseView{rel.ID, names[rel.Software], rel.Software, rel.Version})
			continue
		}
		match, done := matches[rel.ID]
		p.Missed += len(match.Unmatched)
		if !done {
			p.Missed += held[rel.ID]
		}
	}
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

// withoutNamed is how many releases without an SBOM are named.
const withoutNamed = 8

// FewWithout are the releases without an SBOM that are named.
func (p *vulnerabilitiesPage) FewWithout() []releaseView {
	return p.Without[:min(len(p.Without), withoutNamed)]
}

// MoreWithout is how many are not.
func (p *vulnerabilitiesPage) MoreWithout() int { return len(p.Without) - len(p.FewWithout()) }

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
