package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// PutFacts adds facts. Empty ids are filled in. Facts are never changed; those of a document that is read again are
// dropped first with [Tx.DropFactsOf].
func (tx *Tx) PutFacts(ctx context.Context, facts []fact.Fact) error {
	rows := make([][]any, len(facts))
	for i, f := range facts {
		data, err := json.Marshal(f.Data)
		if err != nil {
			return fmt.Errorf("put fact %s: %w", f.Kind, err)
		}
		if f.ID == "" {
			f.ID = tx.NewID()
		}
		rows[i] = []any{f.ID, string(f.Kind), string(f.Subject.Kind), f.Subject.ID, ms(f.ObservedAt), ms(f.ValidUntil),
			orNull(f.Document), f.Record, f.Pointer, string(data)}
	}
	return tx.bulk(ctx, "fact", []string{"id", "kind", "subject_kind", "subject_id", "observed_at", "valid_until",
		"document", "record", "pointer", "data"}, rows)
}

// DropFactsOf removes the facts that were read from a document, so that it can be read again.
func (tx *Tx) DropFactsOf(ctx context.Context, document string) error {
	_, err := tx.exec(ctx, `delete from fact where document = $1`, document)
	return err
}

// DropFactsOfRecord removes the facts that came from some records, or from computations of our own that go under a name
// there, so that newer ones take their place.
func (tx *Tx) DropFactsOfRecord(ctx context.Context, records ...string) error {
	return lookups(records, func(part []string) error {
		_, err := tx.exec(ctx, `delete from fact where record in (`+tx.dialect.places(len(part))+`)`, anys(part)...)
		return err
	})
}

// SubjectsWith gives those of some subjects of one kind, by id, about which there is a fact of a kind.
func (db *DB) SubjectsWith(ctx context.Context, kind fact.Kind, about fact.SubjectKind, ids []string) (out []string, err error) {
	err = lookups(ids, func(part []string) error {
		found, err := list(ctx, db, scanString, `select distinct subject_id from fact where subject_kind = $1 and kind = $2 and subject_id in (`+
			placeholders(3, len(part))+`)`, append([]any{string(about), string(kind)}, anys(part)...)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// FactFilter narrows [DB.Facts]. Zero fields do not narrow.
type FactFilter struct {
	Subjects []fact.Subject
	About    fact.SubjectKind
	Kinds    []fact.Kind
	Document string
	Record   string
	Until    time.Time // observed at or before
	IDs      []string
}

// Facts gives facts with their data decoded, in the order of subject, kind, time of observation and id; of two facts
// of one kind about one subject the later comes last.
func (db *DB) Facts(ctx context.Context, f FactFilter) ([]fact.Fact, error) {
	w := f.where()
	return list(ctx, db, scanFact, `select id, kind, subject_kind, subject_id, observed_at, valid_until, coalesce(document, ''),
		record, pointer, data from fact`+w.text()+` order by subject_kind, subject_id, kind, observed_at, id`, w.args...)
}

func (f FactFilter) where() *where {
	w := new(where)
	if len(f.Subjects) > 0 {
		w.subjects("subject_kind", "subject_id", f.Subjects)
	}
	if f.About != "" {
		w.add("subject_kind = ?", string(f.About))
	}
	if len(f.Kinds) > 0 {
		kinds := make([]string, len(f.Kinds))
		for i, k := range f.Kinds {
			kinds[i] = string(k)
		}
		w.in("kind", kinds...)
	}
	if f.Document != "" {
		w.add("document = ?", f.Document)
	}
	if f.Record != "" {
		w.add("record = ?", f.Record)
	}
	if !f.Until.IsZero() {
		w.add("observed_at <= ?", ms(f.Until))
	}
	if len(f.IDs) > 0 {
		w.in("id", f.IDs...)
	}
	return w
}

func scanFact(r row) (f fact.Fact, err error) {
	var data []byte
	err = r.Scan(&f.ID, &f.Kind, &f.Subject.Kind, &f.Subject.ID, asTime(&f.ObservedAt), asTime(&f.ValidUntil),
		&f.Document, &f.Record, &f.Pointer, &data)
	if err != nil {
		return f, err
	}
	if f.Data, err = fact.Decode(f.Kind, data); err != nil {
		return f, unreadableFact(f, err)
	}
	return f, nil
}

// unreadableFact is for facts written by a program whose types were different; documents can be read again.
func unreadableFact(f fact.Fact, err error) error {
	return &lang.Error{
		Kind:  lang.Unreadable,
		What:  lang.F("保存されている事実（種類 %s）を読めません", "a stored fact of kind %s cannot be read", f.Kind),
		Next:  lang.T("tasuki reindex で文書を読み直してください", "read the documents again with tasuki reindex"),
		Where: f.Document,
		Err:   err,
	}
}
