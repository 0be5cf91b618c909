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

// edition is a version of CSAF.
type edition string

const (
	csaf20 edition = "2.0"
	csaf21 edition = "2.1"
)

// in reports whether what is only of one edition is of this one; what names none is of both.
func (e edition) in(only edition) bool { return only == "" || only == e }

// needs are the members that section 3 requires.
var needs = []struct {
	at    place
	names []string
	only  edition
}{
	{"", []string{"document"}, ""},
	{"document", []string{"category", "csaf_version", "publisher", "title", "tracking"}, ""},
	{"document/publisher", []string{"category", "name", "namespace"}, ""},
	{"document/tracking", []string{"current_release_date", "id", "initial_release_date", "revision_history", "status", "version"}, ""},
	{"document/tracking/revision_history[]", []string{"date", "number", "summary"}, ""},
	{"document/notes[]", []string{"category", "text"}, ""},
	{"document/references[]", []string{"summary", "url"}, ""},
	{"document", []string{"distribution"}, csaf21},
	{"document/distribution", []string{"tlp"}, csaf21},
	{"document/distribution/tlp", []string{"label"}, csaf21},
	{"product_tree/branches**", []string{"category", "name"}, ""},
	{"product_tree/branches**/product", []string{"name", "product_id"}, ""},
	{"product_tree/full_product_names[]", []string{"name", "product_id"}, ""},
	{"product_tree/product_groups[]", []string{"group_id", "product_ids"}, ""},
	{"product_tree/relationships[]", []string{"category", "full_product_name", "product_reference", "relates_to_product_reference"}, csaf20},
	{"product_tree/relationships[]/full_product_name", []string{"name", "product_id"}, csaf20},
	{"product_tree/product_paths[]", []string{"beginning_product_reference", "full_product_name", "subpaths"}, csaf21},
	{"product_tree/product_paths[]/full_product_name", []string{"name", "product_id"}, csaf21},
	{"product_tree/product_paths[]/subpaths[]", []string{"category", "next_product_reference"}, csaf21},
	{"vulnerabilities[]/cwe", []string{"id", "name"}, csaf20},
	{"vulnerabilities[]/cwes[]", []string{"id", "name", "version"}, csaf21},
	{"vulnerabilities[]/first_known_exploitation_dates[]", []string{"date", "exploitation_date"}, csaf21},
	{"vulnerabilities[]/flags[]", []string{"label"}, ""},
	{"vulnerabilities[]/ids[]", []string{"system_name", "text"}, ""},
	{"vulnerabilities[]/involvements[]", []string{"party", "status"}, ""},
	{"vulnerabilities[]/notes[]", []string{"category", "text"}, ""},
	{"vulnerabilities[]/references[]", []string{"summary", "url"}, ""},
	{"vulnerabilities[]/remediations[]", []string{"category", "details"}, ""},
	{"vulnerabilities[]/scores[]", []string{"products"}, csaf20},
	{"vulnerabilities[]/metrics[]", []string{"content", "products"}, csaf21},
	{"vulnerabilities[]/threats[]", []string{"category", "details"}, ""},
}

// words are the members that have a fixed set of values.
var words = []struct {
	at     place
	name   string
	values string
	only   edition
}{
	{"document/publisher", "category", "coordinator discoverer other translator user vendor", csaf20},
	{"document/publisher", "category", "coordinator discoverer multiplier other translator user vendor", csaf21},
	{"document/tracking", "status", "draft final interim", ""},
	{"document/distribution/tlp", "label", "AMBER GREEN RED WHITE", csaf20},
	{"document/distribution/tlp", "label", "AMBER AMBER+STRICT CLEAR GREEN RED", csaf21},
	{"product_tree/branches**", "category", "architecture host_name language legacy patch_level product_family product_name product_version product_version_range service_pack specification vendor", csaf20},
	{"product_tree/branches**", "category", "architecture host_name language legacy patch_level platform product_family product_name product_version product_version_range service_pack specification vendor", csaf21},
	{"product_tree/relationships[]", "category", "default_component_of external_component_of installed_on installed_with optional_component_of", csaf20},
	{"product_tree/product_paths[]/subpaths[]", "category", "default_component_of external_component_of installed_on installed_with optional_component_of", csaf21},
	{"vulnerabilities[]/flags[]", "label", "component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary vulnerable_code_not_in_execute_path vulnerable_code_not_present", ""},
	{"vulnerabilities[]/remediations[]", "category", "mitigation no_fix_planned none_available vendor_fix workaround", csaf20},
	{"vulnerabilities[]/remediations[]", "category", "fix_planned mitigation no_fix_planned none_available optional_patch vendor_fix workaround", csaf21},
	{"vulnerabilities[]/threats[]", "category", "exploit_status impact target_set", ""},
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
func structure(o input.Object, e edition) error {
	for _, n := range needs {
		if !e.in(n.only) {
			continue
		}
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
		if !e.in(w.only) {
			continue
		}
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
