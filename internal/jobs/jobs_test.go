package jobs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

var (
	author   = store.Actor{Account: "author", Via: store.Internal}
	approver = store.Actor{Account: "approver", Via: store.Internal}
	start    = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
)

// desk is a workspace with a clock of its own.
type desk struct {
	*testing.T
	db  *store.DB
	now time.Time
}

func open(t *testing.T) *desk {
	d := &desk{T: t, now: start}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d.db = db
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(lang.Explain(err, lang.EN))
	}
}

// product makes a software with one release in which we are the supplier at the minimum level: ten duties.
func (d *desk) product() (software, release string) {
	d.Helper()
	d.must(jobs.SaveModel(d.Context(), d.db, author, chain.Model{Parties: []chain.Party{
		{ID: "us", Name: "見本株式会社", Self: true, Address: "東京都見本区1-2-3", Contact: "psirt@us.example"}, {ID: "buyer", Name: "購入者"}}}))
	s, err := jobs.Find(d.Context(), d.db, author, jobs.Target{Software: "見本", Release: "1.0", Create: true,
		Roles: []guideline.Role{guideline.Supplier}, Level: guideline.Minimum})
	d.must(err)
	r, err := d.db.ReleaseByID(d.Context(), s.ID)
	d.must(err)
	return r.Software, r.ID
}

func (d *desk) push(release string, arrivals ...ingest.Arrival) []ingest.Receipt {
	d.Helper()
	for i := range arrivals {
		arrivals[i].Subject = fact.Subject{Kind: fact.Release, ID: release}
	}
	receipts, err := jobs.Receive(d.Context(), d.db, author, arrivals)
	d.must(err)
	return receipts
}

const sbom = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
"metadata":{"timestamp":"2026-10-31T00:00:00Z","component":{"type":"application","bom-ref":"root","name":"見本","version":"1.0"}},
"components":[{"type":"library","bom-ref":"l","name":"log4j-core","group":"org.apache.logging.log4j","version":"2.14.1",
"purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},{"type":"library","bom-ref":"n","name":"nameless","version":"1"}]}`

const advisory = `{"id":"GHSA-jfh8-c2jp-5v3q","aliases":["CVE-2021-44228"],"modified":"2026-10-01T00:00:00Z","summary":"example",
"affected":[{"package":{"ecosystem":"Maven","name":"org.apache.logging.log4j:log4j-core"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.13.0"},{"fixed":"2.15.0"}]}]}]}`

func (d *desk) advisories() {
	d.Helper()
	dir := filepath.Join(d.TempDir(), "Maven")
	d.must(os.MkdirAll(dir, 0o755))
	d.must(os.WriteFile(filepath.Join(dir, "GHSA-jfh8-c2jp-5v3q.json"), []byte(advisory), 0o644))
	_, err := jobs.ImportAdvisories(d.Context(), d.db, author, filepath.Dir(dir), d.now)
	d.must(err)
}

func (d *desk) rows(release string) []jobs.Row {
	d.Helper()
	rows, err := jobs.Status(d.Context(), d.db, fact.Subject{Kind: fact.Release, ID: release})
	d.must(err)
	return rows
}

func TestWhatComesInIsMatchedAndJudged(t *testing.T) {
	d := open(t)
	_, release := d.product()
	receipts := d.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)},
		ingest.Arrival{Name: "broken.json", Body: strings.NewReader(`{"bomFormat":`)})
	if !receipts[0].Accepted || receipts[1].Accepted || len(receipts[1].Problems) == 0 {
		t.Fatalf("receipts: %+v", receipts)
	}
	if e, err := jobs.AffectedBy(t.Context(), d.db, "CVE-2021-44228"); err != nil || len(e.Releases) != 0 || len(e.Caveats) == 0 {
		t.Errorf("without advisories the answer must say that nothing was looked at: %+v, %v", e, err)
	}
	d.advisories()
	e, err := jobs.AffectedBy(t.Context(), d.db, "cve-2021-44228")
	d.must(err)
	if len(e.Releases) != 1 || e.Releases[0].Component != "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1" || len(e.Releases[0].Parties) != 1 {
		t.Errorf("affected: %+v", e.Releases)
	}
	unseen := slices.ContainsFunc(e.Caveats, func(c lang.Text) bool { return strings.Contains(c.EN, "could not be looked up") })
	if !unseen {
		t.Errorf("the component without a package URL goes unmentioned: %v", e.Caveats)
	}
	if rows := d.rows(release); len(rows) != 10 {
		t.Errorf("%d duties, a supplier at the minimum level has 10", len(rows))
	}
	again := d.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)})
	if !again[0].Known {
		t.Error("the same bytes about the same release are not known")
	}
}

