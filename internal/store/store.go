// Package store keeps what Tasuki knows: the bytes of documents in a workspace directory, and everything else in one
// database, SQLite or PostgreSQL, with one SQL text for both.
//
// Start from [Open]. Reads are methods of [DB]. Every change goes through [DB.InTx], which gives it one instant, an
// actor, and the duty to leave an audit entry; the entry and its leaf of the ledger are written in the same
// transaction. [DB.PutDocument] alone stands outside: bytes are on disk before the row that names them commits.
//
// The package judges nothing: no check, no rule, no permission beyond "the approver is not the author".
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/tasuki/internal/lang"
)

// Options say where the workspace is. Zero values of Now and NewID mean the machine's clock and [NewID].
type Options struct {
	Dir   string           // workspace directory, made when absent
	DSN   string           // postgres:// URL; empty: SQLite in Dir
	Now   func() time.Time // the clock
	NewID func() string    // ids: unique, sortable by time of making, opaque
}

// DB is a workspace: its database and its documents. Inside [DB.View] and [DB.InTx] it is one transaction of it. A DB
// is safe for concurrent use, a transaction is not.
type DB struct {
	q       querier // the pool or a transaction of it
	pool    *sql.DB // nil inside a transaction
	writer  chan struct{}
	dialect dialect
	dir     string
	now     func() time.Time
	newID   func() string
	*shared
	changed *changed // by this transaction; nil outside of one that may change anything
}

// shared is what all of a process that look at a workspace through one [Open] have in common.
type shared struct {
	root       *DB
	held       portfolio
	known      known
	statements *statements // nil: the driver keeps them
}

// querier is what *sql.DB and *sql.Tx have in common.
type querier interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Open opens a workspace, makes it when the directory is empty or absent, and brings its schema up to date. It refuses
// a workspace made by a newer Tasuki, and a directory that holds something else.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := prepareDir(o.Dir); err != nil {
		return nil, err
	}
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, 0); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// connect opens the database of a prepared directory without looking at its schema.
func connect(ctx context.Context, o Options) (*DB, error) {
	d, source := sqlite, sqliteSource(o.Dir)
	if o.DSN != "" {
		d, source = postgres, o.DSN
	}
	pool, err := sql.Open(d.driver, source)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.name, err)
	}
	if err := reach(ctx, d, o.Dir, pool); err != nil {
		pool.Close()
		return nil, unreachable(d, err)
	}
	if err := d.fit(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	db := &DB{pool: pool, dialect: d, dir: o.Dir, now: o.Now, newID: o.NewID, shared: &shared{}}
	db.root = db
	if d.parsesEachTime {
		db.statements = &statements{pool: pool, kept: map[string]*sql.Stmt{}}
	}
	db.q = db.through(pool, nil)
	if d.oneWriter {
		db.writer = make(chan struct{}, 1)
	}
	if db.now == nil {
		db.now = time.Now
	}
	if db.newID == nil {
		db.newID = NewID
	}
	return db, nil
}

// reach makes the first connection. Several programs that open one new SQLite file take turns: while one turns the file to
// WAL the others would be told that it is busy, without waiting.
func reach(ctx context.Context, d dialect, dir string, pool *sql.DB) error {
	if d.oneWriter {
		unlock, err := lockDir(dir)
		if err != nil {
			return err
		}
		defer unlock()
	}
	return pool.PingContext(ctx)
}

func unreachable(d dialect, err error) error {
	return &lang.Error{
		Kind: lang.Unreachable,
		What: lang.F("データベース（%s）を開けません", "the database (%s) cannot be opened", d.name),
		Next: lang.T("作業ディレクトリの権限、又は接続先の URL とサーバの状態を確認してください",
			"check the permissions of the workspace directory, or the server's URL and state"),
		Err: err,
	}
}

// Close closes the database.
func (db *DB) Close() error { return db.pool.Close() }

// Dir gives the workspace directory.
func (db *DB) Dir() string { return db.dir }

// Now gives the instant: that of the transaction inside one, the clock's otherwise; UTC, to the millisecond.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Millisecond) }

// NewID gives a new id.
func (db *DB) NewID() string { return db.newID() }

// Engine names the database: "sqlite" or "postgres".
func (db *DB) Engine() string { return db.dialect.name }

