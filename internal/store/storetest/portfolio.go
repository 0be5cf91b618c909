package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/store"
)

// held is what the documents of one release state, by document.
type held map[string][]store.ReleaseComponent

// testPortfolio changes lists of components through two programs at once, each a few releases of its own, and holds
// against what was committed what both say of who holds what: during the changes of their own releases, and at the end of
// all.
func testPortfolio(t *testing.T, programs ...*store.DB) {
	ctx := context.Background()
	first, second := withModel(t, programs[0])
	var all [2][3]held
	var writers sync.WaitGroup
	for w, db := range programs {
		var model chain.Model
		for r := range all[w] {
			model.Releases = append(model.Releases, chain.Release{ID: fmt.Sprintf("w%d-%d", w, r), Software: "sw", Version: fmt.Sprintf("w%d.%d", w, r)})
			all[w][r] = held{}
		}
		Change(t, db, func(tx *store.Tx) error { return tx.SaveModel(ctx, model) })
		random := rand.New(rand.NewPCG(uint64(w), 1))
		writers.Go(func() {
			for range 25 {
				r := random.IntN(len(model.Releases))
				document, now := []string{first, second}[random.IntN(2)], someComponents(random)
				if err := replaceList(db, model.Releases[r].ID, document, now, all[w][r]); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				if err := holds(db, model.Releases[r].ID, all[w][r]); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	writers.Wait()
	for w := range all {
		for r, h := range all[w] {
			for _, db := range programs {
				if err := holds(db, fmt.Sprintf("w%d-%d", w, r), h); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// someComponents gives up to nine of twelve, none at times.
func someComponents(random *rand.Rand) (out []store.ReleaseComponent) {
	for range random.IntN(10) {
		n := fmt.Sprint("p", random.IntN(12))
		c := component("pkg:npm/"+n+"@1", n, "1")
		c.Direct = random.IntN(2) == 0
		out = append(out, c)
	}
	return out
}

var errOnPurpose = errors.New("on purpose")

// replaceList sets what a document states of a release, or drops it when that is nothing. Inside of the transaction the
// change must be seen; one that fails first must leave no trace.
func replaceList(db *store.DB, release, document string, now []store.ReleaseComponent, h held) error {
	ctx := context.Background()
	change := func(tx *store.Tx) error {
		if len(now) == 0 {
			return tx.DropComponentList(ctx, release, document)
		}
		return tx.ReplaceReleaseComponents(ctx, release, document, now)
	}
	then := maps.Clone(h)
	if then[document] = now; len(now) == 0 {
		delete(then, document)
	}
	err := TryChange(db, Actor, func(tx *store.Tx) error { return errors.Join(change(tx), holds(tx.DB, release, then), errOnPurpose) })
	if !errors.Is(err, errOnPurpose) {
		return fmt.Errorf("a change that fails: %w", err)
	}
	if err := holds(db, release, h); err != nil {
		return fmt.Errorf("after a change that failed: %w", err)
	}
	if err := TryChange(db, Actor, change); err != nil {
		return err
	}
	if h[document] = now; len(now) == 0 {
		delete(h, document)
	}
	return nil
}

// holds asks who holds each component and how many there are, and compares with what should be.
func holds(db *store.DB, release string, want held) error {
	ctx := context.Background()
	distinct := map[string]bool{}
	for _, list := range want {
		for _, c := range list {
			distinct[c.PURL] = true
		}
	}
	counts, err := db.ComponentCounts(ctx)
	if err != nil || counts[release] != len(distinct) {
		return fmt.Errorf("%s holds %d components, error %v, want %d", release, counts[release], err, len(distinct))
	}
	all, err := db.Components(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		holding, err := db.ReleasesHolding(ctx, []int64{c.ID})
		if err != nil || slices.Contains(holding, release) != distinct[c.PURL] { // of what others hold, the other program may have dropped it just now
			return fmt.Errorf("%s is held by %v, error %v; by %s: %v", c.PURL, holding, err, release, distinct[c.PURL])
		}
		delete(distinct, c.PURL)
	}
	if len(distinct) > 0 {
		return fmt.Errorf("of the components of %s, %v are held by none", release, slices.Collect(maps.Keys(distinct)))
	}
	return nil
}

// testHeldChain changes the chain through one program: the other sees it at once, whole and around a software; a change
// that fails is seen inside of its transaction alone; and what a caller does to the slices of a model stays with it.
func testHeldChain(t *testing.T, writer, reader *store.DB) {
	ctx := context.Background()
	withModel(t, writer)
	name := func(db *store.DB) string {
		t.Helper()
		m, err := db.LoadModel(ctx)
		if err != nil {
			t.Fatal(err)
		}
		around, err := db.LoadModelAround(ctx, []string{"sw", "nothing"})
		if err != nil || len(around.Software) != 1 || len(around.Releases) == 0 {
			t.Fatalf("around sw: %+v, error %v", around, err)
		}
		for _, s := range m.Software {
			if s.ID == "sw" && s.Name == around.Software[0].Name {
				return s.Name
			}
		}
		return fmt.Sprintf("%+v, but %+v around it", m.Software, around.Software)
	}
	rename := func(tx *store.Tx, to string) error {
		s, err := tx.SoftwareByID(ctx, "sw")
		if err != nil {
			return err
		}
		s.Name = to
		return tx.SaveModel(ctx, chain.Model{Software: []chain.Software{s}})
	}
	before := name(reader)
	err := TryChange(writer, Actor, func(tx *store.Tx) error {
		if err := rename(tx, "not for long"); err != nil {
			return err
		}
		if got := name(tx.DB); got != "not for long" {
			t.Errorf("inside of the transaction it is called %s", got)
		}
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) || name(writer) != before || name(reader) != before {
		t.Errorf("after a change that failed, error %v: %s and %s, want %s", err, name(writer), name(reader), before)
	}
	Change(t, writer, func(tx *store.Tx) error { return rename(tx, "renamed") })
	for _, db := range []*store.DB{writer, reader} {
		if got := name(db); got != "renamed" {
			t.Errorf("it is called %s", got)
		}
		m, err := db.LoadModel(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m.Software[0].Name = "mine"
		if got := name(db); got != "renamed" {
			t.Errorf("a caller's change came through: %s", got)
		}
	}
}
