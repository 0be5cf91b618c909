package intake

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// A few records that came after the index was made are kept in a second index beside it, index-later-DIGEST, where DIGEST
// is that of the index it is laid over: one of another index is never used. later-DIGEST lists the files of its records. When
// there are too many, the index is made anew.

// maxLater is how many records are laid over an index.
const maxLater = 500

// newIndex is an index that was made and is not asked yet.
type newIndex struct {
	match.Stats
	file string       // where it lies when it was made anew
	use  func() error // lets it be asked from now on
}

// ecosystems gives those that its advisories speak of.
func (n newIndex) ecosystems() (out []string) {
	for _, e := range n.Ecosystems {
		out = append(out, e.Name)
	}
	return out
}

// buildIndex makes the index that holds what is pending: it lays a few single records over the one there is, or makes it
// anew.
func buildIndex(ctx context.Context, db *store.DB, p pending) (newIndex, error) {
	if n, done, err := layOver(ctx, db, p); done || err != nil {
		return n, err
	}
	next := portfolio.IndexFile(db) + ".next"
	stats, err := match.BuildIndex(ctx, portfolio.AdvisoryPath(db, "records"), next)
	if err != nil {
		return newIndex{}, err
	}
	ix, err := match.OpenIndex(next)
	if err != nil {
		return newIndex{}, err
	}
	stats.Info = ix.Info()
	return newIndex{stats, next, func() error { return errors.Join(dropLater(db), os.Rename(next, portfolio.IndexFile(db))) }}, ix.Close()
}

// layOver lays the pending records over the index, unless it has to be made anew.
func layOver(ctx context.Context, db *store.DB, p pending) (n newIndex, done bool, err error) {
	if len(p.Whole) > 0 || p.Only || len(p.Single) == 0 || len(p.Single) > maxLater {
		return n, false, nil
	}
	ix, err := match.OpenIndex(portfolio.IndexFile(db))
	if err != nil {
		return n, false, nil // there is none that can be read
	}
	digest := ix.Info().Digest
	if err := ix.Close(); err != nil {
		return n, false, err
	}
	list, over := portfolio.LaterFile(db, "later", digest), portfolio.LaterFile(db, "index-later", digest)
	files, err := readLater(list)
	if err != nil {
		return n, false, nil // it is made anew
	}
	files = portfolio.Once(append(files, p.Single...))
	if len(files) > maxLater {
		return n, false, nil
	}
	b, err := json.Marshal(files)
	if err != nil {
		return n, false, err
	}
	if err := replaceFile(list, b); err != nil {
		return n, false, err
	}
	next := over + ".next"
	if n.Stats, err = match.BuildLater(ctx, portfolio.AdvisoryPath(db, "records"), files, next); err != nil {
		return n, false, err
	}
	if ix, err = match.OpenIndexes(portfolio.IndexFile(db), next); err != nil {
		return n, false, err
	}
	n.Info = ix.Info()
	n.use = func() error { return os.Rename(next, over) }
	return n, !ix.GoesBack(), ix.Close()
}

// readLater gives the files that are laid over an index; none when nothing is.
func readLater(list string) (files []string, err error) {
	b, err := os.ReadFile(list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &files)
	}
	return files, err
}

// dropLater removes what was laid over indexes.
func dropLater(db *store.DB) error {
	for _, kind := range []string{"index-later", "later"} {
		found, err := filepath.Glob(portfolio.AdvisoryPath(db, kind+"-*"))
		if err != nil {
			return err
		}
		for _, file := range found {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}
