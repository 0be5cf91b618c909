package office

import (
	"context"

	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

// An Approval is what was approved.
type Approval struct {
	Object  string       `json:"object"` // record, claim, declaration
	ID      string       `json:"id"`
	Label   string       `json:"label"` // what people call it
	Subject fact.Subject `json:"-"`     // what is to be judged again; zero for a declaration
}

// Approve puts a person's approval under the draft that has an id: a record, a claim or a declaration. method says how
// the person showed who they are. Nobody approves what they wrote, nor a record whose links lead nowhere (see [LooseLinks]).
// What follows from it is judged by [Reassess].
func Approve(ctx context.Context, db *store.DB, actor store.Actor, id, method string) (Approval, error) {
	r, err := alterRecord(ctx, db, actor, id, "approved", method, func(r register.Record, tx *store.Tx) (register.Record, error) {
		if err := wholeLinks(ctx, tx.DB, r); err != nil {
			return r, err
		}
		return register.Approve(r, actor.Account, tx.Now())
	})
	if lang.KindOf(err) != lang.NotFound {
		return Approval{"record", id, r.Kind + "/" + r.Key, r.Subject}, err
	}
	c, err := approveClaim(ctx, db, actor, id, method)
	if lang.KindOf(err) != lang.NotFound {
		return Approval{"claim", id, string(c.Kind) + " " + string(c.Requirement), c.Subject}, err
	}
	d, err := relay.ApproveDeclaration(ctx, db, actor, id, method)
	if lang.KindOf(err) == lang.NotFound {
		err = &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という記録・主張・宣言はありません", "there is no record, claim or declaration %q", id),
			Next: lang.T("tasuki record list 又は tasuki claim list で id を確かめてください", "find the id with tasuki record list or tasuki claim list")}
	}
	return Approval{Object: "declaration", ID: id, Label: d.Kind}, err
}

func approveClaim(ctx context.Context, db *store.DB, actor store.Actor, id, method string) (evidence.Claim, error) {
	return alterClaim(ctx, db, actor, id, "approved", method, func(c evidence.Claim, tx *store.Tx) (evidence.Claim, error) {
		if c.State != evidence.ClaimDraft {
			return c, &lang.Error{Kind: lang.Conflict, What: lang.T("起案中ではないため承認できません", "it is not a draft, so it cannot be approved")}
		}
		return c.Approve(actor.Account, tx.Now())
	})
}

// RetireClaim takes a statement back. It stays readable.
func RetireClaim(ctx context.Context, db *store.DB, actor store.Actor, id string) (evidence.Claim, error) {
	return alterClaim(ctx, db, actor, id, "retired", "", func(c evidence.Claim, _ *store.Tx) (evidence.Claim, error) {
		c.State = evidence.ClaimRetired
		c.Revision++
		return c, nil
	})
}

func alterClaim(ctx context.Context, db *store.DB, actor store.Actor, id, action, method string, alter func(evidence.Claim, *store.Tx) (evidence.Claim, error)) (evidence.Claim, error) {
	var after evidence.Claim
	err := db.InTx(ctx, actor, func(tx *store.Tx) error {
		before, err := tx.Claim(ctx, id)
		if err != nil {
			return err
		}
		if after, err = alter(before, tx); err != nil {
			return err
		}
		if err := tx.SaveClaim(ctx, after); err != nil {
			return err
		}
		return tx.Audit(ctx, action, store.Object{Kind: "claim", ID: id}, changed{store.Change{Before: before, After: after}, method})
	})
	return after, err
}
