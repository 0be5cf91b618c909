package sigstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/tasuki/internal/timestamp"
)

// Options say what the reader demands.
type Options struct {
	// Identity and Issuer are those of the certificate: a URL or mail address, and who vouched for it. Both have to be just
	// those, unless Signers or Key is given; an issuer is empty where the certificate names none (releases of GitHub).
	Identity, Issuer string
	// Signers are several of whom each is good.
	Signers []Signer
	// Key is for a bundle signed with a key that the reader knows; such a bundle has no certificate.
	Key crypto.PublicKey
	// Artifact is what was signed, for a bundle without an envelope. With an envelope it is not looked at: what the
	// statement in it is about is for the caller to compare.
	Artifact []byte
}

// A Signer is an identity and who vouches for it, as certificates name them.
type Signer struct {
	Identity string `json:"identity"`
	Issuer   string `json:"issuer"`
}

// A Result is what a bundle that holds says.
type Result struct {
	Identity, Issuer string
	At               time.Time // the earliest time it is known to have been signed by; zero with a key and no promise
	PayloadType      string    // of the envelope
	Payload          []byte
}

// Verify checks a bundle: the certificate leads to a trusted authority at every time that log and time stamps vouch for,
// was logged itself, and names identity and issuer; the entry is in a trusted log and about this very signature, or, where
// the instance keeps no logs, a trusted time stamp is; the signature holds. The error says what does not.
func Verify(raw []byte, root Root, opt Options) (Result, error) {
	b, err := parse(raw)
	if err != nil {
		return Result{}, err
	}
	w, between, err := b.signer(opt)
	if err != nil {
		return Result{}, err
	}
	message := opt.Artifact
	if b.DSSE != nil {
		message = pae(b.DSSE.PayloadType, b.DSSE.Payload)
	}
	sum := sha256.Sum256(message)
	if m := b.Message; m != nil && len(m.Digest.Digest) > 0 && (m.Digest.Algorithm != "SHA2_256" || string(m.Digest.Digest) != string(sum[:])) {
		return Result{}, errors.New("the bundle is about another artifact")
	}
	if !signedWith(w.key, message, b.signature()) {
		return Result{}, errors.New("the signature does not hold")
	}
	out := Result{}
	if out.At, err = root.signedAt(b, w, between, sum[:]); err != nil {
		return Result{}, err
	}
	if b.DSSE != nil {
		out.PayloadType, out.Payload = b.DSSE.PayloadType, b.DSSE.Payload
	}
	if w.leaf != nil {
		out.Identity, out.Issuer, err = identity(w.leaf, opt)
	}
	return out, err
}

// signedAt gives the earliest time vouched for by the first instance that the bundle holds for; its error is that of the
// instance that got furthest.
func (r Root) signedAt(b bundle, w signer, between []*x509.Certificate, artifactSum []byte) (time.Time, error) {
	failed, furthest := errors.New("nothing is trusted"), -1
	for _, i := range r.instances {
		at, got, err := i.signedAt(b, w, between, artifactSum)
		if err == nil {
			return at, nil
		}
		if got > furthest {
			failed, furthest = err, got
		}
	}
	return time.Time{}, failed
}

// signedAt gives the earliest time vouched for, at which as at all others the certificate counted; and how far it got.
func (r instance) signedAt(b bundle, w signer, between []*x509.Certificate, artifactSum []byte) (at time.Time, got int, err error) {
	times, err := r.times(b, w, artifactSum)
	if err != nil {
		return at, 0, err
	}
	if len(times) > 0 {
		at = slices.MinFunc(times, time.Time.Compare)
	}
	if w.leaf == nil {
		return at, 1, nil
	}
	if len(times) == 0 {
		return at, 1, errors.New("nobody who is trusted vouches for the time of the signature")
	}
	for _, t := range times {
		if err := r.certified(w.leaf, between, t); err != nil {
			return at, 1, err
		}
	}
	return at, 2, nil
}

func pae(payloadType string, payload []byte) []byte {
	b := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	return append(b, payload...)
}

// signer gives who signed: the certificate of the bundle, or the key that the reader brought.
func (b bundle) signer(opt Options) (signer, []*x509.Certificate, error) {
	if opt.Key != nil {
		if b.Material.PublicKey == nil {
			return signer{}, nil, errors.New("the bundle is not signed with a key of its own")
		}
		der, err := x509.MarshalPKIXPublicKey(opt.Key)
		return signer{key: opt.Key, der: der}, nil, err
	}
	leaf, between, err := b.certificates()
	if err != nil {
		return signer{}, nil, err
	}
	return signer{leaf: leaf, key: leaf.PublicKey}, between, nil
}

func signedWith(key crypto.PublicKey, message, sig []byte) bool {
	if k, ok := key.(*ecdsa.PublicKey); ok && k.Curve.Params().BitSize > 256 {
		return false // P-384 and above go with other hashes, which Fulcio does not use
	}
	switch key.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return signedBy(key, message, sig)
	}
	return false
}

// times checks every log entry and time stamp, and gives the times they vouch for.
func (r instance) times(b bundle, w signer, artifactSum []byte) ([]time.Time, error) {
	if len(b.Material.Entries) == 0 && !r.unlogged {
		return nil, errors.New("the signature is not in a log")
	}
	var out []time.Time
	for _, e := range b.Material.Entries {
		if err := e.about(b, w, artifactSum); err != nil {
			return nil, err
		}
		at, err := r.logged(e)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			out = append(out, at)
		}
	}
	stamped, err := r.stamped(b)
	out = append(out, stamped...)
	if err == nil && len(b.Material.Entries)+len(stamped) == 0 {
		err = errors.New("the signature has neither a log entry nor a time stamp that is trusted")
	}
	return out, err
}

