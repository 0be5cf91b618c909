package sigstore

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net/url"
	"testing"
	"time"

	"example.org/tasuki/internal/timestamp/timestamptest"
)

const releases = "https://releases.example.com"

var signedAt = time.Date(2026, 3, 2, 9, 52, 15, 0, time.UTC)

// private is an instance of Sigstore without logs, as GitHub runs one for private repositories and releases.
type private struct {
	ca, leaf *x509.Certificate
	key      *ecdsa.PrivateKey
	time     *timestamptest.Authority
}

func newPrivate(t *testing.T) private {
	t.Helper()
	certificate := func(c, by *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
		c.NotBefore, c.NotAfter = signedAt.AddDate(0, -1, 0), signedAt.AddDate(0, 1, 0)
		der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		out, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var keys [2]*ecdsa.PrivateKey
	for i := range keys {
		var err error
		if keys[i], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	who, err := url.Parse(releases)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Attester"}, URIs: []*url.URL{who},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	p := private{key: keys[1], time: timestamptest.New(t, signedAt)}
	p.ca = certificate(root, root, keys[0], keys[0])
	p.leaf = certificate(leaf, p.ca, keys[1], keys[0])
	return p
}

// root gives the trusted root of the instance, with the time stamps of an authority.
func (p private) root(t *testing.T, stamps *timestamptest.Authority) []byte {
	t.Helper()
	authority := func(c *x509.Certificate) []any {
		return []any{map[string]any{"certChain": map[string]any{"certificates": []any{map[string]any{"rawBytes": c.Raw}}}, "validFor": map[string]any{"start": signedAt.AddDate(0, -1, 0)}}}
	}
	return marshal(t, map[string]any{"certificateAuthorities": authority(p.ca), "timestampAuthorities": authority(stamps.Root)})
}

// bundle signs a statement, stamped at a time unless it is zero.
func (p private) bundle(t *testing.T, at time.Time) []byte {
	t.Helper()
	payload := []byte(`{"_type":"https://in-toto.io/Statement/v1"}`)
	sum := sha256.Sum256(pae("application/vnd.in-toto+json", payload))
	sig, err := ecdsa.SignASN1(rand.Reader, p.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	material := map[string]any{"certificate": map[string]any{"rawBytes": p.leaf.Raw}}
	if !at.IsZero() {
		material["timestampVerificationData"] = map[string]any{"rfc3161Timestamps": []any{map[string]any{"signedTimestamp": p.time.Stamp(t, sig, at)}}}
	}
	return marshal(t, map[string]any{"verificationMaterial": material,
		"dsseEnvelope": map[string]any{"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []any{map[string]any{"sig": sig}}}})
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What an instance without logs signed holds by its time stamp, and by nothing less.
func TestUnlogged(t *testing.T) {
	p := newPrivate(t)
	own := p.root(t, p.time)
	logged := samples(t)[public]
	for name, c := range map[string]struct {
		root, bundle []byte
		opt          Options
		ok           bool
	}{
		"stamped":                      {own, p.bundle(t, signedAt), Options{Identity: releases}, true},
		"one of several roots, lines":  {append(append(bytes.Clone(logged), '\n'), own...), p.bundle(t, signedAt), Options{Identity: releases}, true},
		"one of several roots, array":  {bytes.Join([][]byte{[]byte("["), own, []byte(","), logged, []byte("]")}, nil), p.bundle(t, signedAt), Options{Identity: releases}, true},
		"not stamped":                  {own, p.bundle(t, time.Time{}), Options{Identity: releases}, false},
		"stamped by a stranger":        {p.root(t, timestamptest.New(t, signedAt)), p.bundle(t, signedAt), Options{Identity: releases}, false},
		"after the certificate's end":  {own, p.bundle(t, signedAt.AddDate(0, 2, 0)), Options{Identity: releases}, false},
		"an issuer that is not named":  {own, p.bundle(t, signedAt), Options{Identity: releases, Issuer: issuer1}, false},
		"another identity":             {own, p.bundle(t, signedAt), Options{Identity: releases + "/"}, false},
		"held against the public root": {logged, p.bundle(t, signedAt), Options{Identity: releases}, false},
		"of another such instance":     {newPrivate(t).root(t, p.time), p.bundle(t, signedAt), Options{Identity: releases}, false},
	} {
		t.Run(name, func(t *testing.T) {
			root, err := ParseRoot(c.root)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Verify(c.bundle, root, c.opt)
			if (err == nil) != c.ok || c.ok && (got.Identity != releases || !got.At.Equal(signedAt)) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A root that keeps logs is not eased by taking them out of its bundles.
func TestLogEntryTakenOut(t *testing.T) {
	all := samples(t)
	raw, root, opt, err := load(t, all, "rekor2-happy-path")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(raw, root, opt); err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatal(err)
	}
	delete(whole["verificationMaterial"].(map[string]any), "tlogEntries")
	if got, err := Verify(marshal(t, whole), root, opt); err == nil {
		t.Errorf("held without its log entry: %+v", got)
	}
}

func TestRootsAreRefused(t *testing.T) {
	for _, bad := range []string{"", "x", "{}x", "[{}", `[{"tlogs":1}]`, "1"} {
		if _, err := ParseRoot([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a root", bad)
		}
	}
}
