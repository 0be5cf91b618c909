// Package upkeep is what time asks for: the daily round over matches, archives and the ledger, the ledger's keys, proofs
// and checks, and the drill that restores a release.
//
// Start from [Daily], [VerifyLedger] and [RestoreDrill].
package upkeep

import (
	"context"
	"errors"
	"time"

	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// dailySetting remembers when the daily work was done last.
const dailySetting = "daily"

// Daily does once a day what keeps proof fresh: every release is matched again, the digests of its archive and the whole
// ledger are recomputed, and bytes that nothing names are swept away. What is damaged is an error that names it; the rest
// is done all the same.
func Daily(ctx context.Context, db *store.DB, actor store.Actor) error {
	var last time.Time
	if _, err := db.Setting(ctx, dailySetting, &last); err != nil {
		return err
	}
	if db.Now().Sub(last) < 24*time.Hour {
		return nil
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return err
	}
	var failed []error
	if err := intake.MatchAll(ctx, db, actor); err != nil && lang.KindOf(err) != lang.Nothing {
		failed = append(failed, err)
	}
	for _, r := range m.Releases {
		failed = append(failed, intake.VerifyArchive(ctx, db, actor, r.ID))
	}
	_, err = VerifyLedger(ctx, db, actor)
	failed = append(failed, err)
	_, err = db.SweepOrphans(ctx, 24*time.Hour)
	failed = append(failed, err, db.InTx(ctx, actor, func(tx *store.Tx) error {
		revision, err := tx.Setting(ctx, dailySetting, &last)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, dailySetting, tx.Now(), revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "done", store.Object{Kind: "upkeep", ID: "daily"}, nil)
	}))
	return errors.Join(failed...)
}
