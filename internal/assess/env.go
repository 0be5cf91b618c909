package assess

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr/types"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/register"
)

// Env is what the expressions of checks can name. A new kind of fact is a field here and a few lines in build.go.
// The scope tag says which checks may read a field: those of that scope and narrower ones; "duty" is everything that is
// judged for one engagement, so all but the organisation's own checks. Times that are not known are zero.
type Env struct {
	Party      Party           `expr:"party" scope:"org" basis:"record"`      // who is judged
	Feeds      []FeedFact      `expr:"feeds" scope:"org"`                     // security information that comes in by itself
	ToolLooks  []ToolFact      `expr:"tool_looks" scope:"org"`                // tools that were looked up in advisory data, or could not be
	Exceptions []ExceptionFact `expr:"exceptions" scope:"org" basis:"record"` // approved, also those past their expiry

	Duties []string   `expr:"duties" scope:"org" basis:"record"` // ids of the requirements the party answers for
	Ledger LedgerFact `expr:"ledger" scope:"org"`

	SecurityTxt []SecurityTxtFact `expr:"security_txt" scope:"org"`            // newest security.txt of each address it says it is published at
	Endpoints   []EndpointFact    `expr:"endpoints" scope:"org"`               // newest result of each host
	Criteria    []CriterionFact   `expr:"criteria" scope:"org" basis:"record"` // security criteria in force

	Duty     DutyFact      `expr:"duty" scope:"duty" basis:"record"`
	Partners []Partner     `expr:"partners" scope:"duty" basis:"record"` // organisations tied to us directly in this deal
	Software SoftwareFact  `expr:"software" scope:"duty" basis:"record"`
	Releases []ReleaseLine `expr:"releases" scope:"duty"` // releases of the software within support

	Archives []ArchiveLine `expr:"archives" scope:"duty"` // what is kept of each release that is supported or within its retention

	ThreatModels []ThreatModelFact `expr:"threat_models" scope:"duty"`          // newest of each title, the oldest first
	Threats      []ThreatFact      `expr:"threats" scope:"duty"`                // of all of them
	Scorecards   []ScorecardFact   `expr:"scorecards" scope:"duty"`             // newest of each repository
	Summaries    []SummaryFact     `expr:"summaries" scope:"duty"`              // newest verification summary of each verifier about each resource
	Insights     []InsightsFact    `expr:"insights" scope:"duty"`               // newest of each project
	Advisories   []AdvisoryFact    `expr:"advisories" scope:"duty"`             // newest of each id, about the software or any release of it
	Offers       []OfferFact       `expr:"offers" scope:"duty"`                 // what parties showed us of themselves, by party
	Reports      []ReportFact      `expr:"reports" scope:"duty" basis:"record"` // to authorities: each stage that has begun
	Fixed        []FixedFact       `expr:"fixed" scope:"duty"`                  // vulnerabilities that affected what was handed out or runs, and were fixed

	Cases    []CaseFact    `expr:"cases" scope:"duty" basis:"record"`    // vulnerabilities in the software, from report to publication
	Notices  []NoticeFact  `expr:"notices" scope:"duty" basis:"record"`  // who was told of them
	Proven   []ProvenFact  `expr:"proven" scope:"duty" basis:"record"`   // what is known to be a vulnerability of the software
	Events   []EventFact   `expr:"events" scope:"duty"`                  // of high severity, that partners need to hear of
	Tellings []TellingFact `expr:"tellings" scope:"duty" basis:"record"` // each of them for each customer

	Release      ReleaseFact       `expr:"release" scope:"release" basis:"record"`
	Archive      ArchiveFact       `expr:"archive" scope:"release"`
	SBOM         SBOMFact          `expr:"sbom" scope:"release"`
	Components   []*ComponentFact  `expr:"components" scope:"release"`
	Risks        []RiskFact        `expr:"component_risks" scope:"release"` // of the components, in their order
	Findings     []*FindingFact    `expr:"findings" scope:"release"`        // of this release
	Match        MatchFact         `expr:"match" scope:"release"`
	Attestations []AttestationFact `expr:"attestations" scope:"release"`
	Scans        []ScanFact        `expr:"scans" scope:"release"`       // newest run of each analysis tool
	Tests        []TestFact        `expr:"tests" scope:"release"`       // newest run of each test suite
	Binaries     []BinaryFact      `expr:"binaries" scope:"release"`    // newest program of each name and architecture
	Updates      []UpdateFact      `expr:"updates" scope:"release"`     // components in another version than in the release before
	Predecessor  PredecessorFact   `expr:"predecessor" scope:"release"` // the release before; without an id: there is none
	Measured     []MeasuredFact    `expr:"measured" scope:"release"`    // values of the security criteria for this release

	System SystemFact `expr:"system" scope:"system" basis:"record"`
	Uses   []Use      `expr:"uses" scope:"system"` // releases the system runs

	DueFixes []DueFix `expr:"due_fixes" scope:"system"` // fixes that are to be had for what the system runs

	Heartbeats []HeartbeatFact `expr:"heartbeats" scope:"system"` // newest of each mechanism
}

