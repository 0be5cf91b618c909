// Package oscal writes NIST OSCAL documents as JSON: the guideline as a catalog, its two packages as profiles, the
// relation to SSDF as a mapping collection, and a declaration as assessment results.
//
// Start from [Catalog], [Profile], [Mapping] and [Results]. Identifiers are UUIDs of version 5, derived from what they
// name; the same input gives the same bytes. The texts are our own, not the guideline's. OSCAL knows two states of an
// objective, satisfied and not satisfied: what lies between is "not satisfied" with the word of ours beside it, what does
// not apply, is not assessed or is withheld has no finding. Nothing here is a certification by anybody.
package oscal

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// The versions of OSCAL the documents are written in. Mapping collections came with 1.2.
const (
	version        = "1.1.3"
	mappingVersion = "1.2.1"
)

// namespace qualifies our properties. It is a name and need not resolve.
const namespace = "https://example.org/tasuki/ns/oscal"

// space is the name space that our UUIDs of version 5 are made in.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte(namespace))

// id derives an identifier from what it names.
func id(parts ...string) string {
	return uuid.NewSHA1(space, []byte(strings.Join(parts, "\x00"))).String()
}

// token turns an id of the guideline into one that OSCAL allows: S(1)-1.1 becomes s1-1.1.
func token(id string) string {
	return strings.ToLower(strings.NewReplacer("(", "", ")", "", " ", "").Replace(id))
}

// statement is the id of the part that holds what a control asks for.
func statement(id guideline.ID) string { return token(string(id)) + "_smt" }

// encode writes a document under its name.
func encode(name string, doc any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(map[string]any{name: doc})
	return b.Bytes(), err
}

// written is the day of the edition: the catalogue changes with it, and is told apart by its digest.
var written = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

type metadata struct {
	Title              string             `json:"title"`
	LastModified       string             `json:"last-modified"`
	Version            string             `json:"version"`
	OSCALVersion       string             `json:"oscal-version"`
	Props              []prop             `json:"props,omitempty"`
	Roles              []role             `json:"roles,omitempty"`
	Parties            []party            `json:"parties,omitempty"`
	ResponsibleParties []responsibleParty `json:"responsible-parties,omitempty"`
	Remarks            string             `json:"remarks,omitempty"`
}

type prop struct {
	Name  string `json:"name"`
	NS    string `json:"ns,omitempty"`
	Value string `json:"value"`
}

type role struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type party struct {
	UUID    string `json:"uuid"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Remarks string `json:"remarks,omitempty"`
}

type responsibleParty struct {
	RoleID     string   `json:"role-id"`
	PartyUUIDs []string `json:"party-uuids"`
}

type backMatter struct {
	Resources []resource `json:"resources"`
}

type resource struct {
	UUID        string  `json:"uuid"`
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	RLinks      []rlink `json:"rlinks,omitempty"`
	Base64      *base64 `json:"base64,omitempty"`
}

type rlink struct {
	Href      string `json:"href"`
	MediaType string `json:"media-type,omitempty"`
	Hashes    []hash `json:"hashes,omitempty"`
}

type hash struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}

type base64 struct {
	Filename  string `json:"filename"`
	MediaType string `json:"media-type"`
	Value     []byte `json:"value"`
}

// own makes a property in our name space; what is empty makes none.
func own(props []prop, name, value string) []prop {
	value = strings.TrimSpace(strings.Join(strings.Fields(value), " "))
	if value == "" {
		return props
	}
	return append(props, prop{Name: name, NS: namespace, Value: value})
}

func sha256(digest string) []hash {
	return []hash{{Algorithm: "SHA-256", Value: strings.TrimPrefix(digest, "sha256:")}}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// about is the metadata of documents that tell of the guideline itself.
func about(title lang.Text, l lang.Lang, oscal string) metadata {
	return metadata{Title: title.In(l), LastModified: stamp(written), Version: verify.Edition, OSCALVersion: oscal,
		Props: own(nil, "catalogue-digest", guideline.Default().Digest())}
}
