package verify

import (
	"bytes"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// A RevocationList is what one issuer takes back: declarations of its own, or keys. It travels as a [Letter] of
// [RevocationListFormat]; every list of an issuer holds all that it took back so far.
type RevocationList struct {
	Issuer   Issuer       `json:"issuer"`
	IssuedAt time.Time    `json:"issued_at"`
	Revoked  []Revocation `json:"revoked"` // without By: the signature says by whom
}

// OpenRevocationList verifies the signature of a signed list and gives the key that signed it. Each entry then says by
// which key it was revoked.
func OpenRevocationList(b []byte) (RevocationList, PublicKey, error) {
	var l RevocationList
	key, err := openLetter(b, RevocationListFormat, &l)
	if err != nil {
		return l, nil, err
	}
	for i := range l.Revoked {
		r := &l.Revoked[i]
		if (r.Key == "") == (r.Declaration == "") || r.By != "" {
			return l, nil, badFile(entry("revoked", i), nil, "key と declaration のどちらか一方だけを書いてください", "write exactly one of key and declaration")
		}
		r.By = Fingerprint(key)
	}
	return l, key, nil
}

// signedList reports whether a file is a letter rather than a list written by hand.
func signedList(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(b), []byte(`{"envelope":`))
}

// notRevoked holds keys and declaration against the reader's list. Entries of a list that others signed count only from
// whom they may come.
func (v *visit) notRevoked() error {
	d := v.Declaration
	keys := []struct {
		name string
		at   time.Time
	}{{Fingerprint(v.DeclarationKey), d.IssuedAt}, {Fingerprint(v.ManifestKey), v.Manifest.CreatedAt}}
	var idle []string
	earlier := false
	for _, r := range v.opt.Revocations {
		if r.Declaration != "" && (r.Declaration == d.ID || r.Declaration == Digest(v.Envelope)) {
			if v.mayRevoke(r, d.Issuer.ID, keys[0].name) {
				return unverified("members/"+DeclarationMember, "この宣言は取り消されています（%s）", "this declaration is revoked (%s)", r.Reason)
			}
			idle = append(idle, r.By)
		}
		for i, k := range keys {
			if r.Key != k.name || k.at.Before(r.From) {
				earlier = earlier || r.Key == k.name && (i > 0 || !v.seenBefore(r.From))
				continue
			}
			if issuer := []string{d.Issuer.ID, v.Manifest.Sender.ID}[i]; v.mayRevoke(r, issuer, k.name) {
				return unverified("keys", "鍵 %[1]s は失効しています（%[2]s）", "the key %[1]s is revoked (%[2]s)", k.name, r.Reason)
			}
			idle = append(idle, r.By)
		}
	}
	if earlier {
		v.unchecked("issued_before_revocation", lang.T("鍵は後に失効しています。失効より前に署名されたことは署名者の申告により、確かめられていません", "the key was revoked later; that it signed before then rests on the signer's word"))
	}
	if len(idle) > 0 {
		v.unchecked("revocation_not_counted", lang.F("発行者のものと確かめられない鍵（%s）による取消しがあり、数えていません", "there is a revocation by a key that is not known to be the issuer's, and it was not counted: %s", strings.Join(idle, ", ")))
	}
	return nil
}

// mayRevoke reports whether an entry counts against an issuer and a key: on the reader's own word, by the very key that
// signed, or by a key the reader trusts for that issuer by name.
func (v *visit) mayRevoke(r Revocation, issuer, key string) bool {
	if r.By == "" || r.By == key {
		return true
	}
	for _, t := range v.opt.Trust {
		if t.Issuer != "" && t.Issuer == issuer && Fingerprint(t.Key) == r.By {
			return true
		}
	}
	return false
}

// seenBefore reports whether an authority the reader trusts saw the signed declaration before a time.
func (v *visit) seenBefore(at time.Time) bool {
	m, ok := v.member(TimeStampMember)
	if !ok || len(v.opt.TimeStampers) == 0 {
		return false
	}
	stamp, err := v.stampHolds(m.Content)
	return err == nil && stamp.At.Before(at)
}
