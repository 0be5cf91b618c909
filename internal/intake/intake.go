// Package intake takes in what comes from outside and does what follows: a file is kept, matched and judged with what it
// touches; new advisories are matched with every component that is kept.
//
// Start from [Receive] for documents and from [ImportFeed] and [FetchFeeds] for advisories.
package intake

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Receive takes files in and then matches and judges what they touch. One
// bad file does not stop the others. An error means that the files named in no receipt were not acknowledged. Whoever
// wants to tell of each file as soon as it is safe passes a function that is called with its receipt.
func Receive(ctx context.Context, db *store.DB, actor store.Actor, arrivals []ingest.Arrival, acknowledged ...func(ingest.Receipt)) ([]ingest.Receipt, error) {
	trusted, err := Trusted(ctx, db)
	if err != nil {
		return nil, err
	}
	for i := range arrivals {
		arrivals[i].Trusted = trusted
	}
	receipts, err := ingest.ReceiveAll(ctx, db, actor, arrivals, func(r ingest.Receipt) {
		for _, tell := range acknowledged {
			tell(r)
		}
	})
	if err != nil {
		return receipts, err
	}
	releases := map[string]bool{}
	seen := map[fact.Subject]bool{}
	var touched []fact.Subject
	for i, r := range receipts {
		subject := arrivals[i].Subject
		if subject.Kind == fact.Release && r.Accepted && !r.Known {
			releases[subject.ID] = true
		}
		if r.Accepted && !seen[subject] {
			seen[subject] = true
			touched = append(touched, subject)
		}
	}
	held := slices.Sorted(maps.Keys(releases))
	if err := matchNew(ctx, db, actor, held); err != nil && lang.KindOf(err) != lang.Nothing {
		return receipts, err
	}
	if err := VerifyArchive(ctx, db, actor, held...); err != nil {
		return receipts, err
	}
	if len(touched) == 0 {
		return receipts, nil
	}
	return receipts, judging.Reassess(ctx, db, actor, "documents received", touched...)
}

// Trusted gives whose signature under an attestation counts: our own signing key, those of the trust list, and the
// keyless signers trusted.
func Trusted(ctx context.Context, db *store.DB) (intoto.Trust, error) {
	var out intoto.Trust
	list, err := exchange.Trust(ctx, db)
	if err != nil {
		return out, err
	}
	for _, t := range list {
		if k, err := verify.ParseKey(t.Key.Key); err == nil {
			out.Keys = append(out.Keys, k)
		}
	}
	if own, ok, err := keys.PublicOf(db.SigningKeyFile()); err != nil {
		return out, err
	} else if ok {
		k, err := verify.ParseKey(own)
		if err != nil {
			return out, err
		}
		out.Keys = append(out.Keys, k)
	}
	keyless, err := exchange.KeylessTrust(ctx, db)
	if err != nil {
		return out, err
	}
	out.Keyless, err = keyless.Who()
	return out, err
}

// Match matches the components of one release and writes down what was found and what could not be looked up. Without
// advisories it is an error of kind Nothing, and nothing is written: not having looked is not having found nothing.
func Match(ctx context.Context, db *store.DB, actor store.Actor, release string) error {
	components, err := db.ComponentsOf(ctx, release)
	if err != nil {
		return err
	}
	_, err = look(ctx, db, actor, looking{components: components, releases: []string{release}})
	return err
}

// matchNew matches those components of releases that were never matched, and writes down for the releases how well all of
// theirs were looked up.
func matchNew(ctx context.Context, db *store.DB, actor store.Actor, releases []string) error {
	if len(releases) == 0 {
		return nil
	}
	components, err := db.ComponentsUnseen(ctx, releases)
	if err != nil {
		return err
	}
	_, err = look(ctx, db, actor, looking{components: components, releases: releases})
	return err
}

// MatchAll matches every distinct component that is kept, once, writes down for each release how well it was looked where
// that is another than before, and judges again what that touches.
func MatchAll(ctx context.Context, db *store.DB, actor store.Actor) error {
	l, err := everything(ctx, db)
	if err != nil {
		return err
	}
	touched, err := look(ctx, db, actor, l)
	if err != nil {
		return err
	}
	_, err = judging.Rejudge(ctx, db, actor, "matched again", judging.Touch{Subjects: judging.SubjectsOf(touched), Sources: []string{assess.Comparison}})
	return err
}

// looking says what is matched.
type looking struct {
	components []store.Component
	releases   []string              // get a fact that says how well was looked
	renews     bool                  // everything is compared with the advisories at hand after it: of the releases, those of which another thing is to be said get a fact
	dataAt     time.Time             // when the advisories were fetched; zero: as the store says
	also       func(*store.Tx) error // done in the same transaction; may be nil
}

// everything is all distinct components.
func everything(ctx context.Context, db *store.DB) (l looking, err error) {
	l.renews = true
	l.components, err = db.Components(ctx)
	return l, err
}

