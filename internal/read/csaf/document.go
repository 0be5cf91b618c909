package csaf

import (
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// maxNamed bounds the products that are named in statements, each time it is named counted.
const maxNamed = 2_000_000

// document is a document taken apart as far as it is needed: the definitions of products and groups, and the places
// where they are used.
type document struct {
	document, tracking input.Object
	tree               input.Object
	vulnerabilities    []input.Object
	branches           []input.Object
	products           map[string]product
	productIDs         []definition // as defined, repetitions too
	relationships      []input.Object
	groups             map[string][]string
	groupIDs           []definition
}

// product is a product, or the combination of two.
type product struct {
	id       string
	helper   input.Object
	relation input.Object // the relationship that makes it, empty otherwise
}

type definition struct{ id, place string }

func gather(o input.Object) (*document, error) {
	d := &document{
		document: o.Child("document"), tracking: o.Child("document").Child("tracking"), tree: o.Child("product_tree"),
		products: map[string]product{}, groups: map[string][]string{},
	}
	var err error
	if d.vulnerabilities, err = o.Objects("vulnerabilities"); err != nil {
		return nil, err
	}
	if d.branches, err = objects(o, "product_tree/branches**"); err != nil {
		return nil, err
	}
	for _, b := range d.branches {
		if b.Has("product") {
			d.define(b.Child("product"), input.Object{})
		}
	}
	names, err := d.tree.Objects("full_product_names")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		d.define(n, input.Object{})
	}
	if d.relationships, err = d.tree.Objects("relationships"); err != nil {
		return nil, err
	}
	for _, r := range d.relationships {
		d.define(r.Child("full_product_name"), r)
	}
	groups, err := d.tree.Objects("product_groups")
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		d.groupIDs = append(d.groupIDs, definition{g.Text("group_id"), g.At("group_id")})
		d.groups[g.Text("group_id")] = g.Texts("product_ids")
	}
	return d, nil
}

func (d *document) define(name, relation input.Object) {
	id := name.Text("product_id")
	d.productIDs = append(d.productIDs, definition{id, name.At("product_id")})
	if _, again := d.products[id]; !again {
		d.products[id] = product{id, name.Child("product_identification_helper"), relation}
	}
}

