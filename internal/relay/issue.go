package relay

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// Signing says who signs and with what, and to whom the bundle goes.
type Signing struct {
	Key       crypto.Signer
	Title     string // function of the signer: 代表取締役
	Place     string // empty: the organisation's address
	Recipient verify.Recipient
	Withhold  map[guideline.ID]string // requirements whose answers are not shown, and why
	ByDigest  func(Supporting) bool   // which documents are handed over by digest only; nil: none
	InReplyTo string                  // digest of the request that this answers
	TimeStamp []byte                  // token over the signed declaration that somebody got; nil: none
	// Stamp asks a time-stamping authority: it is given a request of RFC 3161 and gives the response. nil: nobody is asked.
	Stamp func(context.Context, []byte) ([]byte, error)
}

// kept is a signed declaration as the store keeps it, so that it can be handed over again without a new signature.
type kept struct {
	Envelope    []byte           `json:"envelope"`
	Disclosures [][]byte         `json:"disclosures"`
	PublicKey   verify.PublicKey `json:"public_key"`
	TimeStamp   []byte           `json:"time_stamp,omitempty"`
}

// Issue signs an approved draft, enters it in the ledger, and gives the bundle for the first recipient. What was approved
// is what is signed: when the state of a duty has changed since, it is an error of kind Conflict that names the duties.
func Issue(ctx context.Context, db *store.DB, actor store.Actor, id string, s Signing) ([]byte, store.Declaration, error) {
	d, err := db.Declaration(ctx, id)
	if err != nil {
		return nil, d, err
	}
	if d.State == store.DeclarationIssued {
		return nil, d, &lang.Error{Kind: lang.Conflict, What: lang.T("既に発行済みの宣言です", "the declaration was issued already")}
	}
	if d.State != store.DeclarationApproved {
		return nil, d, &lang.Error{Kind: lang.Gate, What: lang.T("宣言がまだ承認されていません", "the declaration is not approved yet"),
			Next: lang.F("起案者以外の承認者が tasuki approve %s を実行してください", "an approver other than its author runs tasuki approve %s", d.ID)}
	}
	var f Frozen
	if err := json.Unmarshal(d.Content, &f); err != nil {
		return nil, d, err
	}
	if err := unchanged(ctx, db, actor, d, f); err != nil {
		return nil, d, err
	}
	in, err := input(ctx, db, actor, d, f, s)
	if err != nil {
		return nil, d, err
	}
	signed, err := declare.Sign(in, s.Key)
	if err != nil {
		return nil, d, err
	}
	if err := betrays(signed, f, f.handOver(db, signed.Declaration, s)); err != nil {
		return nil, d, err
	}
	if err := enter(ctx, db, actor, &d, signed); err != nil {
		return nil, d, err
	}
	bundle, err := handOver(ctx, db, actor, &d, signed, f, s)
	return bundle, d, err
}

// unchanged judges again and compares.
func unchanged(ctx context.Context, db *store.DB, actor store.Actor, d store.Declaration, f Frozen) error {
	keep := d.Subject
	if d.Release != "" {
		keep = fact.Subject{Kind: fact.Release, ID: d.Release}
	}
	if err := judging.Reassess(ctx, db, actor, "declaration signed", keep); err != nil {
		return err
	}
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return err
	}
	drifted, err := drift(ctx, c, db, d, f)
	if err != nil {
		return err
	}
	var changed []string
	for _, x := range drifted {
		changed = append(changed, string(x.Requirement))
	}
	if len(changed) == 0 {
		return nil
	}
	return &lang.Error{Kind: lang.Conflict, What: lang.F("承認の後に状態が変わった責務があります: %s", "duties have changed since the approval: %s", strings.Join(slices.Compact(changed), ", ")),
		Next: lang.T("起案し直して、承認を受けてください（tasuki declare --again）", "draft it again (tasuki declare --again) and have it approved")}
}

// input puts the frozen content together with who approved and who signs.
func input(ctx context.Context, db *store.DB, actor store.Actor, d store.Declaration, f Frozen, s Signing) (declare.Input, error) {
	accounts, err := people(ctx, db)
	if err != nil {
		return declare.Input{}, err
	}
	signer := person(accounts, actor.Account)
	signer.Title = s.Title
	place := s.Place
	if place == "" {
		place = f.Issuer.Address
	}
	key, err := upkeep.LedgerKey(db)
	if err != nil {
		return declare.Input{}, err
	}
	in := declare.Input{ID: declarationURN(d), Series: f.Series, Serial: f.Serial, Supersedes: f.Supersedes, Issuer: key.Speaks(f.Issuer), Object: f.Object,
		Level: f.Level, Scope: f.Scope, Answers: f.Answers, Exclusions: f.Exclusions, Assessment: f.Assessment, Signer: signer, Place: place,
		Limitations: f.Limitations, Engaged: f.Engaged, Ledger: &verify.LedgerKey{Origin: key.Origin, Key: key.Public()}, Now: db.Now(), Salts: rand.Reader,
		Approvals: []verify.Approval{{Step: verify.Drafted, By: person(accounts, d.CreatedBy), At: d.CreatedAt, Authenticated: "account"}}}
	for _, a := range d.Approvals {
		in.Approvals = append(in.Approvals, verify.Approval{Step: stepOf(a), By: person(accounts, a.Account), At: a.At, Authenticated: a.Method})
	}
	in.Supporting, err = documents(db, f)
	return in, err
}

