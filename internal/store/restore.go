package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"example.org/tasuki/internal/lang"
)

// maxManifest bounds what is read before anything is known of a backup: about a million documents.
const maxManifest = 256 << 20

// Restore makes the workspace that a backup was made of, in a directory that is empty or absent (and, for PostgreSQL,
// in a database that holds none). Every byte is held against the manifest's digests, and the whole against itself with
// [DB.Check], before the directory gets its name; when anything is wrong no directory is left behind. (A PostgreSQL
// database keeps its empty tables then, and its rows when it was the last check that failed: drop it.) An audit entry
// says who restored what.
func Restore(ctx context.Context, r io.Reader, o Options, actor Actor) (Manifest, error) {
	if err := emptyDir(o.Dir); err != nil {
		return Manifest{}, err
	}
	parent := filepath.Dir(filepath.Clean(o.Dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return Manifest{}, fmt.Errorf("restore: %w", err)
	}
	temp, err := os.MkdirTemp(parent, ".restoring-")
	if err != nil {
		return Manifest{}, fmt.Errorf("restore: %w", err)
	}
	defer os.RemoveAll(temp) // it has another name by then when all went well
	at := o
	at.Dir = temp
	m, err := restoreInto(ctx, tar.NewReader(r), at, actor)
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	if err := os.Remove(o.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("restore: %w", err)
	}
	if err := os.Rename(temp, o.Dir); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	return m, syncDir(parent)
}

func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.F("復元先の「%s」は空ではありません", "%q, where the backup should go, is not empty", dir),
		Next: lang.T("空のディレクトリを指定してください", "give an empty directory"),
	}
}

// restoreInto fills a fresh directory.
func restoreInto(ctx context.Context, t *tar.Reader, o Options, actor Actor) (Manifest, error) {
	m, err := readManifest(t)
	if err != nil {
		return m, err
	}
	if err := prepareDir(o.Dir); err != nil {
		return m, err
	}
	db, err := connect(ctx, o)
	if err != nil {
		return m, err
	}
	defer db.Close()
	if err := db.migrate(ctx, m.Schema); err != nil {
		return m, err
	}
	if err := db.housekeeping(ctx, func(tx *Tx) error { return restoreFiles(ctx, tx, t, m) }); err != nil {
		return m, err
	}
	if err := db.migrate(ctx, 0); err != nil {
		return m, err
	}
	problems, err := db.Check(ctx)
	if err != nil {
		return m, err
	}
	if len(problems) > 0 {
		return m, unfit(problems[0].Where, problems[0].What)
	}
	return m, db.InTx(ctx, actor, func(tx *Tx) error {
		return tx.Audit(ctx, "restored", Object{Kind: "workspace", ID: "workspace"}, map[string]any{"made_at": m.MadeAt, "files": len(m.Files)})
	})
}

func unfit(where string, what lang.Text) error {
	return &lang.Error{
		Kind:  lang.Unverified,
		Where: where,
		What:  what,
		Next:  lang.T("このバックアップは使えません。別のバックアップを使ってください", "this backup cannot be used; use another one"),
	}
}

func readManifest(t *tar.Reader) (m Manifest, err error) {
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Size > maxManifest {
		return m, unfit("", lang.T("Tasuki のバックアップではありません", "this is not a backup made by Tasuki"))
	}
	d := json.NewDecoder(t)
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || m.Format != backupFormat || m.Version < 1 || m.Schema < 1 {
		return m, unfit(manifestName, lang.T("目録を読めません", "the manifest cannot be read"))
	}
	if m.Version > backupVersion {
		return m, newer(int64(m.Version), backupVersion)
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		if !fileName().MatchString(f.Name) || seen[f.Name] {
			return m, unfit(f.Name, lang.T("目録に、復元できない名前のファイルがあります", "the manifest lists a file that cannot be restored"))
		}
		seen[f.Name] = true
	}
	return m, nil
}