// Party is the party judged.
type Party struct {
	ID   string `expr:"id"`
	Name string `expr:"name"`
}

// FeedFact is a feed as checks see it.
type FeedFact struct {
	Name        string    `expr:"name"`
	Official    bool      `expr:"official"`
	LastSuccess time.Time `expr:"last_success"`
	Newest      time.Time `expr:"newest"`
	Count       int       `expr:"count"`
	Failing     bool      `expr:"failing"`
}

// ToolFact is what the advisories at hand say of a tool of the register.
type ToolFact struct {
	Record    string    `expr:"record"`  // id
	Matched   bool      `expr:"matched"` // it could be looked up
	Found     []string  `expr:"found"`
	Exploited []string  `expr:"exploited"`
	DataAt    time.Time `expr:"data_at"`
}

// ExceptionFact is an approved exception.
type ExceptionFact struct {
	ID          string    `expr:"id"`
	Requirement string    `expr:"requirement"`
	ApprovedAt  time.Time `expr:"approved_at"`
	ExpiresAt   time.Time `expr:"expires_at"`
}

// LedgerFact is the state of the append-only log.
type LedgerFact struct {
	VerifiedAt time.Time `expr:"verified_at"`
	Intact     bool      `expr:"intact"`
}

// DutyFact is the engagement the duty belongs to. Levels are "minimum" and "standard"; the numbers 1 and 2 are for
// comparing, 0 is none.
type DutyFact struct {
	Role        string `expr:"role"`
	Stance      string `expr:"stance"`
	Level       string `expr:"level"`
	LevelNumber int    `expr:"level_number"`
	// Declared is the level the party declares for itself in this engagement, 0 when it has not said.
	Declared int `expr:"declared"`
}

// Partner is an outside organisation tied to the party judged directly: one that engages it (side "acquirer") or that
// it engages (side "upstream").
type Partner struct {
	ID    string `expr:"id"`
	Name  string `expr:"name"`
	Side  string `expr:"side"`
	Asked int    `expr:"asked"` // level the agreement chain asks of that engagement
	// Declared is the level it states; Proven the level of its verified, unexpired declaration; 0 is none.
	Declared     int       `expr:"declared"`
	Proven       int       `expr:"proven"`
	ProvenUntil  time.Time `expr:"proven_until"`
	Agreements   int       `expr:"agreements"`  // in force by their first day
	WithLevel    int       `expr:"with_level"`  // of these, naming the package level
	WithItems    int       `expr:"with_items"`  // of these, naming the requirements
	Until        time.Time `expr:"until"`       // when the last agreement that names both ends
	OpenEnded    bool      `expr:"open_ended"`  // one of those has no end
	Contact      bool      `expr:"contact"`     // a contact is entered
	ReachedOn    time.Time `expr:"reached_on"`  // when the contact was last seen to work: confirmed, or a notice or file arrived
	HasSBOMShare bool      `expr:"sbom_shared"` // an SBOM of this release was handed to it
	SharedOn     time.Time `expr:"shared_on"`   // newest hand-over
	// Duties are the requirements that its engagements carry; Items those of them that agreements in force name, one by one
	// or as a range; Unanswered those that its verified declaration says nothing of (none while there is no declaration).
	Duties     []string       `expr:"duties"`
	Items      []string       `expr:"items"`
	Unanswered []string       `expr:"unanswered"`
	Short      []string       `expr:"short"` // those that it says are not met, or not wholly or not yet
	named      []guideline.ID // by agreements in force
	answers    []Answer       // of its verified declarations
	Customer   bool           `expr:"customer"` // it holds the customer role, or stands between us and the customer
}

