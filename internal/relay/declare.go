// Package relay is how a declaration comes about and is handed on: drafted, reviewed, approved and signed by different
// people, bundled, asked for and answered down the chain, received from others, renewed, revoked, reproduced.
//
// Start from [Draft], [Issue] and [HandOver]; from [Request] and [AnswerRequest]; from [ReceiveBundle].
package relay

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// DraftRequest says what to declare. Exactly one of Software and System is set; an empty Arrangement means the first in
// which our organisation holds a role.
type DraftRequest struct {
	Software, Release, System string // ids
	Arrangement               string
	Limitations               []lang.Text
	Supersedes                string        // id of the issued declaration that this takes the place of; empty: the latest about the same release
	Redact                    []string      // ids of the parties whose bundles go in without answers and documents, or "all"
	Key                       crypto.Signer // signs what is redacted
	Conceal                   []string      // ids of the parties that are not named and whose bundles stay here, or "all"
}

// Frozen is what a draft holds: everything a declaration says but who approved and signed it. It is what people approve,
// by its digest.
type Frozen struct {
	Series      string             `json:"series"`
	Serial      int64              `json:"serial"`
	Supersedes  string             `json:"supersedes,omitempty"`
	Arrangement string             `json:"arrangement"`
	Issuer      verify.Issuer      `json:"issuer"`
	Object      verify.Object      `json:"object"`
	Level       guideline.Level    `json:"level"`
	Scope       []verify.Scope     `json:"scope"`
	Answers     []verify.Answer    `json:"answers"`
	Exclusions  []verify.Exclusion `json:"exclusions"`
	Assessment  verify.Assessment  `json:"assessment"`
	Limitations []lang.Text        `json:"limitations"`
	Supporting  []Supporting       `json:"supporting"`
	Engaged     []verify.Engaged   `json:"engaged,omitempty"`
	Concealed   []Concealed        `json:"concealed,omitempty"`
	Judgement   string             `json:"judgement,omitempty"` // digest of the document that keeps what was judged and what came of it
}

// Supporting is a document behind a declaration. Content is set for what is not a document of the store: a record, as it
// was approved. Files of the release itself are named by digest and never handed over: they travel on their own.
type Supporting struct {
	Name      string              `json:"name"`
	Kind      verify.ResourceKind `json:"kind"`
	MediaType string              `json:"media_type"`
	Digest    string              `json:"digest"`
	Content   []byte              `json:"content,omitempty"`
	ByDigest  bool                `json:"by_digest,omitempty"`
	Size      int64               `json:"size,omitempty"`     // with ByDigest
	Replaces  string              `json:"replaces,omitempty"` // digest of the received bundle that this is the redacted form of
}

// Draft judges again and freezes the answers of our organisation. The draft is a declaration when every duty is closed,
// and a status report otherwise; both wait for the approval of somebody else. It takes the place of drafts about the same
// release that nobody has signed yet.
func Draft(ctx context.Context, db *store.DB, actor store.Actor, req DraftRequest) (store.Declaration, error) {
	subject, keep := fact.Subject{Kind: fact.System, ID: req.System}, fact.Subject{Kind: fact.System, ID: req.System}
	if req.Software != "" {
		subject, keep = fact.Subject{Kind: fact.Software, ID: req.Software}, fact.Subject{Kind: fact.Release, ID: req.Release}
	}
	if err := judging.Reassess(ctx, db, actor, "declaration drafted", keep); err != nil {
		return store.Declaration{}, err
	}
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return store.Declaration{}, err
	}
	f, judgement, err := freeze(ctx, c, db, req, subject, keep)
	if err != nil {
		return store.Declaration{}, err
	}
	content, err := json.Marshal(f)
	if err != nil {
		return store.Declaration{}, err
	}
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(judgement), maxBundle)
	if err != nil {
		return store.Declaration{}, err
	}
	d := store.Declaration{ID: db.NewID(), Kind: string(kindOf(f.Answers)), Level: f.Level, Party: f.Issuer.ID, Subject: subject, Release: req.Release,
		Serial: f.Serial, State: store.DeclarationDraft, Content: content, ContentDigest: verify.Digest(content), Approvals: []store.Approval{},
		CreatedBy: actor.Account, Revision: 1}
	earlier, err := waiting(ctx, db, d)
	if err != nil {
		return store.Declaration{}, err
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		d.CreatedAt = tx.Now()
		kept := store.Document{Digest: digest, Size: size, Name: "judgement.json", Type: judgementType, Origin: "drafted", Accepted: true}
		if _, err := tx.AddDocument(ctx, kept); err != nil {
			return err
		}
		if err := tx.SaveDeclaration(ctx, d); err != nil {
			return err
		}
		if err := supersede(ctx, tx, earlier, d.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, "drafted", store.Object{Kind: "declaration draft", ID: d.ID}, map[string]any{"content": d.ContentDigest, "kind": d.Kind})
	})
	return d, err
}

