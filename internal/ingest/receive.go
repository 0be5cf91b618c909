package ingest

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// Receive takes one file in. An error means that nothing was acknowledged; a file that cannot be read is no error but a
// receipt that is not accepted.
func Receive(ctx context.Context, db *store.DB, actor store.Actor, a Arrival) (Receipt, error) {
	receipts, err := ReceiveAll(ctx, db, actor, []Arrival{a}, nil)
	if len(receipts) == 0 {
		return Receipt{}, err
	}
	return receipts[0], err
}

// Files are taken in together, in groups as large as this: the disk is waited for once for all of a group.
const (
	groupFiles = 100
	groupBytes = 32 << 20
)

// ReceiveAll takes files in, in their order, and calls acknowledged (which may be nil) with each receipt once its file is
// safe. An error means that the files named in no receipt were not acknowledged.
func ReceiveAll(ctx context.Context, db *store.DB, actor store.Actor, arrivals []Arrival, acknowledged func(Receipt)) ([]Receipt, error) {
	receipts := make([]Receipt, 0, len(arrivals))
	for len(arrivals) > 0 {
		group, err := receiveGroup(ctx, db, actor, arrivals)
		if err != nil {
			return receipts, err
		}
		for i := range group {
			err := receiveEnclosed(ctx, db, actor, group[i].Arrival, &group[i].receipt)
			receipts = append(receipts, group[i].receipt)
			if acknowledged != nil {
				acknowledged(group[i].receipt)
			}
			if err != nil {
				return receipts, err
			}
		}
		arrivals = arrivals[len(group):]
	}
	return receipts, nil
}

// incoming is an arrival on its way through.
type incoming struct {
	Arrival
	receipt Receipt
	reading fact.Reading
	refused *store.Refused // it was too large
}

// receiveGroup takes in as many files from the start as belong together, at least one.
func receiveGroup(ctx context.Context, db *store.DB, actor store.Actor, arrivals []Arrival) ([]incoming, error) {
	in := db.Incoming()
	defer in.Discard()
	var group []incoming
	for size := int64(0); len(group) < min(len(arrivals), groupFiles) && size < groupBytes; {
		f, err := take(ctx, in, arrivals[len(group)])
		if err != nil {
			return nil, err
		}
		group, size = append(group, f), size+f.receipt.Size
	}
	if err := in.Keep(); err != nil {
		return nil, err
	}
	readAll(db, group)
	err := db.InTx(ctx, actor, func(tx *store.Tx) error {
		for i := range group {
			if err := group[i].write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	return group, err
}

func take(ctx context.Context, in *store.Incoming, a Arrival) (incoming, error) {
	digest, size, err := in.Put(ctx, a.Body, MaxBytes)
	f := incoming{Arrival: a, receipt: Receipt{File: a.Name, Digest: digest, Size: size}}
	var large *store.TooLarge
	if !errors.As(err, &large) {
		return f, err
	}
	p := problem(err)
	f.receipt = Receipt{File: a.Name, Digest: large.Digest, Size: large.Size, Problems: []fact.Problem{p}}
	f.refused = &store.Refused{Name: a.Name, Size: large.Size, Digest: large.Digest, Reason: p.What, Origin: a.Origin}
	return f, nil
}

// readAll reads what was kept, on every processor.
func readAll(db *store.DB, group []incoming) {
	next := make(chan *incoming)
	var readers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(group)) {
		readers.Go(func() {
			for f := range next {
				reading, err := readDocument(db, f.Arrival, f.receipt.Digest)
				f.reading, f.receipt = reading, receipt(f.Name, f.receipt.Digest, f.receipt.Size, reading, err)
			}
		})
	}
	for i := range group {
		if group[i].refused == nil {
			next <- &group[i]
		}
	}
	close(next)
	readers.Wait()
}

func (f *incoming) write(ctx context.Context, tx *store.Tx) error {
	if f.refused == nil {
		return write(ctx, tx, f.Arrival, &f.receipt, f.reading)
	}
	if err := tx.AddRefused(ctx, *f.refused); err != nil {
		return err
	}
	return tx.Audit(ctx, "refused", store.Object{Kind: "document", ID: f.refused.Digest}, map[string]any{"name": f.Name, "size": f.refused.Size})
}
