package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"

	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

func p256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Both kinds of key sign, and what they signed holds under them and under nothing else.
func TestSign(t *testing.T) {
	other := p256(t)
	for name, key := range map[string]crypto.Signer{"Ed25519": declaretest.Key("vendor"), "ECDSA P-256": p256(t)} {
		public, err := verify.KeyBytes(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		for range 20 { // about half of ECDSA's signatures come out with the higher s
			message := rand.Text()
			sig, err := verify.Sign(key, []byte(message))
			if err != nil || !verify.SignatureHolds(public, []byte(message), sig) {
				t.Fatalf("%s: the signature does not hold (%v)", name, err)
			}
			if again, err := verify.Sign(key, []byte(message)); err != nil || string(again) != string(sig) {
				t.Errorf("%s: another signature for the same message (%v)", name, err)
			}
			if verify.SignatureHolds(public, []byte("another"), sig) {
				t.Errorf("%s: it holds for another message", name)
			}
			for i := range sig {
				sig[i] ^= 1
				if verify.SignatureHolds(public, []byte(message), sig) {
					t.Errorf("%s: it holds with byte %d changed", name, i)
				}
				sig[i] ^= 1
			}
			if raw, _ := verify.KeyBytes(other.Public()); verify.SignatureHolds(raw, []byte(message), sig) {
				t.Errorf("%s: it holds under another key", name)
			}
		}
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil || verify.Fingerprint(public) != verify.Digest(der) {
			t.Errorf("%s: fingerprint %s (%v)", name, verify.Fingerprint(public), err)
		}
		trusted, err := verify.ParseTrust(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		if err != nil || len(trusted) != 1 || string(trusted[0].Key) != string(public) {
			t.Errorf("%s: read from PEM as %v, %v", name, trusted, err)
		}
	}
}

// The other form of an ECDSA signature, which anybody can make from the first, does not count.
func TestOneSignatureOnly(t *testing.T) {
	key := p256(t)
	public, _ := verify.KeyBytes(key.Public())
	sig, err := verify.Sign(key, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &v); err != nil {
		t.Fatal(err)
	}
	v.S.Sub(elliptic.P256().Params().N, v.S)
	other, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("message"))
	if !ecdsa.VerifyASN1(&key.PublicKey, sum[:], other) || verify.SignatureHolds(public, []byte("message"), other) {
		t.Error("a signature has two forms that count")
	}
}

func TestKeysOfOtherKinds(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.PublicKey{&r.PublicKey, &p384.PublicKey, ed25519.PublicKey("short"), nil} {
		if raw, err := verify.KeyBytes(key); err == nil {
			t.Errorf("%T was taken as %x", key, raw)
		}
	}
	for _, raw := range [][]byte{nil, {1}, make([]byte, 91), make([]byte, 33)} {
		if _, err := verify.ParseKey(raw); err == nil || verify.Fingerprint(raw) != "" {
			t.Errorf("%x was read as a key", raw)
		}
	}
}
