package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.org/tasuki/internal/lang"
)

// ParseTrust reads the keys a person trusts: a trust file (docs/formats/bundle.md), or one public key in PEM.
func ParseTrust(b []byte) ([]TrustedKey, error) {
	if block, _ := pem.Decode(b); block != nil {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, badFile("", err, "公開鍵として読み取れません", "cannot be read as a public key")
		}
		raw, err := KeyBytes(key)
		if err != nil {
			return nil, err
		}
		return []TrustedKey{{Name: Fingerprint(raw), Key: raw}}, nil
	}
	var f struct {
		Format string       `json:"format"`
		Keys   []TrustedKey `json:"keys"`
	}
	if err := parseFile(b, &f, &f.Format, TrustFormat); err != nil {
		return nil, err
	}
	for i, k := range f.Keys {
		if _, err := ParseKey(k.Key); err != nil || k.Name == "" {
			return nil, badFile(entry("keys", i), err, "鍵が Ed25519（32バイト）でも ECDSA P-256（DER）でもないか、名前がありません", "the key is neither Ed25519 (32 bytes) nor ECDSA P-256 (DER), or has no name")
		}
	}
	return f.Keys, nil
}

// FormatTrust writes a trust file.
func FormatTrust(keys []TrustedKey) ([]byte, error) {
	return formatFile(map[string]any{"format": TrustFormat, "keys": keys})
}

// ParseRevocations reads a list of revocations (docs/formats/bundle.md): one that the reader keeps, or one that an issuer
// signed.
func ParseRevocations(b []byte) ([]Revocation, error) {
	if signedList(b) {
		l, _, err := OpenRevocationList(b)
		return append([]Revocation{}, l.Revoked...), err
	}
	var f struct {
		Format  string       `json:"format"`
		Revoked []Revocation `json:"revoked"`
	}
	if err := parseFile(b, &f, &f.Format, RevocationsFormat); err != nil {
		return nil, err
	}
	for i, r := range f.Revoked {
		if (r.Key == "") == (r.Declaration == "") {
			return nil, badFile(entry("revoked", i), nil, "key と declaration のどちらか一方だけを書いてください", "write exactly one of key and declaration")
		}
	}
	return append([]Revocation{}, f.Revoked...), nil
}

// ParseSeen reads what was accepted before: a list (docs/formats/bundle.md), or an earlier bundle itself with every
// bundle inside it.
func ParseSeen(b []byte) ([]Seen, error) {
	if o, err := Open(b); err == nil {
		var out []Seen
		for _, each := range o.all(maxDepth) {
			s := each.Seen()
			s.earlier = each
			out = append(out, s)
		}
		return out, nil
	}
	var f struct {
		Format string `json:"format"`
		Seen   []Seen `json:"seen"`
	}
	if err := parseFile(b, &f, &f.Format, SeenFormat); err != nil {
		return nil, err
	}
	return append([]Seen{}, f.Seen...), nil
}

// FormatSeen writes a list of what was accepted.
func FormatSeen(seen []Seen) ([]byte, error) {
	return formatFile(map[string]any{"format": SeenFormat, "seen": seen})
}

// Seen gives what a reader keeps of a bundle it accepted.
func (o *Opened) Seen() Seen {
	d := o.Declaration
	return Seen{Issuer: d.Issuer.ID, Series: d.Series, Version: d.Object.Version, Serial: d.Serial, Digest: Digest(o.Envelope)}
}

// parseFile reads one of the small files a reader keeps. They may be written by hand: white space is free, unknown
// members are refused.
func parseFile(b []byte, v any, format *string, want string) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return notReadable(err, int(d.InputOffset()))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badFile(byteAt(int(d.InputOffset())), nil, "JSONの後に余分な内容があります", "something follows the JSON")
	}
	if err := noTwins(json.NewDecoder(bytes.NewReader(b)), ""); err != nil {
		return err
	}
	if *format != want {
		return badFile("format", nil, "形式が "+want+" ではありません", "the format is not "+want)
	}
	return nil
}

// noTwins reads one value and refuses an object with one name twice, in whatever case: of two lists of keys a reader would see
// the one and the program take the other.
func noTwins(d *json.Decoder, where string) error {
	t, err := d.Token()
	if err != nil {
		return notReadable(err, int(d.InputOffset()))
	}
	if t != json.Delim('{') && t != json.Delim('[') {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; d.More(); i++ {
		at := entry(where, i)
		if t == json.Delim('{') {
			name, err := d.Token()
			if err != nil {
				return notReadable(err, int(d.InputOffset()))
			}
			at = strings.ToLower(fmt.Sprint(name))
			if seen[at] {
				return badFile(at, nil, "同じ名前の項目が2つあります", "there are two entries of one name")
			}
			seen[at] = true
		}
		if err := noTwins(d, at); err != nil {
			return err
		}
	}
	_, err = d.Token()
	if err != nil {
		return notReadable(err, int(d.InputOffset()))
	}
	return nil
}

func formatFile(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	return append(b, '\n'), err
}

func badFile(where string, err error, ja, en string) error {
	return &lang.Error{Kind: lang.Unreadable, Where: where, Err: err, What: lang.T(ja, en)}
}

func entry(list string, i int) string { return fmt.Sprintf("%s/%d", list, i) }
