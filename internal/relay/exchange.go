package relay

import (
	"bytes"
	"context"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// ReceiveBundle verifies and keeps a bundle that another party handed over, takes in the SBOMs that came with it, and
// judges what it touches. With create, the software and release it is about are made when we do not keep them yet.
func ReceiveBundle(ctx context.Context, db *store.DB, actor store.Actor, name string, b []byte, create bool) (exchange.Received, error) {
	r, err := exchange.Receive(ctx, db, actor, name, b, create)
	if err != nil || !r.Accepted {
		return r, err
	}
	if r.Subject.Kind == fact.Release {
		var arrivals []ingest.Arrival
		for _, s := range r.SBOMs {
			arrivals = append(arrivals, ingest.Arrival{Name: s.Name, Origin: portfolio.BundleOrigin, Body: bytes.NewReader(s.Content), Subject: r.Subject})
		}
		if _, err := intake.Receive(ctx, db, actor, arrivals); err != nil {
			return r, err
		}
	}
	return r, judging.Reassess(ctx, db, actor, "bundle received")
}
