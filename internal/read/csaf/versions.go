package csaf

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// A document's version is an integer or a semantic version (3.1.11).

// semantic reports whether a version is a semantic one.
func semantic(v string) bool { return strings.Contains(v, ".") }

// core gives a version without build metadata and without pre-release part.
func core(v string) string {
	v, _, _ = strings.Cut(v, "+")
	v, _, _ = strings.Cut(v, "-")
	return v
}

// preRelease gives the pre-release part of a version, empty when it has none.
func preRelease(v string) string {
	v, _, _ = strings.Cut(v, "+")
	_, p, _ := strings.Cut(v, "-")
	return p
}

// major gives the first number of a version, or an integer version itself.
func major(v string) int {
	v, _, _ = strings.Cut(core(v), ".")
	n, err := strconv.Atoi(v)
	if err != nil {
		return -1
	}
	return n
}

// compareVersions orders versions: integers as such, semantic ones by the rules of Semantic Versioning.
func compareVersions(a, b string) int {
	if c := slices.CompareFunc(strings.Split(core(a), "."), strings.Split(core(b), "."), compareNumbers); c != 0 {
		return c
	}
	x, y := preRelease(a), preRelease(b)
	if x == "" || y == "" {
		return cmp.Compare(len(y), len(x)) // the released one is the later
	}
	return slices.CompareFunc(strings.Split(x, "."), strings.Split(y, "."), compareNumbers)
}

func compareNumbers(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

func withoutBuild(v string) string {
	v, _, _ = strings.Cut(v, "+")
	return v
}

func unsortedHistory(d *document, fail fail) {
	list := d.history()
	for i := 1; i < len(list); i++ {
		if a, b := list[i-1].Text("number"), list[i].Text("number"); compareVersions(a, b) > 0 {
			fail(list[i].At("number"), lang.F("改訂履歴の版が日付の順に並びません(%[1]sの後に%[2]s)", "by date, the revision history is not in the order of versions (%[2]s after %[1]s)", input.Clip(a), input.Clip(b)))
		}
	}
}

func notLatest(d *document, fail fail) {
	list := d.history()
	if len(list) == 0 {
		return
	}
	v, latest := withoutBuild(d.tracking.Text("version")), withoutBuild(list[len(list)-1].Text("number"))
	if d.tracking.Text("status") == "draft" {
		v, latest = core(v), core(latest)
	}
	if v != latest {
		fail(d.tracking.At("version"), lang.F("文書の版%[1]sが、改訂履歴の最後の版%[2]sと違います", "the version %[1]s is not the latest of the revision history, %[2]s", input.Clip(v), input.Clip(latest)))
	}
}

func notDraft(d *document, fail fail) {
	v := d.tracking.Text("version")
	if (major(v) == 0 || preRelease(v) != "") && d.tracking.Text("status") != "draft" {
		fail(d.tracking.At("status"), lang.F("版%sは草案のはずですが、草案とされていません", "version %s is a draft by its number, and is not said to be one", input.Clip(v)))
	}
}

func released(d *document) bool {
	return slices.Contains([]string{"final", "interim"}, d.tracking.Text("status"))
}

func releasedZero(d *document, fail fail) {
	for _, r := range d.tracking.List("revision_history") {
		if released(d) && major(r.Text("number")) == 0 {
			fail(r.At("number"), lang.T("公開された文書の改訂履歴に版0があります", "the revision history of a released document has a version 0"))
		}
	}
}

func preReleaseEntry(d *document, fail fail) {
	for _, r := range d.tracking.List("revision_history") {
		if preRelease(r.Text("number")) != "" {
			fail(r.At("number"), lang.F("改訂履歴に公開前の版%sがあります", "the revision history has the pre-release version %s", input.Clip(r.Text("number"))))
		}
	}
}

func preReleaseVersion(d *document, fail fail) {
	if v := d.tracking.Text("version"); released(d) && preRelease(v) != "" {
		fail(d.tracking.At("version"), lang.F("公開された文書の版%sが公開前の版です", "a released document has the pre-release version %s", input.Clip(v)))
	}
}

func missingVersion(d *document, fail fail) {
	list := d.history()
	for i, r := range list {
		n := major(r.Text("number"))
		switch {
		case i == 0 && n > 1:
			fail(r.At("number"), lang.F("改訂履歴が版%dから始まっています", "the revision history begins with version %d", n))
		case i > 0 && n > major(list[i-1].Text("number"))+1:
			fail(r.At("number"), lang.F("改訂履歴の版%dの前が抜けています", "a version before %d is missing in the revision history", n))
		}
	}
}

func versionTwice(d *document, fail fail) {
	seen := map[string]bool{}
	for _, r := range d.tracking.List("revision_history") {
		n := withoutBuild(r.Text("number"))
		if seen[n] {
			fail(r.At("number"), lang.F("改訂履歴に版%sが二度あります", "the revision history has version %s twice", input.Clip(n)))
		}
		seen[n] = true
	}
}

func mixedVersions(d *document, fail fail) {
	kind := semantic(d.tracking.Text("version"))
	for _, r := range d.tracking.List("revision_history") {
		if semantic(r.Text("number")) != kind {
			fail(r.At("number"), lang.T("整数の版とセマンティックバージョンが混ざっています", "integer versions and semantic versions are mixed"))
		}
	}
}