func kindOf(answers []verify.Answer) verify.Kind {
	var c verify.Counts
	for _, a := range answers {
		c.Add(a)
	}
	return c.Kind()
}

// freeze puts together what the draft says, and gives the document that keeps what was judged.
func freeze(ctx context.Context, c judging.Shared, db *store.DB, req DraftRequest, subject, keep fact.Subject) (Frozen, []byte, error) {
	self, err := db.Self(ctx)
	if err != nil {
		return Frozen{}, nil, err
	}
	a, err := arrangement(c, req, self.ID)
	if err != nil {
		return Frozen{}, nil, err
	}
	f := Frozen{Series: subject.ID, Arrangement: a.ID, Level: a.Level, Limitations: append([]lang.Text{}, req.Limitations...),
		Issuer: issuerOf(self)}
	if f.Serial, err = db.NextSerial(ctx, subject); err != nil {
		return f, nil, err
	}
	if f.Supersedes, err = supersedes(ctx, db, req, subject); err != nil {
		return f, nil, err
	}
	f.Object = object(c, req)
	f.Scope = scope(c, a, self.ID)
	rows, judgement, err := judgeForGood(ctx, c, db, req, keep)
	if err != nil {
		return f, nil, err
	}
	f.Judgement = verify.Digest(judgement)
	rows = slices.DeleteFunc(judging.OfParty(c.In.Model, rows, self.ID), func(r judging.Row) bool { return r.Arrangement != a.ID })
	if err := answers(ctx, c, db, &f, rows, a, self.ID, req); err != nil {
		return f, nil, err
	}
	policy, err := json.Marshal(c.In.Policy)
	if err != nil {
		return f, nil, err
	}
	f.Assessment = verify.Assessment{At: c.In.Now, ChecksDigest: guideline.Default().Digest(), PolicyDigest: verify.Digest(policy)}
	for _, s := range c.In.Policy.Relaxed() {
		f.Assessment.Relaxed = append(f.Assessment.Relaxed, verify.Relaxed{Name: s.Name, Default: fmt.Sprint(s.Default), Value: fmt.Sprint(s.Value)})
	}
	return f, judgement, nil
}

// ourselves is how our organisation names itself to others.
func ourselves(ctx context.Context, db *store.DB) (verify.Issuer, error) {
	self, err := db.Self(ctx)
	if err != nil {
		return verify.Issuer{}, err
	}
	key, err := upkeep.LedgerKey(db)
	return key.Speaks(issuerOf(self)), err
}

// issuerOf is a party as an issuer, with the id it has here; see [upkeep.LogKey].
func issuerOf(p chain.Party) verify.Issuer {
	return verify.Issuer{ID: p.ID, Name: p.Name, NameEN: p.NameEN, Address: p.Address, Contact: p.Contact, CorporateNumber: p.CorporateNumber}
}

