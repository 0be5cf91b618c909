// Package relay is how a declaration comes about and is handed on: drafted, reviewed, approved and signed by different
// people, bundled, asked for and answered down the chain, received from others, renewed, revoked, reproduced.
//
// Start from [Draft], [Issue] and [HandOver]; from [Request] and [AnswerRequest]; from [ReceiveBundle].
package relay

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
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
