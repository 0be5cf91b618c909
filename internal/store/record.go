package store

import (
	"context"
	"fmt"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// SaveRecord adds a record of a register (Revision 1) or its next revision, and keeps every revision. It is an error
// of kind Conflict when another change came first or the key is taken, and of kind Forbidden when the approver is the
// author. The rules of a record's life are those of package register.
func (tx *Tx) SaveRecord(ctx context.Context, r register.Record) error {
	if err := ownApproval(r.Author, r.Approver); err != nil {
		return err
	}
	err := tx.saveRevised(ctx, recordNoun, "record", r.ID, r.Revision, cols{{"kind", r.Kind}, {"key", r.Key},
		{"state", string(r.State)}, {"data", inJSON(r.Data)}, {"author", r.Author}, {"created_at", ms(r.CreatedAt)},
		{"changed_at", ms(r.ChangedAt)}, {"approver", r.Approver}, {"approved_at", ms(r.ApprovedAt)},
		{"approved_digest", r.ApprovedDigest}, {"valid_until", ms(r.ValidUntil)}, {"subject_kind", string(r.Subject.Kind)},
		{"subject_id", r.Subject.ID}})
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `insert into record_revision (record, revision, state, data, author, approver, at)
		values ($1, $2, $3, $4, $5, $6, $7)`, r.ID, r.Revision, string(r.State), inJSON(r), r.Author, r.Approver, ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("save record %s: %w", r.ID, err)
	}
	return nil
}

const selectRecord = `select id, kind, key, revision, state, data, author, created_at, changed_at, approver, approved_at,
	approved_digest, valid_until, subject_kind, subject_id from record`

func scanRecord(r row) (v register.Record, err error) {
	err = r.Scan(&v.ID, &v.Kind, &v.Key, &v.Revision, &v.State, asJSON(&v.Data), &v.Author, asTime(&v.CreatedAt),
		asTime(&v.ChangedAt), &v.Approver, asTime(&v.ApprovedAt), &v.ApprovedDigest, asTime(&v.ValidUntil),
		&v.Subject.Kind, &v.Subject.ID)
	register.Retype(v.Data)
	return v, err
}

// Record gives one record by id.
func (db *DB) Record(ctx context.Context, id string) (register.Record, error) {
	r, err := one(ctx, db, scanRecord, selectRecord+` where id = $1`, id)
	return found(r, err, recordNoun, id)
}

// RecordByKey gives one record by its kind and the key people gave it.
func (db *DB) RecordByKey(ctx context.Context, kind, key string) (register.Record, error) {
	r, err := one(ctx, db, scanRecord, selectRecord+` where kind = $1 and key = $2`, kind, key)
	return found(r, err, recordNoun, key)
}

// RecordFilter narrows [DB.Records]. Zero fields do not narrow.
type RecordFilter struct {
	Kinds    []string
	Subjects []fact.Subject
	State    register.State
}

// Records gives records by kind and key.
func (db *DB) Records(ctx context.Context, f RecordFilter) ([]register.Record, error) {
	var w where
	if len(f.Kinds) > 0 {
		w.in("kind", f.Kinds...)
	}
	if len(f.Subjects) > 0 {
		w.subjects("subject_kind", "subject_id", f.Subjects)
	}
	if f.State != "" {
		w.add("state = ?", string(f.State))
	}
	return list(ctx, db, scanRecord, selectRecord+w.text()+` order by kind, key`, w.args...)
}

// RecordHistory gives every revision of a record, the first one first.
func (db *DB) RecordHistory(ctx context.Context, id string) ([]register.Record, error) {
	return list(ctx, db, func(r row) (register.Record, error) {
		v, err := scanData[register.Record](r)
		register.Retype(v.Data)
		return v, err
	}, `select data from record_revision where record = $1 order by revision`, id)
}
