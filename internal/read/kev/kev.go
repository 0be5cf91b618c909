// Package kev reads CISA's catalogue of known exploited vulnerabilities, in its JSON form.
//
// Start from [Parse].
package kev

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// MaxBytes is the size above which a catalogue is refused. The real one is about 1.5 MiB.
const MaxBytes = 64 << 20

// Catalogue is one edition of the catalogue.
type Catalogue struct {
	Version  string // 2025.08.25
	Released time.Time
	Entries  []Entry // in the catalogue's order
}

// Entry is a vulnerability that is known to be exploited.
type Entry struct {
	CVE        string
	Vendor     string
	Product    string
	Name       string
	Added      time.Time // day, UTC
	Due        time.Time // by when US federal agencies must have acted; zero when it is not said
	Action     string    // what is required
	Ransomware bool      // known to be used in ransomware campaigns
}

// Parse reads a catalogue. An entry that cannot be read is left out and told as a problem.
func Parse(b []byte) (Catalogue, []fact.Problem, error) {
	if len(b) > MaxBytes {
		return Catalogue{}, nil, refuse(fmt.Errorf("larger than %d MiB", MaxBytes>>20))
	}
	var doc struct {
		Version  string            `json:"catalogVersion"`
		Released time.Time         `json:"dateReleased"`
		Entries  []json.RawMessage `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return Catalogue{}, nil, refuse(err)
	}
	if doc.Version == "" || doc.Entries == nil {
		return Catalogue{}, nil, refuse(errors.New("catalogVersion or vulnerabilities is missing"))
	}
	c := Catalogue{Version: doc.Version, Released: doc.Released.UTC()}
	var problems []fact.Problem
	for i, raw := range doc.Entries {
		e, err := entry(raw)
		if err != nil {
			problems = append(problems, fact.Problem{Where: fmt.Sprintf("/vulnerabilities/%d", i),
				What: lang.F("この項目は読み取れないため除外しました(%v)", "this entry cannot be read and was left out (%v)", err)})
			continue
		}
		c.Entries = append(c.Entries, e)
	}
	return c, problems, nil
}

func entry(raw json.RawMessage) (Entry, error) {
	var v struct {
		CVE        string `json:"cveID"`
		Vendor     string `json:"vendorProject"`
		Product    string `json:"product"`
		Name       string `json:"vulnerabilityName"`
		Added      string `json:"dateAdded"`
		Due        string `json:"dueDate"`
		Action     string `json:"requiredAction"`
		Ransomware string `json:"knownRansomwareCampaignUse"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return Entry{}, err
	}
	if v.CVE == "" {
		return Entry{}, errors.New("cveID is missing")
	}
	added, err := time.Parse(time.DateOnly, v.Added)
	if err != nil {
		return Entry{}, fmt.Errorf("dateAdded: %w", err)
	}
	var due time.Time
	if v.Due != "" {
		if due, err = time.Parse(time.DateOnly, v.Due); err != nil {
			return Entry{}, fmt.Errorf("dueDate: %w", err)
		}
	}
	return Entry{v.CVE, v.Vendor, v.Product, v.Name, added, due, v.Action, v.Ransomware == "Known"}, nil
}

func refuse(err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err,
		What: lang.T("KEVカタログ(JSON)として読めません", "it cannot be read as a KEV catalogue in JSON"),
		Why:  lang.F("%v", "%v", err),
		Next: lang.T("CISAが公開する known_exploited_vulnerabilities.json を指定してください", "give the known_exploited_vulnerabilities.json that CISA publishes")}
}
