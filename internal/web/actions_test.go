package web

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// Several duties get an owner and a day at once; the list of actions, its table and its calendar have them; undo puts
// everything back; and nobody's undo takes back what somebody else did.
func TestPlanManyAndUndo(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	html := v.get(at, 200)
	keys := regexp.MustCompile(`name="duty" value="([^"]+)"`).FindAllStringSubmatch(html, -1)
	if len(keys) < 10 {
		t.Fatalf("%d duties can be chosen", len(keys))
	}
	me := regexp.MustCompile(`<option value="([^"]+)">管理 花子`).FindStringSubmatch(html)
	if me == nil {
		t.Fatal("nobody can be chosen as an owner")
	}
	due := time.Now().AddDate(0, 0, -3).Format(time.DateOnly)
	one, two := keys[0][1], keys[1][1]
	html = v.post(at+"/plans", 200, "duty", one, "duty", two, "owner", me[1], "due", due, "to", at)
	mustHave(t, html, "2件の担当・期限を変更しました", "元に戻す", "期限切れ")
	html = v.get("/actions", 200)
	mustHave(t, html, "期限を過ぎたもの", "管理 花子", "S(1)-1.1", `href="/actions/actions.ics"`)
	mustHave(t, v.get("/", 200), "今日すること", "S(1)-1.1")
	if csv := v.get("/actions/actions.csv", 200); !strings.HasPrefix(csv, "\ufeff") || !strings.Contains(csv, due) {
		t.Errorf("CSV: %q", csv[:min(len(csv), 200)])
	}
	ics := v.get("/actions/actions.ics", 200)
	if strings.Count(ics, "BEGIN:VEVENT") != 2 || !strings.Contains(ics, "DTSTART;VALUE=DATE:"+strings.ReplaceAll(due, "-", "")) {
		t.Errorf("calendar:\n%s", ics)
	}
	// A field left alone changes nothing.
	v.post(at+"/plans", 200, "duty", one, "owner", "keep", "due", "", "note", "議事録を確認", "to", at)
	plans, err := s.db.Plans(t.Context(), "")
	if err != nil || len(plans) != 2 {
		t.Fatal(plans, err)
	}
	for _, p := range plans {
		if p.Owner != me[1] || p.Due.IsZero() {
			t.Errorf("plan %+v lost its owner or day", p)
		}
	}
	v.post("/undo", 200, "to", at) // the note
	v.post(at+"/plans", 200, "duty", one, "duty", two, "owner", "", "to", at)
	mustHave(t, v.post("/undo", 200, "to", at), "元に戻しました")
	plans, _ = s.db.Plans(t.Context(), "")
	if len(plans) != 2 || plans[0].Owner != me[1] || plans[0].Note+plans[1].Note != "" {
		t.Errorf("after undo: %+v", plans)
	}
	v.post("/undo", 409, "to", at) // only once
	v.post(at+"/plans", 400, "duty", one, "owner", "keep", "to", at)
	v.post(at+"/plans", 404, "duty", one, "owner", "nobody", "to", at)
}

// People talk about a duty; only the author takes a comment back, and its words are gone then.
func TestComments(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	other := s.approver(v)
	page := regexp.MustCompile(`data-src="([^"]+)"`).FindStringSubmatch(v.get(at, 200))
	duty := strings.ReplaceAll(page[1], "&amp;", "&")
	key := regexp.MustCompile(`name="kind" value="duty"><input type="hidden" name="id" value="([^"]+)"`).FindStringSubmatch(v.get(duty, 200))
	if key == nil {
		t.Fatal("no form for comments")
	}
	html := v.post("/comments", 200, "kind", "duty", "id", key[1], "body", "議事録は<b>誰</b>が持っていますか", "to", duty)
	mustHave(t, html, "コメントしました", "議事録は&lt;b&gt;誰&lt;/b&gt;が持っていますか")
	id := regexp.MustCompile(`/comments/([^/"]+)/withdraw`).FindStringSubmatch(html)
	if id == nil {
		t.Fatal("one's own comment cannot be withdrawn")
	}
	if strings.Contains(other.get(duty, 200), "/withdraw") {
		t.Error("somebody else's comment can be withdrawn")
	}
	other.post("/comments/"+id[1]+"/withdraw", 404)
	html = v.post("/comments/"+id[1]+"/withdraw", 200, "to", duty)
	mustHave(t, html, "取り消されました")
	if strings.Contains(html, "議事録は") {
		t.Error("the words are still there")
	}
	v.post("/comments", 400, "kind", "duty", "id", "nonsense", "body", "x")
	v.post("/comments", 400, "kind", "account", "id", "x", "body", "x")
	v.post("/comments", 400, "kind", "duty", "id", key[1], "body", "  ")
}

// Every table behind a picture can be had, and light or dark is kept.
func TestPicturesAndTheme(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	for _, path := range []string{at + "/duties.csv", at + "/history/history.csv", at + "/evidence/freshness.csv", "/vulnerabilities/pictures/matrix.csv", "/vulnerabilities/pictures/latency.csv", "/vulnerabilities/pictures/causes.csv"} {
		if csv := v.get(path, 200); !strings.HasPrefix(csv, "\ufeff") {
			t.Errorf("%s: %q", path, csv[:min(len(csv), 60)])
		}
	}
	v.get("/vulnerabilities/pictures/other.csv", 404)
	mustHave(t, v.get("/vulnerabilities/pictures", 200), "まだありません")
	mustHave(t, v.get(at+"/history", 200), "状態の推移", "<svg")
	mustHave(t, v.post("/theme", 200, "theme", "dark", "to", "/help"), `data-theme="dark"`, "キーボード")
	if strings.Contains(v.post("/theme", 200, "theme", "", "to", "/help"), "data-theme") {
		t.Error("the choice is kept after it was taken back")
	}
	mustHave(t, s.visitor().get("/accessibility", 200), "axe-core")
}
