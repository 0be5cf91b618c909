package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
)

var checkpointNoun = lang.T("チェックポイント", "checkpoint")

// Lease takes a named lease for a holder until a time from now, or renews it. It gives false when another holder has
// it. A holder that dies loses it when the time is up.
func (db *DB) Lease(ctx context.Context, name, holder string, length time.Duration) (got bool, err error) {
	err = db.housekeeping(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `insert into lease (name, holder, until) values ($1, $2, $3)
			on conflict (name) do update set holder = excluded.holder, until = excluded.until
			where lease.holder = $2 or lease.until <= $4`, name, holder, ms(tx.Now().Add(length)), ms(tx.Now()))
		got = n == 1
		return err
	})
	return got, err
}

// ReleaseLease gives a lease back before its time.
func (db *DB) ReleaseLease(ctx context.Context, name, holder string) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `delete from lease where name = $1 and holder = $2`, name, holder)
		return err
	})
}

const (
	ledgerLease = "ledger"
	leaseLength = 30 * time.Second
	ledgerBatch = 1000
)

// SequenceLedger gives every waiting leaf its place in the ledger, in order of time and id, in batches, and gives the
// number of leaves placed. One holder does this at a time: while another has the lease nothing is placed and the number
// is 0. Waiting leaves are a queue and not a high-water mark, because transactions commit in any order.
func (db *DB) SequenceLedger(ctx context.Context, holder string) (placed int, err error) {
	got, err := db.Lease(ctx, ledgerLease, holder, leaseLength)
	if err != nil || !got {
		return 0, err
	}
	for {
		n := 0
		err := db.housekeeping(ctx, func(tx *Tx) (err error) {
			n, err = tx.sequence(ctx, holder)
			return err
		})
		if err != nil {
			return placed, fmt.Errorf("sequence ledger: %w", err)
		}
		placed += n
		if n < ledgerBatch {
			return placed, db.ReleaseLease(ctx, ledgerLease, holder)
		}
	}
}

// sequence places one batch while the holder still has the lease. Two sequencers would collide on seq and idx, which
// are unique; the lease keeps them from trying.
func (tx *Tx) sequence(ctx context.Context, holder string) (int, error) {
	n, err := tx.exec(ctx, `update lease set until = $1 where name = $2 and holder = $3 and until > $4`,
		ms(tx.Now().Add(leaseLength)), ledgerLease, holder, ms(tx.Now()))
	if err != nil || n == 0 {
		return 0, err
	}
	waiting, err := list(ctx, tx.DB, scanLeaf, `select e.id, e.leaf from ledger_event e join audit a on a.id = e.id
		where e.seq is null order by a.at, a.id limit $1`, ledgerBatch)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	size, err := tx.LedgerSize(ctx)
	if err != nil {
		return 0, err
	}
	leaves := make([][]byte, len(waiting))
	for i, l := range waiting {
		leaves[i] = l.Bytes
		if _, err := tx.exec(ctx, `update ledger_event set seq = $1 where id = $2`, size+int64(i), l.Event); err != nil {
			return 0, err
		}
	}
	hashes, err := ledger.Append(size, leaves, tx.HashReader(ctx))
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(hashes))
	for i, h := range hashes {
		rows[i] = []any{h.Index, h.Hash[:]}
	}
	return len(waiting), tx.bulk(ctx, "ledger_hash", []string{"idx", "hash"}, rows)
}

// Leaf is one leaf of the ledger.
type Leaf struct {
	Event string // id of the audit entry
	Bytes []byte
}

func scanLeaf(r row) (l Leaf, err error) { err = r.Scan(&l.Event, &l.Bytes); return }

// HashReader reads the stored hashes of the ledger's tree by their index in tlog's numbering.
func (db *DB) HashReader(ctx context.Context) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		have := make(map[int64]tlog.Hash, len(indexes))
		err := chunks(indexes, func(part []int64) error { return db.readHashes(ctx, part, have) })
		if err != nil {
			return nil, fmt.Errorf("read ledger hashes: %w", err)
		}
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			h, ok := have[x]
			if !ok {
				return nil, fmt.Errorf("read ledger hashes: hash %d is missing", x)
			}
			out[i] = h
		}
		return out, nil
	}
}

