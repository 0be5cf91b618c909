package feed

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

var now = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// site is a server over TLS that serves files with entity tags, and counts what it was asked.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	files  map[string][]byte
	status map[string][]int // answers other than 200, one for each request
	odd    map[string]http.HandlerFunc
	asked  []string
	sent   int           // bodies
	idle   time.Duration // how long its client waits for more; zero: long
}

func serve(t *testing.T) *site {
	s := &site{files: map[string][]byte{}, status: map[string][]int{}, odd: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	if odd := s.odd[r.URL.Path]; odd != nil {
		odd(w, r)
		return
	}
	if list := s.status[r.URL.Path]; len(list) > 0 {
		s.status[r.URL.Path] = list[1:]
		w.WriteHeader(list[0])
		return
	}
	b, ok := s.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(b))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.sent++
	w.Write(b)
}

// client fetches from the site, with the patience that a test gives it.
func (s *site) client() *Client {
	c := NewClient("tasuki/test", s.Client().Transport)
	c.Idle, c.Total, c.Wait, c.Page = cmp.Or(s.idle, 30*time.Second), time.Minute, time.Millisecond, 0
	return c
}

// round is a source fetched again and again into the same place.
type round struct {
	t      *testing.T
	s      *site
	source Source
	url    string
	kept   string
	parts  map[string]Part
	now    time.Time
}

func (s *site) round(t *testing.T, name, path string) *round {
	source, ok := Find(name)
	if !ok {
		t.Fatalf("there is no source %s", name)
	}
	return &round{t: t, s: s, source: source, url: s.URL + path, kept: t.TempDir(), now: now}
}

// fetch fetches, takes over what is new, and remembers the parts, as callers do.
func (r *round) fetch() (Fetched, error) {
	r.t.Helper()
	dir := r.t.TempDir()
	got, err := r.source.Fetch(context.Background(), r.s.client(), Options{URL: r.url, Kept: r.kept, New: dir, Parts: r.parts, Now: r.now})
	r.parts = got.Parts
	for _, name := range got.Whole {
		os.RemoveAll(filepath.Join(r.kept, name))
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(r.kept, name)); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, name := range got.Single {
		os.MkdirAll(filepath.Dir(filepath.Join(r.kept, name)), 0o700)
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(r.kept, name)); err != nil {
			r.t.Fatal(err)
		}
	}
	return got, err
}

func (r *round) must(what string, changed bool) Fetched {
	r.t.Helper()
	got, err := r.fetch()
	if err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
	if got.Changed() != changed {
		r.t.Fatalf("%s: changed is %v: %+v", what, got.Changed(), got)
	}
	return got
}

func (r *round) mustFail(what string, kind lang.Kind, words string) Fetched {
	r.t.Helper()
	got, err := r.fetch()
	if lang.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), words) {
		r.t.Fatalf("%s: error %v of kind %d", what, err, lang.KindOf(err))
	}
	return got
}

func TestSingleFile(t *testing.T) {
	catalogue, err := os.ReadFile(testshared.Dir(t, "kev", "known_exploited_vulnerabilities.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	s.files["/kev.json"] = catalogue
	r := s.round(t, KEV, "/kev.json")
	r.must("first", true)
	r.must("second", false)
	if s.sent != 1 {
		t.Errorf("the file was sent %d times", s.sent)
	}
	os.Remove(filepath.Join(r.kept, File(KEV)))
	r.must("the kept file is gone", true)

	s.files["/kev.json"] = append(catalogue, '\n')
	s.status["/kev.json"] = []int{503, 500}
	r.must("an overloaded server is asked again", true)
	s.status["/kev.json"] = []int{500, 500, 500}
	r.mustFail("a broken server", lang.Unreachable, "500")
	r.must("what was remembered is still remembered", false)
	delete(s.files, "/kev.json")
	r.mustFail("a missing file", lang.Unreachable, "404")

	s.odd["/kev.json"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(catalogue)))
		w.Write(catalogue[:1000])
	}
	r.mustFail("a truncated file", lang.Unreachable, "EOF")
	s.odd["/kev.json"] = func(w http.ResponseWriter, q *http.Request) {
		w.Write(catalogue[:1000])
		w.(http.Flusher).Flush()
		select {
		case <-q.Context().Done():
		case <-time.After(3 * time.Second):
		}
	}
	s.idle = 200 * time.Millisecond
	r.mustFail("a server that stops", lang.Unreachable, "stopped sending")
	s.idle = 0
	s.odd["/kev.json"] = func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, "http://"+q.Host+"/kev.json", http.StatusFound)
	}
	r.mustFail("a redirect to http", lang.Unreachable, "not HTTPS")
	s.odd["/kev.json"] = func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, "https://other.example/kev.json", http.StatusFound)
	}
	r.mustFail("a redirect to another host", lang.Unreachable, "another host")
	s.odd["/kev.json"] = func(w http.ResponseWriter, _ *http.Request) {
		for range 70 {
			w.Write(make([]byte, 1<<20))
		}
	}
	r.mustFail("too large a file", lang.Unreachable, "larger than allowed")
	if b, err := os.ReadFile(filepath.Join(r.kept, File(KEV))); err != nil || len(b) != len(catalogue)+1 {
		t.Errorf("after failures the kept file has %d bytes, %v", len(b), err)
	}
	r.url = strings.Replace(r.url, "https", "http", 1)
	r.mustFail("http", lang.Usage, "no https address")
}

