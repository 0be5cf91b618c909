package cyclonedx_test

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/cyclonedx"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

// TestGolden reads the same bill of materials in both encodings; each gives its golden file.
func TestGolden(t *testing.T) {
	readtest.Golden(t, cyclonedx.Read, "shop.json", "shop.xml")
}

// TestEncodingsAgree holds JSON and XML of the same content to the same facts, but for the places.
func TestEncodingsAgree(t *testing.T) {
	var got [2]*fact.SBOM
	var vex [2]*fact.VEX
	for i, name := range []string{"shop.json", "shop.xml"} {
		r := mustRead(t, name)
		vex[i] = r.Facts[1].Data.(*fact.VEX)
		for j := range vex[i].Statements {
			vex[i].Statements[j].Pointer = ""
		}
		s := r.Facts[0].Data.(*fact.SBOM)
		s.Encoding = ""
		nested := map[string]string{}
		for _, c := range s.All() {
			nested[c.Pointer] = c.Name
		}
		for _, c := range s.All() {
			c.Parent, c.Pointer = nested[c.Parent], ""
		}
		for i := range s.Dependencies {
			s.Dependencies[i].Pointer = ""
		}
		for i := range s.Compositions {
			s.Compositions[i].Pointer = ""
		}
		got[i] = s
	}
	if d := cmp.Diff(got[0], got[1]); d != "" {
		t.Errorf("JSON and XML differ (-json +xml):\n%s", d)
	}
	if d := cmp.Diff(vex[0], vex[1]); d != "" {
		t.Errorf("JSON and XML differ in VEX (-json +xml):\n%s", d)
	}
}

