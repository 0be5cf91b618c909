package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Object names what an audit entry is about: a noun of the domain ("document", "software", "claim") and an id.
type Object struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Change is the detail of an audit entry for something that was altered. Before is nil for something new, After for
// something removed.
type Change struct {
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// Entry is one line of the audit log.
type Entry struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Via     Via             `json:"via"`
	Request string          `json:"request,omitempty"`
	Action  string          `json:"action"` // a verb in the past: "added", "approved", "revoked"
	Object  Object          `json:"object"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// Audit writes what this transaction does into the audit log, and a leaf for the ledger that names the actor and the
// detail by salted digests only. detail is a [Change] or anything else JSON can hold; nil when there is nothing to say.
func (tx *Tx) Audit(ctx context.Context, action string, object Object, detail any) error {
	text := ""
	if detail != nil {
		b, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("audit %s %s: %w", action, object.Kind, err)
		}
		text = string(b)
	}
	object.ID = storableText(object.ID) // the leaf must say what the row says
	e := auditRow{
		Entry: Entry{ID: tx.NewID(), At: tx.Now(), Actor: tx.actor.Account, Via: tx.actor.Via, Request: tx.actor.Request,
			Action: action, Object: object, Detail: json.RawMessage(text)},
		salt: tx.NewID() + tx.NewID(),
	}
	_, err := tx.exec(ctx, `insert into audit (id, at, actor, via, request, action, object_kind, object_id, detail, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, ms(e.At), e.Actor, string(e.Via), e.Request, e.Action, object.Kind, object.ID, text, e.salt)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", action, object.Kind, err)
	}
	if err := tx.putEvent(ctx, e); err != nil {
		return fmt.Errorf("audit %s %s: %w", action, object.Kind, err)
	}
	tx.audits++
	return nil
}

// auditRow is an entry with the salt of its digests, which never leaves the store.
type auditRow struct {
	Entry
	salt string
}

// AuditFilter narrows [DB.AuditLog]. Zero fields do not narrow.
type AuditFilter struct {
	Object Object // Kind alone, or Kind and ID
	Actor  string
	Since  time.Time
	Before string // id of the last entry of the page before
	Limit  int    // 100 when zero
}

// AuditLog gives entries, the latest first.
func (db *DB) AuditLog(ctx context.Context, f AuditFilter) ([]Entry, error) {
	var w where
	if f.Object.Kind != "" {
		w.add("object_kind = ?", f.Object.Kind)
	}
	if f.Object.ID != "" {
		w.add("object_id = ?", f.Object.ID)
	}
	if f.Actor != "" {
		w.add("actor = ?", f.Actor)
	}
	if !f.Since.IsZero() {
		w.add("at >= ?", ms(f.Since))
	}
	if f.Before != "" {
		w.add("(at, id) < (select at, id from audit where id = ?)", f.Before)
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	w.args = append(w.args, f.Limit)
	rows, err := list(ctx, db, scanAudit, selectAudit+w.text()+fmt.Sprintf(" order by at desc, id desc limit $%d", len(w.args)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = r.Entry
	}
	return out, nil
}

const selectAudit = `select id, at, actor, via, request, action, object_kind, object_id, detail, salt from audit`

func scanAudit(r row) (e auditRow, err error) {
	var detail string
	err = r.Scan(&e.ID, asTime(&e.At), &e.Actor, &e.Via, &e.Request, &e.Action, &e.Object.Kind, &e.Object.ID, &detail, &e.salt)
	if detail != "" {
		e.Detail = json.RawMessage(detail)
	}
	return e, err
}

// EraseActor takes a person out of the audit log: who it was, and the details, of everything an account did. The
// entries and their leaves in the ledger stay, but nothing ties them to the person any more, because the salt of their
// digests is gone too. It gives the number of entries.
func (tx *Tx) EraseActor(ctx context.Context, account string) (int64, error) {
	n, err := tx.exec(ctx, `update audit set actor = '', detail = '', salt = '' where actor = $1`, account)
	if err != nil {
		return 0, fmt.Errorf("erase %s from the audit log: %w", account, err)
	}
	return n, nil
}