func TestCancelled(t *testing.T) {
	s := serve(t)
	source, _ := Find(KEV)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := source.Fetch(ctx, s.client(), Options{URL: s.URL + "/x", Kept: t.TempDir(), New: t.TempDir(), Now: now})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func record(id, modified string) string {
	return `{"id":"` + id + `","modified":"` + modified + `","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":["1"]}]}`
}

func TestOSV(t *testing.T) {
	real, err := os.ReadFile(testshared.Dir(t, "osv", "Hackage", "all.zip"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	s.files["/osv/ecosystems.txt"] = []byte("Hackage\nnpm\nnpm:odd\n../up\n\n")
	s.files["/osv/Hackage/all.zip"] = real
	s.files["/osv/Hackage/modified_id.csv"] = []byte("2026-01-01T00:00:00Z,HSEC-2023-0001\n")
	s.files["/osv/npm/all.zip"] = testshared.Zip(t, "A-1.json", record("A-1", "2026-09-01T00:00:00Z"), "A-2.json", record("A-2", "2027-09-01T00:00:00Z"))
	s.files["/osv/npm/modified_id.csv"] = []byte("2027-09-01T00:00:00Z,A-2\n2026-09-01T00:00:00Z,A-1\n")
	s.files["/osv/npm/A-1.json"], s.files["/osv/npm/A-2.json"] = []byte(record("A-1", "2026-09-01T00:00:00Z")), []byte(record("A-2", "2027-09-01T00:00:00Z"))
	r := s.round(t, OSV, "/osv/")
	got := r.must("first", true)
	if !slices.Equal(got.Whole, []string{"Hackage", "npm"}) || len(got.Single) > 0 {
		t.Errorf("first brought %v, %v", got.Whole, got.Single)
	}
	r.must("the list is followed from the newest record on", true) // A-1 once more, and A-2 of the future
	sent := s.sent
	r.must("nothing new", false)
	if s.sent != sent+1 { // ecosystems.txt
		t.Errorf("%d bodies were sent where nothing was new: %v", s.sent-sent, s.asked)
	}

	s.files["/osv/npm/modified_id.csv"] = []byte("2026-09-02T00:00:00Z,npm/A-3\n2026-09-01T12:00:00Z,A-4\n2026-09-01T00:00:00Z,A-1\n")
	s.files["/osv/npm/A-3.json"] = []byte(record("A-3", "2026-09-02T00:00:00Z"))
	got = r.must("one new, one that vanished", true)
	if !slices.Equal(got.Single, []string{"npm/A-3.json"}) || len(got.Problems) != 1 {
		t.Errorf("brought %v, problems %v", got.Single, got.Problems)
	}
	r.must("and then nothing", false)

	s.files["/osv/npm/modified_id.csv"] = []byte("2026-09-03T00:00:00Z,A-5\n")
	s.files["/osv/npm/A-5.json"] = []byte(record("A-6", "2026-09-03T00:00:00Z"))
	r.mustFail("a record under another id", lang.Unexpected, "another id")
	s.files["/osv/npm/A-5.json"] = []byte(record("A-5", "2026-09-03T00:00:00Z"))
	r.must("is asked for again", true)

	r.now = now.Add(8 * 24 * time.Hour)
	s.files["/osv/npm/all.zip"] = testshared.Zip(t, "A-5.json", record("A-5", "2026-09-03T00:00:00Z"))
	got = r.must("a week later", true)
	if !slices.Equal(got.Whole, []string{"npm"}) {
		t.Errorf("brought %v", got.Whole)
	}
	r.now = now.Add(16 * 24 * time.Hour)
	whole := s.files["/osv/npm/all.zip"]
	s.files["/osv/npm/all.zip"] = whole[:len(whole)/2]
	got = r.mustFail("half an archive", lang.Unreadable, "zip")
	if len(got.Whole) > 0 {
		t.Errorf("took over %v", got.Whole)
	}
	s.files["/osv/npm/all.zip"] = testshared.Zip(t)
	r.mustFail("an archive of nothing", lang.Unreadable, "hardly any")
	if _, err := os.Stat(filepath.Join(r.kept, "npm", "all.zip")); err != nil {
		t.Errorf("after failures the kept archive is gone: %v", err)
	}
	s.files["/osv/npm/all.zip"] = whole
	r.must("healed", false) // the same archive as before
}

func TestArchives(t *testing.T) {
	s := serve(t)
	s.files["/ghsa.zip"] = testshared.Zip(t, "main/advisories/GHSA-a/GHSA-a.json", record("GHSA-a", "2026-01-01T00:00:00Z"), "main/README.md", "x")
	r := s.round(t, GitHub, "/ghsa.zip")
	if got := r.must("first", true); !slices.Equal(got.Whole, []string{GitHub}) {
		t.Errorf("brought %v", got.Whole)
	}
	r.must("second", false)
	s.files["/ghsa.zip"] = []byte("<html>maintenance</html>")
	r.mustFail("a page instead of an archive", lang.Unreadable, "zip")
}

func packed(t *testing.T, text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNVD(t *testing.T) {
	s := serve(t)
	for year := firstYear; year <= 2026; year++ {
		text := fmt.Sprintf(`{"vulnerabilities":[],"year":%d}`, year)
		name := fmt.Sprintf("/nvd/nvdcve-2.0-%d", year)
		s.files[name+".json.gz"] = packed(t, text)
		s.files[name+".meta"] = fmt.Appendf(nil, "lastModifiedDate:x\r\nsha256:%X\r\n", sha256.Sum256([]byte(text)))
	}
	r := s.round(t, NVD, "/nvd/")
	if got := r.must("first", true); len(got.Single) != 25 {
		t.Errorf("brought %v", got.Single)
	}
	r.must("second", false)
	s.files["/nvd/nvdcve-2.0-2020.meta"] = []byte("sha256:" + strings.Repeat("0", 64))
	if got := r.mustFail("a wrong sum", lang.Unverified, "digest"); got.Changed() {
		t.Errorf("took over %v", got.Single)
	}

	var asked []string
	s.odd["/rest/json/cves/2.0"] = func(w http.ResponseWriter, q *http.Request) {
		asked = append(asked, q.URL.Query().Get("startIndex")+" "+q.URL.Query().Get("lastModStartDate"))
		if q.URL.Query().Get("startIndex") == "0" {
			fmt.Fprint(w, `{"startIndex":0,"totalResults":3,"vulnerabilities":[{},{}]}`)
		} else {
			fmt.Fprint(w, `{"startIndex":2,"totalResults":3,"vulnerabilities":[{}]}`)
		}
	}
	a := s.round(t, NVD, "/rest/json/cves/2.0")
	if got := a.must("pages", true); !slices.Equal(got.Single, []string{"page-0000000.json", "page-0000002.json"}) {
		t.Errorf("brought %v", got.Single)
	}
	a.now = now.Add(time.Hour)
	a.must("what changed since", true)
	if want := []string{"0 ", "2 ", "0 2026-10-01T00:00:00.000Z", "2 2026-10-01T00:00:00.000Z"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

func TestJVN(t *testing.T) {
	s := serve(t)
	text := []byte("<VULDEF-Document/>")
	s.files["/ja/feed/detail/jvndb_detail_2022.rdf"] = text
	manifest := func(sum any) []byte {
		return fmt.Appendf(nil, `[{"url":"https://jvndb.jvn.jp/ja/rss/jvndb.rdf","filename":"jvndb.rdf","sha256":"00"},
			{"url":"https://jvndb.jvn.jp/ja/feed/detail/jvndb_detail_2022.rdf","filename":"jvndb_detail_2022.rdf","sha256":"%x"}]`, sum)
	}
	s.files["/ja/feed/checksum.txt"] = manifest(sha256.Sum256(text))
	r := s.round(t, JVN, "/ja/feed/checksum.txt")
	if got := r.must("first", true); !slices.Equal(got.Single, []string{"jvndb_detail_2022.rdf"}) {
		t.Errorf("brought %v", got.Single)
	}
	sent := s.sent
	r.must("second", false)
	if s.sent != sent+1 {
		t.Errorf("more than the manifest was sent: %v", s.asked)
	}
	s.files["/ja/feed/checksum.txt"] = manifest(sha256.Sum256([]byte("other")))
	r.mustFail("a file that the manifest does not describe", lang.Unverified, "digest")
}

// TestProvider fetches the small CSAF providers of the shared data, with their real signature.
func TestProvider(t *testing.T) {
	for _, name := range []string{"simple-directory-provider", "simple-rolie-provider"} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			root := testshared.Dir(t, "csaf", "providers")
			for _, from := range []string{"simple-directory-provider", name} {
				for _, file := range []string{"provider-metadata.json", "openpgp/pubkey.asc", "white/avendor-advisory-0004.json.asc",
					"white/avendor-advisory-0004.json.sha256", "white/avendor-advisory-0004.json.sha512", "white/changes.csv", "white/index.txt", "white/white-feed.json"} {
					b, err := os.ReadFile(filepath.Join(root, from, filepath.FromSlash(file)))
					if err != nil {
						continue
					}
					b = bytes.ReplaceAll(b, []byte("{{.URL}}"), []byte(s.URL))
					for _, directive := range []string{"{{if .EnableSha256}}", "{{if .EnableSha512}}", "{{end}}"} {
						b = bytes.ReplaceAll(b, []byte(directive), nil)
					}
					s.files["/"+file] = b
				}
			}
			// The document lies there under another name.
			b, err := os.ReadFile(filepath.Join(root, "simple-directory-provider", "white", "avendor-advisory-0004-not-listed.json"))
			if err != nil {
				t.Fatal(err)
			}
			const file = "/white/avendor-advisory-0004.json"
			s.files[file] = b

			r := s.round(t, "csaf:example.com", "/provider-metadata.json")
			got := r.must("first", true)
			if len(got.Checks) != 1 || !got.Checks[0].Sum || got.Checks[0].Signer != "A8914CA2F11139C6A69A0018FB3CD9B15DE61596" {
				t.Errorf("checks %+v, problems %v", got.Checks, got.Problems)
			}
			asked := len(s.asked)
			r.must("second", false)
			if slices.Contains(s.asked[asked:], file) {
				t.Error("a document that did not change was asked for")
			}
			r.parts = nil
			s.files[file] = append(bytes.Clone(b), ' ')
			r.mustFail("another document than the digest says", lang.Unverified, "digest")
			for _, sum := range []string{".sha256", ".sha512"} {
				delete(s.files, file+sum)
			}
			if name == "simple-directory-provider" {
				r.mustFail("another document than was signed", lang.Unverified, "signature")
				s.files[file] = b
				got = r.must("without digests", true)
				if len(got.Problems) != 1 || got.Checks[0].Sum || got.Checks[0].Signer == "" {
					t.Errorf("checks %+v, problems %v", got.Checks, got.Problems)
				}
			} else {
				r.mustFail("a digest that is listed and missing", lang.Unreachable, "not there")
			}
			s.files["/provider-metadata.json"] = bytes.ReplaceAll(s.files["/provider-metadata.json"], []byte("A8914C"), []byte("B8914C"))
			r.parts = nil
			if got, _ := r.fetch(); slices.ContainsFunc(got.Checks, func(c Check) bool { return c.Signer != "" }) {
				t.Errorf("a key with another fingerprint counted: %+v", got.Checks)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, s := range Sources() {
		if got, ok := Find(s.Name); !ok || got.URL != s.URL || s.Title.JA == "" || s.Title.EN == "" || s.Terms == "" || !strings.HasPrefix(s.URL, "https://") {
			t.Errorf("%+v", s)
		}
	}
	for name, ok := range map[string]bool{"csaf:example.com": true, "csaf:": false, "csaf:a/b": false, "csaf:..": false, "nothing": false} {
		if _, found := Find(name); found != ok {
			t.Errorf("%s: %v", name, found)
		}
	}
	if s, _ := Find("csaf:example.com"); s.URL != "https://example.com/.well-known/csaf/provider-metadata.json" {
		t.Errorf("got %s", s.URL)
	}
}