// SoftwareFact is the software judged.
type SoftwareFact struct {
	ID           string    `expr:"id"`
	Name         string    `expr:"name"`
	Kind         string    `expr:"kind"`
	EndOfSale    time.Time `expr:"end_of_sale"`
	EndOfSupport time.Time `expr:"end_of_support"`
	EndOfLife    time.Time `expr:"end_of_life"`
	Delivered    bool      `expr:"delivered"`
	Running      bool      `expr:"running"`
	Core         bool      `expr:"core_infrastructure"`
	// MajorVersion is the release that began the newest major version, and MajorWorkSince the day of the last release before
	// it, since when work was about it. Empty and zero while there was only one.
	MajorVersion   string    `expr:"major_version"`
	MajorWorkSince time.Time `expr:"major_work_since"`
}

// ReleaseLine is one release of the software that is still supported.
type ReleaseLine struct {
	ID          string    `expr:"id"`
	Version     string    `expr:"version"`
	SupportedTo time.Time `expr:"supported_to"`
	MatchedAt   time.Time `expr:"matched_at"`
	DataNewest  time.Time `expr:"data_newest"`
	HasSBOM     bool      `expr:"has_sbom"`
	AnalysedAt  time.Time `expr:"analysed_at"` // newest analysis or test of it on record
	TestedAt    time.Time `expr:"tested_at"`   // newest test of it on record
}

// ReleaseFact is the release judged.
type ReleaseFact struct {
	ID           string         `expr:"id"`
	Version      string         `expr:"version"`
	ReleasedOn   time.Time      `expr:"released_on"`
	SupportedTo  time.Time      `expr:"supported_to"`
	Artifacts    []ArtifactFact `expr:"artifacts"`
	VerifyMethod string         `expr:"verify_method"`
}

// ArtifactFact is one file of the release.
type ArtifactFact struct {
	Name       string    `expr:"name"`
	Digest     string    `expr:"digest"`
	ArchivedAt time.Time `expr:"archived_at"`
	VerifiedAt time.Time `expr:"verified_at"`
	Signed     bool      `expr:"signed"`     // some verified attestation has it as subject
	Provenance bool      `expr:"provenance"` // a verified provenance has it as subject
	SBOMBound  bool      `expr:"sbom_bound"` // a verified attestation ties the SBOM to it
}

// ArchiveLine is what the archive holds of one release of the software.
type ArchiveLine struct {
	Version    string    `expr:"version"`
	Supported  bool      `expr:"supported"`
	KeepTo     time.Time `expr:"keep_to"`     // last moment of retention by the policy
	Items      int       `expr:"items"`       // files held
	Missing    []string  `expr:"missing"`     // artifacts by name, and kinds the policy asks for, none of which is held or excluded
	Excluded   []string  `expr:"excluded"`    // kinds excluded by an approved record
	Damaged    []string  `expr:"damaged"`     // held once, now gone or other bytes
	VerifiedAt time.Time `expr:"verified_at"` // the longest time since a digest was recomputed
}

// ArchiveFact is what the archive holds of the release beside its artifacts.
type ArchiveFact struct {
	Kinds    []string       `expr:"kinds"`    // kinds of thing held, sorted
	Items    []ArchivedFact `expr:"items"`    // by kind and digest
	Oldest   time.Time      `expr:"oldest"`   // the longest time since a digest was re-verified
	Unsealed []string       `expr:"unsealed"` // never verified since archived
}

// ArchivedFact is one thing the archive holds.
type ArchivedFact struct {
	Kind       string    `expr:"kind"`
	Digest     string    `expr:"digest"`
	ArchivedAt time.Time `expr:"archived_at"`
	VerifiedAt time.Time `expr:"verified_at"`
}

// SBOMFact is the newest SBOM of the release.
type SBOMFact struct {
	Present     bool      `expr:"present"`
	Format      string    `expr:"format"`
	SpecVersion string    `expr:"spec_version"`
	CreatedAt   time.Time `expr:"created_at"`
	Count       int       `expr:"count"`
	Profile     string    `expr:"profile"` // id of the list of minimum elements, of package sbomquality
	Gaps        []string  `expr:"gaps"`    // absent minimum elements: of the document one by one, then a line per component; the signature aside
	SaidUnknown int       `expr:"said_unknown"`
	Withheld    int       `expr:"withheld"`
}

