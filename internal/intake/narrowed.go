package intake

import (
	"errors"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"

	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// When archives are replaced, most of what they say is what they said before. If the findings that are kept are known to
// agree with the index at hand, only the components of packages of which the next one says something else are matched
// again. The file "agreed" says with which index they agree, and by which build of the program: another one may match
// otherwise. It is written when everything is done and carries no weight of its own: without it, with another, or after an
// import that was cut off, everything is matched.

// maxNarrow is how many packages are looked up one by one; if more have changed, everything is matched.
const maxNarrow = 20_000

// changedOnly gives the packages of which the next index says something else than the one at hand; false when everything
// has to be matched.
func changedOnly(db *store.DB, next newIndex) ([]match.Package, bool) {
	if next.file == "" {
		return nil, false
	}
	old, err := portfolio.Index(db)
	if err != nil {
		return nil, false // there is none that can be read
	}
	defer old.Close()
	said, err := os.ReadFile(portfolio.AdvisoryPath(db, "agreed"))
	if err != nil || string(said) != agreement(old.Info()) {
		return nil, false
	}
	now, err := match.OpenIndex(next.file)
	if err != nil {
		return nil, false
	}
	defer now.Close()
	names := func(i match.Info) []string { return newIndex{Stats: match.Stats{Info: i}}.ecosystems() }
	if !slices.Equal(names(old.Info()), names(now.Info())) {
		return nil, false // what could not be looked up may be looked up now, or the reverse
	}
	changed, err := match.Changed(old, now)
	return changed, err == nil && len(changed) <= maxNarrow
}

// agree notes that the findings agree with an index. It need not survive a loss of power.
func agree(db *store.DB, with match.Info) error {
	return os.WriteFile(portfolio.AdvisoryPath(db, "agreed"), []byte(agreement(with)), 0o600)
}

// disagree forgets it, before anything else than what changed may be matched.
func disagree(db *store.DB) error {
	if err := os.Remove(portfolio.AdvisoryPath(db, "agreed")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func agreement(with match.Info) string {
	build := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		build = info.GoVersion + " " + info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
				build += " " + s.Value
			}
		}
	}
	return with.Digest + "\n" + build + "\n"
}
