package web

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// site is a running server over a fresh workspace, as a browser sees it.
type site struct {
	t      *testing.T
	db     *store.DB
	server *httptest.Server
}

func newSite(t *testing.T) *site {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := New(slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn})), db, Options{Storybook: true})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return &site{t, db, server}
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// visitor is one person's browser: it keeps cookies and follows redirects.
type visitor struct {
	*site
	client *http.Client
}

func (s *site) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &visitor{s, &http.Client{Jar: jar}}
}

func (v *visitor) do(req *http.Request, want int) string {
	v.t.Helper()
	req.Header.Set("Accept-Language", "ja")
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if res.StatusCode != want {
		v.t.Fatalf("%s %s: status %d, want %d\n%s", req.Method, req.URL, res.StatusCode, want, mainOf(string(b)))
	}
	return string(b)
}

func mainOf(html string) string {
	if i := strings.Index(html, "<main"); i >= 0 {
		html = html[i:]
	}
	return html[:min(len(html), 1500)]
}

func (v *visitor) get(path string, want int) string {
	v.t.Helper()
	req, err := http.NewRequest("GET", v.server.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req, want)
}

func (v *visitor) post(path string, want int, pairs ...string) string {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest("POST", v.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.server.URL)
	return v.do(req, want)
}

// upload posts files and fields as a form does.
func (v *visitor) upload(path, field string, files map[string]string, want int, pairs ...string) string {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.t.Fatal(err)
		}
	}
	for _, name := range sortedKeys(files) {
		part, err := w.CreateFormFile(field, name)
		if err != nil {
			v.t.Fatal(err)
		}
		if _, err := io.WriteString(part, files[name]); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequest("POST", v.server.URL+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", v.server.URL)
	return v.do(req, want)
}

func mustHave(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(html, p) {
			t.Errorf("page lacks %q\n%s", p, mainOf(html))
		}
	}
}

const (
	adminPassword    = "correct horse battery"
	approverPassword = "staple horse correct"
)

// begin sets the site up and gives the administrator, who is also an editor.
func (s *site) begin() *visitor {
	s.t.Helper()
	token, needed, err := auth.New(s.db).SetupToken(s.t.Context())
	if err != nil || !needed {
		s.t.Fatal(needed, err)
	}
	v := s.visitor()
	mustHave(s.t, v.get("/setup/"+token, 200), "初期設定")
	html := v.post("/setup/"+token, 200, "name", "admin", "display", "管理 花子", "password", adminPassword, "repeat", adminPassword,
		"org", "見本ソフト株式会社", "address", "東京都見本区1-1", "number", "８０００-０１２０１００３８", "fiscal", "4")
	mustHave(s.t, html, "ホーム", "初期設定が終わりました")
	return v
}

// approver makes a second account with the role of approver, through its initial password.
func (s *site) approver(admin *visitor) *visitor {
	s.t.Helper()
	html := admin.post("/admin/people", 200, "name", "approver", "display", "承認 太郎", "role", "approver")
	m := regexp.MustCompile(`<code class="secret">([^<]+)</code>`).FindStringSubmatch(html)
	if m == nil {
		s.t.Fatal("no initial password shown\n" + mainOf(html))
	}
	v := s.visitor()
	mustHave(s.t, v.post("/login", 200, "name", "approver", "password", m[1]), "初期パスワード")
	mustHave(s.t, v.get("/software", 200), "初期パスワード") // nothing else before it is changed
	mustHave(s.t, v.post("/password", 200, "old", m[1], "new", approverPassword, "repeat", approverPassword), "ホーム")
	return v
}

// ledger registers the example software and gives its address.
func (v *visitor) ledger() string {
	v.t.Helper()
	mustHave(v.t, v.get("/software/new?template=a", 200), "自組織はどの行ですか")
	v.post("/software", 200, "template", "a", "name", "見本会計", "level", "standard", "row", firstRow(v.t), "reason", "調達仕様書で指定")
	sw, err := v.db.SoftwareByName(v.t.Context(), "見本会計")
	if err != nil {
		v.t.Fatal(err)
	}
	return "/software/" + sw.ID
}

func firstRow(t *testing.T) string {
	t.Helper()
	for _, row := range sampleNew(sampleBase("ja"), "a").(*softwareNewPage).Chosen.Rows {
		if row.Role("developer") != nil {
			return row.Key
		}
	}
	t.Fatal("no developer in template a")
	return ""
}

