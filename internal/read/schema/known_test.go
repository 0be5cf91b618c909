package schema

import (
	"io/fs"
	"testing"

	cyclonedxschema "example.org/tasuki/third_party/cyclonedx-schema"
	openvexschema "example.org/tasuki/third_party/openvex-schema"
	spdxschema "example.org/tasuki/third_party/spdx-schema"
)

// TestOfficialSchemasAreKnown sees that no rule of the official schemas is one that we do not know, which would refuse
// sound documents.
func TestOfficialSchemasAreKnown(t *testing.T) {
	cyclonedx := []string{"spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"}
	for _, c := range []struct {
		files  fs.FS
		main   string
		others []string
	}{
		{spdxschema.Files, "spdx-2.2.2.schema.json", nil},
		{spdxschema.Files, "spdx-2.3.schema.json", nil},
		{openvexschema.Files, "openvex_json_schema.json", nil},
		{cyclonedxschema.Files, "bom-1.2.schema.json", cyclonedx},
		{cyclonedxschema.Files, "bom-1.3.schema.json", cyclonedx},
		{cyclonedxschema.Files, "bom-1.4.schema.json", cyclonedx},
		{cyclonedxschema.Files, "bom-1.5.schema.json", cyclonedx},
		{cyclonedxschema.Files, "bom-1.6.schema.json", cyclonedx},
		{cyclonedxschema.Files, "bom-1.7.schema.json", cyclonedx},
	} {
		s, err := Compile(c.files, c.main, c.others...)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[*rule]bool{}
		if unknownIn(s.root, seen) {
			t.Errorf("%s has a rule that is not known", c.main)
		}
		if len(seen) < 50 {
			t.Errorf("%s: only %d rules were looked at", c.main, len(seen))
		}
	}
}

// unknownIn looks through a rule and all that it leads to.
func unknownIn(r *rule, seen map[*rule]bool) bool {
	if r == nil || seen[r] {
		return false
	}
	seen[r] = true
	var next []*rule
	if r.ref != nil {
		next = append(next, r.ref())
	}
	if r.object != nil {
		for _, m := range r.object.members {
			next = append(next, m.rule)
		}
		next = append(next, r.object.more)
	}
	if r.array != nil {
		next = append(append(next, r.array.first...), r.array.items)
	}
	if t := r.together; t != nil {
		next = append(append(append(append(next, t.all...), t.any...), t.one...), t.not, t.when, t.then, t.otherwise)
	}
	unknown := r.unknown
	for _, n := range next {
		unknown = unknownIn(n, seen) || unknown
	}
	return unknown
}
