package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/store"
)

// withModel saves [Model] and two documents that can be SBOMs of its releases.
func withModel(t testing.TB, db *store.DB) (first, second string) {
	t.Helper()
	Change(t, db, func(tx *store.Tx) error { return tx.SaveModel(context.Background(), Model()) })
	return Put(t, db, "first SBOM"), Put(t, db, "second SBOM")
}

func component(purl, name, version string) store.ReleaseComponent {
	return store.ReleaseComponent{Component: store.Component{PURL: purl, Name: name, Version: version}, Ref: "ref-" + name}
}

func testComponents(t *testing.T, db *store.DB) {
	ctx := context.Background()
	first, second := withModel(t, db)
	a, b := component("pkg:npm/a@1", "a", "1"), component("pkg:npm/b@1", "b", "1")
	a.Direct, a.Supplier, a.Presence = true, "Example", map[fact.Field]fact.Presence{fact.FieldHash: fact.Unknown}
	noPURL := component("", "c\x00\xff", "1")
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(
			tx.ReplaceReleaseComponents(ctx, "r1", first, []store.ReleaseComponent{b, a, a, noPURL}),
			tx.ReplaceReleaseComponents(ctx, "r2", first, []store.ReleaseComponent{a}),
			tx.ReplaceReleaseComponents(ctx, "r2", second, []store.ReleaseComponent{noPURL}))
	})
	got, err := db.ReleaseComponents(ctx, "r1")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"b", "a", "a", "c\uFFFD\uFFFD"}
	if names := names(got); !slices.Equal(names, want) {
		t.Errorf("components %q, want %q", names, want)
	}
	a.ID, a.Document = got[1].ID, first
	if diff := cmp.Diff(a, got[1]); diff != "" {
		t.Errorf("component (-want +got):\n%s", diff)
	}
	all, err := db.Components(ctx)
	if err != nil || len(all) != 3 {
		t.Errorf("distinct components: %v, error %v", all, err)
	}
	if r, err := db.ReleasesHolding(ctx, []int64{a.ID}); err != nil || !slices.Equal(r, []string{"r1", "r2"}) {
		t.Errorf("releases holding a: %v, error %v", r, err)
	}
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(
			tx.ReplaceReleaseComponents(ctx, "r1", first, []store.ReleaseComponent{b}),
			tx.DropComponentList(ctx, "r2", second))
	})
	for release, want := range map[string][]string{"r1": {"b"}, "r2": {"a"}} {
		if got, err := db.ReleaseComponents(ctx, release); err != nil || !slices.Equal(names(got), want) {
			t.Errorf("%s now holds %q, error %v, want %q", release, names(got), err, want)
		}
	}
	if d, err := db.ComponentsOf(ctx, "r1"); err != nil || len(d) != 1 {
		t.Errorf("distinct components of r1: %v, error %v", d, err)
	}
}

func names(components []store.ReleaseComponent) (out []string) {
	for _, c := range components {
		out = append(out, c.Name)
	}
	return out
}

// testManyComponents goes over the sizes at which statements are cut.
func testManyComponents(t *testing.T, db *store.DB) {
	ctx := context.Background()
	first, _ := withModel(t, db)
	var list []store.ReleaseComponent
	for i := range 2345 {
		list = append(list, component(fmt.Sprintf("pkg:npm/p%d@1", i%2000), fmt.Sprintf("p%d", i%2000), "1"))
	}
	for range 2 {
		Change(t, db, func(tx *store.Tx) error { return tx.ReplaceReleaseComponents(ctx, "r1", first, list) })
		got, err := db.ReleaseComponents(ctx, "r1")
		if err != nil || !slices.Equal(names(got), names(list)) {
			t.Fatalf("%d components came back of %d, error %v", len(got), len(list), err)
		}
		if all, err := db.Components(ctx); err != nil || len(all) != 2000 {
			t.Fatalf("%d distinct components, error %v", len(all), err)
		}
	}
}

