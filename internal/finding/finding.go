// Package finding is the noun of known vulnerabilities: what an advisory says, and that a component is among what it
// says. Matching makes findings; triage, VEX and declarations speak about them.
//
// Start from [Finding].
package finding

import (
	"slices"
	"strings"
	"time"
)

// Advisory is one published record about a vulnerability, without the packages it affects.
type Advisory struct {
	ID        string    `json:"id"`
	Aliases   []string  `json:"aliases"`
	Summary   string    `json:"summary"`
	Published time.Time `json:"published,omitzero"`
	Modified  time.Time `json:"modified,omitzero"`
	Withdrawn time.Time `json:"withdrawn,omitzero"` // zero: it stands
	Severity  Severity  `json:"severity"`
}

// Finding says that a component is affected by a vulnerability, by the word of one or more advisories that are about
// the same one.
type Finding struct {
	PURL       string   `json:"purl"`
	Name       string   `json:"name"` // with its namespace: @babel/core
	Version    string   `json:"version"`
	Vuln       string   `json:"vuln"`       // the advisory that names the vulnerability, see [Less]
	Aliases    []string `json:"aliases"`    // every other id of the same vulnerability, sorted
	Advisories []string `json:"advisories"` // the ids of the advisories that matched, sorted; Vuln is among them
	Fixed      []string `json:"fixed"`      // later versions that are fixed, in their order
	Severity   Label    `json:"severity"`
	Score      float64  `json:"score"` // CVSS base score, 0 to 10; 0 also when no advisory gives one
	CVSS       []string `json:"cvss"`  // the advisories' vectors
	Summary    string   `json:"summary"`
	ByCPE      string   `json:"by_cpe,omitempty"` // the CPE name it was found by, as a fallback: a guess to be confirmed; empty: by the package URL
	Refs       []string `json:"refs"`             // the components of the SBOM that have this package URL, in their order
}

// CVE gives the first CVE id among the finding's ids, or nothing.
func (f Finding) CVE() string {
	for _, id := range append([]string{f.Vuln}, f.Aliases...) {
		if strings.HasPrefix(id, "CVE-") {
			return id
		}
	}
	return ""
}

// Malicious reports whether the package itself was published to do harm: a report of the OpenSSF's collection (MAL-…) is
// among the finding's ids. There is no version to wait for; it has to go.
func (f Finding) Malicious() bool {
	if strings.HasPrefix(f.Vuln, "MAL-") {
		return true
	}
	for _, id := range slices.Concat(f.Aliases, f.Advisories) {
		if strings.HasPrefix(id, "MAL-") {
			return true
		}
	}
	return false
}

// Less orders the ids of one vulnerability by which names it first: the record of the ecosystem's or vendor's own
// database (GO-, PYSEC-, RUSTSEC-, ALSA- …), then GitHub's, then a CVE, then conversions (x_…); equals by text.
func Less(a, b string) bool {
	if ra, rb := idRank(a), idRank(b); ra != rb {
		return ra < rb
	}
	return a < b
}

func idRank(id string) int {
	switch {
	case strings.HasPrefix(id, "GHSA-"):
		return 1
	case strings.HasPrefix(id, "CVE-"):
		return 2
	case strings.HasPrefix(id, "x_"):
		return 3
	}
	return 0
}
