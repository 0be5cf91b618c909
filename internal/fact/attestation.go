package fact

import "time"

// KindAttestation is the kind of a fact whose Data is a *Attestation.
const KindAttestation Kind = "attestation"

// Attestation is what an in-toto statement says of its subjects: who stated what about which artifacts, and whether
// the signature held when it came in. Provenance (SLSA), a signed SBOM and a test result are attestations alike.
type Attestation struct {
	PredicateType string    `json:"predicate_type"`
	Subjects      []Digest  `json:"subjects"`
	Verified      bool      `json:"verified"`             // the envelope's signature held under a key or identity we trust
	Signer        string    `json:"signer,omitempty"`     // key fingerprint or identity; empty when unsigned
	Builder       string    `json:"builder,omitempty"`    // provenance: builder id
	BuildType     string    `json:"build_type,omitempty"` // provenance
	Source        string    `json:"source,omitempty"`     // provenance: repository and revision it was built from
	FinishedAt    time.Time `json:"finished_at,omitzero"`
	Result        string    `json:"result,omitempty"` // test result, verification summary: "passed", "failed"
	By            string    `json:"by,omitempty"`     // who says so, by the predicate's own word: verifier, producer, scanner
	Claims        []string  `json:"claims,omitempty"` // what is said: levels verified, attributes, vulnerabilities found, package released
}

// Digest names one artifact by what it contains.
type Digest struct {
	Name   string `json:"name,omitempty"`
	Digest string `json:"digest"` // sha256:<hex>
}
