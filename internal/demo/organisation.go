package demo

import (
	"bytes"
	"fmt"
	"strconv"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// An organisation is one company at work in its workspace. Whoever drafts is not who approves, and a declaration is signed
// by a third person.
type organisation struct {
	*story
	db                       *store.DB
	editor, approver, signer store.Actor
	self                     chain.Party
	subjects                 map[guideline.Scope]fact.Subject // what records of a scope are about
	values                   map[string]string                // what the placeholders of its records stand for
	received                 fact.Subject                     // what the last bundle taken in is about
}

// accountNames are the demo's accounts and what they may do.
func accountNames() []Account {
	return []Account{{"admin", lang.T("管理", "administers")}, {"editor", lang.T("登録・起案", "enters and drafts")}, {"approver", lang.T("承認", "approves")}, {"signer", lang.T("承認・署名", "approves and signs")}}
}

func (s *story) open(dir string) (*organisation, error) {
	db, err := store.Open(s.ctx, store.Options{Dir: dir, Now: s.Now})
	if err != nil {
		return nil, err
	}
	o := &organisation{story: s, db: db, subjects: map[guideline.Scope]fact.Subject{}, values: map[string]string{}}
	service := auth.New(db)
	token, _, err := service.SetupToken(s.ctx)
	if err != nil {
		return o, err
	}
	admin, err := service.First(s.ctx, token, auth.Registration{Name: "admin", Display: "管理担当（例示）", Password: Password})
	if err != nil {
		return o, err
	}
	by := store.Actor{Account: admin.ID, Via: store.CLI}
	for _, a := range []struct {
		into          *store.Actor
		name, display string
		role          store.Role
	}{
		{&o.editor, "editor", "起案担当（例示）", store.Editor},
		{&o.approver, "approver", "承認担当（例示）", store.Approver},
		{&o.signer, "signer", "署名責任者（例示）", store.Approver},
	} {
		made, err := service.Add(s.ctx, by, auth.Registration{Name: a.name, Display: a.display, Password: Password, Roles: []store.Role{a.role}})
		if err != nil {
			return o, err
		}
		*a.into = store.Actor{Account: made.ID, Via: store.CLI}
	}
	return o, db.InTx(s.ctx, by, func(tx *store.Tx) error {
		if err := tx.SetSetting(s.ctx, SampleSetting, true, 0); err != nil {
			return err
		}
		return tx.Audit(s.ctx, "marked", store.Object{Kind: "setting", ID: SampleSetting}, nil)
	})
}

// day gives the ISO day so many days from now.
func (s *story) day(n int) string {
	return s.now.AddDate(0, 0, n).In(calendar.Japan).Format("2006-01-02")
}

// fiscalYear is the year in which the fiscal year of now began.
func (s *story) fiscalYear() string {
	return strconv.Itoa(s.now.In(calendar.Japan).AddDate(0, -3, 0).Year())
}

// settle enters who we are and the deals we are in.
func (o *organisation) settle(m chain.Model) error {
	for _, p := range m.Parties {
		if p.Self {
			o.self = p
			o.subjects[guideline.OrgScope] = fact.Subject{Kind: fact.Org, ID: p.ID}
		}
	}
	return judging.SaveModel(o.ctx, o.db, o.editor, m)
}

// keep drafts the records of files and has them approved.
func (o *organisation) keep(files ...string) error {
	for _, file := range files {
		records, err := o.records(file)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := o.put(r); err != nil {
				return fmt.Errorf("%s: %s %s: %w", file, r.Kind, r.Key, err)
			}
		}
	}
	return judging.Reassess(o.ctx, o.db, o.approver, "records approved")
}

func (o *organisation) put(r entry) error {
	kind, err := register.Kind(r.Kind)
	if err != nil {
		return err
	}
	data, problems := register.Validate(kind, r.Data)
	if len(problems) > 0 {
		return fmt.Errorf("%s: %s", problems[0].Where, problems[0].What.EN)
	}
	made, _, err := office.PutRecord(o.ctx, o.db, o.editor, kind, register.Entry{Key: r.Key, Data: data}, o.subjects[kind.Scope])
	if err != nil {
		return err
	}
	_, err = office.Approve(o.ctx, o.db, o.approver, made.ID, "password")
	return err
}

// state drafts a statement where no check can see, and has it approved.
func (o *organisation) state(c evidence.Claim) error {
	c.ID, c.Party, c.State, c.Author, c.Revision = o.db.NewID(), o.self.ID, evidence.ClaimDraft, o.editor.Account, 1
	c.CreatedAt, c.ExpiresAt = o.now, o.now.AddDate(1, 0, 0)
	err := o.db.InTx(o.ctx, o.editor, func(tx *store.Tx) error {
		if err := tx.SaveClaim(o.ctx, c); err != nil {
			return err
		}
		return tx.Audit(o.ctx, "drafted", store.Object{Kind: "claim", ID: c.ID}, store.Change{After: c})
	})
	if err != nil {
		return err
	}
	if _, err := office.Approve(o.ctx, o.db, o.approver, c.ID, "password"); err != nil {
		return err
	}
	return judging.Reassess(o.ctx, o.db, o.approver, "claim approved", c.Subject)
}

