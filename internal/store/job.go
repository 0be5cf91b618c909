package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Job is work that waits or is being done.
type Job struct {
	ID      string
	Kind    string
	Args    json.RawMessage
	Attempt int // 1 at the first
}

// Enqueue adds a job in the transaction of the change that calls for it. It runs at the earliest at a time.
func (tx *Tx) Enqueue(ctx context.Context, kind string, args any, at time.Time) error {
	_, err := tx.exec(ctx, `insert into job (id, kind, args, run_at, attempt, done_at, error, created_at)
		values ($1, $2, $3, $4, 0, 0, '', $5)`, tx.NewID(), kind, inJSON(args), ms(at), ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return nil
}

// ClaimJobs takes up to n due jobs for the time of a lease. A job that is not finished by then is given out again.
func (db *DB) ClaimJobs(ctx context.Context, n int, lease time.Duration) (jobs []Job, err error) {
	err = db.housekeeping(ctx, func(tx *Tx) (err error) {
		tx.wrote = true
		jobs, err = list(ctx, tx.DB, func(r row) (j Job, err error) {
			var args string
			err = r.Scan(&j.ID, &j.Kind, &args, &j.Attempt)
			j.Args = json.RawMessage(args)
			return j, err
		}, `update job set attempt = attempt + 1, run_at = $1 where id in (select id from job where done_at = 0 and run_at <= $2
			order by run_at, id limit $3`+tx.dialect.skipLocked+`) returning id, kind, args, attempt`,
			ms(tx.Now().Add(lease)), ms(tx.Now()), n)
		return err
	})
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) }) // returning has no order
	return jobs, err
}

// FinishJob marks a job as done for good. failure is empty when it went well.
func (db *DB) FinishJob(ctx context.Context, id, failure string) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `update job set done_at = $1, error = $2 where id = $3`, ms(tx.Now()), failure, id)
		return err
	})
}

// RetryJob gives a job back, to be tried again at a time.
func (db *DB) RetryJob(ctx context.Context, id, failure string, at time.Time) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `update job set run_at = $1, error = $2 where id = $3`, ms(at), failure, id)
		return err
	})
}

// JobsWaiting gives the number of jobs that are not done.
func (db *DB) JobsWaiting(ctx context.Context) (int64, error) {
	return one(ctx, db, scanInt, `select count(*) from job where done_at = 0`)
}
