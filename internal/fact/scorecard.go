package fact

import "time"

// KindScorecard is the kind of a fact whose Data is a *Scorecard.
const KindScorecard Kind = "scorecard"

// Scorecard is one run of OpenSSF Scorecard over one repository at one commit. Scores go from 0 to 10.
type Scorecard struct {
	Tool         string           `json:"tool"` // version of Scorecard, empty when it says unknown
	Repository   string           `json:"repository"`
	Commit       string           `json:"commit,omitempty"`
	At           time.Time        `json:"at,omitzero"`
	Score        float64          `json:"score"`        // the aggregate; meaningless when not Scored
	Scored       bool             `json:"scored"`       // false: Scorecard could not come to an aggregate (-1)
	Checks       []ScorecardCheck `json:"checks"`       // in document order
	Inconclusive int              `json:"inconclusive"` // checks that could not be run, of Checks
}

// ScorecardCheck is the outcome of one check. A check that could not be run is no zero.
type ScorecardCheck struct {
	Name    string  `json:"name"`
	Score   float64 `json:"score"`
	Scored  bool    `json:"scored"` // false: the check could not be run, or came to no result (-1)
	Reason  string  `json:"reason,omitempty"`
	Details int     `json:"details,omitempty"` // lines of detail the document has
	Pointer string  `json:"pointer"`
}
