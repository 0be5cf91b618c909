package purl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.org/tasuki/internal/testshared"
)

// suiteCase is a test of the specification's own suite.
type suiteCase struct {
	Description string          `json:"description"`
	Type        string          `json:"test_type"`
	Input       json.RawMessage `json:"input"`
	Expected    json.RawMessage `json:"expected_output"`
	Fails       bool            `json:"expected_failure"`
}

type parts struct {
	Type       string            `json:"type"`
	Namespace  string            `json:"namespace"`
	Name       string            `json:"name"`
	Version    string            `json:"version"`
	Qualifiers map[string]string `json:"qualifiers"`
	Subpath    string            `json:"subpath"`
}

func TestSpecificationSuite(t *testing.T) {
	dir := testshared.Dir(t, "purl", "tests")
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct{ Tests []suiteCase }
		if err := json.Unmarshal(text, &suite); err != nil {
			t.Fatal(err)
		}
		for _, c := range suite.Tests {
			if c.Type != "parse" && c.Type != "validate" && c.Type != "roundtrip" {
				continue
			}
			var in string
			if json.Unmarshal(c.Input, &in) != nil {
				continue
			}
			n++
			t.Run(filepath.Base(file)+"/"+c.Type+"/"+in, func(t *testing.T) { checkCase(t, c, in) })
		}
	}
	if n < 400 {
		t.Errorf("only %d cases were read", n)
	}
}

// lenient are the cases of the suite that are not followed, with the reason.
var lenient = map[string]string{
	"pkg:gem/jruby-launcher@1.1.2?Platform=java":                       "keys in upper case are read, as the standard's older text did",
	"pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25":     "the same",
	"pkg:chrome-extension/44444algnefjeiefhmpklpfiohadpglk":            "identifiers of Chrome are not checked",
	"pkg:chrome-extension/dogs":                                        "the same",
	"pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3.4.5":  "the same",
	"pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3-beta": "the same",
	"pkg:julia/Dates": "a missing uuid is not refused",
}

// lenientTypes are the types some of whose rules are not followed.
var lenientTypes = map[string]string{
	"mlflow": "the case of a name depends on the host",
	"cpan":   "module names are not told from distributions",
	"git":    "the suite keeps %2F undecoded in names, as in no other type",
}

func checkCase(t *testing.T, c suiteCase, in string) {
	p, err := Parse(in)
	if lenient[in] != "" || lenientTypes[p.Type] != "" {
		return
	}
	if c.Fails {
		if err == nil {
			t.Errorf("%s: %q is read as %+v", c.Description, in, p)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Description, err)
	}
	if c.Type != "parse" {
		var want string
		_ = json.Unmarshal(c.Expected, &want)
		if got := p.String(); got != want {
			t.Errorf("%s: got %s, want %s", c.Description, got, want)
		}
		return
	}
	var w parts
	if err := json.Unmarshal(c.Expected, &w); err != nil {
		t.Fatal(err)
	}
	want := PURL{Type: w.Type, Namespace: w.Namespace, Name: w.Name, Version: w.Version, Subpath: w.Subpath}
	for k, v := range w.Qualifiers {
		if p.Qualifier(k) != v {
			t.Errorf("%s: qualifier %s is %q, want %q", c.Description, k, p.Qualifier(k), v)
		}
	}
	got := p
	got.Qualifiers = nil
	if got.Type != want.Type || got.Namespace != want.Namespace || got.Name != want.Name || got.Version != want.Version || got.Subpath != want.Subpath {
		t.Errorf("%s: got %+v, want %+v", c.Description, got, want)
	}
}

