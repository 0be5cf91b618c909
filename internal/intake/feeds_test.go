package intake_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/testshared"
	"example.org/tasuki/internal/triage"
)

// publisher is a server over TLS that serves files with entity tags.
type publisher struct {
	*httptest.Server
	files map[string][]byte
}

func publish(t *testing.T) *publisher {
	p := &publisher{files: map[string][]byte{}}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := p.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(b)))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) client() *feed.Client {
	c := feed.NewClient("tasuki/test", p.Client().Transport)
	c.Tries, c.Idle = 1, 30*time.Second
	return c
}

// fetch fetches sources and wants them all to succeed.
func (d *desk) fetch(p *publisher, names ...string) []intake.FeedResult {
	d.Helper()
	out, err := intake.FetchFeeds(d.Context(), d.DB, desktest.Author, p.client(), names...)
	d.Must(err)
	for _, r := range out {
		if r.Err != nil {
			d.Fatalf("%s: %v", r.Source, r.Err)
		}
	}
	return out
}

func (d *desk) feedState(name string) intake.FeedState {
	d.Helper()
	all, err := intake.Feeds(d.Context(), d.DB)
	d.Must(err)
	i := slices.IndexFunc(all, func(s intake.FeedState) bool { return s.Name == name })
	if i < 0 {
		d.Fatalf("%s is not listed", name)
	}
	return all[i]
}

// matched gives how many components the matching that was audited last looked at.
func (d *desk) matched() string {
	d.Helper()
	entries, err := d.DB.AuditLog(d.Context(), store.AuditFilter{Object: store.Object{Kind: "advisories", ID: feed.OSV}})
	d.Must(err)
	for _, e := range entries {
		if e.Action == "matched" {
			return string(e.Detail)
		}
	}
	return ""
}

const two = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[
{"type":"library","bom-ref":"l","name":"log4j-core","version":"2.14.1","purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
{"type":"library","bom-ref":"o","name":"other","version":"1.0","purl":"pkg:maven/example/other@1.0"}]}`

func on(pkg, id, fixed, modified string) string {
	return `{"id":"` + id + `","modified":"` + modified + `","affected":[{"package":{"ecosystem":"Maven","name":"` + pkg + `"},
		"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"` + fixed + `"}]}]}]}`
}

func TestFetchedAdvisories(t *testing.T) {
	d := open(t)
	_, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(two)})
	p := publish(t)
	p.files["/osv/ecosystems.txt"] = []byte("Maven\n")
	p.files["/osv/Maven/all.zip"] = testshared.Zip(t, "A-1.json", on("org.apache.logging.log4j:log4j-core", "A-1", "2.15", "2026-10-01T00:00:00Z"))
	p.files["/osv/Maven/modified_id.csv"] = []byte("2026-10-01T00:00:00Z,A-1\n")
	p.files["/osv/Maven/A-1.json"] = []byte(on("org.apache.logging.log4j:log4j-core", "A-1", "2.15", "2026-10-01T00:00:00Z"))
	d.Must(intake.SetFeed(t.Context(), d.DB, desktest.Author, feed.OSV, intake.FeedSetting{URL: p.URL + "/osv"}))
	if s := d.feedState(feed.OSV); s.State != intake.FeedNever || s.AgeDays != nil || !s.Fetched {
		t.Errorf("before: %+v", s)
	}
	d.fetch(p, feed.OSV)
	found := func() (out string) {
		all, err := d.DB.FindingsOf(t.Context(), release)
		d.Must(err)
		for _, f := range all {
			out += f.Vuln + " in " + f.Name + " "
		}
		return out
	}
	if got := found(); got != "A-1 in log4j-core " || d.feedState(feed.OSV).State != intake.FeedFresh {
		t.Errorf("found %q, %+v", got, d.feedState(feed.OSV))
	}

	// A changed record takes its finding away, a new one brings one; only their components are matched.
	d.Now = d.Now.Add(time.Hour)
	p.files["/osv/Maven/modified_id.csv"] = []byte("2026-10-03T00:00:00Z,A-2\n2026-10-01T00:00:00Z,A-1\n")
	p.files["/osv/Maven/A-2.json"] = []byte(on("example:other", "A-2", "2.0", "2026-10-03T00:00:00Z"))
	if r := d.fetch(p, feed.OSV); !r[0].Changed || r[0].Count != 2 {
		t.Errorf("result %+v", r)
	}
	if got, log := found(), d.matched(); got != "A-2 in other A-1 in log4j-core " || !strings.Contains(log, `"components":2`) {
		t.Errorf("found %q; matched %s", got, log) // A-1 comes once more, as its time is that of the newest in the archive
	}
	d.Now = d.Now.Add(time.Hour)
	p.files["/osv/Maven/modified_id.csv"] = []byte("2026-10-04T00:00:00Z,A-2\n2026-10-01T00:00:00Z,A-1\n")
	p.files["/osv/Maven/A-2.json"] = []byte(strings.Replace(on("example:nothing", "A-2", "2.0", "2026-10-04T00:00:00Z"), `"id"`, `"withdrawn":"2026-10-04T00:00:00Z","id"`, 1))
	d.fetch(p, feed.OSV)
	if got, log := found(), d.matched(); got != "A-1 in log4j-core " || !strings.Contains(log, `"components":1`) {
		t.Errorf("found %q; matched %s", got, log)
	}
	d.Now = d.Now.Add(48 * time.Hour)
	if r := d.fetch(p, feed.OSV); r[0].Changed || !d.feedState(feed.OSV).LoadedAt.Equal(d.Now) {
		t.Errorf("unchanged: %+v, %+v", r, d.feedState(feed.OSV))
	}

	// What fails is said, and what is kept stays as old as it is.
	loaded := d.feedState(feed.OSV).LoadedAt
	d.Now = d.Now.Add(8 * 24 * time.Hour)
	p.files["/osv/Maven/all.zip"] = testshared.Zip(t)
	r, err := intake.FetchFeeds(t.Context(), d.DB, desktest.Author, p.client(), feed.OSV)
	d.Must(err)
	if s := d.feedState(feed.OSV); r[0].Err == nil || s.State != intake.FeedFailing || !s.LoadedAt.Equal(loaded) || s.Error == "" || s.Count != 2 || found() == "" {
		t.Errorf("an empty archive: %+v, %+v", r, s)
	}
	e, err := portfolio.AffectedBy(t.Context(), d.DB, "CVE-2099-1")
	d.Must(err)
	if !slices.ContainsFunc(e.Caveats, func(c lang.Text) bool { return strings.Contains(c.EN, "osv") }) {
		t.Errorf("the answer does not say that the source fails: %v", e.Caveats)
	}
	row := d.row(release, "S(3)-1.1")
	if row.Status == string(assess.Met) {
		t.Errorf("with a failing source the feeds read as fresh: %+v", row)
	}
}

