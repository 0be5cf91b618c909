package cyclonedx

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/input"
)

// maxComponents bounds the components of one document.
const maxComponents = 500_000

// maxProblems bounds the doubts told about one document; one more line says how many there were.
const maxProblems = 200

const xmldsig = "http://www.w3.org/2000/09/xmldsig#"

// extraction gathers what the document says.
type extraction struct {
	sbom     *fact.SBOM
	problems []fact.Problem
	more     int // doubts beyond maxProblems
	refs     map[string]bool
	vex      *fact.VEX // nil when no vulnerability has an analysis
}

func (x *extraction) doubt(where, ja, en string, args ...any) {
	if len(x.problems) >= maxProblems {
		x.more++
		return
	}
	x.problems = append(x.problems, fact.Problem{Where: where, What: lang.F(ja, en, args...)})
}

func extract(bom node, version, encoding string) (*extraction, error) {
	x := &extraction{
		sbom: &fact.SBOM{
			Format: "CycloneDX", SpecVersion: version, Encoding: encoding,
			Serial: bom.text("serialNumber"), Version: bom.text("version"),
			Components: []fact.Component{}, Signed: signed(bom),
		},
		refs: map[string]bool{},
	}
	if x.sbom.Version == "" && version != "1.0" {
		x.sbom.Version = "1" // the specification's default
	}
	x.metadata(bom.child("metadata"))
	x.components(bom.list("components", "component"), "")
	if len(x.sbom.Components) > maxComponents {
		return nil, refused(version, input.Refuse("", lang.F("部品が%d件を超えています", "it lists more than %d components", maxComponents)))
	}
	x.sbom.Services = services(bom.list("services", "service"), x.refs)
	x.dependencies(bom.list("dependencies", "dependency"))
	x.compositions(bom.list("compositions", "composition"))
	x.vulnerabilities(bom.list("vulnerabilities", "vulnerability"))
	return x, nil
}

// reading gives what was taken out, with what the schema forgave before the other doubts.
func (x *extraction) reading(forgiven []fact.Problem) fact.Reading {
	x.problems = append(forgiven, x.problems...)
	if n := len(x.problems); n > maxProblems {
		x.problems, x.more = x.problems[:maxProblems], x.more+n-maxProblems
	}
	if x.more > 0 {
		x.problems = append(x.problems, fact.Problem{What: lang.F("ほかに%d件の疑問点があります", "there are %d more doubts", x.more)})
	}
	facts := []fact.Fact{{Kind: fact.KindSBOM, ObservedAt: x.sbom.CreatedAt, Data: x.sbom}}
	if x.vex != nil {
		facts = append(facts, fact.Fact{Kind: fact.KindVEX, ObservedAt: x.sbom.CreatedAt, Pointer: "/vulnerabilities", Data: x.vex})
	}
	return fact.Reading{
		Type: "cyclonedx", Version: x.sbom.SpecVersion, Problems: x.problems,
		Facts: facts,
		Summary: map[string]any{
			"components":      len(x.sbom.Components),
			"dependencies":    len(x.sbom.Dependencies),
			"vulnerabilities": x.sbom.Vulnerabilities,
		},
	}
}

// signed reports an enveloped signature: JSF in JSON, XML Signature in XML.
func signed(bom node) bool {
	if bom.element == nil {
		k := bom.object.Member("signature").Kind()
		return k != input.KindNone && k != input.KindNull
	}
	for _, c := range bom.element.Children {
		if c.Name.Local == "Signature" && c.Name.Space == xmldsig {
			return true
		}
	}
	return false
}

func (x *extraction) metadata(m node) {
	s := x.sbom
	s.Created = m.text("timestamp")
	if s.Created != "" {
		t, err := parseTime(s.Created)
		if err != nil {
			x.doubt(input.Pointer(m.place(), "timestamp"), "作成日時「%s」を日時として読めません", "the time %q cannot be read as a time", input.Clip(s.Created))
		}
		s.CreatedAt = t
	}
	for _, l := range m.list("lifecycles", "lifecycle") {
		s.Lifecycles = append(s.Lifecycles, firstOf(l.text("phase"), l.text("name")))
	}
	for _, a := range m.list("authors", "author") {
		x.author(fact.Party{Kind: "person", Name: a.text("name"), Email: a.text("email")})
	}
	if e := m.child("manufacturer"); e.there() {
		x.author(organisation(e))
	}
	x.tools(m)
	if c := m.child("component"); c.there() {
		root := x.component(c, "")
		if root.Supplier == nil {
			root.Supplier = supplierOf(m, new(presence))
		}
		if e := m.child("manufacture"); e.there() && len(root.Producers) == 0 { // to 1.5: the maker of the software described
			root.Producers = append(root.Producers, organisation(e))
		}
		s.Root = &root
		x.components(c.list("components", "component"), root.Pointer)
	}
}

func (x *extraction) author(p fact.Party) {
	if said, ok := fact.SaidOf(p.Name); ok {
		x.sbom.AuthorSaid, p.Name = said, ""
	}
	if p.Stated() {
		x.sbom.Authors = append(x.sbom.Authors, p)
	}
}

