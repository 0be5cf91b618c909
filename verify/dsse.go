package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// PAE is the pre-authentication encoding of DSSE 1.0.2: the bytes that an envelope's signature is over.
func PAE(payloadType string, payload []byte) []byte {
	b := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	return append(b, payload...)
}

// Digest gives the SHA-256 of b as "sha256:<hex>".
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Fingerprint names a public key: the digest of its SubjectPublicKeyInfo in DER, so that
// `openssl pkey -pubin -outform DER | sha256sum` gives the same. It is empty for what is no key.
func Fingerprint(key PublicKey) string {
	der, err := keyDER(key)
	if err != nil {
		return ""
	}
	return Digest(der)
}

// isDigest reports whether s is "sha256:" and 64 lower-case hex digits.
func isDigest(s string) bool {
	hexa, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(hexa) == 2*sha256.Size && strings.Trim(hexa, "0123456789abcdef") == ""
}

// signer gives the key among keys that made the signature of a statement's envelope.
func (e Envelope) signer(keys [][]byte) (PublicKey, error) {
	return e.signed(PayloadType, keys)
}

// signed gives the key among keys that made the signature of an envelope of a payload type. The key id is a hint only:
// every key is tried, and the id must then be that key's fingerprint, so that no byte of the envelope is free.
func (e Envelope) signed(payloadType string, keys [][]byte) (PublicKey, error) {
	if e.PayloadType != payloadType {
		return nil, unverified("payloadType", "ペイロードの種別が %[1]s ではありません", "the payload type is not %[1]s", payloadType)
	}
	if len(e.Signatures) != 1 {
		return nil, unverified("signatures", "署名がちょうど1つではありません（%d個）", "there is not exactly one signature but %d", len(e.Signatures))
	}
	signed, s := PAE(e.PayloadType, e.Payload), e.Signatures[0]
	i := slices.IndexFunc(keys, func(k []byte) bool { return SignatureHolds(k, signed, s.Sig) })
	if i < 0 {
		return nil, unverified("signatures/0/sig", "署名が内容と一致しません", "the signature does not match the content")
	}
	if s.KeyID != Fingerprint(keys[i]) {
		return nil, unverified("signatures/0/keyid", "鍵IDが署名した鍵の指紋と一致しません", "the key id is not the fingerprint of the key that signed")
	}
	return bytes.Clone(keys[i]), nil
}

func unverified(where, ja, en string, args ...any) error {
	return &lang.Error{Kind: lang.Unverified, What: lang.F(ja, en, args...), Where: where}
}
