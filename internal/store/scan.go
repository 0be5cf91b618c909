package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// row is what a scan function reads one value from.
type row interface{ Scan(...any) error }

// list runs a query and scans every row.
func list[T any](ctx context.Context, db *DB, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one scans the only row of a query; sql.ErrNoRows when there is none.
func one[T any](ctx context.Context, db *DB, scan func(row) (T, error), query string, args ...any) (T, error) {
	return scan(db.q.QueryRowContext(ctx, query, args...))
}

func scanInt(r row) (n int64, err error)     { err = r.Scan(&n); return }
func scanString(r row) (s string, err error) { err = r.Scan(&s); return }

// found turns "no rows" into an error for people that names what was looked for.
func found[T any](v T, err error, noun lang.Text, id string) (T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return v, notFound(noun, id)
	}
	return v, err
}

func notFound(noun lang.Text, id string) error {
	return &lang.Error{
		Kind: lang.NotFound,
		What: lang.F("%[1]s「%[2]s」は登録されていません", "there is no %s %q", noun, id),
	}
}

func changedMeanwhile(noun lang.Text, id string) error {
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.F("%[1]s「%[2]s」は、ほかの人が先に変更しました", "%s %q was changed by somebody else in the meantime", noun, id),
		Next: lang.T("最新の内容を読み込み、変更をやり直してください", "load the current content and make your change again"),
	}
}

// ms gives a time as the database keeps it: milliseconds UTC, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// asTime scans milliseconds into a time.
func asTime(t *time.Time) sql.Scanner { return timeScanner{t} }

type timeScanner struct{ t *time.Time }

func (s timeScanner) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("time column holds %T", v)
	}
	*s.t = time.Time{}
	if n != 0 {
		*s.t = time.UnixMilli(n).UTC()
	}
	return nil
}

// asJSON scans JSON text into a value.
func asJSON(v any) sql.Scanner { return jsonScanner{v} }

type jsonScanner struct{ v any }

func (s jsonScanner) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), s.v)
	case []byte:
		return json.Unmarshal(v, s.v)
	}
	return fmt.Errorf("JSON column holds %T", v)
}

// inJSON writes a value as JSON text.
func inJSON(v any) driver.Valuer { return jsonValue{v} }

type jsonValue struct{ v any }

func (j jsonValue) Value() (driver.Value, error) {
	b, err := json.Marshal(j.v)
	return string(b), err
}

// storable makes strings fit for a text column, in place.
func storable(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = storableText(s)
		}
	}
	return args
}

// storableText replaces NUL and broken UTF-8: PostgreSQL takes neither, SQLite takes both, and what comes out of
// documents may hold either.
func storableText(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// orNull writes an empty reference as null, so that a foreign key may hold.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// where collects the conditions of a filter.
type where struct {
	conds []string
	args  []any
}

// add adds a condition in which every "?" stands for the next argument.
func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conds = append(w.conds, cond)
}

// in adds "col in (…)" for at least one value.
func (w *where) in(col string, values ...string) {
	w.add(col+" in (?"+strings.Repeat(", ?", len(values)-1)+")", anys(values)...)
}

// text gives the where clause, empty when there are no conditions.
func (w *where) text() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conds, " and ")
}

// placeholders gives "$from, $from+1, …", n of them.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// tuples gives "($1, $2), ($3, $4), …", n of them, each of a width.
func tuples(width, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + placeholders(1+i*width, width) + ")")
	}
	return b.String()
}

// subjects adds "(kind, id) is one of these" for at least one subject.
func (w *where) subjects(kind, id string, subjects []fact.Subject) {
	var args []any
	for _, s := range subjects {
		args = append(args, string(s.Kind), s.ID)
	}
	each := "(" + kind + " = ? and " + id + " = ?)"
	w.add("("+each+strings.Repeat(" or "+each, len(subjects)-1)+")", args...)
}

// anys gives values as arguments of a statement.
func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
