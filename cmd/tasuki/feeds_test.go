package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/testshared"
)

// mirror is a server over TLS that serves advisory data, and a way to run the program against it.
type mirror struct {
	*testing.T
	server *httptest.Server
	files  map[string][]byte
	asked  []string
	cert   string
	data   string
	now    time.Time // a minute later at every run: the clock never goes back
}

func newMirror(t *testing.T) *mirror {
	m := &mirror{T: t, files: map[string][]byte{}, data: filepath.Join(t.TempDir(), "ws"), now: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), cert: filepath.Join(t.TempDir(), "ca.pem")}
	m.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := m.files[r.URL.Path]
		m.asked = append(m.asked, r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(b)))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}))
	t.Cleanup(m.server.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.server.Certificate().Raw})
	if err := os.WriteFile(m.cert, block, 0o644); err != nil {
		t.Fatal(err)
	}
	return m
}

// share serves a file of the shared data.
func (m *mirror) share(address string, parts ...string) {
	m.Helper()
	b, err := os.ReadFile(testshared.Dir(m.T, parts...))
	if err != nil {
		m.Fatal(err)
	}
	m.files[address] = b
}

func (m *mirror) command(args ...string) *exec.Cmd {
	m.now = m.now.Add(time.Minute)
	cmd := exec.Command(os.Args[0], append(args, "--data", m.data, "--lang", "en")...)
	cmd.Env = append(os.Environ(), runMain+"=1", "SSL_CERT_FILE="+m.cert, testClock+"="+m.now.Format(time.RFC3339))
	return cmd
}

// run runs the program and wants an exit code.
func (m *mirror) run(want int, args ...string) string {
	m.Helper()
	out, err := m.command(args...).CombinedOutput()
	code := 0
	if exit, ok := err.(*exec.ExitError); ok {
		code = exit.ExitCode()
	} else if err != nil {
		m.Fatal(err)
	}
	if code != want {
		m.Fatalf("%v: exit code %d\n%s", args, code, out)
	}
	return string(out)
}

