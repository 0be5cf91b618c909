package portfolio

import (
	"context"
	"maps"
	"slices"

	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// Upgrades says for each component of a release with findings, but those decided not to affect it or to be fixed, which
// is the smallest version that clears them all. Every version proposed was matched against the workspace's advisories;
// without them it is an error of kind Nothing.
func Upgrades(ctx context.Context, db *store.DB, release string) ([]triage.Upgrade, error) {
	found, err := Triage(ctx, db, TriageFilter{Release: release})
	if err != nil {
		return nil, err
	}
	ix, err := Index(db)
	if err != nil {
		return nil, err
	}
	defer ix.Close()
	type group struct {
		finding store.Finding
		vulns   []string
		fixed   []string
	}
	held, err := db.ComponentsOf(ctx, release)
	if err != nil {
		return nil, err
	}
	components := map[int64]match.Component{}
	for _, c := range held {
		components[c.ID] = AsMatched(c)
	}
	groups := map[string]*group{}
	for _, t := range found {
		if t.Opinion.Status == triage.NotAffected || t.Opinion.Status == triage.Fixed || t.Finding.PURL == "" {
			continue
		}
		g := groups[t.Finding.PURL]
		if g == nil {
			g = &group{finding: t.Finding}
			groups[t.Finding.PURL] = g
		}
		g.vulns = append(g.vulns, t.Finding.Vuln)
		g.fixed = append(g.fixed, t.Finding.Fixed...)
	}
	out := []triage.Upgrade{}
	for _, key := range sortedKeys(groups) {
		g := groups[key]
		c := components[g.finding.Component]
		ecosystem, err := c.Ecosystem()
		if err != nil {
			continue // it was matched by name; there is no version to put in its place
		}
		u, err := triage.Advise(ecosystem.String(), key, ecosystem.Version, g.vulns, g.fixed, func(v string) ([]string, error) { return stillHas(ix, c.InVersion(v), g.vulns) })
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// stillHas gives the vulnerabilities of a component in another version. A version that cannot be looked up is taken to
// have all that are asked for.
func stillHas(ix *match.Index, c match.Component, asked []string) ([]string, error) {
	r, err := ix.Match([]match.Component{c})
	if err != nil {
		return nil, err
	}
	if len(r.Unmatched) > 0 {
		return asked, nil
	}
	var left []string
	for _, f := range r.Findings {
		left = append(left, f.Vuln)
	}
	return left, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