// look matches components and writes down, in one transaction, what was found and what could not be looked up. It gives
// the releases of which that says something else than before.
func look(ctx context.Context, db *store.DB, actor store.Actor, l looking) (touched []string, err error) {
	ix, err := portfolio.Index(db)
	if err != nil {
		return nil, err
	}
	defer ix.Close()
	given, ids := make([]match.Component, len(l.components)), make([]int64, len(l.components))
	for i, c := range l.components {
		ids[i], given[i] = c.ID, portfolio.AsMatched(c)
	}
	result, err := ix.Match(given)
	if err != nil {
		return nil, err
	}
	if err := portfolio.AddByCPE(ctx, db, l.components, &result); err != nil {
		return nil, err
	}
	if l.dataAt.IsZero() {
		if l.dataAt, err = portfolio.DataAt(ctx, db); err != nil {
			return nil, err
		}
	}
	findings, looks := findingsOf(result), looksOf(l.components, given, result)
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		replaced, err := tx.ReplaceFindings(ctx, ids, findings)
		if err != nil {
			return err
		}
		if err := tx.SetLooks(ctx, looks); err != nil {
			return err
		}
		said, err := say(ctx, tx, l, looks, result.Advisories)
		if err != nil {
			return err
		}
		if touched, err = tx.ReleasesHolding(ctx, replaced.Components); err != nil {
			return err
		}
		touched = slices.Compact(slices.Sorted(slices.Values(append(touched, said...))))
		if l.renews {
			if err := tx.Renew(ctx, assess.Comparison, tx.Now()); err != nil {
				return err
			}
		}
		if l.also != nil {
			if err := l.also(tx); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "matched", store.Object{Kind: "advisories", ID: feed.OSV}, map[string]any{"releases": len(said), "touched": len(touched), "components": len(ids),
			"findings": len(findings), "added": replaced.Added, "gone": replaced.Gone, "unmatched": len(result.Unmatched), "digest": result.Advisories.Digest})
	})
	return touched, err
}

// looksOf gives how advisories were asked about the components for which that is another than before, or new.
func looksOf(components []store.Component, given []match.Component, result match.Result) []store.Look {
	unmatched := map[string]match.Reason{}
	for _, u := range result.Unmatched {
		unmatched[u.Ref] = u.Reason
	}
	var out []store.Look
	for i, c := range components {
		reason := string(unmatched[given[i].Ref])
		if c.Matched && c.Unmatched == reason {
			continue
		}
		l := store.Look{Component: c.ID, Unmatched: reason}
		for _, p := range match.LookedUpAs(given[i]) {
			l.Packages = append(l.Packages, store.PackageKey(p.Ecosystem, p.Name))
		}
		out = append(out, l)
	}
	return out
}

// say writes down for releases how many of their components were looked up, and which could not be: for those that are
// given, and where everything is compared for those of which another thing is to be said. It gives them.
func say(ctx context.Context, tx *store.Tx, l looking, looks []store.Look, asked match.Info) ([]string, error) {
	releases := l.releases
	if l.renews {
		ids := make([]int64, len(looks))
		for i, x := range looks {
			ids[i] = x.Component
		}
		other, err := tx.ReleasesHolding(ctx, ids)
		if err != nil {
			return nil, err
		}
		unseen, err := tx.ReleasesUnseen(ctx)
		if err != nil {
			return nil, err
		}
		releases = slices.Compact(slices.Sorted(slices.Values(slices.Concat(releases, other, unseen))))
	}
	seen, err := tx.SeenOf(ctx, releases)
	if err != nil {
		return nil, err
	}
	var facts []fact.Fact
	var said, records []string
	for _, s := range seen {
		m := &fact.Match{Source: feed.OSV, DataAt: l.dataAt, Digest: asked.Digest, Advisories: asked.Count, Components: s.Components}
		for _, c := range s.Unmatched {
			reason := match.Reason(c.Unmatched)
			m.Unmatched = append(m.Unmatched, fact.Unmatched{Component: portfolio.ComponentLabel(c), Reason: c.Unmatched, Text: reason.Text()})
		}
		m.Checked = m.Components - len(m.Unmatched)
		f := fact.Fact{Kind: fact.KindMatch, Subject: fact.Subject{Kind: fact.Release, ID: s.Release}, ObservedAt: tx.Now(), Record: "match:" + s.Release, Data: m}
		facts, said, records = append(facts, f), append(said, s.Release), append(records, f.Record)
	}
	if err := tx.DropFactsOfRecord(ctx, records...); err != nil {
		return nil, err
	}
	if err := tx.PutFacts(ctx, facts); err != nil {
		return nil, err
	}
	return said, tx.SetSeen(ctx, seen)
}

// findingsOf ties findings to the stored components, which were matched under their ids.
func findingsOf(result match.Result) []store.Finding {
	var out []store.Finding
	for _, f := range result.Findings {
		for _, ref := range f.Refs {
			if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
				out = append(out, store.Finding{Component: id, Finding: f})
			}
		}
	}
	return out
}
