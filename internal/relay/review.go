package relay

import (
	"context"
	"slices"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// ReviewDeclaration notes that a person looked a draft over (確認), before somebody else approves it. It stands in the
// declaration beside the approval. Nobody reviews their own draft, and whoever reviewed does not approve as well.
func ReviewDeclaration(ctx context.Context, db *store.DB, actor store.Actor, id, method string) (store.Declaration, error) {
	var d store.Declaration
	err := db.InTx(ctx, actor, func(tx *store.Tx) (err error) {
		if d, err = tx.Declaration(ctx, id); err != nil {
			return err
		}
		if d.State != store.DeclarationDraft {
			return &lang.Error{Kind: lang.Conflict, What: lang.T("確認できるのは承認前の起案だけです", "only a draft that is not approved yet can be reviewed")}
		}
		if err := onceEach(d, actor.Account); err != nil {
			return err
		}
		d.Approvals = append(d.Approvals, store.Approval{Account: actor.Account, At: tx.Now(), Method: method, Digest: d.ContentDigest, Reviewed: true})
		d.Revision++
		if err := tx.SaveDeclaration(ctx, d); err != nil {
			return err
		}
		return tx.Audit(ctx, "reviewed", store.Object{Kind: "declaration draft", ID: d.ID}, map[string]any{"content": d.ContentDigest, "method": method})
	})
	return d, err
}

// onceEach keeps one person from standing behind a draft twice.
func onceEach(d store.Declaration, account string) error {
	if !slices.ContainsFunc(d.Approvals, func(a store.Approval) bool { return a.Account == account }) {
		return nil
	}
	return &lang.Error{Kind: lang.Forbidden, What: lang.T("既に確認又は承認しています", "you reviewed or approved it already"),
		Next: lang.T("別の人に依頼してください", "ask somebody else")}
}

// stepOf gives what a person did for a declaration.
func stepOf(a store.Approval) verify.ApprovalStep {
	if a.Reviewed {
		return verify.Reviewed
	}
	return verify.Approved
}
