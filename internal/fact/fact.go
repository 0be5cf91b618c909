// Package fact is the vocabulary of what was observed: the envelope every fact travels in, and one typed value per
// kind of fact. Readers and registers make facts, checks read them, and nobody changes them: a newer fact about the
// same subject takes the place of an older one.
//
// Start from [Fact]. The package reads nothing and stores nothing.
package fact

import (
	"time"

	"example.org/tasuki/internal/lang"
)

// SubjectKind says what sort of thing a fact is about.
type SubjectKind string

// What facts can be about. Org is a party (an organisation or a unit of one).
const (
	Org      SubjectKind = "org"
	Software SubjectKind = "software"
	Release  SubjectKind = "release"
	System   SubjectKind = "system"
)

// Subject names one thing: its kind and its id in the store.
type Subject struct {
	Kind SubjectKind `json:"kind"`
	ID   string      `json:"id"`
}

// Kind names the type of a fact's Data. One constant per Go type, declared beside that type.
type Kind string

// Fact is one observation. A reader leaves ID, Subject and Document empty; `ingest` fills them.
type Fact struct {
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	Subject    Subject   `json:"subject"`
	ObservedAt time.Time `json:"observed_at"`          // when it was true, by the document's own word, else when it came in
	ValidUntil time.Time `json:"valid_until,omitzero"` // zero: the policy's freshness rule alone decides
	Document   string    `json:"document,omitempty"`   // digest of the document it was read from, sha256:<hex>
	Record     string    `json:"record,omitempty"`     // id of the register record it came from
	Pointer    string    `json:"pointer,omitempty"`    // place in that document: JSON pointer, line, cell
	Data       any       `json:"data"`                 // pointer to the Go struct that belongs to Kind
}

// Problem is something a reader could not take, or doubts, with its place.
type Problem struct {
	Where string    `json:"where"` // line 12, /components/3/purl, cell B7
	What  lang.Text `json:"what"`
}

// Reading is what a reader got out of one document.
type Reading struct {
	Type     string         // format by content: "cyclonedx", "spdx", "openvex", "sarif" …
	Version  string         // version of that format, "1.6"
	Facts    []Fact         // what it says
	Summary  map[string]any // a few numbers for the person who brought it: {"components": 214}
	Problems []Problem      // what was read with a doubt; never silently dropped
}
