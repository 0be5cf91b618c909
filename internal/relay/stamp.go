package relay

import (
	"bytes"
	"context"
	"encoding/json"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/timestamp"
	"example.org/tasuki/verify"
)

// StampQuery gives the request with which a time-stamping authority is asked about a declaration of ours that is issued
// (RFC 3161). Its answer goes in with the next hand-over, see [Signing].
func StampQuery(db *store.DB, d store.Declaration) ([]byte, error) {
	k, err := signedOf(db, d)
	if err != nil {
		return nil, err
	}
	return timestamp.Query(k.Envelope)
}

// stamp puts a time stamp on a signed declaration and keeps it, so that every later hand-over has it. A token about
// something else is refused; whether its authority is to be trusted is for each reader to say.
func stamp(ctx context.Context, db *store.DB, actor store.Actor, d *store.Declaration, signed *declare.Signed, s Signing) error {
	token := s.TimeStamp
	if s.Stamp != nil {
		query, err := timestamp.Query(signed.Envelope)
		if err != nil {
			return err
		}
		if token, err = s.Stamp(ctx, query); err != nil {
			return err
		}
	}
	if token == nil {
		return nil
	}
	at, err := timestamp.About(token, signed.Envelope)
	if err != nil {
		return &lang.Error{Kind: lang.Unverified, What: lang.T("この宣言についてのタイムスタンプではありません", "this is no time stamp of the declaration"), Err: err,
			Next: lang.T("tasuki handover --timestamp-query で書き出した要求への応答を指定してください。宣言は発行済みです", "give the answer to the query that tasuki handover --timestamp-query writes; the declaration itself is issued")}
	}
	signed.TimeStamp = token
	body, err := json.Marshal(kept{signed.Envelope, signed.Disclosures, signed.PublicKey, token})
	if err != nil {
		return err
	}
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(body), maxBundle)
	if err != nil {
		return err
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if _, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "signed-declaration.json", Type: "signed-declaration", Origin: "issued", Accepted: true}); err != nil {
			return err
		}
		now := *d
		now.Signed, now.Revision = digest, d.Revision+1
		if err := tx.SaveDeclaration(ctx, now); err != nil {
			return err
		}
		*d = now
		return tx.Audit(ctx, "time-stamped", store.Object{Kind: "declaration", ID: verify.Digest(signed.Envelope)}, map[string]any{"draft": d.ID, "claimed": at})
	})
}
