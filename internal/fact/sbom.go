package fact

import (
	"slices"
	"strings"
	"time"
)

// KindSBOM is the kind of a fact whose Data is a *SBOM.
const KindSBOM Kind = "sbom"

// Presence says what a document tells about one piece of information. "Unknown" and "withheld" are statements the
// author made; absent means that nothing was said at all (CISA 2026 Minimum Elements for an SBOM, practice "unknown
// information").
type Presence string

// The four states of a piece of information.
const (
	Present  Presence = "present"
	Unknown  Presence = "unknown"  // said so: NOASSERTION, UNKNOWN, a composition whose aggregate is unknown
	Withheld Presence = "withheld" // said so: REDACTED, WITHHELD
	Absent   Presence = "absent"
)

// Field names one piece of information about a component (or, for the fields that have no component, about the
// document) whose presence is judged.
type Field string

// The fields a component can state. The names are those of CISA 2026 in short.
const (
	FieldName         Field = "name"
	FieldVersion      Field = "version"
	FieldSupplier     Field = "supplier" // who handed it over
	FieldProducer     Field = "producer" // who made it
	FieldIdentifier   Field = "identifier"
	FieldHash         Field = "hash"
	FieldLicense      Field = "license"
	FieldDependencies Field = "dependencies"
)

// SBOM is one software bill of materials as its document states it, whichever the format: what it says of itself, the
// software it describes (Root), and the components in it.
type SBOM struct {
	Format      string `json:"format"`       // "CycloneDX" or "SPDX"
	SpecVersion string `json:"spec_version"` // "1.6", "2.3", "3.0"
	Encoding    string `json:"encoding"`     // "json", "xml", "tag-value", "json-ld"

	Serial  string `json:"serial,omitempty"`  // CycloneDX serialNumber, SPDX documentNamespace
	Version string `json:"version,omitempty"` // CycloneDX version (of this document under its serial); SPDX has none
	Name    string `json:"name,omitempty"`    // SPDX document name; CycloneDX has none

	Created    string    `json:"created,omitempty"`     // as written
	CreatedAt  time.Time `json:"created_at,omitzero"`   // as understood, UTC; zero when Created is absent or no date
	Authors    []Party   `json:"authors,omitempty"`     // people and organisations that made the document, not tools
	Tools      []Tool    `json:"tools,omitempty"`       // what made the document
	Lifecycles []string  `json:"lifecycles,omitempty"`  // generation context: CycloneDX phase or name, SPDX creation comment
	Signed     bool      `json:"signed,omitempty"`      // carries a signature inside; that it holds is judged elsewhere
	AuthorSaid Presence  `json:"author_said,omitempty"` // Unknown or Withheld when the document says so of its author

	Root         *Component    `json:"root,omitempty"` // what the SBOM describes; nil when it does not say
	Components   []Component   `json:"components"`     // flattened, in document order, without Root
	Dependencies []Dependency  `json:"dependencies,omitempty"`
	Compositions []Composition `json:"compositions,omitempty"`

	Services        int `json:"services,omitempty"`        // CycloneDX services
	Files           int `json:"files,omitempty"`           // SPDX files and snippets that are not counted as components
	Vulnerabilities int `json:"vulnerabilities,omitempty"` // vulnerabilities listed inside
	Analyses        int `json:"analyses,omitempty"`        // of these, those with a VEX analysis
}

// Component is one component of an SBOM. A field that the document states as unknown or withheld is left empty and
// named in Said.
type Component struct {
	Ref       string       `json:"ref,omitempty"`    // bom-ref or SPDXID: unique within the document, may be empty in CycloneDX
	Parent    string       `json:"parent,omitempty"` // Pointer of the component this one is nested in; empty at the top
	Type      string       `json:"type,omitempty"`   // CycloneDX type; SPDX primary package purpose, lower case; "file" for a file
	Group     string       `json:"group,omitempty"`
	Name      string       `json:"name,omitempty"`
	Version   string       `json:"version,omitempty"`
	PURL      string       `json:"purl,omitempty"` // the first one stated
	CPE       string       `json:"cpe,omitempty"`  // the first one stated
	OtherIDs  []Identifier `json:"other_ids,omitempty"`
	Supplier  *Party       `json:"supplier,omitempty"`
	Producers []Party      `json:"producers,omitempty"` // CycloneDX manufacturer, authors, author; SPDX originator
	Publisher string       `json:"publisher,omitempty"` // CycloneDX publisher: who put it out, not necessarily who made it
	Hashes    []Hash       `json:"hashes,omitempty"`
	Licenses  []License    `json:"licenses,omitempty"`
	Scope     string       `json:"scope,omitempty"` // CycloneDX: required, optional, excluded

	Pointer string             `json:"pointer"`        // place in the document: JSON pointer, XML path, or "line 12"
	Said    map[Field]Presence `json:"said,omitempty"` // Unknown or Withheld, for fields the document says it of
}

