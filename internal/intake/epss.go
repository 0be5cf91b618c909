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
	"example.org/tasuki/internal/triage"
)

// EPSSEdition says which scores are kept. Scores of different models must not be compared.
type EPSSEdition struct {
	Model string    `json:"model"`
	Date  time.Time `json:"date"`
}

// ImportEPSS puts the scores of one day in the place of those that were kept, as of when they were fetched. Lines that
// cannot be read are left out and given as problems. A vulnerability without a score stays unknown. Releases are judged
// again where what was found in them became, or is no longer, likely to be exploited by the policy's measure.
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
	feeds, err := judging.FeedStates(ctx, db)
	if err != nil {
		return 0, problems, err
	}
	likely, err := likelyExploited(ctx, db)
	if err != nil {
		return 0, problems, err
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
	if err != nil {
		return 0, problems, err
	}
	now, err := likelyExploited(ctx, db)
	if err != nil {
		return 0, problems, err
	}
	crossed, err := db.FoundAmong(ctx, differing(likely, now))
	if err != nil {
		return 0, problems, err
	}
	subjects, err := judging.Concerned(ctx, db, crossed)
	if err != nil {
		return 0, problems, err
	}
	_, err = judging.Delivered(ctx, db, actor, "exploit prediction scores imported", feeds, feed.EPSS, subjects...)
	return len(scores), problems, err
}

// likelyExploited gives the vulnerabilities whose score says by the policy's measure that an exploit is about.
func likelyExploited(ctx context.Context, db *store.DB) (map[string]bool, error) {
	policy, err := db.Policy(ctx)
	if err != nil {
		return nil, err
	}
	cves, err := db.EPSSFrom(ctx, triage.EPSSFrom(policy))
	out := make(map[string]bool, len(cves))
	for _, c := range cves {
		out[c] = true
	}
	return out, err
}
