package verify

import (
	"bytes"
	"time"

	"example.org/tasuki/internal/lang"
)

// trusted decides whether the keys that signed are believed: they stand in the reader's list, or a trusted issuer
// named this very bundle, by digest and signer, in its own declaration.
func (v *visit) trusted() {
	l, d := &v.report.Chain[v.link], v.Declaration
	var err error
	l.Trust, l.TrustedAs, err = v.trustIn()
	v.step(StepTrust, lang.F("署名者 %[1]s を「%[2]s」として信頼しています（%[3]s）", "signer %[1]s is trusted as %[2]q (%[3]s)", l.Signer, l.TrustedAs, l.Trust.title()), err)
	if end := v.trustEnded(); !end.IsZero() {
		v.unchecked("issued_before_trust_ended", lang.F("署名者の鍵への信頼は %s に終わっています。それより前に署名されたことは署名者の申告により、確かめられていません", "trust in the signer's key ended on %s; that it signed before then rests on the signer's word", day(end)))
	}
	for _, name := range []string{d.Issuer.Name, d.Object.Name, d.Signer.Name} {
		if mixed(name) {
			v.unchecked("look_alike_name", lang.F("「%s」には、形の似たラテン文字とギリシャ文字又はキリル文字が混ざっています。名前ではなく鍵で見分けてください", "%q mixes Latin letters with Greek or Cyrillic ones that look the same; go by the key, not by the name", name))
		}
	}
	if l.Trust == Introduced {
		v.unchecked("introduced_signer", lang.F("署名者は %s による紹介で信頼しており、検証者自身の一覧にはありません", "the signer is known only because %s names it; it is not in the reader's own list", l.TrustedAs))
	}
}

func (v *visit) trustIn() (TrustKind, string, error) {
	d := v.Declaration
	signer, direct := v.find(v.DeclarationKey, d.Issuer.ID, d.IssuedAt)
	if direct {
		if _, ok := v.find(v.ManifestKey, v.Manifest.Sender.ID, v.Manifest.CreatedAt); ok || v.bound() {
			return Direct, signer.Name, nil
		}
		return Unknown, "", unverified("manifest", "送付者 %[1]s の鍵 %[2]s は信頼する鍵の一覧にないか、この送付者・日時には使えません",
			"the key %[2]s of the sender %[1]s is not among the trusted keys, or not for that sender and time", v.Manifest.Sender.Name, Fingerprint(v.ManifestKey))
	}
	if v.bound() && v.as.Signer == Fingerprint(v.DeclarationKey) {
		return Introduced, v.up.Declaration.Issuer.Name, nil
	}
	return Unknown, "", unverified("members/"+DeclarationMember, "署名者 %[1]s（%[2]s）の鍵 %[3]s は信頼する鍵の一覧にないか、この発行者・日時には使えません",
		"the key %[3]s of the signer %[1]s (%[2]s) is not among the trusted keys, or not for that issuer and time",
		v.report.Chain[v.link].Signer, d.Issuer.Name, Fingerprint(v.DeclarationKey))
}

// trustEnded gives when the reader's trust in the key that signed ended, if that is past and nobody but the signer says
// that it signed before.
func (v *visit) trustEnded() time.Time {
	t, ok := v.find(v.DeclarationKey, v.Declaration.Issuer.ID, v.Declaration.IssuedAt)
	if !ok || t.Until.IsZero() || !v.opt.At.After(t.Until) || v.seenBefore(t.Until) {
		return time.Time{}
	}
	return t.Until
}

// bound reports whether a trusted declaration names this bundle's digest.
func (v *visit) bound() bool {
	return v.up != nil && v.report.Chain[v.up.link].Trust != Unknown && v.as.Digest == v.Digest
}

// find gives the entry that lets a key speak for an issuer at a time.
func (v *visit) find(key []byte, issuer string, at time.Time) (TrustedKey, bool) {
	for _, t := range v.opt.Trust {
		if bytes.Equal(t.Key, key) && (t.Issuer == "" || t.Issuer == issuer) &&
			!at.Before(t.From) && (t.Until.IsZero() || !at.After(t.Until)) {
			return t, true
		}
	}
	return TrustedKey{}, false
}

func (k TrustKind) title() lang.Text {
	switch k {
	case Direct:
		return lang.T("検証者の一覧", "in the reader's list")
	case Introduced:
		return lang.T("取引先による紹介", "introduced")
	}
	return lang.T("不明", "unknown")
}

// notSuperseded holds the declaration against what the reader accepted before.
func (v *visit) notSuperseded() error {
	d, digest := v.Declaration, Digest(v.Envelope)
	for _, s := range v.opt.Seen {
		if s.Issuer != d.Issuer.ID || s.Series != d.Series || s.Version != d.Object.Version {
			continue
		}
		if s.Serial > d.Serial {
			return unverified("/predicate/serial", "より新しい宣言（第 %[1]d 号）を受け取り済みです。これは第 %[2]d 号です",
				"a later declaration, serial %[1]d, was accepted before; this is serial %[2]d", s.Serial, d.Serial)
		}
		if s.Serial == d.Serial && s.Digest != digest {
			return unverified("/predicate/serial", "同じ第 %d 号で内容の異なる宣言を受け取り済みです", "another declaration with the same serial %d was accepted before", d.Serial)
		}
	}
	return nil
}