// Party is a person or organisation as a document names it.
type Party struct {
	Kind  string `json:"kind,omitempty"` // "organization", "person", or empty when the document does not tell
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Tool is a program that made a document.
type Tool struct {
	Vendor  string `json:"vendor,omitempty"`
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
}

// Identifier is an identifier other than the first package URL and the first CPE: "swid", "swhid", "omniborid", and
// further "purl" and "cpe"; "vcs", where in which repository the component comes from, which identifies it to nobody but
// those who look for commits; and "upstream", the package whose sources a distribution built it from, by which most
// distributions' advisories speak of it (written as the qualifier upstream of package URLs: openssl@3.0.11-1).
type Identifier struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Hash is a digest of the component. Alg is as CycloneDX writes it: "SHA-256", "SHA3-512", "BLAKE2b-256", "MD5".
type Hash struct {
	Alg   string `json:"alg"`
	Value string `json:"value"` // lower-case hex
}

// License is one licence statement: an SPDX id, a name, or an expression. Acknowledgement is "declared" or
// "concluded" when the document tells.
type License struct {
	ID              string `json:"id,omitempty"`
	Name            string `json:"name,omitempty"`
	Expression      string `json:"expression,omitempty"`
	Acknowledgement string `json:"acknowledgement,omitempty"`
}

// Dependency says that one component (or the root) uses, contains or provides others. To is empty when the document
// says that there are none.
type Dependency struct {
	From    string   `json:"from"` // Component.Ref
	To      []string `json:"to,omitempty"`
	Kind    string   `json:"kind"` // "depends on", "contains", "provides"
	Pointer string   `json:"pointer,omitempty"`
}

// Composition is a statement on completeness. Aggregate is the word of CycloneDX: "complete", "incomplete…",
// "unknown", "not_specified". Without refs it speaks of the whole document.
type Composition struct {
	Aggregate    string   `json:"aggregate"`
	Assemblies   []string `json:"assemblies,omitempty"`   // refs whose contents it speaks of
	Dependencies []string `json:"dependencies,omitempty"` // refs whose dependencies it speaks of
	Pointer      string   `json:"pointer,omitempty"`
}

// All gives the root, if there is one, and then every component.
func (s *SBOM) All() []*Component {
	out := make([]*Component, 0, len(s.Components)+1)
	if s.Root != nil {
		out = append(out, s.Root)
	}
	for i := range s.Components {
		out = append(out, &s.Components[i])
	}
	return out
}

// Presence tells the state of a field that the component itself carries. Dependencies are stated by the document, not
// by the component: for FieldDependencies only what is Said counts here.
func (c *Component) Presence(f Field) Presence {
	if c.has(f) {
		return Present
	}
	if p, ok := c.Said[f]; ok {
		return p
	}
	return Absent
}

func (c *Component) has(f Field) bool {
	switch f {
	case FieldName:
		return c.Name != ""
	case FieldVersion:
		return c.Version != ""
	case FieldSupplier:
		return c.Supplier != nil && c.Supplier.Stated()
	case FieldProducer:
		for _, p := range c.Producers {
			if p.Stated() {
				return true
			}
		}
	case FieldIdentifier:
		return c.PURL != "" || c.CPE != "" || slices.ContainsFunc(c.OtherIDs, func(id Identifier) bool { return id.Type != "vcs" && id.Type != "upstream" })
	case FieldHash:
		return len(c.Hashes) > 0
	case FieldLicense:
		return len(c.Licenses) > 0
	}
	return false
}

// Stated reports whether the party is named in any way: by name, mail address or URL.
func (p Party) Stated() bool { return p.Name != "" || p.Email != "" || p.URL != "" }

// SaidOf tells whether a value is no value but a statement that it is unknown or withheld: the words of SPDX
// (NOASSERTION) and those that CISA 2026 gives for other formats, in any case.
func SaidOf(value string) (Presence, bool) {
	word := strings.Trim(value, "[]<>() ")
	switch {
	case strings.EqualFold(word, "NOASSERTION"), strings.EqualFold(word, "UNKNOWN"):
		return Unknown, true
	case strings.EqualFold(word, "REDACTED"), strings.EqualFold(word, "WITHHELD"):
		return Withheld, true
	}
	return "", false
}
