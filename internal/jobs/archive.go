package jobs

import (
	"context"
	"fmt"
	"io"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/store"
)

// archiveKinds says what part of a release a document type is, for the archive (S(2)-2.2).
var archiveKinds = map[string]string{
	ingest.ArtifactType: "artifact", "cyclonedx": "sbom", "spdx": "sbom", "intoto": "provenance", "document": "documentation",
}

// VerifyArchive recomputes the digest of everything the workspace keeps of a release and writes down what held. A
// document that was damaged is an error that names it; nothing is written down then.
func VerifyArchive(ctx context.Context, db *store.DB, actor store.Actor, release string) error {
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: fact.Subject{Kind: fact.Release, ID: release}})
	if err != nil {
		return err
	}
	check := &fact.ArchiveCheck{Items: []fact.ArchivedItem{}}
	for _, d := range docs {
		kind, ok := archiveKinds[d.Type]
		if !ok || !d.Accepted {
			continue
		}
		if err := reread(db, d.Digest); err != nil {
			return fmt.Errorf("archive of %s: %w", release, err)
		}
		check.Items = append(check.Items, fact.ArchivedItem{Kind: kind, Digest: d.Digest, ArchivedAt: d.ReceivedAt})
	}
	if len(check.Items) == 0 {
		return nil
	}
	return putCheck(ctx, db, actor, fact.KindArchiveCheck, fact.Subject{Kind: fact.Release, ID: release}, check, "archive verified")
}

// reread reads a document to its end, which compares its digest.
func reread(db *store.DB, digest string) error {
	r, err := db.OpenDocument(digest)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

// putCheck writes a fact of our own about a subject in place of the one before it.
func putCheck(ctx context.Context, db *store.DB, actor store.Actor, kind fact.Kind, subject fact.Subject, data any, action string) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		f := fact.Fact{Kind: kind, Subject: subject, ObservedAt: tx.Now(), Record: string(kind) + ":" + subject.ID, Data: data}
		if err := tx.DropFactsOfRecord(ctx, f.Record); err != nil {
			return err
		}
		if err := tx.PutFacts(ctx, []fact.Fact{f}); err != nil {
			return err
		}
		return tx.Audit(ctx, action, store.Object{Kind: string(subject.Kind), ID: subject.ID}, nil)
	})
}
