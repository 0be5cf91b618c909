package spdx

import (
	"cmp"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// The namespaces of SPDX 2 in RDF/XML (SPDX 2.3, https://spdx.org/rdf/terms/).
const (
	rdfNS   = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfsNS  = "http://www.w3.org/2000/01/rdf-schema#"
	termsNS = "http://spdx.org/rdf/terms#"
)

// isRDF looks for RDF/XML that uses the terms of SPDX 2.
func isRDF(b []byte) bool {
	head := string(b[:min(len(b), 16<<10)])
	return strings.HasPrefix(strings.TrimSpace(head), "<") && strings.Contains(head, rdfNS) && strings.Contains(head, termsNS)
}

// node is one resource of the graph: what is said of it in all the places where it is described.
type node struct {
	id    string // URI, or a name of its own for a blank node
	kind  string // local name of its type
	props map[string][]value
	place string
}

// value is what a property says: a literal text, or another resource by its id.
type value struct{ text, ref string }

// rdf is a graph read from RDF/XML, its nodes in the document's order.
type rdf struct {
	nodes     map[string]*node
	order     []*node
	namespace string
	external  map[string]string // namespaces of other documents, and what this one calls them
}

// readRDF reads SPDX 2 in RDF/XML: the striped syntax (nodes and properties in turn) that SPDX's tools write.
func readRDF(b []byte) (fact.Reading, error) {
	root, err := input.XML(b)
	if err != nil {
		return fact.Reading{}, refused("", err)
	}
	if root.Name.Space != rdfNS || root.Name.Local != "RDF" {
		return fact.Reading{}, refused("", input.Refuse(root.Path(), lang.T("最上位の要素がrdf:RDFではありません", "the top-level element is not rdf:RDF")))
	}
	g := &rdf{nodes: map[string]*node{}}
	for _, e := range root.Children {
		g.node(e)
	}
	var docs []*node
	for _, n := range g.order {
		if n.kind == "SpdxDocument" {
			docs = append(docs, n)
		}
	}
	if len(docs) != 1 {
		return fact.Reading{}, refused("", input.Refuse("", lang.F("SpdxDocumentが%d個あります(必要なのは1個)", "there are %d elements SpdxDocument, and there must be one", len(docs))))
	}
	version := strings.TrimPrefix(docs[0].text("specVersion"), "SPDX-")
	if _, ok := schemas[version]; !ok {
		return fact.Reading{}, refused("", unknownVersion(docs[0].place, docs[0].text("specVersion")))
	}
	return g.document(docs[0]).reading(version, "rdf")
}

// node takes a node element in, with everything below it, and gives its id.
func (g *rdf) node(e *input.Element) string {
	id := attr(e, "about")
	if name := attr(e, "ID"); name != "" {
		id = "#" + name
	} else if name := attr(e, "nodeID"); name != "" {
		id = "_:" + name
	}
	if id == "" {
		id = "_: " + e.Path() // a name no document can give
	}
	n := g.nodes[id]
	if n == nil {
		n = &node{id: id, props: map[string][]value{}, place: e.Path()}
		g.nodes[id], g.order = n, append(g.order, n)
	}
	if e.Name.Space == termsNS {
		n.kind, n.place = e.Name.Local, e.Path()
	}
	for _, a := range e.Attrs {
		if a.Name.Space == termsNS {
			n.props[a.Name.Local] = append(n.props[a.Name.Local], value{text: a.Value})
		}
	}
	for _, p := range e.Children {
		g.property(n, p)
	}
	return id
}

// property takes one property element in.
func (g *rdf) property(n *node, p *input.Element) {
	name := p.Name.Local
	if p.Name.Space == rdfNS && name == "type" {
		n.kind = fragment(attr(p, "resource"))
		return
	}
	if p.Name.Space != termsNS && p.Name.Space != rdfsNS {
		for _, c := range p.Children { // of others only what they hold counts, such as the file a pointer is about
			g.holder(c)
		}
		return
	}
	switch {
	case attr(p, "resource") != "":
		n.props[name] = append(n.props[name], value{ref: attr(p, "resource")})
	case attr(p, "nodeID") != "":
		n.props[name] = append(n.props[name], value{ref: "_:" + attr(p, "nodeID")})
	case len(p.Children) > 0:
		for _, c := range p.Children {
			if c.Name.Space == termsNS || c.Name.Space == rdfNS {
				n.props[name] = append(n.props[name], value{ref: g.node(c)})
			} else {
				g.holder(c)
			}
		}
	default:
		n.props[name] = append(n.props[name], value{text: strings.TrimSpace(p.Text)})
	}
}

// holder walks an element of another vocabulary for the SPDX nodes inside it.
func (g *rdf) holder(e *input.Element) {
	for _, c := range e.Children {
		if c.Name.Space == termsNS && attr(c, "about") != "" {
			g.node(c)
		} else {
			g.holder(c)
		}
	}
}

func attr(e *input.Element, name string) string {
	for _, a := range e.Attrs {
		if a.Name.Space == rdfNS && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// fragment gives what follows the last # of a URI, or its last segment.
func fragment(uri string) string { return uri[strings.LastIndexAny(uri, "#/")+1:] }

// text gives the first literal of a property; of a resource, its fragment.
func (n *node) text(name string) string {
	said := n.props[name]
	switch {
	case len(said) == 0:
		return ""
	case said[0].ref != "":
		return fragment(said[0].ref)
	}
	return said[0].text
}

// all gives the nodes a property leads to, each once.
func (g *rdf) all(n *node, name string) (out []*node) {
	seen := map[*node]bool{}
	for _, v := range n.props[name] {
		if to := g.nodes[v.ref]; v.ref != "" && to != nil && !seen[to] {
			seen[to], out = true, append(out, to)
		}
	}
	return out
}

func (g *rdf) document(doc *node) *document {
	d := &document{id: fragment(doc.id), name: doc.text("name"), createdPlace: doc.place}
	d.namespace, _, _ = strings.Cut(doc.id, "#")
	g.namespace, g.external = d.namespace, map[string]string{}
	for _, x := range g.all(doc, "externalDocumentRef") {
		for _, v := range x.props["spdxDocument"] {
			g.external[strings.TrimSuffix(cmp.Or(v.ref, v.text), "#")] = x.text("externalDocumentId")
		}
	}
	for _, info := range g.all(doc, "creationInfo") {
		d.created, d.comment, d.createdPlace = info.text("created"), info.text("comment"), info.place
		for _, c := range info.props["creator"] {
			d.creators = append(d.creators, c.text)
		}
	}
	for _, v := range doc.props["describesPackage"] {
		d.describes = append(d.describes, fragment(v.ref))
	}
	for _, n := range g.order {
		switch n.kind {
		case "Package":
			d.packages = append(d.packages, g.element(n, n.text("name")))
		case "File":
			d.files = append(d.files, g.element(n, n.text("fileName")))
		case "Snippet":
			d.snippets++
		}
		g.relations(d, n)
	}
	return d
}

// relations takes the relationships that leave a node.
func (g *rdf) relations(d *document, n *node) {
	for _, r := range g.all(n, "relationship") {
		kind := snake(strings.TrimPrefix(r.text("relationshipType"), "relationshipType_"))
		for _, v := range r.props["relatedSpdxElement"] {
			d.relations = append(d.relations, relation{fragment(n.id), kind, g.related(v), r.place})
		}
	}
	for _, v := range n.props["hasFile"] {
		if n.kind == "Package" {
			d.relations = append(d.relations, relation{fragment(n.id), "CONTAINS", fragment(v.ref), n.place})
		}
	}
}

// related names the other end of a relationship as the other encodings do.
func (g *rdf) related(v value) string {
	base, name, ok := strings.Cut(v.ref, "#")
	switch {
	case v.ref == "":
		return v.text
	case base+"#" == termsNS:
		return strings.ToUpper(name) // NONE, NOASSERTION
	case !ok || base == "" || base == g.namespace:
		return fragment(v.ref)
	}
	return cmp.Or(g.external[base], "DocumentRef-"+base) + ":" + name
}

// snake writes dependsOn as the other encodings do: DEPENDS_ON.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

func (g *rdf) element(n *node, name string) element {
	e := element{
		id: fragment(n.id), name: name, version: n.text("versionInfo"), place: n.place,
		supplier: n.party("supplier"), originator: n.party("originator"),
		declared: g.license(n.props["licenseDeclared"], 0), concluded: g.license(n.props["licenseConcluded"], 0),
		purpose: strings.TrimPrefix(n.text("primaryPackagePurpose"), "purpose_"),
	}
	for _, c := range g.all(n, "checksum") {
		alg := strings.ToUpper(strings.TrimPrefix(c.text("algorithm"), "checksumAlgorithm_"))
		e.checksums = append(e.checksums, fact.Hash{Alg: algorithm(alg), Value: strings.ToLower(c.text("checksumValue"))})
	}
	for _, r := range g.all(n, "externalRef") {
		e.refs = append(e.refs, externalRef{r.text("referenceType"), r.text("referenceLocator")})
	}
	e.download(n.text("downloadLocation"))
	e.sourceInfo(n.text("sourceInfo"))
	return e
}

// party gives who a property names, as text; the resource noassertion is the word.
func (n *node) party(name string) string {
	return strings.Replace(n.text(name), "noassertion", "NOASSERTION", 1)
}

// maxLicense is how deep sets of licences may lie inside one another.
const maxLicense = 16

// license writes a licence as the expression it stands for: AND and OR of sets, ids of the others.
func (g *rdf) license(values []value, depth int) string {
	if len(values) == 0 || depth > maxLicense {
		return ""
	}
	v := values[0]
	if v.ref == "" {
		return v.text
	}
	switch word := fragment(v.ref); word {
	case "noassertion":
		return "NOASSERTION"
	case "none":
		return "NONE"
	}
	n := g.nodes[v.ref]
	if n == nil {
		return fragment(v.ref)
	}
	switch n.kind {
	case "ConjunctiveLicenseSet":
		return g.licenses(n, " AND ", depth)
	case "DisjunctiveLicenseSet":
		return g.licenses(n, " OR ", depth)
	case "OrLaterOperator":
		return g.license(n.props["member"], depth+1) + "+"
	case "WithExceptionOperator":
		exception := n.text("licenseException")
		for _, x := range g.all(n, "licenseException") {
			exception = x.text("licenseExceptionId")
		}
		return g.license(n.props["member"], depth+1) + " WITH " + exception
	}
	if id := n.text("licenseId"); id != "" {
		return id
	}
	return fragment(n.id)
}

// maxMembers bounds what one set of licences may list.
const maxMembers = 200

func (g *rdf) licenses(n *node, operator string, depth int) string {
	var parts []string
	for _, v := range n.props["member"][:min(len(n.props["member"]), maxMembers)] {
		part := g.license([]value{v}, depth+1)
		if strings.Contains(part, " AND ") || strings.Contains(part, " OR ") {
			part = "(" + part + ")"
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts) // members of a set have no order
	return strings.Join(parts, operator)
}