// restoreFiles takes the files of a backup one by one; they must be those of the manifest, in its order.
func restoreFiles(ctx context.Context, tx *Tx, t *tar.Reader, m Manifest) error {
	if n, err := one(ctx, tx.DB, scanInt, `select count(*) from audit`); err != nil || n > 0 {
		return errors.Join(err, &lang.Error{Kind: lang.Conflict,
			What: lang.T("復元先のデータベースは空ではありません", "the database the backup should go to is not empty")})
	}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if err != nil || h.Name != f.Name || h.Typeflag != tar.TypeReg || h.Size != f.Size {
			return unfit(f.Name, lang.T("目録にあるファイルがないか、大きさが異なります", "a file of the manifest is missing or has another size"))
		}
		if err := tx.restoreFile(ctx, t, f); err != nil {
			return err
		}
	}
	if _, err := t.Next(); err != io.EOF {
		return unfit("", lang.T("目録にないファイルがあります", "there is a file that the manifest does not list"))
	}
	return tx.dialect.afterRestore(ctx, tx)
}

func (tx *Tx) restoreFile(ctx context.Context, r io.Reader, f ManifestFile) error {
	h := sha256.New()
	r = io.TeeReader(r, h)
	var err error
	if table, ok := strings.CutPrefix(f.Name, "tables/"); ok {
		err = tx.loadTable(ctx, strings.TrimSuffix(table, ".jsonl"), r)
	} else {
		err = tx.restoreBytes(r, f.Name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if digestOf(h) != f.Digest {
		return unfit(f.Name, lang.T("内容が目録のダイジェストと一致しません", "its bytes do not have the digest of the manifest"))
	}
	return nil
}

// restoreBytes writes a document or a key. The name has the form of fileName, so it stays inside the workspace.
func (tx *Tx) restoreBytes(r io.Reader, name string) error {
	to := filepath.Join(tx.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	mode := os.FileMode(0o600)
	if strings.HasPrefix(name, documentsDir) {
		mode = 0o400
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, h), r); err != nil {
		return err
	}
	if strings.HasPrefix(name, documentsDir) && digestOf(h) != "sha256:"+path.Base(name) {
		return damaged("sha256:" + path.Base(name))
	}
	return f.Sync()
}

// loadTable reads what dumpTable wrote. Every line must have exactly the columns the table has at the schema of the
// backup.
func (tx *Tx) loadTable(ctx context.Context, table string, r io.Reader) error {
	if !isBackupTable(table) {
		return unfit(table, lang.T("知らない表です", "this table is not known"))
	}
	columns, err := tx.columns(ctx, table)
	if err != nil {
		return err
	}
	d := json.NewDecoder(r)
	d.UseNumber()
	var rows [][]any
	for {
		var object map[string]json.RawMessage
		err := d.Decode(&object)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		row, err := rowOf(object, columns)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		if len(rows) == 5*chunk {
			if err := tx.bulk(ctx, table, columns, rows); err != nil {
				return err
			}
			rows = nil
		}
	}
	return tx.bulk(ctx, table, columns, rows)
}

// formerTable is in backups made before lists of components became rows of list_content.
const formerTable = "release_component"

func isBackupTable(name string) bool {
	if name == formerTable {
		return true
	}
	for _, t := range backupTables {
		if t.name == name {
			return true
		}
	}
	return false
}

func (db *DB) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := db.q.QueryContext(ctx, "select * from "+table+" where false")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

func rowOf(object map[string]json.RawMessage, columns []string) ([]any, error) {
	if len(object) != len(columns) {
		return nil, fmt.Errorf("a line has %d values for %d columns", len(object), len(columns))
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		raw, ok := object[c]
		if !ok {
			return nil, fmt.Errorf("a line has no %s", c)
		}
		v, err := value(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		row[i] = v
	}
	return row, nil
}

// value reads a value that plain wrote.
func value(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case json.Number:
		return v.Int64()
	case map[string]any:
		var b bytesValue
		err := json.Unmarshal(raw, &b)
		return b.Base64, err
	}
	return nil, fmt.Errorf("unexpected %T", v)
}
