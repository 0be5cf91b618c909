package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/store"
)

// pending says how to take over what came. It is written before anything that is kept changes and removed when findings
// and judgements agree with it, so that an import that was cut off at any moment is finished by the next one.
type pending struct {
	Source   string           `json:"source"`
	Fetched  time.Time        `json:"fetched"`
	Whole    []string         `json:"whole,omitempty"`    // folders that take the place of those kept
	Only     bool             `json:"only,omitempty"`     // folders of the source that are not among them go
	Single   []string         `json:"single,omitempty"`   // files that are added
	All      bool             `json:"all,omitempty"`      // every component is matched; else those of these packages
	Packages []match.Package  `json:"packages,omitempty"` // that changed records speak of, or spoke of
	Parts    []store.FeedPart `json:"parts,omitempty"`
	URL      string           `json:"url,omitempty"`
	Digest   string           `json:"digest,omitempty"`
	Failure  string           `json:"failure,omitempty"` // what could not be fetched
}

// Imported says what became of advisories that were taken over: what the index holds, and what was judged again.
type Imported struct {
	match.Stats
	Matched  int            // components that were compared
	Indexed  time.Time      // when the index was there; what it says anew is matched after
	Recorded time.Time      // when what they affect was written down; judging comes after
	Judged   judging.Judged // only what the changed advisories touch
}

// AddAdvisories adds OSV records to those that were imported or fetched before, or puts them in the place of those with
// the same id: a folder of JSON files as [ImportAdvisories] reads it, without archives. Only the components of the packages
// that the records name, or named before, are matched, and only what that touches is judged again.
func AddAdvisories(ctx context.Context, db *store.DB, actor store.Actor, dir string, fetched time.Time) (Imported, error) {
	unlock, err := lockAdvisories(db)
	if err != nil {
		return Imported{}, err
	}
	defer unlock()
	if err := finishPending(ctx, db, actor); err != nil {
		return Imported{}, err
	}
	folders, err := copyRecords(dir, portfolio.AdvisoryPath(db, "incoming"))
	if err != nil {
		return Imported{}, err
	}
	p := pending{Source: feed.OSV, Fetched: fetched}
	for _, folder := range folders {
		files, err := os.ReadDir(portfolio.AdvisoryPath(db, "incoming", folder))
		if err != nil {
			return Imported{}, err
		}
		for _, f := range files {
			p.Single = append(p.Single, path.Join(folder, f.Name()))
		}
	}
	return takeOver(ctx, db, actor, p)
}

// ImportAdvisories puts a folder of OSV records in the place of those that were imported or fetched before from OSV and
// matches every component that is kept. fetched is when the folder's data was fetched: its age is what people are shown.
func ImportAdvisories(ctx context.Context, db *store.DB, actor store.Actor, dir string, fetched time.Time) (Imported, error) {
	unlock, err := lockAdvisories(db)
	if err != nil {
		return Imported{}, err
	}
	defer unlock()
	if err := finishPending(ctx, db, actor); err != nil {
		return Imported{}, err
	}
	whole, err := copyRecords(dir, portfolio.AdvisoryPath(db, "incoming"))
	if err != nil {
		return Imported{}, err
	}
	return takeOver(ctx, db, actor, pending{Source: feed.OSV, Fetched: fetched, Whole: whole, Only: true, All: true})
}

// lockAdvisories keeps other processes from changing the advisories, and empties the folder for what comes in.
func lockAdvisories(db *store.DB) (unlock func(), err error) {
	if err := os.MkdirAll(portfolio.AdvisoryPath(db), 0o700); err != nil {
		return nil, err
	}
	return store.LockFile(portfolio.AdvisoryPath(db, "lock"))
}

