// Package office is what people write down and decide: records and claims with their approvals, plans and owners, deals,
// decisions about findings, heartbeats, procurement, exercises, and the checklist as a sheet, out and back in.
//
// Start from [PutRecord], [DraftClaim], [Approve] and [Decide].
package office

import (
	"context"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// A PutAction says what putting a record came to.
type PutAction string

// The actions. A record whose content is the same already stays as it is, approval included.
const (
	Added     PutAction = "added"
	Changed   PutAction = "changed"
	Unchanged PutAction = "unchanged"
)

// RecordSubject holds a subject against what a register's records are about, and gives our own organisation when none is
// named. A record of a software, release or system register about an organisation speaks for everything of it, so it has
// to be said; a record of an organisation register about anything else would never count.
func RecordSubject(ctx context.Context, db *store.DB, kind guideline.Register, s fact.Subject) (fact.Subject, error) {
	switch {
	case s == (fact.Subject{}) && kind.Scope == guideline.OrgScope:
		self, err := db.Self(ctx)
		return fact.Subject{Kind: fact.Org, ID: self.ID}, err
	case s == (fact.Subject{}):
		return s, &lang.Error{Kind: lang.Usage, What: lang.F("台帳「%s」の記録は、何についてのものかの指定が必要です", "a record of %q has to say what it is about", kind.Title),
			Next: lang.T("--subject software:名称、release:名称@版、system:名称、又は全体についてなら party:self を指定してください",
				"give --subject software:NAME, release:NAME@VERSION or system:NAME, or party:self when it holds for everything")}
	case s.Kind != fact.Org && kind.Scope == guideline.OrgScope:
		return s, &lang.Error{Kind: lang.Usage, What: lang.F("台帳「%s」の記録は組織についてのものです", "records of %q are about an organisation", kind.Title),
			Next: lang.T("--subject を外すか、party:ID を指定してください", "leave --subject out, or give party:ID")}
	}
	return s, nil
}

// PutRecord adds a record of a register, or changes the one that has the entry's key. Either way it is a draft of the
// actor, and counts once somebody else approves it. The entry is validated (see [register.Read]).
func PutRecord(ctx context.Context, db *store.DB, actor store.Actor, kind guideline.Register, e register.Entry, s fact.Subject) (register.Record, PutAction, error) {
	var r register.Record
	var action PutAction
	err := db.InTx(ctx, actor, func(tx *store.Tx) error {
		before, err := tx.RecordByKey(ctx, kind.Kind, e.Key)
		if err != nil && lang.KindOf(err) != lang.NotFound {
			return err
		}
		if lang.KindOf(err) == lang.NotFound {
			action, r = Added, register.New(kind, db.NewID(), e.Key, s, e.Data, actor.Account, tx.Now())
		} else {
			same := before
			same.Data, same.Subject, same.ValidUntil = e.Data, s, e.Until()
			if r = before; before.State != register.Retired && register.Digest(same) == register.Digest(before) {
				action = Unchanged
				return nil
			}
			if action, r, err = changeOf(before, e, s, actor, tx); err != nil {
				return err
			}
		}
		r.ValidUntil = e.Until()
		if err := tx.SaveRecord(ctx, r); err != nil {
			return err
		}
		change := store.Change{After: r}
		if action == Changed {
			change.Before = before
		}
		return tx.Audit(ctx, string(action), recordObject(r), change)
	})
	return r, action, err
}

func changeOf(before register.Record, e register.Entry, s fact.Subject, actor store.Actor, tx *store.Tx) (PutAction, register.Record, error) {
	r, err := register.Change(before, e.Data, actor.Account, tx.Now())
	r.Subject = s
	return Changed, r, err
}

// RetireRecord takes a record out of use.
func RetireRecord(ctx context.Context, db *store.DB, actor store.Actor, id string) (register.Record, error) {
	return alterRecord(ctx, db, actor, id, "retired", "", func(r register.Record, tx *store.Tx) (register.Record, error) {
		return register.Retire(r, tx.Now()), nil
	})
}

func alterRecord(ctx context.Context, db *store.DB, actor store.Actor, id, action, method string, alter func(register.Record, *store.Tx) (register.Record, error)) (register.Record, error) {
	var after register.Record
	err := db.InTx(ctx, actor, func(tx *store.Tx) error {
		before, err := tx.Record(ctx, id)
		if err != nil {
			return err
		}
		if after, err = alter(before, tx); err != nil {
			return err
		}
		if err := tx.SaveRecord(ctx, after); err != nil {
			return err
		}
		return tx.Audit(ctx, action, recordObject(after), changed{store.Change{Before: before, After: after}, method})
	})
	return after, err
}

// changed is the detail of an audit entry for a change by a person who showed who they are.
type changed struct {
	store.Change
	Method string `json:"method,omitempty"`
}

func recordObject(r register.Record) store.Object { return store.Object{Kind: "record", ID: r.ID} }
