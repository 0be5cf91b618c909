package fact

import (
	"time"

	"example.org/tasuki/internal/lang"
)

// KindMatch is the kind of a fact whose Data is a *Match.
const KindMatch Kind = "match"

// Match says that a release's components were compared with advisory data: when is the fact's ObservedAt. What was
// found are findings, kept beside the components; this says how well it was looked.
type Match struct {
	Source     string      `json:"source"`     // name of the advisory data
	DataAt     time.Time   `json:"data_at"`    // when that data was fetched
	Digest     string      `json:"digest"`     // of the advisories used
	Advisories int         `json:"advisories"` // how many there were
	Components int         `json:"components"` // distinct components of the release
	Checked    int         `json:"checked"`    // of these, looked up
	Unmatched  []Unmatched `json:"unmatched,omitempty"`
}

// Unmatched is a component that could not be looked up, and why.
type Unmatched struct {
	Component string    `json:"component"` // package URL, else name and version
	Reason    string    `json:"reason"`    // a word of the matcher: no-purl, no-advisories …
	Text      lang.Text `json:"text"`
}
