package web

import (
	"html"
	"regexp"
	"testing"

	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/store"
)

// A filled checklist is shown first; only what was confirmed is kept, as drafts.
func TestChecklistComesBack(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	at := admin.ledger()
	mustHave(t, admin.get(at+"/declarations", 200), "記入済みのチェックリストを取り込む")
	mustHave(t, admin.get(at+"/sheet", 200), "確認するまで何も書き込みません")
	mustHave(t, admin.upload(at+"/sheet", "files", map[string]string{"x.xlsx": "%PDF-1.7"}, 422), "PDF です")

	const filled = "要求ID,状態,根拠,期限\nＳ（１）－１．１,○✓済,\"<b>毎年</b>確認しています\",12/25\n"
	page := admin.upload(at+"/sheet", "files", map[string]string{"list.csv": filled}, 200)
	mustHave(t, page, "読み取れないセル 1件", "年が書かれていません", "&lt;b&gt;毎年&lt;/b&gt;", "<code>B2</code>", "まだ何も書き込んでいません")
	if claims, err := s.db.Claims(t.Context(), store.ClaimFilter{}); err != nil || len(claims) != 0 {
		t.Fatalf("looking wrote %d claims, %v", len(claims), err)
	}
	value := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no %s", name)
		}
		return html.UnescapeString(m[1])
	}
	send := []string{"name", value("name"), "body", value("body"), "token", value("token")}
	other := append(append([]string{}, send[:5]...), "sha256:other")
	mustHave(t, admin.upload(at+"/sheet/apply", "none", nil, 200, other...), "確認してから内容が変わりました")
	mustHave(t, admin.upload(at+"/sheet/apply", "none", nil, 200, send...), "起案 1件は、別の人が承認すると")
	claims, err := s.db.Claims(t.Context(), store.ClaimFilter{})
	if err != nil || len(claims) != 1 || claims[0].State != evidence.ClaimDraft || claims[0].Body != "<b>毎年</b>確認しています" {
		t.Fatalf("%+v, %v", claims, err)
	}
}
