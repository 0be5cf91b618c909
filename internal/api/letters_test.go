package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// A program sees what is asked and what came back, brings letters in, and issues the code to answer with.
func TestRequests(t *testing.T) {
	s := newSite(t, api.Options{})
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "Example Co", Self: true}, {ID: "maker", Name: "Example Maker"}}}
	if err := judging.SaveModel(t.Context(), s.db, s.by, m); err != nil {
		t.Fatal(err)
	}
	ask := relay.Ask{Party: "maker", Object: verify.AskedObject{Name: "Part"}, Level: guideline.Minimum, DueOn: "2099-12-25",
		Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "personal data"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier, Requirements: []guideline.ID{"S(2)-2.1"}}}}
	b, _, err := relay.Request(t.Context(), s.db, s.by, ask, declaretest.Key("us"))
	if err != nil {
		t.Fatal(err)
	}
	digest := verify.Digest(b)
	list := must[api.List[api.RequestItem]](s, auth.Read, "GET", "/api/v1/requests?direction=sent", "")
	if len(list.Items) != 1 || list.Items[0].Digest != digest || list.Items[0].State != relay.RequestOpen {
		t.Errorf("requests: %+v", list.Items)
	}
	if list := must[api.List[api.RequestItem]](s, auth.Read, "GET", "/api/v1/requests?state=answered", ""); len(list.Items) != 0 {
		t.Errorf("nothing was answered: %+v", list.Items)
	}

	s.refused(s.keys[auth.Read], "POST", "/api/v1/requests/"+digest+"/code", "{}", 403, "forbidden")
	code := must[api.Invited](s, auth.Edit, "POST", "/api/v1/requests/"+digest+"/code", "{}")
	guest := store.Actor{Account: relay.Partner, Via: store.Web}
	if _, err := relay.EnterCode(t.Context(), s.db, guest, digest, code.Code); err != nil || code.Address != "/answer/"+digest[len("sha256:"):] {
		t.Errorf("the code of %+v is refused: %v", code, err)
	}
	l, err := relay.FindRequest(t.Context(), s.db, digest)
	if err != nil {
		t.Fatal(err)
	}
	stated := exchange.Stated{By: exchange.StatedBy{Name: "A. Nswerer"}, Answers: []exchange.StatedAnswer{{Role: guideline.Supplier, Requirement: "S(2)-2.1", Status: verify.Met}}}
	answer, err := relay.HandIn(t.Context(), s.db, guest, l, stated)
	if err != nil {
		t.Fatal(err)
	}
	one := must[api.RequestDetail](s, auth.Read, "GET", "/api/v1/requests/"+digest, "")
	if one.State != relay.RequestStated || len(one.Said) != 1 || one.Said[0].Stated == nil || one.Invited == nil || one.Invited.Answered != answer || one.Invited.Open {
		t.Errorf("the request: %+v", one)
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/requests/none", "", 404, "not_found")
}

func TestLetters(t *testing.T) {
	s := newSite(t, api.Options{})
	if err := judging.SaveModel(t.Context(), s.db, s.by, chain.Model{Parties: []chain.Party{{ID: "us", Name: "Example Co", Self: true}, {ID: "buyer", Name: "Example Buyer"}}}); err != nil {
		t.Fatal(err)
	}
	r := verify.Request{ID: "r1", From: verify.Issuer{ID: "urn:example:buyer", Name: "Example Buyer"}, To: verify.Recipient{Name: "Example Co"}, Object: verify.AskedObject{Name: "Ledger"}, Level: guideline.Minimum, DueOn: "2099-01-31",
		IssuedAt: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), Reasons: []verify.Reason{{Viewpoint: verify.OtherView, Text: "contract"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier}}}
	b, err := verify.SignLetter(verify.RequestFormat, r, declaretest.Key("buyer"))
	if err != nil {
		t.Fatal(err)
	}
	if got := must[api.TakenLetter](s, auth.Push, "POST", "/api/v1/letters", string(b)); got.Accepted || got.Problem == "" || got.Request != nil || got.Type != exchange.RequestType {
		t.Errorf("a letter of nobody we trust: %+v", got)
	}
	if err := exchange.SetTrust(t.Context(), s.db, s.by, exchange.TrustedParty{Party: "buyer", Key: declaretest.Trust("buyer")[0]}); err != nil {
		t.Fatal(err)
	}
	got := must[api.TakenLetter](s, auth.Push, "POST", "/api/v1/letters", string(b))
	if !got.Accepted || got.Party != "buyer" || got.Request == nil || got.Request.ID != "r1" {
		t.Errorf("a letter of somebody we trust: %+v", got)
	}
	if list := must[api.List[api.RequestItem]](s, auth.Read, "GET", "/api/v1/requests?direction=received&party=buyer", ""); len(list.Items) != 1 {
		t.Errorf("requests: %+v", list.Items)
	}
	other, _ := json.Marshal(map[string]string{"format": "something else"})
	s.refused(s.keys[auth.Push], "POST", "/api/v1/letters", string(other), 422, "unreadable")
}

// What is kept, how long systems live and what was procured is what jobs say.
func TestArchiveLivesAndProcurement(t *testing.T) {
	s := newSite(t, api.Options{})
	must[[]intake.Pushed](s, auth.Edit, "POST", "/api/v1/documents?software=Shop&release=1.0&create=true&name=bom.json", shop(t), "Content-Type", "application/octet-stream")
	kept := must[api.List[upkeep.ArchivedRelease]](s, auth.Read, "GET", "/api/v1/archive?software=Shop", "")
	if len(kept.Items) != 1 || len(kept.Items[0].Items) != 1 || kept.Items[0].Items[0].Kind != "sbom" || len(kept.Items[0].Missing) == 0 {
		t.Errorf("archive: %+v", kept.Items)
	}
	if err := judging.SaveModel(t.Context(), s.db, s.by, chain.Model{Systems: []chain.System{{ID: "core", Name: "Core", PlannedUntil: "2031-03-31"}}}); err != nil {
		t.Fatal(err)
	}
	if lives := must[api.List[office.SystemLife]](s, auth.Read, "GET", "/api/v1/systems/lives", ""); len(lives.Items) != 1 || lives.Items[0].PlannedUntil != "2031-03-31" {
		t.Errorf("lives: %+v", lives.Items)
	}
	s.refused(s.keys[auth.Read], "GET", "/api/v1/procurement?system=Core", "", 404, "nothing")
	s.refused(s.keys[auth.Read], "GET", "/api/v1/procurement?system=Other", "", 404, "not_found")
}
