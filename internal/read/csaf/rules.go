package csaf

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/input"
)

// tests are the mandatory tests (section 6.1) that are run, in the order of their numbers. 6.1.11 (the name of a CWE) is
// not among them: it needs the whole list of weaknesses.
var tests = []struct {
	id  string
	run func(*document, func(where string, what lang.Text))
}{
	{"6.1.1", undefinedProducts}, {"6.1.2", productsTwice}, {"6.1.3", circles}, {"6.1.4", undefinedGroups}, {"6.1.5", groupsTwice},
	{"6.1.6", contradictions}, {"6.1.7", scoresTwice}, {"6.1.8", brokenScores}, {"6.1.9", wrongScores}, {"6.1.10", scoresAgainstVector},
	{"6.1.12", languages}, {"6.1.13", purls}, {"6.1.14", unsortedHistory}, {"6.1.15", translator}, {"6.1.16", notLatest},
	{"6.1.17", notDraft}, {"6.1.18", releasedZero}, {"6.1.19", preReleaseEntry}, {"6.1.20", preReleaseVersion}, {"6.1.21", missingVersion},
	{"6.1.22", versionTwice}, {"6.1.23", cveTwice}, {"6.1.24", involvementTwice}, {"6.1.25", hashTwice}, {"6.1.26", reservedCategory},
	{"6.1.27.1", needsNote}, {"6.1.27.2", needsReference}, {"6.1.27.3", noVulnerabilities}, {"6.1.27.4", needsTree}, {"6.1.27.5", needsVulnerabilityNotes},
	{"6.1.27.6", needsStatus}, {"6.1.27.7", needsVEXStatus}, {"6.1.27.8", needsID}, {"6.1.27.9", needsImpact}, {"6.1.27.10", needsAction},
	{"6.1.27.11", needsVulnerabilities}, {"6.1.28", sameLanguage}, {"6.1.29", remediationOfNothing}, {"6.1.30", mixedVersions},
	{"6.1.31", rangeAsVersion}, {"6.1.32", flagOfNothing}, {"6.1.33", flagsTwice},
}

// maxFailures bounds the failures told of one test.
const maxFailures = 100

func (d *document) check() (out []Failure) {
	for _, t := range tests {
		n := 0
		t.run(d, func(where string, what lang.Text) {
			if n++; n <= maxFailures {
				out = append(out, Failure{t.id, where, what})
			}
		})
	}
	return out
}

type fail = func(where string, what lang.Text)

// each walks the objects of a list in every vulnerability.
func (d *document) each(name string, yield func(v, o input.Object)) {
	for _, v := range d.vulnerabilities {
		for _, o := range v.List(name) {
			yield(v, o)
		}
	}
}

func (d *document) category() string { return strings.ToLower(d.document.Text("category")) }

func (d *document) is(categories ...string) bool { return slices.Contains(categories, d.category()) }

func undefinedProducts(d *document, fail fail) {
	check := func(where, id string) {
		if _, ok := d.products[id]; !ok {
			fail(where, lang.F("製品「%s」が定義されていません", "the product %q is not defined", input.Clip(id)))
		}
	}
	list := func(o input.Object, name string) {
		for i, id := range o.Texts(name) {
			check(input.Pointer(o.Place, name, itoa(i)), id)
		}
	}
	for _, r := range d.relations {
		check(r.begin.place, r.begin.id)
		for _, s := range r.steps {
			check(s.next.place, s.next.id)
		}
	}
	for _, g := range d.tree.List("product_groups") {
		list(g, "product_ids")
	}
	for _, v := range d.vulnerabilities {
		status := v.Child("product_status")
		for _, name := range slices.Sorted(maps.Keys(status.Members)) {
			list(status, name)
		}
		for _, name := range d.speaking() {
			for _, o := range v.List(name) {
				list(o, "product_ids")
			}
		}
		for _, name := range []string{"scores", "metrics"} {
			for _, o := range v.List(name) {
				list(o, "products")
			}
		}
	}
}

// speaking are the lists of a vulnerability whose entries say which products they speak of.
func (d *document) speaking() []string {
	if d.edition == csaf20 {
		return []string{"flags", "remediations", "threats"}
	}
	return []string{"first_known_exploitation_dates", "flags", "ids", "involvements", "notes", "remediations", "threats"}
}

