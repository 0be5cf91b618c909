package csaf

import (
	"reflect"
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
	edition            edition
	document, tracking input.Object
	tree               input.Object
	vulnerabilities    []input.Object
	branches           []input.Object
	products           map[string]product
	productIDs         []definition // as defined, repetitions too
	ambiguous          bool         // a product is defined twice, and not in the same words
	relations          []relation   // of each combination, in document order
	groups             map[string][]string
	groupIDs           []definition
}

// product is a product, or the combination of two.
type product struct {
	id       string
	name     input.Object // the full product name
	relation *relation    // what makes it of others; nil otherwise
}

// relation makes a product of others: a relationship of CSAF 2.0, which has one step, or a product path of CSAF 2.1.
type relation struct {
	place string
	name  input.Object // the full product name of what it makes
	begin definition
	steps []step
}

// step says what the product so far is to the next one: a component of it, or installed on it.
type step struct {
	category string
	next     definition
}

// definition is the id of a product or group at a place.
type definition struct{ id, place string }

func named(o input.Object, member string) definition { return definition{o.Text(member), o.At(member)} }

func gather(o input.Object, e edition) (*document, error) {
	d := &document{
		edition:  e,
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
			d.define(b.Child("product"), nil)
		}
	}
	names, err := d.tree.Objects("full_product_names")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		d.define(n, nil)
	}
	if err := d.relate(); err != nil {
		return nil, err
	}
	for i := range d.relations {
		d.define(d.relations[i].name, &d.relations[i])
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

// relate takes the relationships of CSAF 2.0, or the product paths of CSAF 2.1.
func (d *document) relate() error {
	list, err := d.tree.Objects(map[edition]string{csaf20: "relationships", csaf21: "product_paths"}[d.edition])
	if err != nil {
		return err
	}
	for _, o := range list {
		r := relation{place: o.Place, name: o.Child("full_product_name")}
		if d.edition == csaf20 {
			r.begin, r.steps = named(o, "product_reference"), []step{{o.Text("category"), named(o, "relates_to_product_reference")}}
		} else {
			r.begin = named(o, "beginning_product_reference")
			for _, s := range o.List("subpaths") {
				r.steps = append(r.steps, step{s.Text("category"), named(s, "next_product_reference")})
			}
		}
		d.relations = append(d.relations, r)
	}
	return nil
}

func (d *document) define(name input.Object, r *relation) {
	id := name.Text("product_id")
	d.productIDs = append(d.productIDs, definition{id, name.At("product_id")})
	before, again := d.products[id]
	if !again {
		d.products[id] = product{id, name, r}
		return
	}
	same := before.relation == r && reflect.DeepEqual(before.name.Members, name.Members)
	d.ambiguous = d.ambiguous || !same
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
		Format: "CSAF", SpecVersion: string(d.edition), ID: d.tracking.Text("id"), Title: d.document.Text("title"), Category: d.document.Text("category"),
		Language: d.document.Text("lang"), Publisher: publisher.Text("name"), Namespace: publisher.Text("namespace"), Role: publisher.Text("category"),
		Status: d.tracking.Text("status"), Version: d.tracking.Text("version"), FirstAt: d.tracking.Time("initial_release_date"),
		At: d.tracking.Time("current_release_date"), TLP: d.document.Child("distribution").Child("tlp").Text("label"), Products: len(d.products),
	}
	for _, v := range d.vulnerabilities {
		x := fact.AdvisoryVulnerability{CVE: v.Text("cve"), Title: v.Text("title"), CWE: weakness(v), Pointer: v.Place}
		for _, id := range v.List("ids") {
			x.IDs = append(x.IDs, id.Text("system_name")+": "+id.Text("text"))
		}
		for _, t := range v.List("threats") {
			if t.Text("category") == "exploit_status" {
				x.Exploitation = append(x.Exploitation, t.Text("details"))
			}
		}
		for _, e := range v.List("first_known_exploitation_dates") {
			x.Exploitation = append(x.Exploitation, "first known "+e.Text("exploitation_date"))
		}
		for _, r := range d.ratings(v) {
			base, _ := r.Number("baseScore")
			x.Scores = append(x.Scores, fact.Score{Version: r.Text("version"), Vector: r.Text("vectorString"), Base: base, Severity: r.Text("baseSeverity"), Products: len(r.products)})
		}
		for _, r := range v.List("remediations") {
			x.Remediations = append(x.Remediations, fact.Remediation{Category: r.Text("category"), Details: r.Text("details"), URL: r.Text("url"), At: r.Time("date"), Products: len(d.of(r)), Pointer: r.Place})
		}
		a.Vulnerabilities = append(a.Vulnerabilities, x)
	}
	return a
}

