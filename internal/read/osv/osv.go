// Package osv reads advisories in the OSV format (Open Source Vulnerability schema 1.x) and folders of them laid out
// as the public OSV dump is: <Ecosystem>/all.zip, or <Ecosystem>/*.json unpacked.
//
// Start from [Dir] for a folder and [Parse] for one record. A field this package does not know never makes a record
// unreadable; a record that is malformed is reported with its place and left out, and the rest is read.
package osv

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxRecord is the size in bytes above which a record is refused. The largest real ones are about 2 MiB.
const MaxRecord = 16 << 20

// maxID is the length of the longest id or package name taken, in bytes.
const maxID = 512

// Record is one advisory: what matching and showing need of it. The full text stays with the reader's caller.
type Record struct {
	ID        string     `json:"id"`
	Modified  time.Time  `json:"modified"`
	Published time.Time  `json:"published"`
	Withdrawn time.Time  `json:"withdrawn"` // zero: it stands
	Aliases   []string   `json:"aliases"`
	Summary   string     `json:"summary"`
	Severity  []Severity `json:"severity"`
	Affected  []Affected `json:"affected"`
	Database  Database   `json:"database_specific"`
}

// Severity is a score in a named system: CVSS_V2, CVSS_V3 and CVSS_V4 carry a vector, Ubuntu a word.
type Severity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

// Database is what a database adds of its own; only GitHub's word for the severity is read.
type Database struct{ Severity string }

// UnmarshalJSON reads the severity where it is a text and overlooks whatever else stands there: a database is free to
// write anything.
func (d *Database) UnmarshalJSON(b []byte) error {
	var own struct {
		Severity any `json:"severity"`
	}
	if json.Unmarshal(b, &own) == nil {
		d.Severity, _ = own.Severity.(string)
	}
	return nil
}

// Affected is one package and which of its versions are affected: the union of its ranges and its listed versions.
type Affected struct {
	Package  Package    `json:"package"`
	Ranges   []Range    `json:"ranges"`
	Versions []string   `json:"versions"`
	Severity []Severity `json:"severity"`
}

// Package names a package in an ecosystem ("npm", "Debian:12").
type Package struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	PURL      string `json:"purl"`
}

// The types of range.
const (
	Semver    = "SEMVER"
	Ecosystem = "ECOSYSTEM"
	Git       = "GIT"
)

// Range is a list of events on one line of versions.
type Range struct {
	Type   string  `json:"type"`
	Repo   string  `json:"repo"` // of a GIT range: its address
	Events []Event `json:"events"`
}

// Event has exactly one of its fields set.
type Event struct {
	Introduced   string `json:"introduced"` // "0" is before every version
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"` // "*" is no limit
}

// Parse reads one record.
func Parse(b []byte) (Record, error) {
	var r Record
	if len(b) > MaxRecord {
		return r, fmt.Errorf("the record is larger than %d MiB", MaxRecord>>20)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, plainJSON(err)
	}
	return r, r.check()
}

// check refuses a record that cannot be used or shown. A missing date is not among the reasons: leaving out the
// advisory would be worse.
func (r *Record) check() error {
	if r.ID == "" {
		return errors.New("/id: it is missing")
	}
	if err := checkName(r.ID); err != nil {
		return fmt.Errorf("/id: %w", err)
	}
	for i, a := range r.Aliases {
		if err := checkName(a); err != nil {
			return fmt.Errorf("/aliases/%d: %w", i, err)
		}
	}
	for i, a := range r.Affected {
		if err := checkName(a.Package.Ecosystem); err != nil {
			return fmt.Errorf("/affected/%d/package/ecosystem: %w", i, err)
		}
		if err := checkName(a.Package.Name); err != nil {
			return fmt.Errorf("/affected/%d/package/name: %w", i, err)
		}
		if a.Package.Ecosystem != "" && a.Package.Name == "" {
			return fmt.Errorf("/affected/%d/package/name: it is missing", i)
		}
	}
	return nil
}

func checkName(s string) error {
	if len(s) > maxID {
		return fmt.Errorf("it is longer than %d bytes", maxID)
	}
	if strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) >= 0 {
		return errors.New("it holds a control character")
	}
	return nil
}

// plainJSON gives the reason of a JSON error with its place, without Go's type names.
func plainJSON(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return fmt.Errorf("/%s: a %s stands where none may", strings.ReplaceAll(typ.Field, ".", "/"), typ.Value)
	}
	var syn *json.SyntaxError
	if errors.As(err, &syn) {
		return fmt.Errorf("byte %d: %s", syn.Offset, syn.Error())
	}
	var date *time.ParseError
	if errors.As(err, &date) {
		return fmt.Errorf("%s is not a date as RFC 3339 writes it", date.Value)
	}
	return err
}
