// Package sigstore verifies what others signed without a key of their own (keyless): a Sigstore bundle with a certificate
// that Fulcio issued for an identity, and its entry in a Rekor log, or the time stamp of an instance that keeps no logs
// (GitHub's own, which signs for private repositories and releases). Everything is held against a trusted root that the
// reader brings (trusted_root.json); nothing is fetched.
//
// Start from [ParseRoot] and [Verify]. Read are bundles of version 0.1 to 0.3, and attestations of the Python package index
// (PEP 740), with entries of the kinds hashedrekord, dsse and intoto. Bundles and roots are untrusted input until they hold.
package sigstore

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// most bounds the size of a bundle or root, in bytes.
const most = 16 << 20

type bundle struct {
	MediaType string   `json:"mediaType"`
	Material  material `json:"verificationMaterial"`
	Message   *struct {
		Digest struct {
			Algorithm string `json:"algorithm"`
			Digest    []byte `json:"digest"`
		} `json:"messageDigest"`
		Signature []byte `json:"signature"`
	} `json:"messageSignature"`
	DSSE *envelope `json:"dsseEnvelope"`
}

type envelope struct {
	PayloadType string `json:"payloadType"`
	Payload     []byte `json:"payload"`
	Signatures  []struct {
		Sig []byte `json:"sig"`
	} `json:"signatures"`
}

type material struct {
	Certificate *rawCertificate `json:"certificate"`
	Chain       *struct {
		Certificates []rawCertificate `json:"certificates"`
	} `json:"x509CertificateChain"`
	PublicKey *struct {
		Hint string `json:"hint"`
	} `json:"publicKey"`
	Entries []entry `json:"tlogEntries"`
	Stamps  struct {
		RFC3161 []struct {
			Token []byte `json:"signedTimestamp"`
		} `json:"rfc3161Timestamps"`
	} `json:"timestampVerificationData"`
}

type rawCertificate struct {
	Raw []byte `json:"rawBytes"`
}

type entry struct {
	Index number `json:"logIndex"`
	LogID struct {
		KeyID []byte `json:"keyId"`
	} `json:"logId"`
	Kind struct {
		Kind    string `json:"kind"`
		Version string `json:"version"`
	} `json:"kindVersion"`
	Time    number `json:"integratedTime"`
	Promise *struct {
		SET []byte `json:"signedEntryTimestamp"`
	} `json:"inclusionPromise"`
	Proof *struct {
		Index      number   `json:"logIndex"`
		Root       []byte   `json:"rootHash"`
		Size       number   `json:"treeSize"`
		Hashes     [][]byte `json:"hashes"`
		Checkpoint struct {
			Envelope string `json:"envelope"`
		} `json:"checkpoint"`
	} `json:"inclusionProof"`
	Body []byte `json:"canonicalizedBody"`
}

// A number is a 64-bit integer, which JSON of protocol buffers writes as a string. None here may be negative.
type number int64

// UnmarshalJSON reads both forms.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err == nil && v < 0 {
		err = fmt.Errorf("%d is negative", v)
	}
	*n = number(v)
	return err
}

func parse(b []byte) (bundle, error) {
	var v bundle
	if len(b) > most {
		return v, fmt.Errorf("the bundle has more than %d bytes", most)
	}
	if a, ok := fromPython(b); ok {
		return a, nil
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("read bundle: %w", err)
	}
	if (v.Message == nil) == (v.DSSE == nil) {
		return v, errors.New("the bundle does not hold one signature or envelope")
	}
	if v.DSSE != nil && len(v.DSSE.Signatures) != 1 {
		return v, errors.New("the envelope does not have one signature")
	}
	return v, nil
}

// signature gives the bytes that were signed and the signature; artifact is needed for a bundle without envelope.
func (b bundle) signature() []byte {
	if b.DSSE != nil {
		return b.DSSE.Signatures[0].Sig
	}
	return b.Message.Signature
}

// certificates gives the leaf and what is between it and a root. A root in a bundle is refused.
func (b bundle) certificates() (leaf *x509.Certificate, between []*x509.Certificate, err error) {
	var raw []rawCertificate
	switch m := b.Material; {
	case m.Certificate != nil:
		raw = []rawCertificate{*m.Certificate}
	case m.Chain != nil:
		raw = m.Chain.Certificates
	}
	all, err := parseAll(raw)
	if err != nil || len(all) == 0 {
		return nil, nil, errors.Join(errors.New("the bundle has no certificate that can be read"), err)
	}
	if slices.ContainsFunc(all, func(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }) {
		return nil, nil, errors.New("the bundle brings a root certificate")
	}
	return all[0], all[1:], nil
}

