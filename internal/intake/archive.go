package intake

import (
	"context"
	"fmt"
	"io"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/store"
)

// ArchiveKinds says what part of a release a document type is, for the archive (S(2)-2.2).
var ArchiveKinds = map[string]string{
	ingest.ArtifactType: "artifact", "cyclonedx": "sbom", "spdx": "sbom", "intoto": "provenance", "document": "documentation",
}

// VerifyArchive recomputes the digest of everything the workspace keeps of some releases and writes down what held. A
// document that was damaged is an error that names it; nothing is written down then.
func VerifyArchive(ctx context.Context, db *store.DB, actor store.Actor, releases ...string) error {
	var checks []ownFact
	for _, release := range releases {
		check, err := archiveCheck(ctx, db, release)
		if err != nil {
			return err
		}
		if len(check.Items) > 0 {
			checks = append(checks, ownFact{fact.KindArchiveCheck, fact.Subject{Kind: fact.Release, ID: release}, check, "archive verified", "archive:" + release})
		}
	}
	return putChecks(ctx, db, actor, checks...)
}

func archiveCheck(ctx context.Context, db *store.DB, release string) (*fact.ArchiveCheck, error) {
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: fact.Subject{Kind: fact.Release, ID: release}})
	if err != nil {
		return nil, err
	}
	check := &fact.ArchiveCheck{Items: []fact.ArchivedItem{}}
	for _, d := range docs {
		kind, ok := ArchiveKinds[d.Type]
		if !ok || !d.Accepted {
			continue
		}
		if err := reread(db, d.Digest); err != nil {
			return nil, fmt.Errorf("archive of %s: %w", release, err)
		}
		check.Items = append(check.Items, fact.ArchivedItem{Kind: kind, Digest: d.Digest, ArchivedAt: d.ReceivedAt})
	}
	return check, nil
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

// ownFact is a fact of our own about a subject, the audit log's word for it, and its source.
type ownFact struct {
	kind    fact.Kind
	subject fact.Subject
	data    any
	action  string
	source  string
}

// PutCheck writes a fact of our own about a subject in place of the one before it, and notes that its source delivered.
func PutCheck(ctx context.Context, db *store.DB, actor store.Actor, kind fact.Kind, subject fact.Subject, data any, action, source string) error {
	return putChecks(ctx, db, actor, ownFact{kind, subject, data, action, source})
}

// putChecks does it for many at once.
func putChecks(ctx context.Context, db *store.DB, actor store.Actor, checks ...ownFact) error {
	if len(checks) == 0 {
		return nil
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		var facts []fact.Fact
		var records []string
		for _, c := range checks {
			f := fact.Fact{Kind: c.kind, Subject: c.subject, ObservedAt: tx.Now(), Record: string(c.kind) + ":" + c.subject.ID, Data: c.data}
			facts, records = append(facts, f), append(records, f.Record)
			if err := tx.Renew(ctx, c.source, tx.Now()); err != nil {
				return err
			}
			if err := tx.Audit(ctx, c.action, store.Object{Kind: string(c.subject.Kind), ID: c.subject.ID}, nil); err != nil {
				return err
			}
		}
		if err := tx.DropFactsOfRecord(ctx, records...); err != nil {
			return err
		}
		return tx.PutFacts(ctx, facts)
	})
}
