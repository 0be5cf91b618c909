package portfolio

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/store"
)

// CatalogueNote is what a catalogue that does not speak of packages says of a vulnerability.
type CatalogueNote struct {
	Source   string        `json:"source"` // nvd, jvn
	ID       string        `json:"id"`
	Title    string        `json:"title,omitempty"`
	Text     string        `json:"text,omitempty"`
	CVSS     []string      `json:"cvss"`
	Severity finding.Label `json:"severity"`
	Score    float64       `json:"score"` // 0 also when it gives none
	CWEs     []string      `json:"cwes"`
	Rejected bool          `json:"rejected,omitempty"` // the CVE was taken back
	Modified time.Time     `json:"modified,omitzero"`
}

func noteOf(r store.VulnRecord) (CatalogueNote, error) {
	var n Note
	if err := json.Unmarshal(r.Data, &n); err != nil {
		return CatalogueNote{}, err
	}
	severity := finding.Rate(n.CVSS)
	return CatalogueNote{Source: r.Source, ID: r.ID, Title: n.Title, Text: n.Text, CVSS: append([]string{}, n.CVSS...), Severity: severity.Label,
		Score: severity.Score, CWEs: append([]string{}, n.CWEs...), Rejected: n.Rejected, Modified: r.Modified}, nil
}

// notesOn gives what catalogues say of vulnerabilities, by the id they were asked for. An entry about several
// vulnerabilities is given for each.
func notesOn(ctx context.Context, db *store.DB, ids []string) (map[string][]CatalogueNote, error) {
	out := map[string][]CatalogueNote{}
	records, err := db.VulnRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{} // of a source and id: asked for in two pieces it comes twice
	for _, r := range records {
		if seen[[2]string{r.Source, r.ID}] {
			continue
		}
		seen[[2]string{r.Source, r.ID}] = true
		n, err := noteOf(r)
		if err != nil {
			return nil, err
		}
		names, err := db.VulnRecordNames(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range append(names, r.ID) {
			if slices.Contains(ids, id) {
				out[id] = append(out[id], n)
			}
		}
	}
	return out, nil
}

// namesOf gives an id and every other id that catalogues use for the vulnerabilities it names: the CVEs of an entry of
// JVN iPedia.
func namesOf(ctx context.Context, db *store.DB, id string) ([]string, error) {
	names := []string{id}
	for _, form := range []string{id, strings.ToUpper(id)} {
		records, err := db.VulnRecords(ctx, []string{form})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			more, err := db.VulnRecordNames(ctx, r.ID)
			if err != nil {
				return nil, err
			}
			if r.ID != form && strings.HasPrefix(form, "CVE-") {
				continue // the entry is about other vulnerabilities too
			}
			names = append(names, more...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// flat gives the notes of several ids, each once, by source and id.
func flat(notes map[string][]CatalogueNote, ids []string) []CatalogueNote {
	out := []CatalogueNote{}
	for _, id := range ids {
		for _, n := range notes[id] {
			if !slices.ContainsFunc(out, func(o CatalogueNote) bool { return o.Source == n.Source && o.ID == n.ID }) {
				out = append(out, n)
			}
		}
	}
	slices.SortFunc(out, func(a, b CatalogueNote) int { return strings.Compare(a.Source+a.ID, b.Source+b.ID) })
	return out
}

// rate gives a finding that no advisory rated NVD's rating, else JVN's, and says whose it is.
func rate(f *finding.Finding, notes []CatalogueNote) (by string) {
	if f.Severity != finding.Unknown && f.Severity != "" {
		return ""
	}
	for _, source := range []string{feed.NVD, feed.JVN} {
		for _, n := range notes {
			if n.Source == source && n.Severity != finding.Unknown && !n.Rejected {
				f.Severity, f.Score, f.CVSS = n.Severity, n.Score, n.CVSS
				return source
			}
		}
	}
	return ""
}
