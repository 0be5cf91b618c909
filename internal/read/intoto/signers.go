package intoto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"example.org/tasuki/internal/read/input"
)

// Trust is whose signature under a statement counts.
type Trust struct {
	Keys []crypto.PublicKey // Ed25519, or ECDSA with SHA-256
	// Keyless says who signed a Sigstore bundle without a key of their own; empty when the bundle does not hold or is by
	// nobody trusted. Nil: nobody's counts. It is asked for the first thousand statements of a document.
	Keyless func(bundle []byte) string
}

// maxKeyless bounds what is verified without a key: each time takes some milliseconds.
const maxKeyless = 1000

// Signers says who of those trusted signed each statement of a document: the fingerprint of a key (SHA-256 of its
// SubjectPublicKeyInfo, "sha256:<hex>"), the name of a keyless signer, or nothing. There is one entry per fact of [Read],
// in its order. A key id in the envelope is a hint that decides nothing (DSSE 1.0.2).
func Signers(b []byte, trust Trust) []string {
	text, err := input.Text(b)
	if err != nil {
		return nil
	}
	docs, err := pieces(text)
	if err != nil {
		return nil
	}
	var out []string
	for i, doc := range docs {
		if i == maxKeyless {
			trust.Keyless = nil
		}
		out = append(out, signer(doc.text, trust))
	}
	return out
}

func signer(b []byte, trust Trust) string {
	o, err := open(b, "")
	if err != nil || o.envelope == nil {
		return ""
	}
	e := o.envelope
	payload, err := decode(e.Payload)
	if err != nil {
		return ""
	}
	pae := fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(e.PayloadType), e.PayloadType, len(payload), payload)
	for _, raw := range e.Signatures {
		var s struct {
			Sig string `json:"sig"`
		}
		if json.Unmarshal(raw, &s) != nil {
			continue
		}
		sig, err := decode(s.Sig)
		if err != nil {
			continue
		}
		for _, key := range trust.Keys {
			if holds(key, pae, sig) {
				return fingerprint(key)
			}
		}
	}
	if trust.Keyless != nil {
		return trust.Keyless(b)
	}
	return ""
}

func holds(key crypto.PublicKey, message, sig []byte) bool {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return ecdsa.VerifyASN1(k, sum[:], sig)
	}
	return false
}

func fingerprint(key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}