// state closes every duty with an approved claim that has a document behind it.
func (d *desk) state(software, release string, until time.Time) {
	d.Helper()
	paper := d.push(release, ingest.Arrival{Name: "paper.txt", Body: strings.NewReader("What we did, in words.\n")})
	for _, id := range guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Minimum) {
		c := evidence.Claim{ID: d.db.NewID(), Kind: evidence.NotApplicable, Party: "us", Subject: fact.Subject{Kind: fact.Software, ID: software}, Requirement: id,
			Body: "見本には当てはまりません", Evidence: []string{paper[0].Digest}, Author: "author", State: evidence.ClaimDraft, ExpiresAt: until, Revision: 1}
		c.CreatedAt = d.now
		d.must(d.db.InTx(d.Context(), author, func(tx *store.Tx) error {
			if err := tx.SaveClaim(d.Context(), c); err != nil {
				return err
			}
			return tx.Audit(d.Context(), "drafted", store.Object{Kind: "claim", ID: c.ID}, nil)
		}))
		_, err := jobs.Approve(d.Context(), d.db, approver, c.ID, "password")
		d.must(err)
	}
	d.must(jobs.Reassess(d.Context(), d.db, author, "test"))
}

func TestDeclarationGoesOutAndComesIn(t *testing.T) {
	vendor := open(t)
	software, release := vendor.product()
	vendor.push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true})
	vendor.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)})
	vendor.state(software, release, start.AddDate(0, 6, 0))
	for _, r := range vendor.rows(release) {
		if assess.Status(r.Status) != assess.NotApplicable {
			t.Fatalf("%s is %s", r.Requirement, r.Status)
		}
	}
	key, err := jobs.NewSigningKey(t.Context(), vendor.db, author, "", nil)
	vendor.must(err)
	draft, err := jobs.Draft(t.Context(), vendor.db, author, jobs.DraftRequest{Software: software, Release: release})
	vendor.must(err)
	if _, _, err := jobs.Issue(t.Context(), vendor.db, author, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"}); lang.KindOf(err) != lang.Gate {
		t.Errorf("a draft nobody approved was signed: %v", err)
	}
	if _, err := jobs.ApproveDeclaration(t.Context(), vendor.db, author, draft.ID, "password"); lang.KindOf(err) != lang.Forbidden {
		t.Errorf("the author approved it: %v", err)
	}
	_, err = jobs.ApproveDeclaration(t.Context(), vendor.db, approver, draft.ID, "password")
	vendor.must(err)
	bundle, issued, err := jobs.Issue(t.Context(), vendor.db, author, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役", Recipient: verify.Recipient{Name: "購入者"}})
	vendor.must(err)
	if issued.Kind != string(verify.SelfDeclaration) || issued.State != store.DeclarationIssued {
		t.Errorf("issued: %s %s", issued.Kind, issued.State)
	}

	customer := open(t)
	customer.must(jobs.SaveModel(t.Context(), customer.db, author, chain.Model{Parties: []chain.Party{{ID: "me", Name: "顧客", Self: true}, {ID: "vendor", Name: "見本株式会社"}}}))
	if r, err := jobs.ReceiveBundle(t.Context(), customer.db, author, "in.tasuki.json", bundle, true); err != nil || r.Accepted {
		t.Errorf("a bundle of an unknown signer was accepted: %v", err)
	}
	customer.must(exchange.SetTrust(t.Context(), customer.db, author, exchange.TrustedParty{Party: "vendor", Key: key.Trusted()}))
	r, err := jobs.ReceiveBundle(t.Context(), customer.db, author, "in.tasuki.json", bundle, true)
	customer.must(err)
	if !r.Accepted || r.Fact == nil || r.Fact.Party != "vendor" || !r.Fact.HasSBOM || len(r.Fact.Answers) != 10 {
		out, _ := json.Marshal(r.Report.Steps)
		t.Fatalf("received: %+v %s", r.Fact, out)
	}
	proven := slices.ContainsFunc(r.Report.Steps, func(s verify.Step) bool { return s.Name == verify.StepLedger && s.OK })
	if !proven {
		t.Error("the bundle does not prove its entry in the ledger")
	}
	if components, err := customer.db.ComponentsOf(t.Context(), r.Subject.ID); err != nil || len(components) != 2 {
		t.Errorf("the SBOM that came with the bundle gave %d components (%v)", len(components), err)
	}
	if _, err := jobs.VerifyLedger(t.Context(), vendor.db, author); err != nil {
		t.Errorf("the ledger does not hold: %v", err)
	}
}

