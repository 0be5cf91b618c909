package assess

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

// UpdateFact is a component that the release has in another version than the release before it.
type UpdateFact struct {
	Label    string `expr:"label"` // its name, and from which version to which
	Verified bool   `expr:"verified"`
	Record   string `expr:"record"` // key of the record of the update; empty: none
}

// PredecessorFact is the release before the one that is judged.
type PredecessorFact struct {
	ID          string    `expr:"id"`
	Version     string    `expr:"version"`
	Archived    bool      `expr:"archived"` // something of it is kept
	SupportedTo time.Time `expr:"supported_to"`
}

// viewUpdates compares the components of the release with those of the release before it, by package URL without the
// version, and looks the differences up among the records of component updates.
func (d *desk) viewUpdates(v *releaseView, r chain.Release) {
	v.env.Updates = []UpdateFact{}
	all := d.released(r.Software)
	at := slices.IndexFunc(all, func(o chain.Release) bool { return o.ID == r.ID })
	if at < 1 {
		return
	}
	before := all[at-1]
	v.env.Predecessor = PredecessorFact{ID: before.ID, Version: before.Version, SupportedTo: d.supportedTo(before),
		Archived: slices.ContainsFunc(d.in.Archive, func(a Archived) bool { return a.Release == before.ID })}
	v.refs.add("predecessor", time.Time{}, "release:"+before.ID)
	then, now := d.newestSBOM(before.ID), d.newestSBOM(r.ID)
	if then == nil || now == nil {
		return
	}
	had := versions(then.Data.(*fact.SBOM))
	for name, has := range versions(now.Data.(*fact.SBOM)) {
		if old := had[name]; len(old) > 0 {
			for _, version := range has {
				if !slices.Contains(old, version) {
					v.env.Updates = append(v.env.Updates, d.update(v, name, strings.Join(old, ", "), version))
				}
			}
		}
	}
	slices.SortFunc(v.env.Updates, func(a, b UpdateFact) int { return strings.Compare(a.Label, b.Label) })
	v.refs.add("updates", then.ValidUntil, then.Document)
	v.refs.add("updates", now.ValidUntil, now.Document)
}

// versions gives the versions of each package of an SBOM, in its order.
func versions(s *fact.SBOM) map[string][]string {
	out := map[string][]string{}
	for i := range s.Components {
		c := &s.Components[i]
		if name := chain.Package(c.PURL); name != "" && c.Version != "" && answerable(c) && !slices.Contains(out[name], c.Version) {
			out[name] = append(out[name], c.Version)
		}
	}
	return out
}

func (d *desk) update(v *releaseView, name, from, to string) UpdateFact {
	u := UpdateFact{Label: name + " " + from + " → " + to}
	for _, r := range d.records {
		if r.Kind != "component_update" || !chain.Matches(text(r.Data["pattern"]), name) || text(r.Data["to"]) != "" && text(r.Data["to"]) != to {
			continue
		}
		u.Record, u.Verified = r.Key, u.Verified || text(r.Data["integrity"]) != ""
		v.refs.add("updates", r.ValidUntil, r.ID)
	}
	return u
}
