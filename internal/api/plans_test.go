package api_test

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/store"
)

// Who sees to a duty and what is said about it.
func TestPlansAndComments(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	m := must[chain.Model](s, auth.Read, "GET", "/api/v1/chain", "")
	key := m.Arrangements[0].ID + "|self|developer|S(1)-1.1"
	at := "/api/v1/plans/" + url.PathEscape(key)
	none := s.tag(at)
	s.refused(s.keys[auth.Edit], "PUT", at, `{"owner":"ci"}`, 428, "precondition_required")
	got := must[api.PlanItem](s, auth.Edit, "PUT", at, `{"owner":"ci","due":"2027-12-31","note":"次の会議まで"}`, "If-Match", none)
	if got.Day != "2027-12-31" || got.Owner == "" || got.Owner == "ci" || got.Key != key {
		t.Errorf("plan: %+v", got)
	}
	s.refused(s.keys[auth.Edit], "PUT", at, `{}`, 412, "precondition_failed", "If-Match", none)
	s.refused(s.keys[auth.Edit], "PUT", at, `{"owner":"nobody"}`, 404, "not_found", "If-Match", "*")
	s.refused(s.keys[auth.Edit], "PUT", at, `{"due":"soon"}`, 422, "unreadable", "If-Match", "*")
	if list := must[api.List[api.PlanItem]](s, auth.Read, "GET", "/api/v1/plans", ""); len(list.Items) != 1 || list.Items[0].Day != got.Day {
		t.Errorf("plans: %+v", list)
	}
	must[api.PlanItem](s, auth.Edit, "PUT", at, `{}`, "If-Match", s.tag(at))
	if list := must[api.List[api.PlanItem]](s, auth.Read, "GET", "/api/v1/plans", ""); len(list.Items) != 0 {
		t.Errorf("an empty plan stays: %+v", list)
	}

	said := must[store.Comment](s, auth.Edit, "POST", "/api/v1/comments", `{"kind":"vulnerability","id":"CVE-2021-44228","body":"確認中です。"}`)
	about := "/api/v1/comments?kind=vulnerability&id=CVE-2021-44228"
	if list := must[api.List[store.Comment]](s, auth.Read, "GET", about, ""); len(list.Items) != 1 || list.Items[0].Body != "確認中です。" {
		t.Errorf("comments: %+v", list)
	}
	must[api.Done](s, auth.Edit, "POST", "/api/v1/comments/"+said.ID+"/withdraw", "")
	if list := must[api.List[store.Comment]](s, auth.Read, "GET", about, ""); list.Items[0].Body != "" {
		t.Errorf("withdrawn: %+v", list)
	}
	s.refused(s.keys[auth.Edit], "POST", "/api/v1/comments", `{"kind":"duty","id":"x","body":"y"}`, 400, "usage")

	if got := must[api.List[guideline.Setting]](s, auth.Read, "GET", "/api/v1/policy", ""); len(got.Items) < 10 {
		t.Errorf("%d thresholds", len(got.Items))
	}
	must[api.List[exchange.TrustedParty]](s, auth.Read, "GET", "/api/v1/trust", "")
}

// pages says for what the pages do which operation does it, or why none does.
var pages = map[string]string{
	"GET /{$}": "list-findings, list-plans, list-declarations", "GET /search": "list-software, list-components, get-cve",
	"GET /actions": "list-plans", "POST /undo": "set-plan", "POST /software/{id}/plans": "set-plan", "POST /comments": "comment", "POST /comments/{id}/withdraw": "withdraw-comment",
	"GET /software": "list-software", "POST /software": "apply-chain", "GET /software/{id}": "get-software-status", "GET /software/{id}/duties/{requirement}": "get-software-status",
	"GET /software/{id}/evidence": "get-software-status", "POST /software/{id}/evidence": "push-documents", "GET /software/{id}/components": "list-components",
	"POST /software/{id}/components": "apply-chain", "GET /software/{id}/chain": "get-chain", "GET /software/{id}/history": "list-changes",
	"GET /software/{id}/declarations": "list-declarations", "POST /software/{id}/declarations": "draft-declaration", "GET /software/{id}/checklist.xlsx": "get-checklist",
	"POST /software/{id}/sheet": "preview-checklist", "POST /software/{id}/sheet/apply": "apply-checklist", "POST /software/{id}/claims": "draft-claim",
	"GET /claims/{id}": "get-claim", "POST /claims/{id}/retire": "retire-claim", "GET /evidence/{digest}": "get-document", "GET /evidence/{digest}/bytes": "get-document-content",
	"GET /requirements": "get-guideline", "GET /requirements/{requirement}": "get-guideline", "GET /vulnerabilities": "list-findings", "GET /vulnerabilities/{vuln}": "get-cve",
	"POST /vulnerabilities/{vuln}": "decide", "GET /registers": "list-registers", "GET /registers/{kind}": "list-records", "GET /registers/{kind}/{id}": "get-record",
	"POST /registers/{kind}/{id}": "put-records, change-record", "POST /registers/{kind}/{id}/retire": "retire-record", "GET /partners": "list-requests, list-trusted-keys, list-trusted-signers",
	"GET /actions/actions.ics": "list-dates, get-calendar", "GET /uses": "list-uses", "GET /tables": "list-tables", "GET /tables/{table}": "get-table", "GET /tables/{table}/{file}": "get-table-file",
	"POST /partners/verify": "verify-bundle", "GET /documents": "list-declarations", "GET /declarations/{id}": "get-declaration", "GET /declarations/{id}/bundle": "get-bundle",
	"GET /requests/{digest}": "get-request", "POST /requests/{digest}/code": "issue-answer-code", "GET /admin/policy": "get-policy", "GET /admin/audit": "list-audit",
}

// Every operation that the table names is there, and every page it names too.
func TestPagesHaveTheirOperations(t *testing.T) {
	_, doc := newSite(t, api.Options{}).openAPI()
	var ids []string
	for _, methods := range doc.Paths {
		for _, op := range methods {
			ids = append(ids, op.ID)
		}
	}
	source, err := os.ReadFile("../web/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string]bool{}
	for _, m := range regexp.MustCompile(`Handle\("((?:GET|POST) [^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		routes[m[1]] = true
	}
	for page, operations := range pages {
		if !routes[page] {
			t.Errorf("there is no page %s any more", page)
		}
		for _, id := range strings.Split(operations, ", ") {
			if !slices.Contains(ids, id) {
				t.Errorf("%s: there is no operation %s", page, id)
			}
		}
	}
}
