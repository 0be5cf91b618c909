package intake

import (
	"context"
	"io"
	"reflect"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/read/eol"
	"example.org/tasuki/internal/store"
)

// ImportEndOfLife takes in when products go out of support (endoflife.date's own JSON) and judges again. It gives how many
// products name a package URL, which is all that components can be tied to.
func ImportEndOfLife(ctx context.Context, db *store.DB, actor store.Actor, r io.Reader, fetched time.Time) (int, []fact.Problem, error) {
	products, problems, err := eol.Read(r)
	if err != nil {
		return 0, nil, err
	}
	kept := map[string][]portfolio.Cycle{}
	for _, p := range products {
		for _, id := range p.PURLs {
			var cycles []portfolio.Cycle
			for _, c := range p.Cycles {
				k := portfolio.Cycle{Name: c.Name, Over: c.Support.Over, Told: c.Support.Known}
				if !c.Support.Date.IsZero() {
					k.Date = c.Support.Date.Unix()
				}
				cycles = append(cycles, k)
			}
			kept[portfolio.PackageKey(id)] = cycles
		}
	}
	if len(kept) == 0 {
		return 0, problems, emptySource(feed.EndOfLife)
	}
	feeds, err := judging.FeedStates(ctx, db)
	if err != nil {
		return 0, nil, err
	}
	var before map[string][]portfolio.Cycle
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		before = nil
		revision, err := tx.Setting(ctx, feed.EndOfLife, &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, feed.EndOfLife, kept, revision); err != nil {
			return err
		}
		if err := judging.SaveSource(ctx, tx, store.AdvisorySource{Name: feed.EndOfLife, Count: int64(len(kept)), Newest: fetched, LoadedAt: fetched}); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: feed.EndOfLife}, map[string]any{"products": len(kept)})
	})
	if err != nil {
		return 0, nil, err
	}
	if !reflect.DeepEqual(before, kept) {
		feeds = nil // any component may have another end now: everything is judged
	}
	_, err = judging.Delivered(ctx, db, actor, "end-of-life data imported", feeds, feed.EndOfLife)
	return len(kept), problems, err
}