func (x *extraction) tools(m node) {
	for _, t := range m.list("tools", "tool") { // to 1.4, deprecated since
		x.sbom.Tools = append(x.sbom.Tools, fact.Tool{Vendor: t.text("vendor"), Name: t.text("name"), Version: t.text("version")})
	}
	tools := m.child("tools")
	for _, c := range append(tools.list("components", "component"), tools.list("services", "service")...) {
		maker := firstOf(c.child("manufacturer").text("name"), c.child("supplier").text("name"), c.child("provider").text("name"), c.text("publisher"), c.text("author"))
		x.sbom.Tools = append(x.sbom.Tools, fact.Tool{Vendor: firstOf(maker, c.text("group")), Name: c.text("name"), Version: c.text("version")})
	}
}

// components takes a list and what is nested in it, in document order.
func (x *extraction) components(list []node, parent string) {
	x.sbom.Components = slices.Grow(x.sbom.Components, len(list))
	for _, n := range list {
		if len(x.sbom.Components) > maxComponents {
			return
		}
		c := x.component(n, parent)
		x.sbom.Components = append(x.sbom.Components, c)
		x.components(n.list("components", "component"), c.Pointer)
	}
}

func (x *extraction) component(n node, parent string) fact.Component {
	var said presence
	c := fact.Component{
		Ref: n.text("bom-ref"), Parent: parent, Pointer: n.place(),
		Type: n.text("type"), Group: n.text("group"), Scope: n.text("scope"), Publisher: n.text("publisher"),
		Name:    said.stated(n.text("name"), fact.FieldName),
		Version: said.stated(n.text("version"), fact.FieldVersion),
		PURL:    said.stated(n.text("purl"), fact.FieldIdentifier),
		CPE:     said.stated(n.text("cpe"), fact.FieldIdentifier),
		Hashes:  hashes(n), Supplier: supplierOf(n, &said), Producers: producers(n, &said), Licenses: licenses(n, &said),
	}
	if id := n.child("swid").text("tagId"); id != "" {
		c.OtherIDs = append(c.OtherIDs, fact.Identifier{Type: "swid", Value: id})
	}
	for _, name := range []string{"omniborId", "swhid"} {
		for _, v := range n.texts(name) {
			c.OtherIDs = append(c.OtherIDs, fact.Identifier{Type: strings.ToLower(name), Value: v})
		}
	}
	c.OtherIDs = append(append(c.OtherIDs, sources(n, c.PURL)...), upstream(n, c.PURL)...)
	c.Said = said
	x.ref(c.Ref, c.Pointer)
	return c
}

// sources gives where in which repository a component comes from: the commits of its pedigree and its references of the
// type vcs. One without a revision says something only of a component that no registry knows.
func sources(n node, id string) (out []fact.Identifier) {
	add := func(address string) {
		s, ok := purl.ParseSource(address)
		if ok && (s.Revision != "" || id == "" || strings.HasPrefix(id, "pkg:generic/")) {
			out = append(out, fact.Identifier{Type: "vcs", Value: address})
		}
	}
	for _, c := range n.child("pedigree").list("commits", "commit") {
		address, commit := c.text("url"), c.text("uid")
		if s, ok := purl.ParseSource(address); ok && s.Revision == "" && purl.IsCommit(commit) {
			address = "git+https://" + s.Repo + "@" + commit
		}
		add(address)
	}
	for _, r := range n.list("externalReferences", "reference") {
		if r.text("type") == "vcs" {
			add(r.text("url"))
		}
	}
	return out
}

// upstream gives the package of a distribution whose sources a component was built from, as Trivy and Syft state it.
func upstream(n node, id string) []fact.Identifier {
	if !purl.OfDistribution(id) {
		return nil
	}
	said := map[string]string{}
	for _, p := range n.list("properties", "property") {
		said[p.text("name")] = p.content("value")
	}
	name, version := said["aquasecurity:trivy:SrcName"], said["aquasecurity:trivy:SrcVersion"]
	if r := said["aquasecurity:trivy:SrcRelease"]; r != "" && version != "" {
		version += "-" + r
	}
	if e := said["aquasecurity:trivy:SrcEpoch"]; e != "" && e != "0" && version != "" {
		version = e + ":" + version
	}
	if name == "" {
		name, version = firstOf(said["syft:metadata:source"], said["syft:metadata:originPackage"], said["syft:metadata:sourceRpm"]), said["syft:metadata:sourceVersion"]
	}
	if name == "" {
		return nil
	}
	if version != "" {
		name += "@" + version
	}
	return []fact.Identifier{{Type: "upstream", Value: name}}
}

func (x *extraction) ref(ref, place string) {
	if ref == "" {
		return
	}
	if x.refs[ref] {
		x.doubt(place, "bom-ref「%s」が二度使われています。参照先が一つに決まりません", "the bom-ref %q is used twice, so that references to it are ambiguous", input.Clip(ref))
	}
	x.refs[ref] = true
}

// presence notes what the document says is unknown or withheld; nil while there is nothing.
type presence map[fact.Field]fact.Presence

