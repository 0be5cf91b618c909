package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// SweepOrphans removes bytes that no document row names, and gives their number: what a crash, or a refusal after
// [DB.PutDocument], left behind. Only files older than grace are looked at, so that bytes whose row is about to commit
// stay; grace must be longer than any transaction lasts.
func (db *DB) SweepOrphans(ctx context.Context, grace time.Duration) (int, error) {
	if err := db.forgetChanges(ctx); err != nil {
		return 0, err
	}
	if err := db.takeWriter(ctx); err != nil {
		return 0, err
	}
	defer db.giveWriter()
	// Not serializable on purpose: each look at the table must see what committed a moment ago.
	tx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("sweep documents: %w", err)
	}
	defer tx.Rollback() // nothing was written
	if err := db.dialect.lockFiles(ctx, tx, false); err != nil {
		return 0, fmt.Errorf("sweep documents: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(db.dir, documentsDir, "*", "*"))
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, f := range files {
		gone, err := sweepFile(ctx, tx, f, time.Now().Add(-grace))
		if err != nil {
			return removed, fmt.Errorf("sweep documents: %w", err)
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// sweepFile removes one file when it is old and unnamed. File times are the machine's, whatever clock was injected.
func sweepFile(ctx context.Context, tx *sql.Tx, path string, olderThan time.Time) (bool, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // on its way in, it got its final name just now
	}
	if err != nil || !st.Mode().IsRegular() || !st.ModTime().Before(olderThan) {
		return false, err
	}
	var named string
	err = tx.QueryRowContext(ctx, `select digest from document where digest = $1`, "sha256:"+filepath.Base(path)).Scan(&named)
	if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return true, nil
}
