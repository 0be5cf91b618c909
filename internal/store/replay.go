package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ReplayTime is how long the answer to a request is kept, to be given again when the request is repeated.
const ReplayTime = 7 * 24 * time.Hour

// Replay is the answer to a request that a program marked with a key of its own, so that it can repeat the request
// without doing the thing twice.
type Replay struct {
	Account     string // id of the account that asked
	Key         string // its own name for the request
	Fingerprint string // of what was asked: the same key for something else is a mistake
	Status      int
	Header      http.Header
	Body        []byte
}

// Replay gives the answer kept under a key; found is false when there is none, or none any more.
func (db *DB) Replay(ctx context.Context, account, key string) (r Replay, found bool, err error) {
	r.Account, r.Key = account, key
	var header []byte
	err = db.q.QueryRowContext(ctx, `select fingerprint, status, header, body from replay where account = $1 and key = $2 and at > $3`,
		account, key, ms(db.Now().Add(-ReplayTime))).Scan(&r.Fingerprint, &r.Status, &header, &r.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err == nil {
		err = json.Unmarshal(header, &r.Header)
	}
	if err != nil {
		return r, false, fmt.Errorf("find the answer to repeat: %w", err)
	}
	return r, true, nil
}

// KeepReplay keeps an answer, and takes the opportunity to remove those past their time.
func (db *DB) KeepReplay(ctx context.Context, r Replay) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `delete from replay where at <= $1`, ms(tx.Now().Add(-ReplayTime))); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `insert into replay (account, key, fingerprint, status, header, body, at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (account, key) do nothing`, r.Account, r.Key, r.Fingerprint, r.Status, inJSON(r.Header), r.Body, ms(tx.Now()))
		return err
	})
}