// of gives the ids of the products an object speaks of, its groups resolved, each once, in the order they are named.
func (d *document) of(o input.Object) (out []string) {
	seen := map[string]bool{}
	add := func(ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	add(o.Texts("product_ids"))
	for _, g := range o.Texts("group_ids") {
		add(d.groups[g])
	}
	return out
}

func (d *document) advisory() *fact.Advisory {
	publisher := d.document.Child("publisher")
	a := &fact.Advisory{
		Format: "CSAF", SpecVersion: "2.0", ID: d.tracking.Text("id"), Title: d.document.Text("title"), Category: d.document.Text("category"),
		Language: d.document.Text("lang"), Publisher: publisher.Text("name"), Namespace: publisher.Text("namespace"), Role: publisher.Text("category"),
		Status: d.tracking.Text("status"), Version: d.tracking.Text("version"), FirstAt: d.tracking.Time("initial_release_date"),
		At: d.tracking.Time("current_release_date"), TLP: d.document.Child("distribution").Child("tlp").Text("label"), Products: len(d.products),
	}
	for _, v := range d.vulnerabilities {
		x := fact.AdvisoryVulnerability{CVE: v.Text("cve"), Title: v.Text("title"), CWE: v.Child("cwe").Text("id"), Pointer: v.Place}
		for _, id := range v.List("ids") {
			x.IDs = append(x.IDs, id.Text("system_name")+": "+id.Text("text"))
		}
		for _, t := range v.List("threats") {
			if t.Text("category") == "exploit_status" {
				x.Exploitation = append(x.Exploitation, t.Text("details"))
			}
		}
		for _, s := range v.List("scores") {
			for _, name := range []string{"cvss_v2", "cvss_v3"} {
				if c := s.Child(name); c.Members != nil {
					base, _ := c.Number("baseScore")
					x.Scores = append(x.Scores, fact.Score{Version: c.Text("version"), Vector: c.Text("vectorString"), Base: base, Severity: c.Text("baseSeverity"), Products: len(s.Texts("products"))})
				}
			}
		}
		for _, r := range v.List("remediations") {
			x.Remediations = append(x.Remediations, fact.Remediation{Category: r.Text("category"), Details: r.Text("details"), URL: r.Text("url"), At: r.Time("date"), Products: len(d.of(r)), Pointer: r.Place})
		}
		a.Vulnerabilities = append(a.Vulnerabilities, x)
	}
	return a
}

// statuses are the members of product_status (3.2.3.9) that say a state, in the order in which they are read. A product
// that is recommended has no state by that.
var statuses = []struct {
	name  string
	state fact.VEXStatus
}{
	{"first_affected", fact.Affected}, {"known_affected", fact.Affected}, {"last_affected", fact.Affected},
	{"known_not_affected", fact.NotAffected},
	{"first_fixed", fact.Fixed}, {"fixed", fact.Fixed},
	{"under_investigation", fact.UnderInvestigation},
}

func (d *document) vex() (*fact.VEX, error) {
	v := &fact.VEX{
		Format: "CSAF", SpecVersion: "2.0", ID: d.tracking.Text("id"), Version: d.tracking.Text("version"),
		Author: d.document.Child("publisher").Text("name"), Role: d.document.Child("publisher").Text("category"), IssuedAt: d.tracking.Time("current_release_date"),
		Statements: []fact.VEXStatement{},
	}
	named := 0
	for _, x := range d.vulnerabilities {
		said := d.sayings(x)
		for _, s := range statuses {
			ids := x.Child("product_status").Texts(s.name)
			if named += len(ids); named > maxNamed {
				return nil, input.Refuse(x.Place, lang.F("製品を%d回より多く挙げています", "products are named more than %d times", maxNamed))
			}
			for _, st := range d.statements(x, s.name, s.state, ids, said) {
				st.At = v.IssuedAt
				v.Statements = append(v.Statements, st)
			}
		}
	}
	return v, nil
}

// sayings are what a vulnerability's flags, threats and remediations say of each product, by its id.
type sayings struct{ flag, impact, action map[string]string }

func (d *document) sayings(v input.Object) sayings {
	s := sayings{map[string]string{}, map[string]string{}, map[string]string{}}
	first := func(m map[string]string, o input.Object, text string) {
		for _, id := range d.of(o) {
			if m[id] == "" {
				m[id] = text
			}
		}
	}
	for _, f := range v.List("flags") {
		first(s.flag, f, f.Text("label"))
	}
	for _, t := range v.List("threats") {
		if t.Text("category") == "impact" {
			first(s.impact, t, t.Text("details"))
		}
	}
	for _, r := range v.List("remediations") {
		first(s.action, r, r.Text("details"))
	}
	return s
}

// statements groups the products of one state by what is said of them: one statement for each reason and action.
func (d *document) statements(v input.Object, written string, state fact.VEXStatus, ids []string, said sayings) []fact.VEXStatement {
	type group struct{ flag, impact, action string }
	byGroup := map[group][]string{}
	var order []group
	for _, id := range ids {
		g := group{}
		if state == fact.NotAffected {
			g.flag, g.impact = said.flag[id], said.impact[id]
		}
		if state == fact.Affected {
			g.action = said.action[id]
		}
		if byGroup[g] == nil {
			order = append(order, g)
		}
		byGroup[g] = append(byGroup[g], id)
	}
	var out []fact.VEXStatement
	for _, g := range order {
		st := fact.VEXStatement{
			Vulnerability: v.Text("cve"), Status: state, Justification: g.flag, Impact: g.impact, Action: g.action,
			Pointer: input.Pointer(v.Place, "product_status", written),
		}
		if written != string(state) {
			st.AsWritten = written
		}
		for _, id := range v.List("ids") {
			if st.Vulnerability == "" {
				st.Vulnerability = id.Text("text")
			} else if id.Text("text") != st.Vulnerability {
				st.Aliases = append(st.Aliases, id.Text("text"))
			}
		}
		for _, id := range byGroup[g] {
			st.Products = append(st.Products, d.product(id))
		}
		out = append(out, st)
	}
	return out
}

// product names a product. The combination of a component with what it is a component of is that product with that part;
// something installed on another is itself. A combination that has identifiers of its own is known by them.
func (d *document) product(id string) fact.VEXProduct {
	p := d.products[id]
	out := named(p)
	if out.PURL != "" || out.CPE != "" || p.relation.Members == nil {
		return out
	}
	part := d.bottom(p.relation.Text("product_reference"))
	switch p.relation.Text("category") {
	case "installed_on", "installed_with":
		part.ID = id
		return part
	}
	whole := d.bottom(p.relation.Text("relates_to_product_reference"))
	out.PURL, out.CPE, out.Hashes, out.Parts = whole.PURL, whole.CPE, whole.Hashes, []fact.VEXProduct{part}
	return out
}

// bottom gives the identifiers of a product; of a combination, those of the component in it. Test 6.1.3 has found that
// there is no circle.
func (d *document) bottom(id string) fact.VEXProduct {
	for range len(d.products) {
		p := d.products[id]
		out := named(p)
		if out.PURL != "" || out.CPE != "" || p.relation.Members == nil {
			return out
		}
		id = p.relation.Text("product_reference")
	}
	return fact.VEXProduct{ID: id}
}

func named(p product) fact.VEXProduct {
	out := fact.VEXProduct{ID: p.id, PURL: p.helper.Text("purl"), CPE: p.helper.Text("cpe")}
	for _, f := range p.helper.List("hashes") {
		for _, h := range f.List("file_hashes") {
			alg := strings.ToUpper(h.Text("algorithm"))
			if rest, ok := strings.CutPrefix(alg, "SHA"); ok && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "3") {
				alg = "SHA-" + rest
			}
			out.Hashes = append(out.Hashes, fact.Hash{Alg: alg, Value: strings.ToLower(h.Text("value"))})
		}
	}
	return out
}
