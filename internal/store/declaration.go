package store

import (
	"context"
	"encoding/json"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
)

// DeclarationState is where a declaration stands.
type DeclarationState string

// The states: frozen and waiting for approvals, approved and waiting for its signature, handed out, withdrawn, or
// replaced by a later one.
const (
	DeclarationDraft      DeclarationState = "draft"
	DeclarationApproved   DeclarationState = "approved"
	DeclarationIssued     DeclarationState = "issued"
	DeclarationRevoked    DeclarationState = "revoked"
	DeclarationSuperseded DeclarationState = "superseded"
)

// Approval is one person's approval of a content, and how the person proved to be who they are.
type Approval struct {
	Account string    `json:"account"`
	At      time.Time `json:"at"`
	Method  string    `json:"method"` // "password", "session" …
	Digest  string    `json:"digest"` // content digest that was approved
	// Reviewed says that the person looked it over, which lets nobody sign it: an approval has to follow.
	Reviewed bool `json:"reviewed,omitempty"`
}

// Declaration is a frozen assessment on its way to a signature (自己適合宣言, 対応状況報告).
type Declaration struct {
	ID            string           `json:"id"`
	Kind          string           `json:"kind"` // declaration, status_report
	Level         guideline.Level  `json:"level"`
	Party         string           `json:"party"`
	Subject       fact.Subject     `json:"subject"` // software or system
	Release       string           `json:"release,omitempty"`
	Serial        int64            `json:"serial"` // counts within the subject, from 1; see NextSerial
	State         DeclarationState `json:"state"`
	Content       json.RawMessage  `json:"content"`          // what was frozen, as package declare takes it
	ContentDigest string           `json:"content_digest"`   // sha256 of Content
	Signed        string           `json:"signed,omitempty"` // digest of the document with envelope and disclosures
	Bundle        string           `json:"bundle,omitempty"` // digest of the document that is handed out
	Approvals     []Approval       `json:"approvals"`
	CreatedBy     string           `json:"created_by"`
	CreatedAt     time.Time        `json:"created_at"`
	IssuedAt      time.Time        `json:"issued_at,omitzero"`
	EndedAt       time.Time        `json:"ended_at,omitzero"` // revoked or superseded
	Reason        string           `json:"reason,omitempty"`  // of the revocation
	SupersededBy  string           `json:"superseded_by,omitempty"`
	Revision      int              `json:"revision"`
}

// NextSerial gives the serial number for the next declaration about a subject.
func (db *DB) NextSerial(ctx context.Context, subject fact.Subject) (int64, error) {
	return one(ctx, db, scanInt, `select coalesce(max(serial), 0) + 1 from declaration where subject_kind = $1 and subject_id = $2`,
		string(subject.Kind), subject.ID)
}

// SaveDeclaration adds a declaration (Revision 1) or its next revision. It is an error of kind Conflict when another
// change came first or the serial number is taken, and of kind Forbidden when its maker is among those who approve it.
func (tx *Tx) SaveDeclaration(ctx context.Context, d Declaration) error {
	for _, a := range d.Approvals {
		if err := ownApproval(d.CreatedBy, a.Account); err != nil {
			return err
		}
	}
	return tx.saveRevised(ctx, declarationNoun, "declaration", d.ID, d.Revision, cols{{"kind", d.Kind}, {"level", string(d.Level)},
		{"party", d.Party}, {"subject_kind", string(d.Subject.Kind)}, {"subject_id", d.Subject.ID}, {"release", d.Release},
		{"serial", d.Serial}, {"state", string(d.State)}, {"content", string(d.Content)}, {"content_digest", d.ContentDigest},
		{"signed", d.Signed}, {"bundle", d.Bundle}, {"approvals", inJSON(d.Approvals)}, {"created_by", d.CreatedBy},
		{"created_at", ms(d.CreatedAt)}, {"issued_at", ms(d.IssuedAt)}, {"ended_at", ms(d.EndedAt)}, {"reason", d.Reason},
		{"superseded_by", d.SupersededBy}})
}

const selectDeclaration = `select id, kind, level, party, subject_kind, subject_id, release, serial, state, content,
	content_digest, signed, bundle, approvals, created_by, created_at, issued_at, ended_at, reason, superseded_by, revision
	from declaration`

func scanDeclaration(r row) (d Declaration, err error) {
	var content string
	err = r.Scan(&d.ID, &d.Kind, &d.Level, &d.Party, &d.Subject.Kind, &d.Subject.ID, &d.Release, &d.Serial, &d.State, &content,
		&d.ContentDigest, &d.Signed, &d.Bundle, asJSON(&d.Approvals), &d.CreatedBy, asTime(&d.CreatedAt), asTime(&d.IssuedAt),
		asTime(&d.EndedAt), &d.Reason, &d.SupersededBy, &d.Revision)
	d.Content = json.RawMessage(content)
	return d, err
}

// Declaration gives one declaration.
func (db *DB) Declaration(ctx context.Context, id string) (Declaration, error) {
	d, err := one(ctx, db, scanDeclaration, selectDeclaration+` where id = $1`, id)
	return found(d, err, declarationNoun, id)
}

// DeclarationFilter narrows [DB.Declarations]. Zero fields do not narrow.
type DeclarationFilter struct {
	Subject fact.Subject
	Release string
	State   DeclarationState
}

// Declarations gives declarations, the latest last.
func (db *DB) Declarations(ctx context.Context, f DeclarationFilter) ([]Declaration, error) {
	var w where
	if f.Subject != (fact.Subject{}) {
		w.subjects("subject_kind", "subject_id", []fact.Subject{f.Subject})
	}
	if f.Release != "" {
		w.add("release = ?", f.Release)
	}
	if f.State != "" {
		w.add("state = ?", string(f.State))
	}
	return list(ctx, db, scanDeclaration, selectDeclaration+w.text()+` order by created_at, id`, w.args...)
}
