package jobs

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/eol"
	"example.org/tasuki/internal/store"
)

// EndOfLife is the name of the source, and the key of the setting, that holds when components go out of support.
const EndOfLife = "endoflife"

// A cycle is one line of releases of a product as the workspace keeps it.
type cycle struct {
	Name string `json:"name"`
	Over bool   `json:"over,omitempty"`
	Date int64  `json:"date,omitempty"` // seconds UTC; 0 and not Over: no end is set
	Told bool   `json:"told,omitempty"` // the source says something of it
}

// ImportEndOfLife takes in when products go out of support (endoflife.date's own JSON) and judges again. It gives how many
// products name a package URL, which is all that components can be tied to.
func ImportEndOfLife(ctx context.Context, db *store.DB, actor store.Actor, r io.Reader, fetched time.Time) (int, []fact.Problem, error) {
	products, problems, err := eol.Read(r)
	if err != nil {
		return 0, nil, err
	}
	kept := map[string][]cycle{}
	for _, p := range products {
		for _, id := range p.PURLs {
			var cycles []cycle
			for _, c := range p.Cycles {
				k := cycle{Name: c.Name, Over: c.Support.Over, Told: c.Support.Known}
				if !c.Support.Date.IsZero() {
					k.Date = c.Support.Date.Unix()
				}
				cycles = append(cycles, k)
			}
			kept[packageKey(id)] = cycles
		}
	}
	if len(kept) == 0 {
		return 0, problems, emptySource(EndOfLife)
	}
	feeds, err := feedStates(ctx, db)
	if err != nil {
		return 0, nil, err
	}
	var before map[string][]cycle
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		before = nil
		revision, err := tx.Setting(ctx, EndOfLife, &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, EndOfLife, kept, revision); err != nil {
			return err
		}
		if err := saveSource(ctx, tx, store.AdvisorySource{Name: EndOfLife, Count: int64(len(kept)), Newest: fetched, LoadedAt: fetched}); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: EndOfLife}, map[string]any{"products": len(kept)})
	})
	if err != nil {
		return 0, nil, err
	}
	if !reflect.DeepEqual(before, kept) {
		feeds = nil // any component may have another end now: everything is judged
	}
	_, err = delivered(ctx, db, actor, "end-of-life data imported", feeds, EndOfLife)
	return len(kept), problems, err
}

// packageKey is a package URL without version, qualifiers and subpath, in the form that components are looked up by.
func packageKey(id string) string {
	p, err := purl.Parse(id)
	if err != nil {
		return strings.ToLower(id)
	}
	p.Version, p.Qualifiers, p.Subpath = "", nil, ""
	return p.String()
}

// lifecycles gives what is known of the end of support of a release's components. A component whose product or cycle the
// data does not name is not among them: nothing is known of it.
func lifecycles(ctx context.Context, db *store.DB, releases []string) (map[string]assess.Lifecycle, error) {
	var kept map[string][]cycle
	if _, err := db.Setting(ctx, EndOfLife, &kept); err != nil || len(kept) == 0 {
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
			if k, ok := cycleOf(kept[packageKey(c.PURL)], c.Version); ok {
				l := assess.Lifecycle{Known: true, Source: fmt.Sprintf("%s: %s", EndOfLife, k.Name)}
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
func cycleOf(cycles []cycle, version string) (best cycle, found bool) {
	version = strings.TrimPrefix(version, "v")
	for _, c := range cycles {
		belongs := version == c.Name || strings.HasPrefix(version, c.Name+".") || strings.HasPrefix(version, c.Name+"-")
		if belongs && c.Told && (!found || len(c.Name) > len(best.Name)) {
			best, found = c, true
		}
	}
	return best, found
}
