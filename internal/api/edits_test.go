package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
)

// tag asks for a thing and gives the tag of its state.
func (s *site) tag(path string) string {
	s.t.Helper()
	status, h, b := s.ask(s.keys[auth.Read], "GET", path, nil)
	if status != http.StatusOK || h.Get("ETag") == "" {
		s.t.Fatalf("%s: status %d, tag %q: %s", path, status, h.Get("ETag"), b)
	}
	return h.Get("ETag")
}

// What somebody else changed since it was read is not changed over their head.
func TestChangesStartFromWhatThereIs(t *testing.T) {
	s := newSite(t, api.Options{})
	at := "/api/v1/settings/papers"
	first := s.tag(at)
	s.refused(s.keys[auth.Edit], "PUT", at, `{"dates":"era"}`, 428, "precondition_required")
	must[office.Papers](s, auth.Edit, "PUT", at, `{"dates":"era"}`, "If-Match", first)
	p := s.refused(s.keys[auth.Edit], "PUT", at, `{"dates":"western"}`, 412, "precondition_failed", "If-Match", first, "Accept-Language", "en")
	if !strings.Contains(p.Next, "read it again") {
		t.Errorf("what to do: %q", p.Next)
	}
	must[office.Papers](s, auth.Edit, "PUT", at, `{"dates":"western"}`, "If-Match", `"other", `+s.tag(at))
	must[office.Papers](s, auth.Edit, "PUT", at, `{"dates":"both"}`, "If-Match", "*")
	s.refused(s.keys[auth.Edit], "PUT", at, `{"dates":"lunar"}`, 400, "usage", "If-Match", "*")
	s.refused(s.keys[auth.Read], "PUT", at, `{"dates":"era"}`, 403, "forbidden", "If-Match", "*")

	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	deal := s.tag("/api/v1/chain")
	must[office.ModelCheck](s, auth.Edit, "PUT", "/api/v1/chain", `{"parties":[{"id":"maker","name":"例示部品"}]}`, "Content-Type", "application/json", "If-Match", deal)
	s.refused(s.keys[auth.Edit], "PUT", "/api/v1/chain", `{"parties":[{"id":"maker","name":"別の名前"}]}`, 412, "precondition_failed", "Content-Type", "application/json", "If-Match", deal)

	put := must[office.PutResult](s, auth.Edit, "POST", "/api/v1/records/contact", `[{"key":"C-1","data":{"contact_kind":"psirt","address":"psirt@vendor.example"}}]`, "Content-Type", "application/json")
	record := "/api/v1/records/" + put.Records[0].ID
	before := must[office.RecordView](s, auth.Read, "GET", record, "")
	was := s.tag(record)
	body := `{"data":` + strings.Replace(string(marshal(t, before.Data)), "psirt@", "security@", 1) + `}`
	s.refused(s.keys[auth.Edit], "PUT", record, body, 428, "precondition_required")
	after := must[office.RecordView](s, auth.Edit, "PUT", record, body, "If-Match", was)
	if after.Data["address"] != "security@vendor.example" || after.ID != before.ID {
		t.Errorf("changed: %+v", after)
	}
	s.refused(s.keys[auth.Edit], "PUT", record, body, 412, "precondition_failed", "If-Match", was)
	s.refused(s.keys[auth.Edit], "POST", record+"/retire", "", 412, "precondition_failed", "If-Match", was)
	if p := s.refused(s.keys[auth.Edit], "PUT", record, `{"data":{"address":3}}`, 422, "inconsistent", "If-Match", "*"); len(p.Problems) == 0 {
		t.Error("no place is named")
	}
	if gone := must[office.RecordView](s, auth.Edit, "POST", record+"/retire", "", "If-Match", s.tag(record)); gone.State != "retired" {
		t.Errorf("retired: %+v", gone)
	}
}

// A request repeated under its key is done once; the answer is the one given first, byte for byte.
func TestIdempotencyKey(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	body := `{"requirement":"S(1)-1.2","body":"設計レビューを実施しています。","software":"Shop","until":"2027-12-31"}`
	claims := func() int {
		return len(must[api.List[office.ClaimView]](s, auth.Read, "GET", "/api/v1/claims", "").Items)
	}
	ask := func(body, key string) (int, http.Header, []byte) {
		return s.ask(s.keys[auth.Edit], "POST", "/api/v1/claims", strings.NewReader(body), "Idempotency-Key", key)
	}
	status, h, first := ask(body, "build-17")
	if status != 200 || h.Get("Idempotency-Replayed") != "" || claims() != 1 {
		t.Fatalf("status %d, %d claims: %s", status, claims(), first)
	}
	status, h, again := ask(body, `"build-17"`) // with and without quotes
	if status != 200 || h.Get("Idempotency-Replayed") != "true" || !bytes.Equal(first, again) || claims() != 1 {
		t.Errorf("repeated: status %d, %v, %d claims: %s", status, h, claims(), again)
	}
	other := strings.Replace(body, "設計レビュー", "レビュー", 1)
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/claims", other, 422, "idempotency_key_reused", "Idempotency-Key", "build-17")
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/claims", other, 400, "usage", "Idempotency-Key", "a b")
	if status, _, _ = ask(other, "build-18"); status != 200 || claims() != 2 {
		t.Errorf("another key: status %d, %d claims", status, claims())
	}
	// A refusal is repeated too, but not one that permissions may change.
	bad := `{"requirement":"S(9)-9.9","body":"x"}`
	_, _, first = ask(bad, "bad")
	if _, h, again = ask(bad, "bad"); h.Get("Idempotency-Replayed") != "true" || !bytes.Equal(first, again) {
		t.Errorf("a refusal: %v %s", h, again)
	}
	s.refused(s.keys[auth.Read], "POST", "/api/v1/claims", body, 403, "forbidden", "Idempotency-Key", "mine")
	if status, _, _ = ask(strings.Replace(body, "1.2", "1.1", 1), "mine"); status != 200 {
		t.Errorf("the key of a request that was not allowed: status %d", status)
	}
	// Files are compared by content, too.
	push := "/api/v1/documents?software=Shop&release=1.0&name=s.json"
	must[[]intake.Pushed](s, auth.Push, "POST", push, shop(t), "Idempotency-Key", "file")
	s.refused(s.keys[auth.Push], "POST", push, shop(t)+" ", 422, "idempotency_key_reused", "Idempotency-Key", "file")

	// Sent at the same time, it is done once.
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() { ask(strings.Replace(body, "1.2", "2.3", 1), "together") })
	}
	wait.Wait()
	if n := claims(); n != 4 {
		t.Errorf("%d claims", n)
	}
}