// row gives the row of a release for one requirement; the zero row when there is none.
func (d *desk) row(release, id string) judging.Row {
	for _, r := range d.Rows(release) {
		if string(r.Requirement) == id {
			return r
		}
	}
	return judging.Row{}
}

func TestEmptySources(t *testing.T) {
	d := open(t)
	d.Product()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		d.Must(os.MkdirAll(filepath.Dir(file), 0o755))
		d.Must(os.WriteFile(file, []byte(text), 0o644))
		return file
	}
	for name, file := range map[string]string{
		feed.KEV:       write("kev.json", `{"catalogVersion":"1","dateReleased":"2026-10-01T00:00:00Z","vulnerabilities":[]}`),
		feed.EPSS:      write("epss.csv", "#model_version:v1,score_date:2026-10-01T00:00:00Z\ncve,epss,percentile\n"),
		feed.EndOfLife: write("eol.json", `{"products":[]}`),
		feed.NVD:       write("nvd.json", `{"vulnerabilities":[]}`),
		feed.JVN:       write("jvn.rdf", `<VULDEF-Document></VULDEF-Document>`),
		feed.Malicious: write("mal/README.md", "x"),
		feed.OSV:       filepath.Dir(write("osv/npm/A.json", "{")),
	} {
		if strings.HasSuffix(file, ".md") {
			file = filepath.Dir(file)
		}
		if name == feed.OSV {
			file = filepath.Dir(file)
		}
		_, err := intake.ImportFeed(t.Context(), d.DB, desktest.Author, name, file, d.Now)
		if err == nil {
			t.Errorf("%s: an empty source is taken", name)
		}
		if s := d.feedState(name); s.State != intake.FeedNever {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if _, err := intake.ImportFeed(t.Context(), d.DB, desktest.Author, "nothing", dir, d.Now); lang.KindOf(err) != lang.Usage {
		t.Errorf("got %v", err)
	}
}

// TestDirectories takes in records from checkouts of advisory databases.
func TestDirectories(t *testing.T) {
	d := open(t)
	_, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(two)})
	dir := t.TempDir()
	file := filepath.Join(dir, "advisories", "2026", "GHSA-1", "GHSA-1.json")
	d.Must(os.MkdirAll(filepath.Dir(file), 0o755))
	d.Must(os.WriteFile(file, []byte(on("example:other", "GHSA-1", "2.0", "2026-10-03T00:00:00Z")), 0o644))
	r, err := intake.ImportFeed(t.Context(), d.DB, desktest.Author, feed.GitHub, dir, d.Now)
	d.Must(err)
	if all, err := d.DB.FindingsOf(t.Context(), release); err != nil || len(all) != 1 || r.Count != 1 {
		t.Errorf("found %v, %+v, %v", all, r, err)
	}
	d.Advisories() // another source does not take these away
	if all, err := d.DB.FindingsOf(t.Context(), release); err != nil || len(all) != 2 {
		t.Errorf("found %v, %v", all, err)
	}
}

// A package that was published to do harm has to go at once, whatever the software is used for.
func TestMalicious(t *testing.T) {
	d := open(t)
	_, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(two)})
	dir := t.TempDir()
	write := func(id, pkg string) {
		file := filepath.Join(dir, "osv", "malicious", id+".json")
		d.Must(os.MkdirAll(filepath.Dir(file), 0o755))
		d.Must(os.WriteFile(file, []byte(on(pkg, id, "99", "2026-10-03T00:00:00Z")), 0o644))
	}
	write("MAL-2026-1", "example:other")
	write("OTHER-1", "org.apache.logging.log4j:log4j-core")
	_, err := intake.ImportFeed(t.Context(), d.DB, desktest.Author, feed.Malicious, dir, d.Now)
	d.Must(err)
	list, err := portfolio.Triage(t.Context(), d.DB, portfolio.TriageFilter{})
	d.Must(err)
	if len(list) != 2 || list[0].Finding.Vuln != "MAL-2026-1" || !list[0].Malicious || list[0].Priority.Action != triage.Immediate ||
		list[1].Malicious || list[1].Priority.Action == triage.Immediate {
		t.Errorf("got %+v", list)
	}
}
