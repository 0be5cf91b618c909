package api_test

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
)

func TestHeartbeats(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=shop.json", shop(t), "Content-Type", "application/octet-stream")
	put := must[office.PutResult](s, auth.Edit, "POST", "/api/v1/records/mechanism?subject=party:self", `{"key":"IDS","data":{"title":"侵入検知","monitored":true}}`)
	if len(put.Records) != 1 {
		t.Fatalf("%+v", put)
	}
	v := must[office.MechanismView](s, auth.Push, "POST", "/api/v1/heartbeats", `{"mechanism":"IDS"}`)
	if !v.Heard || !v.Up || !v.Fresh || v.Approved || v.Source != "api" || v.Record != put.Records[0].ID {
		t.Errorf("%+v", v)
	}
	v = must[office.MechanismView](s, auth.Push, "POST", "/api/v1/heartbeats", `{"mechanism":"`+v.Record+`","up":false,"note":"disk full"}`)
	if v.Up || v.Fresh || v.Note != "disk full" {
		t.Errorf("%+v", v)
	}
	all := must[api.List[office.MechanismView]](s, auth.Read, "GET", "/api/v1/heartbeats", "")
	if len(all.Items) != 1 || all.Items[0].Mechanism != "IDS" || all.Items[0].Up {
		t.Errorf("%+v", all)
	}
	s.refused(s.keys[auth.Push], "POST", "/api/v1/heartbeats", `{"mechanism":"none"}`, 404, "not_found")
	s.refused(s.keys[auth.Push], "POST", "/api/v1/heartbeats", `{}`, 400, "usage")
	s.refused(s.keys[auth.Push], "POST", "/api/v1/heartbeats", `{"mechanism":"IDS","note":"`+strings.Repeat("a", 3000)+`"}`, 400, "usage")
	s.refused(s.keys[auth.Read], "POST", "/api/v1/heartbeats", `{"mechanism":"IDS"}`, 403, "forbidden")
}

func TestCriteria(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=shop.json", shop(t), "Content-Type", "application/octet-stream")
	p := s.refused(s.keys[auth.Edit], "POST", "/api/v1/records/criterion", `{"key":"G","data":{"title":"G","criterion_kind":"gate","expression":"len(nothing) == 0"}}`, 422, "inconsistent")
	if len(p.Problems) != 1 || p.Problems[0].Where != "/data/expression" {
		t.Errorf("%+v", p.Problems)
	}
	if got := must[api.List[judging.Trend]](s, auth.Read, "GET", "/api/v1/software/Shop/criteria", ""); got.Items == nil || len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/software/None/criteria", "", 404, "not_found")
}

func TestCoverage(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=shop.json", shop(t), "Content-Type", "application/octet-stream")
	for _, name := range judging.Frameworks() {
		got := must[judging.Coverage](s, auth.Read, "GET", "/api/v1/software/Shop/coverage/"+name, "")
		if len(got.Items) == 0 || got.Note == "" || got.Framework != name {
			t.Errorf("%s: %+v", name, got)
		}
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/software/Shop/coverage/none", "", 404, "not_found")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/software/None/coverage/ssdf", "", 404, "not_found")
}
