package fact

import "time"

// KindSecurityInsights is the kind of a fact whose Data is a *SecurityInsights.
const KindSecurityInsights Kind = "security-insights"

// SecurityInsights is what a project says of its own security in a security-insights.yml file (OpenSSF Security Insights).
// All of it is stated by the project; nothing of it is measured. Answers are AnswerUnknown where the file does not tell.
type SecurityInsights struct {
	SpecVersion string    `json:"spec_version"`
	Project     string    `json:"project,omitempty"`
	Repository  string    `json:"repository,omitempty"`
	Inherits    string    `json:"inherits,omitempty"` // where the file is from which the project's part is taken; it was not fetched
	Status      string    `json:"status,omitempty"`   // of the repository: active, abandoned, unsupported …
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
	ReviewedAt  time.Time `json:"reviewed_at,omitzero"`
	ExpiresAt   time.Time `json:"expires_at,omitzero"` // version 1 only

	AcceptsReports Answer   `json:"accepts_reports"` // of vulnerabilities
	BugBounty      Answer   `json:"bug_bounty"`
	Contacts       []string `json:"contacts,omitempty"` // for vulnerabilities: addresses, or names where there are none
	Policy         string   `json:"policy,omitempty"`   // URL of the security policy

	License            string         `json:"license,omitempty"` // expression, else URL
	Maintainers        int            `json:"maintainers"`
	ThreatModel        Answer         `json:"threat_model"`      // version 1 only
	SelfAssessment     Answer         `json:"self_assessment"`   // yes: there is evidence, or the file says it was made
	OtherAssessments   int            `json:"other_assessments"` // by third parties
	Tools              []InsightsTool `json:"tools,omitempty"`
	AutomatedReleases  Answer         `json:"automated_releases"`
	Changelog          string         `json:"changelog,omitempty"`
	Attestations       []string       `json:"attestations,omitempty"` // predicate types, or names, of what comes with releases
	DependencyPolicy   string         `json:"dependency_policy,omitempty"`
	SupportPolicy      string         `json:"support_policy,omitempty"`
	DistributionPoints []string       `json:"distribution_points,omitempty"`
}

// InsightsTool is a security tool that a project says it uses.
type InsightsTool struct {
	Name      string `json:"name"`
	Type      string `json:"type,omitempty"` // fuzzing, container, secret, sca, sast, other; lower case
	AdHoc     bool   `json:"ad_hoc,omitempty"`
	CI        bool   `json:"ci,omitempty"`
	OnRelease bool   `json:"on_release,omitempty"`
}