func parseAll(raw []rawCertificate) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, r := range raw {
		c, err := x509.ParseCertificate(r.Raw)
		if err != nil {
			return nil, fmt.Errorf("read certificate: %w", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// A Root is what the reader trusts: one or more instances of Sigstore. The public one keeps logs; others (GitHub's, for
// private repositories and releases) have an authority of time stamps instead.
type Root struct{ instances []instance }

// An instance is the authorities of certificates and time, and the logs, that belong together.
type instance struct {
	certificates, stamps []authority
	logs, certLogs       []logKey
	unlogged             bool // it says that it keeps no logs of either kind
}

type authority struct {
	chain []*x509.Certificate
	valid span
}

type logKey struct {
	id    []byte
	key   crypto.PublicKey
	valid span
}

// A span holds both its ends.
type span struct{ from, until time.Time }

func (s span) holds(at time.Time) bool {
	return !at.Before(s.from) && (s.until.IsZero() || !at.After(s.until))
}

type rawSpan struct {
	Start *time.Time `json:"start"`
	End   time.Time  `json:"end"`
}

func (r rawSpan) span() (span, error) {
	if r.Start == nil {
		return span{}, errors.New("a key or authority of the trusted root does not say from when on it counts")
	}
	return span{*r.Start, r.End}, nil
}

type rawAuthority struct {
	Chain struct {
		Certificates []rawCertificate `json:"certificates"`
	} `json:"certChain"`
	Valid rawSpan `json:"validFor"`
}

type rawLog struct {
	Key struct {
		Raw     []byte  `json:"rawBytes"`
		Details string  `json:"keyDetails"`
		Valid   rawSpan `json:"validFor"`
	} `json:"publicKey"`
	LogID struct {
		KeyID []byte `json:"keyId"`
	} `json:"logId"`
}

// ParseRoot reads a trusted root (trusted_root.json), or several: one after the other, as JSON Lines, or in an array. Log
// keys of kinds that are not used any more are passed over.
func ParseRoot(b []byte) (Root, error) {
	var out Root
	if len(b) > most {
		return out, fmt.Errorf("the trusted root has more than %d bytes", most)
	}
	all, err := rawRoots(b)
	if err != nil {
		return out, fmt.Errorf("read trusted root: %w", err)
	}
	for _, r := range all {
		i, err := r.instance()
		if err != nil {
			return Root{}, err
		}
		out.instances = append(out.instances, i)
	}
	return out, nil
}

type rawRoot struct {
	Logs         []rawLog       `json:"tlogs"`
	Certificates []rawAuthority `json:"certificateAuthorities"`
	CertLogs     []rawLog       `json:"ctlogs"`
	Stamps       []rawAuthority `json:"timestampAuthorities"`
}

func rawRoots(b []byte) ([]rawRoot, error) {
	var all []rawRoot
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		var one json.RawMessage
		if err := d.Decode(&one); errors.Is(err, io.EOF) && len(all) > 0 {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		some := make([]rawRoot, 1)
		var into any = &some[0]
		if one[0] == '[' {
			into = &some
		}
		if err := json.Unmarshal(one, into); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
}

func (r rawRoot) instance() (out instance, err error) {
	out.unlogged = len(r.Logs)+len(r.CertLogs) == 0
	if out.logs, err = logs(r.Logs); err != nil {
		return out, err
	}
	if out.certLogs, err = logs(r.CertLogs); err != nil {
		return out, err
	}
	if out.certificates, err = authorities(r.Certificates); err != nil {
		return out, err
	}
	out.stamps, err = authorities(r.Stamps)
	return out, err
}

func logs(raw []rawLog) ([]logKey, error) {
	var out []logKey
	for _, r := range raw {
		valid, err := r.Key.Valid.span()
		if err != nil {
			return nil, err
		}
		if key, err := x509.ParsePKIXPublicKey(r.Key.Raw); err == nil {
			out = append(out, logKey{r.LogID.KeyID, key, valid})
		}
	}
	return out, nil
}

func authorities(raw []rawAuthority) ([]authority, error) {
	var out []authority
	for _, r := range raw {
		valid, err := r.Valid.span()
		if err != nil {
			return nil, err
		}
		chain, err := parseAll(r.Chain.Certificates)
		if err != nil || len(chain) == 0 {
			return nil, errors.Join(errors.New("an authority of the trusted root has no certificate"), err)
		}
		out = append(out, authority{chain, valid})
	}
	return out, nil
}
