package jobs_test

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/timestamp/timestamptest"
	"example.org/tasuki/verify"
)

// A time stamp goes into a hand-over and every later one; one about something else is refused, and nobody is asked unless
// it is said how.
func TestTimeStampStaysWithTheDeclaration(t *testing.T) {
	d := open(t)
	software, release := d.product()
	d.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)})
	d.state(software, release, start.AddDate(0, 6, 0))
	key, err := jobs.NewSigningKey(t.Context(), d.db, author, "", nil)
	d.must(err)
	draft, err := jobs.Draft(t.Context(), d.db, author, jobs.DraftRequest{Software: software, Release: release})
	d.must(err)
	_, err = jobs.ApproveDeclaration(t.Context(), d.db, approver, draft.ID, "password")
	d.must(err)
	_, issued, err := jobs.Issue(t.Context(), d.db, author, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"})
	d.must(err)
	if q, err := jobs.StampQuery(d.db, issued); err != nil || len(q) == 0 {
		t.Errorf("no request for a time stamp: %v", err)
	}

	a := timestamptest.New(t, d.now)
	d.now = d.now.Add(time.Minute)
	_, err = jobs.HandOver(t.Context(), d.db, author, issued, jobs.Signing{Key: key.Private, TimeStamp: a.Stamp(t, []byte("something else"), d.now)})
	d.refuses("a time stamp of something else", lang.Unverified, err)
	gone := errors.New("no answer")
	_, err = jobs.HandOver(t.Context(), d.db, author, issued, jobs.Signing{Key: key.Private, Stamp: func(context.Context, []byte) ([]byte, error) { return nil, gone }})
	if !errors.Is(err, gone) {
		t.Errorf("an authority that does not answer: %v", err)
	}

	plain, err := jobs.HandOver(t.Context(), d.db, author, issued, jobs.Signing{Key: key.Private})
	d.must(err)
	o, err := verify.Open(plain)
	d.must(err)
	if o.Member(verify.TimeStampMember) != nil {
		t.Error("a time stamp nobody asked for")
	}
	ask := func(_ context.Context, query []byte) ([]byte, error) { return a.Stamp(t, o.Envelope, d.now), nil }
	_, err = jobs.HandOver(t.Context(), d.db, author, issued, jobs.Signing{Key: key.Private, Stamp: ask})
	d.must(err)
	issued, err = d.db.Declaration(t.Context(), issued.ID)
	d.must(err)
	again, err := jobs.HandOver(t.Context(), d.db, author, issued, jobs.Signing{Key: key.Private})
	d.must(err)
	r := verify.Bundle(again, verify.Options{Trust: []verify.TrustedKey{key.Trusted()}, At: d.now, TimeStampers: []*x509.Certificate{a.Root}})
	if !r.OK || !r.Chain[0].StampedAt.Equal(d.now) {
		t.Errorf("the later hand-over has no time stamp that holds: %+v", r.Chain[0])
	}
}
