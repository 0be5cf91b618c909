package main

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"strings"
)

// kind is one way to be hostile in one format: a beginning that says what the file is, and what follows over and over.
type kind struct {
	name      string
	command   []string
	workspace bool
	head      string
	unit      string
	tail      string
	wrap      func(io.Writer) (io.WriteCloser, error) // a compressed form; the size is then that of the content
	times     int64                                   // how many times larger than asked the content of a compressed form is
	file      string                                  // where the file must lie; "file" when it does not matter
	give      string                                  // what the program is given, when it is not the file
}

var push = []string{"push", "--create", "--software", "x", "--release", "1"}

// headers of the formats that are JSON: what makes each be recognised, up to the value that is made hostile.
var jsonHeads = []struct{ name, head, item string }{
	{"cyclonedx", `{"bomFormat":"CycloneDX","specVersion":"1.6","components":`, `{"type":"library","name":"a","version":"1"}`},
	{"spdx", `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":`, `{"SPDXID":"SPDXRef-a","name":"a"}`},
	{"spdx 3", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":`, `{"type":"software_Package","spdxId":"urn:a"}`},
	{"openvex", `{"@context":"https://openvex.dev/ns/v0.2.0","statements":`, `{"vulnerability":{"name":"CVE-2020-1"},"status":"fixed"}`},
	{"csaf", `{"document":{"category":"csaf_vex","csaf_version":"2.0"},"vulnerabilities":`, `{"cve":"CVE-2020-1"}`},
	{"sarif", `{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":`, `{"tool":{"driver":{"name":"a"}},"results":[]}`},
	{"in-toto", `{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1","subject":`, `{"name":"a","digest":{"sha256":"00"}}`},
	{"scorecard", `{"date":"2026-01-01","repo":{"name":"a"},"scorecard":{"version":"1"},"score":1,"checks":`, `{"name":"a","score":1}`},
	{"otm", `{"otmVersion":"0.2.0","project":{"id":"a","name":"a"},"threats":`, `{"id":"a","name":"a"}`},
	{"threat dragon", `{"version":"2.0","summary":{"title":"a"},"detail":`, `{"contributors":[],"diagrams":[]}`},
}

func kinds() []kind {
	var all []kind
	doc := func(name, head, unit string) {
		all = append(all, kind{name: name, command: push, workspace: true, head: head, unit: unit})
	}
	for _, j := range jsonHeads {
		doc(j.name+": nested arrays", j.head, "[")
		doc(j.name+": nested objects", j.head, `{"a":`)
		doc(j.name+": one string", j.head+`[{"name":"`, strings.Repeat("x", 64))
		doc(j.name+": items without number", j.head+"["+j.item, ","+j.item)
		all[len(all)-1].tail = "]}"
	}
	doc("cyclonedx xml: nested", `<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>`, "<component>")
	doc("cyclonedx xml: items", `<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>`, `<component type="library"><name>a</name></component>`)
	doc("cyclonedx xml: entities", `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><bom xmlns="http://cyclonedx.org/schema/bom/1.6">`, "&b;")
	doc("junit: nested", `<testsuites>`, "<testsuite>")
	doc("junit: items", `<testsuites><testsuite name="a">`, `<testcase name="a"/>`)
	doc("junit: attributes", `<testsuites><testsuite `, `a="a" `)
	doc("go test: lines", "", `{"Time":"2026-01-01T00:00:00Z","Action":"run","Package":"a","Test":"T"}`+"\n")
	doc("spdx tag-value: packages", "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n", "PackageName: a\nSPDXID: SPDXRef-a\n")
	doc("security.txt: lines", "Contact: mailto:a@a.example\nExpires: 2030-01-01T00:00:00Z\n", "Contact: mailto:a@a.example\n")
	doc("threagile: anchors", "threagile_version: 1.0.0\ntitle: a\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ntechnical_assets:\n", "  - [*d,*d,*d,*d]\n")
	doc("threagile: nested", "threagile_version: 1.0.0\ntitle: a\ntechnical_assets: ", "[")
	doc("threagile: items", "threagile_version: 1.0.0\ntitle: a\nbusiness_criticality: important\ntechnical_assets:\n", "  a: {id: a}\n")
	doc("otm yaml: items", "otmVersion: 0.2.0\nproject: {id: a, name: a}\nthreats:\n", "  - {id: a, name: a}\n")
	doc("security-insights: items", "header:\n  schema-version: 2.0.0\nproject:\n  name: a\n  repositories:\n", "    - {name: a}\n")
	doc("elf: sections", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00\x01\x00\x00\x00"+strings.Repeat("\x00", 8)+
		"\x40\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x38\x00\xff\xff\x40\x00\xff\xff\x00\x00", "\x03\x00\x00\x00\x01\x00\x00\x00")
	doc("pdf: objects", "%PDF-1.7\n", "1 0 obj << >> endobj\n")
	doc("text without a line's end", "a", strings.Repeat("a", 64))
	bundle := `{"format":"tasuki-bundle/v1","files":{`
	for _, unit := range []string{`"a":`, "[", `{"a":`, `"` + strings.Repeat("x", 64) + `":{},`} {
		all = append(all, kind{name: "bundle: " + unit[:min(5, len(unit))], command: []string{"verify"}, head: bundle, unit: unit})
	}
	feed := func(name string, command []string, head, unit string) {
		all = append(all, kind{name: name, command: command, workspace: true, head: head, unit: unit})
	}
	feed("kev: items", []string{"feeds", "import-kev"}, `{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2020-1"}`, `,{"cveID":"CVE-2020-1"}`)
	feed("kev: nested", []string{"feeds", "import-kev"}, `{"catalogVersion":"1","vulnerabilities":`, `[`)
	feed("epss: lines", []string{"feeds", "import-epss"}, "#model_version:v2025.03.14,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n", "CVE-2020-0001,0.1,0.1\n")
	feed("end of life: items", []string{"feeds", "import-eol"}, `{"schema_version":"1.2.0","result":[{"name":"a"}`, `,{"name":"a","releases":[]}`)
	all = append(all, kind{name: "epss: swelling gzip", command: []string{"feeds", "import-epss"}, workspace: true,
		head: "#model_version:v2025.03.14,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n", unit: "CVE-2020-0001,0.1,0.1\n", wrap: gzipped, times: 20})
	all = append(all, kind{name: "osv: swelling zip", command: []string{"advisories", "build", "--index", "index", "--advisories"}, head: `{"id":"A","affected":[`, unit: `{},`, wrap: zipped, times: 20, file: "osv/npm/all.zip", give: "osv"})
	return all
}

func gzipped(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

// write fills a file.
func write(file string, k kind, size int64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	buffered := bufio.NewWriterSize(f, 1<<20)
	var w io.Writer = buffered
	var closer io.Closer
	if k.wrap != nil {
		c, err := k.wrap(buffered)
		if err != nil {
			return err
		}
		w, closer, size = c, c, size*k.times
	}
	if err := fill(w, k, size); err != nil {
		return err
	}
	if closer != nil {
		if err := closer.Close(); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func fill(w io.Writer, k kind, size int64) error {
	if _, err := io.WriteString(w, k.head); err != nil {
		return err
	}
	many := strings.Repeat(k.unit, 1+(64<<10)/len(k.unit))
	many = many[:len(many)-len(many)%len(k.unit)] // whole units, so that what follows them is as it should be
	for left := size - int64(len(k.head)+len(k.tail)); left > int64(len(many)); left -= int64(len(many)) {
		if _, err := io.WriteString(w, many); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, k.tail)
	return err
}

// zipped makes an archive of one member that swells.
func zipped(w io.Writer) (io.WriteCloser, error) {
	z := zip.NewWriter(w)
	member, err := z.Create("GHSA-0000-0000-0000.json")
	if err != nil {
		return nil, err
	}
	return &zipMember{member, z}, nil
}

type zipMember struct {
	io.Writer
	archive *zip.Writer
}

func (m *zipMember) Close() error { return m.archive.Close() }
