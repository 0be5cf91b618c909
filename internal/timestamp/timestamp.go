// Package timestamp verifies time-stamp tokens of RFC 3161: that an authority the reader trusts saw some bytes at a time.
//
// Start from [Verify]. Tokens are untrusted input; only what leads to one of the given authorities counts, and nothing is
// fetched. Hashes weaker than SHA-256 are refused.
package timestamp

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	_ "crypto/sha256" // the hashes that tokens may use
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// An Authority is a time-stamping authority that the reader trusts.
type Authority struct {
	Certificates []*x509.Certificate // its chain as the reader has it: its own first when it is there, the root last
	From, Until  time.Time           // tokens of this time count, both ends included; zero: no bound
}

// A Stamp is what a token that holds says.
type Stamp struct {
	At        time.Time // UTC
	Authority string    // subject of the certificate that signed
	Serial    *big.Int
}

// contentInfo and the rest are the ASN.1 of RFC 5652 (CMS) and RFC 3161, as far as tokens use it.
type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Encap        encap
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	CRLs         asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type encap struct {
	Type    asn1.ObjectIdentifier
	Content []byte `asn1:"explicit,tag:0"`
}

type signerInfo struct {
	Version   int
	SID       asn1.RawValue
	Digest    algorithm
	Attrs     asn1.RawValue `asn1:"tag:0"`
	Signature algorithm
	Value     []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type algorithm struct {
	OID        asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type tstInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	At         time.Time     `asn1:"generalized"`
	Accuracy   asn1.RawValue `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	TSA        asn1.RawValue `asn1:"optional,explicit,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

type imprint struct {
	Hash   algorithm
	Digest []byte
}

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// hashes that tokens may use, by name.
var hashes = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, crypto.SHA256},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512},
}

func hashOf(a algorithm) (crypto.Hash, error) {
	for _, h := range hashes {
		if h.oid.Equal(a.OID) {
			return h.hash, nil
		}
	}
	return 0, fmt.Errorf("the hash %v is not one that counts", a.OID)
}

func sum(h crypto.Hash, b []byte) []byte {
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}

// most bounds the size of a token, in bytes.
const most = 64 << 10

// Verify checks a token, or the response of an authority around one, over a message, and gives what it says. The error
// says what does not hold.
func Verify(token, message []byte, authorities []Authority) (Stamp, error) {
	sd, info, err := about(token, message)
	if err != nil {
		return Stamp{}, err
	}
	signer, signed, err := sd.signed()
	if err != nil {
		return Stamp{}, err
	}
	failed := errors.New("no authority that is trusted signed the token")
	for _, a := range authorities {
		cert, err := a.verify(sd, signer, signed, info.At)
		if err == nil {
			return Stamp{At: info.At.UTC(), Authority: cert.Subject.String(), Serial: info.Serial}, nil
		}
		failed = err
	}
	return Stamp{}, failed
}

// parse reads the structure of a token, without the response around it.
func parse(b []byte) (signedData, error) {
	var sd signedData
	if len(b) > most {
		return sd, fmt.Errorf("it has more than %d bytes", most)
	}
	var response struct {
		Status asn1.RawValue
		Token  asn1.RawValue `asn1:"optional"`
	}
	var ci contentInfo
	if err := whole(b, &ci, ""); err != nil {
		if err := whole(b, &response, ""); err != nil || len(response.Token.FullBytes) == 0 {
			return sd, errors.Join(errors.New("neither a token nor a response with one"), err)
		}
		if err := whole(response.Token.FullBytes, &ci, ""); err != nil {
			return sd, err
		}
	}
	if !ci.Type.Equal(oidSignedData) {
		return sd, errors.New("it is not signed data")
	}
	if err := whole(ci.Content.Bytes, &sd, ""); err != nil {
		return sd, err
	}
	if !sd.Encap.Type.Equal(oidTSTInfo) || len(sd.Signers) != 1 {
		return sd, errors.New("it does not hold one signed time stamp")
	}
	return sd, nil
}

func whole(b []byte, into any, params string) error {
	rest, err := asn1.UnmarshalWithParams(b, into, params)
	if err == nil && len(rest) > 0 {
		err = errors.New("something follows")
	}
	return err
}

// signed checks the signed attributes against the content and gives them as they were signed.
func (sd signedData) signed() (signerInfo, []byte, error) {
	s := sd.Signers[0]
	h, err := hashOf(s.Digest)
	if err != nil {
		return s, nil, err
	}
	attrs, err := s.attributes()
	if err != nil {
		return s, nil, err
	}
	var kind asn1.ObjectIdentifier
	var digest []byte
	if err := whole(attrs[oidContentType.String()], &kind, ""); err != nil || !kind.Equal(oidTSTInfo) {
		return s, nil, errors.New("the signature is not for a time stamp")
	}
	if err := whole(attrs[oidMessageDigest.String()], &digest, ""); err != nil || !bytes.Equal(digest, sum(h, sd.Encap.Content)) {
		return s, nil, errors.New("the signature is for another time stamp")
	}
	signed := bytes.Clone(s.Attrs.FullBytes)
	signed[0] = 0x31 // SET OF, as it is signed, in place of [0], as it is sent (RFC 5652, 5.4)
	return s, signed, nil
}

