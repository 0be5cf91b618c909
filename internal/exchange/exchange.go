// Package exchange takes in what other parties hand over: bundles are verified against the keys the workspace trusts,
// kept, and what they declare becomes a fact about the release it is about.
//
// Start from [Receive]. Whom a workspace trusts is its own decision, kept with [SetTrust]; nothing is trusted because it
// came along.
package exchange

import (
	"context"
	"slices"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Keys of the settings that hold whom we trust, what was taken back, and what we accepted before.
const (
	TrustSetting       = "trust"
	RevocationsSetting = "revocations"
	SeenSetting        = "seen"
)

// A TrustedParty is a key we trust and the party it speaks for.
type TrustedParty struct {
	Party string            `json:"party,omitempty"` // id of the counterparty; empty: nobody of our chain
	Key   verify.TrustedKey `json:"key"`
}

// Trust gives the keys that the workspace trusts.
func Trust(ctx context.Context, db *store.DB) ([]TrustedParty, error) {
	list := []TrustedParty{}
	_, err := db.Setting(ctx, TrustSetting, &list)
	return list, err
}

// SetTrust adds a key, or changes whom it speaks for. Keys are told apart by their fingerprint.
func SetTrust(ctx context.Context, db *store.DB, actor store.Actor, t TrustedParty) error {
	return changeTrust(ctx, db, actor, "trusted", t, func(list []TrustedParty) []TrustedParty {
		return append(without(list, verify.Fingerprint(t.Key.Key)), t)
	})
}

// RemoveTrust stops trusting a key.
func RemoveTrust(ctx context.Context, db *store.DB, actor store.Actor, fingerprint string) error {
	list, err := Trust(ctx, db)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(t TrustedParty) bool { return verify.Fingerprint(t.Key.Key) == fingerprint })
	if i < 0 {
		return &lang.Error{Kind: lang.NotFound, What: lang.F("指紋が %s の鍵は登録されていません", "no key with the fingerprint %s is trusted", fingerprint)}
	}
	return changeTrust(ctx, db, actor, "no longer trusted", list[i], func(list []TrustedParty) []TrustedParty { return without(list, fingerprint) })
}

func without(list []TrustedParty, fingerprint string) []TrustedParty {
	return slices.DeleteFunc(slices.Clone(list), func(t TrustedParty) bool { return verify.Fingerprint(t.Key.Key) == fingerprint })
}

func changeTrust(ctx context.Context, db *store.DB, actor store.Actor, action string, about TrustedParty, change func([]TrustedParty) []TrustedParty) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		list := []TrustedParty{}
		revision, err := tx.Setting(ctx, TrustSetting, &list)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, TrustSetting, change(list), revision); err != nil {
			return err
		}
		return tx.Audit(ctx, action, store.Object{Kind: "key", ID: verify.Fingerprint(about.Key.Key)}, about)
	})
}

// Options gives what this workspace brings to a bundle that comes in: trust, revocations, what it accepted before, and
// the present time.
func Options(ctx context.Context, db *store.DB) (verify.Options, error) {
	opt := verify.Options{At: db.Now(), Revocations: []verify.Revocation{}, Seen: []verify.Seen{}}
	list, err := Trust(ctx, db)
	if err != nil {
		return opt, err
	}
	for _, t := range list {
		opt.Trust = append(opt.Trust, t.Key)
	}
	if _, err := db.Setting(ctx, RevocationsSetting, &opt.Revocations); err != nil {
		return opt, err
	}
	_, err = db.Setting(ctx, SeenSetting, &opt.Seen)
	return opt, err
}

// Received says what became of a bundle.
type Received struct {
	Report   verify.Report
	Accepted bool           // it verified, and its declaration counts from now on
	Digest   string         // of the bundle
	Subject  fact.Subject   // what the declaration is about, as we keep it
	Fact     *fact.Received // nil when it was not accepted
	SBOMs    []Member       // that came with it
	Reply    *fact.Reply    // when it answers a request that we sent
}

// A Member is a document that came with a bundle.
type Member struct {
	Name    string
	Content []byte
}

