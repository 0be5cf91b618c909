package exchange

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"slices"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// The document types of letters.
const (
	RequestType        = "tasuki-request"
	ReceiptType        = "tasuki-receipt"
	RevocationListType = "tasuki-revocation-list"
)

// Revoked is the signature state of a bundle whose issuer took its declaration back.
const Revoked = "revoked"

// A Letter is what became of a request, a receipt or a list of revocations that came in.
type Letter struct {
	Type     string // document type
	Digest   string // of the file
	Party    string // our id of the party whose key signed it; empty: the key speaks for nobody of our chain
	Signer   string // fingerprint of the key
	Trusted  bool
	Problem  error // why it counts for nothing; nil: it was accepted
	Request  *verify.Request
	Receipt  *verify.Receipt
	List     *verify.RevocationList
	Released []string // digests of bundles that no longer count
}

// Accepted reports whether the letter counts from now on.
func (l Letter) Accepted() bool { return l.Problem == nil }

// ReceiveLetter verifies a letter against the keys the workspace trusts and keeps it. A letter of nobody we trust is kept
// as a document that counts for nothing.
func ReceiveLetter(ctx context.Context, db *store.DB, actor store.Actor, name string, b []byte) (Letter, error) {
	trust, err := Trust(ctx, db)
	if err != nil {
		return Letter{}, err
	}
	l, key, issuer := open(b)
	if l.Problem == nil {
		l.Signer = verify.Fingerprint(key)
		l.vouch(trust, key, issuer, db)
	}
	if l.Digest, _, err = db.PutDocument(ctx, bytes.NewReader(b), int64(len(b))); err != nil {
		return l, err
	}
	if l.Problem == nil && l.List != nil {
		if l.Released, err = revokedBundles(ctx, db, *l.List); err != nil {
			return l, err
		}
	}
	return l, db.InTx(ctx, actor, func(tx *store.Tx) error { return l.keep(ctx, tx, name, int64(len(b))) })
}

// open reads a letter of any kind, and says who claims to have written it.
func open(b []byte) (l Letter, key ed25519.PublicKey, issuer string) {
	switch verify.LetterFormat(b) {
	case verify.RequestFormat:
		var r verify.Request
		l.Type = RequestType
		r, key, l.Problem = verify.OpenRequest(b)
		l.Request, issuer = &r, r.From.ID
	case verify.ReceiptFormat:
		var r verify.Receipt
		l.Type = ReceiptType
		r, key, l.Problem = verify.OpenReceipt(b)
		l.Receipt, issuer = &r, r.By.ID
	case verify.RevocationListFormat:
		var r verify.RevocationList
		l.Type = RevocationListType
		r, key, l.Problem = verify.OpenRevocationList(b)
		l.List, issuer = &r, r.Issuer.ID
	default:
		l.Problem = &lang.Error{Kind: lang.Unreadable, What: lang.T("依頼・受領書・失効一覧のいずれでもありません", "it is neither a request nor a receipt nor a list of revocations")}
	}
	return l, key, issuer
}

// vouch looks the key up among those we trust. A key that is limited to an issuer speaks for that issuer only.
func (l *Letter) vouch(trust []TrustedParty, key ed25519.PublicKey, issuer string, db *store.DB) {
	now := db.Now()
	for _, t := range trust {
		k := t.Key
		if bytes.Equal(k.Key, key) && (k.Issuer == "" || k.Issuer == issuer) && !now.Before(k.From) && (k.Until.IsZero() || !now.After(k.Until)) {
			l.Party, l.Trusted = t.Party, true
			return
		}
	}
	l.Problem = &lang.Error{Kind: lang.Unverified, What: lang.F("署名した鍵 %s は信頼する鍵の一覧にないか、この送り主・日時には使えません", "the key that signed it, %s, is not among the trusted keys, or not for that sender and time", l.Signer),
		Next: lang.T("指紋を別の手段で送り主に確かめてから、tasuki trust add で登録してください", "compare the fingerprint with the sender by another way, then tasuki trust add")}
}

