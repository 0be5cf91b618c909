package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Document is a document as it was received (証跡文書). Its bytes never change and are never lost; Type, Accepted,
// Problems and Summary are what the readers made of them and may improve when it is read again.
type Document struct {
	Digest         string         `json:"digest"` // sha256:<hex>
	Size           int64          `json:"size"`
	Name           string         `json:"name"` // file name it came with
	Type           string         `json:"type"` // format by content; empty when no reader knew it
	Origin         string         `json:"origin"`
	ReceivedAt     time.Time      `json:"received_at"`
	ReceivedBy     string         `json:"received_by"`
	SignatureState string         `json:"signature_state,omitempty"`
	Accepted       bool           `json:"accepted"`
	Problems       []fact.Problem `json:"problems,omitempty"`
	Summary        map[string]any `json:"summary,omitempty"`
}

// Refused is what is kept of a document that was too large to take: no bytes.
type Refused struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Size       int64     `json:"size"`   // bytes read until it was refused
	Digest     string    `json:"digest"` // of these bytes
	Reason     lang.Text `json:"reason"`
	Origin     string    `json:"origin"`
	ReceivedAt time.Time `json:"received_at"`
	ReceivedBy string    `json:"received_by"`
}

// TooLarge is the cause of the error [DB.PutDocument] gives for a document beyond the limit.
type TooLarge struct {
	Size   int64  // bytes read
	Digest string // of these bytes
	Limit  int64
}

// Error tells the limit.
func (e *TooLarge) Error() string { return fmt.Sprintf("more than %d bytes", e.Limit) }

var documentNoun = lang.T("文書", "document")

// PutDocument writes bytes into the workspace and gives their digest and size. They are durable when it returns, but
// belong to nothing until [Tx.AddDocument] names them; bytes that nothing names are swept away after a while. Bytes
// that are there already are left alone. More than limit bytes is an error of kind Unreadable whose cause is a
// [*TooLarge]; nothing is kept then.
func (db *DB) PutDocument(ctx context.Context, r io.Reader, limit int64) (digest string, size int64, err error) {
	in := db.Incoming()
	defer in.Discard()
	if digest, size, err = in.Put(ctx, r, limit); err != nil {
		return "", 0, err
	}
	return digest, size, in.Keep()
}

func tooLarge(e *TooLarge) error {
	return &lang.Error{
		Kind: lang.Unreadable,
		What: lang.T("文書が大きすぎるため、受け取りませんでした", "the document is too large and was not taken"),
		Why:  lang.F("上限は %d バイトです", "the limit is %d bytes", e.Limit),
		Next: lang.T("文書を分けるか、設定で上限を引き上げてください", "split the document, or raise the limit in the settings"),
		Err:  e,
	}
}

// documentPath gives where the bytes of a digest lie; only for digests that validDigest accepts.
func (db *DB) documentPath(digest string) string {
	sum := strings.TrimPrefix(digest, "sha256:")
	return filepath.Join(db.dir, documentsDir, sum[:2], sum)
}