// ComponentFact is one component of that SBOM; files, data and cryptographic assets it lists are none.
type ComponentFact struct {
	Label    string   `expr:"label"` // purl, else name and version
	PURL     string   `expr:"purl"`
	Name     string   `expr:"name"`
	Version  string   `expr:"version"`
	Absent   []string `expr:"absent"`   // of version, identifier, supplier, hash: those that nothing is said of
	Answerer string   `expr:"answerer"` // party that answers as developer; empty: nobody
	AnswerBy string   `expr:"answer_by"`
	Adoption string   `expr:"adoption"` // allow, deny, ask, or empty when no rule names it
	Approved bool     `expr:"approved"` // an approved adoption record names it
	InHouse  bool     `expr:"in_house"`
	Inner    string   `expr:"inner"` // in-house: gravest status of that software's developer duties; empty: not assessed

	LifeKnown bool      `expr:"life_known"`
	EndOfLife time.Time `expr:"end_of_life"`
	Plan      bool      `expr:"plan"` // an approved plan says what happens at its end of life

	identified bool // by a package URL or a CPE name
}

// FindingFact is one finding of the release.
type FindingFact struct {
	Label     string    `expr:"label"` // vulnerability and component
	Severity  string    `expr:"severity"`
	KEV       bool      `expr:"kev"`
	FirstSeen time.Time `expr:"first_seen"`
	Analysed  bool      `expr:"analysed"` // somebody decided: affected, not affected or fixed
	Closed    bool      `expr:"closed"`   // not affected or fixed
	Days      int       `expr:"days"`     // policy: days allowed for analysis
	Treatment string    `expr:"treatment"`
	TreatBy   time.Time `expr:"treat_by"`
	TreatedAt time.Time `expr:"treated_at"`
	Owner     string    `expr:"owner"`
	Fixable   bool      `expr:"fixable"`
}

// MatchFact is the last comparison with advisory data.
type MatchFact struct {
	Done       bool      `expr:"done"`
	MatchedAt  time.Time `expr:"matched_at"`
	DataNewest time.Time `expr:"data_newest"`
	Components int       `expr:"components"`
	Unmatched  []string  `expr:"unmatched"`
}

// AttestationFact is one in-toto statement about artifacts of the release.
type AttestationFact struct {
	Type     string   `expr:"type"` // provenance, sbom, test, vsa or other
	Verified bool     `expr:"verified"`
	Signer   string   `expr:"signer"`
	Builder  string   `expr:"builder"`
	Result   string   `expr:"result"`   // test: passed, warned or failed
	Subjects []string `expr:"subjects"` // digests
	Foreign  []string `expr:"foreign"`  // subjects that are no artifact of the release
}

// ScanFact is the newest run of one analysis tool over the release.
type ScanFact struct {
	Tool  string    `expr:"tool"`
	RanAt time.Time `expr:"ran_at"`
	Whole bool      `expr:"whole"` // it ran through and reports results, if only an empty list
	Open  int       `expr:"open"`  // errors and warnings that stand
	Done  int       `expr:"done"`  // those set aside by a reviewed suppression
	// Files counts the files that it is shown to have looked at, by form of code.
	Files map[string]int `expr:"files"`
}

// TestFact is the newest run of one test suite over the release.
type TestFact struct {
	Name   string    `expr:"name"`
	RanAt  time.Time `expr:"ran_at"`
	Passed int       `expr:"passed"`
	Failed int       `expr:"failed"` // failed or broken
}

// SystemFact is the system judged.
type SystemFact struct {
	ID           string    `expr:"id"`
	Name         string    `expr:"name"`
	Owner        string    `expr:"owner"`
	PlannedUntil time.Time `expr:"planned_until"`
}

