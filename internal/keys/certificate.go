package keys

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// A Certificate binds a key to an organisation, by the word of a certification authority that the reader trusts.
type Certificate struct {
	Subject string // as the authority writes it: CN=…,O=…,C=JP
	Issuer  string // of the certificate
	Key     verify.PublicKey
	From    time.Time
	Until   time.Time // the earliest end in the chain
}

// Certified reads a chain of X.509 certificates in PEM, the key's own first, and verifies it up to one of the roots, at a
// time. Revocation by the authority (CRL, OCSP) is not asked for: it takes a network.
func Certified(chain, roots []byte, at time.Time) (Certificate, error) {
	certs, err := certificates(chain)
	if err != nil {
		return Certificate{}, err
	}
	given, err := certificates(roots)
	if err != nil {
		return Certificate{}, err
	}
	opts := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, c := range given {
		opts.Roots.AddCert(c)
	}
	for _, c := range certs[1:] {
		opts.Intermediates.AddCert(c)
	}
	leaf := certs[0]
	if leaf.IsCA {
		return Certificate{}, refused(nil, "先頭の証明書が、署名する鍵のものではなく認証局のものです", "the first certificate is an authority's, not that of a key that signs")
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return Certificate{}, refused(nil, "この証明書の鍵は署名に使えません", "the certificate does not let its key sign")
	}
	paths, err := leaf.Verify(opts)
	if err != nil {
		return Certificate{}, refused(err, "証明書が、信頼する認証局につながりません", "the certificate does not lead to an authority you trust")
	}
	key, err := verify.KeyBytes(leaf.PublicKey)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), Key: key, From: leaf.NotBefore.UTC(), Until: leaf.NotAfter.UTC()}
	for _, up := range paths[0] {
		if up.NotAfter.Before(c.Until) {
			c.Until = up.NotAfter.UTC()
		}
	}
	return c, nil
}

// Bind gives a trusted key what its certificate says: a name, and the time it is good for. The key must be the
// certificate's.
func (c Certificate) Bind(k verify.TrustedKey) (verify.TrustedKey, error) {
	if !bytes.Equal(k.Key, c.Key) {
		return k, refused(nil, "証明書はこの鍵のものではありません", "the certificate is of another key")
	}
	k.Name, k.Note = c.Subject, "X.509 "+c.Subject+" / "+c.Issuer
	if k.From.Before(c.From) {
		k.From = c.From
	}
	if k.Until.IsZero() || c.Until.Before(k.Until) {
		k.Until = c.Until
	}
	return k, nil
}

// Request gives a certificate signing request (PKCS #10) in PEM for a key, to take to an authority.
func Request(k Key, organisation, country string) ([]byte, error) {
	name := pkix.Name{CommonName: k.Name, Organization: []string{organisation}}
	if country != "" {
		name.Country = []string{strings.ToUpper(country)}
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: name}, k.Private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// certificates reads PEM; there is at least one, and not more than a chain can have.
func certificates(b []byte) ([]*x509.Certificate, error) {
	const most = 16
	var out []*x509.Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &lang.Error{Kind: lang.Unreadable, Err: err, What: lang.T("証明書として読み取れません", "cannot be read as a certificate")}
		}
		if out = append(out, c); len(out) > most {
			return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("証明書が%d枚を超えています", "there are more than %d certificates", most)}
		}
	}
	if len(out) == 0 {
		return nil, &lang.Error{Kind: lang.Unreadable, Err: errors.New("no CERTIFICATE block"), What: lang.T("PEM の証明書がありません", "there is no certificate in PEM")}
	}
	return out, nil
}

func refused(err error, ja, en string) error {
	return &lang.Error{Kind: lang.Unverified, Err: err, What: lang.T(ja, en)}
}