func digestOf(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// DigestOf gives the digest of bytes as it stands everywhere: sha256:<hex>.
func DigestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// validDigest reports whether s is sha256:<64 lower-case hex digits>. Nothing else may become a path.
func validDigest(s string) bool {
	sum, ok := strings.CutPrefix(s, "sha256:")
	if !ok || len(sum) != 2*sha256.Size {
		return false
	}
	return strings.Trim(sum, "0123456789abcdef") == ""
}

// AddDocument names bytes that [DB.PutDocument] kept, and says whether they were unknown before. A document that is
// known already stays as it is. ReceivedAt and ReceivedBy are filled from the transaction when empty.
func (tx *Tx) AddDocument(ctx context.Context, d Document) (added bool, err error) {
	if !validDigest(d.Digest) {
		return false, fmt.Errorf("add document: %q is not a digest", d.Digest)
	}
	if err := tx.dialect.lockFiles(ctx, tx.q, true); err != nil {
		return false, fmt.Errorf("add document: %w", err)
	}
	if _, err := os.Stat(tx.documentPath(d.Digest)); err != nil {
		return false, fmt.Errorf("add document %s: its bytes are not in the workspace: %w", d.Digest, err)
	}
	if d.ReceivedAt.IsZero() {
		d.ReceivedAt = tx.Now()
	}
	if d.ReceivedBy == "" {
		d.ReceivedBy = tx.actor.Account
	}
	n, err := tx.exec(ctx, `insert into document (digest, size, name, type, origin, received_at, received_by, signature_state,
		accepted, problems, summary) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (digest) do nothing`,
		d.Digest, d.Size, d.Name, d.Type, d.Origin, ms(d.ReceivedAt), d.ReceivedBy, d.SignatureState,
		d.Accepted, inJSON(d.Problems), inJSON(d.Summary))
	if err != nil {
		return false, fmt.Errorf("add document %s: %w", d.Digest, err)
	}
	return n == 1, nil
}

// SetReading replaces what the readers made of a document: its type, signature state, acceptance, problems and summary.
func (tx *Tx) SetReading(ctx context.Context, d Document) error {
	n, err := tx.exec(ctx, `update document set type = $1, signature_state = $2, accepted = $3, problems = $4, summary = $5
		where digest = $6`, d.Type, d.SignatureState, d.Accepted, inJSON(d.Problems), inJSON(d.Summary), d.Digest)
	if err != nil {
		return fmt.Errorf("set reading of %s: %w", d.Digest, err)
	}
	if n == 0 {
		return notFound(documentNoun, d.Digest)
	}
	return nil
}

// LinkDocument says what a document is about. Saying it again changes nothing.
func (tx *Tx) LinkDocument(ctx context.Context, digest string, s fact.Subject) error {
	_, err := tx.exec(ctx, `insert into document_subject (document, subject_kind, subject_id, linked_at) values ($1, $2, $3, $4)
		on conflict (document, subject_kind, subject_id) do nothing`, digest, string(s.Kind), s.ID, ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("link document %s: %w", digest, err)
	}
	return nil
}

// AddRefused keeps that a document was refused for its size. Its id and time are filled in.
func (tx *Tx) AddRefused(ctx context.Context, r Refused) error {
	_, err := tx.exec(ctx, `insert into refused (id, name, size, digest, reason, origin, received_at, received_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, tx.NewID(), r.Name, r.Size, r.Digest, inJSON(r.Reason), r.Origin,
		ms(tx.Now()), tx.actor.Account)
	if err != nil {
		return fmt.Errorf("add refused document: %w", err)
	}
	return nil
}

// RefusedDocuments gives the documents that were refused for their size, the latest first.
func (db *DB) RefusedDocuments(ctx context.Context) ([]Refused, error) {
	return list(ctx, db, func(r row) (d Refused, err error) {
		err = r.Scan(&d.ID, &d.Name, &d.Size, &d.Digest, asJSON(&d.Reason), &d.Origin, asTime(&d.ReceivedAt), &d.ReceivedBy)
		return d, err
	}, `select id, name, size, digest, reason, origin, received_at, received_by from refused order by received_at desc, id desc`)
}

const selectDocument = `select digest, size, name, type, origin, received_at, received_by, signature_state, accepted,
	problems, summary from document`

func scanDocument(r row) (d Document, err error) {
	err = r.Scan(&d.Digest, &d.Size, &d.Name, &d.Type, &d.Origin, asTime(&d.ReceivedAt), &d.ReceivedBy, &d.SignatureState,
		&d.Accepted, asJSON(&d.Problems), asJSON(&d.Summary))
	return d, err
}

// Document gives one document by digest.
func (db *DB) Document(ctx context.Context, digest string) (Document, error) {
	d, err := one(ctx, db, scanDocument, selectDocument+` where digest = $1`, digest)
	return found(d, err, documentNoun, digest)
}

// DocumentFilter narrows [DB.Documents]. Zero fields do not narrow.
type DocumentFilter struct {
	Subject fact.Subject
	Type    string
	Refused bool // only documents that no reader could take
	Since   time.Time
	Limit   int // no limit when zero
}

// Documents gives documents, the latest first.
func (db *DB) Documents(ctx context.Context, f DocumentFilter) ([]Document, error) {
	var w where
	if f.Subject != (fact.Subject{}) {
		w.add("digest in (select document from document_subject where subject_kind = ? and subject_id = ?)",
			string(f.Subject.Kind), f.Subject.ID)
	}
	if f.Type != "" {
		w.add("type = ?", f.Type)
	}
	if f.Refused {
		w.add("not accepted")
	}
	if !f.Since.IsZero() {
		w.add("received_at >= ?", ms(f.Since))
	}
	query := selectDocument + w.text() + " order by received_at desc, digest"
	if f.Limit > 0 {
		query += fmt.Sprintf(" limit %d", f.Limit)
	}
	return list(ctx, db, scanDocument, query, w.args...)
}

// DocumentSubjects gives what a document is about.
func (db *DB) DocumentSubjects(ctx context.Context, digest string) ([]fact.Subject, error) {
	return list(ctx, db, func(r row) (s fact.Subject, err error) { err = r.Scan(&s.Kind, &s.ID); return },
		`select subject_kind, subject_id from document_subject where document = $1 order by subject_kind, subject_id`, digest)
}

// OpenDocument opens the bytes of a document. Reading to the end checks them against the digest; bytes that differ
// give an error of kind Unverified in place of io.EOF.
func (db *DB) OpenDocument(digest string) (io.ReadCloser, error) {
	if !validDigest(digest) {
		return nil, fmt.Errorf("open document: %q is not a digest", digest)
	}
	f, err := os.Open(db.documentPath(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(documentNoun, digest)
	}
	if err != nil {
		return nil, fmt.Errorf("open document: %w", err)
	}
	return &checkedFile{File: f, hash: sha256.New(), digest: digest}, nil
}

// ReadDocument gives all bytes of a document, checked against the digest.
func (db *DB) ReadDocument(digest string) ([]byte, error) {
	f, err := db.OpenDocument(digest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// checkedFile hashes what is read and compares at the end.
type checkedFile struct {
	*os.File
	hash   hash.Hash
	digest string
}

func (c *checkedFile) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	c.hash.Write(p[:n])
	if err == io.EOF && digestOf(c.hash) != c.digest {
		return n, damaged(c.digest)
	}
	return n, err
}

// WriteTo hides the method of *os.File that would go past Read.
func (c *checkedFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

func damaged(digest string) error {
	return &lang.Error{
		Kind: lang.Unverified,
		What: lang.F("保存されている文書 %s の内容がダイジェストと一致しません", "the stored bytes of document %s do not have that digest", digest),
		Next: lang.T("ディスクを確認し、バックアップから復元してください", "check the disk and restore the document from a backup"),
	}
}

// readerOf stops reading when the context ends.
func readerOf(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

type contextReader struct {
	ctx context.Context // lives no longer than the call it was made in
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
