// Package jobs does what follows when something changed: a file that came in is matched and its duties judged again;
// new advisories are matched with every component that is kept. It joins the verbs, which do not know each other, for
// the command line, the pages and the demo alike.
//
// Start from [Receive], [ImportAdvisories] and [Reassess].
package jobs

import (
	"context"
	"crypto"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
)

// Receive takes files in, one after the other, all about one subject, and then matches and judges what they touch. One
// bad file does not stop the others. An error means that the files named in no receipt were not acknowledged. Whoever
// wants to tell of each file as soon as it is safe passes a function that is called with its receipt.
func Receive(ctx context.Context, db *store.DB, actor store.Actor, arrivals []ingest.Arrival, acknowledged ...func(ingest.Receipt)) ([]ingest.Receipt, error) {
	trusted, err := TrustedKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	receipts := make([]ingest.Receipt, 0, len(arrivals))
	releases := map[string]bool{}
	for _, a := range arrivals {
		a.Trusted = trusted
		r, err := ingest.Receive(ctx, db, actor, a)
		if err != nil {
			return receipts, err
		}
		receipts = append(receipts, r)
		for _, tell := range acknowledged {
			tell(r)
		}
		if a.Subject.Kind == fact.Release && r.Accepted && !r.Known {
			releases[a.Subject.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(releases)) {
		if err := Match(ctx, db, actor, id); err != nil && lang.KindOf(err) != lang.Nothing {
			return receipts, err
		}
		if err := VerifyArchive(ctx, db, actor, id); err != nil {
			return receipts, err
		}
	}
	return receipts, Reassess(ctx, db, actor, "documents received")
}

// TrustedKeys gives the keys whose signature under an attestation counts: our own signing key, and those of the trust
// list.
func TrustedKeys(ctx context.Context, db *store.DB) ([]crypto.PublicKey, error) {
	list, err := exchange.Trust(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []crypto.PublicKey
	for _, t := range list {
		out = append(out, t.Key.Key)
	}
	if own, ok, err := keys.PublicOf(SigningKeyFile(db)); err != nil {
		return nil, err
	} else if ok {
		out = append(out, own)
	}
	return out, nil
}

// advisoryFolder is where a workspace keeps its advisory index.
const advisoryFolder = "advisories"

func indexFile(db *store.DB) string { return filepath.Join(db.Dir(), advisoryFolder, "index") }

// OSV is the name of the advisory source that [ImportAdvisories] keeps.
const OSV = "osv"

// ImportAdvisories makes the workspace's advisory index from a folder of OSV records and matches every component that
// is kept against it. fetched is when the folder's data was fetched: its age is what people are shown.
func ImportAdvisories(ctx context.Context, db *store.DB, actor store.Actor, dir string, fetched time.Time) (match.Stats, error) {
	if err := os.MkdirAll(filepath.Dir(indexFile(db)), 0o700); err != nil {
		return match.Stats{}, err
	}
	stats, err := match.BuildIndex(ctx, dir, indexFile(db))
	if err != nil {
		return stats, err
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		source := store.AdvisorySource{Name: OSV, Count: int64(stats.Count), Newest: stats.Newest, LoadedAt: fetched}
		if err := tx.SaveAdvisorySource(ctx, source); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: OSV}, map[string]any{"count": stats.Count, "digest": stats.Digest})
	})
	if err != nil {
		return stats, err
	}
	if err := MatchAll(ctx, db, actor); err != nil {
		return stats, err
	}
	return stats, Reassess(ctx, db, actor, "advisories imported")
}

// errNoAdvisories says that there is nothing to match against.
func errNoAdvisories() error {
	return &lang.Error{Kind: lang.Nothing, What: lang.T("脆弱性情報がまだ取り込まれていません", "no advisories have been imported yet"),
		Next: lang.T("tasuki feeds import DIR で OSV 形式の脆弱性情報を取り込んでください", "import OSV records with tasuki feeds import DIR")}
}

// Index opens the workspace's advisory index; an error of kind Nothing says that there is none. The caller closes it.
func Index(db *store.DB) (*match.Index, error) {
	if _, err := os.Stat(indexFile(db)); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoAdvisories()
	}
	return match.OpenIndex(indexFile(db))
}

