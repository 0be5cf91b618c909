package web

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/store"
)

// A finding is decided on its page: what is missing is said, the decision holds for the scope that was chosen, it is in
// the audit log, and somebody who may not edit is refused.
func TestDecideOnAFinding(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	approver := s.approver(admin)
	at := admin.ledger()
	dir := t.TempDir()
	record := `{"schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-09-01T00:00:00Z", "aliases": ["CVE-2026-0001"], "summary": "an example",
		"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
		"affected": [{"package": {"ecosystem": "npm", "name": "left-pad"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.3.1"}]}]}]}`
	if err := os.WriteFile(filepath.Join(dir, "one.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := intake.ImportAdvisories(t.Context(), s.db, store.Actor{Account: "system", Via: store.CLI}, dir, s.db.Now()); err != nil {
		t.Fatal(err)
	}
	admin.upload(at+"/evidence", "files", map[string]string{"sbom.cdx.json": sbom}, 200, "version", "1.0")

	admin.get("/vulnerabilities/CVE-1999-0001", 404)
	const page = "/vulnerabilities/CVE-2026-0001"
	mustHave(t, admin.get("/vulnerabilities?q=CVE-2026-0001", 200), "優先度を確認して判断する", "影響を受けるのは1件")
	mustHave(t, admin.get(page, 200), "未判断", "SSVC", "1.3.1", "9.8", "KEV：掲載なし", "判断を記録する")
	approver.post(page, 403, "scope", "all=1", "status", "fixed")
	mustHave(t, admin.post(page, 422, "scope", "component=other", "status", "fixed"), "判断の対象を選んでください")
	admin.post(page, 422, "scope", "all=1", "status", "not_affected")
	mustHave(t, admin.post(page, 200, "scope", "all=1", "status", "not_affected", "justification", "vulnerable_code_not_in_execute_path", "note", "呼び出していません", "until", "2099-03-31"),
		"1件の検出に適用されます", "自組織の判断：影響なし", "呼び出していません", "2099年3月31日 まで有効")
	decisions, err := s.db.Decisions(t.Context())
	if err != nil || len(decisions) != 1 || decisions[0].Justification != "vulnerable_code_not_in_execute_path" || decisions[0].Software != "" {
		t.Errorf("decisions: %+v, %v", decisions, err)
	}
	mustHave(t, admin.get("/admin/audit", 200), "脆弱性についての判断を記録")

	// The same from the list, for as many as were chosen; every part of the list has an address.
	mustHave(t, admin.get("/vulnerabilities", 200), "条件に合う検出はありません（全 1件）")
	list := admin.get("/vulnerabilities?show=settled", 200)
	mustHave(t, list, "CVE-2026-0001", "影響なし")
	key := regexp.MustCompile(`name="finding" value="([^"]+)"`).FindStringSubmatch(list)
	if key == nil {
		t.Fatal("no finding can be chosen")
	}
	finding := html.UnescapeString(key[1])
	admin.post("/vulnerabilities", 400, "status", "fixed")
	admin.post("/vulnerabilities", 400, "finding", finding, "status", "not_affected") // says no reason
	approver.post("/vulnerabilities", 403, "finding", finding, "status", "fixed")
	mustHave(t, admin.post("/vulnerabilities", 200, "finding", finding, "status", "under_investigation", "to", "/vulnerabilities?show=all"), "1件について判断を記録しました", "調査中")
	mustHave(t, admin.get("/vulnerabilities?show=exploited", 200), "条件に合う検出はありません")
}

// What files would be taken for is said before anything is kept.
func TestFilesAreUnderstoodBeforeTheyAreKept(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	at := admin.ledger()
	files := map[string]string{"sbom.cdx.json": sbom, "broken.json": "{"}
	mustHave(t, admin.upload(at+"/evidence/understood", "files", files, 200), "2件のうち 1件を読み取れます（まだ保存していません）", "SBOM（CycloneDX）", "broken.json", "役立つ要求")
	documents, err := s.db.Documents(t.Context(), store.DocumentFilter{})
	if err != nil || len(documents) != 0 {
		t.Errorf("kept: %v, %v", documents, err)
	}
	part := admin.upload(at+"/evidence/understood?part=1", "files", files, 200)
	if strings.Contains(part, "<html") || !strings.Contains(part, "sbom.cdx.json") {
		t.Errorf("a script gets %q", part)
	}
	admin.upload(at+"/evidence", "files", files, 200, "version", "1.0")
	mustHave(t, admin.upload(at+"/evidence/understood", "files", files, 200), "同じ内容を受領済み")
}
