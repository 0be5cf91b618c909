package keys

import (
	"bytes"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// SuccessionFormat names the letter by which a key names the next one.
const SuccessionFormat = "tasuki-key-succession/v1"

// A Succession is what a holder tells those who trust a key when another takes its place (鍵の更新). It is a letter signed
// with the old key; Possession is the new key's signature over the rest, so that nobody names a key that is not theirs.
type Succession struct {
	Name       string           `json:"name"`
	Issuer     string           `json:"issuer,omitempty"`
	Old        string           `json:"old"` // fingerprint
	New        verify.PublicKey `json:"new"`
	At         time.Time        `json:"at"` // the old key signs nothing after, the new one nothing before
	Until      time.Time        `json:"until,omitzero"`
	Possession []byte           `json:"possession,omitempty"`
}

// NewSuccession gives the bytes of the letter.
func NewSuccession(from, to Key) ([]byte, error) {
	s := Succession{Name: to.Name, Issuer: to.Issuer, Old: from.Fingerprint(), New: to.Public(), At: to.CreatedAt, Until: to.Until}
	message, err := verify.Marshal(s)
	if err != nil {
		return nil, err
	}
	if s.Possession, err = verify.Sign(to.Private, message); err != nil {
		return nil, err
	}
	return verify.SignLetter(SuccessionFormat, s, from.Private)
}

// OpenSuccession verifies both signatures of a succession. Whether the old key is trusted is for the caller to ask.
func OpenSuccession(b []byte) (Succession, verify.PublicKey, error) {
	var s Succession
	old, err := verify.OpenLetter(b, SuccessionFormat, &s)
	if err != nil {
		return s, nil, err
	}
	signed := s
	signed.Possession = nil
	message, err := verify.Marshal(signed)
	if err != nil {
		return s, nil, err
	}
	if s.Old != verify.Fingerprint(old) || bytes.Equal(s.New, old) || s.At.IsZero() || !verify.SignatureHolds(s.New, message, s.Possession) {
		return s, nil, &lang.Error{Kind: lang.Unverified, What: lang.T("鍵の更新の内容が、新旧の鍵の署名と合いません", "what the succession says does not fit the signatures of both keys")}
	}
	return s, old, nil
}

// Follow gives the entries of a trust list after a succession: the old key counts for what was issued until then, the new
// one from then on.
func (s Succession) Follow(old verify.TrustedKey) (before, after verify.TrustedKey) {
	before = old
	if before.Until.IsZero() || before.Until.After(s.At) {
		before.Until = s.At
	}
	return before, verify.TrustedKey{Name: old.Name, Key: s.New, Issuer: old.Issuer, From: s.At, Until: s.Until, Note: "succeeds " + s.Old}
}
