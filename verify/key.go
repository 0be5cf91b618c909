package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"example.org/tasuki/internal/lang"
)

// A PublicKey is a public key as it stands in files: the 32 bytes of Ed25519 (RFC 8032), or the SubjectPublicKeyInfo of
// an ECDSA key on the curve P-256 in DER (RFC 5480), 91 bytes.
type PublicKey = []byte

// KeyBytes gives a public key in the form of files. The error is a *lang.Error of kind Unreadable when it is of another
// kind.
func KeyBytes(key crypto.PublicKey) (PublicKey, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return PublicKey(k), nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return x509.MarshalPKIXPublicKey(k)
		}
	}
	return nil, &lang.Error{Kind: lang.Unreadable, What: lang.T("この種類の公開鍵は使えません", "a public key of this kind cannot be used"),
		Next: lang.T("Ed25519 又は ECDSA P-256 の鍵を使ってください", "use a key of Ed25519 or ECDSA P-256")}
}

// ParseKey is the way back from [KeyBytes]. Other encodings of the same key are refused.
func ParseKey(key PublicKey) (crypto.PublicKey, error) {
	if len(key) == ed25519.PublicKeySize {
		return ed25519.PublicKey(key), nil
	}
	parsed, err := x509.ParsePKIXPublicKey(key)
	if err != nil {
		return nil, badFile("", err, "公開鍵として読み取れません", "cannot be read as a public key")
	}
	p256, ok := parsed.(*ecdsa.PublicKey)
	if !ok || p256.Curve != elliptic.P256() {
		return nil, badFile("", nil, "Ed25519 又は ECDSA P-256 の公開鍵ではありません", "not a public key of Ed25519 or ECDSA P-256")
	}
	if again, err := x509.MarshalPKIXPublicKey(p256); err != nil || string(again) != string(key) {
		return nil, badFile("", err, "公開鍵の書き方が正しくありません", "the public key is not written as it must be")
	}
	return p256, nil
}

// keyDER gives the SubjectPublicKeyInfo of a key.
func keyDER(key PublicKey) ([]byte, error) {
	parsed, err := ParseKey(key)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKIXPublicKey(parsed)
}

// Public gives the public key of a signer; nil when it is of another kind, which [Sign] says.
func Public(key crypto.Signer) PublicKey {
	b, err := KeyBytes(key.Public())
	if err != nil {
		return nil
	}
	return b
}

// SignEnvelope puts a payload into a DSSE envelope with one signature, whose key id is the key's [Fingerprint].
func SignEnvelope(payloadType string, payload []byte, key crypto.Signer) (Envelope, error) {
	sig, err := Sign(key, PAE(payloadType, payload))
	if err != nil {
		return Envelope{}, fmt.Errorf("sign envelope: %w", err)
	}
	return Envelope{PayloadType: payloadType, Payload: payload, Signatures: []Signature{{KeyID: Fingerprint(Public(key)), Sig: sig}}}, nil
}

// Sign signs a message: Ed25519 over the message itself, ECDSA over its SHA-256, in DER. The key may be a file's or one
// that never leaves its device. Keys in files give the same signature for the same message (for ECDSA, RFC 6979).
func Sign(key crypto.Signer, message []byte) ([]byte, error) {
	switch key.Public().(type) {
	case ed25519.PublicKey:
		return key.Sign(nil, message, crypto.Hash(0))
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		sig, err := key.Sign(nil, sum[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return lowS(sig)
	}
	_, err := KeyBytes(key.Public())
	return nil, err
}

// SignatureHolds reports whether a signature over a message is by a key. Of the two forms an ECDSA signature has, only
// the one with the lower s counts, which [Sign] makes: so nobody without the key can give a signed file other bytes.
func SignatureHolds(key PublicKey, message, sig []byte) bool {
	if len(key) == ed25519.PublicKeySize {
		return ed25519.Verify(key, message, sig)
	}
	parsed, err := ParseKey(key)
	if err != nil {
		return false
	}
	low, err := lowS(sig)
	if err != nil || string(low) != string(sig) {
		return false
	}
	sum := sha256.Sum256(message)
	return ecdsa.VerifyASN1(parsed.(*ecdsa.PublicKey), sum[:], sig)
}

// lowS gives an ECDSA signature on P-256 in the form with the lower s, in DER.
func lowS(sig []byte) ([]byte, error) {
	var v struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &v); err != nil || len(rest) > 0 {
		return nil, errors.Join(errors.New("not an ECDSA signature in DER"), err)
	}
	order := elliptic.P256().Params().N
	if other := new(big.Int).Sub(order, v.S); other.Cmp(v.S) < 0 {
		v.S = other
	}
	return asn1.Marshal(v)
}
