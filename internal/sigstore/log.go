package sigstore

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// signedBy reports whether a signature over a message is by a log's key.
func signedBy(key crypto.PublicKey, message, sig []byte) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return ecdsa.VerifyASN1(k, sum[:], sig)
	case ed25519.PublicKey:
		return ed25519.Verify(k, message, sig)
	}
	return false
}

// logged checks that an entry is in a log that is trusted. It gives the time the log promised, zero when it promised none.
func (r instance) logged(e entry) (time.Time, error) {
	if e.Promise == nil && e.Proof == nil {
		return time.Time{}, errors.New("the log entry has neither promise nor proof")
	}
	failed := errors.New("the log is not among those trusted")
	for _, l := range r.logs {
		if !bytes.Equal(l.id, e.LogID.KeyID) {
			continue
		}
		at, err := l.holds(e)
		if err == nil {
			return at, nil
		}
		failed = err
	}
	return time.Time{}, failed
}

func (l logKey) holds(e entry) (at time.Time, err error) {
	if e.Promise != nil {
		message, err := json.Marshal(struct { // RFC 8785: the names are in order, and nothing needs escapes
			Body  []byte `json:"body"`
			Time  int64  `json:"integratedTime"`
			LogID string `json:"logID"`
			Index int64  `json:"logIndex"`
		}{e.Body, int64(e.Time), hex.EncodeToString(l.id), int64(e.Index)})
		if err != nil || !signedBy(l.key, message, e.Promise.SET) {
			return at, errors.Join(errors.New("the log's promise does not hold"), err)
		}
		if at = time.Unix(int64(e.Time), 0).UTC(); !l.valid.holds(at) {
			return at, fmt.Errorf("the log's key is not trusted for %v", at)
		}
	}
	if e.Proof == nil {
		return at, nil
	}
	p := e.Proof
	path := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		if len(h) != tlog.HashSize {
			return at, errors.New("a hash of the inclusion proof is not 32 bytes long")
		}
		path[i] = tlog.Hash(h)
	}
	if len(p.Root) != tlog.HashSize || p.Index >= p.Size ||
		tlog.CheckRecord(path, int64(p.Size), tlog.Hash(p.Root), int64(p.Index), tlog.RecordHash(e.Body)) != nil {
		return at, errors.New("the entry does not lead to the log's root")
	}
	return at, l.checkpoint(p.Checkpoint.Envelope, int64(p.Size), p.Root)
}

// checkpoint checks that a checkpoint states a tree and is signed with the log's key.
func (l logKey) checkpoint(text string, size int64, root []byte) error {
	body, signatures, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(body, "\n")
	if !ok || len(lines) < 3 || lines[0] == "" || lines[1] != strconv.FormatInt(size, 10) || lines[2] != base64.StdEncoding.EncodeToString(root) {
		return errors.New("the checkpoint states another tree")
	}
	for line := range strings.Lines(signatures) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != "—" {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(f[2])
		if err == nil && len(raw) > 4 && len(l.id) >= 4 && bytes.Equal(raw[:4], l.id[:4]) && signedBy(l.key, []byte(body+"\n"), raw[4:]) {
			return nil
		}
	}
	return errors.New("the checkpoint is not signed with the log's key")
}

// record is what the bodies of entries say, of every kind that is read.
type record struct {
	Kind    string `json:"kind"`
	Version string `json:"apiVersion"`
	Spec    struct {
		Data struct {
			Hash hashValue `json:"hash"`
		} `json:"data"`
		Signature struct {
			Content   []byte `json:"content"`
			PublicKey struct {
				Content []byte `json:"content"`
			} `json:"publicKey"`
		} `json:"signature"`
		PayloadHash hashValue `json:"payloadHash"`
		Signatures  []struct {
			Signature []byte `json:"signature"`
			Verifier  []byte `json:"verifier"`
		} `json:"signatures"`
		Content struct {
			Envelope struct {
				Signatures []struct {
					Sig       []byte `json:"sig"` // base64 of base64
					PublicKey []byte `json:"publicKey"`
				} `json:"signatures"`
			} `json:"envelope"`
			PayloadHash hashValue `json:"payloadHash"`
		} `json:"content"`
		Hashed2 *struct {
			Data      digest2    `json:"data"`
			Signature signature2 `json:"signature"`
		} `json:"hashedRekordV002"`
		DSSE2 *struct {
			PayloadHash digest2      `json:"payloadHash"`
			Signatures  []signature2 `json:"signatures"`
		} `json:"dsseV002"`
	} `json:"spec"`
}

