package portfolio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// Span is a run of a software's releases that a vulnerability is in, by the history of its releases.
type Span struct {
	Software     string `json:"software"` // id
	SoftwareName string `json:"software_name"`
	From         string `json:"from"`               // the first affected release of the run
	FromOn       string `json:"from_on,omitempty"`  // the day it came out; empty: not recorded
	Last         string `json:"last"`               // the last affected release of the run
	Until        string `json:"until,omitempty"`    // the first later release without it; empty: there is none yet
	UntilOn      string `json:"until_on,omitempty"` // the day that one came out
	Unlooked     int    `json:"unlooked,omitempty"` // releases between or after that nobody could look through
}

// spansOf gives since when and until when each software holds what it is affected by, in the order of its releases. A
// release that was decided not to be affected, or to be fixed, is without it; one that nobody could look through neither
// begins nor ends a run.
func spansOf(m chain.Model, affected []AffectedRelease, looked map[string]bool) []Span {
	with := map[string]bool{}
	names := map[string]string{}
	var order []string
	for _, a := range affected {
		if names[a.Software] == "" {
			order = append(order, a.Software)
		}
		names[a.Software] = a.SoftwareName
		if s := a.Opinion.Status; s != triage.NotAffected && s != triage.Fixed {
			with[a.Release] = true
		}
	}
	out := []Span{}
	for _, software := range order {
		var open *Span
		for _, r := range historyOf(m, software) {
			switch {
			case with[r.ID]:
				if open == nil {
					out = append(out, Span{Software: software, SoftwareName: names[software], From: r.Version, FromOn: r.ReleasedOn})
					open = &out[len(out)-1]
				}
				open.Last = r.Version
			case !looked[r.ID]:
				if open != nil {
					open.Unlooked++
				}
			case open != nil:
				open.Until, open.UntilOn = r.Version, r.ReleasedOn
				open = nil
			}
		}
	}
	return out
}

// historyOf gives the releases of a software from the first to the latest: by the day they came out, else as they were
// entered.
func historyOf(m chain.Model, software string) []chain.Release {
	out := slices.DeleteFunc(slices.Clone(m.Releases), func(r chain.Release) bool { return r.Software != software })
	slices.SortStableFunc(out, func(a, b chain.Release) int {
		if a.ReleasedOn == "" || b.ReleasedOn == "" {
			return 0
		}
		return strings.Compare(a.ReleasedOn, b.ReleasedOn)
	})
	return out
}

// latestFirst orders what is affected by its release: supported before others, then by the day it came out, the latest
// first.
func latestFirst(m chain.Model, today string, hits []store.Affected) {
	type place struct {
		supported bool
		released  string
		at        int
	}
	of := make(map[string]place, len(m.Releases))
	for i, r := range m.Releases {
		of[r.ID] = place{r.SupportedOn(today), r.ReleasedOn, i}
	}
	slices.SortStableFunc(hits, func(x, y store.Affected) int {
		a, b := of[x.Release], of[y.Release]
		if a.supported != b.supported {
			if a.supported {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(b.released, a.released), cmp.Compare(b.at, a.at))
	})
}

// undecided gives the components of which advisories with one of some ids speak only by ranges of commits, so that
// nothing can be decided about them.
func undecided(ctx context.Context, db *store.DB, ix *match.Index, ids []string) ([]string, error) {
	if ix == nil {
		return nil, nil
	}
	var own, packages []string
	for _, id := range ids {
		known, err := ix.Advisories(id)
		if err != nil {
			return nil, err
		}
		for _, a := range known {
			if slices.Contains(own, a.ID) || !a.Withdrawn.IsZero() {
				continue
			}
			own = append(own, a.ID)
			text, err := ix.Text(a.ID)
			if err != nil {
				return nil, err
			}
			r, err := osv.Parse(text)
			if err != nil {
				return nil, err
			}
			for _, p := range match.PackagesOf(r) {
				if p.Ecosystem == match.Git {
					packages = append(packages, store.PackageKey(p.Ecosystem, p.Name))
				}
			}
		}
	}
	if len(packages) == 0 {
		return nil, nil
	}
	components, err := db.ComponentsNamed(ctx, packages)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range components {
		r, err := ix.Match([]match.Component{AsMatched(c)})
		if err != nil {
			return nil, err
		}
		for _, u := range r.Unmatched {
			if u.Reason == match.NeedsHistory && slices.ContainsFunc(u.Undecided, func(id string) bool { return slices.Contains(own, id) }) {
				out = append(out, ComponentLabel(c))
			}
		}
	}
	return out, nil
}
