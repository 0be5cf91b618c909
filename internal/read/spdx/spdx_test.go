package spdx_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/spdx"
)

// TestGolden reads the same document in the encodings of SPDX 2, and one of SPDX 3; each gives its golden file.
func TestGolden(t *testing.T) {
	readtest.Golden(t, spdx.Read, "shop.spdx.json", "shop.spdx", "shop.spdx.yaml", "shop.spdx.rdf", "shop.spdx.xml", "shop.spdx3.json")
}

// TestEncodingsAgree holds the encodings of the same content to the same facts, but for the places and the order of
// relationships and licences, which have none in RDF.
func TestEncodingsAgree(t *testing.T) {
	facts := func(name string) *fact.SBOM {
		s := mustRead(t, name).Facts[0].Data.(*fact.SBOM)
		s.Encoding = ""
		for _, c := range s.All() {
			c.Pointer = ""
			for i, l := range c.Licenses {
				parts := strings.Split(l.Expression, " OR ")
				slices.Sort(parts)
				c.Licenses[i].Expression = strings.Join(parts, " OR ")
			}
		}
		for i := range s.Dependencies {
			s.Dependencies[i].Pointer = ""
		}
		slices.SortStableFunc(s.Dependencies, func(a, b fact.Dependency) int { return strings.Compare(a.From, b.From) })
		return s
	}
	want := facts("shop.spdx.json")
	for _, name := range []string{"shop.spdx", "shop.spdx.yaml", "shop.spdx.rdf", "shop.spdx.xml"} {
		if d := cmp.Diff(want, facts(name)); d != "" {
			t.Errorf("%s differs from JSON (-json):\n%s", name, d)
		}
	}
}

