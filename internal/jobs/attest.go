package jobs

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// VerifyAttestations holds the in-toto statements about a release against the keys the workspace trusts, and writes down
// which signatures held and whose they are. Ed25519 signatures in DSSE envelopes are checked; a statement signed in
// another way, or by nobody we trust, stays unverified. Bytes are read again, so that trusting a key later counts, and
// no longer trusting it does too.
func VerifyAttestations(ctx context.Context, db *store.DB, actor store.Actor, release string) error {
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: fact.Subject{Kind: fact.Release, ID: release}})
	if err != nil {
		return err
	}
	trust, err := exchange.Trust(ctx, db)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.Type != "intoto" || !d.Accepted {
			continue
		}
		if err := verifyAttestation(ctx, db, actor, d.Digest, trust); err != nil {
			return fmt.Errorf("attestation %s: %w", d.Digest, err)
		}
	}
	return nil
}

func verifyAttestation(ctx context.Context, db *store.DB, actor store.Actor, digest string, trust []exchange.TrustedParty) error {
	b, err := db.ReadDocument(digest)
	if err != nil {
		return err
	}
	reading, err := intoto.Read(b)
	if err != nil {
		return err
	}
	signers := make([]string, len(reading.Facts))
	for i, one := range statements(b, len(reading.Facts)) {
		signers[i] = signerOf(one, trust)
	}
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

// statements takes a document of several statements apart, one a line, as its reader does.
func statements(b []byte, n int) [][]byte {
	if n < 2 {
		return [][]byte{b}[:n]
	}
	var out [][]byte
	for line := range bytes.Lines(b) {
		if line = bytes.TrimSpace(line); len(line) > 0 && len(out) < n {
			out = append(out, line)
		}
	}
	return out
}

// signerOf gives the fingerprint of the trusted key that signed an envelope; empty when none did.
func signerOf(b []byte, trust []exchange.TrustedParty) string {
	var doc struct {
		verify.Envelope
		Bundled *verify.Envelope `json:"dsseEnvelope"`
	}
	if json.Unmarshal(b, &doc) != nil {
		return ""
	}
	e := doc.Envelope
	if doc.Bundled != nil {
		e = *doc.Bundled
	}
	signed := verify.PAE(e.PayloadType, e.Payload)
	for _, t := range trust {
		for _, s := range e.Signatures {
			if len(t.Key.Key) == ed25519.PublicKeySize && ed25519.Verify(t.Key.Key, signed, s.Sig) {
				return verify.Fingerprint(t.Key.Key)
			}
		}
	}
	return ""
}
