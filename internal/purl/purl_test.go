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
		{"pkg:deb/debian/curl@7.88?distro=debian-bookworm", "Debian:12", "curl", "7.88"},
		{"pkg:deb/debian/curl@7.88?distro=debian-sid", "Debian", "curl", "7.88"},
		{"pkg:deb/curl@7.88?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=jammy", "Ubuntu:22.04:LTS", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=ubuntu-noble", "Ubuntu:24.04:LTS", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=questing", "Ubuntu:25.10", "curl", "7.88"},
		{"pkg:deb/ubuntu/curl@7.88?distro=esm-apps/jammy", "Ubuntu:Pro:22.04:LTS", "curl", "7.88"},
		{"pkg:apk/alpine/libssl3@3.1.4-r1?distro=3.18.4&upstream=openssl", "Alpine:v3.18", "openssl", "3.1.4-r1"},
		{"pkg:alpine/busybox@1.35.0-r17?distro=alpine-3.16.2", "Alpine:v3.16", "busybox", "1.35.0-r17"},
		{"pkg:apk/alpaquita/busybox@1.36.1-r2?distro=alpaquita-23", "Alpaquita:23", "busybox", "1.36.1-r2"},
		{"pkg:apk/alpaquita/busybox@1.36.1-r2?arch=source&distro=stream", "Alpaquita:stream", "busybox", "1.36.1-r2"},
		{"pkg:apk/bellsoft-hardened-containers/busybox@1?distro=bellsoft-hardened-containers-25", "BellSoft Hardened Containers:25", "busybox", "1"},
		{"pkg:apk/minimos/busybox@1.36.1-r2", "MinimOS", "busybox", "1.36.1-r2"},
		{"pkg:rpm/redhat/bash@5.1.8-6.el9?distro=redhat-9.4", "Red Hat:9", "bash", "5.1.8-6.el9"},
		{"pkg:rpm/redhat/bash@5.1.8-6.el9_2?arch=src", "Red Hat:9", "bash", "5.1.8-6.el9_2"},
		{"pkg:rpm/redhat/nodejs@20.9.0-1.module%2Bel8.9.0%2B1?arch=x86_64", "Red Hat:8", "nodejs", "20.9.0-1.module+el8.9.0+1"},
		{"pkg:rpm/alma/bash@5.1.8-6.el9?distro=alma-9.4", "AlmaLinux:9", "bash", "5.1.8-6.el9"},
		{"pkg:rpm/rocky-linux/java@1?distro=rocky-linux-8-4-legacy&epoch=1", "Rocky Linux:8", "java", "1:1"},
		{"pkg:rpm/azurelinux/bash@5.2.15-3.azl3?distro=azurelinux-3.0", "Azure Linux:3", "bash", "5.2.15-3.azl3"},
		{"pkg:rpm/cbl-mariner/bash@5.1.8-4.cm2?distro=cbl-mariner-2.0.20240123", "Azure Linux:2", "bash", "5.1.8-4.cm2"},
		{"pkg:rpm/mariner/bash@5.1.8-4.cm2?arch=x86_64", "Azure Linux:2", "bash", "5.1.8-4.cm2"},
		{"pkg:rpm/openeuler/bash@5.1.8-5.oe2203sp1?distro=openeuler-22.03", "openEuler:22.03-LTS-SP1", "bash", "5.1.8-5.oe2203sp1"},
		{"pkg:rpm/openEuler/bash@5.1.8-5?distro=openEuler-22.03-LTS-SP3", "openEuler:22.03-LTS-SP3", "bash", "5.1.8-5"},
		{"pkg:rpm/openeuler/bash@5?distro=openeuler-22.03%20(LTS-SP2)", "openEuler:22.03-LTS-SP2", "bash", "5"},
		{"pkg:rpm/photon/bash@5.0-3.ph4?arch=x86_64", "Photon OS:4.0", "bash", "5.0-3.ph4"},
		{"pkg:rpm/mageia/bash@4.3-48.2.1.mga5", "Mageia:5", "bash", "4.3-48.2.1.mga5"},
		{"pkg:rpm/opensuse/bash@4.4?distro=openSUSE%20Leap%2015.6", "openSUSE:Leap 15.6", "bash", "4.4"},
		{"pkg:rpm/opensuse.leap/bash@4.4?distro=opensuse.leap-15.3", "openSUSE:Leap 15.3", "bash", "4.4"},
		{"pkg:rpm/opensuse/bash@4.4?distro=openSUSE%20Tumbleweed", "openSUSE:Tumbleweed", "bash", "4.4"},
		{"pkg:rpm/sles/bash@4.4?distro=sles-15", "SUSE:Linux Enterprise Server 15", "bash", "4.4"},
		{"pkg:rpm/suse/bash@4.4?distro=SUSE%20Linux%20Enterprise%20Server%2015%20SP5", "SUSE:Linux Enterprise Server 15 SP5", "bash", "4.4"},
		{"pkg:rpm/suse/bash@4.4?distro=slem-5.4", "SUSE:Linux Enterprise Micro 5.4", "bash", "4.4"},
		{"pkg:rpm/suse/bash@4.4?distro=sle-micro-5.5", "SUSE:Linux Enterprise Micro 5.5", "bash", "4.4"},
		{"pkg:rpm/suse/bash@4.4?distro=sl-micro-6.0", "SUSE:Linux Micro 6.0", "bash", "4.4"},
		{"pkg:rpm/fedora/bash@5?distro=fedora-40", "", "bash", "5"},
		{"pkg:vscode-extension/ms-python/python@2024.1", "VSCode", "ms-python.python", "2024.1"},
		{"pkg:bioconductor/a4@1", "Bioconductor", "a4", "1"},
		{"pkg:cran/commonmark@1.9", "CRAN", "commonmark", "1.9"},
		{"pkg:julia/HTTP@1.10.1?uuid=cd3eb016-35fb-5094-929b-558a96fad6f3", "Julia", "HTTP", "1.10.1"},
		{"pkg:opam/cohttp@5.0.0", "opam", "cohttp", "5.0.0"},
		{"pkg:dhi/python@3.13.1", "Docker Hardened Images", "python", "3.13.1"},
		{"pkg:gradle/org.example/x@1", "Maven", "org.example:x", "1"},
		{"pkg:hackage/aeson@2", "Hackage", "aeson", "2"},
		{"pkg:hex/phoenix@1.7.0", "Hex", "phoenix", "1.7.0"},
		{"pkg:conan/openssl@3.0.8", "ConanCenter", "openssl", "3.0.8"},
		{"pkg:bitnami/wordpress@6.2.0?arch=arm64", "Bitnami", "wordpress", "6.2.0"},
		{"pkg:github/actions/checkout@v4", "GitHub Actions", "actions/checkout", "v4"},
		{"pkg:generic/linux@6.1.55", "Linux", "Kernel", "6.1.55"},
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
	for _, c := range []struct {
		purl string
		want []Place
	}{
		{"pkg:golang/go.opentelemetry.io/otel/exporters@v1.21.0#otlp/HTTP",
			[]Place{{"Go", "go.opentelemetry.io/otel/exporters/otlp", "v1.21.0"}, {"Go", "go.opentelemetry.io/otel/exporters/otlp/http", "v1.21.0"}}},
		{"pkg:golang/k8s.io/apiserver@v0.27.0", []Place{{"Kubernetes", "k8s.io/apiserver", "v0.27.0"}}},
		{"pkg:rpm/suse/libopenssl1_1@1.1.1l-150500.17.25.1?distro=sles-15.5&upstream=openssl-1_1-1.1.1l-150500.17.25.1.src.rpm",
			[]Place{{"SUSE:Linux Enterprise Server 15 SP5", "openssl-1_1", "1.1.1l-150500.17.25.1"}}},
		{"pkg:rpm/rocky/perl-Carp@1.50-439.el8?epoch=0&distro=rocky-8.9&upstream=perl-5.26.3-422.el8.src.rpm",
			[]Place{{"Rocky Linux:8", "perl", "5.26.3-422.el8"}}},
		{"pkg:rpm/rocky/bind-libs@9.16.23-14.el9?epoch=32&distro=rocky-9.3&upstream=bind-9.16.23-14.el9.src.rpm",
			[]Place{{"Rocky Linux:9", "bind", "32:9.16.23-14.el9"}}},
		{"pkg:rpm/rocky/bash@5.1.8-6.el9?distro=rocky-9.3&upstream=bash-5.1.8-6.el9.src.rpm", nil},
		{"pkg:rpm/redhat/bind-libs@9.16.23-14.el9?distro=rhel-9.3&upstream=bind-9.16.23-14.el9.src.rpm", nil}, // Red Hat names every package
		{"pkg:apk/wolfi/libcrypto3@3.1.4-r1?upstream=openssl", []Place{{"Wolfi", "openssl", "3.1.4-r1"}}},
		{"pkg:npm/%40rootio/semver@7.5.1", []Place{{"Root:npm", "@rootio/semver", "7.5.1"}}},
		{"pkg:deb/ubuntu/rootio-gnupg2@2.2.27?distro=ubuntu-22.04", []Place{{"Root:Ubuntu:22.04", "rootio-gnupg2", "2.2.27"}}},
	} {
		p, err := Parse(c.purl)
		if err != nil {
			t.Fatal(err)
		}
		if e := p.Ecosystem(); !slices.Equal(e.Also, c.want) {
			t.Errorf("%s: got %q, want %q", c.purl, e.Also, c.want)
		}
	}
}

