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
	ctx, cancel := context.WithCancel(ctx)
	next := prepareNext(ctx, db, arrivals)
	defer func() {
		cancel()
		<-next // nobody reads from the arrivals after the return
	}()
	receipts := make([]Receipt, 0, len(arrivals))
	for len(receipts) < len(arrivals) {
		g := <-next
		rest := arrivals[len(receipts)+len(g.files):]
		ahead := g.err == nil && g.size < groupBytes // two groups of large files would be too much at once
		if next = closed; ahead {
			next = prepareNext(ctx, db, rest) // while this one is written
		}
		if g.err == nil {
			g.err = writeAll(ctx, db, actor, g.files)
		}
		if g.err != nil {
			return receipts, g.err
		}
		for i := range g.files {
			err := receiveEnclosed(ctx, db, actor, g.files[i].Arrival, &g.files[i].receipt)
			receipts = append(receipts, g.files[i].receipt)
			if acknowledged != nil {
				acknowledged(g.files[i].receipt)
			}
			if err != nil {
				return receipts, err
			}
		}
		if !ahead {
			next = prepareNext(ctx, db, rest)
		}
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

// group is files that belong together, kept and read but not yet written; or why they could not be.
type group struct {
	files []incoming
	size  int64
	err   error
}

// closed gives nothing and never keeps anybody waiting.
var closed = func() <-chan group {
	c := make(chan group)
	close(c)
	return c
}()

// prepareNext prepares the next group of the arrivals on the side; there is none when there are no arrivals.
func prepareNext(ctx context.Context, db *store.DB, arrivals []Arrival) <-chan group {
	if len(arrivals) == 0 {
		return closed
	}
	next := make(chan group, 1)
	go func() {
		next <- prepare(ctx, db, arrivals)
		close(next)
	}()
	return next
}

// prepare keeps and reads as many files from the start as belong together, at least one.
func prepare(ctx context.Context, db *store.DB, arrivals []Arrival) (g group) {
	in := db.Incoming()
	defer in.Discard()
	for len(g.files) < min(len(arrivals), groupFiles) && g.size < groupBytes {
		f, err := take(ctx, in, arrivals[len(g.files)])
		if err != nil {
			return group{err: err}
		}
		g.files, g.size = append(g.files, f), g.size+f.receipt.Size
	}
	if err := in.Keep(); err != nil {
		return group{err: err}
	}
	readAll(db, g.files)
	return g
}

// writeAll writes what was read of a group down, in one transaction.
func writeAll(ctx context.Context, db *store.DB, actor store.Actor, files []incoming) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		for i := range files {
			if err := files[i].write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
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