// Match matches the components of one release and writes down what was found and what could not be looked up. Without
// advisories it is an error of kind Nothing, and nothing is written: not having looked is not having found nothing.
func Match(ctx context.Context, db *store.DB, actor store.Actor, release string) error {
	components, err := db.ComponentsOf(ctx, release)
	if err != nil {
		return err
	}
	return matchComponents(ctx, db, actor, components, []string{release})
}

// MatchAll matches every distinct component that is kept, once, and writes down for each release how well it was looked.
func MatchAll(ctx context.Context, db *store.DB, actor store.Actor) error {
	components, err := db.Components(ctx)
	if err != nil {
		return err
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return err
	}
	releases := make([]string, 0, len(m.Releases))
	for _, r := range m.Releases {
		releases = append(releases, r.ID)
	}
	return matchComponents(ctx, db, actor, components, releases)
}

func matchComponents(ctx context.Context, db *store.DB, actor store.Actor, components []store.Component, releases []string) error {
	ix, err := Index(db)
	if err != nil {
		return err
	}
	defer ix.Close()
	given, ids := make([]match.Component, len(components)), make([]int64, len(components))
	for i, c := range components {
		ids[i] = c.ID
		given[i] = match.Component{Ref: strconv.FormatInt(c.ID, 10), PURL: c.PURL, Name: c.Name, Version: c.Version}
	}
	result, err := ix.Match(given)
	if err != nil {
		return err
	}
	summaries, err := matchFacts(ctx, db, result, releases)
	if err != nil {
		return err
	}
	findings := findingsOf(result)
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		added, gone, err := tx.ReplaceFindings(ctx, ids, findings)
		if err != nil {
			return err
		}
		for i := range summaries {
			f := &summaries[i]
			f.ObservedAt, f.Record = tx.Now(), "match:"+f.Subject.ID
			if err := tx.DropFactsOfRecord(ctx, f.Record); err != nil {
				return err
			}
		}
		if err := tx.PutFacts(ctx, summaries); err != nil {
			return err
		}
		return tx.Audit(ctx, "matched", store.Object{Kind: "advisories", ID: OSV}, map[string]any{"releases": releases, "components": len(ids),
			"findings": len(findings), "added": added, "gone": gone, "unmatched": len(result.Unmatched), "digest": result.Advisories.Digest})
	})
}

// matchFacts gives one fact per release that states components: how many were looked up, and which could not be.
func matchFacts(ctx context.Context, db *store.DB, result match.Result, releases []string) ([]fact.Fact, error) {
	sources, err := db.AdvisorySources(ctx)
	if err != nil {
		return nil, err
	}
	var dataAt time.Time
	for _, s := range sources {
		if s.Name == OSV {
			dataAt = s.LoadedAt
		}
	}
	unmatched := map[string]match.Unmatched{}
	for _, u := range result.Unmatched {
		unmatched[u.Ref] = u
	}
	var facts []fact.Fact
	for _, release := range releases {
		components, err := db.ComponentsOf(ctx, release)
		if err != nil {
			return nil, err
		}
		if len(components) == 0 {
			continue
		}
		m := &fact.Match{Source: OSV, DataAt: dataAt, Digest: result.Advisories.Digest, Advisories: result.Advisories.Count, Components: len(components)}
		for _, c := range components {
			if u, missed := unmatched[strconv.FormatInt(c.ID, 10)]; missed {
				m.Unmatched = append(m.Unmatched, fact.Unmatched{Component: label(u), Reason: string(u.Reason), Text: u.Reason.Text()})
			}
		}
		m.Checked = m.Components - len(m.Unmatched)
		facts = append(facts, fact.Fact{Kind: fact.KindMatch, Subject: fact.Subject{Kind: fact.Release, ID: release}, Data: m})
	}
	return facts, nil
}

func label(u match.Unmatched) string {
	if u.PURL != "" {
		return u.PURL
	}
	if u.Version != "" {
		return u.Name + " " + u.Version
	}
	return u.Name
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