// A parcel is a file on its way into a workspace.
type parcel struct {
	name          string
	content       []byte
	artifact      bool
	configuration bool
}

// publish takes in the security.txt that the organisation has on its site: the file, and not a word about it, is what counts.
func (o *organisation) publish() error {
	host := o.values["host"]
	text := fmt.Sprintf("Contact: mailto:psirt@%[1]s\nExpires: %[2]sT00:00:00Z\nPolicy: https://%[1]s/security/disclosure\nCanonical: https://%[1]s/.well-known/security.txt\n", host, o.day(300))
	return o.pushAbout(o.subjects[guideline.OrgScope], parcel{name: "security.txt", content: []byte(text)})
}

// push takes files of a release in, and gives each a name under which records can refer to it.
func (o *organisation) push(release string, parcels ...parcel) error {
	return o.pushAbout(fact.Subject{Kind: fact.Release, ID: release}, parcels...)
}

func (o *organisation) pushAbout(subject fact.Subject, parcels ...parcel) error {
	var arrivals []ingest.Arrival
	for _, p := range parcels {
		arrivals = append(arrivals, ingest.Arrival{Name: p.name, Origin: "demo", Body: bytes.NewReader(p.content), Artifact: p.artifact, Configuration: p.configuration,
			Subject: subject})
	}
	receipts, err := intake.Receive(o.ctx, o.db, o.editor, arrivals)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		if !r.Accepted {
			return fmt.Errorf("%s was not accepted: %v", r.File, r.Problems)
		}
		o.values["document "+r.File] = r.Digest
	}
	return nil
}

// learn takes in the advisories and the excerpt of known exploited vulnerabilities that come with the demo.
func (o *organisation) learn() error {
	dir, remove, err := unpackAdvisories()
	if err != nil {
		return err
	}
	defer remove()
	if _, err := intake.ImportAdvisories(o.ctx, o.db, o.editor, dir, o.now); err != nil {
		return err
	}
	b, err := data.ReadFile("data/kev.json")
	if err != nil {
		return err
	}
	_, _, err = intake.ImportKEV(o.ctx, o.db, o.editor, b, o.now)
	return err
}

// trust takes over a key that a file hands over, and whom it speaks for.
func (o *organisation) trust(file, party string) error {
	b, err := o.take(file)
	if err != nil {
		return err
	}
	trusted, err := verify.ParseTrust(b)
	if err != nil {
		return err
	}
	for _, k := range trusted {
		if err := exchange.SetTrust(o.ctx, o.db, o.approver, exchange.TrustedParty{Party: party, Key: k}); err != nil {
			return err
		}
	}
	return nil
}

// buildKey makes the key of our build environment, and trusts it for what is built there.
func (o *organisation) buildKey() (keys.Key, error) {
	k, err := keys.Generate(random, o.self.Name+" ビルド環境", o.self.ID, o.now)
	if err != nil {
		return k, err
	}
	return k, exchange.SetTrust(o.ctx, o.db, o.approver, exchange.TrustedParty{Party: o.self.ID, Key: k.Trusted()})
}

// declare drafts, has somebody else approve, signs, and hands over the bundle and the key it can be verified with.
func (o *organisation) declare(req relay.DraftRequest, s relay.Signing, bundleFile, trustFile string) error {
	if _, err := upkeep.VerifyLedger(o.ctx, o.db, o.editor); err != nil {
		return err
	}
	key, err := relay.NewSigningKey(o.ctx, o.db, o.signer, o.self.Name, nil)
	if err != nil {
		return err
	}
	d, err := relay.Draft(o.ctx, o.db, o.editor, req)
	if err != nil {
		return err
	}
	if _, err := office.Approve(o.ctx, o.db, o.approver, d.ID, "password"); err != nil {
		return err
	}
	s.Key = key.Private
	bundle, d, err := relay.Issue(o.ctx, o.db, o.signer, d.ID, s)
	if err != nil {
		return err
	}
	trust, err := verify.FormatTrust([]verify.TrustedKey{key.Trusted()})
	if err != nil {
		return err
	}
	kind := verify.Kind(d.Kind).Title()
	if err := o.hand(bundleFile, bundle, lang.F("%[1]sの%[2]s（襷）", "%[3]s: %[2]s, as a bundle", o.self.Name, kind, o.self.NameEN)); err != nil {
		return err
	}
	return o.hand(trustFile, trust, lang.F("%[1]sの検証用の鍵", "key to verify %[2]s with", o.self.Name, o.self.NameEN))
}
