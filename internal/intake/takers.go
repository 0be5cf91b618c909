package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/cpe"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/read/jvn"
	"example.org/tasuki/internal/read/kev"
	"example.org/tasuki/internal/read/nvd"
	"example.org/tasuki/internal/store"
)

func takeKEV(ctx context.Context, db *store.DB, actor store.Actor, _, dir string, files []string, fetched time.Time) (taken, error) {
	f, err := os.Open(filepath.Join(dir, files[0]))
	if err != nil {
		return taken{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, kev.MaxBytes+1))
	if err != nil {
		return taken{}, err
	}
	n, problems, err := ImportKEV(ctx, db, actor, b, fetched)
	return took(ctx, db, feed.KEV, n, problems, err)
}

func takeEPSS(ctx context.Context, db *store.DB, actor store.Actor, _, dir string, files []string, fetched time.Time) (taken, error) {
	f, err := os.Open(filepath.Join(dir, files[0]))
	if err != nil {
		return taken{}, err
	}
	defer f.Close()
	n, problems, err := ImportEPSS(ctx, db, actor, f, fetched)
	return took(ctx, db, feed.EPSS, n, problems, err)
}

func takeEndOfLife(ctx context.Context, db *store.DB, actor store.Actor, _, dir string, files []string, fetched time.Time) (taken, error) {
	f, err := os.Open(filepath.Join(dir, files[0]))
	if err != nil {
		return taken{}, err
	}
	defer f.Close()
	n, problems, err := ImportEndOfLife(ctx, db, actor, f, fetched)
	return took(ctx, db, feed.EndOfLife, n, problems, err)
}

func took(ctx context.Context, db *store.DB, name string, n int, problems []fact.Problem, err error) (taken, error) {
	if err != nil {
		return taken{problems: problems}, err
	}
	s, err := sourceOf(ctx, db, name)
	return taken{int64(n), s.Newest, problems}, err
}

// maxText is how much of a description is kept, in characters.
const maxText = 600

func shorten(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= maxText {
		return string(r)
	}
	return string(r[:maxText]) + "…"
}

func takeNVD(ctx context.Context, db *store.DB, actor store.Actor, _, dir string, files []string, _ time.Time) (taken, error) {
	t, err := takeCatalogue(ctx, db, actor, feed.NVD, dir, files, func(f io.Reader, put func(store.VulnRecord) error) ([]fact.Problem, error) {
		return nvd.Read(f, func(r nvd.Record) error {
			note := portfolio.Note{Text: shorten(r.Description), CVSS: r.CVSS, CWEs: r.CWEs, Rejected: r.Rejected(), Matches: r.Matches}
			var products []string
			for _, m := range r.Matches {
				if n, err := cpe.Parse(m.CPE); err == nil {
					products = append(products, n.Key())
				}
			}
			return put(record(feed.NVD, r.ID, r.Modified, nil, products, note))
		})
	})
	if err != nil {
		return t, err
	}
	l, err := withCPE(ctx, db)
	if err != nil || len(l.components) == 0 {
		return t, err
	}
	if _, err := look(ctx, db, actor, l); lang.KindOf(err) != lang.Nothing { // without advisories nothing is compared
		return t, err
	}
	return t, nil
}

func takeJVN(ctx context.Context, db *store.DB, actor store.Actor, _, dir string, files []string, _ time.Time) (taken, error) {
	return takeCatalogue(ctx, db, actor, feed.JVN, dir, files, func(f io.Reader, put func(store.VulnRecord) error) ([]fact.Problem, error) {
		return jvn.Read(f, func(r jvn.Record) error {
			note := portfolio.Note{Title: r.Title, Text: shorten(r.Overview), CVSS: r.CVSS, CWEs: r.CWEs, Products: r.Products}
			return put(record(feed.JVN, r.ID, r.Modified, r.Names, nil, note))
		})
	})
}

func record(source, id string, modified time.Time, names, products []string, note portfolio.Note) store.VulnRecord {
	data, _ := json.Marshal(note) // texts and lists do not fail
	return store.VulnRecord{Source: source, ID: id, Names: names, Products: products, Modified: modified, Data: data}
}

// recordsAtOnce is how many records of a catalogue are written in one transaction.
const recordsAtOnce = 5000

// takeCatalogue reads the files of a catalogue and keeps their records.
func takeCatalogue(ctx context.Context, db *store.DB, actor store.Actor, name, dir string, files []string,
	read func(io.Reader, func(store.VulnRecord) error) ([]fact.Problem, error)) (t taken, err error) {
	var waiting []store.VulnRecord
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		err := db.InTx(ctx, actor, func(tx *store.Tx) error {
			if err := tx.PutVulnRecords(ctx, waiting); err != nil {
				return err
			}
			return tx.Audit(ctx, "kept", store.Object{Kind: "advisories", ID: name}, map[string]any{"records": len(waiting)})
		})
		waiting = waiting[:0]
		return err
	}
	put := func(r store.VulnRecord) error {
		if waiting = append(waiting, r); len(waiting) < recordsAtOnce {
			return nil
		}
		return flush()
	}
	for i, file := range files {
		tellProgress(db, name, file, i, len(files))
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			return t, err
		}
		problems, err := read(f, put)
		f.Close()
		for _, p := range problems {
			p.Where = file + "#" + p.Where
			t.problems = append(t.problems, p)
		}
		if err != nil {
			return t, fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := flush(); err != nil {
		return t, err
	}
	t.count, t.newest, err = db.VulnRecordCount(ctx, name)
	return t, err
}

// takeCSAF receives the documents of a CSAF provider as documents about our organisation.
func takeCSAF(ctx context.Context, db *store.DB, actor store.Actor, name, dir string, files []string, _ time.Time) (t taken, err error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return t, err
	}
	i := slices.IndexFunc(m.Parties, func(p chain.Party) bool { return p.Self })
	if i < 0 {
		return t, &lang.Error{Kind: lang.Usage, What: lang.T("自組織がまだ登録されていません", "our own organisation is not registered yet"),
			Next: lang.T("tasuki chain apply か tasuki push --create で登録してください", "register it with tasuki chain apply or tasuki push --create")}
	}
	var arrivals []ingest.Arrival
	for _, file := range files {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			return t, err
		}
		defer f.Close()
		arrivals = append(arrivals, ingest.Arrival{Name: file, Origin: name, Body: f, Subject: fact.Subject{Kind: fact.Org, ID: m.Parties[i].ID}})
	}
	receipts, err := Receive(ctx, db, actor, arrivals)
	if err != nil {
		return t, err
	}
	for _, r := range receipts {
		if !r.Accepted {
			t.problems = append(t.problems, r.Problems...)
		}
	}
	facts, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{{Kind: fact.Org, ID: m.Parties[i].ID}}, Kinds: []fact.Kind{fact.KindAdvisory}})
	if err != nil {
		return t, err
	}
	for _, f := range facts {
		d, err := db.Document(ctx, f.Document)
		if err != nil {
			return t, err
		}
		if d.Origin == name {
			t.count++
			if f.ObservedAt.After(t.newest) {
				t.newest = f.ObservedAt
			}
		}
	}
	return t, nil
}