// attributes gives the single value of each signed attribute by its name.
func (s signerInfo) attributes() (map[string][]byte, error) {
	out := map[string][]byte{}
	for rest := s.Attrs.Bytes; len(rest) > 0; {
		var a attribute
		var err error
		if rest, err = asn1.Unmarshal(rest, &a); err != nil {
			return nil, err
		}
		if _, twice := out[a.Type.String()]; twice {
			return nil, fmt.Errorf("the attribute %v is there twice", a.Type)
		}
		out[a.Type.String()] = a.Values.Bytes
	}
	return out, nil
}

// verify checks that a certificate of the authority signed, and was good for it at the time.
func (a Authority) verify(sd signedData, s signerInfo, signed []byte, at time.Time) (*x509.Certificate, error) {
	if at.Before(a.From) || !a.Until.IsZero() && at.After(a.Until) {
		return nil, fmt.Errorf("the authority is not trusted for %v", at)
	}
	if len(a.Certificates) == 0 {
		return nil, errors.New("the authority has no certificate")
	}
	sent, _ := x509.ParseCertificates(sd.Certificates.Bytes) // what cannot be read does not count
	opts := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}
	opts.Roots.AddCert(a.Certificates[len(a.Certificates)-1])
	for _, c := range append(a.Certificates[:len(a.Certificates)-1:len(a.Certificates)-1], sent...) {
		opts.Intermediates.AddCert(c)
	}
	for _, c := range append(a.Certificates[:len(a.Certificates):len(a.Certificates)], sent...) {
		if !s.names(c) {
			continue
		}
		if err := s.check(c, signed); err != nil {
			return nil, err
		}
		if _, err := c.Verify(opts); err != nil {
			return nil, fmt.Errorf("the signer's certificate does not lead to the authority: %w", err)
		}
		return c, nil
	}
	return nil, errors.New("the certificate that signed is neither known nor in the token")
}

// names reports whether the signer says it is this certificate, by issuer and serial number or by key identifier.
func (s signerInfo) names(c *x509.Certificate) bool {
	if s.SID.Class == asn1.ClassContextSpecific && s.SID.Tag == 0 {
		return bytes.Equal(s.SID.Bytes, c.SubjectKeyId)
	}
	var id issuerAndSerial
	return whole(s.SID.FullBytes, &id, "") == nil && bytes.Equal(id.Issuer.FullBytes, c.RawIssuer) && id.Serial.Cmp(c.SerialNumber) == 0
}

// check verifies the signature by a certificate, and that the signed attributes name that very certificate (RFC 5816).
func (s signerInfo) check(c *x509.Certificate, signed []byte) error {
	attrs, err := s.attributes()
	if err != nil {
		return err
	}
	if !namesCertificate(attrs, c) {
		return errors.New("the token names another certificate")
	}
	h, err := hashOf(s.Digest)
	if err != nil {
		return err
	}
	for _, a := range signatureAlgorithms {
		if a.hash == h && a.key == c.PublicKeyAlgorithm {
			return c.CheckSignature(a.algorithm, signed, s.Value)
		}
	}
	return fmt.Errorf("a key of the kind %v does not sign time stamps here", c.PublicKeyAlgorithm)
}

var signatureAlgorithms = []struct {
	key       x509.PublicKeyAlgorithm
	hash      crypto.Hash
	algorithm x509.SignatureAlgorithm
}{
	{x509.ECDSA, crypto.SHA256, x509.ECDSAWithSHA256}, {x509.ECDSA, crypto.SHA384, x509.ECDSAWithSHA384}, {x509.ECDSA, crypto.SHA512, x509.ECDSAWithSHA512},
	{x509.RSA, crypto.SHA256, x509.SHA256WithRSA}, {x509.RSA, crypto.SHA384, x509.SHA384WithRSA}, {x509.RSA, crypto.SHA512, x509.SHA512WithRSA},
	{x509.Ed25519, crypto.SHA512, x509.PureEd25519},
}

// namesCertificate reads the signing-certificate attribute, of which one version must be there (RFC 3161, 2.4.2).
func namesCertificate(attrs map[string][]byte, c *x509.Certificate) bool {
	var v2 struct {
		Certs []struct {
			Hash   algorithm `asn1:"optional"`
			Digest []byte
			Serial asn1.RawValue `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	if b, ok := attrs[oidSigningCertV2.String()]; ok {
		if whole(b, &v2, "") != nil || len(v2.Certs) == 0 {
			return false
		}
		h, err := crypto.SHA256, error(nil) // the default
		if len(v2.Certs[0].Hash.OID) > 0 {
			h, err = hashOf(v2.Certs[0].Hash)
		}
		return err == nil && bytes.Equal(v2.Certs[0].Digest, sum(h, c.Raw))
	}
	var v1 struct {
		Certs []struct {
			Digest []byte
			Serial asn1.RawValue `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	b, ok := attrs[oidSigningCert.String()]
	if !ok || whole(b, &v1, "") != nil || len(v1.Certs) == 0 {
		return false
	}
	digest := sha1.Sum(c.Raw) // RFC 2634 knows no other; the signature itself binds the certificate's key
	return bytes.Equal(v1.Certs[0].Digest, digest[:])
}
