package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/store"
)

// ArchiveKinds says what part of a release a document type is, for the archive (S(2)-2.2).
var ArchiveKinds = map[string]string{
	ingest.ArtifactType: "artifact", "cyclonedx": "sbom", "spdx": "sbom", "intoto": "provenance", "document": "documentation",
	ingest.ConfigurationType: "configuration",
}

// VerifyArchive recomputes the digest of everything the workspace keeps of some releases and writes down what held, and
// what was kept and is gone or damaged; that is an error too, which names it.
func VerifyArchive(ctx context.Context, db *store.DB, actor store.Actor, releases ...string) error {
	var checks []ownFact
	var lost []error
	for _, release := range releases {
		check, damaged, err := archiveCheck(ctx, db, release)
		if err != nil {
			return err
		}
		lost = append(lost, damaged)
		if len(check.Items)+len(check.Damaged) > 0 {
			checks = append(checks, ownFact{fact.KindArchiveCheck, fact.Subject{Kind: fact.Release, ID: release}, check, "archive verified", "archive:" + release})
		}
	}
	return errors.Join(putChecks(ctx, db, actor, checks...), errors.Join(lost...))
}

// archiveCheck rereads what is kept of a release. damaged joins the faults of what was kept and cannot be read as it was.
func archiveCheck(ctx context.Context, db *store.DB, release string) (check *fact.ArchiveCheck, damaged, err error) {
	subject := fact.Subject{Kind: fact.Release, ID: release}
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: subject})
	if err != nil {
		return nil, nil, err
	}
	before, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{subject}, Kinds: []fact.Kind{fact.KindArchiveCheck}})
	if err != nil {
		return nil, nil, err
	}
	check = &fact.ArchiveCheck{Items: []fact.ArchivedItem{}}
	for _, d := range docs {
		kind, ok := ArchiveKinds[d.Type]
		if !ok || !d.Accepted {
			continue
		}
		item := fact.ArchivedItem{Kind: kind, Digest: d.Digest, ArchivedAt: d.ReceivedAt}
		if err := reread(db, d.Digest); err != nil {
			check.Damaged, damaged = append(check.Damaged, item), errors.Join(damaged, fmt.Errorf("archive of %s: %w", release, err))
			continue
		}
		check.Items = append(check.Items, item)
	}
	for _, f := range before {
		old, is := f.Data.(*fact.ArchiveCheck)
		if !is {
			continue
		}
		for _, item := range slices.Concat(old.Items, old.Damaged) {
			named := func(d store.Document) bool { return d.Digest == item.Digest }
			if err := reread(db, item.Digest); !slices.ContainsFunc(docs, named) && err != nil { // its row is gone too
				check.Damaged, damaged = append(check.Damaged, item), errors.Join(damaged, fmt.Errorf("archive of %s: %w", release, err))
			}
		}
	}
	return check, damaged, nil
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