// documents reads the supporting documents of a draft.
func documents(db *store.DB, f Frozen) ([]declare.Document, error) {
	var out []declare.Document
	for _, s := range f.Supporting {
		if s.ByDigest {
			out = append(out, declare.Document{Name: s.Name, Kind: s.Kind, MediaType: s.MediaType, Digest: s.Digest, Size: s.Size})
			continue
		}
		content := s.Content
		if content == nil {
			var err error
			if content, err = db.ReadDocument(s.Digest); err != nil {
				return nil, err
			}
		}
		out = append(out, declare.Document{Name: s.Name, Kind: s.Kind, MediaType: s.MediaType, Content: content, Digest: s.Digest, Size: int64(len(content))})
	}
	return out, nil
}

// enter keeps what was signed and writes its entry for the ledger, in one transaction. Earlier declarations about the
// same release are superseded.
func enter(ctx context.Context, db *store.DB, actor store.Actor, d *store.Declaration, signed *declare.Signed) error {
	body, err := json.Marshal(kept{signed.Envelope, signed.Disclosures, signed.PublicKey, signed.TimeStamp})
	if err != nil {
		return err
	}
	digest, size, err := db.PutDocument(ctx, strings.NewReader(string(body)), maxBundle)
	if err != nil {
		return err
	}
	earlier, err := replaced(ctx, db, *d, signed.Declaration.Supersedes)
	if err != nil {
		return err
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if _, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "signed-declaration.json", Type: "signed-declaration", Origin: "issued", Accepted: true}); err != nil {
			return err
		}
		now := *d
		now.Signed, now.State, now.IssuedAt, now.Revision = digest, store.DeclarationIssued, tx.Now(), d.Revision+1
		if err := tx.SaveDeclaration(ctx, now); err != nil {
			return err
		}
		if err := supersede(ctx, tx, earlier, d.ID); err != nil {
			return err
		}
		*d = now
		return tx.Audit(ctx, "issued", store.Object{Kind: "declaration", ID: signed.Digest}, map[string]any{"draft": d.ID, "kind": d.Kind, "serial": d.Serial})
	})
}

const maxBundle = 256 << 20

// handOver has the declaration time-stamped when that is asked for, puts the ledger in order, proves the declaration's
// entry, packs the bundle and keeps it.
func handOver(ctx context.Context, db *store.DB, actor store.Actor, d *store.Declaration, signed *declare.Signed, f Frozen, s Signing) ([]byte, error) {
	if err := stamp(ctx, db, actor, d, signed, s); err != nil {
		return nil, err
	}
	proof, err := upkeep.Prove(ctx, db, store.Object{Kind: "declaration", ID: signed.Digest})
	if err != nil {
		return nil, err
	}
	to := f.handOver(db, signed.Declaration, s)
	to.Proof = proof
	if err := betrays(signed, f, to); err != nil {
		return nil, err
	}
	bundle, err := declare.Pack(signed, to, s.Key)
	if err != nil {
		return nil, err
	}
	return bundle, keepBundle(ctx, db, actor, bundle, signed.Digest, s.Recipient, d)
}

// handOver says what goes out to whom; the proof of the ledger is still to come.
func (f Frozen) handOver(db *store.DB, d verify.Declaration, s Signing) declare.HandOver {
	to := declare.HandOver{ID: "urn:tasuki:handover:" + db.NewID(), Recipient: s.Recipient, Withhold: withheld(d, s.Withhold), InReplyTo: s.InReplyTo, Now: db.Now()}
	for _, sup := range f.Supporting {
		if s.ByDigest != nil && s.ByDigest(sup) {
			to.ByDigest = append(to.ByDigest, sup.Name)
		}
	}
	return to
}

// keepBundle keeps a bundle that goes out. The first hand-over of a declaration of ours is noted with it; later ones
// change nothing in the declaration.
func keepBundle(ctx context.Context, db *store.DB, actor store.Actor, bundle []byte, declaration string, recipient verify.Recipient, d *store.Declaration) error {
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(bundle), maxBundle)
	if err != nil {
		return err
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if _, err := tx.AddDocument(ctx, store.Document{Digest: digest, Size: size, Name: "declaration.tasuki.json", Type: BundleType, Origin: "issued", Accepted: true}); err != nil {
			return err
		}
		if d != nil && d.Bundle == "" {
			d.Bundle = digest
			d.Revision++
			if err := tx.SaveDeclaration(ctx, *d); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "handed over", store.Object{Kind: "bundle", ID: digest}, map[string]any{"declaration": declaration, "recipient": recipient})
	})
}

// BundleType is the document type of a bundle.
const BundleType = "tasuki-bundle"
