package portfolio

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/store"
)

// A Cycle is one line of releases of a product as the workspace keeps it.
type Cycle struct {
	Name string `json:"name"`
	Over bool   `json:"over,omitempty"`
	Date int64  `json:"date,omitempty"` // seconds UTC; 0 and not Over: no end is set
	Told bool   `json:"told,omitempty"` // the source says something of it
}

// Lifecycles gives what is known of the end of support of a release's components. A component whose product or cycle the
// data does not name is not among them: nothing is known of it.
func Lifecycles(ctx context.Context, db *store.DB, releases []string) (map[string]assess.Lifecycle, error) {
	var kept map[string][]Cycle
	if _, err := db.Setting(ctx, feed.EndOfLife, &kept); err != nil || len(kept) == 0 {
		return nil, err
	}
	out := map[string]assess.Lifecycle{}
	for _, release := range releases {
		components, err := db.ComponentsOf(ctx, release)
		if err != nil {
			return nil, err
		}
		for _, c := range components {
			if c.PURL == "" {
				continue
			}
			if k, ok := cycleOf(kept[PackageKey(c.PURL)], c.Version); ok {
				l := assess.Lifecycle{Known: true, Source: fmt.Sprintf("%s: %s", feed.EndOfLife, k.Name)}
				switch {
				case k.Date != 0:
					l.EndOfLife = time.Unix(k.Date, 0).UTC()
				case k.Over:
					l.EndOfLife = time.Unix(1, 0).UTC() // over, and the source gives no day
				}
				out[c.PURL] = l
			}
		}
	}
	return out, nil
}

// cycleOf finds the cycle a version belongs to: the longest name that the version equals or goes on from at a dot.
func cycleOf(cycles []Cycle, version string) (best Cycle, found bool) {
	version = strings.TrimPrefix(version, "v")
	for _, c := range cycles {
		belongs := version == c.Name || strings.HasPrefix(version, c.Name+".") || strings.HasPrefix(version, c.Name+"-")
		if belongs && c.Told && (!found || len(c.Name) > len(best.Name)) {
			best, found = c, true
		}
	}
	return best, found
}

// PackageKey is a package URL without version, qualifiers and subpath, in the form that components are looked up by.
func PackageKey(id string) string {
	p, err := purl.Parse(id)
	if err != nil {
		return strings.ToLower(id)
	}
	p.Version, p.Qualifiers, p.Subpath = "", nil, ""
	return p.String()
}