// emptyIncoming makes an empty folder for what comes in.
func emptyIncoming(db *store.DB) (string, error) {
	dir := portfolio.AdvisoryPath(db, "incoming")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// loose is the folder of records that lie in a dump outside any folder.
const loose = "imported"

// copyRecords copies archives and records of a dump, laid out as [osv.Dir] reads it, and gives the folders it made.
func copyRecords(from, to string) (folders []string, err error) {
	if err := os.RemoveAll(to); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, &lang.Error{Kind: lang.Unreadable, Err: err, What: lang.F("「%s」を開けません", "%s cannot be opened", from),
			Next: lang.T("パスと読み取り権限を確認してください", "check the path and the permission to read it")}
	}
	take := func(dir, name, folder string) error {
		if name != "all.zip" && !strings.HasSuffix(name, ".json") {
			return nil
		}
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		return copyFile(filepath.Join(dir, name), filepath.Join(to, folder, name))
	}
	for _, e := range entries {
		if !e.IsDir() {
			if err := take(from, e.Name(), loose); err != nil {
				return nil, err
			}
			continue
		}
		inner, err := os.ReadDir(filepath.Join(from, e.Name()))
		if err != nil {
			return nil, err
		}
		for _, f := range inner {
			if f.IsDir() {
				continue
			}
			if err := take(filepath.Join(from, e.Name()), f.Name(), e.Name()); err != nil {
				return nil, err
			}
		}
	}
	if len(folders) == 0 {
		return nil, noRecords(from)
	}
	return folders, nil
}