func mustRead(t *testing.T, name string) fact.Reading {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := cyclonedx.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRefused holds each refusal to its place.
func TestRefused(t *testing.T) {
	bom := func(rest string) string { return `{"bomFormat":"CycloneDX","specVersion":"1.5"` + rest + `}` }
	readtest.Refused(t, cyclonedx.Read, [][4]string{
		{"truncated", bom("")[:30], "line 1, column 31", "before it is complete"},
		{"after the end", bom("") + "x", "line 1, column 46", "more after the end"},
		{"a name twice", bom(`,"version":1,"version":2`), "line 1, column 58", "twice"},
		{"a name twice behind an escape", bom(`,"version":1,"v\u0065rsion":2`), "line 1, column 58", "twice"},
		{"no version", `{"bomFormat":"CycloneDX"}`, "/specVersion", "cannot be read"},
		{"a version to come", `{"bomFormat":"CycloneDX","specVersion":"9.9"}`, "/specVersion", "cannot be read"},
		{"another format", `{"bomFormat":"Other","specVersion":"1.5"}`, "/bomFormat", "Other"},
		{"wrong type", bom(`,"components":{}`), "/components", "object"},
		{"no name", bom(`,"components":[{"type":"library"}]`), "/components/0", "name"},
		{"null in a list", bom(`,"components":[null]`), "/components/0", "null"},
		{"too deep", bom(`,"x":` + strings.Repeat("[", input.MaxDepth)), "line 1, column 249", "nested"},
		{"not UTF-8", bom(`,"x":"` + "\xff" + `"`), "line 1, column 51", "UTF-8"},
		{"a document type", `<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>`, "line 1, column 1", "DTD"},
		{"XML cut off", `<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components>`, "line 1, column 74", "before it is complete"},
		{"XML of a version to come", `<bom xmlns="http://cyclonedx.org/schema/bom/9.9"/>`, "/bom/@xmlns", "9.9"},
		{"element of another place", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" version=\"1\">\n<name/></bom>", "/bom/name (line 2)", "not allowed"},
		{"the same reference twice", `<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components><component type="library" bom-ref="a"><name>a</name></component><component type="library" bom-ref="a"><name>b</name></component></components></bom>`, "/bom/components/component[2] (line 1)", "used twice"},
	})
}

// TestDoubted reads what the schema refuses in small ways, and what only a reader can see.
func TestDoubted(t *testing.T) {
	in := `{"bomFormat":"CycloneDX","specVersion":"1.5","invented":1,
		"metadata":{"authors":null},
		"components":[{"type":"library","name":"a","bom-ref":"x"},{"type":"library","name":"b","bom-ref":"x"}],
		"dependencies":[{"ref":"x","dependsOn":["gone"]}],
		"vulnerabilities":[{"published":"soon"}]}`
	r, err := cyclonedx.Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range r.Problems {
		got = append(got, p.Where+" "+p.What.EN)
	}
	want := []string{
		` invented is not a member this format knows`,
		`/metadata/authors it is of type null where array is needed`,
		`/vulnerabilities/0/published "soon" is not in the format date-time`,
		`/components/1 the bom-ref "x" is used twice, so that references to it are ambiguous`,
		`/dependencies/0 the dependency names "gone", which is not in this document`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTextEncodings reads the same document with a byte order mark and in UTF-16.
func TestTextEncodings(t *testing.T) {
	plain := `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"部品"}]}`
	wide := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(plain)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, b := range map[string][]byte{"BOM": []byte("\xef\xbb\xbf" + plain), "UTF-16": wide} {
		r, err := cyclonedx.Read(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.Facts[0].Data.(*fact.SBOM).Components[0].Name; got != "部品" {
			t.Errorf("%s: name %q", name, got)
		}
	}
}

func BenchmarkRead10000(b *testing.B) {
	doc := many(10_000)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := cyclonedx.Read(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func many(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"bom-ref":"r%[1]d","type":"library","group":"org.example","name":"part-%[1]d","version":"1.%[1]d.0","purl":"pkg:maven/org.example/part-%[1]d@1.%[1]d.0","hashes":[{"alg":"SHA-256","content":"%064[1]x"}],"licenses":[{"license":{"id":"Apache-2.0"}}],"externalReferences":[{"type":"vcs","url":"https://example.org/part-%[1]d"}],"properties":[{"name":"layer","value":"%[1]d"}]}`, i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// FuzzRead never panics, and refuses only with a place or a reason.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"shop.json", "shop.xml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		cyclonedx.Match(b)
		_, err := cyclonedx.Read(b)
		if err != nil {
			if e, ok := err.(*lang.Error); !ok || e.Kind != lang.Unreadable || e.Why.IsZero() {
				t.Errorf("%T without a reason: %v", err, err)
			}
		}
	})
}

// TestSuite holds the reader to the CycloneDX project's own documents: every valid-* is accepted, every invalid-*
// refused with a place and a reason.
func TestSuite(t *testing.T) {
	count := map[string]int{}
	for name, b := range testshared.Files(t, "spec-suites/cyclonedx-valid-invalid.tar.gz") {
		base := strings.TrimPrefix(path.Base(name), "skip_")
		valid := strings.HasPrefix(base, "valid-")
		if ext := path.Ext(name); ext != ".json" && ext != ".xml" || !valid && !strings.HasPrefix(base, "invalid-") {
			continue
		}
		got, err := cyclonedx.Read(b)
		switch {
		case valid && err != nil:
			t.Errorf("%s is valid, but: %v", name, err)
		case !valid && err == nil:
			t.Errorf("%s is invalid, but is accepted", name)
		case valid && len(got.Facts) == 0:
			t.Errorf("%s: %d facts", name, len(got.Facts))
		case !valid:
			checkRefusal(t, name, err)
		}
		if valid {
			count["valid"+path.Ext(name)]++
		} else {
			count["invalid"+path.Ext(name)]++
		}
	}
	for kind, least := range map[string]int{"valid.json": 133, "valid.xml": 159, "invalid.json": 84, "invalid.xml": 98} {
		if count[kind] < least {
			t.Errorf("%s: only %d documents were tried, want %d", kind, count[kind], least)
		}
	}
}

func checkRefusal(t *testing.T, name string, err error) {
	t.Helper()
	if e := readtest.IsRefusal(t, name, err); e != nil && e.Where == "" {
		t.Errorf("%s: the refusal lacks a place: %+v", name, e)
	}
}
