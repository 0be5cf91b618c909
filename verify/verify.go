// Package verify checks a bundle (襷): the one file in which a party hands on its signed self-declaration, what backs
// it, and the bundles of its own suppliers. It needs nothing but the file and the keys its reader trusts: no network,
// no store, no clock but the time it is given.
//
// Start from [Bundle], which walks the chain to its end and reports every step it took, what it found and where, and
// what it was not given the means to check. [Open] reads a bundle without judging it. The forms are those of
// docs/formats/bundle.md and docs/formats/declaration.md: a DSSE 1.0.2 envelope around an in-toto Statement v1 whose
// predicate carries the content of ISO/IEC 17050-1:2004, clause 6.
//
// A bundle shows what its issuer declares of itself. It is no certificate, and the guideline behind it is non-binding.
package verify

// The names of the forms. A predicate type is a name; it need not resolve.
const (
	BundleFormat      = "tasuki-bundle/v1"
	TrustFormat       = "tasuki-trust/v1"
	RevocationsFormat = "tasuki-revocations/v1"
	SeenFormat        = "tasuki-seen/v1"

	StatementType   = "https://in-toto.io/Statement/v1"
	DeclarationType = "https://example.org/tasuki/self-declaration/v1"
	ManifestType    = "https://example.org/tasuki/bundle-manifest/v1"

	PayloadType         = "application/vnd.in-toto+json" // of both statements in their envelopes
	EnvelopeMediaType   = "application/vnd.in-toto.dsse+json"
	BundleMediaType     = "application/vnd.tasuki.bundle+json"
	DisclosureMediaType = "application/vnd.tasuki.disclosure+json"
	ProofMediaType      = "application/vnd.tasuki.ledger-proof+json"
	TimeStampMediaType  = "application/timestamp-reply"

	// Extension is the end of a bundle's file name: an ordinary one, because mail gateways drop unusual ones.
	Extension = ".tasuki.json"
)

// DeclarationMember is the name of the member that is the signed declaration; every bundle has exactly one.
const DeclarationMember = "declaration.json"