const sbom = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
 "metadata":{"timestamp":"2026-04-01T00:00:00Z","component":{"type":"application","bom-ref":"app","name":"ledger","version":"1.0"}},
 "components":[{"type":"library","bom-ref":"a","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0"}],
 "dependencies":[{"ref":"app","dependsOn":["a"]}]}`

func TestFromSetupToApprovedClaim(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	approver := s.approver(admin)
	at := admin.ledger()
	mustHave(t, admin.get(at, 200), "見本会計", "S(1)-1.1", "件中")
	mustHave(t, admin.get(at+"/chain", 200), "見本ソフト株式会社", "自組織")

	html := admin.upload(at+"/evidence", "files", map[string]string{"sbom.cdx.json": sbom, "broken.json": `{"bomFormat":"CycloneDX"`}, 200, "version", "1.0")
	mustHave(t, html, "2件のうち 1件を読み取りました", "sbom.cdx.json", "SBOM（CycloneDX）", "読み取れませんでした")
	mustHave(t, admin.get(at+"/components", 200), "left-pad", "担い手なし", "照合がまだ済んでいません")

	m := regexp.MustCompile(`data-src="([^"]+)"`).FindStringSubmatch(admin.get(at, 200))
	if m == nil {
		t.Fatal("no duty in the table")
	}
	duty := strings.ReplaceAll(m[1], "&amp;", "&")
	html = admin.get(duty, 200)
	mustHave(t, html, "要求の内容", "起案する")
	m = regexp.MustCompile(`action="(/software/[^"]+/claims[^"]*)"`).FindStringSubmatch(html)
	claims := strings.ReplaceAll(m[1], "&amp;", "&")
	mustHave(t, admin.post(claims, 422, "kind", "claim", "body", "", "expires", "2099-01-01"), "内容又は理由を入力してください")
	mustHave(t, admin.post(claims, 200, "kind", "claim", "body", "方針を定めています", "subject", "software", "expires", "2099-01-01"), "起案しました", "承認待ち")

	mustHave(t, approver.get("/", 200), "申告　S(1)-1.1", "管理 花子")
	html = approver.get(duty, 200)
	m = regexp.MustCompile(`action="(/claims/[^"]+/approve)"`).FindStringSubmatch(html)
	if m == nil {
		t.Fatal("the approver sees no button to approve\n" + mainOf(html))
	}
	admin.post(m[1], 403) // may not approve at all
	release := regexp.MustCompile(`name="release" value="([^"]*)"`).FindStringSubmatch(html)[1]
	mustHave(t, approver.post(m[1], 200, "software", strings.TrimPrefix(at, "/software/"), "release", release), "承認しました", "承認済み", "申告のみ")
	mustHave(t, admin.get("/admin/audit", 200), "申告・例外措置を承認", "承認 太郎")
}

func TestRegisterAndApproveRecord(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	approver := s.approver(admin)
	mustHave(t, admin.get("/registers", 200), "部品の採用")
	mustHave(t, admin.post("/registers/adoption/new", 422, "key", "ADO-01", "subject", "org:self", "f-decision", "adopt"), "次の点を直してください")
	html := admin.post("/registers/adoption/new", 200, "key", "ADO-01", "subject", "org:self", "f-pattern", "pkg:npm/left-pad*", "f-decision", "adopt", "f-reason", "保守が続いているため")
	mustHave(t, html, "承認待ち", "採用する")
	recs, err := s.db.Records(t.Context(), store.RecordFilter{})
	if err != nil || len(recs) != 1 {
		t.Fatal(recs, err)
	}
	path := "/registers/adoption/" + recs[0].ID
	mustHave(t, approver.post(path+"/approve", 200), "承認済み", "承認 太郎")

	at := admin.ledger()
	admin.upload(at+"/evidence", "files", map[string]string{"sbom.cdx.json": sbom}, 200, "version", "1.0")
	mustHave(t, admin.get(at+"/components", 200), "採用の記録")
}

func TestLanguageAndSearch(t *testing.T) {
	v := newSite(t).begin()
	mustHave(t, v.post("/lang", 200, "lang", "en", "to", "/requirements"), "individual requirements", `<html lang="en"`)
	mustHave(t, v.get("/search?q="+url.QueryEscape("Ｓ（１）－１．１"), 200), "S(1)-1.1")
	mustHave(t, v.get("/search?q=cve-2026-1", 200), "cve-2026-1", "No advisory data")
	mustHave(t, v.get("/search?q=nothinglikethis", 200), "Nothing found")
	for _, to := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "/logout", "x"} {
		if got := inside(to); got != "/" {
			t.Errorf("inside(%q) = %q", to, got)
		}
	}
}

