package guideline

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/lang"
)

func TestLint(t *testing.T) {
	for _, p := range Lint(Default()) {
		t.Error(p)
	}
}

// TestLintFinds breaks a copy of the data in one place at a time; each break has to be named.
func TestLintFinds(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new, want string
	}{
		"role lost":           {"data/individual/3.yaml", "roles: [developer, supplier, operator]", "roles: [developer, operator]", "[supplier] standard: 18, want 19"},
		"level lost":          {"data/individual/6.yaml", "levels: [standard]", "levels: [minimum]", "S(6)-1.3.levels: standard contains all 69"},
		"loose id":            {"data/individual/1.yaml", "id: S(1)-1.1", "id: s1-1.1", "not the printed form"},
		"id twice":            {"data/individual/1.yaml", "id: S(1)-1.2", "id: S(1)-1.1", "S(1)-1.1: is there twice"},
		"phase not inferred":  {"data/individual/1.yaml", "{name: design, inferred: true}", "{name: design, inferred: false}", "is not marked inferred"},
		"unknown phase":       {"data/individual/1.yaml", "{name: design,", "{name: dream,", `"dream" is not one of`},
		"no English":          {"data/requirements.yaml", "en: Testing", "en: ''", "is not there in both languages"},
		"Japanese in English": {"data/requirements.yaml", "en: Testing", "en: テスト", "an English text has not"},
		"row lost its class":  {"data/templates.yaml", "class: customer", "class: provider", "(R-1.4-04)"},
		"unknown party":       {"data/templates.yaml", "{kind: sale, receiver: reseller,", "{kind: sale, receiver: nobody,", `no party "nobody"`},
		"unknown strength":    {"data/rules/1.2.yaml", "strength: REQ", "strength: MUST", `unknown strength "MUST"`},
	} {
		t.Run(name, func(t *testing.T) {
			broken, err := load(edited(t, c.file, c.old, c.new))
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, p := range Lint(broken) {
				all = append(all, p.String())
			}
			if !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Errorf("want a problem with %q, got\n%s", c.want, strings.Join(all, "\n"))
			}
		})
	}
}

// TestLoadIsStrict: form that is off is an error with file and line, not a silent default.
func TestLoadIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, want string }{
		"unknown key":    {"data/requirements.yaml", "  text:", "  tekst:", "tekst"},
		"repeated key":   {"data/requirements.yaml", "- id: S(1)-1\n", "- id: S(1)-1\n  id: S(1)-1\n", "data/requirements.yaml"},
		"two documents":  {"data/requirements.yaml", "- id: S(1)-2", "---\n- id: S(1)-2", "more than one document"},
		"not a list":     {"data/categories.yaml", "- number: 1", "number: 1", "data/categories.yaml"},
		"broken quoting": {"data/categories.yaml", "title: {ja", "title: {{ja", "data/categories.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(edited(t, c.file, c.old, c.new))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("want an error with %q and the file, got %v", c.want, err)
			}
		})
	}
}

// edited is the embedded data with the first place of old replaced in one file.
func edited(t *testing.T, file, old, new string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	if err := fs.WalkDir(files, "data", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, path)
		all[path] = &fstest.MapFile{Data: raw}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	before := string(all[file].Data)
	if !strings.Contains(before, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	all[file] = &fstest.MapFile{Data: []byte(strings.Replace(before, old, new, 1))}
	return all
}

func TestDigest(t *testing.T) {
	one, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(one.Digest()) || one.Digest() != Default().Digest() {
		t.Errorf("digest %q, again %q", one.Digest(), Default().Digest())
	}
	other, err := digest(edited(t, "data/requirements.yaml", "en: Testing", "en: Tests"))
	if err != nil || other == one.Digest() {
		t.Errorf("the digest does not follow the data (%v)", err)
	}
}

func TestDuties(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		roles []Role
		level Level
		want  int
	}{
		{[]Role{Developer}, Standard, 56}, {[]Role{Developer}, Minimum, 41},
		{[]Role{Supplier}, Standard, 19}, {[]Role{Supplier}, Minimum, 10},
		{[]Role{Operator}, Standard, 30}, {[]Role{Operator}, Minimum, 14},
		{[]Role{Customer}, Standard, 7}, {[]Role{Customer}, Minimum, 6},
		{[]Role{Developer, Supplier}, Standard, 56}, {[]Role{Developer, Supplier}, Minimum, 41},
		{Roles, Standard, 69}, {Roles, Minimum, 49},
		{nil, Standard, 0}, {[]Role{Developer}, "", 0},
	} {
		ids := c.Duties(tc.roles, tc.level)
		if len(ids) != tc.want || !slices.IsSortedFunc(ids, inOrder) {
			t.Errorf("%v at %q: %d %v, want %d in printed order", tc.roles, tc.level, len(ids), ids, tc.want)
		}
	}
	// Rule R-4.2-12: S(3) for an operator.
	var s3 []ID
	for _, id := range c.Duties([]Role{Operator}, Standard) {
		if id.Category() == 3 {
			s3 = append(s3, id)
		}
	}
	want := []ID{"S(3)-1.1", "S(3)-1.2", "S(3)-1.3", "S(3)-1.4", "S(3)-2.3", "S(3)-3.1", "S(3)-3.2"}
	if d := cmp.Diff(want, s3); d != "" {
		t.Error(d)
	}
}

func TestExport(t *testing.T) {
	for _, what := range append(Exports(), "") {
		if v, err := Default().Export(what); err != nil || v == nil {
			t.Errorf("%q: %v %v", what, v, err)
		}
	}
	_, err := Default().Export("everything")
	if lang.KindOf(err) != lang.Usage || !strings.Contains(lang.Explain(err, lang.JA), "templates") {
		t.Errorf("want a usage error that lists the names, got %v", err)
	}
}

func TestParseID(t *testing.T) {
	for in, want := range map[string]ID{
		"S(1)-1.1": "S(1)-1.1", "s1-1.1": "S(1)-1.1", "Ｓ（１）－１．１": "S(1)-1.1", "S (1) - 1.1": "S(1)-1.1", "S(1)―1.1": "S(1)-1.1", "S(6)-2": "S(6)-2",
	} {
		if got, err := ParseID(in); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "S(7)-1.1", "S(1)", "S(1)-1.1.1", "x", "S(1)-1.1 S(1)-1.2"} {
		if got, err := ParseID(in); lang.KindOf(err) != lang.Usage {
			t.Errorf("%q: %q %v, want a usage error", in, got, err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