// View runs fn on one consistent picture of the database. Nothing can be written in it.
func (db *DB) View(ctx context.Context, fn func(*DB) error) error {
	if db.pool == nil {
		return fn(db)
	}
	tx, err := db.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.dialect.readIsolation})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // nothing to commit
	return fn(db.inside(tx))
}

// through gives the way to run queries on the pool, or in a transaction of it.
func (db *DB) through(q querier, tx *sql.Tx) querier {
	if db.statements == nil {
		return q
	}
	return &prepared{querier: q, statements: db.statements, tx: tx, own: map[string]*sql.Stmt{}}
}

// inside gives the DB as seen from a transaction, with the clock standing still.
func (db *DB) inside(tx *sql.Tx) *DB {
	now := db.Now()
	return &DB{q: db.through(tx, tx), dialect: db.dialect, dir: db.dir, now: func() time.Time { return now }, newID: db.newID, shared: db.shared}
}

// Via is the way a change came in.
type Via string

// The ways in. Internal is the program itself, at work on its own.
const (
	CLI      Via = "cli"
	Web      Via = "web"
	API      Via = "api"
	Internal Via = "internal"
)

// Actor is who changes something, and the way it came in.
type Actor struct {
	Account string // account id, or a word for the program itself: "tasuki"
	Via     Via
	Request string // request id; may be empty
}

// Tx is a transaction that changes something. All reads of [DB] work inside it and see its changes.
type Tx struct {
	*DB
	conn   *sql.Conn // the connection the transaction runs on, for COPY
	actor  Actor
	wrote  bool
	audits int

	components map[string]int64 // those this transaction came across, by key: files of one group hold much the same
}

// Actor gives who is acting.
func (tx *Tx) Actor() Actor { return tx.actor }

var errUnaudited = errors.New("store: a change without an audit entry was rolled back")

// InTx runs fn in one transaction and commits it when fn returns nil. A transaction that wrote something must have
// called [Tx.Audit]; otherwise it is rolled back with an error. fn may run more than once when another transaction got
// in the way, so it must not reach outside of the transaction. Transactions do not nest.
func (db *DB) InTx(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	if actor.Account == "" || actor.Via == "" {
		return errors.New("store: a change needs an actor")
	}
	return db.write(ctx, actor, func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if tx.wrote && tx.audits == 0 {
			return errUnaudited
		}
		return nil
	})
}

// housekeeping is InTx for what nobody decides: sessions, leases, job claims, the order of the ledger. It leaves no
// audit entry and is not for other packages.
func (db *DB) housekeeping(ctx context.Context, fn func(*Tx) error) error {
	return db.write(ctx, Actor{Account: "tasuki", Via: Internal}, fn)
}

const maxRetries = 50

func (db *DB) write(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	if db.pool == nil {
		return errors.New("store: a transaction inside a transaction")
	}
	if err := db.takeWriter(ctx); err != nil {
		return err
	}
	defer db.giveWriter()
	for n := 0; ; n++ {
		err := db.attempt(ctx, actor, fn)
		if err == nil || n >= maxRetries || !db.dialect.again(err) {
			return err
		}
		if err := pause(ctx, n); err != nil {
			return err
		}
	}
}

func (db *DB) attempt(ctx context.Context, actor Actor, fn func(*Tx) error) error {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close() // back to the pool
	sqlTx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: db.dialect.writeIsolation})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback() // no-op after Commit
	tx := &Tx{DB: db.inside(sqlTx), conn: conn, actor: actor, components: map[string]int64{}}
	tx.changed = &changed{lists: map[int64]bool{}}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.tellChanges(ctx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	db.known.add(tx.components)
	return nil
}

// pause waits a little longer before each further attempt.
func pause(ctx context.Context, n int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(min(n+1, 20)) * time.Millisecond):
		return nil
	}
}

// patience is how long a writer waits for the one before it. A transaction started inside another waits for itself;
// this turns that mistake into an error.
const patience = time.Minute

// takeWriter queues the writers of one process in front of SQLite, which lets in one at a time and would otherwise
// have them poll. Writers of other processes are met by its busy time-out.
func (db *DB) takeWriter(ctx context.Context) error {
	if db.writer == nil {
		return nil
	}
	select {
	case db.writer <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return errors.New("store: another change has held the database for a minute (or this one was started inside it)")
	}
}

func (db *DB) giveWriter() {
	if db.writer != nil {
		<-db.writer
	}
}

// exec runs a changing statement and gives the number of rows it touched.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.wrote = true
	res, err := tx.q.ExecContext(ctx, query, storable(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