func TestNobodyGetsIn(t *testing.T) {
	s := newSite(t)
	s.begin()
	nobody := s.visitor()
	for _, path := range []string{"/", "/software", "/admin", "/evidence/sha256:00", "/documents"} {
		mustHave(t, nobody.get(path, 200), "サインイン", "アカウント名")
	}
	nobody.post("/software", 403, "name", "x")
	mustHave(t, nobody.get("/setup/whatever", 403), "初期設定は完了しています")
	nobody.get("/nothing", 404)
	for range 20 {
		nobody.client.PostForm(s.server.URL+"/login", url.Values{"name": {"admin"}, "password": {"wrong wrong wrong"}})
	}
	html := nobody.post("/login", 403, "name", "admin", "password", "wrong wrong wrong")
	mustHave(t, html, "サインイン")
}

func TestOtherSitesChangeNothing(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	req, _ := http.NewRequest("POST", s.server.URL+"/admin/people", strings.NewReader("name=x"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	mustHave(t, v.do(req, 403), "別のサイト")
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	res, err := http.Get(s.server.URL + "/login")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	address, err := Base{}.Asset("base.css")
	if err != nil {
		t.Fatal(err)
	}
	css, err := http.Get(s.server.URL + address)
	if err != nil {
		t.Fatal(err)
	}
	defer css.Body.Close()
	if css.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || !strings.HasPrefix(css.Header.Get("Content-Type"), "text/css") {
		t.Errorf("css headers: %v", css.Header)
	}
}

// An auditor goes from a status to the document it rests on and its bytes, and from the document back to the duty.
func TestFromStatusToBytesAndBack(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	v.upload(at+"/evidence", "files", map[string]string{"bom.json": sbom}, 200, "version", "1.0")
	link := func(in, pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(in)
		if m == nil {
			t.Fatalf("no link %s\n%s", pattern, mainOf(in))
		}
		return html.UnescapeString(m[1])
	}
	duty := link(v.get(at, 200), `href="(`+at+`/duties/s2-1\.3[^"]*)"`)
	document := link(v.get(duty, 200), `href="(/evidence/sha256:[0-9a-f]{64})"`)
	page := v.get(document, 200)
	back := link(page, `href="(`+at+`/duties/s2-1\.3[^"]*)"`)
	if back != duty {
		t.Errorf("the document leads to %s, not back to %s", back, duty)
	}
	if got := v.get(link(page, `href="(/evidence/sha256:[0-9a-f]{64}/bytes)"`), 200); got != sbom {
		t.Errorf("the bytes are %q", got)
	}
}

// What was uploaded comes back byte for byte, as a file to keep, whatever it claims to be.
func TestDownload(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	page := "<script>alert(1)</script>"
	v.upload(at+"/evidence", "files", map[string]string{"悪い.html": page}, 200, "version", "1.0")
	docs, err := s.db.Documents(t.Context(), store.DocumentFilter{})
	if err != nil || len(docs) != 1 {
		t.Fatal(docs, err)
	}
	res, err := v.client.Get(s.server.URL + "/evidence/" + docs[0].Digest + "/bytes")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || string(got) != page {
		t.Errorf("got %q, %v", got, err)
	}
	if res.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") ||
		!strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("headers: %v", res.Header)
	}
}

func TestOneInstallationOneSetup(t *testing.T) {
	s := newSite(t)
	token, _, err := auth.New(s.db).SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := s.visitor()
	mustHave(t, v.post("/setup/"+token, 422, "name", "admin", "password", adminPassword, "repeat", adminPassword, "org", "見本", "number", "1234567890123"), "法人番号が正しくありません")
	mustHave(t, v.post("/setup/wrong", 422, "name", "admin", "password", adminPassword, "repeat", adminPassword, "org", "見本"), "リンクは使えません")
	v.post("/setup/"+token, 200, "name", "admin", "password", adminPassword, "repeat", adminPassword, "org", "見本")
	v.get("/setup/"+token, 403)
}

// From drafted to verified: the status report is drafted by one person, approved and signed by another, handed out as a
// file, and holds when somebody who trusts the key verifies it.
func TestDeclareIssueVerify(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	approver := s.approver(admin)
	at := admin.ledger()
	admin.upload(at+"/evidence", "files", map[string]string{"sbom.cdx.json": sbom}, 200, "version", "1.0")
	const passphrase = "a long enough passphrase"
	page := admin.post("/admin/key", 200, "passphrase", passphrase, "repeat", passphrase)
	m := regexp.MustCompile(`(?s)<pre class="detail" tabindex="0">(.*?)</pre>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no trust file shown\n" + mainOf(page))
	}
	trust := html.UnescapeString(m[1])

	page = admin.get(at+"/declarations", 200)
	mustHave(t, page, "対応状況報告", "起案する")
	release := regexp.MustCompile(`<option value="([^"]+)"[^>]*>1\.0<`).FindStringSubmatch(page)[1]
	mustHave(t, admin.post(at+"/declarations", 200, "release", release, "note", "見本です"), "承認待ち", "起案者自身は承認できません", "見本です")
	drafts, err := s.db.Declarations(t.Context(), store.DeclarationFilter{})
	if err != nil || len(drafts) != 1 {
		t.Fatal(drafts, err)
	}
	path := "/declarations/" + drafts[0].ID
	admin.get(path+"/declaration.pdf", 404)
	approver.post(path+"/approve", 422, "password", "not the right one")
	mustHave(t, approver.post(path+"/approve", 200, "password", approverPassword), "承認済み・署名待ち", "承認 太郎")
	approver.post(path+"/issue", 422, "password", approverPassword, "passphrase", "wrong passphrase")
	page = approver.post(path+"/issue", 200, "password", approverPassword, "passphrase", passphrase, "title", "製品責任者")
	mustHave(t, page, "発行済み", "発行したファイルの検証", "全ての検証に通りました")

	res, err := approver.client.Get(s.server.URL + path + "/bundle")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	bundle, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res.Status, err)
	}
	mustHave(t, approver.post(path+"/handover", 422, "password", "not the right one", "withhold", "S(1)-1.1", "to", "例示商事"), `value="S(1)-1.1" checked`, `value="例示商事"`)
	approver.post(path+"/handover", 422, "password", approverPassword, "passphrase", passphrase, "withhold", "S(9)-1.1")
	other := approver.post(path+"/handover", 200, "password", approverPassword, "passphrase", passphrase, "withhold", "S(1)-1.1", "why", "契約により", "to", "例示商事")
	if r := verify.Bundle([]byte(other), verify.Options{At: time.Now()}); len(r.Chain) != 1 || r.Chain[0].Withheld != 1 {
		t.Errorf("handed over: %+v", r.Chain)
	}
	mustHave(t, page, "declaration.pdf", "宛先の組織")
	paper, err := admin.client.Get(s.server.URL + path + "/declaration.pdf?to=%E4%BE%8B%E7%A4%BA%E5%95%86%E4%BA%8B")
	if err != nil {
		t.Fatal(err)
	}
	defer paper.Body.Close()
	if head, _ := io.ReadAll(io.LimitReader(paper.Body, 8)); string(head) != "%PDF-1.7" || paper.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the paper begins with %q, %s", head, paper.Status)
	}
	admin.get(path+"/declaration.pdf?to="+strings.Repeat("x", 201), 400)
	files := map[string]string{"x.tasuki.json": string(bundle)}
	mustHave(t, admin.upload("/partners/verify", "bundle", files, 200), "検証に通らない点があります", "不明な署名者")
	mustHave(t, admin.post("/partners/trust", 200, "key", trust), "1件の鍵を信頼する一覧に加えました")
	mustHave(t, admin.upload("/partners/verify", "bundle", files, 200), "全ての検証に通りました", "検証していない項目", "検証できました。", "が 2026-")
	given, err := verify.ParseTrust([]byte(trust))
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := verify.Fingerprint(given[0].Key)
	heard := " 1  " + strings.ToUpper(strings.Join(keys.Lines(fingerprint)[0], " ")) + "\n２　" + fingerprint[len("sha256:")+16:]
	mustHave(t, admin.get("/partners?fingerprint="+url.QueryEscape(heard), 200), "の鍵と一致します")
	mustHave(t, admin.get("/partners?fingerprint="+url.QueryEscape(heard[:40]), 200), "指紋の全体ではありません")
	mustHave(t, admin.get("/partners?fingerprint="+strings.Repeat("00", 32), 200), "どれとも一致しません")
	files["x.tasuki.json"] = strings.Replace(string(bundle), "a", "b", 1)
	mustHave(t, admin.upload("/partners/verify", "bundle", files, 200), "検証に通らない点があります")
	sheet, err := admin.client.Get(s.server.URL + at + "/checklist.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Body.Close()
	if head, _ := io.ReadAll(io.LimitReader(sheet.Body, 2)); string(head) != "PK" {
		t.Errorf("checklist begins with %q, %s", head, sheet.Status)
	}
}
