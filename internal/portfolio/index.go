package portfolio

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
)

// What a workspace keeps of advisories, in one folder:
//
//	index      what matching asks, made of the records; a few later ones are laid over it, see later.go
//	records/   the records as they were published: a folder for each ecosystem or archive
//	incoming/  what a fetch brought, until it is taken over
//	pending    how to take over what is in incoming; while it is there, index and findings may lag behind the records
//	agreed     with which index the findings agree, so that the next one need not be asked about everything
//	sources/   files of the other sources, a folder for each, to ask only for what changed
const advisoryFolder = "advisories"

// AdvisoryPath gives the path of something in the folder of advisories.
func AdvisoryPath(db *store.DB, parts ...string) string {
	return filepath.Join(append([]string{db.Dir(), advisoryFolder}, parts...)...)
}

// IndexFile is where the index lies.
func IndexFile(db *store.DB) string { return AdvisoryPath(db, "index") }

// DataAt gives when the advisories in the index were fetched: OSV's, else the oldest of the other sources in the format.
func DataAt(ctx context.Context, db *store.DB) (time.Time, error) {
	all, err := db.AdvisorySources(ctx)
	var oldest time.Time
	for _, s := range all {
		switch {
		case s.Name == feed.OSV:
			return s.LoadedAt, err
		case (s.Name == feed.GitHub || s.Name == feed.Malicious) && !s.LoadedAt.IsZero() && (oldest.IsZero() || s.LoadedAt.Before(oldest)):
			oldest = s.LoadedAt
		}
	}
	return oldest, err
}

// errNoAdvisories says that there is nothing to match against.
func errNoAdvisories() error {
	return &lang.Error{Kind: lang.Nothing, What: lang.T("脆弱性情報がまだ取り込まれていません", "no advisories have been imported yet"),
		Next: lang.T("tasuki feeds import DIR で OSV 形式の脆弱性情報を取り込んでください", "import OSV records with tasuki feeds import DIR")}
}

// Index opens the workspace's advisory index; an error of kind Nothing says that there is none. The caller closes it.
func Index(db *store.DB) (*match.Index, error) {
	if _, err := os.Stat(IndexFile(db)); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoAdvisories()
	}
	return openIndex(db)
}

// AsMatched gives a stored component as matching takes it, under its number.
func AsMatched(c store.Component) match.Component {
	_, sources := NamesAndSources(c)
	m := match.Component{Ref: strconv.FormatInt(c.ID, 10), PURL: c.PURL, Name: c.Name, Version: c.Version}
	for _, s := range sources {
		if from, ok := strings.CutPrefix(s, store.BuiltFrom); ok {
			m.BuiltFrom = from
		} else {
			m.Sources = append(m.Sources, s)
		}
	}
	return m
}

// LaterFile gives the name of what lies beside the index with a digest.
func LaterFile(db *store.DB, kind, digest string) string {
	return AdvisoryPath(db, kind+"-"+strings.TrimPrefix(digest, "sha256:")[:16])
}

// openIndex opens the index and what is laid over it.
func openIndex(db *store.DB) (*match.Index, error) {
	ix, err := match.OpenIndex(IndexFile(db))
	if err != nil {
		return nil, err
	}
	over := LaterFile(db, "index-later", ix.Info().Digest)
	if _, err := os.Stat(over); errors.Is(err, fs.ErrNotExist) {
		return ix, nil
	}
	if err := ix.Close(); err != nil {
		return nil, err
	}
	return match.OpenIndexes(IndexFile(db), over)
}

// Progress says how far a fetch or import of advisories is. It is only for people to look at: what has to be done is
// written down elsewhere.
type Progress struct {
	Source string    `json:"source"`
	What   string    `json:"what"` // the piece being fetched, index, match; empty: done
	Done   int       `json:"done"`
	Total  int       `json:"total"`
	At     time.Time `json:"at"`
}

// FeedProgress gives how far the fetch or import of advisories that runs is; false when none does.
func FeedProgress(db *store.DB) (p Progress, running bool) {
	b, err := os.ReadFile(AdvisoryPath(db, "progress"))
	if err != nil || json.Unmarshal(b, &p) != nil {
		return p, false
	}
	return p, p.What != ""
}

// NamesAndSources takes apart the further identifiers of a stored component: its CPE names, and where in which repository
// it comes from.
func NamesAndSources(c store.Component) (names, sources []string) {
	for id := range strings.SplitSeq(c.Identifiers, "\n") {
		switch {
		case id == "":
		case strings.HasPrefix(id, "cpe:"):
			names = append(names, id)
		default:
			sources = append(sources, id)
		}
	}
	return names, sources
}
