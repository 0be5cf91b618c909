package assess

import "time"

// SecurityTxtFact is a security.txt of the party.
type SecurityTxtFact struct {
	Contacts []string  `expr:"contacts"`
	Expires  time.Time `expr:"expires"`
	Policy   []string  `expr:"policy"`
}

// EndpointFact is one host with what its newest result says.
type EndpointFact struct {
	Host       string    `expr:"host"`
	MeasuredAt time.Time `expr:"measured_at"`
	Passed     int       `expr:"passed"`
	Failing    []string  `expr:"failing"` // names of the settings it lacks
	Unknown    []string  `expr:"unknown"` // settings without a result
}

// ThreatModelFact is one threat model about the software or the release.
type ThreatModelFact struct {
	Title  string    `expr:"title"`
	Format string    `expr:"format"`
	MadeOn time.Time `expr:"made_on"` // by its own word, else when it came in
	Treats []string  `expr:"treats"`  // of identity, access_control, credentials, personal_data: those its threats are about
	Number int       `expr:"number"`  // threats
}

// ThreatFact is one threat of those models.
type ThreatFact struct {
	ID      string `expr:"id"`
	Label   string `expr:"label"` // title and what it threatens
	Level   string `expr:"level"` // low, medium, high, critical, or empty
	Status  string `expr:"status"`
	Decided bool   `expr:"decided"` // mitigated, accepted or not applicable, or open with a mitigation that is planned
	// Traced: what mitigates it is written down, or where it is followed up; true for threats that nothing mitigates.
	Traced bool `expr:"traced"`
	Reason bool `expr:"reason"` // a reason is written
}

// ScorecardFact is a run of OpenSSF Scorecard over one repository. Scores go from 0 to 10; -1: no result.
type ScorecardFact struct {
	Repository       string    `expr:"repository"`
	RanAt            time.Time `expr:"ran_at"`
	Score            float64   `expr:"score"`
	BranchProtection float64   `expr:"branch_protection"`
	CodeReview       float64   `expr:"code_review"`
	SignedReleases   float64   `expr:"signed_releases"`
	TokenPermissions float64   `expr:"token_permissions"`
	DangerousFlow    float64   `expr:"dangerous_workflow"`
}

// SummaryFact is a verification summary (SLSA VSA): somebody verified source or an artifact, and says up to which levels.
type SummaryFact struct {
	Verifier      string    `expr:"verifier"` // by its own word
	Signer        string    `expr:"signer"`
	Verified      bool      `expr:"verified"` // the signature held under a key or identity we trust
	Passed        bool      `expr:"passed"`
	Resource      string    `expr:"resource"` // without scheme, revision and .git: github.com/example/app
	Own           bool      `expr:"own"`      // its subjects are artifacts of releases of the software, all of them
	SourceLevel   int       `expr:"source_level"`
	BuildLevel    int       `expr:"build_level"`
	SignedCommits bool      `expr:"signed_commits"` // a property it states says that commits are signed
	At            time.Time `expr:"at"`             // verified at
}

// InsightsFact is what a project says of its own security.
type InsightsFact struct {
	Project        string    `expr:"project"`
	ReviewedAt     time.Time `expr:"reviewed_at"` // zero when it does not tell
	AcceptsReports bool      `expr:"accepts_reports"`
	Contacts       []string  `expr:"contacts"`
	Policy         string    `expr:"policy"`
}

// AdvisoryFact is a security advisory about the software.
type AdvisoryFact struct {
	ID          string    `expr:"id"`
	IDs         []string  `expr:"ids"` // its own id, and those of its vulnerabilities
	Title       string    `expr:"title"`
	Final       bool      `expr:"final"` // published: neither draft nor interim
	PublishedAt time.Time `expr:"published_at"`
	Bare        bool      `expr:"bare"` // some vulnerability comes without what to do
	TLP         string    `expr:"tlp"`  // how it may be passed on: clear, green, amber, amber_strict, red; empty when it does not tell
}

// FixedFact is a vulnerability that affected the software and was fixed.
type FixedFact struct {
	Label string    `expr:"label"`
	IDs   []string  `expr:"ids"` // its id and aliases
	At    time.Time `expr:"at"`
}

// BinaryFact is how a program of the release was hardened. Answers are "yes", "no", "unknown" and "not applicable".
type BinaryFact struct {
	Name         string `expr:"name"`
	Format       string `expr:"format"`
	Architecture string `expr:"architecture"`
	Go           bool   `expr:"go"` // built by Go
	PIE          string `expr:"pie"`
	NX           string `expr:"nx"`
	RELRO        int    `expr:"relro"` // 0 none, 1 partial, 2 full; 2 where the format knows none
	Canary       string `expr:"canary"`
	Fortify      string `expr:"fortify"`
	CFG          string `expr:"cfg"`
}

// HeartbeatFact is the newest sign of life of a mechanism.
type HeartbeatFact struct {
	Mechanism string    `expr:"mechanism"` // key of its record
	At        time.Time `expr:"at"`
	Up        bool      `expr:"up"`
	Source    string    `expr:"source"`
}

// CriterionFact is a security criterion in force, as it is written.
type CriterionFact struct {
	Key        string    `expr:"key"`
	Title      string    `expr:"title"`
	Kind       string    `expr:"kind"`       // gate, kpi, kri
	Expression bool      `expr:"expression"` // it is computed
	Sourced    bool      `expr:"sourced"`    // all it is computed from is read out of evidence by the machine
	Stated     bool      `expr:"stated"`     // without an expression: a person says that its values come from machine evidence
	Limited    bool      `expr:"limited"`    // access to the evidence is limited
	ReviewDue  time.Time `expr:"review_due"`
}

// MeasuredFact is the value a criterion has for the release.
type MeasuredFact struct {
	Key     string  `expr:"key"`
	Title   string  `expr:"title"`
	Kind    string  `expr:"kind"`
	Value   float64 `expr:"value"` // of a yes or no: 1 or 0
	Judged  bool    `expr:"judged"`
	Holds   bool    `expr:"holds"`
	Label   string  `expr:"label"`   // title, value and bound
	Problem string  `expr:"problem"` // why there is no value
}
