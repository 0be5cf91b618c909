package intake

import (
	"context"
	"io"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/read/epss"
	"example.org/tasuki/internal/store"
)

// EPSSEdition says which scores are kept. Scores of different models must not be compared.
type EPSSEdition struct {
	Model string    `json:"model"`
	Date  time.Time `json:"date"`
}

// ImportEPSS puts the scores of one day in the place of those that were kept, as of when they were fetched. Lines that
// cannot be read are left out and given as problems. A vulnerability without a score stays unknown.
func ImportEPSS(ctx context.Context, db *store.DB, actor store.Actor, r io.Reader, fetched time.Time) (int, []fact.Problem, error) {
	day, problems, err := epss.Read(r)
	if err != nil {
		return 0, problems, err
	}
	if len(day.Scores) == 0 {
		return 0, problems, emptySource(feed.EPSS)
	}
	scores := make([]store.EPSS, len(day.Scores))
	for i, s := range day.Scores {
		scores[i] = store.EPSS{CVE: s.CVE, Score: s.EPSS, Percentile: s.Percentile}
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.ReplaceEPSS(ctx, scores); err != nil {
			return err
		}
		var before EPSSEdition
		revision, err := tx.Setting(ctx, feed.EPSS, &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, feed.EPSS, EPSSEdition{day.Model, day.Date}, revision); err != nil {
			return err
		}
		source := store.AdvisorySource{Name: feed.EPSS, Count: int64(len(scores)), Newest: day.Date, LoadedAt: fetched}
		if err := judging.SaveSource(ctx, tx, source); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: feed.EPSS}, map[string]any{"count": len(scores), "model": day.Model, "date": day.Date})
	})
	return len(scores), problems, err
}