const lodash = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[
 {"type":"library","bom-ref":"l","name":"lodash","version":"4.17.15","purl":"pkg:npm/lodash@4.17.15"},
 {"type":"library","bom-ref":"d","name":"django","version":"3.2.1","purl":"pkg:pypi/django@3.2.1"}]}`

// TestFeeds runs the whole of it: a workspace that fetches real data from a mirror, asks again, and tells how old it is.
func TestFeeds(t *testing.T) {
	m := newMirror(t)
	m.files["/osv/ecosystems.txt"] = []byte("npm\nHackage\n")
	for _, eco := range []string{"npm", "Hackage"} {
		m.share("/osv/"+eco+"/all.zip", "osv", eco, "all.zip")
		m.files["/osv/"+eco+"/modified_id.csv"] = []byte("2020-01-01T00:00:00Z,X-1\n")
	}
	m.share("/kev.json", "kev", "known_exploited_vulnerabilities.json")
	m.share("/epss.csv.gz", "epss", "epss_scores-2026-07-23.csv.gz")
	m.share("/eol.json", "eol", "endoflife.json.gz")
	sbom := filepath.Join(t.TempDir(), "sbom.json")
	if err := os.WriteFile(sbom, []byte(lodash), 0o644); err != nil {
		t.Fatal(err)
	}
	m.run(0, "push", sbom, "--software", "App", "--release", "1.0", "--create", "--role", "developer", "--level", "minimum")
	if out := m.run(0, "feeds", "list"); !strings.Contains(out, "never fetched") || !strings.Contains(out, "osv-vulnerabilities") {
		t.Errorf("before the first fetch:\n%s", out)
	}
	for name, path := range map[string]string{"osv": "/osv", "kev": "/kev.json", "epss": "/epss.csv.gz", "endoflife": "/eol.json"} {
		m.run(0, "feeds", "set", name, "--url", m.server.URL+path)
	}
	m.run(2, "feeds", "set", "kev", "--url", "http://example.com/")
	m.run(0, "feeds", "set", "jvn", "--off")
	out := m.run(0, "feeds", "fetch")
	for _, want := range []string{"osv: updated (928 records)", "kev: updated (1404 records)", "epss: updated (1554 records)", "endoflife: updated ("} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if out := m.run(0, "cve", "CVE-2021-23337"); !strings.Contains(out, "lodash@4.17.15") || strings.Contains(out, "fails") {
		t.Errorf("cve says\n%s", out)
	}
	n := len(m.asked)
	if out := m.run(0, "feeds", "fetch"); strings.Count(out, "nothing new") != 4 {
		t.Errorf("the second time (%v)\n%s", m.asked[n:], out)
	}
	delete(m.files, "/kev.json")
	if out := m.run(7, "feeds", "fetch", "kev"); !strings.Contains(out, "404") || !strings.Contains(out, "feeds import") {
		t.Errorf("a missing file:\n%s", out)
	}
	var listed struct {
		Sources []struct {
			Name, State, Error, URL, Digest string
			Count, Age_days                 int
		}
	}
	if err := json.Unmarshal([]byte(m.run(0, "feeds", "list", "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, s := range listed.Sources {
		states[s.Name] = s.State
		if s.Name == "kev" && (s.Count != 1404 || !strings.Contains(s.Error, "404")) || s.Name == "osv" && (s.Digest == "" || s.URL == "") {
			t.Errorf("%+v", s)
		}
	}
	if states["kev"] != "failing" || states["osv"] != "fresh" || states["nvd"] != "never" {
		t.Errorf("states %v", states)
	}
	if out := m.run(0, "cve", "CVE-2021-23337"); !strings.Contains(out, "the source kev fails") {
		t.Errorf("cve says\n%s", out)
	}
	m.run(2, "feeds", "fetch", "nothing")
}

// TestFeedFiles takes the other sources in from files, as without a network.
func TestFeedFiles(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	sbom := write("sbom.json", []byte(lodash))
	m.run(0, "push", sbom, "--software", "App", "--release", "1.0", "--create", "--role", "developer", "--level", "minimum")
	m.run(0, "feeds", "import", "osv", testshared.Dir(t, "osv", "npm"), "--fetched", "2026-09-30")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, `{"vulnerabilities":[{"cve":{"id":"CVE-2021-23337","vulnStatus":"Analyzed","published":"2021-02-15T13:15:12.560","lastModified":"2024-11-21T05:51:31.643",
		"descriptions":[{"lang":"en","value":"Lodash"}],"metrics":{"cvssMetricV31":[{"type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"}}]},
		"weaknesses":[{"description":[{"value":"CWE-94"}]}]}}]}`)
	z.Close()
	m.run(0, "feeds", "import", "nvd", write("nvdcve-2.0-2021.json.gz", packed.Bytes()), "--fetched", "2026-09-30")
	m.run(0, "feeds", "import", "jvn", write("jvndb_detail_2021.rdf", []byte(`<VULDEF-Document><Vulinfo><VulinfoID>JVNDB-2021-001234</VulinfoID><VulinfoData><Title>lodash の脆弱性</Title>
		<Related><RelatedItem><VulinfoID>CVE-2021-23337</VulinfoID></RelatedItem><RelatedItem><VulinfoID>JVNVU#99999999</VulinfoID></RelatedItem></Related></VulinfoData></Vulinfo></VULDEF-Document>`)), "--fetched", "2026-09-30")
	for _, id := range []string{"JVNDB-2021-001234", "JVNVU#99999999", "CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"} {
		out := m.run(0, "cve", id)
		for _, want := range []string{"lodash@4.17.15", "JVNDB-2021-001234", "CWE-94"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is missing in\n%s", id, want, out)
			}
		}
	}
	m.run(6, "feeds", "import", "jvn", sbom)
	m.run(8, "feeds", "import", "osv", t.TempDir())
}
