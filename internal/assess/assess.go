// Package assess judges duties: it lays facts, records and statements of people beside the checks of the guideline's
// data and says for each duty what its status is, why, by what evidence, until when, and what to do next.
//
// Start from [Judge]. Its core is a pure function of [Input]: no store, no clock, the same input gives the same result
// byte for byte.
package assess

import (
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
)

// Input is everything a judgement looks at. Order of slices does not matter, but where it says so.
type Input struct {
	Now    time.Time        `json:"now,omitzero"`
	Policy guideline.Policy `json:"policy"`           // start from guideline.DefaultPolicy()
	Model  chain.Model      `json:"model"`            // all parties, agreements and component rules; software, releases and systems concerned
	Duties []chain.Duty     `json:"duties,omitempty"` // what to judge, in the order of the result; usually of one software: chain.Duties(…)

	// Release is the id of the release that release-scope checks look at. Empty: they answer unknown.
	Release string `json:"release,omitempty"`

	Facts   []fact.Fact       `json:"facts,omitempty"`   // about our organisation, the software, its releases, the systems
	Records []register.Record `json:"records,omitempty"` // of every state; only those in force count
	Claims  []evidence.Claim  `json:"claims,omitempty"`  // claims, exceptions and 対象外; only those in force count

	Matches    []Match              `json:"matches,omitempty"`    // newest one per release
	Findings   []Finding            `json:"findings,omitempty"`   // open and treated findings of the releases
	Lifecycles map[string]Lifecycle `json:"lifecycles,omitempty"` // by purl as the SBOM writes it; absent: not looked up
	Feeds      []Feed               `json:"feeds,omitempty"`
	Tools      []Tool               `json:"tools,omitempty"`   // of the register, those that name a package URL or CPE
	Archive    []Archived           `json:"archive,omitempty"` // what the archive holds of the releases
	Ledger     Ledger               `json:"ledger,omitzero"`
	// Renewed says when sources delivered last. A time that one of them renews is the later of what is said here and there.
	Renewed fact.Renewed `json:"renewed,omitempty"`
	// Inner is, for each of our own software that is a component of others, the gravest status of its developer duties.
	Inner    map[string]Status `json:"inner,omitempty"`
	Received []Received        `json:"received,omitempty"` // verified declarations of counterparties, newest per party and object
}

// Match says when a release's components were last compared with advisory data.
type Match struct {
	Release    string    `json:"release,omitempty"`
	MatchedAt  time.Time `json:"matched_at,omitzero"`
	DataNewest time.Time `json:"data_newest,omitzero"` // newest modification among the advisories used, or when the data was fetched if later
	Components int       `json:"components,omitempty"` // compared
	Unmatched  []string  `json:"unmatched,omitempty"`  // components that could not be compared, by purl or name
	Source     string    `json:"source,omitempty"`     // name of the advisory data; its evidence id
}

// Finding is one component × vulnerability that concerns a release, with what people decided about it.
type Finding struct {
	finding.Finding
	Release   string    `json:"release,omitempty"` // id
	KEV       bool      `json:"kev,omitempty"`     // in CISA's catalogue of known exploited vulnerabilities
	Likely    bool      `json:"likely,omitempty"`  // its EPSS score is at or above what the policy says
	Urgent    bool      `json:"urgent,omitempty"`  // SSVC says to treat it immediately
	FirstSeen time.Time `json:"first_seen,omitzero"`
	Decision  string    `json:"decision,omitempty"` // VEX status: affected, not_affected, fixed, under_investigation; empty: nobody decided
	DecidedAt time.Time `json:"decided_at,omitzero"`
	Treatment string    `json:"treatment,omitempty"` // fix, workaround, accept, not_affected; empty: none
	TreatBy   time.Time `json:"treat_by,omitzero"`
	TreatedAt time.Time `json:"treated_at,omitzero"`
	Until     time.Time `json:"until,omitzero"`  // when the decision lapses; zero: it stands
	Owner     string    `json:"owner,omitempty"` // who looks after it
}

// Lifecycle is what is known of the end of support of a component.
type Lifecycle struct {
	EndOfLife time.Time `json:"end_of_life,omitzero"` // zero with Known: the maker has set no end
	Known     bool      `json:"known,omitempty"`
	Source    string    `json:"source,omitempty"`
}