// keep writes the document and what follows from it.
func (l *Letter) keep(ctx context.Context, tx *store.Tx, name string, size int64) error {
	d := store.Document{Digest: l.Digest, Size: size, Name: name, Type: l.Type, Origin: "partner", Accepted: l.Accepted(), SignatureState: "verified"}
	if !l.Accepted() {
		d.SignatureState = "refused"
		d.Problems = []fact.Problem{{What: lang.T(lang.Explain(l.Problem, lang.JA), lang.Explain(l.Problem, lang.EN))}}
	}
	added, err := tx.AddDocument(ctx, d)
	if err == nil && !added {
		err = tx.SetReading(ctx, d)
	}
	if err != nil {
		return err
	}
	if l.Accepted() {
		if err := l.follow(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Audit(ctx, "received", store.Object{Kind: l.Type, ID: l.Digest}, map[string]any{"name": name, "accepted": l.Accepted(), "party": l.Party})
}

// follow writes what an accepted letter says as facts, and its revocations into the list of those that count here.
func (l *Letter) follow(ctx context.Context, tx *store.Tx) error {
	switch {
	case l.Request != nil:
		r := l.Request
		data := &fact.Request{Direction: fact.Incoming, Party: l.Party, ID: r.ID, DueOn: r.DueOn}
		if r.Under != nil {
			data.Under = r.Under.Request
		}
		return PutLetterFact(ctx, tx, l.Digest, l.Party, fact.KindRequest, data)
	case l.Receipt != nil:
		r := l.Receipt
		return PutLetterFact(ctx, tx, l.Digest, l.Party, fact.KindReply,
			&fact.Reply{Kind: fact.Acknowledged, Direction: fact.Incoming, To: r.Of, At: r.At, Fulfils: r.Accepted, Failed: r.Failed})
	}
	return l.revoke(ctx, tx)
}

// PutLetterFact puts the fact of a letter in the place of what was known of it. Without a party it is about our own
// organisation.
func PutLetterFact(ctx context.Context, tx *store.Tx, digest, party string, kind fact.Kind, data any) error {
	about := fact.Subject{Kind: fact.Org, ID: party}
	if party == "" {
		self, err := tx.Self(ctx)
		if err != nil && lang.KindOf(err) != lang.NotFound {
			return err
		}
		about.ID = self.ID
	}
	if about.ID == "" {
		about.ID = "self"
	}
	if err := tx.DropFactsOf(ctx, digest); err != nil {
		return err
	}
	return tx.PutFacts(ctx, []fact.Fact{{Kind: kind, Subject: about, ObservedAt: tx.Now(), Document: digest, Data: data}})
}

// revoke adds the list's entries to those that count here, and takes the bundles they name out of what counts.
func (l *Letter) revoke(ctx context.Context, tx *store.Tx) error {
	have := []verify.Revocation{}
	revision, err := tx.Setting(ctx, RevocationsSetting, &have)
	if err != nil {
		return err
	}
	for _, r := range l.List.Revoked {
		if !slices.Contains(have, r) {
			have = append(have, r)
		}
	}
	if err := tx.SetSetting(ctx, RevocationsSetting, have, revision); err != nil {
		return err
	}
	for _, digest := range l.Released {
		if err := tx.DropFactsOf(ctx, digest); err != nil {
			return err
		}
		d, err := tx.Document(ctx, digest)
		if err != nil {
			return err
		}
		d.Accepted, d.SignatureState = false, Revoked
		d.Problems = []fact.Problem{{What: lang.T("発行者が取り消した宣言です", "the declaration was revoked by its issuer")}}
		if err := tx.SetReading(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// revokedBundles gives the bundles that counted until now and do not verify with the list.
func revokedBundles(ctx context.Context, db *store.DB, list verify.RevocationList) ([]string, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	opt, err := Options(ctx, db)
	if err != nil {
		return nil, err
	}
	opt = verify.Options{Trust: opt.Trust, Revocations: list.Revoked}
	var out []string
	for _, f := range facts {
		b, err := db.ReadDocument(f.Document)
		if err != nil {
			return nil, err
		}
		revoked := slices.ContainsFunc(verify.Bundle(b, opt).Steps, func(s verify.Step) bool { return s.Name == verify.StepRevocations && !s.OK })
		if revoked && !slices.Contains(out, f.Document) {
			out = append(out, f.Document)
		}
	}
	return out, nil
}
