package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements keeps prepared statements of SQLite by their text: to parse one takes longer than most of them run. For
// PostgreSQL the driver does the same for each connection.
type statements struct {
	pool *sql.DB
	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// maxStatements is how many are kept; whatever comes after is parsed each time. The program has some three hundred texts.
const maxStatements = 1000

// of gives the statement of a text, nil when it is not kept.
func (s *statements) of(ctx context.Context, query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.kept[query]; stmt != nil || len(s.kept) >= maxStatements {
		return stmt
	}
	stmt, err := s.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil // running it says what is wrong
	}
	s.kept[query] = stmt
	return stmt
}

// prepared is a pool, or a transaction of it, that runs its queries as prepared statements.
type prepared struct {
	querier
	statements *statements
	tx         *sql.Tx              // nil: the pool
	own        map[string]*sql.Stmt // of the transaction, which is used by one at a time
}

func (p *prepared) stmt(ctx context.Context, query string) *sql.Stmt {
	if p.tx == nil {
		return p.statements.of(ctx, query)
	}
	if p.own[query] == nil {
		if stmt := p.statements.of(ctx, query); stmt != nil {
			p.own[query] = p.tx.StmtContext(ctx, stmt)
		}
	}
	return p.own[query]
}

func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return p.querier.ExecContext(ctx, query, args...)
}

func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return p.querier.QueryContext(ctx, query, args...)
}

func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := p.stmt(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return p.querier.QueryRowContext(ctx, query, args...)
}