// Feed is a source of security information that runs by itself.
type Feed struct {
	Name        string    `json:"name,omitempty"`
	Official    bool      `json:"official,omitempty"` // KEV, JVN, IPA, JPCERT/CC …
	LastSuccess time.Time `json:"last_success,omitzero"`
	Newest      time.Time `json:"newest,omitzero"`
	Count       int       `json:"count,omitempty"`
	Error       string    `json:"error,omitempty"`
}

// Tool says what the advisories at hand hold of a development tool.
type Tool struct {
	Record    string    `json:"record,omitempty"` // id
	Why       lang.Text `json:"why,omitzero"`     // why it could not be looked up; empty: it was
	Found     []string  `json:"found"`            // known vulnerabilities of its version
	Exploited []string  `json:"exploited"`        // of these, by the ids of the catalogue of known exploited ones
	Source    string    `json:"source,omitempty"` // what renews DataAt: [Advisories], or "feed:" and its name
	DataAt    time.Time `json:"data_at,omitzero"` // how old the data is that it was looked up in
}

// Archived is one thing the write-once archive holds of a release.
type Archived struct {
	Release    string    `json:"release,omitempty"`
	Kind       string    `json:"kind,omitempty"` // artifact, sbom, provenance, configuration, documentation
	Digest     string    `json:"digest,omitempty"`
	ArchivedAt time.Time `json:"archived_at,omitzero"`
	VerifiedAt time.Time `json:"verified_at,omitzero"` // when its digest was last recomputed
	Damaged    bool      `json:"damaged,omitempty"`    // it is gone, or did not match
}

// Ledger says when the whole log was last recomputed and whether it held.
type Ledger struct {
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	Intact     bool      `json:"intact"`
}

// Received is a declaration or status report of a counterparty whose bundle verified when it came in.
type Received struct {
	ID         string          `json:"id,omitempty"`      // bundle digest
	Party      string          `json:"party,omitempty"`   // whose statement
	Release    string          `json:"release,omitempty"` // our id of the release it is about; empty when it is about a software or an organisation
	Software   string          `json:"software,omitempty"`
	Level      guideline.Level `json:"level,omitempty"` // empty: not stated or withheld
	Since      time.Time       `json:"since,omitzero"`  // when the first of the party about the same object came; zero: this is it
	VerifiedAt time.Time       `json:"verified_at,omitzero"`
	ValidUntil time.Time       `json:"valid_until,omitzero"`
	HasSBOM    bool            `json:"has_sbom,omitempty"`
	Answers    []Answer        `json:"answers,omitempty"`
}

// Answer is one duty's status in a received declaration.
type Answer struct {
	Role        guideline.Role `json:"role,omitempty"`
	Requirement guideline.ID   `json:"requirement,omitempty"`
	Status      Status         `json:"status,omitempty"`
}

// Status is where a duty stands.
type Status string

// The statuses: 対応, 例外承認つき対応, 一部対応, 未対応, 対象外, 未評価.
const (
	Met              Status = "met"
	MetWithException Status = "met_with_exception"
	PartlyMet        Status = "partly_met"
	NotMet           Status = "not_met"
	NotApplicable    Status = "not_applicable"
	NotAssessed      Status = "not_assessed"
)

// Statuses in the order of concern, the gravest first.
var Statuses = []Status{NotMet, NotAssessed, PartlyMet, MetWithException, Met, NotApplicable}

// Name gives the word people see.
func (s Status) Name() lang.Text {
	switch s {
	case Met:
		return lang.T("対応", "met")
	case MetWithException:
		return lang.T("例外承認つき対応", "met with exception")
	case PartlyMet:
		return lang.T("一部対応", "partly met")
	case NotMet:
		return lang.T("未対応", "not met")
	case NotApplicable:
		return lang.T("対象外", "not applicable")
	}
	return lang.T("未評価", "not assessed")
}

// Basis says what a status rests on. Where several things were used it is the weakest of them.
type Basis string

// The bases, strongest first: machine evidence (held against approved records where a check asks for them); records and
// entries of people alone; a person's claim; the declaration of the party itself, verified. Empty when nothing was shown.
const (
	Automatic    Basis = "automatic"
	ByRecord     Basis = "record"
	ByClaim      Basis = "claim"
	ByStatement  Basis = "declaration"
	WithoutBasis Basis = ""
)

// Verdict is the outcome of one check.
type Verdict string

// The verdicts. A warning is a check that is not required and does not pass.
const (
	Pass    Verdict = "pass"
	Fail    Verdict = "fail"
	Warn    Verdict = "warn"
	Unknown Verdict = "unknown"
)

