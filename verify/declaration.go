package verify

import (
	"encoding/json"
	"errors"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// A Statement is an in-toto Statement v1 around one of our predicates.
type Statement[P any] struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     P         `json:"predicate"`
}

// A Subject is what a statement is about: a name and a digest. Readers match by digest.
type Subject struct {
	Name   string    `json:"name"`
	Digest DigestSet `json:"digest"`
}

// A DigestSet holds a SHA-256 as in-toto writes it, in hex without a prefix.
type DigestSet struct {
	SHA256 string `json:"sha256"`
}

// Kind says what a statement may be called.
type Kind string

// The kinds. Both have the same form and are equally signed: 自己適合宣言 only when every applicable duty of the level
// is met, met with exception, or not applicable; 対応状況報告 otherwise.
const (
	SelfDeclaration Kind = "declaration"
	StatusReport    Kind = "status_report"
)

// A Declaration is the predicate: the content that ISO/IEC 17050-1:2004 clause 6 asks for, open to everyone who gets
// the bundle, and one commitment per duty. Times are UTC, whole seconds.
type Declaration struct {
	ID         string `json:"id"`                   // 6.1 a: unique
	Series     string `json:"series"`               // the object in the issuer's own books; stays from one issue to the next
	Serial     int64  `json:"serial"`               // grows with every issue about the same series and version
	Supersedes string `json:"supersedes,omitempty"` // digest of the declaration this one takes the place of
	Kind       Kind   `json:"kind"`

	Issuer       Issuer       `json:"issuer"`       // 6.1 b
	Object       Object       `json:"object"`       // 6.1 c
	Conformity   lang.Text    `json:"conformity"`   // 6.1 d: the fixed sentence, see [Conformity]
	Requirements Requirements `json:"requirements"` // 6.1 e
	IssuedAt     time.Time    `json:"issued_at"`    // 6.1 f
	Place        string       `json:"place"`        // 6.1 f
	Signer       Person       `json:"signer"`       // 6.1 g
	Validity     Validity     `json:"validity"`     // 6.1 h
	Limitations  []lang.Text  `json:"limitations"`  // 6.1 h

	Approvals   []Approval   `json:"approvals"`  // who, when, how they showed who they are
	Assessment  Assessment   `json:"assessment"` // what the answers were judged by
	Counts      Counts       `json:"counts"`
	Commitments []Commitment `json:"commitments"`       // one per duty; position is the index of its disclosure
	Engaged     []Engaged    `json:"engaged,omitempty"` // the parties its issuer relies on for it (4.2), sorted by name and bundle
	Supporting  []Resource   `json:"supporting"`        // ISO/IEC 17050-2: everything that backs it, by digest, sorted by name
	Ledger      *LedgerKey   `json:"ledger,omitempty"`  // the log the issuer enters its declarations in
}

// An Issuer is the party that declares.
type Issuer struct {
	ID              string `json:"id"` // stable id of the issuer, its own choice
	Name            string `json:"name"`
	NameEN          string `json:"name_en,omitempty"`
	Address         string `json:"address"`
	Contact         string `json:"contact"`
	CorporateNumber string `json:"corporate_number,omitempty"` // 法人番号, 13 digits
}

// An Object is what the declaration is about: a release of software, or a system (then Version may be empty).
type Object struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"` // table 2: product, service, embedded, system
	Version    string     `json:"version,omitempty"`
	ReleasedOn string     `json:"released_on,omitempty"` // ISO day
	PURL       string     `json:"purl,omitempty"`
	Artifacts  []Artifact `json:"artifacts"` // sorted by name; each is a subject of the statement
}

// An Artifact is one file of the release.
type Artifact struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // sha256:<hex>
	Size   int64  `json:"size,omitempty"`
}

// Requirements says what is declared: the complete list of requirements with the options taken.
type Requirements struct {
	Title           lang.Text       `json:"title"`
	Edition         string          `json:"edition"`          // see [Edition]
	CatalogueDigest string          `json:"catalogue_digest"` // of the guideline as data; also a subject
	Level           guideline.Level `json:"level"`
	Scope           []Scope         `json:"scope"`
	Exclusions      []Exclusion     `json:"exclusions"` // duties that do not apply, with reason; in commitment order
}

// A Scope is one role the issuer, or a unit of it, holds: its duties follow from role, level and stance. (Party, role)
// is unique within a declaration.
type Scope struct {
	Party  string           `json:"party,omitempty"` // a unit of the issuer; empty: the issuer itself
	Role   guideline.Role   `json:"role"`
	Stance guideline.Stance `json:"stance,omitempty"`
	// Passed lists what a support engagement was given (4.2, R-4.2-07); empty means all of the role.
	Passed []guideline.ID `json:"passed,omitempty"`
}

// An Exclusion is a duty that does not apply, with the reason and who approved that.
type Exclusion struct {
	Party       string         `json:"party,omitempty"`
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
	Reason      string         `json:"reason"`
	Approver    Person         `json:"approver"`
}

// A Person signs or approves. ID is opaque and tells two people apart; erasure of a person changes no signed file.
type Person struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title,omitempty"`
	Department string `json:"department,omitempty"`
}

// Engaged is a party that the issuer has work for the object done by, or takes a component from. Where its bundle is
// not there, the chain that can be checked ends.
type Engaged struct {
	Name   string           `json:"name"` // of the party; a neutral one where it is confidential
	Roles  []guideline.Role `json:"roles"`
	Bundle string           `json:"bundle,omitempty"` // name of the member that is its bundle; empty: none was handed over
}