func (r instance) stamped(b bundle) ([]time.Time, error) {
	var out []time.Time
	var trusted []timestamp.Authority
	for _, a := range r.stamps {
		trusted = append(trusted, timestamp.Authority{Certificates: a.chain, From: a.valid.from, Until: a.valid.until})
	}
	if len(trusted) == 0 {
		return out, nil
	}
	for _, s := range b.Material.Stamps.RFC3161 {
		stamp, err := timestamp.Verify(s.Token, b.signature(), trusted)
		if err != nil {
			return nil, fmt.Errorf("time stamp: %w", err)
		}
		out = append(out, stamp.At)
	}
	return out, nil
}

// certified checks that a certificate led to a trusted authority at a time, for signing code, and was logged.
func (r instance) certified(leaf *x509.Certificate, between []*x509.Certificate, at time.Time) error {
	failed := errors.New("no authority of certificates is trusted for the time")
	for _, a := range r.certificates {
		if !a.valid.holds(at) {
			continue
		}
		opts := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
		opts.Roots.AddCert(a.chain[len(a.chain)-1])
		for _, c := range append(slices.Clone(a.chain[:len(a.chain)-1]), between...) {
			opts.Intermediates.AddCert(c)
		}
		paths, err := leaf.Verify(opts)
		if err != nil {
			failed = err
			continue
		}
		if len(paths[0]) < 2 {
			failed = errors.New("the certificate is an authority's")
			continue
		}
		if failed = r.certificateLogged(leaf, paths[0][1]); failed == nil {
			return nil
		}
	}
	return fmt.Errorf("certificate: %w", failed)
}

var (
	oidSCTs      = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	oidIssuer    = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
	oidIssuerOld = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}
)

// tbsCertificate is the part of a certificate that is signed, so far as to take one extension out (RFC 5280, 4.1).
type tbsCertificate struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     asn1.RawValue
	Algorithm  asn1.RawValue
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	Extensions []pkix.Extension `asn1:"optional,explicit,tag:3"`
}

// certificateLogged checks that one of the certificate logs trusted signed for the certificate (RFC 6962, 3.3); an instance
// without logs has nobody to ask.
func (r instance) certificateLogged(leaf, issuer *x509.Certificate) error {
	if r.unlogged {
		return nil
	}
	var tbs tbsCertificate
	if rest, err := asn1.Unmarshal(leaf.RawTBSCertificate, &tbs); err != nil || len(rest) > 0 {
		return errors.Join(errors.New("it cannot be read"), err)
	}
	i := slices.IndexFunc(tbs.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidSCTs) })
	if i < 0 {
		return errors.New("it was not logged")
	}
	var list []byte
	if rest, err := asn1.Unmarshal(tbs.Extensions[i].Value, &list); err != nil || len(rest) > 0 {
		return errors.Join(errors.New("its log's word cannot be read"), err)
	}
	tbs.Extensions = slices.Delete(tbs.Extensions, i, i+1)
	before, err := asn1.Marshal(tbs)
	if err != nil {
		return err
	}
	issuerKey := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	list, _, ok := sized(list)
	for ok && len(list) > 0 {
		var sct []byte
		if sct, list, ok = sized(list); ok && r.promised(sct, before, issuerKey[:]) {
			return nil
		}
	}
	return errors.New("none of the certificate logs trusted signed for it")
}

// promised checks one signed certificate timestamp.
func (r instance) promised(sct, tbs, issuerKeyHash []byte) bool {
	const head = 1 + 32 + 8 // version, log, time
	if len(sct) < head || sct[0] != 0 {
		return false
	}
	id, ms := sct[1:33], binary.BigEndian.Uint64(sct[33:])
	extensions, rest, ok := sized(sct[head:])
	if !ok || len(rest) < 2 || rest[0] != 4 { // SHA-256
		return false
	}
	sig, left, ok := sized(rest[2:])
	if !ok || len(left) > 0 || ms > 1<<62 {
		return false
	}
	return slices.ContainsFunc(r.certLogs, func(l logKey) bool {
		return string(l.id) == string(id) && l.valid.holds(time.UnixMilli(int64(ms))) && signedBy(l.key, precert(tbs, issuerKeyHash, ms, extensions), sig)
	})
}

// sized cuts off what two bytes give the length of.
func sized(b []byte) (part, rest []byte, ok bool) {
	if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
		return nil, nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return b[2:n], b[n:], true
}

// identity gives whom a certificate was issued for and who vouched, which must be those demanded.
func identity(c *x509.Certificate, opt Options) (who, issuer string, err error) {
	for _, e := range c.Extensions {
		switch {
		case e.Id.Equal(oidIssuer):
			if rest, err := asn1.Unmarshal(e.Value, &issuer); err != nil || len(rest) > 0 {
				return "", "", errors.Join(errors.New("the certificate's issuer of identities cannot be read"), err)
			}
		case e.Id.Equal(oidIssuerOld) && issuer == "":
			issuer = string(e.Value)
		}
	}
	names := slices.Clone(c.EmailAddresses)
	for _, u := range c.URIs {
		names = append(names, u.String())
	}
	if len(names) != 1 {
		return "", issuer, fmt.Errorf("the certificate does not name one identity but %d", len(names))
	}
	is := Signer{names[0], issuer}
	if names[0] == "" || is != (Signer{opt.Identity, opt.Issuer}) && !slices.Contains(opt.Signers, is) {
		return names[0], issuer, fmt.Errorf("it was signed by %q (vouched for by %q), not by %q (%q)", names[0], issuer, opt.Identity, opt.Issuer)
	}
	return names[0], issuer, nil
}