// Result is an assessment: one row per duty, in the order of Input.Duties.
type Result struct {
	At       time.Time           `json:"at"`
	Release  string              `json:"release,omitempty"`
	Rows     []Row               `json:"rows"`
	Totals   Totals              `json:"totals"`
	Relaxed  []guideline.Setting `json:"relaxed"`            // thresholds of the policy that are looser than their default
	DataFrom string              `json:"data_from"`          // digest of the guideline's data, checks included
	Measured []fact.Measured     `json:"measured,omitempty"` // values of the security criteria for the release, by key

	// When judging again may say something else although nothing new is known: at Next (zero: never), when a lease ends, or
	// when one of the sources waited for delivers.
	Next   time.Time    `json:"next,omitzero"`
	Leases []fact.Lease `json:"leases,omitempty"`
	Waits  []string     `json:"waits,omitempty"`
}

// Totals counts rows by status: by duty (role × requirement of an engagement) and by distinct requirement, where the
// gravest status of its duties counts. Every status is present.
type Totals struct {
	ByDuty        map[Status]int `json:"by_duty"`
	ByRequirement map[Status]int `json:"by_requirement"`
}

// Row is the state of one duty.
type Row struct {
	ID          guideline.ID     `json:"id"`
	Arrangement string           `json:"arrangement"`
	Engagement  string           `json:"engagement"`
	Party       string           `json:"party"`
	Software    string           `json:"software,omitempty"`
	System      string           `json:"system,omitempty"`
	Role        guideline.Role   `json:"role"`
	Stance      guideline.Stance `json:"stance"`
	Level       guideline.Level  `json:"level"`

	Status     Status      `json:"status"`
	Basis      Basis       `json:"basis"`
	StatedOnly bool        `json:"stated_only,omitempty"` // rests on a claim that has no evidence: 申告のみ
	Reasons    []lang.Text `json:"reasons"`
	Evidence   []string    `json:"evidence"` // document digests, record ids, claim ids, chain entries: sorted
	Remedy     lang.Text   `json:"remedy,omitzero"`
	ValidUntil time.Time   `json:"valid_until,omitzero"` // zero: nothing it rests on lapses by itself
	Checks     []Outcome   `json:"checks"`
	// Of ValidUntil: what is fixed, and what sources renew.
	Ends       time.Time    `json:"-"`
	Leases     []fact.Lease `json:"-"`
	Claims     []string     `json:"claims,omitempty"`     // ids of claims, exceptions and 対象外 that were used
	Exceptions int          `json:"exceptions,omitempty"` // how many failing checks are excused
}

// Current gives the status as it may be shown at a moment: past ValidUntil nothing reads as met.
func (r Row) Current(now time.Time) Status {
	if r.ValidUntil.IsZero() || now.Before(r.ValidUntil) {
		return r.Status
	}
	return NotAssessed
}

// Outcome is what one check said.
type Outcome struct {
	Check      string       `json:"check"`
	Title      lang.Text    `json:"title"`
	Required   bool         `json:"required"`
	Subject    fact.Subject `json:"subject"` // where it is fulfilled: of kind org, the row inherits it
	Verdict    Verdict      `json:"verdict"`
	Reason     lang.Text    `json:"reason"`
	Remedy     lang.Text    `json:"remedy,omitzero"` // empty when it passes
	Names      []string     `json:"names,omitempty"` // all that stands in the way, exact names
	Thresholds []Compared   `json:"thresholds,omitempty"`
	Relaxed    bool         `json:"relaxed,omitempty"`
	Basis      Basis        `json:"basis"`
	Evidence   []string     `json:"evidence"`
	ValidUntil time.Time    `json:"valid_until,omitzero"` // when a pass stops to hold if nothing new comes
	Leases     []fact.Lease `json:"leases,omitempty"`     // it stops with the first of these too
	FilledBy   string       `json:"filled_by,omitempty"`  // id of the claim that fills an unknown
	ExcusedBy  string       `json:"excused_by,omitempty"` // id of the exception that excuses a failure
}

// Compared is a threshold of the policy that an outcome used.
type Compared struct {
	Name    string `json:"name"`
	Value   int    `json:"value"`
	Unit    string `json:"unit"`
	Default int    `json:"default"`
	Change  string `json:"change,omitempty"` // relaxed, tightened, changed; empty for the default
}
