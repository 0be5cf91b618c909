package spdx

import (
	"strconv"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// graph is an SPDX 3.0 document in JSON-LD, in the compact form that the specification lays down for exchange
// (https://spdx.github.io/spdx-spec/v3.0.1/serializations/): elements in one flat list, that refer to one another by id.
type graph struct {
	elements []input.Object
	byID     map[string]input.Object
	d        *document
	parts    map[string]*element // packages and files, by id
	shouted  bool                // a relationship type in the words of SPDX 2 was doubted
}

func readGraph(b []byte) (fact.Reading, error) {
	v, err := input.JSON(b)
	if err != nil {
		return fact.Reading{}, refused("3.0", err)
	}
	top, err := input.Top(v)
	if err != nil {
		return fact.Reading{}, refused("3.0", err)
	}
	g := &graph{byID: map[string]input.Object{}, d: &document{}, parts: map[string]*element{}}
	if err := g.read(top); err != nil {
		return fact.Reading{}, refused("3.0", err)
	}
	return g.d.reading("3.0", "json-ld")
}

func (g *graph) read(top input.Object) error {
	var err error
	if g.elements, err = top.Objects("@graph"); err != nil {
		return err
	}
	var boxes []input.Object // the document, and the SBOMs in it
	for _, e := range g.elements {
		if typeOf(e) == "" {
			return input.Refuse(e.Place, lang.T("種類(type)がありません", "it has no type"))
		}
		if id := idOf(e); id != "" {
			twice := lang.F("識別子「%s」が二度使われています。参照先が一つに決まりません", "the id %q is used twice, so that references to it are ambiguous", input.Clip(id))
			switch other, again := g.byID[id]; {
			case !again:
				g.byID[id] = e
			case isRelationship(e) && isRelationship(other): // nothing refers to them
				g.d.doubt(e.Place, twice)
			default:
				return input.Refuse(e.Place, twice)
			}
			if other := e.Text("@id"); other != "" && other != id { // some tools give both ids, and refer to either
				g.byID[other] = e
			}
		}
		switch typeOf(e) {
		case "SpdxDocument":
			boxes = append([]input.Object{e}, boxes...)
		case "software_Sbom", "Bom":
			boxes = append(boxes, e)
		}
	}
	if len(boxes) == 0 || typeOf(boxes[0]) != "SpdxDocument" {
		return input.Refuse("/@graph", lang.T("文書(SpdxDocument)がありません", "there is no SpdxDocument"))
	}
	if err := g.head(boxes); err != nil {
		return err
	}
	for _, e := range g.elements {
		if err := g.part(e); err != nil {
			return err
		}
	}
	for _, e := range g.elements {
		if isRelationship(e) {
			if err := g.relationship(e); err != nil {
				return err
			}
		}
	}
	for i := range g.d.packages {
		p := g.parts[g.d.packages[i].id]
		g.d.packages[i].declared, g.d.packages[i].concluded = p.declared, p.concluded
	}
	return nil
}

func typeOf(o input.Object) string {
	if t := o.Text("type"); t != "" {
		return t
	}
	return o.Text("@type")
}

func isRelationship(o input.Object) bool { return strings.HasSuffix(typeOf(o), "Relationship") }

func idOf(o input.Object) string {
	for _, name := range []string{"spdxId", "@id"} {
		if id := o.Text(name); id != "" {
			return id
		}
	}
	return ""
}

// to gives the object a member refers to, by id or written out inside; ok is false when it is not in this document.
func (g *graph) to(o input.Object, name string) (input.Object, bool) {
	if c := o.Child(name); c.Members != nil {
		return c, true
	}
	e, ok := g.byID[o.Text(name)]
	return e, ok
}

// refs gives the ids a member refers to: one, or a list.
func refs(o input.Object, name string) []string {
	if s := o.Text(name); s != "" {
		return []string{s}
	}
	if c := o.Child(name); c.Members != nil {
		return []string{idOf(c)}
	}
	out := o.Texts(name)
	for _, c := range o.List(name) {
		out = append(out, idOf(c))
	}
	return out
}

// head reads what the document says of itself.
func (g *graph) head(boxes []input.Object) error {
	doc, d := boxes[0], g.d
	d.id, d.namespace, d.name = idOf(doc), idOf(doc), doc.Text("name")
	info, ok := g.to(doc, "creationInfo")
	if !ok {
		return input.Refuse(doc.At("creationInfo"), lang.T("作成情報(creationInfo)がありません", "there is no creationInfo"))
	}
	if v := info.Text("specVersion"); !strings.HasPrefix(v, "3.0") {
		return input.Refuse(info.At("specVersion"), lang.F("版「%s」は読めません(読める版: 3.0)", "version %q cannot be read (known: 3.0)", input.Clip(v)))
	}
	d.created, d.createdPlace, d.comment = info.Text("created"), info.At("created"), info.Text("comment")
	for _, id := range refs(info, "createdBy") {
		d.creators = append(d.creators, g.agent(id))
	}
	for _, id := range refs(info, "createdUsing") {
		d.creators = append(d.creators, "Tool: "+g.byID[id].Text("name"))
	}
	for _, m := range doc.List("import") { // elements of other documents
		d.others = append(d.others, m.Text("externalSpdxId"))
	}
	for _, b := range boxes {
		d.others = append(d.others, idOf(b))
		for _, id := range refs(b, "rootElement") {
			if t := typeOf(g.byID[id]); t != "software_Sbom" && t != "Bom" {
				d.describes = append(d.describes, id)
			}
		}
		if types := refs(b, "software_sbomType"); len(types) > 0 { // the generation context
			d.comment = strings.Join(types, ", ")
		}
	}
	return nil
}

// agent writes a person or organisation as SPDX 2 does.
func (g *graph) agent(id string) string {
	if word := individual(id); word != "" {
		return word
	}
	a, ok := g.byID[id]
	if !ok {
		return ""
	}
	s := a.Text("name")
	for _, x := range externalIDs(a) {
		if x.Text("externalIdentifierType") == "email" {
			s += " (" + x.Text("identifier") + ")"
			break
		}
	}
	switch typeOf(a) {
	case "Person":
		return "Person: " + s
	case "Organization":
		return "Organization: " + s
	case "SoftwareAgent":
		return "Tool: " + s
	}
	return s
}

// individual gives the word of SPDX 2 for the elements that stand for no statement and for nothing.
func individual(id string) string {
	switch last := id[strings.LastIndexAny(id, "/#")+1:]; last {
	case "NoAssertionElement", "NoAssertionLicense", "NoAssertion", "expandedlicensing_NoAssertionLicense":
		return "NOASSERTION"
	case "NoneElement", "NoneLicense", "None", "expandedlicensing_NoneLicense":
		return "NONE"
	}
	return ""
}

// externalIDs gives the external identifiers; some tools write the name of the member in the plural.
func externalIDs(o input.Object) []input.Object {
	return append(o.List("externalIdentifier"), o.List("externalIdentifiers")...)
}

func (g *graph) part(e input.Object) error {
	d := g.d
	switch typeOf(e) {
	case "software_Package", "ai_AIPackage", "dataset_DatasetPackage":
		if _, err := e.Need("name"); err != nil {
			return err
		}
		x := g.element(e)
		d.packages = append(d.packages, x)
		g.parts[x.id] = &x
	case "software_File":
		x := g.element(e)
		d.files = append(d.files, x)
	case "software_Snippet":
		d.snippets++
		d.others = append(d.others, idOf(e))
	default:
		d.others = append(d.others, idOf(e))
	}
	return nil
}

// identifierTypes are the external identifiers we know, in the words of SPDX 2.
var identifierTypes = map[string]string{"packageUrl": "purl", "packageURL": "purl", "purl": "purl", "cpe22": "cpe22Type", "cpe23": "cpe23Type", "swid": "swid", "swhid": "swh", "gitoid": "gitoid"}

func (g *graph) element(o input.Object) element {
	e := element{
		id: idOf(o), name: o.Text("name"), version: o.Text("software_packageVersion"), purpose: o.Text("software_primaryPurpose"), place: o.Place,
	}
	for i, id := range refs(o, "originatedBy") {
		if i == 0 {
			e.originator = g.agent(id)
		} else {
			e.originators = append(e.originators, g.agent(id))
		}
	}
	for _, id := range refs(o, "suppliedBy") {
		e.supplier = g.agent(id)
		break
	}
	if p := o.Text("software_packageUrl"); p != "" {
		e.refs = append(e.refs, externalRef{"purl", p})
	}
	for _, x := range externalIDs(o) {
		typ, id := identifierTypes[x.Text("externalIdentifierType")], x.Text("identifier")
		if typ != "" && (typ != "purl" || id != o.Text("software_packageUrl")) {
			e.refs = append(e.refs, externalRef{typ, id})
		}
	}
	e.download(o.Text("software_downloadLocation"))
	e.sourceInfo(o.Text("software_sourceInfo"))
	for i, h := range o.List("verifiedUsing") {
		if t := typeOf(h); t != "" && t != "Hash" { // a PackageVerificationCode is no hash of the package
			continue
		}
		if h.Text("algorithm") == "" || h.Text("hashValue") == "" {
			g.d.doubt(input.Pointer(o.Place, "verifiedUsing", strconv.Itoa(i)), lang.T("ハッシュの種類か値がありません", "the hash lacks its algorithm or its value"))
			continue
		}
		e.checksums = append(e.checksums, fact.Hash{Alg: algorithm3(h.Text("algorithm")), Value: strings.ToLower(h.Text("hashValue"))})
	}
	return e
}

// algorithm3 writes SPDX 3's names of hash algorithms as CycloneDX does: sha256 is SHA-256, sha3_256 is SHA3-256.
func algorithm3(s string) string {
	if rest, ok := strings.CutPrefix(s, "blake2b"); ok {
		return "BLAKE2b-" + rest
	}
	s = strings.ToUpper(s)
	if strings.HasPrefix(s, "SHA3_") {
		return strings.ReplaceAll(s, "_", "-")
	}
	return algorithm(s)
}

// relationTypes are the relationships of SPDX 3 that say what a component consists of or needs, in the words of SPDX 2.
var relationTypes = map[string]string{
	"contains": "CONTAINS", "hasOptionalComponent": "CONTAINS", "dependsOn": "DEPENDS_ON", "hasOptionalDependency": "DEPENDS_ON",
	"hasProvidedDependency": "DEPENDS_ON", "hasPrerequisite": "HAS_PREREQUISITE", "hasStaticLink": "STATIC_LINK", "hasDynamicLink": "DYNAMIC_LINK",
}

// aggregates are the words for how complete a relationship is, in those of CycloneDX.
var aggregates = map[string]string{"complete": "complete", "incomplete": "incomplete", "noAssertion": "unknown"}

func (g *graph) relationship(r input.Object) error {
	kind, err := r.Need("relationshipType")
	if err != nil {
		return err
	}
	if !r.Has("from") || !r.Has("to") {
		_, err := r.Need(map[bool]string{true: "to", false: "from"}[r.Has("from")])
		return err
	}
	if name := camel(kind); name != kind {
		if !g.shouted {
			g.shouted = true
			g.d.doubt(r.At("relationshipType"), lang.F("関係の種類「%[1]s」はSPDX 3の書き方では「%[2]s」です。そう読みました", "the relationship type %[1]q is written %[2]q in SPDX 3, and read so", input.Clip(kind), input.Clip(name)))
		}
		kind = name
	}
	from, to := refs(r, "from"), refs(r, "to")
	if len(from) != 1 {
		return input.Refuse(r.At("from"), lang.T("起点(from)が一つではありません", "it does not have one from"))
	}
	switch kind {
	case "describes":
		g.d.describes = append(g.d.describes, to...)
	case "hasDeclaredLicense", "hasConcludedLicense":
		g.licence(from[0], kind == "hasDeclaredLicense", to)
		return nil
	}
	word := relationTypes[kind]
	for _, id := range to {
		if w := individual(id); w != "" {
			id = w
		}
		g.d.relations = append(g.d.relations, relation{from[0], word, id, r.Place})
	}
	if a := aggregates[r.Text("completeness")]; a != "" && word != "" {
		g.d.compositions = append(g.d.compositions, fact.Composition{Aggregate: a, Dependencies: from, Pointer: r.Place})
	}
	return nil
}

// camel writes a relationship type that is written as SPDX 2 did (DEPENDS_ON) as SPDX 3 does (dependsOn): some tools write
// the elements of the one with the words of the other.
func camel(kind string) string {
	if kind != strings.ToUpper(kind) {
		return kind
	}
	words := strings.Split(strings.ToLower(kind), "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// licence notes what is declared of a package, or concluded.
func (g *graph) licence(from string, declared bool, to []string) {
	p := g.parts[from]
	if p == nil {
		return
	}
	var words []string
	for _, id := range to {
		if w := g.expression(id); w != "" {
			words = append(words, w)
		}
	}
	s := strings.Join(words, " AND ")
	if declared {
		p.declared = s
	} else {
		p.concluded = s
	}
}

// expression gives a licence as an SPDX expression: what the element says, or the last part of the id of a listed one.
func (g *graph) expression(id string) string {
	if w := individual(id); w != "" {
		return w
	}
	if e, ok := g.byID[id]; ok {
		if s := e.Text("simplelicensing_licenseExpression"); s != "" {
			return s
		}
		if s := e.Text("name"); s != "" {
			return s
		}
	}
	if rest, ok := strings.CutPrefix(id, "https://spdx.org/licenses/"); ok {
		return rest
	}
	return ""
}
