package store

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/pattern"
)

// A backup is a tar file: manifest.json first, then one file of JSON lines for each table, the documents, and the key
// files as they lie there. It holds no sessions, leases or set-up tokens. The same content gives the same bytes on
// every database, and a backup of one database can be restored into the other.

// backupTables are the tables of a backup, those that are referred to before those that refer, each with the columns
// that give its rows an order.
var backupTables = [...]struct{ name, order string }{
	{"audit", "id"}, {"ledger_event", "id"}, {"ledger_hash", "idx"}, {"checkpoint", "size"},
	{"document", "digest"}, {"document_subject", "document, subject_kind, subject_id"}, {"refused", "id"}, {"fact", "id"},
	{"party", "id"}, {"software", "id"}, {"release", "id"}, {"artifact", "release, ord"},
	{"system", "id"}, {"system_release", "system, release"}, {"arrangement", "id"}, {"engagement", "id"},
	{"agreement", "id"}, {"component_rule", "id"},
	{"component", "id"}, {"component_list", "id"}, {"list_content", "list"}, {"component_package", "package, component"},
	{"advisory_source", "name"}, {"finding", "component, vuln"}, {"vuln_alias", "alias, vuln"}, {"decision", "id"}, {"epss", "cve"},
	{"feed_part", "source, address"}, {"vuln_record", "source, id"}, {"vuln_record_name", "name, source, id"},
	{"vuln_record_product", "product, source, id"},
	{"record", "id"}, {"record_revision", "record, revision"}, {"claim", "id"},
	{"duty_status", "party, arrangement, subject_kind, subject_id, role, requirement"}, {"duty_status_history", "id"},
	{"renewal", "source"}, {"judgement", "subject_kind, subject_id"},
	{"plan", "arrangement, party, role, requirement"}, {"comment", "id"},
	{"declaration", "id"}, {"account", "id"}, {"api_token", "id"}, {"setting", "key"}, {"job", "id"},
}

const (
	backupFormat  = "tasuki-backup"
	backupVersion = 1
	manifestName  = "manifest.json"
)

// Manifest is the first file of a backup.
type Manifest struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Schema  int64          `json:"schema"` // version of the database schema
	MadeAt  time.Time      `json:"made_at"`
	Files   []ManifestFile `json:"files"` // every other file of the backup, in its order
}

// ManifestFile is a file of a backup.
type ManifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
}

// fileName is what a file of a backup may be called. Nothing else is written or restored.
var fileName = pattern.Of(`^(tables/[a-z_]+\.jsonl|documents/[0-9a-f]{2}/[0-9a-f]{64}|keys(/[A-Za-z0-9][A-Za-z0-9._-]*){1,2})$`)

// Backup writes a consistent picture of the workspace as one tar file and gives its manifest. Others may go on working
// meanwhile; what they change after the start is not in it.
func (db *DB) Backup(ctx context.Context, w io.Writer) (m Manifest, err error) {
	temp, err := os.MkdirTemp("", "tasuki-backup-")
	if err != nil {
		return m, fmt.Errorf("back up: %w", err)
	}
	defer os.RemoveAll(temp)
	err = db.View(ctx, func(db *DB) error {
		b := backup{db: db, temp: temp, sources: map[string]string{}}
		if err := b.collect(ctx); err != nil {
			return err
		}
		m = b.manifest
		return b.write(ctx, w)
	})
	if err != nil {
		return m, fmt.Errorf("back up: %w", err)
	}
	return m, nil
}

type backup struct {
	db       *DB
	temp     string
	manifest Manifest
	sources  map[string]string // where the bytes of a file lie
}

// collect dumps the tables into files and lists everything that will be written.
func (b *backup) collect(ctx context.Context) error {
	schema, err := b.db.schemaVersion(ctx)
	if err != nil {
		return err
	}
	b.manifest = Manifest{Format: backupFormat, Version: backupVersion, Schema: schema, MadeAt: b.db.Now(), Files: []ManifestFile{}}
	for _, t := range backupTables {
		path := filepath.Join(b.temp, t.name)
		if err := b.db.dumpTable(ctx, t.name, t.order, path); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if err := b.list("tables/"+t.name+".jsonl", path); err != nil {
			return err
		}
	}
	digests, err := list(ctx, b.db, scanString, `select digest from document order by digest`)
	if err != nil {
		return err
	}
	for _, d := range digests {
		sum := strings.TrimPrefix(d, "sha256:")
		if err := b.list("documents/"+sum[:2]+"/"+sum, b.db.documentPath(d)); err != nil {
			return err
		}
		if got := b.manifest.Files[len(b.manifest.Files)-1].Digest; got != d {
			return damaged(d)
		}
	}
	return filepath.WalkDir(b.db.KeysDir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(b.db.dir, path)
		if err != nil {
			return err
		}
		return b.list(filepath.ToSlash(rel), path)
	})
}

// list adds a file to the manifest.
func (b *backup) list(name, path string) error {
	if !fileName().MatchString(name) {
		return fmt.Errorf("%s has a name that cannot be restored", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	b.manifest.Files = append(b.manifest.Files, ManifestFile{Name: name, Size: n, Digest: digestOf(h)})
	b.sources[name] = path
	return nil
}

func (b *backup) write(ctx context.Context, w io.Writer) error {
	head, err := json.MarshalIndent(b.manifest, "", "  ")
	if err != nil {
		return err
	}
	head = append(head, '\n')
	t := tar.NewWriter(w)
	if err := t.WriteHeader(tarHeader(manifestName, int64(len(head)))); err != nil {
		return err
	}
	if _, err := t.Write(head); err != nil {
		return err
	}
	for _, f := range b.manifest.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.writeFile(t, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return t.Close()
}

func (b *backup) writeFile(t *tar.Writer, f ManifestFile) error {
	src, err := os.Open(b.sources[f.Name])
	if err != nil {
		return err
	}
	defer src.Close()
	if err := t.WriteHeader(tarHeader(f.Name, f.Size)); err != nil {
		return err
	}
	_, err = io.CopyN(t, src, f.Size)
	return err
}

// tarHeader carries nothing of this machine: no owner, no time.
func tarHeader(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX}
}

// dumpTable writes a table as lines of JSON objects. Bytes are written as {"base64": "…"}.
func (db *DB) dumpTable(ctx context.Context, table, order, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := db.q.QueryContext(ctx, "select * from "+table+" order by "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	dest := make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	w := bufio.NewWriter(f)
	line := json.NewEncoder(w)
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		object := make(map[string]any, len(columns))
		for i, c := range columns {
			object[c.Name()] = plain(values[i], c.DatabaseTypeName())
		}
		if err := line.Encode(object); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return w.Flush()
}

// bytesValue is how bytes stand in a dump.
type bytesValue struct {
	Base64 []byte `json:"base64"`
}

// plain gives a scanned value the one form it has in a dump. The drivers differ: SQLite gives truth values as numbers,
// PostgreSQL numbers of any width as int64.
func plain(v any, column string) any {
	switch v := v.(type) {
	case []byte:
		return bytesValue{v}
	case int64:
		if strings.HasPrefix(column, "BOOL") {
			return v != 0
		}
	}
	return v
}