func TestWhatChangedAfterApprovalIsNotSigned(t *testing.T) {
	d := open(t)
	software, release := d.product()
	d.state(software, release, start.AddDate(0, 1, 0))
	key, err := jobs.NewSigningKey(t.Context(), d.db, author, "", []byte("a long enough passphrase"))
	d.must(err)
	draft, err := jobs.Draft(t.Context(), d.db, author, jobs.DraftRequest{Software: software, Release: release})
	d.must(err)
	_, err = jobs.ApproveDeclaration(t.Context(), d.db, approver, draft.ID, "password")
	d.must(err)
	d.now = start.AddDate(0, 2, 0) // the statements have expired
	_, _, err = jobs.Issue(t.Context(), d.db, author, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"})
	if lang.KindOf(err) != lang.Conflict || !strings.Contains(lang.Explain(err, lang.EN), "S(2)-2.1") {
		t.Errorf("signed although the duties have changed: %v", err)
	}
	if _, err := jobs.SigningKey(d.db, []byte("wrong")); err == nil {
		t.Error("the key opened with a wrong passphrase")
	}
}

func TestStaleStatusIsNeverShownAsMet(t *testing.T) {
	d := open(t)
	software, release := d.product()
	d.state(software, release, start.AddDate(0, 1, 0))
	d.now = start.AddDate(0, 1, 1)
	for _, r := range d.rows(release) { // nothing was judged again
		if s := assess.Status(r.Status); s == assess.Met || s == assess.NotApplicable {
			t.Errorf("%s reads as %s past %s", r.Requirement, s, r.ValidUntil)
		}
	}
}

func TestDailyFindsDamage(t *testing.T) {
	d := open(t)
	_, release := d.product()
	r := d.push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true})
	d.must(jobs.Daily(t.Context(), d.db, author))
	d.must(jobs.Daily(t.Context(), d.db, author)) // a second time on one day does nothing
	hexa := strings.TrimPrefix(r[0].Digest, "sha256:")
	file := filepath.Join(d.db.Dir(), "documents", hexa[:2], hexa)
	d.must(os.Chmod(file, 0o600))
	d.must(os.WriteFile(file, bytes.Repeat([]byte("x"), 11), 0o600))
	d.now = start.AddDate(0, 0, 2)
	if err := jobs.Daily(t.Context(), d.db, author); err == nil || !strings.Contains(err.Error(), hexa) {
		t.Errorf("a damaged document was not named: %v", err)
	}
}