// weakness gives the first weakness a vulnerability comes from.
func weakness(v input.Object) string {
	if list := v.List("cwes"); len(list) > 0 {
		return list[0].Text("id")
	}
	return v.Child("cwe").Text("id")
}

// unknown is the state of a product of which CSAF 2.1 says that nobody knows: it contradicts every other, and says nothing.
const unknown fact.VEXStatus = "unknown"

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
	{"unknown", unknown},
}

func (d *document) vex() (*fact.VEX, error) {
	v := &fact.VEX{
		Format: "CSAF", SpecVersion: string(d.edition), ID: d.tracking.Text("id"), Version: d.tracking.Text("version"),
		Author: d.document.Child("publisher").Text("name"), Role: d.document.Child("publisher").Text("category"), IssuedAt: d.tracking.Time("current_release_date"),
		Statements: []fact.VEXStatement{},
	}
	named := 0
	for _, x := range d.vulnerabilities {
		said := d.sayings(x)
		for _, s := range statuses {
			if s.state == unknown {
				continue
			}
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
		if _, ok := d.products[id]; !ok {
			continue // test 6.1.1 has told of it
		}
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
			st.Products = append(st.Products, d.productsOf(id)...)
		}
		out = append(out, st)
	}
	return out
}

// productsOf names a product, under each package URL it is known by. The combination of a component with what it is a
// component of is that product with that part; something installed on another is itself. A combination that has
// identifiers of its own is known by them.
func (d *document) productsOf(id string) []fact.VEXProduct {
	p := d.products[id]
	if p.relation == nil || p.identified() {
		return p.names()
	}
	out := d.bottom(p.relation.begin.id)
	for _, s := range p.relation.steps {
		if _, ok := d.products[s.next.id]; !ok {
			return []fact.VEXProduct{{ID: id}} // made of what is not defined
		}
		if s.category == "installed_on" || s.category == "installed_with" {
			continue
		}
		out = within(d.bottom(s.next.id), out)
	}
	for i := range out {
		out[i].ID = id
	}
	return out
}

// within gives every whole with every part in it.
func within(wholes, parts []fact.VEXProduct) (out []fact.VEXProduct) {
	for _, w := range wholes {
		for _, p := range parts {
			w.Parts = []fact.VEXProduct{p}
			out = append(out, w)
		}
	}
	return out
}

// bottom gives the identifiers of a product; of a combination, those of the component in it. Test 6.1.3 has found that
// there is no circle.
func (d *document) bottom(id string) []fact.VEXProduct {
	for range len(d.products) {
		p, ok := d.products[id]
		if !ok {
			break
		}
		if p.relation == nil || p.identified() {
			return p.names()
		}
		id = p.relation.begin.id
	}
	return []fact.VEXProduct{{ID: id}}
}

func (p product) helper() input.Object { return p.name.Child("product_identification_helper") }

// identified reports whether a product has identifiers of its own.
func (p product) identified() bool { return len(p.purls()) > 0 || p.helper().Text("cpe") != "" }

// purls gives the package URLs of a product: CSAF 2.0 knows one, CSAF 2.1 several that mean the same.
func (p product) purls() []string {
	if s := p.helper().Text("purl"); s != "" {
		return []string{s}
	}
	return p.helper().Texts("purls")
}

// names gives a product once under each of its package URLs, at least once.
func (p product) names() []fact.VEXProduct {
	one := fact.VEXProduct{ID: p.id, CPE: p.helper().Text("cpe")}
	for _, f := range p.helper().List("hashes") {
		for _, h := range f.List("file_hashes") {
			alg := strings.ToUpper(h.Text("algorithm"))
			if rest, ok := strings.CutPrefix(alg, "SHA"); ok && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "3") {
				alg = "SHA-" + rest
			}
			one.Hashes = append(one.Hashes, fact.Hash{Alg: alg, Value: strings.ToLower(h.Text("value"))})
		}
	}
	var out []fact.VEXProduct
	for _, s := range p.purls() {
		x := one
		x.PURL = s
		out = append(out, x)
	}
	if len(out) == 0 {
		out = append(out, one)
	}
	return out
}
