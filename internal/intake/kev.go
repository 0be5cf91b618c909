package intake

import (
	"context"
	"slices"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/read/kev"
	"example.org/tasuki/internal/store"
)

// ImportKEV takes in CISA's catalogue of known exploited vulnerabilities, as of when it was fetched, and judges again: a
// finding that is in it has less time. Entries that cannot be read are left out and given as problems.
func ImportKEV(ctx context.Context, db *store.DB, actor store.Actor, b []byte, fetched time.Time) (int, []fact.Problem, error) {
	c, problems, err := kev.Parse(b)
	if err != nil {
		return 0, problems, err
	}
	if len(c.Entries) == 0 {
		return 0, problems, emptySource(feed.KEV)
	}
	known := map[string]time.Time{} // since when it is listed
	for _, e := range c.Entries {
		known[e.CVE] = e.Added
	}
	feeds, err := judging.FeedStates(ctx, db)
	if err != nil {
		return 0, problems, err
	}
	var before map[string]time.Time
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		before = nil
		revision, err := tx.Setting(ctx, feed.KEV, &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, feed.KEV, known, revision); err != nil {
			return err
		}
		source := store.AdvisorySource{Name: feed.KEV, Count: int64(len(c.Entries)), Newest: c.Released, LoadedAt: fetched}
		if err := judging.SaveSource(ctx, tx, source); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: feed.KEV}, map[string]any{"count": len(c.Entries), "version": c.Version})
	})
	if err != nil {
		return 0, problems, err
	}
	subjects, err := judging.Concerned(ctx, db, differing(before, known))
	if err != nil {
		return 0, problems, err
	}
	_, err = judging.Delivered(ctx, db, actor, "known exploited vulnerabilities imported", feeds, feed.KEV, subjects...)
	return len(c.Entries), problems, err
}

// differing gives the vulnerabilities that came in, left, or of which another thing is said.
func differing[T comparable](before, now map[string]T) []string {
	var out []string
	for id, said := range now {
		if old, listed := before[id]; !listed || old != said {
			out = append(out, id)
		}
	}
	for id := range before {
		if _, listed := now[id]; !listed {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