func testFindings(t *testing.T, db *store.DB) {
	ctx := context.Background()
	first, second := withModel(t, db)
	a, b := component("pkg:npm/a@1", "a", "1"), component("pkg:npm/b@1", "b", "1")
	direct := a
	direct.Direct = true
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(
			tx.ReplaceReleaseComponents(ctx, "r1", first, []store.ReleaseComponent{a, b}),
			tx.ReplaceReleaseComponents(ctx, "r1", second, []store.ReleaseComponent{direct}),
			tx.ReplaceReleaseComponents(ctx, "r2", first, []store.ReleaseComponent{a}))
	})
	all, err := db.Components(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{all[0].ID, all[1].ID}
	found := func(component int64, vuln string, aliases ...string) store.Finding {
		return store.Finding{Component: component, Finding: finding.Finding{Vuln: vuln, Aliases: aliases, Advisories: []string{vuln},
			Severity: finding.High, Score: 7.5, Fixed: []string{"2"}}, Modified: Start}
	}
	var done store.FindingChanges
	replace := func(components []int64, fs ...store.Finding) (added, gone int) {
		t.Helper()
		Change(t, db, func(tx *store.Tx) (err error) {
			done, err = tx.ReplaceFindings(ctx, components, fs)
			return err
		})
		return done.Added, done.Gone
	}
	if added, gone := replace(ids, found(ids[0], "GHSA-1", "CVE-1"), found(ids[0], "GHSA-2"), found(ids[1], "GHSA-1", "CVE-1")); added != 3 || gone != 0 {
		t.Errorf("at first %d added, %d gone", added, gone)
	}
	before, err := db.FindingsOf(ctx, "r1")
	if err != nil || len(before) != 3 {
		t.Fatalf("findings of r1: %v, error %v", before, err)
	}
	several, err := db.FindingsIn(ctx, []string{"r1", "none"})
	if err != nil || len(several) != 1 || !cmp.Equal(several["r1"], before) {
		t.Errorf("findings in releases: %v, error %v", several, err)
	}
	among, err := db.FoundAmong(ctx, []string{"CVE-1", "GHSA-1", "GHSA-2", "CVE-9"})
	if err != nil || !slices.Equal(among, []string{"GHSA-1", "GHSA-2"}) {
		t.Errorf("found among: %v, error %v", among, err)
	}
	if added, gone := replace(ids, found(ids[0], "GHSA-2"), found(ids[1], "GHSA-1", "CVE-1"), found(ids[0], "GHSA-1", "CVE-1")); added != 0 || gone != 0 || len(done.Components) != 0 {
		t.Errorf("the same again: %+v", done)
	}
	if added, gone := replace(ids, found(ids[0], "GHSA-1", "CVE-1"), found(ids[0], "GHSA-3"), found(ids[1], "GHSA-1", "CVE-1")); added != 1 || gone != 1 || !slices.Equal(done.Components, ids[:1]) {
		t.Errorf("then %+v", done)
	}
	after, err := db.FindingsOf(ctx, "r1")
	if err != nil || len(after) != 3 {
		t.Fatalf("findings of r1: %v, error %v", after, err)
	}
	f := after[0]
	if f.PURL != "pkg:npm/a@1" || f.Vuln != "GHSA-1" || f.Severity != finding.High || !slices.Equal(f.Aliases, []string{"CVE-1"}) || !f.Modified.Equal(Start) {
		t.Errorf("finding %+v", f)
	}
	if !f.FirstSeen.Equal(before[0].FirstSeen) || !f.LastSeen.After(before[0].LastSeen) {
		t.Errorf("seen from %v to %v; before, %v to %v", f.FirstSeen, f.LastSeen, before[0].FirstSeen, before[0].LastSeen)
	}
	var got []string
	for _, id := range []string{"CVE-1", "GHSA-1"} {
		affected, err := db.AffectedBy(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range affected {
			got = append(got, fmt.Sprintf("%s/%s/%s/%s/%v", x.Software, x.Release, x.Component.Name, x.Vuln, x.Direct))
		}
	}
	want := "sw/r1/a/GHSA-1/true sw/r1/b/GHSA-1/false sw/r2/a/GHSA-1/false "
	if s := strings.Join(got, " ") + " "; s != want+want {
		t.Errorf("affected: %s", s)
	}
	if x, err := db.AffectedBy(ctx, "GHSA-2"); err != nil || len(x) != 0 {
		t.Errorf("affected by what is gone: %v, error %v", x, err)
	}
}

func testAdvisories(t *testing.T, db *store.DB) {
	ctx := context.Background()
	src := store.AdvisorySource{Name: "osv", Count: 5, Newest: Start, LoadedAt: Start}
	Change(t, db, func(tx *store.Tx) error { return tx.SaveAdvisorySource(ctx, src) })
	src.Error = "no answer"
	Change(t, db, func(tx *store.Tx) error { return tx.SaveAdvisorySource(ctx, src) })
	if got, err := db.AdvisorySources(ctx); err != nil || cmp.Diff([]store.AdvisorySource{src}, got) != "" {
		t.Errorf("sources %+v, error %v", got, err)
	}
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.FailAdvisorySource(ctx, "osv", "https://example.org/", "gone"), tx.FailAdvisorySource(ctx, "kev", "", "never"))
	})
	got, err := db.AdvisorySources(ctx)
	if err != nil || len(got) != 2 || got[0].Name != "kev" || !got[0].Empty() || got[1].Count != 5 || !got[1].LoadedAt.Equal(Start) ||
		got[1].Error != "gone" || got[1].TriedAt.IsZero() || got[1].Empty() {
		t.Errorf("after failures %+v, error %v", got, err)
	}
	testFeeds(t, db)
	d := store.Decision{ID: "d1", Vuln: "CVE-1", Software: "sw", Status: "not_affected", Justification: "component_not_present", Revision: 1}
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.SaveDecision(ctx, d), tx.SaveDecision(ctx, store.Decision{ID: "d2", Vuln: "CVE-2", Status: "fixed", Revision: 1}))
	})
	d.Status, d.Revision = "affected", 2
	d.Treatment, d.TreatBy, d.TreatedAt = "fix", Start.Add(time.Hour), Start
	d.Grounds, d.Priority = []store.Ground{{Component: "pkg:npm/a@1", Vuln: "CVE-1", Facts: "sha256:00"}}, json.RawMessage(`{"outcome":"S"}`)
	Change(t, db, func(tx *store.Tx) error { return tx.SaveDecision(ctx, d) })
	conflict(t, db, func(tx *store.Tx) error { return tx.SaveDecision(ctx, d) })
	made, err := db.Decisions(ctx, "CVE-1")
	if err != nil || len(made) != 1 || made[0].Status != "affected" || made[0].By != "alice" || made[0].Revision != 2 ||
		made[0].Treatment != "fix" || !made[0].TreatBy.Equal(d.TreatBy) || !made[0].TreatedAt.Equal(Start) || cmp.Diff(made[0].Grounds, d.Grounds) != "" ||
		string(made[0].Priority) != string(d.Priority) {
		t.Errorf("decisions %+v, error %v", made, err)
	}
	if all, err := db.Decisions(ctx); err != nil || len(all) != 2 {
		t.Errorf("all decisions %+v, error %v", all, err)
	}
}

