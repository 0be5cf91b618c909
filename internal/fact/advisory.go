package fact

import "time"

// KindAdvisory is the kind of a fact whose Data is a *Advisory.
const KindAdvisory Kind = "advisory"

// Advisory is one security advisory as its publisher wrote it: what it is, and which vulnerabilities it speaks of with
// what to do. Which product is in which state is a *VEX beside it.
type Advisory struct {
	Format      string    `json:"format"` // "CSAF"
	SpecVersion string    `json:"spec_version"`
	ID          string    `json:"id"` // unique with its publisher
	Title       string    `json:"title"`
	Category    string    `json:"category"` // profile: csaf_security_advisory, csaf_vex …, or free words
	Language    string    `json:"language,omitempty"`
	Publisher   string    `json:"publisher"`
	Namespace   string    `json:"namespace"`      // of the publisher, a URI
	Role        string    `json:"role,omitempty"` // of the publisher: vendor, coordinator, translator …
	Status      string    `json:"status"`         // draft, interim, final
	Version     string    `json:"version"`
	FirstAt     time.Time `json:"first_at,omitzero"`
	At          time.Time `json:"at,omitzero"`   // of this version
	TLP         string    `json:"tlp,omitempty"` // WHITE, GREEN, AMBER, RED; empty when it does not tell

	Products        int                     `json:"products"` // products it names, combinations counted too
	Vulnerabilities []AdvisoryVulnerability `json:"vulnerabilities,omitempty"`
}

// AdvisoryVulnerability is one vulnerability of an advisory.
type AdvisoryVulnerability struct {
	CVE          string        `json:"cve,omitempty"`
	IDs          []string      `json:"ids,omitempty"` // in other systems, as "system: id"
	Title        string        `json:"title,omitempty"`
	CWE          string        `json:"cwe,omitempty"`
	Scores       []Score       `json:"scores,omitempty"`
	Exploitation []string      `json:"exploitation,omitempty"` // what it says of exploitation, in words
	Remediations []Remediation `json:"remediations,omitempty"`
	Pointer      string        `json:"pointer"`
}

// Score is a CVSS rating of a vulnerability in some products.
type Score struct {
	Version  string  `json:"version"` // "2.0", "3.0", "3.1"
	Vector   string  `json:"vector"`
	Base     float64 `json:"base"`
	Severity string  `json:"severity,omitempty"` // CVSS's word, upper case
	Products int     `json:"products"`
}

// Remediation is what a publisher offers against a vulnerability in some products.
type Remediation struct {
	Category string    `json:"category"` // vendor_fix, mitigation, workaround, no_fix_planned, none_available
	Details  string    `json:"details"`
	URL      string    `json:"url,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Products int       `json:"products"`
	Pointer  string    `json:"pointer"`
}
