package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

// onEach runs a benchmark on every database there is.
func onEach(b *testing.B, bench func(*testing.B, *store.DB)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, storetest.New(b)) })
	b.Run("postgres", func(b *testing.B) {
		schema := storetest.Postgres(b)
		bench(b, storetest.Open(b, schema(b)))
	})
}

// One file of 10 kB pushed: durable bytes, row, link, audit entry and leaf.
func BenchmarkPush(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		for i := range b.N {
			content := fmt.Sprint(i) + strings.Repeat("x", 10_000)
			digest, size, err := db.PutDocument(context.Background(), strings.NewReader(content), 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			storetest.Change(b, db, func(tx *store.Tx) error {
				_, err := tx.AddDocument(context.Background(), store.Document{Digest: digest, Size: size, Name: "x"})
				return err
			})
		}
	})
}

// One release of 300 components of which 9 are new, as in a portfolio that has been known for a while.
func BenchmarkReleaseComponents(b *testing.B) {
	ctx := context.Background()
	onEach(b, func(b *testing.B, db *store.DB) {
		storetest.Change(b, db, func(tx *store.Tx) error {
			return tx.SaveModel(ctx, chain.Model{Software: []chain.Software{{ID: "sw", Name: "sw"}}})
		})
		document := storetest.Put(b, db, "an SBOM")
		for i := range b.N {
			var list []store.ReleaseComponent
			for j := range 300 {
				purl := fmt.Sprintf("pkg:npm/some-name-%d@1.2.3", i*9+j)
				list = append(list, store.ReleaseComponent{Component: store.Component{PURL: purl, Name: "some-name", Version: "1.2.3", Ecosystem: "npm"}, Ref: purl})
			}
			id := fmt.Sprint("r", i)
			storetest.Change(b, db, func(tx *store.Tx) error {
				if err := tx.SaveModel(ctx, chain.Model{Releases: []chain.Release{{ID: id, Software: "sw", Version: id}}}); err != nil {
					return err
				}
				return tx.ReplaceReleaseComponents(ctx, id, document, list)
			})
		}
	})
}

// All 69 duties of one software judged again, one of them with another status.
func BenchmarkSaveStatuses(b *testing.B) {
	ctx := context.Background()
	onEach(b, func(b *testing.B, db *store.DB) {
		var statuses []store.DutyStatus
		for i := range 69 {
			statuses = append(statuses, store.DutyStatus{DutyKey: store.DutyKey{Party: "p", Arrangement: "a",
				Subject: fact.Subject{Kind: fact.Software, ID: "sw"}, Role: guideline.Developer, Requirement: guideline.ID(fmt.Sprint(i))},
				Status: "met", Reasons: []lang.Text{lang.T("理由", "reason")}, Evidence: []string{"f1", "f2"}})
		}
		for i := range b.N {
			statuses[0].Status = fmt.Sprint(i)
			storetest.Change(b, db, func(tx *store.Tx) error {
				_, _, err := tx.SaveStatuses(ctx, statuses)
				return err
			})
		}
	})
}