func (said *presence) note(f fact.Field, p fact.Presence) {
	if *said == nil {
		*said = presence{}
	}
	(*said)[f] = p
}

// stated gives a value, or notes that the document says it is unknown or withheld.
func (said *presence) stated(v string, f fact.Field) string {
	if p, ok := fact.SaidOf(v); ok {
		said.note(f, p)
		return ""
	}
	return v
}

func hashes(n node) []fact.Hash {
	list := n.list("hashes", "hash")
	if len(list) == 0 {
		return nil
	}
	out := make([]fact.Hash, 0, len(list))
	for _, h := range list {
		out = append(out, fact.Hash{Alg: h.text("alg"), Value: lower(h.content("content"))})
	}
	return out
}

// lower is strings.ToLower, quick for what is lower already, as digests are.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c-'A' <= 'Z'-'A' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

func organisation(n node) fact.Party {
	p := fact.Party{Kind: "organization", Name: n.text("name")}
	if urls := n.texts("url"); len(urls) > 0 {
		p.URL = urls[0]
	}
	for _, c := range n.repeated("contact") {
		p.Email = firstOf(p.Email, c.text("email"))
	}
	return p
}

func supplierOf(n node, said *presence) *fact.Party {
	s := n.child("supplier")
	if !s.there() {
		return nil
	}
	p := organisation(s)
	p.Name = said.stated(p.Name, fact.FieldSupplier)
	if !p.Stated() {
		return nil
	}
	return &p
}

// producers are the maker and the authors; the publisher is told apart from them, as by the specification.
func producers(n node, said *presence) (out []fact.Party) {
	add := func(p fact.Party) {
		if p.Name = said.stated(p.Name, fact.FieldProducer); p.Stated() {
			out = append(out, p)
		}
	}
	if m := n.child("manufacturer"); m.there() {
		add(organisation(m))
	}
	for _, a := range n.list("authors", "author") {
		add(fact.Party{Kind: "person", Name: a.text("name"), Email: a.text("email")})
	}
	if a := n.text("author"); a != "" {
		add(fact.Party{Name: a})
	}
	return out
}

func licenses(n node, said *presence) (out []fact.License) {
	add := func(l fact.License) {
		p, ok := fact.SaidOf(firstOf(l.ID, l.Name, l.Expression))
		if ok {
			said.note(fact.FieldLicense, p)
		} else if l.ID != "" || l.Name != "" || l.Expression != "" {
			out = append(out, l)
		}
	}
	if n.element == nil {
		for _, choice := range n.list("licenses", "") {
			l := choice.child("license")
			add(fact.License{ID: l.text("id"), Name: l.text("name"), Expression: choice.text("expression"),
				Acknowledgement: firstOf(l.text("acknowledgement"), choice.text("acknowledgement"))})
		}
		return out
	}
	for _, l := range n.list("licenses", "license") {
		add(fact.License{ID: l.text("id"), Name: l.text("name"), Acknowledgement: l.text("acknowledgement")})
	}
	for _, e := range n.list("licenses", "expression") {
		add(fact.License{Expression: e.content(""), Acknowledgement: e.text("acknowledgement")})
	}
	for _, e := range n.list("licenses", "expression-detailed") { // 1.7
		add(fact.License{Expression: firstOf(e.text("expression"), e.content("")), Acknowledgement: e.text("acknowledgement")})
	}
	return out
}

func services(list []node, refs map[string]bool) (n int) {
	for _, s := range list {
		refs[s.text("bom-ref")] = true
		n += 1 + services(s.list("services", "service"), refs)
	}
	return n
}

func (x *extraction) dependencies(list []node) {
	for _, n := range list {
		d := fact.Dependency{From: n.text("ref"), Kind: "depends on", Pointer: n.place(), To: n.refs("dependsOn", "", "dependency")}
		x.sbom.Dependencies = append(x.sbom.Dependencies, d)
		if to := n.refs("provides", "", "provides"); len(to) > 0 {
			x.sbom.Dependencies = append(x.sbom.Dependencies, fact.Dependency{From: d.From, To: to, Kind: "provides", Pointer: d.Pointer})
			d.To = append(d.To, to...)
		}
		for _, ref := range append([]string{d.From}, d.To...) {
			if !x.refs[ref] && !strings.HasPrefix(ref, "urn:cdx:") {
				x.doubt(d.Pointer, "依存関係が指す「%s」はこの文書にありません", "the dependency names %q, which is not in this document", input.Clip(ref))
			}
		}
	}
}

func (x *extraction) compositions(list []node) {
	for _, n := range list {
		x.sbom.Compositions = append(x.sbom.Compositions, fact.Composition{
			Aggregate:    n.text("aggregate"),
			Assemblies:   n.refs("assemblies", "assemblies", "assembly"),
			Dependencies: n.refs("dependencies", "dependencies", "dependency"),
			Pointer:      n.place(),
		})
	}
}

// parseTime reads a time with or without a zone (XML Schema allows both; without one, UTC is taken).
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999", s)
	}
	if err != nil {
		return time.Time{}, err
	}
	return t.UTC(), nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