// Receive verifies a bundle and keeps it. One that does not verify is kept as a document that counts for nothing. With
// create, software and release that the declaration is about are made when we do not keep them yet, as made by its issuer.
func Receive(ctx context.Context, db *store.DB, actor store.Actor, name string, b []byte, create bool) (Received, error) {
	opt, err := Options(ctx, db)
	if err != nil {
		return Received{}, err
	}
	r := Received{Report: verify.Bundle(b, opt)}
	if r.Digest, _, err = db.PutDocument(ctx, strings.NewReader(string(b)), int64(len(b))); err != nil {
		return r, err
	}
	opened, openErr := verify.Open(b)
	if !r.Report.OK || openErr != nil {
		return r, keep(ctx, db, actor, name, r, int64(len(b)), nil)
	}
	r.Accepted = true
	m, err := db.LoadModel(ctx)
	if err != nil {
		return r, err
	}
	trust, err := Trust(ctx, db)
	if err != nil {
		return r, err
	}
	party := partyOf(r.Report, trust)
	made := chain.Model{}
	r.Subject, made = subject(db, m, opened.Declaration, party, create)
	r.Fact = received(db, opened, party, r.Subject, m, made)
	for _, s := range opened.Declaration.Supporting {
		if content := opened.Member(s.Name); s.Kind == verify.SBOM && len(content) > 0 {
			r.SBOMs = append(r.SBOMs, Member{s.Name, content})
		}
	}
	r.Fact.HasSBOM = len(r.SBOMs) > 0
	if r.Reply, err = answerTo(ctx, db, opt, opened, b); err != nil {
		return r, err
	}
	return r, keep(ctx, db, actor, name, r, int64(len(b)), func(tx *store.Tx) error {
		if err := tx.SaveModel(ctx, made); err != nil {
			return err
		}
		return accept(ctx, tx, r, opened.Seen())
	})
}