func TestEcosystem(t *testing.T) {
	for _, c := range []struct{ purl, eco, name, version string }{
		{"pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core", "7.0.0"},
		{"pkg:npm/@babel/core@7.0.0", "npm", "@babel/core", "7.0.0"},
		{"pkg:golang/github.com/Masterminds/goutils@v1.1.0", "Go", "github.com/masterminds/goutils", "v1.1.0"},
		{"pkg:golang/stdlib@1.21.0", "Go", "stdlib", "1.21.0"},
		{"pkg:golang/std@1.21.0", "Go", "stdlib", "1.21.0"},
		{"pkg:golang/github.com/go-git/go-git@v5.1.0#v5", "Go", "github.com/go-git/go-git/v5", "v5.1.0"},
		{"pkg:golang/google.golang.org/genproto@v0#googleapis/api", "Go", "google.golang.org/genproto", "v0"},
		{"pkg:golang/cloud.google.com/go@v0.110.0", "Go", "cloud.google.com/go", "v0.110.0"},
		{"pkg:golang/github.com/json-iterator/go@v1.1.12", "Go", "github.com/json-iterator/go", "v1.1.12"},
		{"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "Maven", "org.apache.logging.log4j:log4j-core", "2.14.1"},
		{"pkg:pypi/Zope.Interface_x@5", "PyPI", "zope-interface-x", "5"},
		{"pkg:cargo/serde_json@1.0", "crates.io", "serde-json", "1.0"},
		{"pkg:nuget/Newtonsoft.Json@12.0.1", "NuGet", "newtonsoft.json", "12.0.1"},
		{"pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl", "Debian:12", "openssl", "3.0.11-1"},
		{"pkg:deb/debian/curl@7.88?distro=bookworm", "Debian:12", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=ubuntu-23.10", "Ubuntu:23.10", "curl", "7.88"},
		{"pkg:deb/debian/curl@7.88", "Debian", "curl", "7.88"},
		{"pkg:apk/alpine/busybox@1.36.1-r2?distro=alpine-3.18.4", "Alpine:v3.18", "busybox", "1.36.1-r2"},
		{"pkg:apk/wolfi/busybox@1.36.1-r2?distro=wolfi-20230201", "Wolfi", "busybox", "1.36.1-r2"},
		{"pkg:rpm/almalinux/bash@4.4.20-4.el8?arch=x86_64&distro=almalinux-8.10", "AlmaLinux:8", "bash", "4.4.20-4.el8"},
		{"pkg:rpm/almalinux/bind@9.11?epoch=32&distro=almalinux-8", "AlmaLinux:8", "bind", "32:9.11"},
		{"pkg:rpm/opensuse/bash@4.4?distro=opensuse-leap-15.5", "openSUSE:Leap 15.5", "bash", "4.4"},
		{"pkg:rpm/suse/bash@4.4?distro=sles-15.5", "SUSE:Linux Enterprise Server 15 SP5", "bash", "4.4"},
		{"pkg:swift/github.com/apple/swift-nio@2.0", "SwiftURL", "github.com/apple/swift-nio", "2.0"},
		{"pkg:composer/Laravel/framework@8", "Packagist", "laravel/framework", "8"},
		{"pkg:generic/openssl@1", "", "openssl", "1"},
	} {
		p, err := Parse(c.purl)
		if err != nil {
			t.Errorf("%s: %v", c.purl, err)
			continue
		}
		e := p.Ecosystem()
		if e.String() != c.eco || e.Package != c.name || e.Version != c.version {
			t.Errorf("%s: got %s %q %q, want %s %q %q", c.purl, e, e.Package, e.Version, c.eco, c.name, c.version)
		}
	}
}

func TestEcosystemAlso(t *testing.T) {
	p, err := Parse("pkg:golang/go.opentelemetry.io/otel/exporters@v1.21.0#otlp/HTTP")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"go.opentelemetry.io/otel/exporters/otlp", "go.opentelemetry.io/otel/exporters/otlp/http"}
	if e := p.Ecosystem(); e.Package != "go.opentelemetry.io/otel/exporters" || !slices.Equal(e.Also, want) {
		t.Errorf("got %q and %q", e.Package, e.Also)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"pkg:npm/%40a/b@1?x=y#z", "pkg:golang/a/B/go@v1", "pkg:", "pkg:a/%zz", "pkg:deb/debian/x@1:2?distro=debian-12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err != nil {
			return
		}
		_ = p.Ecosystem()
		again, err := Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q becomes %q, which becomes %q, %v", s, p, again, err)
		}
	})
}
