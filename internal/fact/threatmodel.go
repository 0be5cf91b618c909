package fact

import (
	"strings"
	"time"
)

// KindThreatModel is the kind of a fact whose Data is a *ThreatModel.
const KindThreatModel Kind = "threat-model"

// ThreatModel is what one threat model says of a target: its parts, and the threats to them with what was decided.
type ThreatModel struct {
	Format      string    `json:"format"` // "OTM", "Threat Dragon", "Threagile"
	SpecVersion string    `json:"spec_version"`
	Title       string    `json:"title"`
	Owner       string    `json:"owner,omitempty"`
	Reviewer    string    `json:"reviewer,omitempty"`
	Updated     time.Time `json:"updated,omitzero"` // as the model says; OTM and Threat Dragon have no date

	Components int `json:"components"` // processes, stores, actors, technical assets
	OutOfScope int `json:"out_of_scope,omitempty"`
	TrustZones int `json:"trust_zones"` // trust zones and trust boundaries
	DataFlows  int `json:"data_flows"`
	Assets     int `json:"assets,omitempty"` // data assets

	Threats []Threat `json:"threats"` // at most 10,000; the counts below are complete
	// How many threats are in each state; they add up to all of them.
	Open          int `json:"open"`
	Mitigated     int `json:"mitigated"`
	Accepted      int `json:"accepted"`
	NotApplicable int `json:"not_applicable"`
	Undecided     int `json:"undecided"` // the model gives no state, or one that is none
}

// ThreatStatus says what was decided on a threat.
type ThreatStatus string

// The states. Undecided: the model gives no state that could be understood.
const (
	ThreatOpen          ThreatStatus = "open"
	ThreatMitigated     ThreatStatus = "mitigated"
	ThreatAccepted      ThreatStatus = "accepted"
	ThreatNotApplicable ThreatStatus = "not applicable"
	ThreatUndecided     ThreatStatus = "undecided"
)

// Threat is one threat to one part of the target.
type Threat struct {
	ID          string       `json:"id,omitempty"`
	Title       string       `json:"title"`
	Target      string       `json:"target,omitempty"`     // name of the part it threatens
	Categories  []string     `json:"categories,omitempty"` // of STRIDE: spoofing, tampering … ; else as written
	Severity    string       `json:"severity,omitempty"`   // low, medium, high, critical; empty when the model tells none
	Likelihood  float64      `json:"likelihood,omitempty"` // OTM: 0 to 100
	Impact      float64      `json:"impact,omitempty"`     // OTM: 0 to 100
	Status      ThreatStatus `json:"status"`
	AsWritten   string       `json:"as_written,omitempty"` // state in the model's own word, where ours differs
	Mitigations []Mitigation `json:"mitigations,omitempty"`
	Reason      string       `json:"reason,omitempty"`    // why it is accepted or does not apply, in words
	Decided     string       `json:"decided,omitempty"`   // by whom
	Reference   string       `json:"reference,omitempty"` // ticket
	Pointer     string       `json:"pointer"`
}

// Mitigation is what is done against a threat, with its state in the model's own word.
type Mitigation struct {
	Text  string `json:"text"`
	State string `json:"state,omitempty"`
}

const maxThreats = 10_000

// Add counts one threat.
func (m *ThreatModel) Add(t Threat) {
	switch t.Status {
	case ThreatOpen:
		m.Open++
	case ThreatMitigated:
		m.Mitigated++
	case ThreatAccepted:
		m.Accepted++
	case ThreatNotApplicable:
		m.NotApplicable++
	default:
		m.Undecided++
	}
	if len(m.Threats) < maxThreats {
		m.Threats = append(m.Threats, t)
	}
}

// Total gives the number of threats, listed or not.
func (m *ThreatModel) Total() int {
	return m.Open + m.Mitigated + m.Accepted + m.NotApplicable + m.Undecided
}

// ThreatCategory writes a category of STRIDE as we do, lower case with hyphens: "Denial of service" is
// denial-of-service. Other categories stay as they are.
func ThreatCategory(s string) string {
	word := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "-"), "_", "-")
	switch word {
	case "elevation-of-privileges":
		return "elevation-of-privilege"
	case "spoofing", "tampering", "repudiation", "information-disclosure", "denial-of-service", "elevation-of-privilege":
		return word
	}
	return s
}

// ThreatSeverity gives low, medium, high or critical; empty for what is none of them, such as TBA. Threagile's
// "elevated", between medium and high, counts as high.
func ThreatSeverity(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "low", "medium", "high", "critical":
		return s
	case "elevated":
		return "high"
	}
	return ""
}
