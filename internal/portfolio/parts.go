package portfolio

import (
	"context"
	"slices"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
)

// Part is a component of a release with what is known of it.
type Part struct {
	PURL      string   `json:"purl"`
	Name      string   `json:"name"`
	Version   string   `json:"version"`
	Vulns     []string `json:"vulns"`               // found in it, by the ids that name them
	Malicious bool     `json:"malicious,omitempty"` // published to do harm
	Guessed   bool     `json:"guessed,omitempty"`   // some were found by a CPE name alone
	Matched   bool     `json:"matched"`             // advisories were asked about it
	Unmatched string   `json:"unmatched,omitempty"` // why it could not be looked up, a word of the matcher

	Supported    *bool     `json:"supported"`               // by end-of-life data; nil: nothing is known
	EndOfSupport time.Time `json:"end_of_support,omitzero"` // the day, where one is given
	Source       string    `json:"source,omitempty"`        // of the end of support: whose data, and the line of releases
}

// Why says why the part could not be looked up, nothing when it was.
func (p Part) Why() lang.Text {
	if p.Unmatched == "" {
		return lang.Text{}
	}
	return match.Reason(p.Unmatched).Text()
}

// Parts gives the components of a release: what was found in each, whether it could be looked up, and how long its maker
// supports it.
func Parts(ctx context.Context, db *store.DB, release string) ([]Part, error) {
	components, err := db.ComponentsOf(ctx, release)
	if err != nil {
		return nil, err
	}
	found, err := db.FindingsOf(ctx, release)
	if err != nil {
		return nil, err
	}
	lives, err := Lifecycles(ctx, db, []string{release})
	if err != nil {
		return nil, err
	}
	out := make([]Part, 0, len(components))
	for _, c := range components {
		p := Part{PURL: c.PURL, Name: c.Name, Version: c.Version, Vulns: []string{}, Matched: c.Matched, Unmatched: c.Unmatched}
		for _, f := range found {
			if f.Component == c.ID {
				p.Vulns = append(p.Vulns, f.Vuln)
				p.Malicious, p.Guessed = p.Malicious || f.Malicious(), p.Guessed || f.ByCPE != ""
			}
		}
		slices.Sort(p.Vulns)
		if l, ok := lives[c.PURL]; ok {
			supported := l.EndOfLife.IsZero() || l.EndOfLife.After(db.Now())
			p.Supported, p.Source = &supported, l.Source
			if l.EndOfLife.Unix() > 1 { // the source gives a day
				p.EndOfSupport = l.EndOfLife
			}
		}
		out = append(out, p)
	}
	return out, nil
}
