package read_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/testshared"
)

// TestRealSBOMs walks every SBOM of the sample data: each is read, or refused with a reason. The golden file tells how
// many of each format and version were, how many components they have, and which were refused and why.
func TestRealSBOMs(t *testing.T) {
	type row struct{ read, doubted, refused, components, dependencies int }
	table := map[string]*row{}
	var refused []string
	total := 0
	for name, b := range testshared.Files(t, "sbom/sboms.tar.gz") {
		total++
		r, err := read.Read(b)
		key := "(none)"
		if err != nil {
			e, ok := err.(*lang.Error)
			if !ok || e.Kind != lang.Unreadable || e.Why.JA == "" || e.Why.EN == "" || e.Next.IsZero() {
				t.Errorf("%s: not a refusal with a reason: %#v", name, err)
				continue
			}
			if f, err := read.Detect(b); err == nil {
				key = f.Type
			}
			refused = append(refused, fmt.Sprintf("%s: %s", name, e.Error()))
		} else {
			key = r.Type + " " + r.Version
			if len(r.Facts) == 0 || r.Facts[0].Kind != fact.KindSBOM {
				t.Errorf("%s: no SBOM among %d facts", name, len(r.Facts))
				continue
			}
			key += " " + r.Facts[0].Data.(*fact.SBOM).Encoding
		}
		if table[key] == nil {
			table[key] = &row{}
		}
		row := table[key]
		if err != nil {
			row.refused++
			continue
		}
		row.read++
		if len(r.Problems) > 0 {
			row.doubted++
		}
		s := r.Facts[0].Data.(*fact.SBOM)
		row.components += len(s.All())
		row.dependencies += len(s.Dependencies)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%-24s %6s %8s %8s %11s %13s\n", "format", "read", "doubted", "refused", "components", "dependencies")
	for _, key := range slices.Sorted(maps.Keys(table)) {
		r := table[key]
		fmt.Fprintf(&out, "%-24s %6d %8d %8d %11d %13d\n", key, r.read, r.doubted, r.refused, r.components, r.dependencies)
	}
	fmt.Fprintf(&out, "documents: %d\n\nrefused:\n", total)
	slices.Sort(refused)
	out.WriteString(strings.Join(refused, "\n") + "\n")
	golden.Compare(t, "testdata/real-sboms.golden", out.String())
}

// TestDetect finds formats by content.
func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"CycloneDX JSON", `{"bomFormat":"CycloneDX"}`, "cyclonedx"},
		{"CycloneDX JSON, told last", `{"components":[{"bomFormat":"no"}],"bomFormat":"CycloneDX"}`, "cyclonedx"},
		{"CycloneDX JSON with a byte order mark", "\xef\xbb\xbf" + `{"bomFormat":"CycloneDX"}`, "cyclonedx"},
		{"CycloneDX XML", `<?xml version="1.0"?><!-- x --><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>`, "cyclonedx"},
		{"CycloneDX XML with a prefix", `<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.4"/>`, "cyclonedx"},
		{"SPDX JSON", `{"spdxVersion":"SPDX-2.3"}`, "spdx"},
		{"SPDX tag-value", "# comment\n\nSPDXVersion: SPDX-2.2\n", "spdx"},
		{"SPDX 3", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`, "spdx"},
		{"OpenVEX", `{"@context":"https://openvex.dev/ns/v0.2.0"}`, "openvex"},
		{"SARIF", `{"version":"2.1.0","runs":[]}`, "sarif"},
		{"JUnit", `<testsuites/>`, "junit"},
		{"go test", "{\"Action\":\"start\",\"Package\":\"a\"}\n", "gotest"},
		{"in-toto", `{"payloadType":"application/vnd.in-toto+json"}`, "intoto"},
		{"Scorecard", `{"repo":{},"scorecard":{},"checks":[]}`, "scorecard"},
		{"security.txt", "# ours\nContact: mailto:psirt@example.com\n", "security.txt"},
		{"Open Threat Model", `{"project":{},"otmVersion":"0.2.0"}`, "otm"},
		{"Open Threat Model as YAML", "# a\notmVersion: 0.1.0\n", "otm"},
		{"Threat Dragon", `{"summary":{},"detail":{}}`, "threatdragon"},
		{"Threagile", "threagile_version: 1.0.0\n", "threagile"},
		{"CSAF", `{"document":{"csaf_version":"2.0"}}`, "csaf"},
		{"Security Insights", "header:\n  schema-version: 2.0.0\nproject: {}\n", "securityinsights"},
		{"ELF", "\x7fELF", "binary"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", "document"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00", "document"},
		{"Markdown", "# 手順\n\n[リンク](https://example.com)", "document"},
		{"Markdown that starts with a link", "[a](https://example.com)", "document"},
		{"web page", "<!DOCTYPE html><html><body>x</body></html>", "document"},
		{"spreadsheet", office(t, "xl/workbook.xml"), "document"},
	} {
		f, err := read.Detect([]byte(c.in))
		if err != nil || f.Type != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, f.Type, err, c.want)
		}
	}
}

func office(t *testing.T, part string) string {
	t.Helper()
	return string(testshared.Zip(t, "[Content_Types].xml", "", part, ""))
}

// TestUnrecognised says of what no format knows what it looks like, and of what is broken where.
func TestUnrecognised(t *testing.T) {
	for _, c := range []struct{ name, in, where, why string }{
		{"empty", " \n", "", "empty"},
		{"other JSON", `{"name":"x","dependencies":{}}`, "", "members dependencies, name"},
		{"JSON list", `[{"a":1}]`, "", "no known shape"},
		{"other XML", `<project/>`, "", `top-level element "project"`},
		{"JSON cut off", `{"name":"x",`, "line 1, column 13", "before it is complete"},
		{"JSON garbled", "{\"name\":\n  x}", "line 2, column 3", "malformed"},
		{"XML cut off", "<project>\n<a>", "line 2, column 4", "before it is complete"},
		{"XML garbled", "<project><a></b></project>", "line 1, column 17", "malformed"},
		{"zip", "PK\x03\x04\x00\x00", "", "archive"},
		{"gzip", "\x1f\x8b\x08\x00\x00\xff", "", "archive"},
		{"tar", strings.Repeat("a", 100) + strings.Repeat("\x00", 157) + "ustar\x0000", "", "archive"},
		{"binary", "\x00\x01\x02", "", "neither"},
		{"binary with bytes that are no text", "\x7fELv\xff\xfe", "line 1, column 5", "UTF-8"},
		{"program cut off", "\x7fELF\xff\xfe", "", "broken or cut off"},
		{"too large", strings.Repeat(" ", input.MaxBytes+1), "", "limit"},
	} {
		_, err := read.Read([]byte(c.in))
		e, ok := err.(*lang.Error)
		if !ok || e.Kind != lang.Unreadable || e.What.JA == "" || e.Next.IsZero() {
			t.Errorf("%s: not a refusal: %#v", c.name, err)
			continue
		}
		if e.Where != c.where || !strings.Contains(e.Why.EN, c.why) {
			t.Errorf("%s: where %q, why %q; want %q and %q", c.name, e.Where, e.Why.EN, c.where, c.why)
		}
	}
}

// TestDocument keeps a document for people by its digest.
func TestDocument(t *testing.T) {
	r, err := read.Read([]byte("hello\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"media_type": "text/plain", "bytes": 6, "sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}
	if d := cmp.Diff(want, r.Summary); d != "" || r.Type != "document" || len(r.Facts) != 0 {
		t.Errorf("%s %d facts %s", r.Type, len(r.Facts), d)
	}
}

// FuzzRead never panics, whatever the bytes.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `<a/>`, "%PDF-", "SPDXVersion: SPDX-2.3", `{"bomFormat":"CycloneDX","specVersion":"1.6"}`, "text", "PK\x03\x04"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := read.Read(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