func (db *DB) readHashes(ctx context.Context, part []int64, into map[int64]tlog.Hash) error {
	rows, err := db.q.QueryContext(ctx, `select idx, hash from ledger_hash where idx in (`+placeholders(1, len(part))+`)`, anys(part)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var i int64
		var h []byte
		if err := rows.Scan(&i, &h); err != nil {
			return err
		}
		if len(h) != tlog.HashSize {
			return fmt.Errorf("hash %d has %d bytes", i, len(h))
		}
		into[i] = tlog.Hash(h)
	}
	return rows.Err()
}

// LedgerSize gives the number of leaves that have their place.
func (db *DB) LedgerSize(ctx context.Context) (int64, error) {
	return one(ctx, db, scanInt, `select coalesce(max(seq), -1) + 1 from ledger_event`)
}

// LedgerWaiting gives the number of leaves that wait for theirs.
func (db *DB) LedgerWaiting(ctx context.Context) (int64, error) {
	return one(ctx, db, scanInt, `select count(*) from ledger_event where seq is null`)
}

// ReadLeaves gives up to n leaves from a place on, in order.
func (db *DB) ReadLeaves(ctx context.Context, from int64, n int) ([]Leaf, error) {
	return list(ctx, db, scanLeaf, `select id, leaf from ledger_event where seq >= $1 and seq < $2 order by seq`, from, from+int64(n))
}

// Leaves gives the bytes of every leaf that has its place, in order.
func (db *DB) Leaves(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for from := int64(0); ; from += ledgerBatch {
			part, err := db.ReadLeaves(ctx, from, ledgerBatch)
			if err != nil {
				yield(nil, fmt.Errorf("read ledger: %w", err))
				return
			}
			for _, l := range part {
				if !yield(l.Bytes, nil) {
					return
				}
			}
			if len(part) < ledgerBatch {
				return
			}
		}
	}
}

// LeafIndex gives the place of an audit entry's leaf; false while it waits for one, or when there is no such entry.
func (db *DB) LeafIndex(ctx context.Context, entry string) (seq int64, placed bool, err error) {
	seq, err = one(ctx, db, scanInt, `select seq from ledger_event where id = $1 and seq is not null`, entry)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

// PutCheckpoint keeps a signed checkpoint of the tree at a size. The first one for a size stays.
func (db *DB) PutCheckpoint(ctx context.Context, size int64, note string) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `insert into checkpoint (size, note, at) values ($1, $2, $3) on conflict (size) do nothing`,
			size, note, ms(tx.Now()))
		return err
	})
}

// CosignCheckpoint keeps a checkpoint in place of the one with fewer signatures that it was before.
func (db *DB) CosignCheckpoint(ctx context.Context, size int64, before, note string) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update checkpoint set note = $1 where size = $2 and note = $3`, note, size, before)
		if err == nil && n == 0 {
			return changedMeanwhile(checkpointNoun, strconv.FormatInt(size, 10))
		}
		return err
	})
}

// CheckpointAt gives the checkpoint of a size; false when none was signed.
func (db *DB) CheckpointAt(ctx context.Context, size int64) (c Checkpoint, ok bool, err error) {
	c, err = one(ctx, db, scanCheckpoint, `select size, note, at from checkpoint where size = $1`, size)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// Checkpoint is a signed note on the tree at a size.
type Checkpoint struct {
	Size int64
	Note string
	At   time.Time
}

// Checkpoints gives every checkpoint, the smallest first.
func (db *DB) Checkpoints(ctx context.Context) ([]Checkpoint, error) {
	return list(ctx, db, scanCheckpoint, `select size, note, at from checkpoint order by size`)
}

// LatestCheckpoint gives the newest checkpoint; false when there is none.
func (db *DB) LatestCheckpoint(ctx context.Context) (c Checkpoint, ok bool, err error) {
	c, err = one(ctx, db, scanCheckpoint, `select size, note, at from checkpoint order by size desc limit 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

func scanCheckpoint(r row) (c Checkpoint, err error) {
	err = r.Scan(&c.Size, &c.Note, asTime(&c.At))
	return c, err
}
