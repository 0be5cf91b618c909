package verify

import (
	"crypto/x509"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Options is what a reader brings to a bundle. What is left out is named in [Report.NotChecked], never passed over.
type Options struct {
	Trust        []TrustedKey    // without any, every signer is unknown and the report is not ok
	RequireLevel guideline.Level // the level the reader asked for
	Seen         []Seen          // what the reader accepted before; nil: not given
	Revocations  []Revocation    // nil: not given; an empty list says that nothing is revoked
	At           time.Time       // the time to judge at; zero: validity is not checked
	Request      *Request        // what was asked for; nil: not given
	RequestFile  string          // digest of the request's file, which an answer names
	RequireRoles []guideline.Role
	RequireChain bool         // every party that a declaration relies on has to be there, whole or by digest
	Files        []Artifact   // files the reader holds beside the bundle: each has to be one that the declaration is about
	Witnesses    []WitnessKey // one of them has to have signed the checkpoint of the bundle's own proof; none: not asked for
	// TimeStampers are the roots of time-stamping authorities (RFC 3161) that the reader trusts; none: a time stamp in a
	// bundle is named in NotChecked.
	TimeStampers []*x509.Certificate
	MaxBytes     int64 // size of the file; zero: 256 MiB
	MaxDepth     int   // bundles within bundles; zero: 16
}

// A TrustedKey is a public key the reader took over by a way of their own and knows the holder of.
type TrustedKey struct {
	Name string    `json:"name"`
	Key  PublicKey `json:"key"`
	// Issuer limits the key to one issuer (Issuer.ID) as declarer or sender; empty: the reader knows the holder only.
	Issuer string    `json:"issuer,omitempty"`
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"` // trusted for what was issued in this time; zero: no bound
	Note   string    `json:"note,omitempty"`
}

// A Seen declaration was accepted before. A later one about the same object must not have a lower serial.
type Seen struct {
	Issuer  string `json:"issuer"` // Issuer.ID
	Series  string `json:"series"`
	Version string `json:"version,omitempty"`
	Serial  int64  `json:"serial"`
	Digest  string `json:"digest"` // of the declaration envelope

	earlier *Opened // the bundle itself, when the reader brings it
}

// A Revocation takes back a key, from a time on or altogether, or one declaration. Exactly one of Key and Declaration
// is set.
type Revocation struct {
	Key         string    `json:"key,omitempty"`         // fingerprint
	Declaration string    `json:"declaration,omitempty"` // id, or digest of its envelope
	From        time.Time `json:"from,omitzero"`         // with Key: what was issued from here on; zero: everything
	Reason      string    `json:"reason,omitempty"`
	// By is the fingerprint of the key that signed the list this came in; empty: it is the reader's own word. A key takes
	// back itself and what it signed, and what an issuer declared for whom the reader trusts it.
	By string `json:"by,omitempty"`
}

// A Report is the outcome. Steps stand in the order taken, a bundle's own before those of its upstream bundles.
type Report struct {
	OK         bool        `json:"ok"`
	Steps      []Step      `json:"steps"`
	Chain      []Link      `json:"chain"` // the bundle, then every upstream bundle, depth first
	NotChecked []Unchecked `json:"not_checked"`
	Changes    []Change    `json:"changes"` // since what the reader accepted before of the same issuer
}

// A Change is what differs from an earlier declaration of the same issuer about the same object.
type Change struct {
	Name   string    `json:"name"` // serial, version, kind, level, role, duty, valid_until, signer, artifact, sbom, upstream
	Bundle string    `json:"bundle,omitempty"`
	What   string    `json:"what,omitempty"` // the duty, role or file
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	Detail lang.Text `json:"detail"`
}

// A Step is one thing that was checked.
type Step struct {
	Name   string    `json:"name"`
	Bundle string    `json:"bundle,omitempty"` // member names from the outermost bundle inwards, joined by " > "
	OK     bool      `json:"ok"`
	Detail lang.Text `json:"detail"`
	Where  string    `json:"where,omitempty"` // byte 1041; members/declaration.json /predicate/counts; S(1)-1.1
}

// An Unchecked thing could not be checked with what was given.
type Unchecked struct {
	Name   string    `json:"name"`
	Bundle string    `json:"bundle,omitempty"`
	Detail lang.Text `json:"detail"`
}

// TrustKind says why a signer is believed.
type TrustKind string

// The kinds: in the reader's own list; named by a trusted issuer further down the chain; neither.
const (
	Direct     TrustKind = "direct"
	Introduced TrustKind = "introduced"
	Unknown    TrustKind = "unknown"
)

// A Link is one bundle of the chain as far as it could be read.
type Link struct {
	Bundle      string           `json:"bundle,omitempty"`
	Depth       int              `json:"depth"`
	OK          bool             `json:"ok"`                    // its own steps; see Report.OK for the whole
	Embedded    bool             `json:"embedded"`              // false: only its digest is known
	Digest      string           `json:"digest"`                // of the bundle file
	Declaration string           `json:"declaration,omitempty"` // digest of the declaration envelope
	ID          string           `json:"id,omitempty"`
	Serial      int64            `json:"serial,omitempty"`
	Kind        Kind             `json:"kind,omitempty"`
	Issuer      string           `json:"issuer,omitempty"`
	Object      string           `json:"object,omitempty"`
	Version     string           `json:"version,omitempty"`
	Level       guideline.Level  `json:"level,omitempty"`
	Roles       []guideline.Role `json:"roles,omitempty"`
	Counts      *Counts          `json:"counts,omitempty"`
	Shown       int              `json:"shown"`
	Withheld    int              `json:"withheld"`
	AssessedAt  time.Time        `json:"assessed_at,omitzero"` // when the answers were judged
	IssuedAt    time.Time        `json:"issued_at,omitzero"`
	ValidUntil  time.Time        `json:"valid_until,omitzero"`
	Signer      string           `json:"signer,omitempty"`    // name and title as declared
	Key         string           `json:"key,omitempty"`       // fingerprint of the key that signed the declaration
	StampedAt   time.Time        `json:"stamped_at,omitzero"` // an authority that the reader trusts saw the signed declaration then
	StampedBy   string           `json:"stamped_by,omitempty"`
	Sender      string           `json:"sender,omitempty"`    // who handed the bundle over
	Recipient   string           `json:"recipient,omitempty"` // to whom; empty: to anybody
	HandedOver  time.Time        `json:"handed_over_at,omitzero"`
	Trust       TrustKind        `json:"trust,omitempty"`
	TrustedAs   string           `json:"trusted_as,omitempty"` // name in the reader's list, or who introduced it
}

// Exit codes of `tasuki verify`.
const (
	exitOK         = 0
	exitUnverified = 5
	exitUnreadable = 6
)

// ExitCode gives 0 when everything holds, 6 when the file could not be read as a bundle, 5 otherwise.
func ExitCode(r Report) int {
	switch {
	case r.OK:
		return exitOK
	case len(r.Steps) == 1 && r.Steps[0].Name == StepForm:
		return exitUnreadable
	}
	return exitUnverified
}

// The names of the steps.
const (
	StepForm        = "form"
	StepManifest    = "manifest signature"
	StepMembers     = "members match manifest"
	StepDeclaration = "declaration signature"
	StepTrust       = "signer trusted"
	StepStatement   = "statement form"
	StepSubjects    = "subjects"
	StepDisclosures = "disclosures match commitments"
	StepCoverage    = "role and level coverage"
	StepCounts      = "counts match answers"
	StepEvidence    = "evidence present"
	StepSBOM        = "sbom bound"
	StepValidity    = "validity"
	StepReplay      = "not superseded"
	StepRevocations = "not revoked"
	StepLevel       = "required level"
	StepLedger      = "ledger inclusion"
	StepWitness     = "ledger witnessed"
	StepTimeStamp   = "time stamp"
	StepUpstream    = "upstream bundle"
	StepReliedOn    = "roles relied on"

	// These are taken for what the reader asked for: with Options.Request, RequireRoles, RequireChain and Files.
	StepAsked     = "object asked for"
	StepRoles     = "required roles"
	StepDocuments = "documents asked for"
	StepChain     = "chain complete"
	StepFiles     = "files in hand"
)
