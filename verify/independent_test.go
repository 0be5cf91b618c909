package verify_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	ita "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

// The tests in this file look at a bundle with other people's tools, which product code must not use.

// holder is what the DSSE library asks for to verify with an Ed25519 key.
type holder struct{ key ed25519.PublicKey }

func (h holder) KeyID() (string, error)   { return verify.Fingerprint(h.key), nil }
func (h holder) Public() crypto.PublicKey { return h.key }
func (h holder) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(h.key, data, sig) {
		return errors.New("bad signature")
	}
	return nil
}

func TestOthersVerifyBothEnvelopes(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	o, err := verify.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Manifest json.RawMessage `json:"manifest"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, predicate string
		envelope        []byte
		subjects        int
	}{
		{"declaration", verify.DeclarationType, o.Envelope, len(o.Subjects)},
		{"manifest", verify.ManifestType, file.Manifest, len(o.Manifest.Members)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e dsse.Envelope
			if err := json.Unmarshal(c.envelope, &e); err != nil {
				t.Fatal(err)
			}
			v, err := dsse.NewEnvelopeVerifier(holder{o.DeclarationKey})
			if err != nil {
				t.Fatal(err)
			}
			accepted, payload, err := v.VerifyAndDecode(t.Context(), &e)
			if err != nil || len(accepted) != 1 {
				t.Fatalf("the DSSE library does not accept it: %v, %v", accepted, err)
			}
			var s ita.Statement
			if err := protojson.Unmarshal(payload, &s); err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(); err != nil {
				t.Errorf("the in-toto library does not accept the statement: %v", err)
			}
			if s.PredicateType != c.predicate || len(s.Subject) != c.subjects {
				t.Errorf("predicate type %q, %d subjects", s.PredicateType, len(s.Subject))
			}
			other, _ := dsse.NewEnvelopeVerifier(holder{declaretest.Key("other").Public().(ed25519.PublicKey)})
			if _, err := other.Verify(t.Context(), &e); err == nil {
				t.Error("the DSSE library accepts it with another key: this test cannot fail")
			}
		})
	}
}

func TestOpenSSLVerifiesTheDeclaration(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("SKIPPED, NOT RUN: openssl is not installed")
	}
	o, err := verify.Open(declaretest.Bundle(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	var e verify.Envelope
	if err := verify.Unmarshal(o.Envelope, &e); err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(o.DeclarationKey))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	sig := write("sig", e.Signatures[0].Sig)
	check := func(signed []byte) error {
		return exec.Command(openssl, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", write("signed", signed), "-sigfile", sig).Run()
	}
	if err := check(verify.PAE(e.PayloadType, e.Payload)); err != nil {
		t.Errorf("openssl does not accept the signature: %v", err)
	}
	if check(verify.PAE(e.PayloadType, e.Payload[1:])) == nil {
		t.Error("openssl accepts it over other bytes: this test cannot fail")
	}
	out, err := exec.Command(openssl, "pkey", "-pubin", "-in", key, "-outform", "DER").Output()
	if err != nil || verify.Digest(out) != e.Signatures[0].KeyID {
		t.Errorf("the digest of openssl's DER is %s, the key id %s (%v)", verify.Digest(out), e.Signatures[0].KeyID, err)
	}
}
