package csaf

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// place is where objects are, as names of members; a name that ends in [] is a list, one that ends in ** is a list that
// holds itself.
type place string

// needs are the members that section 3 requires.
var needs = []struct {
	at    place
	names []string
}{
	{"", []string{"document"}},
	{"document", []string{"category", "csaf_version", "publisher", "title", "tracking"}},
	{"document/publisher", []string{"category", "name", "namespace"}},
	{"document/tracking", []string{"current_release_date", "id", "initial_release_date", "revision_history", "status", "version"}},
	{"document/tracking/revision_history[]", []string{"date", "number", "summary"}},
	{"document/notes[]", []string{"category", "text"}},
	{"document/references[]", []string{"summary", "url"}},
	{"product_tree/branches**", []string{"category", "name"}},
	{"product_tree/branches**/product", []string{"name", "product_id"}},
	{"product_tree/full_product_names[]", []string{"name", "product_id"}},
	{"product_tree/product_groups[]", []string{"group_id", "product_ids"}},
	{"product_tree/relationships[]", []string{"category", "full_product_name", "product_reference", "relates_to_product_reference"}},
	{"product_tree/relationships[]/full_product_name", []string{"name", "product_id"}},
	{"vulnerabilities[]/cwe", []string{"id", "name"}},
	{"vulnerabilities[]/flags[]", []string{"label"}},
	{"vulnerabilities[]/ids[]", []string{"system_name", "text"}},
	{"vulnerabilities[]/involvements[]", []string{"party", "status"}},
	{"vulnerabilities[]/notes[]", []string{"category", "text"}},
	{"vulnerabilities[]/references[]", []string{"summary", "url"}},
	{"vulnerabilities[]/remediations[]", []string{"category", "details"}},
	{"vulnerabilities[]/scores[]", []string{"products"}},
	{"vulnerabilities[]/threats[]", []string{"category", "details"}},
}

// words are the members that have a fixed set of values.
var words = []struct {
	at     place
	name   string
	values string
}{
	{"document/publisher", "category", "coordinator discoverer other translator user vendor"},
	{"document/tracking", "status", "draft final interim"},
	{"document/distribution/tlp", "label", "AMBER GREEN RED WHITE"},
	{"product_tree/branches**", "category", "architecture host_name language legacy patch_level product_family product_name product_version product_version_range service_pack specification vendor"},
	{"product_tree/relationships[]", "category", "default_component_of external_component_of installed_on installed_with optional_component_of"},
	{"vulnerabilities[]/flags[]", "label", "component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary vulnerable_code_not_in_execute_path vulnerable_code_not_present"},
	{"vulnerabilities[]/remediations[]", "category", "mitigation no_fix_planned none_available vendor_fix workaround"},
	{"vulnerabilities[]/threats[]", "category", "exploit_status impact target_set"},
}

// times are the members that are dates with time (3.1, RFC 3339).
var times = []struct {
	at   place
	name string
}{
	{"document/tracking", "current_release_date"},
	{"document/tracking", "initial_release_date"},
	{"document/tracking/revision_history[]", "date"},
}

// structure refuses what is not built as section 3 lays down, as far as it is read.
func structure(o input.Object) error {
	for _, n := range needs {
		list, err := objects(o, n.at)
		if err != nil {
			return err
		}
		for _, x := range list {
			for _, name := range n.names {
				if !x.Has(name) {
					_, err := x.Need(name)
					return err
				}
			}
		}
	}
	for _, w := range words {
		list, err := objects(o, w.at)
		if err != nil {
			return err
		}
		for _, x := range list {
			if v := x.Text(w.name); x.Has(w.name) && !slices.Contains(strings.Fields(w.values), v) {
				return input.Refuse(x.At(w.name), lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not one of: %[2]s", input.Clip(v), w.values))
			}
		}
	}
	for _, t := range times {
		list, err := objects(o, t.at)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Time(t.name).IsZero() {
				return input.Refuse(x.At(t.name), lang.F("「%s」は日時ではありません", "%q is no time", input.Clip(x.Text(t.name))))
			}
		}
	}
	return nil
}

// objects gives the objects at a place, and refuses a list that is none.
func objects(o input.Object, at place) ([]input.Object, error) {
	list := []input.Object{o}
	for _, step := range strings.Split(string(at), "/") {
		if step == "" {
			continue
		}
		var next []input.Object
		for _, x := range list {
			got, err := follow(x, step)
			if err != nil {
				return nil, err
			}
			next = append(next, got...)
		}
		list = next
	}
	return list, nil
}

func follow(x input.Object, step string) ([]input.Object, error) {
	if name, ok := strings.CutSuffix(step, "[]"); ok {
		return x.Objects(name)
	}
	if name, ok := strings.CutSuffix(step, "**"); ok {
		out, err := x.Objects(name)
		if err != nil {
			return nil, err
		}
		for _, c := range slices.Clone(out) { // depth is bounded by input.MaxDepth
			inner, err := follow(c, step)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		}
		return out, nil
	}
	if !x.Has(step) {
		return nil, nil
	}
	c := x.Child(step)
	if c.Members == nil {
		return nil, input.Refuse(c.Place, lang.T("オブジェクト(名前と値の組)ではありません", "it is not an object"))
	}
	return []input.Object{c}, nil
}