// answerTo says how a bundle answers a request that we sent: everything that was asked for is held against it. nil: it
// answers none of ours.
func answerTo(ctx context.Context, db *store.DB, opt verify.Options, o *verify.Opened, b []byte) (*fact.Reply, error) {
	digest := o.Manifest.InReplyTo
	if digest == "" {
		return nil, nil
	}
	d, err := db.Document(ctx, digest)
	if lang.KindOf(err) == lang.NotFound || err == nil && (d.Type != RequestType || d.Origin != "issued") {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	file, err := db.ReadDocument(digest)
	if err != nil {
		return nil, err
	}
	request, _, err := verify.OpenRequest(file)
	if err != nil {
		return nil, err
	}
	opt.Request, opt.RequestFile = &request, digest
	reply := &fact.Reply{Kind: fact.Answered, Direction: fact.Incoming, To: digest, At: db.Now(), Fulfils: true}
	for _, s := range verify.Bundle(b, opt).Steps {
		if !s.OK {
			reply.Fulfils = false
			reply.Failed = append(reply.Failed, s.Name)
		}
	}
	return reply, nil
}

// partyOf gives the party that the outermost bundle's signer speaks for.
func partyOf(r verify.Report, trust []TrustedParty) string {
	if len(r.Chain) == 0 {
		return ""
	}
	for _, t := range trust {
		if verify.Fingerprint(t.Key.Key) == r.Chain[0].Key {
			return t.Party
		}
	}
	return ""
}

// subject finds the release a declaration is about: by an artifact's digest, else by name and version.
func subject(db *store.DB, m chain.Model, d verify.Declaration, party string, create bool) (fact.Subject, chain.Model) {
	digests := map[string]bool{}
	for _, a := range d.Object.Artifacts {
		digests[a.Digest] = true
	}
	names := map[string]string{}
	software := ""
	for _, s := range m.Software {
		names[s.ID] = s.Name
		if s.Name == d.Object.Name {
			software = s.ID
		}
	}
	for _, r := range m.Releases {
		byDigest := slices.ContainsFunc(r.Artifacts, func(a chain.Artifact) bool { return digests[a.Digest] })
		if byDigest || names[r.Software] == d.Object.Name && r.Version == d.Object.Version {
			return fact.Subject{Kind: fact.Release, ID: r.ID}, chain.Model{}
		}
	}
	if !create {
		return fact.Subject{Kind: fact.Org, ID: party}, chain.Model{}
	}
	made := chain.Model{}
	if software == "" {
		software = db.NewID()
		made.Software = []chain.Software{{ID: software, Name: d.Object.Name, Kind: chain.SoftwareKind(d.Object.Kind), Owner: party}}
	}
	r := chain.Release{ID: db.NewID(), Software: software, Version: d.Object.Version, ReleasedOn: d.Object.ReleasedOn}
	for _, a := range d.Object.Artifacts {
		r.Artifacts = append(r.Artifacts, chain.Artifact{Name: a.Name, Digest: a.Digest, Size: a.Size})
	}
	made.Releases = []chain.Release{r}
	return fact.Subject{Kind: fact.Release, ID: r.ID}, made
}

// received puts what a declaration says into the words of a fact.
func received(db *store.DB, o *verify.Opened, party string, s fact.Subject, m, made chain.Model) *fact.Received {
	d := o.Declaration
	f := &fact.Received{Party: party, Kind: string(d.Kind), Object: d.Object.Name, Version: d.Object.Version, Level: string(d.Requirements.Level),
		VerifiedAt: db.Now(), ValidUntil: d.Validity.Until, Withheld: len(o.Manifest.Withheld)}
	if s.Kind == fact.Release {
		f.Release = s.ID
		for _, r := range append(slices.Clone(m.Releases), made.Releases...) {
			if r.ID == s.ID {
				f.Software = r.Software
			}
		}
	}
	for _, a := range o.Answers {
		if a == nil {
			continue // withheld
		}
		f.Answers = append(f.Answers, fact.ReceivedAnswer{Role: string(a.Role), Requirement: string(a.Requirement), Status: string(a.Status)})
	}
	return f
}

// keep writes the document and, when the bundle was accepted, what follows.
func keep(ctx context.Context, db *store.DB, actor store.Actor, name string, r Received, size int64, more func(*store.Tx) error) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		d := store.Document{Digest: r.Digest, Size: size, Name: name, Type: "tasuki-bundle", Origin: "partner", Accepted: r.Accepted, SignatureState: "verified"}
		if !r.Accepted {
			d.SignatureState = "refused"
			for _, s := range r.Report.Steps {
				if !s.OK {
					d.Problems = append(d.Problems, fact.Problem{Where: s.Where, What: lang.F("%s: %s", "%s: %s", s.Name, s.Detail)})
				}
			}
		}
		added, err := tx.AddDocument(ctx, d)
		if err != nil {
			return err
		}
		if !added {
			if err := tx.SetReading(ctx, d); err != nil {
				return err
			}
		}
		if more != nil {
			if err := more(tx); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "received", store.Object{Kind: "bundle", ID: r.Digest}, map[string]any{"name": name, "accepted": r.Accepted, "subject": r.Subject})
	})
}

// accept writes the fact and remembers the declaration, so that an older one is not taken for it later.
func accept(ctx context.Context, tx *store.Tx, r Received, seen verify.Seen) error {
	if r.Subject.ID != "" {
		if err := tx.LinkDocument(ctx, r.Digest, r.Subject); err != nil {
			return err
		}
		f := fact.Fact{Kind: fact.KindReceived, Subject: r.Subject, ObservedAt: tx.Now(), ValidUntil: r.Fact.ValidUntil, Document: r.Digest, Data: r.Fact}
		if err := tx.DropFactsOf(ctx, r.Digest); err != nil {
			return err
		}
		facts := []fact.Fact{f}
		if r.Reply != nil {
			facts = append(facts, fact.Fact{Kind: fact.KindReply, Subject: r.Subject, ObservedAt: tx.Now(), Document: r.Digest, Data: r.Reply})
		}
		if err := tx.PutFacts(ctx, facts); err != nil {
			return err
		}
	}
	list := []verify.Seen{}
	revision, err := tx.Setting(ctx, SeenSetting, &list)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s verify.Seen) bool {
		return s.Issuer == seen.Issuer && s.Series == seen.Series && s.Version == seen.Version
	})
	return tx.SetSetting(ctx, SeenSetting, append(list, seen), revision)
}
