package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // also registers the driver "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"example.org/tasuki/internal/lang"
)

// A dialect is all that differs between the two databases. The rest of the package is one SQL text: $1 placeholders,
// `on conflict`, `returning`; times as integer milliseconds, digests and JSON as text; never an error inside a
// transaction that is passed over, because PostgreSQL aborts the transaction with it.
type dialect struct {
	name           string // also the folder of its migrations
	driver         string
	goose          goose.Dialect
	oneWriter      bool
	parsesEachTime bool // its driver keeps no statements
	readIsolation  sql.IsolationLevel
	writeIsolation sql.IsolationLevel
	again          func(error) bool // a conflict with another transaction that goes away when tried again
	mark           string           // gives a transaction's place among those that change lists of components; see portfolio.go
	settled        string           // gives the place before which all such transactions have ended
	skipLocked     string           // how a job claim passes over rows that another claim holds
	lockFiles      func(ctx context.Context, q querier, shared bool) error
	afterRestore   func(ctx context.Context, tx *Tx) error
	fit            func(ctx context.Context, pool *sql.DB) error // refuses a database that cannot hold what Tasuki keeps
}

var sqlite = dialect{
	name:           "sqlite",
	driver:         "sqlite",
	goose:          goose.DialectSQLite3,
	oneWriter:      true,
	parsesEachTime: true,
	again:          func(error) bool { return false }, // writers queue for BEGIN IMMEDIATE, so nothing can conflict later
	lockFiles:      func(context.Context, querier, bool) error { return nil },
	mark:           `select max(mark) + 1 from list_change`,
	settled:        `select max(mark) + 1 from list_change`,
	// Numbers given by the database go on from the largest there is.
	afterRestore: func(context.Context, *Tx) error { return nil },
	fit:          func(context.Context, *sql.DB) error { return nil },
}

var postgres = dialect{
	name:           "postgres",
	driver:         "pgx",
	goose:          goose.DialectPostgres,
	readIsolation:  sql.LevelRepeatableRead,
	writeIsolation: sql.LevelSerializable,
	again:          serializationFailure,
	mark:           `select cast(cast(pg_current_xact_id() as text) as bigint)`,
	settled:        `select cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint)`,
	skipLocked:     " for update skip locked",
	lockFiles:      lockFilesPostgres,
	afterRestore:   setSequences,
	fit:            inUTF8,
}

// places gives n placeholders for a list, from the first on. SQLite takes $1 for a name and looks through all names for
// each value.
func (d dialect) places(n int) string {
	if d.name == postgres.name {
		return placeholders(1, n)
	}
	return "?" + strings.Repeat(", ?", n-1)
}

// sqliteSource gives the data source: WAL, so that readers never wait; full sync, because an acknowledged document
// must survive a power cut; immediate transactions, so that two writers never meet half-way.
func sqliteSource(dir string) string {
	v := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-65536)", "temp_store(MEMORY)"}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(dir, databaseFile)}).EscapedPath(), RawQuery: v.Encode()}).String()
}

// serializationFailure reports SQLSTATE 40001 and 40P01, which distributed engines with PostgreSQL's protocol return
// too.
func serializationFailure(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

// filesLock is the advisory lock that keeps the sweep of orphans and new document rows apart.
const filesLock = 0x7a5c1

func lockFilesPostgres(ctx context.Context, q querier, shared bool) error {
	call := "select pg_advisory_xact_lock($1)"
	if shared {
		call = "select pg_advisory_xact_lock_shared($1)"
	}
	_, err := q.ExecContext(ctx, call, filesLock)
	return err
}

// inUTF8 refuses a PostgreSQL database of another encoding: Japanese would be refused row by row later.
func inUTF8(ctx context.Context, pool *sql.DB) error {
	var encoding string
	if err := pool.QueryRowContext(ctx, "show server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding == "UTF8" {
		return nil
	}
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.F("データベースの文字コードが %s です", "the database is encoded in %s", encoding),
		Next: lang.T("UTF8 のデータベースを作成して指定してください", "create a database in UTF8 and name that one"),
	}
}

// setSequences makes PostgreSQL go on counting after the rows that were restored with their numbers.
func setSequences(ctx context.Context, tx *Tx) error {
	for _, table := range []string{"component", "component_list"} {
		_, err := tx.exec(ctx, "select setval(pg_get_serial_sequence('"+table+"', 'id'), coalesce(max(id), 1), max(id) is not null) from "+table)
		if err != nil {
			return err
		}
	}
	return nil
}

//go:embed migrations
var migrations embed.FS

// migrate brings the schema to a version, or to the newest when version is 0.
func (db *DB) migrate(ctx context.Context, version int64) error {
	unlock, err := lockDir(db.dir)
	if err != nil {
		return err
	}
	defer unlock()
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(db.dialect.goose, db.pool, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	current, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if wanted := max(current, version); wanted > newest {
		return newer(wanted, newest)
	}
	if version == 0 {
		version = newest
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func newer(current, newest int64) error {
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.T("この作業ディレクトリは新しい版の Tasuki で作られています", "this workspace was made by a newer Tasuki"),
		Why: lang.F("保存形式の版は %d ですが、この版で扱えるのは %d までです", "its schema has version %d, and this program knows %d at most",
			current, newest),
		Next: lang.T("Tasuki を更新するか、更新前のバックアップから復元してください", "update Tasuki, or restore a backup made before the update"),
	}
}

// schemaVersion gives the version of the schema in the database.
func (db *DB) schemaVersion(ctx context.Context) (int64, error) {
	return one(ctx, db, scanInt, "select coalesce(max(version_id), 0) from "+goose.DefaultTablename)
}

// bulk inserts many rows: COPY on PostgreSQL, statements of many rows on SQLite.
func (tx *Tx) bulk(ctx context.Context, table string, cols []string, rows [][]any) error {
	tx.wrote = true
	for _, r := range rows {
		storable(r)
	}
	if tx.dialect.name == postgres.name {
		return tx.copyIn(ctx, table, cols, rows)
	}
	err := pieces(rows, func(part [][]any) error {
		var args []any
		for _, r := range part {
			args = append(args, r...)
		}
		_, err := tx.q.ExecContext(ctx, tx.dialect.insertText(table, cols, len(part)), args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

// insertText gives an insert of n rows, with placeholders as in places.
func (d dialect) insertText(table string, cols []string, n int) string {
	values := tuples(len(cols), n)
	if d.name == sqlite.name {
		one := "(?" + strings.Repeat(", ?", len(cols)-1) + ")"
		values = one + strings.Repeat(", "+one, n-1)
	}
	return "insert into " + table + " (" + strings.Join(cols, ", ") + ") values " + values
}

// copyIn runs COPY on the connection of the transaction. database/sql does not hand out that connection, so the
// statements of the transaction run on one that was taken from the pool beforehand; see attempt.
func (tx *Tx) copyIn(ctx context.Context, table string, cols []string, rows [][]any) error {
	return tx.conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
		if err != nil {
			return fmt.Errorf("copy into %s: %w", table, err)
		}
		return nil
	})
}