// arrangement finds the deal that the declaration is about.
func arrangement(c judging.Shared, req DraftRequest, self string) (chain.Arrangement, error) {
	for _, a := range c.In.Model.Arrangements {
		about := req.Software != "" && a.Software == req.Software || req.Software == "" && a.System == req.System
		if about && (req.Arrangement == "" || req.Arrangement == a.ID) && len(scope(c, a, self)) > 0 {
			return a, nil
		}
	}
	return chain.Arrangement{}, &lang.Error{Kind: lang.Nothing, What: lang.T("自組織が役割を担う体制がありません", "there is no arrangement in which our organisation holds a role"),
		Next: lang.T("体制を登録してください（tasuki chain template）", "enter the deal (tasuki chain template)")}
}

// scope gives the roles our organisation and its units hold in a deal.
func scope(c judging.Shared, a chain.Arrangement, self string) []verify.Scope {
	var out []verify.Scope
	for _, e := range a.Engagements {
		if chain.Belongs(c.In.Model, e.Party, self) {
			s := verify.Scope{Party: unitName(c, e.Party, self), Role: e.Role, Stance: e.Stance}
			if e.Stance == guideline.Support {
				s.Passed = e.Passed
			}
			same := func(o verify.Scope) bool { return o.Party == s.Party && o.Role == s.Role }
			if !slices.ContainsFunc(out, same) {
				out = append(out, s)
			}
		}
	}
	return out
}

// unitName is how a unit of ours is called in a declaration; the organisation itself goes without a name.
func unitName(c judging.Shared, party, self string) string {
	if party == self {
		return ""
	}
	for _, p := range c.In.Model.Parties {
		if p.ID == party {
			return p.Name
		}
	}
	return party
}

func object(c judging.Shared, req DraftRequest) verify.Object {
	o := verify.Object{Artifacts: []verify.Artifact{}}
	for _, s := range c.In.Model.Systems {
		if req.Software == "" && s.ID == req.System {
			o.Name, o.Kind = s.Name, string(chain.InSystem)
		}
	}
	for _, s := range c.In.Model.Software {
		if s.ID == req.Software {
			o.Name, o.Kind = s.Name, string(s.Kind)
		}
	}
	for _, r := range c.In.Model.Releases {
		if r.ID == req.Release {
			o.Version, o.ReleasedOn = r.Version, r.ReleasedOn
			for _, a := range r.Artifacts {
				o.Artifacts = append(o.Artifacts, verify.Artifact{Name: a.Name, Digest: a.Digest, Size: a.Size})
			}
		}
	}
	return o
}

// answers turns rows into answers, with the documents and records they rest on.
func answers(ctx context.Context, c judging.Shared, db *store.DB, f *Frozen, rows []judging.Row, a chain.Arrangement, self string, req DraftRequest) error {
	accounts, err := people(ctx, db)
	if err != nil {
		return err
	}
	b := bench{db: db, records: map[string]register.Record{}, claims: map[string]evidence.Claim{}, people: accounts, frozen: f, instead: map[string]string{}}
	for _, r := range c.In.Records {
		b.records[r.ID] = r
	}
	for _, cl := range c.In.Claims {
		b.claims[cl.ID] = cl
	}
	if err := b.sboms(ctx, req.Release); err != nil {
		return err
	}
	if err := b.upstream(ctx, c, a, self, req); err != nil {
		return err
	}
	f.Answers, f.Exclusions = []verify.Answer{}, []verify.Exclusion{}
	for _, r := range rows {
		answer := plainAnswer(r, unitName(c, r.Party, self), f.Level)
		if answer.Evidence, err = b.evidence(ctx, r.Evidence); err != nil {
			return err
		}
		b.excuse(&answer, r)
		f.Answers = append(f.Answers, answer)
	}
	return nil
}

