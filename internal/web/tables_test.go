package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/testshared"
)

const twoParts = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
 "metadata":{"component":{"type":"application","bom-ref":"app","name":"ledger","version":"1.0"}},
 "components":[{"type":"library","bom-ref":"a","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0"},
  {"type":"library","bom-ref":"b","name":"zod","version":"3.0.0","purl":"pkg:npm/zod@3.0.0"}]}`

// Every list and matrix has a page; its rows are narrowed, ordered and saved as they are shown.
func TestTablePages(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	says(t, v.get("/tables/adoption-report", 200), "まだ登録されていません")
	at := v.ledger()
	v.upload(at+"/evidence", "files", map[string]string{"bom.json": twoParts}, 200, "version", "1.0")
	list := v.get("/tables", 200)
	for _, table := range guideline.Default().Tables() {
		says(t, list, `href="/tables/`+table.ID+`"`, table.Summary.JA)
		says(t, v.get("/tables/"+table.ID, 200), table.Title.JA)
	}
	says(t, v.get("/requirements/s2-1.1", 200), `href="/tables/adoption-report"`)
	order := func(query string) []int {
		page := v.get("/tables/adoption-report?"+query, 200)
		return []int{strings.Index(page, "left-pad"), strings.Index(page, "zod")}
	}
	if i := order("sort=1"); i[0] < 0 || i[0] > i[1] {
		t.Errorf("ascending: %v", i)
	}
	if i := order("sort=-1"); i[1] < 0 || i[0] < i[1] {
		t.Errorf("descending: %v", i)
	}
	if i := order("q=ZOD"); i[0] >= 0 || i[1] < 0 {
		t.Errorf("narrowed: %v", i)
	}
	page := v.get("/tables/adoption-report?q=zod", 200)
	says(t, page, "2行中 1行", "bom.json") // what it is made of
	files := regexp.MustCompile(`href="(/tables/adoption-report/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(files) != 3 {
		t.Fatalf("files: %v", files)
	}
	if csv := v.get(strings.ReplaceAll(files[1][1], "&amp;", "&"), 200); !strings.Contains(csv, "zod") || strings.Contains(csv, "left-pad") {
		t.Errorf("the file has other rows than the page:\n%s", csv)
	}
	says(t, v.get(strings.ReplaceAll(files[2][1], "&amp;", "&"), 200), "| ", "「zod」を含む行のみ")
	v.get("/tables/nothing", 404)
	v.get("/tables/adoption-report/adoption-report.exe", 404)
}

// Numbers are ordered as numbers, and what is empty comes last both ways.
func TestSortRows(t *testing.T) {
	for order, want := range map[string]string{"1": "2 10 x _", "-1": "x 10 2 _", "2": "10 _ x 2", "": "10 _ x 2", "word": "10 _ x 2"} {
		rows := [][]string{{"10"}, {""}, {"x"}, {"2"}}
		sortRows(rows, order, 1)
		got := strings.Join(slices.Concat(rows...), " ")
		if got = strings.ReplaceAll(strings.ReplaceAll(got+" ", "  ", " _ "), "_ _", "_"); strings.TrimSpace(got) != want {
			t.Errorf("%q: %q, not %q", order, got, want)
		}
	}
}

// Signers without a key are trusted and no longer by an administrator alone, and it stands in the audit log.
func TestTrustSigners(t *testing.T) {
	s := newSite(t)
	admin := s.begin()
	approver := s.approver(admin)
	root := ""
	for name, b := range testshared.Files(t, "attestations/attestations.tar.gz") {
		if name == "sigstore-go/examples/trusted-root-public-good.json" {
			root = string(b)
		}
	}
	who := []string{"identity", "build@example.com", "issuer", "https://issuer.example"}
	approver.post("/partners/signers/trust", 403, append(who, "root", root)...)
	says(t, admin.post("/partners/signers/trust", 400, who...), "信頼の起点")
	says(t, admin.post("/partners/signers/trust", 200, append(who, "root", root)...), "build@example.com", "確認者 https://issuer.example")
	approver.post("/partners/signers/distrust", 403, who...)
	admin.post("/partners/signers/distrust", 404, "identity", "build@example.com", "issuer", "https://other.example")
	says(t, admin.post("/partners/signers/distrust", 200, who...), "信頼する一覧から外しました", "鍵を使わない署名は「未検証」になります")
	says(t, admin.get("/admin/audit?kind=key", 200), "鍵・署名者を信頼", "鍵・署名者の信頼を取消し", "build@example.com")
}

// From a record, and from evidence that is neither document nor record, the way leads back to the duties and checks that
// rest on it.
func TestUses(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	at := v.ledger()
	v.upload(at+"/evidence", "files", map[string]string{"bom.json": twoParts}, 200, "version", "1.0")
	duty := regexp.MustCompile(`href="(` + at + `/duties/s2-1\.3[^"]*)"`).FindStringSubmatch(v.get(at, 200))
	if duty == nil {
		t.Fatal("no duty")
	}
	software := strings.TrimPrefix(at, "/software/")
	says(t, v.get("/uses?of=software:"+software, 200), "使われている所", at+"/duties/", "確認：")
	says(t, v.get("/uses?of=feed:nothing", 200), "最後の評価ではありません")
	v.get("/uses", 404)
}
