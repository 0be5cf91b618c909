package spdx

import (
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/input"
)

// document is an SPDX document in any encoding, in the terms of SPDX 2, as far as we use it.
type document struct {
	id, name, namespace string
	created, comment    string
	createdPlace        string
	creators            []string
	describes           []string // documentDescribes, and the DESCRIBES relationships
	packages, files     []element
	snippets            int
	relations           []relation
	others              []string // ids of what is neither package nor file (SPDX 3)
	compositions        []fact.Composition
	problems            []fact.Problem
}

// element is a package or a file.
type element struct {
	id, name, version    string
	supplier, originator string
	originators          []string // further ones (SPDX 3)
	declared, concluded  string
	purpose              string
	checksums            []fact.Hash
	refs                 []externalRef
	place                string
}

type externalRef struct{ typ, locator string }

// download keeps where the package was taken from when that is a revision in a repository.
func (e *element) download(location string) {
	if s, ok := purl.ParseSource(location); ok && s.Revision != "" {
		e.refs = append(e.refs, externalRef{"vcs", location})
	}
}

// sourceInfo keeps the package of a distribution whose sources the package was built from, as Trivy states it.
func (e *element) sourceInfo(text string) {
	if from, ok := strings.CutPrefix(text, "built package from: "); ok {
		e.refs = append(e.refs, externalRef{"upstream", strings.Replace(strings.TrimSpace(from), " ", "@", 1)})
	}
}

type relation struct{ from, kind, to, place string }

// The limits of one document.
const (
	maxComponents = 500_000
	maxProblems   = 200 // one more line says how many there were
)

func tooMany(place string) error {
	return input.Refuse(place, lang.F("部品が%d件を超えています", "it lists more than %d components", maxComponents))
}

func (d *document) doubt(where string, what lang.Text) {
	d.problems = append(d.problems, fact.Problem{Where: where, What: what})
}

func (d *document) reading(version, encoding string) (fact.Reading, error) {
	if len(d.packages)+len(d.files) > maxComponents {
		return fact.Reading{}, refused(version, tooMany(""))
	}
	s := d.sbom(version, encoding)
	if n := len(d.problems); n > maxProblems {
		d.problems = append(d.problems[:maxProblems], fact.Problem{What: lang.F("ほかに%d件の疑問点があります", "there are %d more doubts", n-maxProblems)})
	}
	return fact.Reading{
		Type: "spdx", Version: version, Problems: d.problems,
		Facts: []fact.Fact{{Kind: fact.KindSBOM, ObservedAt: s.CreatedAt, Data: s}},
		Summary: map[string]any{
			"components":   len(s.Components),
			"dependencies": len(s.Dependencies),
			"files":        s.Files,
		},
	}, nil
}

func (d *document) sbom(version, encoding string) *fact.SBOM {
	s := &fact.SBOM{
		Format: "SPDX", SpecVersion: version, Encoding: encoding,
		Serial: d.namespace, Name: d.name, Created: d.created, Components: []fact.Component{},
	}
	if d.created != "" {
		t, err := time.Parse(time.RFC3339, d.created)
		if err != nil {
			d.doubt(d.createdPlace, lang.F("作成日時「%s」を日時として読めません", "the time %q cannot be read as a time", input.Clip(d.created)))
		} else {
			s.CreatedAt = t.UTC()
		}
	}
	if lifecycle(d.comment) {
		s.Lifecycles = []string{d.comment}
	}
	for _, c := range d.creators {
		d.creator(s, c)
	}
	elements := d.packages
	if len(elements) == 0 {
		elements = d.files
	} else {
		s.Files = len(d.files)
	}
	s.Files += d.snippets
	root := d.root(elements)
	seen := map[string]bool{}
	for _, e := range elements {
		c := component(e)
		if len(d.packages) == 0 {
			c.Type = "file"
		}
		if e.id == "" {
			d.doubt(e.place, lang.F("「%s」にSPDXIDがなく、どこからも参照できません", "%q has no SPDXID, so that nothing can refer to it", input.Clip(e.name)))
		} else if seen[e.id] {
			d.doubt(e.place, lang.F("SPDXID「%s」が二度使われています。参照先が一つに決まりません", "the SPDXID %q is used twice, so that references to it are ambiguous", input.Clip(e.id)))
		}
		seen[e.id] = true
		if root != "" && e.id == root && s.Root == nil {
			s.Root = &c
			continue
		}
		s.Components = append(s.Components, c)
	}
	d.relate(s)
	s.Compositions = d.compositions
	return s
}

// root gives the id of the one element the document describes; empty when it names none, or several.
func (d *document) root(elements []element) string {
	described := map[string]bool{}
	for _, id := range d.describes {
		described[id] = true
	}
	for _, r := range d.relations {
		switch {
		case r.kind == "DESCRIBES" && r.from == d.id:
			described[r.to] = true
		case r.kind == "DESCRIBED_BY" && r.to == d.id:
			described[r.from] = true
		}
	}
	root, n := "", 0
	for _, e := range elements {
		if described[e.id] {
			described[e.id] = false // counted once, even where the id is used twice
			root, n = e.id, n+1
		}
	}
	if n > 1 {
		d.doubt("", lang.F("文書が%d個のソフトウェアを対象としていて、主な対象が一つに決まりません", "the document describes %d packages, so that no single one is its subject", n))
		return ""
	}
	return root
}

