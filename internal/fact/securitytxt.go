package fact

import "time"

// KindSecurityTxt is the kind of a fact whose Data is a *SecurityTxt.
const KindSecurityTxt Kind = "security-txt"

// SecurityTxt is what a security.txt file states (RFC 9116): where to report a vulnerability, and until when that may be
// relied on. Lists are in the order of the file, which for Contacts is that of preference (section 2.5.3).
type SecurityTxt struct {
	Contacts           []string  `json:"contacts"`
	Expires            time.Time `json:"expires"`
	Canonical          []string  `json:"canonical,omitempty"` // where the file is published, as it says itself
	Policy             []string  `json:"policy,omitempty"`
	Encryption         []string  `json:"encryption,omitempty"`
	Acknowledgments    []string  `json:"acknowledgments,omitempty"`
	PreferredLanguages []string  `json:"preferred_languages,omitempty"` // language tags (RFC 5646)
	Hiring             []string  `json:"hiring,omitempty"`
	CSAF               []string  `json:"csaf,omitempty"`   // provider metadata of CSAF
	Others             []string  `json:"others,omitempty"` // names of fields that RFC 9116 and its registry do not know
	Signed             bool      `json:"signed,omitempty"` // carries an OpenPGP signature; whether it holds has not been verified
}
