// Package timestamptest is a time-stamping authority for tests: it says whatever time it is told. Nobody may trust its
// certificates outside tests.
package timestamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"
)

// An Authority signs tokens under a root of its own.
type Authority struct {
	Root *x509.Certificate
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes an authority whose certificates are good for a hundred years around a time.
func New(t testing.TB, around time.Time) *Authority {
	t.Helper()
	from, until := around.AddDate(-50, 0, 0), around.AddDate(50, 0, 0)
	rootKey, key := newKey(t), newKey(t)
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Time Root, never to be trusted"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: []byte{1}}
	a := &Authority{Root: issue(t, root, root, &rootKey.PublicKey, rootKey), key: key}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}) // timeStamping, critical (RFC 3161, 2.3)
	if err != nil {
		t.Fatal(err)
	}
	a.cert = issue(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Example Time"}, NotBefore: from, NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}}, a.Root, &key.PublicKey, rootKey)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func issue(t testing.TB, c, by *x509.Certificate, key *ecdsa.PublicKey, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type algorithm struct {
	OID asn1.ObjectIdentifier
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue
}

type signer struct {
	Version int
	SID     struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	Digest    algorithm
	Attrs     asn1.RawValue
	Signature algorithm
	Value     []byte
}

var (
	oidSHA256   = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSA    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidTST      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigned   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidType     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertV2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidPolicies = asn1.ObjectIdentifier{1, 2, 3, 4}
)

// Stamp gives the response with a token that says a message was seen at a time (TimeStampResp of RFC 3161, in DER).
func (a *Authority) Stamp(t testing.TB, message []byte, at time.Time) []byte {
	t.Helper()
	der := func(v any, params string) []byte {
		b, err := asn1.MarshalWithParams(v, params)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	raw := func(b []byte) asn1.RawValue { return asn1.RawValue{FullBytes: b} }
	tagged := func(tag int, b []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: b}
	}
	set := func(b []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true, Bytes: b}
	}
	digest := sha256.Sum256(message)
	info := der(struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint struct {
			Hash   algorithm
			Digest []byte
		}
		Serial *big.Int
		At     time.Time `asn1:"generalized"`
	}{1, oidPolicies, struct {
		Hash   algorithm
		Digest []byte
	}{algorithm{oidSHA256}, digest[:]}, big.NewInt(7), at.UTC()}, "")
	content, cert := sha256.Sum256(info), sha256.Sum256(a.cert.Raw)
	v2 := der(struct{ Certs []struct{ Digest []byte } }{[]struct{ Digest []byte }{{cert[:]}}}, "")
	attrs := der([]attribute{{oidType, set(der(oidTST, ""))}, {oidDigest, set(der(content[:], ""))}, {oidCertV2, set(v2)}}, "set")
	sum := sha256.Sum256(attrs)
	value, err := a.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	s := signer{Version: 1, Digest: algorithm{oidSHA256}, Attrs: asn1.RawValue{FullBytes: append([]byte{0xa0}, attrs[1:]...)}, Signature: algorithm{oidECDSA}, Value: value}
	s.SID.Issuer, s.SID.Serial = raw(a.cert.RawIssuer), a.cert.SerialNumber
	sd := der(struct {
		Version int
		Digests []algorithm `asn1:"set"`
		Encap   struct {
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue
		}
		Certificates asn1.RawValue
		Signers      []signer `asn1:"set"`
	}{3, []algorithm{{oidSHA256}}, struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidTST, tagged(0, der(info, ""))}, tagged(0, a.cert.Raw), []signer{s}}, "")
	token := der(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidSigned, tagged(0, sd)}, "")
	return der(struct {
		Status struct{ Status int }
		Token  asn1.RawValue
	}{struct{ Status int }{0}, raw(token)}, "")
}