// Every document that the pages and the command line give can be downloaded, and a filled checklist goes back.
func TestDownloads(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	for _, tt := range []struct{ method, path, media, begins string }{
		{"GET", "/checklist/xlsx?addressee=%E4%BE%8B%E7%A4%BA%E5%B8%82", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"},
		{"GET", "/checklist/csv", "text/csv; charset=utf-8", "\ufeffid,"},
		{"POST", "/papers/pdf?dates=era", "application/pdf", "%PDF-1.7"},
		{"POST", "/papers/oscal", "application/json", "{"},
		{"POST", "/papers/cyclonedx", "application/json", "{"},
	} {
		status, h, b := s.ask(s.keys[auth.Push], tt.method, "/api/v1/software/Shop"+tt.path, nil)
		if status == 403 {
			status, h, b = s.ask(s.keys[auth.Read], tt.method, "/api/v1/software/Shop"+tt.path, nil)
		}
		if status != 200 || h.Get("Content-Type") != tt.media || !bytes.HasPrefix(b, []byte(tt.begins)) || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: status %d, %v: %.200s", tt.path, status, h, b)
		}
	}
	p := s.refused(s.keys[auth.Read], "GET", "/api/v1/software/Shop/papers/pdf", "", 404, "not_found")
	if !strings.Contains(p.Next, "POST") {
		t.Errorf("without a declaration: %q", p.Next)
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/software/Shop/checklist/doc", "", 422, "usage")

	_, _, sheet := s.ask(s.keys[auth.Read], "GET", "/api/v1/software/Shop/checklist/xlsx", nil)
	book, err := excelize.OpenReader(bytes.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStr(book.GetSheetName(0), "N6", "例示担当"); err != nil { // 担当 of the first row
		t.Fatal(err)
	}
	var filled bytes.Buffer
	if err := book.Write(&filled); err != nil {
		t.Fatal(err)
	}
	preview := must[api.PreviewedSheet](s, auth.Read, "POST", "/api/v1/checklists/preview", filled.String())
	if len(preview.Changes) != 1 || preview.Changes[0].Cell != "N6" || preview.Applied {
		t.Errorf("preview: %+v", preview)
	}
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/checklists/apply?confirm=nothing", filled.String(), 409, "conflict")
	if done := must[office.SheetPreview](s, auth.Edit, "POST", "/api/v1/checklists/apply?confirm="+preview.Confirm, filled.String()); !done.Applied {
		t.Errorf("apply: %+v", done)
	}
}

// What the pages show of components, changes and drafts.
func TestRestOfThePages(t *testing.T) {
	s := newSite(t, api.Options{})
	since := s.db.Now().Add(-time.Hour)
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	all := must[api.List[api.ComponentItem]](s, auth.Read, "GET", "/api/v1/software/Shop/components", "").Items
	var paged []api.ComponentItem
	for cursor := ""; ; {
		page := must[api.List[api.ComponentItem]](s, auth.Read, "GET", "/api/v1/software/Shop/components?limit=1&cursor="+cursor, "")
		paged = append(paged, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(all) == 0 || len(paged) != len(all) {
		t.Errorf("%d components, %d page by page", len(all), len(paged))
	}
	if got := must[api.List[judging.Change]](s, auth.Read, "GET", "/api/v1/software/Shop/changes?since="+since.Format(time.RFC3339), ""); len(got.Items) == 0 {
		t.Error("nothing changed")
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/software/Shop/changes", "", 422, "usage")
	draft := must[api.DeclarationItem](s, auth.Edit, "POST", "/api/v1/software/Shop/declarations", `{"limitations":[{"ja":"見本です。","en":"A sample."}]}`)
	if draft.State != "draft" || draft.ID == "" {
		t.Errorf("draft: %+v", draft)
	}
	must[api.List[api.FindingItem]](s, auth.Read, "GET", "/api/v1/findings?software=Shop&release=1.0", "")
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/vulnerabilities/CVE-2000-1/decisions", `{"status":"affected","treatment":"fix"}`, 404, "not_found")
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/vulnerabilities/CVE-2000-1/decisions", `{"status":"affected","until":"soon"}`, 422, "unreadable")
	if n := len(must[api.List[map[string]any]](s, auth.Read, "GET", "/api/v1/registers", "").Items); n < 10 {
		t.Errorf("%d registers", n)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