// plainAnswer gives what a row says, without the documents and people behind it.
func plainAnswer(r judging.Row, party string, level guideline.Level) verify.Answer {
	return verify.Answer{Party: party, Role: r.Role, Stance: r.Stance, Requirement: r.Requirement, Level: level, Status: verify.Status(r.Status),
		Basis: basis(assess.Basis(r.Basis)), Reasons: append([]lang.Text{}, r.Reasons...), ValidUntil: r.ValidUntil}
}

// basis puts the basis of a row into the words of a declaration. What rests on nothing was judged by the checks.
func basis(b assess.Basis) verify.Basis {
	switch b {
	case assess.ByRecord:
		return verify.Record
	case assess.ByClaim, assess.ByStatement:
		return verify.Claim
	}
	return verify.Automatic
}

// people gives how accounts are named in a declaration.
func people(ctx context.Context, db *store.DB) (map[string]verify.Person, error) {
	accounts, err := db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]verify.Person{}
	for _, a := range accounts {
		name := a.Display
		if name == "" {
			name = a.Name
		}
		out[a.ID] = verify.Person{ID: a.ID, Name: name}
	}
	return out, nil
}

func person(people map[string]verify.Person, id string) verify.Person {
	if p, ok := people[id]; ok {
		return p
	}
	return verify.Person{ID: id, Name: id}
}

// bench gathers the documents behind the answers.
type bench struct {
	db      *store.DB
	records map[string]register.Record
	claims  map[string]evidence.Claim
	people  map[string]verify.Person
	frozen  *Frozen
	instead map[string]string // digest of a received bundle to that of what we made of it
}

// sboms adds the SBOMs whose components are the current view of the release.
func (b *bench) sboms(ctx context.Context, release string) error {
	if release == "" {
		return nil
	}
	components, err := b.db.ReleaseComponents(ctx, release)
	if err != nil {
		return err
	}
	for _, c := range components {
		if err := b.document(ctx, c.Document); err != nil {
			return err
		}
	}
	return nil
}