// Use is one release a system runs.
type Use struct {
	Label         string    `expr:"label"`      // software and version
	Release       string    `expr:"release"`    // id
	ChangedOn     time.Time `expr:"changed_on"` // when its major version first came out; zero: not known
	Declared      bool      `expr:"declared"`
	DeclaredUntil time.Time `expr:"declared_until"`
	SBOM          bool      `expr:"sbom"`
	SupportEnds   time.Time `expr:"support_ends"`
	Plan          bool      `expr:"plan"`
	Unowned       []string  `expr:"unowned"` // open findings nobody looks after
}

// varTypes gives a sample or the type of every name an expression may use: the fields of Env, the records of every
// register, the policy and the functions.
func varTypes() map[string]any {
	m := (&Env{}).vars()
	records := types.Map{}
	for _, k := range register.Kinds() {
		records[k.Kind] = types.Array(rowType(k))
	}
	m["records"] = records
	policy := types.Map{}
	for _, s := range guideline.DefaultPolicy().Settings() {
		policy[s.Name] = types.Int
	}
	m["policy"] = policy
	for name, f := range (&clock{}).functions() {
		m[name] = f
	}
	return m
}

// rowType is the type of one record of a register: its fields, and what every record has.
func rowType(k guideline.Register) types.Map {
	row := types.Map{"id": types.String, "key": types.String, "author": types.String, "approver": types.String, "about": types.String,
		"entered_at": types.TypeOf(time.Time{}), "approved_at": types.TypeOf(time.Time{}), "review_due": types.TypeOf(time.Time{}), "missing": types.TypeOf([]string{})}
	for _, f := range k.Fields {
		row[f.Name] = types.TypeOf(zeroOf(f.Type))
	}
	return row
}

func zeroOf(t guideline.FieldType) any {
	switch t {
	case guideline.DateField, guideline.TimeField:
		return time.Time{}
	case guideline.NumberField:
		return 0.0
	case guideline.BoolField:
		return false
	case guideline.ListField, guideline.TopicsField, guideline.RecordsField:
		return []string{}
	}
	return ""
}

// rowOf is a record in force as checks see it.
func rowOf(k guideline.Register, r register.Record) map[string]any {
	missing := []string{}
	for _, c := range register.Missing(k, r) {
		missing = append(missing, c.ID)
	}
	row := map[string]any{"id": r.ID, "key": r.Key, "author": r.Author, "approver": r.Approver, "about": r.Subject.ID,
		"entered_at": r.CreatedAt, "approved_at": r.ApprovedAt, "review_due": register.ReviewDue(k, r), "missing": missing}
	for _, f := range k.Fields {
		row[f.Name] = zeroOf(f.Type)
		switch f.Type {
		case guideline.DateField:
			row[f.Name] = register.Day(r, f.Name)
		case guideline.TimeField:
			row[f.Name] = register.Moment(r, f.Name)
		case guideline.ListField, guideline.TopicsField, guideline.RecordsField:
			row[f.Name] = register.Strings(r, f.Name)
		default:
			if v, ok := r.Data[f.Name]; ok && reflect.TypeOf(v) == reflect.TypeOf(row[f.Name]) {
				row[f.Name] = v
			}
		}
	}
	return row
}

// vars gives the fields of an Env by the names expressions use.
func (e *Env) vars() map[string]any {
	v := reflect.ValueOf(e).Elem()
	m := make(map[string]any, v.NumField()+16)
	for i := range v.NumField() {
		m[v.Type().Field(i).Tag.Get("expr")] = v.Field(i).Interface()
	}
	return m
}

// readableBy reports whether a check of a scope may read a name, and whether what it names is entered by people
// (as opposed to read out of evidence by the machine).
func readableBy(scope guideline.Scope, name string) (ok, entered bool) {
	if strings.HasPrefix(name, "record:") {
		return true, true
	}
	f, known := envFields()[name]
	ok = known && (f.need == "org" || f.need == string(scope) || f.need == "duty" && scope != guideline.OrgScope)
	return ok, known && f.entered
}

// envFields are the names of Env, with the narrowest scope each needs and whether people enter it.
var envFields = sync.OnceValue(func() map[string]struct {
	need    string
	entered bool
} {
	out := map[string]struct {
		need    string
		entered bool
	}{}
	t := reflect.TypeFor[Env]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		f := out[tag.Get("expr")]
		f.need, f.entered = tag.Get("scope"), tag.Get("basis") == "record"
		out[tag.Get("expr")] = f
	}
	return out
})
