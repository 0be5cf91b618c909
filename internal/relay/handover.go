package relay

import (
	"context"
	"encoding/json"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// HandOver gives a declaration of ours that is in force to one more recipient: the same signed declaration in a new
// bundle, which may show more or less than the last one.
func HandOver(ctx context.Context, db *store.DB, actor store.Actor, d store.Declaration, s Signing) ([]byte, error) {
	if d.State != store.DeclarationIssued {
		return nil, &lang.Error{Kind: lang.Conflict, What: lang.T("効力のある宣言ではないため、渡せません", "the declaration is not in force and cannot be handed over"),
			Next: lang.T("tasuki declarations list で効力のある宣言を確かめてください", "see tasuki declarations list for those in force")}
	}
	k, err := signedOf(db, d)
	if err != nil {
		return nil, err
	}
	var f Frozen
	if err := json.Unmarshal(d.Content, &f); err != nil {
		return nil, err
	}
	signed := &declare.Signed{Envelope: k.Envelope, Digest: verify.Digest(k.Envelope), Disclosures: k.Disclosures, PublicKey: k.PublicKey, TimeStamp: k.TimeStamp}
	if signed.Declaration, err = declarationIn(k.Envelope); err != nil {
		return nil, err
	}
	if signed.Documents, err = documents(db, f); err != nil {
		return nil, err
	}
	slices.SortFunc(signed.Documents, declare.Document.Compare)
	for i, r := range signed.Declaration.Supporting {
		signed.Documents[i].Signer = r.Signer
	}
	return handOver(ctx, db, actor, &d, signed, f, s)
}

// withheld gives the duties of a declaration whose answers are not shown, for the requirements named.
func withheld(d verify.Declaration, requirements map[guideline.ID]string) map[verify.Duty]string {
	out := map[verify.Duty]string{}
	for _, c := range d.Commitments {
		if why, ok := requirements[c.Requirement]; ok {
			out[c.Duty()] = why
		}
	}
	return out
}

// DigestOnly chooses the documents that are handed over by digest: suppliers' bundles, and whatever is neither that nor an
// SBOM. nil: none.
func DigestOnly(evidence, upstream bool) func(Supporting) bool {
	if !evidence && !upstream {
		return nil
	}
	return func(d Supporting) bool {
		return upstream && d.Kind == verify.Upstream || evidence && d.Kind != verify.SBOM && d.Kind != verify.Upstream
	}
}

// declarationIn reads the declaration of an envelope that we signed ourselves.
func declarationIn(envelope []byte) (verify.Declaration, error) {
	var e verify.Envelope
	if err := json.Unmarshal(envelope, &e); err != nil {
		return verify.Declaration{}, err
	}
	var st verify.Statement[verify.Declaration]
	err := json.Unmarshal(e.Payload, &st)
	return st.Predicate, err
}

// PassOn gives a bundle that we received to somebody else, with us as its sender: whole, or redacted to its declaration
// and its suppliers' bundles. The declaration keeps its issuer's signature. The bundle must be one we accepted.
func PassOn(ctx context.Context, db *store.DB, actor store.Actor, digest string, s Signing, redact bool) ([]byte, error) {
	d, err := db.Document(ctx, digest)
	if err != nil {
		return nil, err
	}
	if d.Type != BundleType || !d.Accepted || d.Origin == "issued" {
		return nil, &lang.Error{Kind: lang.Conflict, What: lang.T("受け取って検証できた襷ではありません", "it is not a bundle that we received and that verified")}
	}
	b, err := db.ReadDocument(digest)
	if err != nil {
		return nil, err
	}
	signed, proof, err := declare.Reopen(b)
	if err != nil {
		return nil, err
	}
	self, err := ourselves(ctx, db)
	if err != nil {
		return nil, err
	}
	to := declare.HandOver{ID: "urn:tasuki:handover:" + db.NewID(), Sender: self, Recipient: s.Recipient, Withhold: withheld(signed.Declaration, s.Withhold), Proof: proof,
		InReplyTo: s.InReplyTo, Now: db.Now()}
	if redact {
		to = declare.Redacted(signed, to, "confidential")
	}
	bundle, err := declare.Pack(signed, to, s.Key)
	if err != nil {
		return nil, err
	}
	return bundle, keepBundle(ctx, db, actor, bundle, signed.Digest, s.Recipient, nil)
}
