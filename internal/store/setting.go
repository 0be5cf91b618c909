package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Setting reads a setting into a value and gives its revision; the value is left alone and the revision is 0 when it
// was never set.
func (db *DB) Setting(ctx context.Context, key string, into any) (revision int, err error) {
	var data []byte
	err = db.q.QueryRowContext(ctx, `select value, revision from setting where key = $1`, key).Scan(&data, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", key, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return 0, fmt.Errorf("setting %s: %w", key, err)
	}
	return revision, nil
}

// SetSetting writes a setting. revision is what [DB.Setting] gave; it is an error of kind Conflict when it was set by
// somebody else since.
func (tx *Tx) SetSetting(ctx context.Context, key string, value any, revision int) error {
	n, err := tx.exec(ctx, `insert into setting (key, value, revision, changed_at) values ($1, $2, $3, $4)
		on conflict (key) do update set value = excluded.value, revision = excluded.revision, changed_at = excluded.changed_at
		where setting.revision = $5`, key, inJSON(value), revision+1, ms(tx.Now()), revision)
	if err != nil {
		return fmt.Errorf("set %s: %w", key, err)
	}
	if n == 0 {
		return changedMeanwhile(settingNoun, key)
	}
	return nil
}

// ChangeEntry sets one entry of a setting that is a map, and audits it.
func ChangeEntry[V any](ctx context.Context, db *DB, actor Actor, setting, key string, value func(*Tx) V) error {
	return db.InTx(ctx, actor, func(tx *Tx) error {
		all := map[string]V{}
		revision, err := tx.Setting(ctx, setting, &all)
		if err != nil {
			return err
		}
		change := Change{}
		if before, ok := all[key]; ok {
			change.Before = before
		}
		all[key] = value(tx)
		change.After = all[key]
		if err := tx.SetSetting(ctx, setting, all, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", Object{Kind: setting, ID: key}, change)
	})
}