// Validity is the time the declaration stands for: From ≤ t ≤ Until. No answer that is counted as met lapses before
// Until.
type Validity struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// ApprovalStep is what somebody did on the way to the signature: 起案, 確認, 承認.
type ApprovalStep string

// The steps.
const (
	Drafted  ApprovalStep = "drafted"
	Reviewed ApprovalStep = "reviewed"
	Approved ApprovalStep = "approved"
)

// An Approval says who did a step, when, and how they showed who they are.
type Approval struct {
	Step          ApprovalStep `json:"step"`
	By            Person       `json:"by"`
	At            time.Time    `json:"at"`
	Authenticated string       `json:"authenticated"` // password, password+totp, passkey, oidc …
	Note          string       `json:"note,omitempty"`
}

// An Assessment names what the answers were judged by, so that they can be judged again.
type Assessment struct {
	At           time.Time `json:"at"`
	ChecksDigest string    `json:"checks_digest,omitempty"`
	PolicyDigest string    `json:"policy_digest,omitempty"`
	Relaxed      []Relaxed `json:"relaxed,omitempty"` // thresholds the issuer's policy relaxed
}

// A Relaxed threshold is weaker than the product's default.
type Relaxed struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	Value   string `json:"value"`
}

// Counts are the duties by status. StatedOnly counts those among Met that rest on a claim without evidence.
type Counts struct {
	Duties           int `json:"duties"`       // role × requirement
	Requirements     int `json:"requirements"` // distinct
	Met              int `json:"met"`
	MetWithException int `json:"met_with_exception"`
	PartlyMet        int `json:"partly_met"`
	NotMet           int `json:"not_met"`
	NotApplicable    int `json:"not_applicable"`
	NotAssessed      int `json:"not_assessed"`
	StatedOnly       int `json:"stated_only"`
}

// A Commitment binds one duty's answer without showing it: the SHA-256 of its disclosure.
type Commitment struct {
	Party       string         `json:"party,omitempty"`
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
	Digest      string         `json:"digest"` // sha256:<hex> over the disclosure's canonical bytes
}

// ResourceKind says what a supporting resource is.
type ResourceKind string

// The kinds of supporting resources. The last three stand only in a manifest.
const (
	SBOM     ResourceKind = "sbom"
	VEX      ResourceKind = "vex"
	Evidence ResourceKind = "evidence"
	Upstream ResourceKind = "upstream" // a supplier's bundle

	DeclarationKind ResourceKind = "declaration"
	DisclosureKind  ResourceKind = "disclosure"
	ProofKind       ResourceKind = "ledger_proof"
	TimeStampKind   ResourceKind = "time_stamp"
)

// A Resource is a document that backs the declaration. Its name is the name of its member in every bundle.
type Resource struct {
	Name      string       `json:"name"`
	Kind      ResourceKind `json:"kind"`
	MediaType string       `json:"media_type"`
	Digest    string       `json:"digest"`
	Size      int64        `json:"size"`
	// Signer is the fingerprint of the key that signed an upstream bundle's declaration: the issuer introduces it.
	Signer string `json:"signer,omitempty"`
}

// A LedgerKey names a transparency log and the Ed25519 key that signs its checkpoints.
type LedgerKey struct {
	Origin string `json:"origin"`
	Key    []byte `json:"key"` // 32 bytes
}

// Status of a duty.
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

// Basis says what an answer rests on.
type Basis string

// The bases: machine evidence, a register's record, a person's claim.
const (
	Automatic Basis = "automatic"
	Record    Basis = "record"
	Claim     Basis = "claim"
)

// An Answer is the state of one duty as declared. Only its commitment stands in the statement.
type Answer struct {
	Party       string           `json:"party,omitempty"` // as in its scope
	Role        guideline.Role   `json:"role"`
	Stance      guideline.Stance `json:"stance,omitempty"`
	Requirement guideline.ID     `json:"requirement"`
	Level       guideline.Level  `json:"level"`
	Status      Status           `json:"status"`
	Basis       Basis            `json:"basis"`
	StatedOnly  bool             `json:"stated_only,omitempty"` // 申告のみ: a claim without evidence
	Reasons     []lang.Text      `json:"reasons"`
	Evidence    []string         `json:"evidence"` // digests of supporting resources, sorted
	ValidUntil  time.Time        `json:"valid_until,omitzero"`
	Exception   *Exception       `json:"exception,omitempty"` // with met_with_exception
}

// An Exception is an approved deviation (例外措置).
type Exception struct {
	ID       string    `json:"id,omitempty"`
	Reason   string    `json:"reason"`
	Approver Person    `json:"approver"`
	Until    time.Time `json:"until"`
}

// A Disclosure shows one answer: canonical JSON [salt, answer] whose digest the statement carries, as in SD-JWT. The
// salt is 16 random bytes in base64url without padding; without it nobody can guess a withheld answer.
type Disclosure struct {
	Salt   string
	Answer Answer
}

// MarshalJSON writes [salt, answer].
func (d Disclosure) MarshalJSON() ([]byte, error) { return json.Marshal([]any{d.Salt, d.Answer}) }

// UnmarshalJSON reads [salt, answer].
func (d *Disclosure) UnmarshalJSON(b []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return errors.New("a disclosure is [salt, answer]")
	}
	return errors.Join(json.Unmarshal(pair[0], &d.Salt), json.Unmarshal(pair[1], &d.Answer))
}

// Lapses gives when the answer stops to hold: its evidence or its exception runs out. Zero: no end is known.
func (a Answer) Lapses() time.Time {
	if a.Exception != nil && (a.ValidUntil.IsZero() || a.Exception.Until.Before(a.ValidUntil)) {
		return a.Exception.Until
	}
	return a.ValidUntil
}
