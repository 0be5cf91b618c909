package match

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDistributions looks a package up in every distribution, by distro and release as SBOMs write them. No advisories of
// these are at hand but AlmaLinux's; the records here are written after the schema's examples.
func TestDistributions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "distributions")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range []struct{ ecosystem, low, fixed, purl string }{ // %s: the version
		{"Debian:12", "1.0-1", "1.0-1+deb12u1", "pkg:deb/debian/x@%s?distro=debian-12"},
		{"Debian:11", "1.0-1", "1.0-1+deb11u1", "pkg:deb/debian/x@%s?distro=bullseye"},
		{"Ubuntu:22.04:LTS", "1.0-1ubuntu1", "1.0-1ubuntu1.1", "pkg:deb/ubuntu/x@%s?distro=ubuntu-22.04"},
		{"Ubuntu:23.10", "1.0~rc1", "1.0", "pkg:deb/ubuntu/x@%s?distro=ubuntu-23.10"},
		{"Alpine:v3.18", "1.0_rc1-r0", "1.0-r0", "pkg:apk/alpine/x@%s?distro=alpine-3.18.4"},
		{"Wolfi", "1.0-r1", "1.0-r2", "pkg:apk/wolfi/x@%s?distro=wolfi-20230201"},
		{"Chainguard", "1.0-r1", "1.0-r2", "pkg:apk/chainguard/x@%s"},
		{"Rocky Linux:9", "1.0-1.el9", "1.0-2.el9", "pkg:rpm/rocky/x@%s?distro=rocky-9.3"},
		{"AlmaLinux:8", "9.1-1.el8", "9.1-2.el8", "pkg:rpm/almalinux/x@%s?distro=almalinux-8.10"},
		{"Red Hat:enterprise_linux:9::appstream", "1.0-1.el9", "1.0-2.el9", "pkg:rpm/redhat/x@%s?distro=rhel-9.2"},
		{"SUSE:Linux Enterprise Server 15 SP5", "1.0-150500.1", "1.0-150500.2", "pkg:rpm/sles/x@%s?distro=sles-15.5"},
		{"openSUSE:Leap 15.5", "1.0-1", "1.0-2", "pkg:rpm/opensuse/x@%s?distro=opensuse-leap-15.5"},
		{"openSUSE:Tumbleweed", "1.0-1", "1.0-2", "pkg:rpm/opensuse/x@%s?distro=opensuse-tumbleweed-20240101"},
		{"Mageia:9", "1.0-1.mga9", "1.0-2.mga9", "pkg:rpm/mageia/x@%s?distro=mageia-9"},
		{"Photon OS:4.0", "1.0-1.ph4", "1.0-2.ph4", "pkg:rpm/photon/x@%s?distro=photon-4.0"},
		{"NuGet", "1.0.0", "1.0.0.1", "pkg:nuget/X@%s"},
		{"RubyGems", "1.0.rc1", "1.0", "pkg:gem/x@%s"},
		{"Packagist", "1.0.0-beta", "1.0.0", "pkg:composer/V/X@%s"},
	} {
		n++
		name := "x"
		if c.ecosystem == "Packagist" {
			name = "v/x"
		}
		text := fmt.Sprintf(`{"id":"T-%d","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":%q}]}]}]}`,
			n, c.ecosystem, name, c.fixed)
		own := filepath.Join(dir, "one")
		os.RemoveAll(own)
		os.MkdirAll(own, 0o755)
		if err := os.WriteFile(filepath.Join(own, "T.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		ix, problems, err := OpenDir(context.Background(), dir)
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		for version, want := range map[string]int{c.low: 1, c.fixed: 0} {
			r, err := ix.Match([]Component{{Ref: "1", PURL: fmt.Sprintf(c.purl, strings.ReplaceAll(version, "+", "%2B"))}})
			if err != nil || len(r.Findings) != want || r.Checked != 1 {
				t.Errorf("%s: %s: %d findings, want %d; unmatched %+v, %v", c.ecosystem, version, len(r.Findings), want, r.Unmatched, err)
			}
		}
	}
}