func mustRead(t *testing.T, name string) fact.Reading {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := spdx.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRefused holds each refusal to its place.
func TestRefused(t *testing.T) {
	const creation = `"creationInfo":{"created":"2026-04-01T09:00:00Z","creators":["Tool: x"]}`
	doc := func(rest string) string {
		return `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0",` + creation + rest + `}`
	}
	xml := func(rest string) string {
		return "<Document><spdxVersion>SPDX-2.3</spdxVersion><SPDXID>SPDXRef-DOCUMENT</SPDXID><name>n</name>" +
			"<creationInfo><created>2026-04-01T09:00:00Z</created><creators>Tool: x</creators></creationInfo>" + rest + "</Document>"
	}
	graph := func(elements string) string {
		return `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"SpdxDocument","spdxId":"d","creationInfo":{"specVersion":"3.0.1","created":"2026-04-01T09:00:00Z"}}` + elements + `]}`
	}
	readtest.Refused(t, spdx.Read, [][4]string{
		{"truncated", doc("")[:40], "line 1, column 41", "before it is complete"},
		{"no version", `{"SPDXID":"SPDXRef-DOCUMENT"}`, "/spdxVersion", "cannot be read"},
		{"a version of the past", `{"spdxVersion":"SPDX-1.2"}`, "/spdxVersion", "SPDX-1.2"},
		{"XML, a member twice", xml("<name>m</name>"), "/Document/name[2] (line 1)", "twice"},
		{"XML, parts in a text", xml("<comment><b>x</b></comment>"), "/Document/comment/b (line 1)", "a value only"},
		{"XML, no number", xml("<packages><name>p</name><filesAnalyzed>perhaps</filesAnalyzed></packages>"), "/packages/0/filesAnalyzed", "boolean"},
		{"XML under another root", strings.Replace(xml(""), "<Document>", "<x><Document>", 1) + "</x>", "/x (line 1)", "Document"},
		{"SPDX 3 without a document", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}`, "/@graph", "SpdxDocument"},
		{"SPDX 3 without a graph", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":{}}`, "/@graph", "not a list"},
		{"SPDX 3 of another time", strings.Replace(graph(""), `"3.0.1",`, `"3.1",`, 1), "/@graph/0/creationInfo/specVersion", "3.1"},
		{"SPDX 3, created by nobody", strings.Replace(graph(""), `creationInfo`, `x`, 1), "/@graph/0/creationInfo", "creationInfo"},
		{"SPDX 3, no type", graph(`,{"spdxId":"a"}`), "/@graph/1", "type"},
		{"SPDX 3, id twice", graph(`,{"type":"Person","spdxId":"d"}`), "/@graph/1", "twice"},
		{"SPDX 3, package without a name", graph(`,{"type":"software_Package","spdxId":"a"}`), "/@graph/1/name", "name"},
		{"SPDX 3, half a relationship", graph(`,{"type":"Relationship","spdxId":"a","from":"d","relationshipType":"describes"}`), "/@graph/1/to", "to"},
		{"no creation", `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT"}`, "", "creationInfo"},
		{"creator an object", strings.Replace(doc(""), `"Tool: x"`, `{}`, 1), "/creationInfo/creators/0", "object"},
		{"package without a name", doc(`,"packages":[{"SPDXID":"SPDXRef-a"}]`), "/packages/0", "name"},
		{"null package", doc(`,"packages":[null]`), "/packages/0", "null"},
		{"half a relationship", doc(`,"relationships":[{"spdxElementId":"a"}]`), "/relationships/0", "relatedSpdxElement"},
		{"not a tag", "SPDXVersion: SPDX-2.3\nhello", "line 2", "Tag: value"},
		{"open text", "SPDXVersion: SPDX-2.3\nDocumentComment: <text>never\nends", "line 2", "never closed"},
		{"half a relationship in tag-value", "SPDXVersion: SPDX-2.3\nRelationship: a DESCRIBES", "line 2", "element type element"},
		{"half a reference", "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: SECURITY cpe23Type", "line 3", "category type locator"},
		{"half a checksum", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageChecksum: abc", "line 3", "algorithm: value"},
		{"more packages than anything has", "SPDXVersion: SPDX-2.3\n" + strings.Repeat("PackageName: a\n", 500_001), "line 500002", "500000 components"},
		{"tag-value of the past", "SPDXVersion: SPDX-2.1", "line 1", "SPDX-2.1"},
	})
}

// TestTwoIDs follows references to an element by either of its two ids.
func TestTwoIDs(t *testing.T) {
	in := `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
		{"type":"CreationInfo","@id":"_:c","spdxId":"SPDXRef-c","specVersion":"3.0.1","created":"2026-04-01T09:00:00Z"},
		{"type":"SpdxDocument","spdxId":"d","creationInfo":"_:c"},{"type":"software_Package","spdxId":"p","name":"a","creationInfo":"SPDXRef-c"}]}`
	r, err := spdx.Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Facts[0].Data.(*fact.SBOM); s.CreatedAt.IsZero() || len(s.Components) != 1 {
		t.Errorf("created %v, %d components", s.CreatedAt, len(s.Components))
	}
}

// TestOldWords reads relationship types of SPDX 2 in a document of SPDX 3, and says so once.
func TestOldWords(t *testing.T) {
	in := `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
		{"type":"SpdxDocument","spdxId":"d","creationInfo":{"specVersion":"3.0.1","created":"2026-04-01T09:00:00Z"}},
		{"type":"software_Package","spdxId":"a","name":"a"},{"type":"software_Package","spdxId":"b","name":"b"},
		{"type":"Relationship","spdxId":"r","from":"d","to":["a"],"relationshipType":"DESCRIBES"},
		{"type":"Relationship","spdxId":"s","from":"a","to":["b"],"relationshipType":"DEPENDS_ON"}]}`
	r, err := spdx.Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Facts[0].Data.(*fact.SBOM)
	if s.Root == nil || s.Root.Name != "a" || len(s.Dependencies) != 1 || len(r.Problems) != 1 {
		t.Errorf("root %v, dependencies %v, problems %v", s.Root, s.Dependencies, r.Problems)
	}
}

// TestDoubted reads what the schema refuses in small ways and what leaves the reader in doubt.
func TestDoubted(t *testing.T) {
	in := `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0","invented":1,
		"creationInfo":{"created":"yesterday","creators":["Tool: x"]},
		"packages":[{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NONE"},{"SPDXID":"SPDXRef-a","name":"b","downloadLocation":"NONE"},{"name":"c","primaryPackagePurpose":"TOY"}],
		"documentDescribes":["SPDXRef-a"]}`
	r, err := spdx.Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range r.Problems {
		got = append(got, p.Where+" "+p.What.EN)
	}
	want := []string{
		` invented is not a member this format knows`,
		`/packages/2 the required SPDXID, downloadLocation is missing`,
		`/packages/2/primaryPackagePurpose "TOY" is not one of: OTHER, INSTALL, ARCHIVE, FIRMWARE, APPLICATION, FRAMEWORK, LIBRARY, CONTAINER, …`,
		`/creationInfo/created the time "yesterday" cannot be read as a time`,
		`/packages/1 the SPDXID "SPDXRef-a" is used twice, so that references to it are ambiguous`,
		`/packages/2 "c" has no SPDXID, so that nothing can refer to it`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// FuzzRead never panics, and refuses only with a reason.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"shop.spdx.json", "shop.spdx", "shop.spdx.yaml", "shop.spdx.rdf", "shop.spdx3.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("SPDXVersion: SPDX-2.2\nSPDXID: x\nFileName: a\nSPDXID: y"))
	f.Fuzz(func(t *testing.T, b []byte) {
		spdx.Match(b)
		_, err := spdx.Read(b)
		if err != nil {
			if e, ok := err.(*lang.Error); !ok || e.Kind != lang.Unreadable || e.Why.IsZero() {
				t.Errorf("%T without a reason: %v", err, err)
			}
		}
	})
}
