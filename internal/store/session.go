package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Sessions keeps web sessions in the form scs wants (scs.Store and scs.CtxStore). Tokens are kept as hashes, so that
// a copy of the database opens no session. They live by the machine's clock, because scs sets their ends by it.
type Sessions struct{ db *DB }

// Sessions gives the sessions of the workspace.
func (db *DB) Sessions() Sessions { return Sessions{db} }

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx gives the data of a session that has not expired.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db.q.QueryRowContext(ctx, `select data from session where token = $1 and expires_at > $2`, hashToken(token),
		ms(time.Now())).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx adds or replaces a session, and takes the opportunity to remove expired ones.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.db.housekeeping(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `delete from session where expires_at <= $1`, ms(time.Now())); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `insert into session (token, data, expires_at) values ($1, $2, $3)
			on conflict (token) do update set data = excluded.data, expires_at = excluded.expires_at`,
			hashToken(token), data, ms(expiry))
		return err
	})
}

// DeleteCtx removes a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `delete from session where token = $1`, hashToken(token))
		return err
	})
}

// Find is [Sessions.FindCtx] without a context; scs asks for it.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is [Sessions.CommitCtx] without a context; scs asks for it.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is [Sessions.DeleteCtx] without a context; scs asks for it.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