func productsTwice(d *document, fail fail) { twice(d.productIDs, lang.T("製品", "product"), fail) }
func groupsTwice(d *document, fail fail) {
	twice(d.groupIDs, lang.T("製品グループ", "product group"), fail)
}

func twice(list []definition, kind lang.Text, fail fail) {
	seen := map[string]bool{}
	for _, x := range list {
		if seen[x.id] {
			fail(x.place, lang.F("%[1]s「%[2]s」が二度定義されています", "the %[1]s %[2]q is defined twice", kind, input.Clip(x.id)))
		}
		seen[x.id] = true
	}
}

// circles: a combination that is made of itself, over any number of steps.
func circles(d *document, fail fail) {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(id string, depth int) bool
	visit = func(id string, depth int) bool {
		p, ok := d.products[id]
		if !ok || p.relation == nil || state[id] == done {
			return false
		}
		if state[id] == open || depth > 10_000 {
			return true
		}
		state[id] = open
		circle := visit(p.relation.begin.id, depth+1)
		for _, s := range p.relation.steps {
			circle = circle || visit(s.next.id, depth+1)
		}
		state[id] = done
		return circle
	}
	for _, r := range d.relations {
		if id := r.name.Text("product_id"); visit(id, 0) {
			fail(r.place, lang.F("製品「%s」の定義が自分自身に戻ります", "the definition of the product %q leads back to itself", input.Clip(id)))
		}
	}
}

func undefinedGroups(d *document, fail fail) {
	for _, name := range d.speaking() {
		d.each(name, func(_, o input.Object) {
			for i, g := range o.Texts("group_ids") {
				if _, ok := d.groups[g]; !ok {
					fail(input.Pointer(o.Place, "group_ids", itoa(i)), lang.F("製品グループ「%s」が定義されていません", "the product group %q is not defined", input.Clip(g)))
				}
			}
		})
	}
}

func contradictions(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		first := map[string]string{} // product: word of the state it was said to have first
		states := map[string]string{}
		for _, s := range statuses {
			for i, id := range v.Child("product_status").Texts(s.name) {
				if other, ok := states[id]; ok && other != string(s.state) {
					fail(input.Pointer(v.Place, "product_status", s.name, itoa(i)), lang.F("製品「%[1]s」が%[2]sでもあり%[3]sでもあります", "the product %[1]q is both %[2]s and %[3]s", input.Clip(id), first[id], s.name))
					continue
				}
				states[id], first[id] = string(s.state), s.name
			}
		}
	}
}

func languages(d *document, fail fail) {
	for _, name := range []string{"lang", "source_lang"} {
		if v := d.document.Text(name); v != "" {
			if _, err := language.Parse(v); err != nil {
				fail(d.document.At(name), lang.F("言語「%s」がありません", "there is no language %q", input.Clip(v)))
			}
		}
	}
}

// helpers walks every product's identification helper.
func (d *document) helpers(yield func(input.Object)) {
	for _, b := range d.branches {
		yield(b.Child("product").Child("product_identification_helper"))
	}
	for _, n := range d.tree.List("full_product_names") {
		yield(n.Child("product_identification_helper"))
	}
	for _, r := range d.relations {
		yield(r.name.Child("product_identification_helper"))
	}
}

func purls(d *document, fail fail) {
	d.helpers(func(h input.Object) {
		check := func(where, s string) {
			if _, err := purl.Parse(s); err != nil {
				fail(where, lang.F("「%s」はpackage URLではありません", "%q is no package URL", input.Clip(s)))
			}
		}
		if h.Has("purl") {
			check(h.At("purl"), h.Text("purl"))
		}
		for i, s := range h.Texts("purls") {
			check(input.Pointer(h.Place, "purls", itoa(i)), s)
		}
	})
}

func hashTwice(d *document, fail fail) {
	d.helpers(func(h input.Object) {
		for _, f := range h.List("hashes") {
			seen := map[string]bool{}
			for _, x := range f.List("file_hashes") {
				if a := x.Text("algorithm"); seen[a] {
					fail(x.At("algorithm"), lang.F("ハッシュの種類「%s」が二度使われています", "the hash algorithm %q is used twice", input.Clip(a)))
				} else {
					seen[a] = true
				}
			}
		}
	})
}