// testEPSS replaces the scores of a day; what has no score is absent.
func testEPSS(t *testing.T, db *store.DB) {
	ctx := context.Background()
	Change(t, db, func(tx *store.Tx) error {
		return tx.ReplaceEPSS(ctx, []store.EPSS{{CVE: "CVE-1", Score: 1}, {CVE: "CVE-3"}})
	})
	want := store.EPSS{CVE: "CVE-1", Score: 0.04879, Percentile: 0.999990001}
	Change(t, db, func(tx *store.Tx) error {
		return tx.ReplaceEPSS(ctx, []store.EPSS{{CVE: "CVE-1", Score: 0.5}, want, {CVE: "CVE-2"}})
	})
	got, err := db.EPSSOf(ctx, []string{"CVE-1", "CVE-2", "CVE-3"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]store.EPSS{"CVE-1": want, "CVE-2": {CVE: "CVE-2"}}, got); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
}

// testFeeds tries what is kept of addresses and of catalogues.
func testFeeds(t *testing.T, db *store.DB) {
	ctx := context.Background()
	parts := []store.FeedPart{{Address: "https://example.org/a", ETag: `"1"`, Modified: "Mon", Digest: "sha256:00", Mark: "m", FetchedAt: Start}}
	Change(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.SaveFeedParts(ctx, "x", append(parts, store.FeedPart{Address: "https://example.org/b"})), tx.SaveFeedParts(ctx, "x", parts))
	})
	if got, err := db.FeedParts(ctx, "x"); err != nil || cmp.Diff(parts, got) != "" {
		t.Errorf("parts %+v, error %v", got, err)
	}
	put := func(id, data string, names, products []string) store.VulnRecord {
		return store.VulnRecord{Source: "jvn", ID: id, Names: names, Products: products, Modified: Start, Data: json.RawMessage(data)}
	}
	Change(t, db, func(tx *store.Tx) error {
		return tx.PutVulnRecords(ctx, []store.VulnRecord{put("J-1", `{"n":1}`, []string{"CVE-1", "CVE-1"}, []string{"a:b"}), put("J-2", `{}`, []string{"CVE-2"}, nil)})
	})
	Change(t, db, func(tx *store.Tx) error {
		return tx.PutVulnRecords(ctx, []store.VulnRecord{put("J-1", `{"n":0}`, nil, nil), put("J-1", `{"n":2}`, []string{"CVE-9"}, []string{"c:d"})})
	})
	for ids, want := range map[string]string{"CVE-9": `{"n":2}`, "J-1": `{"n":2}`, "CVE-2": "{}", "CVE-1": ""} {
		got, err := db.VulnRecords(ctx, []string{ids})
		text := ""
		for _, r := range got {
			text += string(r.Data)
		}
		if err != nil || text != want {
			t.Errorf("records of %s: %s, error %v", ids, text, err)
		}
	}
	if got, err := db.VulnRecordsOn(ctx, "c:d"); err != nil || len(got) != 1 || got[0].ID != "J-1" {
		t.Errorf("records on c:d: %v, error %v", got, err)
	}
	if got, err := db.VulnRecordsOn(ctx, "a:b"); err != nil || len(got) != 0 {
		t.Errorf("records on a:b: %v, error %v", got, err)
	}
	if n, newest, err := db.VulnRecordCount(ctx, "jvn"); err != nil || n != 2 || !newest.Equal(Start) {
		t.Errorf("%d records, newest %v, error %v", n, newest, err)
	}
	if names, err := db.VulnRecordNames(ctx, "J-1"); err != nil || cmp.Diff(names, []string{"CVE-9"}) != "" {
		t.Errorf("names %v, error %v", names, err)
	}
}
