package fact

import "time"

// KindVEX is the kind of a fact whose Data is a *VEX.
const KindVEX Kind = "vex"

// VEX is what one document states about whether vulnerabilities affect products (Vulnerability Exploitability eXchange).
type VEX struct {
	Format      string         `json:"format"` // "OpenVEX", "CycloneDX", "CSAF"
	SpecVersion string         `json:"spec_version"`
	ID          string         `json:"id,omitempty"`      // of the document
	Version     string         `json:"version,omitempty"` // of the document under its id
	Author      string         `json:"author,omitempty"`
	Role        string         `json:"role,omitempty"` // of the author, in its words
	IssuedAt    time.Time      `json:"issued_at,omitzero"`
	Statements  []VEXStatement `json:"statements"` // in document order; of two about the same, the later At stands
}

// VEXStatus is the state of a vulnerability in a product.
type VEXStatus string

// The states. FalsePositive is told apart by CycloneDX only.
const (
	Affected           VEXStatus = "affected"
	NotAffected        VEXStatus = "not_affected"
	FalsePositive      VEXStatus = "false_positive"
	Fixed              VEXStatus = "fixed"
	UnderInvestigation VEXStatus = "under_investigation"
)

// VEXStatement says one thing of one vulnerability in some products.
type VEXStatement struct {
	Vulnerability string       `json:"vulnerability"`
	Aliases       []string     `json:"aliases,omitempty"`
	Products      []VEXProduct `json:"products,omitempty"` // empty: the document does not tell, and it is about whatever it came with
	Status        VEXStatus    `json:"status"`
	Justification string       `json:"justification,omitempty"`  // one of OpenVEX's five labels
	Impact        string       `json:"impact,omitempty"`         // why not affected, in words
	Action        string       `json:"action,omitempty"`         // what to do, in words
	Notes         string       `json:"notes,omitempty"`          // further words
	Responses     []string     `json:"responses,omitempty"`      // CycloneDX: update, workaround_available, will_not_fix …
	AsWritten     string       `json:"as_written,omitempty"`     // status in the format's own word, where ours differs
	ReasonWritten string       `json:"reason_written,omitempty"` // justification in the format's own word, where ours differs
	At            time.Time    `json:"at,omitzero"`              // when it was stated, the document's time when it has none
	Pointer       string       `json:"pointer"`
}

// VEXProduct is a product a statement is about. With Parts, only those parts of it are meant.
type VEXProduct struct {
	ID       string       `json:"id,omitempty"` // as written: IRI, package URL, or a bom-ref
	PURL     string       `json:"purl,omitempty"`
	CPE      string       `json:"cpe,omitempty"`
	Hashes   []Hash       `json:"hashes,omitempty"`
	Versions []VEXVersion `json:"versions,omitempty"` // CycloneDX: which versions, where the reference does not say it all
	Parts    []VEXProduct `json:"parts,omitempty"`
}

// VEXVersion is one version, or a range of them in vers notation, and its state: affected, unaffected or unknown.
type VEXVersion struct {
	Version string `json:"version,omitempty"`
	Range   string `json:"range,omitempty"`
	Status  string `json:"status,omitempty"`
}
