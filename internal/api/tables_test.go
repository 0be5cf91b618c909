package api_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/sigstore"
)

// Every list and matrix is there as data, filled in, and as a file; what it is about is said, but for the organisation's.
func TestTables(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=s.json", shop(t))
	all := must[api.List[guideline.Table]](s, auth.Read, "GET", "/api/v1/tables", "")
	if len(all.Items) != len(guideline.Default().Tables()) || all.Items[0].Summary.JA == "" {
		t.Fatalf("tables: %+v", all)
	}
	for _, table := range all.Items {
		at := "/api/v1/tables/" + table.ID
		switch table.Scope {
		case guideline.SystemScope:
			s.refused(s.keys[auth.Read], "GET", at, "", 400, "usage")
			continue
		case guideline.OrgScope:
		default:
			s.refused(s.keys[auth.Read], "GET", at, "", 400, "usage")
			at += "?software=Shop"
		}
		if got := must[assess.TableRows](s, auth.Read, "GET", at, ""); got.ID != table.ID || got.Rows == nil {
			t.Errorf("%s: %+v", at, got)
		}
	}
	got := must[assess.TableRows](s, auth.Read, "GET", "/api/v1/tables/adoption-report?software=Shop&release=1.0", "")
	if len(got.Rows) == 0 || len(got.Evidence) == 0 {
		t.Errorf("rows %d, resting on %v", len(got.Rows), got.Evidence)
	}
	for format, begins := range map[string]string{"xlsx": "PK", "csv": "\uFEFF", "md": "# Adoption report\n\nS(2)-1.1  Shop 1.0"} {
		status, h, b := s.ask(s.keys[auth.Read], "GET", "/api/v1/tables/adoption-report/"+format+"?software=Shop&release=1.0", nil, "Accept-Language", "en")
		if status != http.StatusOK || !strings.HasPrefix(string(b), begins) || !strings.Contains(h.Get("Content-Disposition"), "adoption-report."+format) {
			t.Errorf("%s: %d %v %.40q", format, status, h, b)
		}
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/tables/nothing", "", 404, "not_found")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/tables/adoption-report?software=Other", "", 404, "not_found")
	if signers := must[api.List[sigstore.Signer]](s, auth.Read, "GET", "/api/v1/trust/signers", ""); len(signers.Items) != 0 {
		t.Errorf("trusted: %+v", signers)
	}
}
