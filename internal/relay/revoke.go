package relay

import (
	"context"
	"crypto"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Revoke takes an issued declaration back. It stays readable, and stands in every list of revocations from now on.
func Revoke(ctx context.Context, db *store.DB, actor store.Actor, d store.Declaration, reason string) (store.Declaration, error) {
	if strings.TrimSpace(reason) == "" {
		return d, &lang.Error{Kind: lang.Usage, What: lang.T("取り消す理由がありません", "the reason for the revocation is missing"), Next: lang.T("--reason で指定してください", "give it with --reason")}
	}
	if d.State != store.DeclarationIssued && d.State != store.DeclarationSuperseded {
		return d, &lang.Error{Kind: lang.Conflict, What: lang.T("取り消せるのは発行済みの宣言だけです", "only an issued declaration can be revoked")}
	}
	k, err := signedOf(db, d)
	if err != nil {
		return d, err
	}
	d.State, d.Reason, d.Revision = store.DeclarationRevoked, reason, d.Revision+1
	return d, db.InTx(ctx, actor, func(tx *store.Tx) error {
		d.EndedAt = tx.Now()
		if err := tx.SaveDeclaration(ctx, d); err != nil {
			return err
		}
		return tx.Audit(ctx, "revoked", store.Object{Kind: "declaration", ID: verify.Digest(k.Envelope)}, map[string]any{"draft": d.ID, "reason": reason})
	})
}

// RevocationList gives the signed list of every declaration and key that we took back so far, for those who hold one.
func RevocationList(ctx context.Context, db *store.DB, key crypto.Signer) ([]byte, error) {
	self, err := ourselves(ctx, db)
	if err != nil {
		return nil, err
	}
	revoked, err := db.Declarations(ctx, store.DeclarationFilter{State: store.DeclarationRevoked})
	if err != nil {
		return nil, err
	}
	list := verify.RevocationList{Issuer: self, IssuedAt: db.Now().UTC().Truncate(time.Second), Revoked: []verify.Revocation{}}
	for _, d := range revoked {
		k, err := signedOf(db, d)
		if err != nil {
			return nil, err
		}
		list.Revoked = append(list.Revoked, verify.Revocation{Declaration: verify.Digest(k.Envelope), Reason: d.Reason})
	}
	taken, err := OwnRevokedKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	list.Revoked = append(list.Revoked, taken...)
	return verify.SignLetter(verify.RevocationListFormat, list, key)
}
