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
	"example.org/tasuki/verify"
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
	var touched []fact.Subject
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
		if r.Accepted && !slices.Contains(touched, a.Subject) {
			touched = append(touched, a.Subject)
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
	if len(touched) == 0 {
		return receipts, nil
	}
	return receipts, Reassess(ctx, db, actor, "documents received", touched...)
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
		if k, err := verify.ParseKey(t.Key.Key); err == nil {
			out = append(out, k)
		}
	}
	if own, ok, err := keys.PublicOf(SigningKeyFile(db)); err != nil {
		return nil, err
	} else if ok {
		k, err := verify.ParseKey(own)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
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
	return look(ctx, db, actor, looking{components: components, releases: []string{release}})
}

// MatchAll matches every distinct component that is kept, once, and writes down for each release how well it was looked.
func MatchAll(ctx context.Context, db *store.DB, actor store.Actor) error {
	l, err := everything(ctx, db)
	if err != nil {
		return err
	}
	return look(ctx, db, actor, l)
}

// looking says what is matched.
type looking struct {
	components []store.Component
	releases   []string              // get a new fact that says how well was looked
	dataAt     time.Time             // when the advisories were fetched; zero: as the store says
	also       func(*store.Tx) error // done in the same transaction; may be nil
}

// everything is all distinct components, and every release.
func everything(ctx context.Context, db *store.DB) (l looking, err error) {
	if l.components, err = db.Components(ctx); err != nil {
		return l, err
	}
	m, err := db.LoadModel(ctx)
	for _, r := range m.Releases {
		l.releases = append(l.releases, r.ID)
	}
	return l, err
}

// look matches components and writes down, in one transaction, what was found and what could not be looked up.
func look(ctx context.Context, db *store.DB, actor store.Actor, l looking) error {
	ix, err := Index(db)
	if err != nil {
		return err
	}
	defer ix.Close()
	given, ids := make([]match.Component, len(l.components)), make([]int64, len(l.components))
	for i, c := range l.components {
		ids[i], given[i] = c.ID, asMatched(c)
	}
	result, err := ix.Match(given)
	if err != nil {
		return err
	}
	if l.dataAt.IsZero() {
		if l.dataAt, err = dataAt(ctx, db); err != nil {
			return err
		}
	}
	summaries, err := matchFacts(ctx, db, result, l)
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
		if l.also != nil {
			if err := l.also(tx); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "matched", store.Object{Kind: "advisories", ID: OSV}, map[string]any{"releases": l.releases, "components": len(ids),
			"findings": len(findings), "added": added, "gone": gone, "unmatched": len(result.Unmatched), "digest": result.Advisories.Digest})
	})
}

// asMatched gives a stored component as matching takes it, under its number.
func asMatched(c store.Component) match.Component {
	return match.Component{Ref: strconv.FormatInt(c.ID, 10), PURL: c.PURL, Name: c.Name, Version: c.Version}
}

// matchFacts gives one fact per release that states components: how many were looked up, and which could not be.
func matchFacts(ctx context.Context, db *store.DB, result match.Result, l looking) ([]fact.Fact, error) {
	unmatched := map[string]match.Unmatched{}
	for _, u := range result.Unmatched {
		unmatched[u.Ref] = u
	}
	var facts []fact.Fact
	for _, release := range l.releases {
		components, err := db.ComponentsOf(ctx, release)
		if err != nil {
			return nil, err
		}
		if len(components) == 0 {
			continue
		}
		m := &fact.Match{Source: OSV, DataAt: l.dataAt, Digest: result.Advisories.Digest, Advisories: result.Advisories.Count, Components: len(components)}
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