// lifecycle reports whether the creator's comment tells the generation context: it names one of the SBOM types of CISA
// or the life-cycle phases of CycloneDX.
func lifecycle(comment string) bool {
	words := strings.FieldsFunc(strings.ToLower(comment), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') })
	for _, w := range words {
		switch w {
		case "design", "source", "build", "analyzed", "analysed", "deployed", "runtime",
			"pre-build", "post-build", "operations", "discovery", "decommission":
			return true
		}
	}
	return false
}

func (d *document) creator(s *fact.SBOM, c string) {
	kind, rest, ok := strings.Cut(c, ":")
	if ok && strings.TrimSpace(kind) == "Tool" {
		s.Tools = append(s.Tools, tool(strings.TrimSpace(rest)))
		return
	}
	p, said := party(c)
	if said != "" {
		s.AuthorSaid = said
	} else if p.Stated() {
		s.Authors = append(s.Authors, p)
	}
}

// tool takes "name-version" apart: the version is what follows the last hyphen before a digit or v and a digit.
func tool(s string) fact.Tool {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] != '-' {
			continue
		}
		if rest := strings.TrimPrefix(s[i+1:], "v"); rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return fact.Tool{Name: s[:i], Version: s[i+1:]}
		}
	}
	return fact.Tool{Name: s}
}

// party reads "Organization: Name (mail)", "Person: Name (mail)" or NOASSERTION.
func party(s string) (p fact.Party, said fact.Presence) {
	s = strings.TrimSpace(s)
	if kind, rest, ok := strings.Cut(s, ":"); ok {
		switch strings.TrimSpace(kind) {
		case "Organization":
			p.Kind, s = "organization", strings.TrimSpace(rest)
		case "Person":
			p.Kind, s = "person", strings.TrimSpace(rest)
		}
	}
	if word, ok := fact.SaidOf(s); ok {
		return fact.Party{}, word
	}
	p.Name = s
	if i := strings.LastIndexByte(s, '('); i >= 0 && strings.HasSuffix(s, ")") {
		p.Name, p.Email = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:len(s)-1])
	}
	return p, ""
}

func component(e element) fact.Component {
	said := map[fact.Field]fact.Presence{}
	c := fact.Component{
		Ref: e.id, Pointer: e.place, Type: strings.ToLower(strings.ReplaceAll(e.purpose, "_", "-")),
		Name: e.name, Hashes: e.checksums,
	}
	if p, ok := fact.SaidOf(e.version); ok {
		said[fact.FieldVersion] = p
	} else {
		c.Version = e.version
	}
	if p, word := party(e.supplier); word != "" {
		said[fact.FieldSupplier] = word
	} else if p.Stated() {
		c.Supplier = &p
	}
	for _, o := range append([]string{e.originator}, e.originators...) {
		if p, word := party(o); word != "" {
			said[fact.FieldProducer] = word
		} else if p.Stated() {
			c.Producers = append(c.Producers, p)
		}
	}
	for _, l := range []struct{ value, as string }{{e.declared, "declared"}, {e.concluded, "concluded"}} {
		if p, ok := fact.SaidOf(l.value); ok {
			if l.as == "declared" { // a conclusion not drawn says nothing of what is declared
				said[fact.FieldLicense] = p
			}
		} else if l.value != "" {
			c.Licenses = append(c.Licenses, fact.License{Expression: l.value, Acknowledgement: l.as})
		}
	}
	identify(&c, e.refs, said)
	if len(said) > 0 {
		c.Said = said
	}
	return c
}

func identify(c *fact.Component, refs []externalRef, said map[fact.Field]fact.Presence) {
	for _, r := range refs {
		if p, ok := fact.SaidOf(r.locator); ok {
			said[fact.FieldIdentifier] = p
			continue
		}
		switch typ := r.typ[strings.LastIndexAny(r.typ, "/#")+1:]; typ { // a URI in some documents
		case "purl":
			if c.PURL == "" {
				c.PURL = r.locator
			} else {
				c.OtherIDs = append(c.OtherIDs, fact.Identifier{Type: "purl", Value: r.locator})
			}
		case "cpe22Type", "cpe23Type":
			if c.CPE == "" {
				c.CPE = r.locator
			} else {
				c.OtherIDs = append(c.OtherIDs, fact.Identifier{Type: "cpe", Value: r.locator})
			}
		case "vcs", "upstream", "swid", "swh", "gitoid", "maven-central", "npm", "nuget", "bower":
			c.OtherIDs = append(c.OtherIDs, fact.Identifier{Type: typ, Value: r.locator})
		}
	}
}

// algorithm writes SPDX's names of hash algorithms as CycloneDX does: SHA256 is SHA-256.
func algorithm(s string) string {
	if rest, ok := strings.CutPrefix(s, "SHA"); ok && !strings.Contains(rest, "-") {
		return "SHA-" + rest
	}
	return s
}
