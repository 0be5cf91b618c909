package declare

import (
	"example.org/tasuki/verify"
)

// Reopen takes a bundle apart so that its declaration can be handed on to somebody else, showing as much or less, without
// a new signature on it. What was withheld stays withheld: nobody can show what they were not shown. The bundle must be
// whole; whether its signers are trusted is for the caller to ask.
func Reopen(bundle []byte) (*Signed, *verify.Proof, error) {
	o, err := verify.Open(bundle)
	if err != nil {
		return nil, nil, err
	}
	s := &Signed{Envelope: o.Envelope, Digest: verify.Digest(o.Envelope), Declaration: o.Declaration, PublicKey: o.DeclarationKey, TimeStamp: o.Member(verify.TimeStampMember)}
	for i := range o.Declaration.Commitments {
		s.Disclosures = append(s.Disclosures, o.Member(verify.DisclosureMember(i)))
	}
	for _, r := range o.Declaration.Supporting {
		s.Documents = append(s.Documents, Document{Name: r.Name, Kind: r.Kind, MediaType: r.MediaType, Content: o.Member(r.Name), Digest: r.Digest, Size: r.Size, Signer: r.Signer})
	}
	b := o.Member(verify.ProofMember)
	if b == nil {
		return s, nil, nil
	}
	var p verify.Proof
	return s, &p, verify.Unmarshal(b, &p)
}

// Redacted gives a hand-over that shows none of a declaration's answers and no document but its suppliers' bundles: it
// proves that the declaration exists, who signed it and that it is in force, and leaves the rest to the signer's word.
func Redacted(s *Signed, to HandOver, reason string) HandOver {
	to.Withhold = map[verify.Duty]string{}
	for _, c := range s.Declaration.Commitments {
		to.Withhold[c.Duty()] = reason
	}
	to.ByDigest = nil
	for _, d := range s.Documents {
		if d.Kind != verify.Upstream {
			to.ByDigest = append(to.ByDigest, d.Name)
		}
	}
	return to
}