type hashValue struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}

func (h hashValue) is(sum []byte) bool {
	return h.Algorithm == "sha256" && h.Value == hex.EncodeToString(sum)
}

type digest2 struct {
	Algorithm string `json:"algorithm"`
	Digest    []byte `json:"digest"`
}

func (d digest2) is(sum []byte) bool { return d.Algorithm == "SHA2_256" && bytes.Equal(d.Digest, sum) }

type signature2 struct {
	Content  []byte `json:"content"`
	Verifier struct {
		Certificate *rawCertificate `json:"x509Certificate"`
		PublicKey   *rawCertificate `json:"publicKey"`
	} `json:"verifier"`
}

// by reports whether the verifier is the certificate or, without one, the key.
func (s signature2) by(w signer) bool {
	if w.leaf != nil {
		return s.Verifier.Certificate != nil && bytes.Equal(s.Verifier.Certificate.Raw, w.leaf.Raw)
	}
	return s.Verifier.PublicKey != nil && bytes.Equal(s.Verifier.PublicKey.Raw, w.der)
}

// A signer is who signed: a certificate, or a key that the reader knows.
type signer struct {
	leaf *x509.Certificate
	key  crypto.PublicKey
	der  []byte // of the key
}

// inPEM reports whether PEM holds just the certificate or key of the signer.
func (w signer) inPEM(b []byte) bool {
	block, _ := pem.Decode(b)
	if block == nil {
		return false
	}
	if w.leaf != nil {
		return bytes.Equal(block.Bytes, w.leaf.Raw)
	}
	return bytes.Equal(block.Bytes, w.der)
}

// about checks that an entry is about the bundle's own signature, content and signer, and nothing else.
func (e entry) about(b bundle, w signer, artifactSum []byte) error {
	var r record
	if err := json.Unmarshal(e.Body, &r); err != nil {
		return fmt.Errorf("read log entry: %w", err)
	}
	if r.Kind != e.Kind.Kind || r.Version != e.Kind.Version {
		return errors.New("the log entry is of another kind than the bundle says")
	}
	sig, other := b.signature(), errors.New("the log entry is about another signature, content or signer")
	var payload []byte
	if b.DSSE != nil {
		sum := sha256.Sum256(b.DSSE.Payload)
		payload = sum[:]
	}
	s := r.Spec
	fits := false
	switch r.Kind + " " + r.Version {
	case "hashedrekord 0.0.1":
		fits = b.DSSE == nil && s.Data.Hash.is(artifactSum) && bytes.Equal(s.Signature.Content, sig) && w.inPEM(s.Signature.PublicKey.Content)
	case "hashedrekord 0.0.2":
		fits = s.Hashed2 != nil && s.Hashed2.Data.is(artifactSum) && bytes.Equal(s.Hashed2.Signature.Content, sig) && s.Hashed2.Signature.by(w)
	case "dsse 0.0.1":
		fits = payload != nil && s.PayloadHash.is(payload) && len(s.Signatures) == 1 && bytes.Equal(s.Signatures[0].Signature, sig) && w.inPEM(s.Signatures[0].Verifier)
	case "dsse 0.0.2":
		fits = payload != nil && s.DSSE2 != nil && s.DSSE2.PayloadHash.is(payload) && len(s.DSSE2.Signatures) == 1 &&
			bytes.Equal(s.DSSE2.Signatures[0].Content, sig) && s.DSSE2.Signatures[0].by(w)
	case "intoto 0.0.2":
		signed := s.Content.Envelope.Signatures
		fits = payload != nil && s.Content.PayloadHash.is(payload) && len(signed) == 1 &&
			string(signed[0].Sig) == base64.StdEncoding.EncodeToString(sig) && w.inPEM(signed[0].PublicKey)
	default:
		return fmt.Errorf("log entries of the kind %s %s are not read", r.Kind, r.Version)
	}
	if !fits {
		return other
	}
	return nil
}

// precert puts together what a certificate log signed: the certificate as it was before the log's word was put into it
// (RFC 6962, 3.2).
func precert(tbs, issuerKeyHash []byte, timestamp uint64, extensions []byte) []byte {
	b := []byte{0, 0} // version 1, certificate timestamp
	b = binary.BigEndian.AppendUint64(b, timestamp)
	b = append(b, 0, 1) // precert_entry
	b = append(b, issuerKeyHash...)
	b = append(b, byte(len(tbs)>>16), byte(len(tbs)>>8), byte(len(tbs)))
	b = append(b, tbs...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(extensions)))
	return append(b, extensions...)
}
