package relay_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/timestamp/timestamptest"
	"example.org/tasuki/verify"
)

// A time stamp goes into a hand-over and every later one; one about something else is refused, and nobody is asked unless
// it is said how.
func TestTimeStampStaysWithTheDeclaration(t *testing.T) {
	d := open(t)
	key, draft := d.drafted()
	_, err := relay.ApproveDeclaration(t.Context(), d.DB, desktest.Approver, draft.ID, "password")
	d.Must(err)
	_, issued, err := relay.Issue(t.Context(), d.DB, desktest.Author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	d.Must(err)
	if q, err := relay.StampQuery(d.DB, issued); err != nil || len(q) == 0 {
		t.Errorf("no request for a time stamp: %v", err)
	}

	a := timestamptest.New(t, d.Now)
	d.Now = d.Now.Add(time.Minute)
	_, err = relay.HandOver(t.Context(), d.DB, desktest.Author, issued, relay.Signing{Key: key.Private, TimeStamp: a.Stamp(t, []byte("something else"), d.Now)})
	d.refuses("a time stamp of something else", lang.Unverified, err)
	gone := errors.New("no answer")
	_, err = relay.HandOver(t.Context(), d.DB, desktest.Author, issued, relay.Signing{Key: key.Private, Stamp: func(context.Context, []byte) ([]byte, error) { return nil, gone }})
	if !errors.Is(err, gone) {
		t.Errorf("an authority that does not answer: %v", err)
	}

	plain, err := relay.HandOver(t.Context(), d.DB, desktest.Author, issued, relay.Signing{Key: key.Private})
	d.Must(err)
	o, err := verify.Open(plain)
	d.Must(err)
	if o.Member(verify.TimeStampMember) != nil {
		t.Error("a time stamp nobody asked for")
	}
	ask := func(_ context.Context, query []byte) ([]byte, error) { return a.Stamp(t, o.Envelope, d.Now), nil }
	_, err = relay.HandOver(t.Context(), d.DB, desktest.Author, issued, relay.Signing{Key: key.Private, Stamp: ask})
	d.Must(err)
	issued, err = d.DB.Declaration(t.Context(), issued.ID)
	d.Must(err)
	again, err := relay.HandOver(t.Context(), d.DB, desktest.Author, issued, relay.Signing{Key: key.Private})
	d.Must(err)
	r := verify.Bundle(again, verify.Options{Trust: []verify.TrustedKey{key.Trusted()}, At: d.Now, TimeStampers: []*x509.Certificate{a.Root}})
	if !r.OK || !r.Chain[0].StampedAt.Equal(d.Now) {
		t.Errorf("the later hand-over has no time stamp that holds: %+v", r.Chain[0])
	}
}
