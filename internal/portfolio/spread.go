package portfolio

import (
	"context"
	"slices"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// spread is where vulnerabilities are, with what surrounds the software they are in, and nothing else of the workspace:
// the cost of an answer follows the answer.
type spread struct {
	*Desk
	findings map[hitKey]store.Finding
	releases map[string]chain.Release
	systems  map[string][]string // names of those that run a release
	looked   map[string]bool     // releases that were matched
}

type hitKey struct {
	component int64
	vuln      string
}

func openSpread(ctx context.Context, db *store.DB, hits []store.Affected) (spread, error) {
	s := spread{findings: map[hitKey]store.Finding{}, releases: map[string]chain.Release{}, systems: map[string][]string{}, looked: map[string]bool{}}
	var software, vulns, releases []string
	for _, h := range hits {
		software, vulns, releases = append(software, h.Software), append(vulns, h.Vuln), append(releases, h.Release)
	}
	software, vulns, releases = Once(software), Once(vulns), Once(releases)
	m, err := db.LoadModelAround(ctx, software)
	if err != nil {
		return s, err
	}
	if s.Desk, err = OpenDeskOn(ctx, db, m); err != nil {
		return s, err
	}
	heard, err := db.SubjectsWith(ctx, fact.KindVEX, fact.Release, releases)
	if err != nil {
		return s, err
	}
	s.quiet = map[string]bool{}
	for _, r := range releases {
		s.quiet[r] = !slices.Contains(heard, r)
	}
	found, err := db.FindingsAbout(ctx, vulns)
	if err != nil {
		return s, err
	}
	for _, f := range found {
		s.findings[hitKey{f.Component, f.Vuln}] = f
	}
	matched, err := db.ReleasesSeen(ctx, software)
	for _, r := range matched {
		s.looked[r] = true
	}
	for _, r := range m.Releases {
		s.releases[r.ID] = r
	}
	for _, y := range m.Systems {
		for _, r := range y.Releases {
			s.systems[r] = append(s.systems[r], y.Name)
		}
	}
	return s, err
}

// Once gives strings sorted, each once.
func Once(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// release says of one hit which release it is, how urgent it is there, and whose turn it is.
func (s spread) release(ctx context.Context, h store.Affected) (AffectedRelease, error) {
	r := s.releases[h.Release]
	out := AffectedRelease{Software: h.Software, SoftwareName: s.softwareName(h.Software), Release: h.Release, Version: r.Version, Supported: r.SupportedOn(s.today()),
		Component: ComponentLabel(h.Component), Vuln: h.Vuln, Fixed: []string{}, Systems: append([]string{}, s.systems[h.Release]...)}
	weighed, err := s.weigh(ctx, r, []store.Finding{s.findings[hitKey{h.Component.ID, h.Vuln}]})
	if err != nil {
		return out, err
	}
	t := weighed[0]
	out.Severity, out.Score, out.Fixed, out.FirstSeen = string(t.Finding.Severity), t.Finding.Score, append(out.Fixed, t.Finding.Fixed...), t.Finding.FirstSeen
	out.Decision, out.Exploited, out.EPSS, out.Action, out.Due = string(t.Opinion.Status), t.Exploited, t.EPSS, t.Priority.Action, t.Due
	out.Opinion = t.Opinion
	out.Parties = affectedParties(s.model, h.Software, h.Release, s.policy, out.Severity, out.FirstSeen)
	return out, nil
}