func TestAdvisoryKey(t *testing.T) {
	for written, want := range map[string]string{
		"npm": "npm", "Maven:https://maven.google.com": "Maven", "Packagist:https://packages.drupal.org/8": "Packagist", "Debian:12": "Debian:12",
		"Ubuntu:22.04:LTS": "Ubuntu:22.04:LTS", "Alpine:v3.19": "Alpine:v3.19", "Alpaquita:stream": "Alpaquita:stream", "Azure Linux:3": "Azure Linux:3",
		"Red Hat:enterprise_linux:9::appstream": "Red Hat:9", "Red Hat:rhel_eus:9.2::baseos": "Red Hat:rhel_eus:9.2::baseos",
		"SUSE:Linux Enterprise Server 15 SP5":                "SUSE:Linux Enterprise Server 15 SP5",
		"SUSE:Linux Enterprise Server 15 SP5-LTSS":           "SUSE:Linux Enterprise Server 15 SP5",
		"SUSE:Linux Enterprise Module for Basesystem 15 SP5": "SUSE:Linux Enterprise Server 15 SP5",
		"SUSE:Linux Enterprise Micro 5.5":                    "SUSE:Linux Enterprise Micro 5.5",
		"SUSE:Manager Server 4.3":                            "SUSE:Manager Server 4.3",
		"openSUSE:Leap 15.6":                                 "openSUSE:Leap 15.6", "DHI": "Docker Hardened Images", "Root:Debian:12": "Root:Debian:12",
	} {
		if got := AdvisoryKey(written); got != want {
			t.Errorf("%s: got %s, want %s", written, got, want)
		}
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
