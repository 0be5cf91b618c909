// Package desktest is a workspace to test with, with a clock of its own: a software with one release, advisories, records
// and statements come in as they do in life, by the packages that take them in.
package desktest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// Two people, because nobody approves what they wrote, and when the clock starts.
var (
	Author   = store.Actor{Account: "author", Via: store.Internal}
	Approver = store.Actor{Account: "approver", Via: store.Internal}
	Start    = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
)

// Desk is a workspace with a clock of its own: set Now to let time pass.
type Desk struct {
	*testing.T
	DB  *store.DB
	Now time.Time
}

// Open makes an empty one, on the embedded database.
func Open(t *testing.T) *Desk {
	d := &Desk{T: t, Now: Start}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return d.Now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d.DB = db
	return d
}

// Must ends the test where something failed.
func (d *Desk) Must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(lang.Explain(err, lang.EN))
	}
}

// Product makes a software with one release in which we are the supplier at the minimum level: ten duties.
func (d *Desk) Product() (software, release string) {
	d.Helper()
	d.Must(judging.SaveModel(d.Context(), d.DB, Author, chain.Model{Parties: []chain.Party{
		{ID: "us", Name: "見本株式会社", Self: true, Address: "東京都見本区1-2-3", Contact: "psirt@us.example"}, {ID: "buyer", Name: "購入者"}}}))
	s, err := judging.Find(d.Context(), d.DB, Author, judging.Target{Software: "見本", Release: "1.0", Create: true,
		Roles: []guideline.Role{guideline.Supplier}, Level: guideline.Minimum})
	d.Must(err)
	r, err := d.DB.ReleaseByID(d.Context(), s.ID)
	d.Must(err)
	return r.Software, r.ID
}

// Push takes files in about a release.
func (d *Desk) Push(release string, arrivals ...ingest.Arrival) []ingest.Receipt {
	d.Helper()
	for i := range arrivals {
		arrivals[i].Subject = fact.Subject{Kind: fact.Release, ID: release}
	}
	receipts, err := intake.Receive(d.Context(), d.DB, Author, arrivals)
	d.Must(err)
	return receipts
}

// SBOM has two components: one that the advisories speak of, and one without a package URL.
const SBOM = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
"metadata":{"timestamp":"2026-10-31T00:00:00Z","component":{"type":"application","bom-ref":"root","name":"見本","version":"1.0"}},
"components":[{"type":"library","bom-ref":"l","name":"log4j-core","group":"org.apache.logging.log4j","version":"2.14.1",
"purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},{"type":"library","bom-ref":"n","name":"nameless","version":"1"}]}`

// Advisory speaks of one component of [SBOM].
const Advisory = `{"id":"GHSA-jfh8-c2jp-5v3q","aliases":["CVE-2021-44228"],"modified":"2026-10-01T00:00:00Z","summary":"example",
"affected":[{"package":{"ecosystem":"Maven","name":"org.apache.logging.log4j:log4j-core"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.13.0"},{"fixed":"2.15.0"}]}]}]}`

// Advisories takes in one advisory.
func (d *Desk) Advisories() {
	d.Helper()
	dir := filepath.Join(d.TempDir(), "Maven")
	d.Must(os.MkdirAll(dir, 0o755))
	d.Must(os.WriteFile(filepath.Join(dir, "GHSA-jfh8-c2jp-5v3q.json"), []byte(Advisory), 0o644))
	_, err := intake.ImportAdvisories(d.Context(), d.DB, Author, filepath.Dir(dir), d.Now)
	d.Must(err)
}

// Rows gives the status of the duties of a release.
func (d *Desk) Rows(release string) []judging.Row {
	d.Helper()
	rows, err := judging.Status(d.Context(), d.DB, fact.Subject{Kind: fact.Release, ID: release})
	d.Must(err)
	return rows
}

// State closes every duty with an approved claim that has a document behind it.
func (d *Desk) State(software, release string, until time.Time) {
	d.Helper()
	paper := d.Push(release, ingest.Arrival{Name: "paper.txt", Body: strings.NewReader("What we did, in words.\n")})
	for _, id := range guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Minimum) {
		c := evidence.Claim{ID: d.DB.NewID(), Kind: evidence.NotApplicable, Party: "us", Subject: fact.Subject{Kind: fact.Software, ID: software}, Requirement: id,
			Body: "見本には当てはまりません", Evidence: []string{paper[0].Digest}, Author: "author", State: evidence.ClaimDraft, ExpiresAt: until, Revision: 1}
		c.CreatedAt = d.Now
		d.Must(d.DB.InTx(d.Context(), Author, func(tx *store.Tx) error {
			if err := tx.SaveClaim(d.Context(), c); err != nil {
				return err
			}
			return tx.Audit(d.Context(), "drafted", store.Object{Kind: "claim", ID: c.ID}, nil)
		}))
		_, err := office.Approve(d.Context(), d.DB, Approver, c.ID, "password")
		d.Must(err)
	}
	d.Must(judging.Reassess(d.Context(), d.DB, Author, "test"))
}

// Record puts a record and has it approved.
func (d *Desk) Record(kind, text string, about fact.Subject) register.Record {
	d.Helper()
	k, err := register.Kind(kind)
	d.Must(err)
	entries, problems, err := office.ReadRecords(k, []byte(text))
	d.Must(err)
	if len(problems) > 0 {
		d.Fatalf("%+v", problems)
	}
	r, _, err := office.PutRecord(d.Context(), d.DB, Author, k, entries[0], about)
	d.Must(err)
	_, err = office.Approve(d.Context(), d.DB, Approver, r.ID, "password")
	d.Must(err)
	return r
}
