package fact

import "time"

// KindReceived is the kind of a fact whose Data is a *Received.
const KindReceived Kind = "declaration_received"

// Received is a counterparty's declaration or status report whose bundle verified when it came in. The fact's subject is
// the release it is about (or the party, when it is about something we keep no release of), its document the bundle.
type Received struct {
	Party      string           `json:"party"`              // our id of the party whose statement it is
	Kind       string           `json:"kind"`               // declaration, status_report
	Software   string           `json:"software,omitempty"` // our id, when we keep the software
	Release    string           `json:"release,omitempty"`  // our id, when we keep the release
	Object     string           `json:"object"`             // what it is about, in its issuer's words
	Version    string           `json:"version,omitempty"`  // of the object
	Level      string           `json:"level,omitempty"`    // stated by its signer
	VerifiedAt time.Time        `json:"verified_at"`
	ValidUntil time.Time        `json:"valid_until,omitzero"`
	HasSBOM    bool             `json:"has_sbom"`          // an SBOM came with it
	Answers    []ReceivedAnswer `json:"answers,omitempty"` // the duties it shows; withheld ones are not here
	Withheld   int              `json:"withheld,omitempty"`
}

// ReceivedAnswer is one duty's status in a received declaration.
type ReceivedAnswer struct {
	Role        string `json:"role"`
	Requirement string `json:"requirement"`
	Status      string `json:"status"`
}
