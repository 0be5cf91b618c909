package portfolio

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"example.org/tasuki/internal/cpe"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
)

// AddByCPE adds what NVD says of components that could not be looked up by their package URL, by the CPE names that their
// SBOMs state. The components stay among those that could not be looked up: a CPE name is a guess.
func AddByCPE(ctx context.Context, db *store.DB, components []store.Component, result *match.Result) error {
	missed := map[string]bool{}
	for _, u := range result.Unmatched {
		missed[u.Ref] = true
	}
	found := map[string][]string{} // by component: ids it was found to have
	for _, f := range result.Findings {
		for _, ref := range f.Refs {
			found[ref] = append(append(found[ref], f.Vuln), f.Aliases...)
		}
	}
	known := map[string][]match.Entry{}
	for _, c := range components {
		ref := strconv.FormatInt(c.ID, 10)
		names, _ := NamesAndSources(c)
		if !missed[ref] {
			continue
		}
		for _, name := range names {
			entries, err := entriesOn(ctx, db, name, known)
			if err != nil {
				return err
			}
			for _, f := range match.ByCPE(AsMatched(c), name, entries) {
				if !slices.Contains(found[ref], f.Vuln) {
					found[ref] = append(found[ref], f.Vuln)
					result.Findings = append(result.Findings, f)
				}
			}
		}
	}
	return nil
}

// entriesOn gives what NVD says of the product that a CPE name names; known keeps what was asked for before.
func entriesOn(ctx context.Context, db *store.DB, name string, known map[string][]match.Entry) ([]match.Entry, error) {
	n, err := cpe.Parse(name)
	if err != nil {
		return nil, nil // it names nothing
	}
	if entries, ok := known[n.Key()]; ok {
		return entries, nil
	}
	records, err := db.VulnRecordsOn(ctx, n.Key())
	if err != nil {
		return nil, err
	}
	entries := []match.Entry{}
	for _, r := range records {
		var note Note
		if err := json.Unmarshal(r.Data, &note); err != nil {
			return nil, err
		}
		if r.Source == feed.NVD && !note.Rejected {
			entries = append(entries, match.Entry{ID: r.ID, Summary: note.Text, CVSS: note.CVSS, Modified: r.Modified, Matches: note.Matches})
		}
	}
	known[n.Key()] = entries
	return entries, nil
}
