package declare

import (
	"bytes"
	"cmp"
	"crypto"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Pack makes the bundle of one hand-over: the declaration, the disclosures that are shown, the documents, and a
// manifest signed by the sender. The sender's key may be another than the declaration's. A bundle that [verify.Bundle]
// would not accept from a reader who trusts both keys is never given out; the error names the step and the place.
func Pack(s *Signed, to HandOver, key crypto.Signer) ([]byte, error) {
	to = to.complete(s.Declaration)
	m := verify.Manifest{ID: to.ID, Sender: to.Sender, Recipient: to.Recipient, CreatedAt: whole(to.Now),
		InReplyTo: to.InReplyTo, Members: []verify.ManifestMember{}, Shown: []int{}, Withheld: []verify.Withheld{}}
	members, err := s.members(to, &m)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(members, func(a, b packed) int { return strings.Compare(a.Name, b.Name) })
	f := verify.File{Format: verify.BundleFormat, Keys: keys(s.PublicKey, verify.Public(key)), Members: []verify.Member{}}
	st := verify.Statement[verify.Manifest]{Type: verify.StatementType, PredicateType: verify.ManifestType}
	for _, p := range members {
		f.Members = append(f.Members, p.Member)
		m.Members = append(m.Members, verify.ManifestMember{Name: p.Name, Kind: p.kind, MediaType: p.MediaType, Digest: p.Digest,
			Size: p.Size, Embedded: len(p.Content) > 0})
	}
	st.Predicate, st.Subject = m, m.Subjects()
	if f.Manifest, err = envelope(st, key); err != nil {
		return nil, err
	}
	b, err := f.Bytes()
	if err != nil {
		return nil, err
	}
	if err := selfCheck(b, s, to, key); err != nil {
		return nil, err
	}
	return b, nil
}

// complete fills what was left empty: the issuer sends, at the time of issue, under the declaration's id.
func (to HandOver) complete(d verify.Declaration) HandOver {
	to.ID = cmp.Or(to.ID, d.ID)
	to.Sender = cmp.Or(to.Sender, d.Issuer)
	if to.Now.IsZero() {
		to.Now = d.IssuedAt
	}
	return to
}

// packed is a member with its kind.
type packed struct {
	verify.Member
	kind verify.ResourceKind
}

func member(name string, kind verify.ResourceKind, mediaType string, content []byte) packed {
	return packed{verify.Member{Name: name, MediaType: mediaType, Digest: verify.Digest(content), Size: int64(len(content)), Content: content}, kind}
}

// members gives everything that goes into the bundle, and writes into the manifest what is shown and withheld.
func (s *Signed) members(to HandOver, m *verify.Manifest) ([]packed, error) {
	out := []packed{member(verify.DeclarationMember, verify.DeclarationKind, verify.EnvelopeMediaType, s.Envelope)}
	for i, c := range s.Declaration.Commitments {
		if reason, withheld := to.Withhold[c.Duty()]; withheld || s.Disclosures[i] == nil {
			m.Withheld = append(m.Withheld, verify.Withheld{Index: i, Reason: reason})
			continue
		}
		m.Shown = append(m.Shown, i)
		out = append(out, member(verify.DisclosureMember(i), verify.DisclosureKind, verify.DisclosureMediaType, s.Disclosures[i]))
	}
	for _, d := range s.Documents {
		p := packed{verify.Member{Name: d.Name, MediaType: d.MediaType, Digest: d.Digest, Size: d.Size, Content: d.Content}, d.Kind}
		if slices.Contains(to.ByDigest, d.Name) {
			p.Content = nil
		}
		out = append(out, p)
	}
	if len(s.TimeStamp) > 0 {
		out = append(out, member(verify.TimeStampMember, verify.TimeStampKind, verify.TimeStampMediaType, s.TimeStamp))
	}
	if to.Proof != nil {
		b, err := verify.Marshal(to.Proof)
		if err != nil {
			return nil, err
		}
		out = append(out, member(verify.ProofMember, verify.ProofKind, verify.ProofMediaType, b))
	}
	return out, nil
}

// keys gives the distinct keys in order.
func keys(a, b verify.PublicKey) [][]byte {
	out := [][]byte{a, b}
	slices.SortFunc(out, bytes.Compare)
	return slices.CompactFunc(out, bytes.Equal)
}

// selfCheck verifies the bundle as its recipient will.
func selfCheck(b []byte, s *Signed, to HandOver, key crypto.Signer) error {
	at := whole(to.Now)
	if from := s.Declaration.Validity.From; at.Before(from) {
		at = from
	}
	r := verify.Bundle(b, verify.Options{At: at, Trust: []verify.TrustedKey{
		{Name: to.Sender.Name, Key: verify.Public(key)}, {Name: s.Declaration.Issuer.Name, Key: s.PublicKey}}})
	for _, step := range r.Steps {
		if !step.OK {
			return &lang.Error{Kind: lang.Inconsistent, Where: strings.TrimSpace(step.Bundle + " " + step.Where), Why: step.Detail,
				What: lang.T("検証に通らないため、バンドルを作成しませんでした", "no bundle was made, because it would not verify"),
				Next: lang.T("指摘された箇所を直してから、もう一度宣言してください", "mend the place named, then declare again")}
		}
	}
	return nil
}
