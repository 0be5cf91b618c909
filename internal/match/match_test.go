package match

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

// sbom is what the golden test matches.
var sbom = []Component{
	{Ref: "root", PURL: "pkg:golang/github.com/example/lib@v1.0.0", Name: "lib"},
	{Ref: "1", PURL: "pkg:npm/%40example/core@1.2.5"},
	{Ref: "2", PURL: "pkg:npm/%40example/core@2.0.0"},
	{Ref: "3", PURL: "pkg:npm/%40example/core@1.2.5"}, // once more
	{Ref: "4", PURL: "pkg:npm/evil", Version: "9.9.9"},
	{Ref: "5", PURL: "pkg:npm/evil@unreadable"},
	{Ref: "6", PURL: "pkg:npm/odd@3.0.5"},
	{Ref: "7", PURL: "pkg:npm/odd@1.0.0"},
	{Ref: "8", PURL: "pkg:golang/stdlib@1.21.4"},
	{Ref: "9", PURL: "pkg:golang/cloud.google.com/go@v0.110.0"},
	{Ref: "10", PURL: "pkg:pypi/git-first@1.13.1%2Bcpu"},
	{Ref: "11", PURL: "pkg:pypi/git.first@2004d"},
	{Ref: "12", PURL: "pkg:pypi/git-first@2.0.0"},
	{Ref: "13", PURL: "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?distro=debian-12&upstream=openssl"},
	{Ref: "14", PURL: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12&upstream=openssl"},
	{Ref: "15", PURL: "pkg:deb/debian/openssl@1.0?distro=debian-11"},
	{Ref: "16", PURL: "pkg:deb/debian/openssl@1.0"},
	{Ref: "17", PURL: "pkg:rpm/almalinux/bind@9.11.36-2.el8?epoch=32&distro=almalinux-8.10"},
	{Ref: "18", Name: "nothing said"},
	{Ref: "19", PURL: "pkg:npm/%zz@1"},
	{Ref: "20", PURL: "pkg:npm/left-pad"},
	{Ref: "21", PURL: "pkg:generic/openssl@1.0"},
	{Ref: "22", PURL: "pkg:cargo/serde@1.0"},
	{Ref: "23", PURL: "pkg:npm/left-pad@1.0.0"},
}

func TestGolden(t *testing.T) {
	ix, problems, err := OpenDir(context.Background(), filepath.Join("testdata", "advisories"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ix.Match(sbom)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(map[string]any{"result": r, "problems": problems}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/result.golden.json", string(got)+"\n")
	if r.Checked+len(r.Unmatched) != r.Components {
		t.Errorf("%d checked and %d not are not %d", r.Checked, len(r.Unmatched), r.Components)
	}
	for _, u := range r.Unmatched {
		if u.Reason.Text().JA == string(u.Reason) {
			t.Errorf("the reason %s has no words", u.Reason)
		}
	}
}

func build(t testing.TB, dir string) (string, Stats) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "advisories.idx")
	stats, err := BuildIndex(context.Background(), dir, file)
	if err != nil {
		t.Fatal(err)
	}
	return file, stats
}

func open(t testing.TB, file string) *Index {
	t.Helper()
	ix, err := OpenIndex(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	return ix
}

func TestFileAndFolderAgree(t *testing.T) {
	dir := filepath.Join("testdata", "advisories")
	file, stats := build(t, dir)
	again, _ := build(t, dir)
	one, _ := os.ReadFile(file)
	two, _ := os.ReadFile(again)
	if !bytes.Equal(one, two) || stats.Bytes != int64(len(one)) {
		t.Errorf("two builds of the same advisories differ, or the size is not %d", stats.Bytes)
	}
	memory, _, err := OpenDir(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ix := open(t, file)
	a, err := memory.Match(sbom)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ix.Match(sbom)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the folder says\n%+v\nthe file says\n%+v", a, b)
	}
	if some, _, err := OpenDir(context.Background(), dir, "npm"); err != nil || some.Info().Count != 6 {
		t.Errorf("npm alone has %+v, %v", some.Info(), err)
	}
}

func TestTextAndAdvisories(t *testing.T) {
	dir := filepath.Join("testdata", "advisories")
	file, _ := build(t, dir)
	ix := open(t, file)
	want, _ := os.ReadFile(filepath.Join(dir, "Go", "GO-2025-0001.json"))
	if got, err := ix.Text("GO-2025-0001"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the text is not the file's: %v", err)
	}
	list, err := ix.Advisories("CVE-2025-0001")
	if err != nil || len(list) != 3 {
		t.Errorf("CVE-2025-0001 is an alias of 3 advisories, got %d, %v", len(list), err)
	}
	if list, err := ix.Advisories("GHSA-gone-0003"); err != nil || len(list) != 1 || list[0].Withdrawn.IsZero() {
		t.Errorf("a withdrawn advisory can still be read: %+v, %v", list, err)
	}
	if _, err := ix.Text("CVE-2025-0001"); lang.KindOf(err) != lang.NotFound {
		t.Errorf("an alias has no text: %v", err)
	}
	memory, _, _ := OpenDir(context.Background(), dir)
	if _, err := memory.Text("GO-2025-0001"); lang.KindOf(err) != lang.NotFound {
		t.Errorf("a folder's index has no texts: %v", err)
	}
}

func TestSpotChecks(t *testing.T) {
	file, stats := build(t, testshared.Dir(t, "osv"))
	// One record has a vector with A:U, which no version of CVSS knows.
	if stats.Count < 19300 || stats.Withdrawn != 294 || len(stats.Problems) != 1 || !strings.HasSuffix(stats.Problems[0].Where, "x_NSWG-ECO-504.json#/severity/0/score") {
		t.Errorf("%d advisories, %d withdrawn, problems %v", stats.Count, stats.Withdrawn, stats.Problems)
	}
	ix := open(t, file)
	for purl, want := range map[string]string{
		"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1": "GHSA-jfh8-c2jp-5v3q GHSA-7rjr-3q55-vv33",
		"pkg:npm/minimist@1.2.5":                               "GHSA-xvch-5gv4-984h",
		"pkg:golang/golang.org/x/crypto@v0.16.0":               "GO-2023-2402",
		"pkg:golang/stdlib@1.21.0":                             "GO-2023-2041",
		"pkg:golang/github.com/masterminds/goutils@v1.1.0":     "GO-2022-0411",
	} {
		got := vulns(t, ix, purl)
		for _, id := range strings.Fields(want) {
			if !slices.Contains(got, id) {
				t.Errorf("%s: %s is missing among %s", purl, id, got)
			}
		}
	}
	if got := vulns(t, ix, "pkg:golang/cloud.google.com/go@v0.110.0"); len(got) > 0 {
		t.Errorf("a module whose path ends in /go is taken for the standard library: %s", got)
	}
	if got := vulns(t, ix, "pkg:npm/lodash@4.17.15"); len(got) != 7 { // 6 of GitHub, one of the former npm working group
		t.Errorf("lodash 4.17.15 has %s", got)
	}
	if got := vulns(t, ix, "pkg:pypi/django@3.2.1"); len(got) < 24 {
		t.Errorf("django 3.2.1 has %d findings, want dozens", len(got))
	}
}

// vulns gives the vulnerabilities found for one package URL.
func vulns(t *testing.T, ix *Index, purl string) (out []string) {
	t.Helper()
	r, err := ix.Match([]Component{{Ref: "1", PURL: purl}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		out = append(out, f.Vuln)
	}
	return out
}

// TestDamage changes every byte of a small index in turn, and cuts it at every length. Whatever happens must be an
// error or the right answer.
func TestDamage(t *testing.T) {
	file, _ := build(t, filepath.Join("testdata", "advisories"))
	whole, _ := os.ReadFile(file)
	ix, err := newIndex(whole)
	if err != nil {
		t.Fatal(err)
	}
	right, err := ix.Match(sbom)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i++ {
		b := bytes.Clone(whole)
		b[i] ^= 0x41
		if ix, err := newIndex(b); err == nil {
			if got, err := ix.Match(sbom); err == nil && !reflect.DeepEqual(got, right) {
				t.Fatalf("with byte %d changed the answer changes in silence", i)
			}
		}
	}
	for n := 0; n < len(whole); n += 97 {
		if _, err := newIndex(bytes.Clone(whole[:n])); err == nil {
			t.Fatalf("an index cut to %d bytes is taken", n)
		}
	}
	os.WriteFile(file, []byte("not an index"), 0o644)
	if _, err := OpenIndex(file); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("not an index: %v", err)
	}
	if _, err := OpenIndex(file + ".absent"); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("no file: %v", err)
	}
}

// FuzzIndex changes bytes of an index and mends all sums, as one who means harm would.
func FuzzIndex(f *testing.F) {
	file, _ := build(f, filepath.Join("testdata", "advisories"))
	whole, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	good, err := newIndex(whole)
	if err != nil {
		f.Fatal(err)
	}
	for s := range sectionCount {
		f.Add(uint32(good.h.Sections[s].At), []byte{0xff, 0xff, 0xff, 0xff, 0x7f})
	}
	f.Add(uint32(good.h.Sections[packages].At+8), []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01})
	f.Fuzz(func(t *testing.T, at uint32, change []byte) {
		b := bytes.Clone(whole)
		if uint64(at) >= uint64(len(b)) {
			return
		}
		copy(b[at:], change)
		ix, err := newIndex(mend(b))
		if err != nil {
			return
		}
		_, _ = ix.Match(sbom)
		for _, id := range []string{"GO-2025-0001", "CVE-2025-0001", "MAL-2025-1"} {
			_, _ = ix.Text(id)
			_, _ = ix.Advisories(id)
		}
	})
}

// mend makes the sums of an index hold again, as far as its header tells where they are.
func mend(b []byte) []byte {
	ix := &Index{b: b}
	if err := ix.readHeader(); err != nil {
		return b
	}
	h := ix.h
	at := h.Sections[sums].At
	if at > uint64(len(b)) || at < blockSize {
		return b
	}
	w := newWriter(&bytes.Buffer{})
	w.Write(b[blockSize:at])
	w.flush()
	copy(b[at:], w.sums)
	h.SumsSum = sumOfSums(w.sums)
	copy(b, h.bytes())
	return b
}

func TestFixedComesInOrder(t *testing.T) {
	f := []fix{{[]byte{3}, "3"}, {[]byte{1}, "1"}, {[]byte{3}, "3.0"}, {[]byte{2}, "2"}}
	if got := fmt.Sprint(fixTexts(f)); got != "[1 2 3]" {
		t.Errorf("got %s", got)
	}
	if got := (finding.Finding{Vuln: "GO-1", Aliases: []string{"CVE-1", "GHSA-1"}}).CVE(); got != "CVE-1" {
		t.Errorf("got %s", got)
	}
}

func BenchmarkMatch(b *testing.B) {
	file, _ := build(b, testshared.Dir(b, "osv"))
	ix := open(b, file)
	var components []Component
	for i := range 1000 {
		components = append(components, Component{Ref: fmt.Sprint(i), PURL: fmt.Sprintf("pkg:npm/name-%d@1.%d.0", i, i)},
			Component{Ref: fmt.Sprint(i), PURL: fmt.Sprintf("pkg:pypi/django@3.%d.1", i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ix.Match(components); err != nil {
			b.Fatal(err)
		}
	}
}

// An index never takes the place of what is no file, such as a device.
func TestBuildIndexOnlyOverFiles(t *testing.T) {
	folder := t.TempDir()
	if _, err := BuildIndex(context.Background(), t.TempDir(), folder); err == nil {
		t.Error("an index was written in the place of a folder")
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Errorf("the folder is no more: %v %v", info, err)
	}
}
