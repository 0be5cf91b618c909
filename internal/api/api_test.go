package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

const password = "correct horse battery staple"

// site is a server over a real store, with a key for each scope of an account that may do everything but approve.
type site struct {
	t    *testing.T
	db   *store.DB
	url  string
	keys map[auth.Permission]string
	auth *auth.Service
	by   store.Actor
}

func newSite(t *testing.T, o api.Options) *site {
	t.Helper()
	db := storetest.New(t)
	s := &site{t: t, db: db, keys: map[auth.Permission]string{}, auth: auth.New(db), by: store.Actor{Account: "test", Via: store.CLI}}
	a, err := s.auth.Add(t.Context(), s.by, auth.Registration{Name: "ci", Password: password, Roles: []store.Role{store.Admin, store.Editor, store.Approver, store.Auditor}})
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []auth.Permission{auth.Read, auth.Push, auth.Edit, auth.ReadAudit, auth.Approve} {
		if s.keys[scope], _, err = s.auth.IssueToken(t.Context(), s.by, a.ID, string(scope), scope, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(api.New(slog.New(slog.NewTextHandler(t.Output(), nil)), db, o))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// ask sends a request and gives the answer's status and body. header holds name and value in turn.
func (s *site) ask(key, method, path string, body io.Reader, header ...string) (int, http.Header, []byte) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, b
}

// must is ask for what has to go well, decoded.
func must[T any](s *site, scope auth.Permission, method, path string, body string, header ...string) T {
	s.t.Helper()
	status, _, b := s.ask(s.keys[scope], method, path, strings.NewReader(body), header...)
	var out T
	if status != http.StatusOK {
		s.t.Fatalf("%s %s: status %d, %s", method, path, status, b)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		s.t.Fatalf("%s %s: %v in %s", method, path, err, b)
	}
	return out
}

// refused is ask for what has to fail; it gives the problem.
func (s *site) refused(key, method, path, body string, status int, code string, header ...string) api.ProblemDetails {
	s.t.Helper()
	got, h, b := s.ask(key, method, path, strings.NewReader(body), header...)
	var p api.ProblemDetails
	if err := json.Unmarshal(b, &p); err != nil || h.Get("Content-Type") != "application/problem+json" {
		s.t.Fatalf("%s %s: no problem but %s: %s", method, path, h.Get("Content-Type"), b)
	}
	if got != status || p.Status != status || p.Code != code {
		s.t.Errorf("%s %s: status %d code %q, want %d %q: %s", method, path, got, p.Code, status, code, b)
	}
	if p.Title == "" || p.Request == "" || p.Request != h.Get("X-Request-Id") {
		s.t.Errorf("%s %s: problem without title or request: %s", method, path, b)
	}
	return p
}

func shop(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../read/cyclonedx/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDocuments(t *testing.T) {
	s := newSite(t, api.Options{})
	sbom := shop(t)
	at := "/api/v1/documents?software=Shop&release=1.0&create=true"
	name := []string{"Content-Disposition", `attachment; filename*=UTF-8''%E9%83%A8%E5%93%81.json`, "Content-Type", "application/octet-stream"}

	p := s.refused(s.keys[auth.Push], "POST", at, sbom, 403, "forbidden", name...)
	if !strings.Contains(p.Next, "edit") {
		t.Errorf("a push key that would make a software is told: %q", p.Next)
	}
	first := must[[]intake.Pushed](s, auth.Edit, "POST", at, sbom, name...)
	if len(first) != 1 || !first[0].Accepted || first[0].Known || first[0].File != "部品.json" || first[0].Digest != store.DigestOf([]byte(sbom)) || len(first[0].Duties) == 0 {
		t.Fatalf("first push: %+v", first)
	}
	again := must[[]intake.Pushed](s, auth.Push, "POST", at, sbom, name...)
	if !again[0].Known || !again[0].Accepted {
		t.Errorf("second push of the same bytes: %+v", again)
	}
	// A release of a software that is there takes no more than the scope push.
	next := must[[]intake.Pushed](s, auth.Push, "POST", "/api/v1/documents?software=Shop&release=1.1&create=true&name=a%2Fb%5C..%5Csbom.json", sbom)
	if !next[0].Accepted || next[0].File != "sbom.json" {
		t.Errorf("push of a new release: %+v", next)
	}
	d := must[api.DocumentView](s, auth.Read, "GET", "/api/v1/documents/"+first[0].Digest, "")
	if d.Type != "cyclonedx" || d.Size != int64(len(sbom)) || len(d.Subjects) != 2 {
		t.Errorf("document: %+v", d)
	}
	status, h, b := s.ask(s.keys[auth.Read], "GET", "/api/v1/documents/"+first[0].Digest+"/content", nil)
	if status != 200 || string(b) != sbom || h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("content: status %d, %v, %d bytes", status, h, len(b))
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/documents/sha256:"+strings.Repeat("0", 64), "", 404, "not_found")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/documents/..%2f..%2fetc", "", 422, "usage")
	s.refused(s.keys[auth.Push], "POST", "/api/v1/documents?software=Shop&release=1.0", sbom, 400, "usage")                      // no name
	s.refused(s.keys[auth.Push], "POST", "/api/v1/documents?name=x.json", sbom, 400, "usage")                                    // about nothing
	s.refused(s.keys[auth.Push], "POST", "/api/v1/documents?name=x.json&software=Shop&release=9.9", sbom, 404, "not_found")      // no such release
	s.refused(s.keys[auth.Push], "POST", "/api/v1/documents?name=x.json&software=Shop&role=king", sbom, 400, "usage")            // no such role
	s.refused(s.keys[auth.Push], "POST", "/api/v1/documents?name=x.json&softwear=Shop", sbom, 422, "usage")                      // no such parameter
	bad := must[[]intake.Pushed](s, auth.Push, "POST", "/api/v1/documents?name=x.bin&software=Shop&release=1.0", "\x00\x01\x02") // kept, not accepted
	if bad[0].Accepted || len(bad[0].Problems) == 0 || bad[0].Digest == "" {
		t.Errorf("unreadable: %+v", bad)
	}
}

func TestForm(t *testing.T) {
	s := newSite(t, api.Options{MaxUpload: 1 << 20})
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, name := range []string{"one.json", "two.bin"} {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(part, map[string]string{"one.json": shop(t), "two.bin": "\x00\x01nothing anybody knows"}[name])
	}
	form.Close()
	at := "/api/v1/documents?software=Shop&release=1.0&create=true"
	got := must[[]intake.Pushed](s, auth.Edit, "POST", at, b.String(), "Content-Type", form.FormDataContentType())
	if len(got) != 2 || got[0].File != "one.json" || !got[0].Accepted || got[1].File != "two.bin" || got[1].Accepted {
		t.Errorf("form: %+v", got)
	}
	s.refused(s.keys[auth.Edit], "POST", at, "--x--", 400, "usage", "Content-Type", "multipart/form-data; boundary=x")
	s.refused(s.keys[auth.Edit], "POST", at+"&name=big", strings.Repeat("x", 2<<20), 413, "unreadable")
}

func TestStatus(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=%E5%8F%97%E6%B3%A8%2FWeb&release=1.0&create=true&name=s.json", shop(t))
	name := "%E5%8F%97%E6%B3%A8%2FWeb" // 受注/Web
	audited := entries(t, s.db)
	got := must[judging.StatusSheet](s, auth.Read, "GET", "/api/v1/software/"+name+"/status", "", "Accept-Language", "en-GB,ja;q=0.5")
	if got.Software != "受注/Web" || got.Release != "1.0" || len(got.Duties) == 0 {
		t.Fatalf("status: %+v", got)
	}
	subject, err := judging.Subject(t.Context(), s.db, s.by, judging.Target{Software: "受注/Web"})
	if err != nil {
		t.Fatal(err)
	}
	want, err := judging.SheetOf(t.Context(), s.db, lang.EN, subject, judging.Target{Software: "受注/Web"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("over HTTP it is not what the command line prints (-cli +http):\n%s", diff)
	}
	s.thereAndBack(got)
	list := must[api.List[api.SoftwareItem]](s, auth.Read, "GET", "/api/v1/software", "")
	if len(list.Items) != 1 || list.Items[0].Latest != "1.0" || list.Next != "" {
		t.Errorf("software: %+v", list)
	}
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/software/"+name+"/releases", "")
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/chain", "")
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/cve/CVE-2021-44228", "")
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/cve/pkg:npm%2F%2540scope%2Fname@1.0", "")
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/replays/log4shell", "")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/replays/heartbleed", "", 404, "not_found")
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/advisories", "")
	if all := must[[]json.RawMessage](s, auth.Read, "GET", "/api/v1/guideline", ""); len(all) != 69 {
		t.Errorf("%d individual requirements", len(all))
	}
	must[json.RawMessage](s, auth.Read, "GET", "/api/v1/guideline/crosswalks", "")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/guideline/nothing", "", 400, "usage")
	p := s.refused(s.keys[auth.Read], "GET", "/api/v1/software/none/status", "", 404, "not_found", "Accept-Language", "en")
	if strings.Contains(p.Next, "create") {
		t.Errorf("reading must not suggest to make something: %q", p.Next)
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/systems/none/status", "", 404, "not_found")
	if now := entries(t, s.db); now != audited {
		t.Errorf("reading left %d entries in the audit log", now-audited)
	}
}

// thereAndBack goes from every status to the bytes of the documents it rests on, and from each document back to the duty.
func (s *site) thereAndBack(sheet judging.StatusSheet) {
	s.t.Helper()
	walked := 0
	for _, duty := range sheet.Duties {
		for _, e := range duty.Evidence {
			if !strings.HasPrefix(e, "sha256:") {
				continue
			}
			status, _, b := s.ask(s.keys[auth.Read], "GET", "/api/v1/documents/"+e+"/content", nil)
			if status != 200 || store.DigestOf(b) != e {
				s.t.Fatalf("%s: the bytes of %s: status %d", duty.ID, e, status)
			}
			d := must[api.DocumentView](s, auth.Read, "GET", "/api/v1/documents/"+e, "")
			if !slices.ContainsFunc(d.Duties, func(r judging.Resting) bool {
				return r.ID == duty.ID && r.Role == duty.Role && r.Party == duty.Party && r.Status == duty.Status
			}) {
				s.t.Errorf("%s as %s rests on %s, which does not lead back: %+v", duty.ID, duty.Role, e, d.Duties)
			}
			walked++
		}
	}
	if walked == 0 {
		s.t.Error("no status rests on a document")
	}
}

func entries(t *testing.T, db *store.DB) int {
	t.Helper()
	log, err := db.AuditLog(context.Background(), store.AuditFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(log)
}

func TestKeys(t *testing.T) {
	s := newSite(t, api.Options{})
	for _, c := range []struct {
		what, key, code string
		status          int
	}{
		{"no key", "", "unauthenticated", 401},
		{"an unknown key", "tasuki_nothing", "unauthenticated", 401},
		{"a key to approve, which no key does, that reads", s.keys[auth.Approve], "", 200},
	} {
		status, h, b := s.ask(c.key, "GET", "/api/v1/software", nil)
		if status != c.status || c.code != "" && !bytes.Contains(b, []byte(`"`+c.code+`"`)) || status == 401 && h.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", c.what, status, b)
		}
	}
	for path, scope := range map[string]auth.Permission{"POST /api/v1/documents": auth.Read, "PUT /api/v1/chain": auth.Push, "POST /api/v1/claims": auth.Push,
		"POST /api/v1/records/software_security_policy": auth.Push, "GET /api/v1/audit": auth.Edit, "POST /api/v1/bundles": auth.Read} {
		method, path, _ := strings.Cut(path, " ")
		s.refused(s.keys[scope], method, path, "x", 403, "forbidden")
	}
	// What cookies or a query say opens nothing.
	s.refused("", "GET", "/api/v1/software", "", 401, "unauthenticated", "Cookie", "session="+s.keys[auth.Read])
	s.refused("", "POST", "/api/v1/approve/x", "", 404, "not_found")
	s.refused(s.keys[auth.Edit], "DELETE", "/api/v1/chain", "", 405, "usage")
}

func TestChain(t *testing.T) {
	s := newSite(t, api.Options{})
	deal, err := json.Marshal(storetest.Model())
	if err != nil {
		t.Fatal(err)
	}
	p := s.refused(s.keys[auth.Edit], "PUT", "/api/v1/chain", `{"software":[{"id":"s","name":"S","kind":"product","owner":"nobody"}]}`, 422, "inconsistent")
	if len(p.Problems) == 0 || p.Problems[0].Where == "" {
		t.Errorf("a deal that contradicts itself: %+v", p)
	}
	p = s.refused(s.keys[auth.Edit], "PUT", "/api/v1/chain", "softwear: []\n", 422, "unreadable")
	if len(p.Problems) == 0 || !strings.Contains(p.Problems[0].What, "softwear") {
		t.Errorf("an unknown key: %+v", p)
	}
	s.refused(s.keys[auth.Edit], "PUT", "/api/v1/chain", "", 400, "usage")
	check := must[office.ModelCheck](s, auth.Edit, "PUT", "/api/v1/chain", string(deal))
	if !check.Applied {
		t.Errorf("deal: %+v", check)
	}
	m, err := s.db.LoadModel(t.Context())
	if err != nil || len(m.Software) != len(storetest.Model().Software) {
		t.Errorf("stored: %d software, error %v", len(m.Software), err)
	}
}

func TestDrafts(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	claim := must[office.ClaimView](s, auth.Edit, "POST", "/api/v1/claims", `{"requirement":"s1-1.1","body":"Requirements are reviewed","until":"2027-12-31","software":"Shop","evidence":["`+store.DigestOf([]byte(shop(t)))+`"]}`)
	if claim.State != "draft" || claim.InForce || claim.Requirement != "S(1)-1.1" || claim.Subject.Kind != "software" {
		t.Errorf("claim: %+v", claim)
	}
	for body, code := range map[string]string{
		`{"requirement":"s9-9.9","body":"x","until":"2027-12-31"}`:                        "usage",
		`{"requirement":"s1-1.1","body":"x","until":"2020-12-31"}`:                        "usage",
		`{"requirement":"s1-1.1","body":"x","until":"2027-12-31","kind":"lie"}`:           "usage",
		`{"requirement":"s1-1.1","body":"x","until":"2027-12-31","evidence":["sha256:"]}`: "usage",
		`{"requirement":"s1-1.1","body":"x","until":"2027-12-31","approver":"me"}`:        "unreadable",
		`{"requirement":1}`: "unreadable",
		`{}{}`:              "unreadable",
	} {
		status, _, b := s.ask(s.keys[auth.Edit], "POST", "/api/v1/claims", strings.NewReader(body))
		if status < 400 || !bytes.Contains(b, []byte(`"code":"`+code+`"`)) {
			t.Errorf("%s: %d %s, want %s", body, status, b, code)
		}
	}
	got := must[api.List[office.ClaimView]](s, auth.Read, "GET", "/api/v1/claims?state=draft&requirement=S(1)-1.1", "")
	if len(got.Items) != 1 || got.Items[0].ID != claim.ID {
		t.Errorf("claims: %+v", got)
	}
	must[office.ClaimView](s, auth.Read, "GET", "/api/v1/claims/"+claim.ID, "")
	record := "key: POL-01\n"
	p := s.refused(s.keys[auth.Edit], "POST", "/api/v1/records/software_security_policy", record, 422, "inconsistent")
	if len(p.Problems) == 0 {
		t.Errorf("an incomplete record: %+v", p)
	}
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/records/nothing", record, 404, "not_found")
	must[api.List[office.RecordView]](s, auth.Read, "GET", "/api/v1/records", "")
}

func TestAuditPages(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t), "X-Request-Id", "build-4711-x")
	var ids []string
	ours := false
	for cursor := ""; ; {
		page := must[api.List[api.AuditItem]](s, auth.ReadAudit, "GET", "/api/v1/audit?limit=3&cursor="+cursor, "")
		for _, e := range page.Items {
			ids = append(ids, e.ID)
			ours = ours || e.Via == store.API && e.Name == "ci" && e.Request == "build-4711-x"
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := entries(t, s.db); len(ids) != want || !ours {
		t.Errorf("paged through %d of %d entries; one of ours: %v", len(ids), want, ours)
	}
	s.refused(s.keys[auth.ReadAudit], "GET", "/api/v1/audit?limit=0", "", 422, "usage")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/claims?cursor=nowhere", "", 400, "usage")
}

func TestBundles(t *testing.T) {
	s := newSite(t, api.Options{})
	report := must[relay.Report](s, auth.Read, "POST", "/api/v1/verify", "no bundle at all")
	if report.OK || len(report.Steps) == 0 {
		t.Errorf("verified: %+v", report)
	}
	s.refused(s.keys[auth.Read], "POST", "/api/v1/verify?require_level=most", "x", 400, "usage")
	before := entries(t, s.db)
	got := must[relay.TakenIn](s, auth.Push, "POST", "/api/v1/bundles?name=b.json", "no bundle at all")
	if got.Accepted || got.Digest != store.DigestOf([]byte("no bundle at all")) || entries(t, s.db) == before {
		t.Errorf("received: %+v", got)
	}
	s.refused(s.keys[auth.Push], "POST", "/api/v1/bundles?create=true", "x", 403, "forbidden")
	must[api.List[api.DeclarationItem]](s, auth.Read, "GET", "/api/v1/declarations", "")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/declarations/none/bundle", "", 404, "not_found")
}

func TestLanguages(t *testing.T) {
	s := newSite(t, api.Options{})
	for accept, want := range map[string]string{"": "見つかりません", "ja": "見つかりません", "en-US,ja;q=0.9": "Not found", "fr,en;q=0.5": "Not found", "fr": "見つかりません"} {
		p := s.refused(s.keys[auth.Read], "GET", "/api/v1/claims/none", "", 404, "not_found", "Accept-Language", accept)
		if p.Title != want {
			t.Errorf("Accept-Language %q gives %q", accept, p.Title)
		}
	}
}

// The OpenAPI document is a promise: what changes in it shows in the golden file.
func TestOpenAPI(t *testing.T) {
	s := newSite(t, api.Options{Version: "test"})
	status, h, b := s.ask("", "GET", "/api/openapi.json", nil)
	if status != 200 || h.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("status %d, %v", status, h)
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			Security []any `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(b, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("OpenAPI %q, error %v", doc.OpenAPI, err)
	}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if len(op.Security) == 0 {
				t.Errorf("%s %s asks for no key", method, path)
			}
			if strings.Contains(path, "approve") {
				t.Errorf("%s %s: approving takes a person", method, path)
			}
			s.refused("", strings.ToUpper(method), strings.NewReplacer("{digest}", "sha256:"+strings.Repeat("0", 64), "{", "", "}", "").Replace(path), "", 401, "unauthenticated")
		}
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, b, "", " "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	golden.Compare(t, "testdata/openapi.json", pretty.String())
}

func TestDocs(t *testing.T) {
	s := newSite(t, api.Options{})
	status, h, b := s.ask("", "GET", "/api/docs", nil)
	page := string(b)
	if status != 200 || !strings.Contains(page, "/api/v1/documents/{digest}") || !strings.Contains(page, "文書を取り込む") {
		t.Errorf("docs: %d\n%s", status, page)
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "http://") || strings.Contains(page, "https://") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page of operations asks for something from elsewhere")
	}
	if status, _, _ := s.ask("", "GET", "/api/docs.css", nil); status != 200 {
		t.Errorf("style sheet: %d", status)
	}
}

func TestClient(t *testing.T) {
	s := newSite(t, api.Options{})
	about := api.About{Software: "Shop", Release: "1.0", Create: true}
	client := func(url, key string) *api.Client {
		c, err := api.NewClient(url, key, lang.EN)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	got, err := client(s.url+"/", s.keys[auth.Edit]).Push(t.Context(), about, "部 品.json", strings.NewReader(shop(t)))
	if err != nil || len(got) != 1 || got[0].File != "部 品.json" || !got[0].Accepted {
		t.Errorf("push: %+v, error %v", got, err)
	}
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<p>hello") }))
	defer html.Close()
	away := httptest.NewServer(http.RedirectHandler(s.url, http.StatusTemporaryRedirect))
	defer away.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct {
		what, url, key string
		about          api.About
		kind           lang.Kind
	}{
		{"a bad key", s.url, "tasuki_x", about, lang.Forbidden},
		{"too small a scope", s.url, s.keys[auth.Read], about, lang.Forbidden},
		{"no such software", s.url, s.keys[auth.Push], api.About{Software: "None"}, lang.NotFound},
		{"another web site", html.URL, s.keys[auth.Push], about, lang.Unreachable},
		{"a redirect", away.URL, s.keys[auth.Push], about, lang.Unreachable},
		{"a server that is down", gone.URL, s.keys[auth.Push], about, lang.Unreachable},
	} {
		_, err := client(c.url, c.key).Push(t.Context(), c.about, "x.json", strings.NewReader("x"))
		if lang.KindOf(err) != c.kind {
			t.Errorf("%s: error of kind %d, want %d: %v", c.what, lang.KindOf(err), c.kind, err)
		}
		if err == nil || strings.Contains(lang.Explain(err, lang.EN), c.key) {
			t.Errorf("%s: the error names the key: %v", c.what, err)
		}
	}
	for _, bad := range []string{"", "tasuki.example", "ftp://tasuki.example", "https://user:secret@tasuki.example"} {
		if _, err := api.NewClient(bad, "x", lang.EN); lang.KindOf(err) != lang.Usage {
			t.Errorf("%q as a server: %v", bad, err)
		}
	}
	for url, exposed := range map[string]bool{"http://127.0.0.1:1": false, "http://localhost": false, "http://tasuki.example": true, "https://tasuki.example": false} {
		if client(url, "x").Exposed() != exposed {
			t.Errorf("%s exposes the key: %v", url, !exposed)
		}
	}
}

// A bundle that people approved and signed is fetched from one workspace, verified and received by another.
func TestHandOver(t *testing.T) {
	from, to := newSite(t, api.Options{}), newSite(t, api.Options{})
	must[office.ModelCheck](from, auth.Edit, "PUT", "/api/v1/chain", "parties:\n- {id: self, name: 見本ソフト株式会社, name_en: Sample Soft, address: 東京都見本区1-1, self: true}\n", "Content-Type", "application/yaml")
	must[[]intake.Pushed](from, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	must[[]intake.Pushed](from, auth.Push, "POST", "/api/v1/documents?software=Shop&release=1.0&artifact=true&name=shop.bin", "the program")
	ctx, author, approver := t.Context(), store.Actor{Account: "author", Via: store.Web}, store.Actor{Account: "approver", Via: store.Web}
	key, err := relay.NewSigningKey(ctx, from.db, author, "Shop maker", nil)
	if err != nil {
		t.Fatal(err)
	}
	software, err := from.db.SoftwareByName(ctx, "Shop")
	if err != nil {
		t.Fatal(err)
	}
	release, err := from.db.ReleaseByVersion(ctx, software.ID, "1.0")
	if err != nil {
		t.Fatal(err)
	}
	draft, err := relay.Draft(ctx, from.db, author, relay.DraftRequest{Software: software.ID, Release: release.ID})
	if err != nil {
		t.Fatal(err)
	}
	from.refused(from.keys[auth.Read], "GET", "/api/v1/declarations/"+draft.ID+"/bundle", "", 404, "not_found")
	if _, err := relay.ApproveDeclaration(ctx, from.db, approver, draft.ID, "password"); err != nil {
		t.Fatal(err)
	}
	bundle, issued, err := relay.Issue(ctx, from.db, author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	if err != nil {
		t.Fatal(err)
	}
	list := must[api.List[api.DeclarationItem]](from, auth.Read, "GET", "/api/v1/declarations?state=issued", "")
	if len(list.Items) != 1 || list.Items[0].ID != issued.ID {
		t.Fatalf("declarations: %+v", list)
	}
	must[store.Declaration](from, auth.Read, "GET", "/api/v1/declarations/"+issued.ID, "")
	_, h, got := from.ask(from.keys[auth.Read], "GET", "/api/v1/declarations/"+issued.ID+"/bundle", nil)
	if !bytes.Equal(got, bundle) || h.Get("ETag") != `"`+issued.Bundle+`"` {
		t.Fatalf("bundle: %d bytes, %v", len(got), h)
	}
	if report := must[relay.Report](to, auth.Read, "POST", "/api/v1/verify", string(got)); report.OK {
		t.Errorf("a signer nobody trusts: %+v", report)
	}
	for !to.db.Now().After(issued.IssuedAt) { // the clocks of storetest advance when they are looked at
	}
	if err := exchange.SetTrust(ctx, to.db, author, exchange.TrustedParty{Key: key.Trusted()}); err != nil {
		t.Fatal(err)
	}
	before := entries(t, to.db)
	if report := must[relay.Report](to, auth.Read, "POST", "/api/v1/verify", string(got)); !report.OK || len(report.Chain) != 1 {
		t.Errorf("verified: %+v", report)
	}
	if entries(t, to.db) != before {
		t.Error("verifying changed something")
	}
	taken := must[relay.TakenIn](to, auth.Edit, "POST", "/api/v1/bundles?create=true&name=shop.json", string(got))
	if !taken.Accepted || taken.Subject.Kind != "release" {
		t.Errorf("received: %+v", taken)
	}
}