// evidence gives the digests of the documents and records a row rests on, and adds them to what supports the
// declaration. What is neither (an entry of the chain, a claim, whose words are the answer's reason) has no document.
func (b *bench) evidence(ctx context.Context, ids []string) ([]string, error) {
	out := []string{}
	for _, id := range ids {
		if r, ok := b.records[id]; ok {
			digest, err := b.record(r)
			if err != nil {
				return nil, err
			}
			out = append(out, digest)
		}
		if made, ok := b.instead[id]; ok {
			out = append(out, made)
			continue
		}
		if !strings.HasPrefix(id, "sha256:") {
			continue
		}
		if _, err := b.db.Document(ctx, id); lang.KindOf(err) == lang.NotFound {
			continue // the digest of advisory data, or of a file we never had
		} else if err != nil {
			return nil, err
		}
		if err := b.document(ctx, id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (b *bench) has(digest string) bool {
	return slices.ContainsFunc(b.frozen.Supporting, func(s Supporting) bool { return s.Digest == digest })
}

func (b *bench) document(ctx context.Context, digest string) error {
	if b.has(digest) {
		return nil
	}
	d, err := b.db.Document(ctx, digest)
	if err != nil {
		return err
	}
	s := Supporting{Name: fmt.Sprintf("evidence/%04d", len(b.frozen.Supporting)+1), Kind: verify.Evidence, MediaType: "application/octet-stream", Digest: digest}
	switch d.Type {
	case ingest.ArtifactType:
		s.Name, s.ByDigest, s.Size = fmt.Sprintf("artifacts/%04d", len(b.frozen.Supporting)+1), true, d.Size
	case "cyclonedx":
		s.Name, s.Kind, s.MediaType = fmt.Sprintf("sbom/%04d.cdx", len(b.frozen.Supporting)+1), verify.SBOM, "application/vnd.cyclonedx"
	case "spdx":
		s.Name, s.Kind, s.MediaType = fmt.Sprintf("sbom/%04d.spdx", len(b.frozen.Supporting)+1), verify.SBOM, "application/spdx"
	case BundleType:
		s.Name, s.Kind, s.MediaType = fmt.Sprintf("upstream/%04d.tasuki.json", len(b.frozen.Supporting)+1), verify.Upstream, verify.BundleMediaType
	}
	b.frozen.Supporting = append(b.frozen.Supporting, s)
	return nil
}

// record writes a record out as a document. Its salt keeps it from being guessed where only its digest is handed over: the rest
// may be a yes or a no.
func (b *bench) record(r register.Record) (string, error) {
	doc := struct {
		Kind    string         `json:"kind"`
		Key     string         `json:"key"`
		Subject fact.Subject   `json:"subject"`
		Data    map[string]any `json:"data"`
		Digest  string         `json:"approved_digest"`
		At      time.Time      `json:"approved_at"`
		Salt    string         `json:"salt"`
	}{Kind: r.Kind, Key: r.Key, Subject: r.Subject, Data: r.Data, Digest: r.ApprovedDigest, At: r.ApprovedAt.UTC()}
	content, err := json.Marshal(doc)
	if err != nil {
		return "", err
	}
	key, err := upkeep.LedgerKey(b.db)
	if err != nil {
		return "", err
	}
	doc.Salt = key.Salt(content)
	if content, err = json.Marshal(doc); err != nil {
		return "", err
	}
	digest := verify.Digest(content)
	if !b.has(digest) {
		b.frozen.Supporting = append(b.frozen.Supporting, Supporting{Name: fmt.Sprintf("records/%04d.json", len(b.frozen.Supporting)+1),
			Kind: verify.Evidence, MediaType: "application/json", Digest: digest, Content: content})
	}
	return digest, nil
}

// excuse adds the exception or the reason for not applying that an answer rests on.
func (b *bench) excuse(a *verify.Answer, r judging.Row) {
	for _, id := range r.Detail.Claims {
		c, ok := b.claims[id]
		switch {
		case !ok:
		case a.Status == verify.MetWithException && c.Kind == evidence.Exception && a.Exception == nil:
			a.Exception = &verify.Exception{ID: c.ID, Reason: c.Body, Approver: person(b.people, c.Approver), Until: c.ExpiresAt}
		case a.Status == verify.NotApplicable && c.Kind == evidence.NotApplicable:
			b.frozen.Exclusions = append(b.frozen.Exclusions, verify.Exclusion{Party: a.Party, Role: a.Role, Requirement: a.Requirement,
				Reason: c.Body, Approver: person(b.people, c.Approver)})
			return
		}
	}
}

// ApproveDeclaration puts a person's approval under a draft as it is. method says how they showed who they are.
func ApproveDeclaration(ctx context.Context, db *store.DB, actor store.Actor, id, method string) (store.Declaration, error) {
	var d store.Declaration
	err := db.InTx(ctx, actor, func(tx *store.Tx) (err error) {
		if d, err = tx.Declaration(ctx, id); err != nil {
			return err
		}
		if d.State != store.DeclarationDraft && d.State != store.DeclarationApproved {
			return &lang.Error{Kind: lang.Conflict, What: lang.T("発行済み、又は取り下げ済みの宣言です", "the declaration was issued or withdrawn already")}
		}
		if err := onceEach(d, actor.Account); err != nil {
			return err
		}
		d.State = store.DeclarationApproved
		d.Approvals = append(d.Approvals, store.Approval{Account: actor.Account, At: tx.Now(), Method: method, Digest: d.ContentDigest})
		d.Revision++
		if err := tx.SaveDeclaration(ctx, d); err != nil {
			return err
		}
		return tx.Audit(ctx, "approved", store.Object{Kind: "declaration draft", ID: d.ID}, map[string]any{"content": d.ContentDigest, "method": method})
	})
	return d, err
}

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
