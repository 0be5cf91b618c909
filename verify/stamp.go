package verify

import (
	"crypto/x509"
	"encoding/pem"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/timestamp"
)

// TimeStampMember is the name of the member that shows when an authority saw the signed declaration: a token of RFC 3161,
// or the response around one, over the bytes of [DeclarationMember].
const TimeStampMember = "time-stamp.tsr"

// clocks is how far the clocks of a signer and of a time-stamping authority may be apart.
const clocks = 5 * time.Minute

// stamped checks the time stamp of the declaration, when there is one and the reader trusts an authority.
func (v *visit) stamped() {
	m, ok := v.member(TimeStampMember)
	switch {
	case !ok && len(v.opt.TimeStampers) > 0:
		v.unchecked("time_stamp", lang.T("宣言にタイムスタンプは付いていません。発行日時は署名者の申告によります", "the declaration has no time stamp; when it was issued rests on the signer's word"))
	case !ok:
	case len(v.opt.TimeStampers) == 0:
		v.unchecked("time_stamp", lang.T("タイムスタンプが付いていますが、信頼する時刻認証局が指定されていないため、確かめていません", "there is a time stamp, but no authority to trust was given, so it was not checked"))
	default:
		stamp, err := v.stampHolds(m.Content)
		if v.step(StepTimeStamp, lang.F("%[1]s が %[2]s に宣言を確認しています", "%[1]s saw the declaration at %[2]s", stamp.Authority, stamp.At.Format(time.RFC3339)), within("members/"+TimeStampMember, err)) {
			l := &v.report.Chain[v.link]
			l.StampedAt, l.StampedBy = stamp.At, stamp.Authority
		}
	}
}

// stampHolds checks the token by itself, and that its time fits what the declaration says and the reader's own.
func (v *visit) stampHolds(token []byte) (timestamp.Stamp, error) {
	var trusted []timestamp.Authority
	for _, c := range v.opt.TimeStampers {
		trusted = append(trusted, timestamp.Authority{Certificates: []*x509.Certificate{c}})
	}
	stamp, err := timestamp.Verify(token, v.Envelope, trusted)
	switch issued := v.Declaration.IssuedAt; {
	case err != nil:
		return stamp, &lang.Error{Kind: lang.Unverified, What: lang.T("タイムスタンプを確認できません", "the time stamp does not hold"), Err: err}
	case stamp.At.Add(clocks).Before(issued):
		return stamp, unverified("", "タイムスタンプの時刻 %[1]s が、宣言の発行日時 %[2]s より前です", "the time stamp, of %[1]s, is older than the declaration says it is (%[2]s)", stamp.At.Format(time.RFC3339), issued.Format(time.RFC3339))
	case !v.opt.At.IsZero() && stamp.At.After(v.opt.At.Add(clocks)):
		return stamp, unverified("", "タイムスタンプの時刻 %[1]s が、判定の時刻より後です", "the time stamp, of %[1]s, is later than the time to judge at", stamp.At.Format(time.RFC3339))
	}
	return stamp, nil
}

// ParseCertificates reads certificates in PEM: the roots of time-stamping authorities for [Options].
func ParseCertificates(b []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &lang.Error{Kind: lang.Unreadable, What: lang.T("証明書を読み取れません", "a certificate cannot be read"), Err: err}
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, &lang.Error{Kind: lang.Unreadable, What: lang.T("証明書がありません", "there is no certificate"), Next: lang.T("PEM 形式の証明書を指定してください", "give certificates in PEM")}
	}
	return out, nil
}
