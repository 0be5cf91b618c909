package intake

import (
	"context"
	"crypto"
	"fmt"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/store"
)

// VerifyAttestations holds the in-toto statements about a release against the keys the workspace trusts, and writes down
// which signatures held and whose they are (see [intoto.Signers]). It is for when the trust list has changed: trusting a
// key later counts, and no longer trusting it does too.
func VerifyAttestations(ctx context.Context, db *store.DB, actor store.Actor, release string) error {
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: fact.Subject{Kind: fact.Release, ID: release}})
	if err != nil {
		return err
	}
	trusted, err := TrustedKeys(ctx, db)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.Type != "intoto" || !d.Accepted {
			continue
		}
		if err := verifyAttestation(ctx, db, actor, d.Digest, trusted); err != nil {
			return fmt.Errorf("attestation %s: %w", d.Digest, err)
		}
	}
	return nil
}

func verifyAttestation(ctx context.Context, db *store.DB, actor store.Actor, digest string, trusted []crypto.PublicKey) error {
	b, err := db.ReadDocument(digest)
	if err != nil {
		return err
	}
	reading, err := intoto.Read(b)
	if err != nil {
		return err
	}
	signers := intoto.Signers(b, trusted)
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		facts, err := tx.Facts(ctx, store.FactFilter{Document: digest, Kinds: []fact.Kind{fact.KindAttestation}})
		if err != nil {
			return err
		}
		held := 0
		for i := range facts {
			a, ok := facts[i].Data.(*fact.Attestation)
			if !ok {
				continue
			}
			for j := range reading.Facts {
				if reading.Facts[j].Pointer == facts[i].Pointer {
					a.Verified, a.Signer = signers[j] != "", signers[j]
				}
			}
			if a.Verified {
				held++
			}
			facts[i].ID = ""
		}
		if err := tx.DropFactsOf(ctx, digest); err != nil {
			return err
		}
		if err := tx.PutFacts(ctx, facts); err != nil {
			return err
		}
		return tx.Audit(ctx, "signatures checked", store.Object{Kind: "document", ID: digest}, map[string]any{"statements": len(facts), "held": held})
	})
}