func noRecords(from string) error {
	return &lang.Error{Kind: lang.Nothing,
		What: lang.F("「%s」に脆弱性情報がありません", "%s holds no advisories", from),
		Why:  lang.T("npm/all.zip のように、エコシステム名のフォルダーに all.zip またはJSONファイルを置く形を読み取ります", "it is read as folders named after ecosystems that hold all.zip or JSON files, such as npm/all.zip"),
		Next: lang.T("OSV形式の公開データを取得して置いてください。前に取り込んだものはそのままです", "get a dump in the OSV format and put it there; what was imported before stays")}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// takeOver takes over what lies in incoming: it is proven to be readable first, then written down as pending, then done.
func takeOver(ctx context.Context, db *store.DB, actor store.Actor, p pending) (Imported, error) {
	if !p.All {
		named, err := packagesOf(db, p.Single)
		if err != nil {
			return Imported{}, err
		}
		p.All, p.Packages = named == nil, named
	}
	if len(p.Whole) > 0 {
		if err := provable(ctx, db); err != nil {
			return Imported{}, err
		}
	}
	if err := writePending(db, p); err != nil {
		return Imported{}, err
	}
	return carryOut(ctx, db, actor, p, false)
}

// provable refuses records of which none can be read: an empty source must not look like a source that finds nothing.
func provable(ctx context.Context, db *store.DB) error {
	good := 0
	enough := errors.New("enough")
	err := osv.Dir(ctx, portfolio.AdvisoryPath(db, "incoming"), osv.Options{}, func(item osv.Item) error {
		if item.Err == nil {
			good++
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	if err == nil && good == 0 {
		err = noRecords(lang.T("取り込もうとした内容", "what was brought").EN)
	}
	return err
}

// finishPending carries out what an import that was cut off left undone.
func finishPending(ctx context.Context, db *store.DB, actor store.Actor) error {
	b, err := os.ReadFile(portfolio.AdvisoryPath(db, "pending"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p pending
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return fmt.Errorf("read what is pending of advisories: %w", err)
	}
	_, err = carryOut(ctx, db, actor, p, true)
	return err
}

// FinishImport carries out what an import or fetch of advisories that was cut off left undone; nothing, if there is
// nothing. Every import does so by itself first.
func FinishImport(ctx context.Context, db *store.DB, actor store.Actor) error {
	if _, err := os.Stat(portfolio.AdvisoryPath(db, "pending")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lockAdvisories(db)
	if err != nil {
		return err
	}
	defer unlock()
	return finishPending(ctx, db, actor)
}

func writePending(db *store.DB, p pending) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return replaceFile(portfolio.AdvisoryPath(db, "pending"), b)
}

// replaceFile writes a file so that after a crash it is the old one or the new one, whole.
func replaceFile(file string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// carryOut does what is pending. Each step may be done again. resumed: it was cut off before, and nobody knows what was
// matched and not yet judged, so that everything is judged.
func carryOut(ctx context.Context, db *store.DB, actor store.Actor, p pending, resumed bool) (done Imported, err error) {
	if err := moveRecords(db, p); err != nil {
		return done, err
	}
	before, err := ecosystemsOf(db)
	if err != nil {
		return done, err
	}
	feeds, err := judging.FeedStates(ctx, db)
	if err != nil {
		return done, err
	}
	if resumed {
		feeds = nil
	}
	tellProgress(db, p.Source, "index", 0, 1)
	next, err := buildIndex(ctx, db, p)
	if err != nil {
		return done, err
	}
	done.Stats, done.Indexed = next.Stats, db.Now()
	if !p.All && !slices.Equal(before, next.ecosystems()) { // what could not be looked up may be looked up now, or the reverse
		p.All, p.Packages = true, nil
		if err := writePending(db, p); err != nil {
			return done, err
		}
	}
	if p.All && !resumed {
		if changed, few := changedOnly(db, next); few { // what is written down stays: if this is cut off, everything is matched
			p.All, p.Packages = false, changed
		}
	}
	if err := errors.Join(disagree(db), next.use()); err != nil {
		return done, err
	}
	touched, err := matchPending(ctx, db, actor, p, &done)
	if err != nil {
		return done, err
	}
	done.Recorded = db.Now()
	if done.Judged, err = judging.Delivered(ctx, db, actor, "advisories imported", feeds, p.Source, judging.SubjectsOf(touched)...); err != nil {
		return done, err
	}
	tellProgress(db, p.Source, "", 1, 1)
	return done, errors.Join(agree(db, next.Info), os.Remove(portfolio.AdvisoryPath(db, "pending")))
}

// moveRecords moves what is still in incoming to the records.
func moveRecords(db *store.DB, p pending) error {
	records, incoming := portfolio.AdvisoryPath(db, "records"), portfolio.AdvisoryPath(db, "incoming")
	if err := os.MkdirAll(records, 0o700); err != nil {
		return err
	}
	if p.Only {
		kept, err := os.ReadDir(records)
		if err != nil {
			return err
		}
		for _, k := range kept {
			if !slices.Contains(p.Whole, k.Name()) && k.Name() != feed.GitHub && k.Name() != feed.Malicious {
				if err := os.RemoveAll(filepath.Join(records, k.Name())); err != nil {
					return err
				}
			}
		}
	}
	for _, name := range p.Whole {
		if _, err := os.Stat(filepath.Join(incoming, name)); errors.Is(err, fs.ErrNotExist) {
			continue // moved before
		}
		if err := os.RemoveAll(filepath.Join(records, name)); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(incoming, name), filepath.Join(records, name)); err != nil {
			return err
		}
	}
	return moveFiles(incoming, records, p.Single)
}

// moveFiles moves files, named relative to a folder, to another; those that are not there were moved before.
func moveFiles(from, to string, files []string) error {
	for _, name := range files {
		target := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		err := os.Rename(filepath.Join(from, filepath.FromSlash(name)), target)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// ecosystemsOf gives the ecosystems of the index at hand, none when there is none that can be read.
func ecosystemsOf(db *store.DB) ([]string, error) {
	ix, err := portfolio.Index(db)
	if k := lang.KindOf(err); err != nil && (k == lang.Unreadable || k == lang.Nothing) {
		return nil, nil // made anew below
	}
	if err != nil {
		return nil, err
	}
	defer ix.Close()
	return newIndex{Stats: match.Stats{Info: ix.Info()}}.ecosystems(), nil
}

// packagesOf gives the packages that changed records speak of now or, by the index at hand, spoke of before; nil when
// there is no index yet, so that everything has to be matched.
func packagesOf(db *store.DB, files []string) ([]match.Package, error) {
	ix, err := portfolio.Index(db)
	if lang.KindOf(err) == lang.Nothing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer ix.Close()
	out := []match.Package{}
	for _, file := range files {
		b, err := os.ReadFile(portfolio.AdvisoryPath(db, "incoming", filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		r, err := osv.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(file), err)
		}
		out = append(out, match.PackagesOf(r)...)
		old, err := ix.Text(r.ID)
		if lang.KindOf(err) == lang.NotFound {
			continue
		}
		if err == nil {
			r, err = osv.Parse(old)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, match.PackagesOf(r)...)
	}
	return out, nil
}

// matchPending matches what the changed records may concern and writes down, in one transaction, findings and how far
// the source was read. It gives the releases of which something else was found.
func matchPending(ctx context.Context, db *store.DB, actor store.Actor, p pending, done *Imported) (touched []string, err error) {
	stats := done.Stats
	l, err := concerning(ctx, db, p)
	if err != nil {
		return nil, err
	}
	done.Matched = len(l.components)
	source, err := readSource(ctx, db, p, stats)
	if err != nil {
		return nil, err
	}
	tellProgress(db, p.Source, "match", 0, len(l.components))
	l.dataAt = source.LoadedAt
	if p.Source != feed.OSV {
		if l.dataAt, err = portfolio.DataAt(ctx, db); err != nil {
			return nil, err
		}
	}
	l.also = func(tx *store.Tx) error {
		if err := judging.SaveSource(ctx, tx, source); err != nil {
			return err
		}
		if err := tx.SaveFeedParts(ctx, p.Source, p.Parts); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: p.Source},
			map[string]any{"count": stats.Count, "digest": stats.Digest, "changed": len(p.Single), "whole": p.Whole, "matched": len(l.components)})
	}
	return look(ctx, db, actor, l)
}

// concerning gives what has to be matched: everything, or what is looked up under one of the packages.
func concerning(ctx context.Context, db *store.DB, p pending) (looking, error) {
	if p.All {
		return everything(ctx, db)
	}
	keys := make([]string, len(p.Packages))
	for i, pkg := range p.Packages {
		keys[i] = store.PackageKey(pkg.Ecosystem, pkg.Name)
	}
	components, err := db.ComponentsNamed(ctx, keys)
	return looking{components: components, renews: true}, err
}

// readSource is what is known of the source once the pending import is done. One that could be fetched only in part
// keeps the age of what it had.
func readSource(ctx context.Context, db *store.DB, p pending, stats match.Stats) (store.AdvisorySource, error) {
	s := store.AdvisorySource{Name: p.Source, Count: int64(stats.Count), Newest: stats.Newest, LoadedAt: p.Fetched, Error: p.Failure, URL: p.URL, Digest: stats.Digest}
	if p.URL != "" {
		s.TriedAt = p.Fetched
	}
	if p.Source != feed.OSV {
		n, err := archiveCount(portfolio.AdvisoryPath(db, "records", p.Source))
		if err != nil {
			return s, err
		}
		s.Count, s.Digest = n, p.Digest
	}
	if p.Failure == "" {
		return s, nil
	}
	old, err := sourceOf(ctx, db, p.Source)
	if !old.LoadedAt.IsZero() {
		s.LoadedAt = old.LoadedAt
	}
	return s, err
}

// archiveCount gives how many records can be read in a folder.
func archiveCount(dir string) (n int64, err error) {
	err = osv.Dir(context.Background(), dir, osv.Options{}, func(item osv.Item) error {
		if item.Err == nil {
			n++
		}
		return nil
	})
	return n, err
}

// sourceOf gives what is known of a source, the zero value when nothing is.
func sourceOf(ctx context.Context, db *store.DB, name string) (store.AdvisorySource, error) {
	all, err := db.AdvisorySources(ctx)
	for _, s := range all {
		if s.Name == name {
			return s, err
		}
	}
	return store.AdvisorySource{Name: name}, err
}
