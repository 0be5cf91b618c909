package portfolio

import (
	"context"
	"slices"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/store"
)

// Held is a release that holds what was asked for by package URL or digest, whether anything is known against it or not.
type Held struct {
	Software     string `json:"software"`
	SoftwareName string `json:"software_name"`
	Release      string `json:"release"`
	Version      string `json:"version"`
	Supported    bool   `json:"supported"`
	Component    string `json:"component,omitempty"` // empty: the release itself has the digest
	Findings     int    `json:"findings"`            // of the component, or of the whole release
}

// isThing reports whether a query names a thing and not a vulnerability: a package URL or a digest.
func isThing(query string) bool {
	return len(query) > 4 && strings.EqualFold(query[:4], "pkg:") || digestOf(query) != ""
}

// digestOf gives a SHA-256 as sha256:<hex> when a query is one, with or without its prefix.
func digestOf(query string) string {
	sum := strings.ToLower(strings.TrimPrefix(strings.ToLower(query), "sha256:"))
	if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return ""
	}
	return "sha256:" + sum
}

// holders gives the releases that hold a thing, the supported and latest first, and what was found of it in them.
func holders(ctx context.Context, db *store.DB, m chain.Model, query, today string) (held []Held, hits []store.Affected, err error) {
	wanted := map[string][]store.Component{} // by release; empty: all of it
	if digest := digestOf(query); digest != "" {
		releases, err := releasesOf(ctx, db, m, digest)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range releases {
			wanted[r] = nil
		}
	} else {
		components, err := componentsOf(ctx, db, query)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range components {
			releases, err := db.ReleasesHolding(ctx, []int64{c.ID})
			if err != nil {
				return nil, nil, err
			}
			for _, r := range releases {
				wanted[r] = append(wanted[r], c)
			}
		}
	}
	for _, r := range slices.Backward(m.Releases) {
		components, ok := wanted[r.ID]
		if !ok {
			continue
		}
		found, err := db.FindingsOf(ctx, r.ID)
		if err != nil {
			return nil, nil, err
		}
		h := Held{Software: r.Software, Release: r.ID, Version: r.Version, Supported: r.SupportedOn(today)}
		for _, s := range m.Software {
			if s.ID == r.Software {
				h.SoftwareName = s.Name
			}
		}
		if components == nil {
			h.Findings = len(found)
			held = append(held, h)
		}
		for _, f := range found {
			if components == nil || slices.ContainsFunc(components, func(c store.Component) bool { return c.ID == f.Component }) {
				hits = append(hits, store.Affected{Software: r.Software, Release: r.ID, Vuln: f.Vuln,
					Component: store.Component{ID: f.Component, PURL: f.PURL, Name: f.Name, Version: f.Version}})
			}
		}
		for _, c := range components {
			h.Component, h.Findings = ComponentLabel(c), 0
			for _, f := range found {
				if f.Component == c.ID {
					h.Findings++
				}
			}
			held = append(held, h)
		}
	}
	return held, hits, nil
}

// releasesOf gives the releases that a digest is of: of an artifact, or of a document about them.
func releasesOf(ctx context.Context, db *store.DB, m chain.Model, digest string) (out []string, err error) {
	for _, r := range m.Releases {
		if slices.ContainsFunc(r.Artifacts, func(a chain.Artifact) bool { return a.Digest == digest }) {
			out = append(out, r.ID)
		}
	}
	subjects, err := db.DocumentSubjects(ctx, digest)
	if err != nil {
		return nil, err
	}
	for _, s := range subjects {
		if s.Kind == fact.Release && !slices.Contains(out, s.ID) {
			out = append(out, s.ID)
		}
	}
	return out, nil
}

// componentsOf gives the components that a package URL names: in its version, or in any when it tells none.
func componentsOf(ctx context.Context, db *store.DB, query string) ([]store.Component, error) {
	asked, err := purl.Parse(query)
	if err != nil {
		return nil, &lang.Error{Kind: lang.Usage, Err: err, What: lang.F("「%s」は package URL として読めません", "%q cannot be read as a package URL", query)}
	}
	var packages []string
	for _, p := range match.LookedUpAs(match.Component{PURL: query}) {
		packages = append(packages, store.PackageKey(p.Ecosystem, p.Name))
	}
	var candidates []store.Component
	if distribution := asked.Type == "deb" || asked.Type == "rpm" || asked.Type == "apk"; len(packages) > 0 && !distribution {
		candidates, err = db.ComponentsNamed(ctx, packages)
	}
	if len(candidates) == 0 && err == nil { // it belongs to no package of an ecosystem, or was never matched
		candidates, err = db.Components(ctx)
	}
	return slices.DeleteFunc(candidates, func(c store.Component) bool {
		known, err := purl.Parse(c.PURL)
		return err != nil || known.Type != asked.Type || known.Namespace != asked.Namespace || known.Name != asked.Name || asked.Version != "" && known.Version != asked.Version ||
			slices.ContainsFunc(asked.Qualifiers, func(q purl.Qualifier) bool { return known.Qualifier(q.Key) != q.Value })
	}), err
}