func translator(d *document, fail fail) {
	if d.document.Child("publisher").Text("category") == "translator" && d.document.Text("source_lang") == "" {
		fail(d.document.At("source_lang"), lang.T("翻訳者の文書に元の言語がありません", "a translator's document does not tell the language it was translated from"))
	}
}

func sameLanguage(d *document, fail fail) {
	if l := d.document.Text("lang"); l != "" && strings.EqualFold(l, d.document.Text("source_lang")) {
		fail(d.document.At("source_lang"), lang.T("元の言語と文書の言語が同じです", "the language it was translated from is the language of the document"))
	}
}

func cveTwice(d *document, fail fail) {
	seen := map[string]bool{}
	for _, v := range d.vulnerabilities {
		if c := v.Text("cve"); c != "" {
			if seen[c] {
				fail(v.At("cve"), lang.F("「%s」が二つの脆弱性に使われています", "%s is used for two vulnerabilities", input.Clip(c)))
			}
			seen[c] = true
		}
	}
}

func involvementTwice(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		seen := map[string]bool{}
		for _, o := range v.List("involvements") {
			key := o.Text("party") + "\x00" + o.Text("date")
			if seen[key] {
				fail(o.Place, lang.T("同じ関係者と日付の関与が二度書かれています", "the same party is involved twice at the same time"))
			}
			seen[key] = true
		}
	}
}

// reservedCategory: free words that only look like the name of a profile (section 4).
func reservedCategory(d *document, fail fail) {
	c := d.category()
	if slices.Contains(profiles, c) {
		return
	}
	plain := strings.TrimPrefix(strings.NewReplacer("-", "", "_", "", " ", "").Replace(c), "csaf")
	for _, p := range profiles[1:] {
		if plain == strings.ReplaceAll(strings.TrimPrefix(p, "csaf_"), "_", "") {
			fail(d.document.At("category"), lang.F("分類「%[1]s」は%[2]sとまぎらわしい名前です", "the category %[1]q looks like %[2]s", input.Clip(c), p))
		}
	}
}

func remediationOfNothing(d *document, fail fail) { ofNothing(d, "remediations", fail) }
func flagOfNothing(d *document, fail fail)        { ofNothing(d, "flags", fail) }

func ofNothing(d *document, name string, fail fail) {
	d.each(name, func(_, o input.Object) {
		if !o.Has("product_ids") && !o.Has("group_ids") {
			fail(o.Place, lang.T("どの製品についてかが書かれていません", "it does not tell of which products"))
		}
	})
}

// rangeAsVersion: a version range where a single version belongs.
func rangeAsVersion(d *document, fail fail) {
	for _, b := range d.branches {
		if b.Text("category") != "product_version" {
			continue
		}
		name := strings.ToLower(b.Text("name"))
		telling := strings.ContainsAny(name, "<>")
		for _, w := range strings.Fields(name) {
			telling = telling || slices.Contains([]string{"after", "all", "before", "earlier", "later", "prior", "versions"}, w)
		}
		if telling {
			fail(b.At("name"), lang.F("版の範囲「%s」が一つの版として書かれています", "the range %q is given as one version", input.Clip(b.Text("name"))))
		}
	}
}

func flagsTwice(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		seen := map[string]bool{}
		for _, f := range v.List("flags") {
			for _, id := range d.of(f) {
				if seen[id] {
					fail(f.Place, lang.F("製品「%s」に理由が二つ付いています", "the product %q has two reasons for not being affected", input.Clip(id)))
				}
				seen[id] = true
			}
		}
	}
}

// history gives the entries of the revision history by date, the earlier first.
func (d *document) history() []input.Object {
	list := d.tracking.List("revision_history")
	slices.SortStableFunc(list, func(a, b input.Object) int {
		if c := when(a).Compare(when(b)); c != 0 {
			return c
		}
		return compareVersions(a.Text("number"), b.Text("number"))
	})
	return list
}

func when(o input.Object) time.Time { return o.Time("date") }

func itoa(i int) string { return strconv.Itoa(i) }
