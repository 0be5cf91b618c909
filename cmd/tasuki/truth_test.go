package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/internal/web"
)

// Every one of the 112 duties stands the same in status, check and explain and on its page: status, reasons, what to do
// next; on the day it was judged, and when its evidence has lapsed.
func TestOneTruth(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	data := filepath.Join(t.TempDir(), "ws")
	db, err := store.Open(t.Context(), store.Options{Dir: data, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	allRoles(t, db)
	var status judging.StatusSheet
	tasuki := func(into any, args ...string) {
		t.Helper()
		var out, talk bytes.Buffer
		p := program{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &talk, now: func() time.Time { return now }}
		code := run(t.Context(), append(args, "--lang", "ja", "--json", "--data", data, "--software", "見本"), p)
		if code != 0 && code != 3 {
			t.Fatalf("%v: exit code %d, %s", args, code, talk.String())
		}
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	get := signedIn(t, db)
	for _, when := range []time.Duration{0, 400 * 24 * time.Hour} {
		now = now.Add(when)
		status = judging.StatusSheet{}
		tasuki(&status, "status")
		if len(status.Duties) != 112 {
			t.Fatalf("%d duties, four roles bear 112", len(status.Duties))
		}
		var check struct {
			Totals assess.Totals        `json:"totals"`
			Open   []judging.StatusLine `json:"open"`
		}
		tasuki(&check, "check")
		if !reflect.DeepEqual(check.Totals, status.Totals) || !reflect.DeepEqual(check.Open, openRows(status.Duties)) {
			t.Errorf("check says another thing than status: %+v, %+v", check.Totals, status.Totals)
		}
		counted := map[assess.Status]int{}
		for _, id := range guideline.Default().Individuals() {
			want := slices.DeleteFunc(slices.Clone(status.Duties), func(d judging.StatusLine) bool { return d.ID != id.ID })
			var explained explainJSON
			tasuki(&explained, "explain", string(id.ID))
			if !reflect.DeepEqual(explained.Here, want) {
				t.Errorf("explain %s says another thing than status:\n%+v\n%+v", id.ID, explained.Here, want)
			}
			for _, d := range want {
				counted[assess.Status(d.Status)]++
				onPage(t, get, d)
			}
		}
		for s, n := range status.Totals.ByDuty {
			if counted[s] != n {
				t.Errorf("%d duties are %s, the totals say %d", counted[s], s, n)
			}
		}
		if len(counted) < 3 {
			t.Errorf("the duties stand in %v: hardly a test", counted)
		}
	}
}

// onPage holds the page of a duty against what the command line says of it.
func onPage(t *testing.T, get func(string) string, d judging.StatusLine) {
	t.Helper()
	slug := strings.ToLower(strings.NewReplacer("(", "", ")", "").Replace(string(d.ID)))
	page := get("/software/sw/duties/" + slug + "?" + url.Values{"release": {"r1"}, "role": {string(d.Role)}, "party": {d.Party}}.Encode())
	if _, after, shown := strings.Cut(page, `class="status s-`); !shown || !strings.HasPrefix(after, d.Status+`"`) {
		t.Errorf("the page of %s (%s) does not begin with %s", d.ID, d.Role, d.Status)
	}
	said := append([]string{assess.Status(d.Status).Name().JA, d.Title}, d.Reasons...)
	if d.Remedy != "" {
		said = append(said, d.Remedy)
	}
	for _, s := range said {
		if !strings.Contains(page, s) {
			t.Errorf("the page of %s (%s) does not say %q", d.ID, d.Role, s)
		}
	}
}

// allRoles is a software in which we hold all four roles, with evidence of a few kinds.
func allRoles(t *testing.T, db *store.DB) {
	t.Helper()
	ctx, author, approver := t.Context(), store.Actor{Account: "author", Via: store.Internal}, store.Actor{Account: "approver", Via: store.Internal}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(lang.Explain(err, lang.EN))
		}
	}
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "見本株式会社", Self: true, Contact: "psirt@us.example"}, {ID: "buyer", Name: "購入者"}},
		Software: []chain.Software{{ID: "sw", Name: "見本", Kind: chain.Product, Owner: "us", Delivered: true, Running: true}},
		Releases: []chain.Release{{ID: "r1", Software: "sw", Version: "1.0", ReleasedOn: "2026-10-01"}},
		Systems:  []chain.System{{ID: "sys", Name: "見本システム", Owner: "us", Releases: []string{"r1"}}}}
	a := chain.Arrangement{ID: "a", Name: "見本", Software: "sw", System: "sys", Level: guideline.Standard}
	for _, role := range guideline.Roles {
		a.Engagements = append(a.Engagements, chain.Engagement{ID: string(role), Party: "us", Role: role, Stance: guideline.Principal, Tier: "prime"})
	}
	m.Arrangements = []chain.Arrangement{a}
	must(judging.SaveModel(ctx, db, author, m))
	release := fact.Subject{Kind: fact.Release, ID: "r1"}
	_, err := intake.Receive(ctx, db, author, []ingest.Arrival{{Name: "bom.json", Subject: release, Body: strings.NewReader(
		`{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"a & <b>","version":"1","purl":"pkg:npm/a@1"}]}`)},
		{Name: "junit.xml", Subject: release, Body: strings.NewReader(`<testsuites><testsuite name="s"><testcase name="t"/></testsuite></testsuites>`)}})
	must(err)
	_, err = upkeep.VerifyLedger(ctx, db, author)
	must(err)
	party, _, err := office.ClaimAbout(ctx, db, author, judging.Target{})
	must(err)
	for _, w := range []office.ClaimWords{{Requirement: "S(2)-2.1", Kind: "not_applicable", Text: "理由 & <事情>", Until: "2027-01-31"}, {Requirement: "S(4)-1.1", Kind: "claim", Text: "取り組んでいます", Until: "2027-01-31"}} {
		c, err := office.ReadClaim(w, db.Now())
		must(err)
		c.Party, c.Subject = party, fact.Subject{Kind: fact.Org, ID: party}
		c, err = office.DraftClaim(ctx, db, author, c)
		must(err)
		_, err = office.Approve(ctx, db, approver, c.ID, "password")
		must(err)
	}
	must(judging.Reassess(ctx, db, author, "start"))
}

// signedIn gives a reader of pages, as somebody who may read them; what is escaped in HTML comes as it was written.
func signedIn(t *testing.T, db *store.DB) (get func(path string) string) {
	t.Helper()
	service := auth.New(db)
	token, _, err := service.SetupToken(t.Context())
	if err == nil {
		_, err = service.First(t.Context(), token, auth.Registration{Name: "reader", Display: "Reader", Password: "a long enough password", Roles: []store.Role{store.Editor}})
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.New(slog.New(slog.DiscardHandler), db, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	signIn := func() {
		t.Helper()
		resp, err := client.PostForm(server.URL+"/login", url.Values{"name": {"reader"}, "password": {"a long enough password"}})
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("sign in: %v", err)
		}
		resp.Body.Close()
	}
	signIn()
	return func(path string) string {
		t.Helper()
		for range 2 {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
			req.Header.Set("Accept-Language", "ja")
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.Request.URL.Path == "/login" {
				signIn() // the clock moved on, and the session ended
				continue
			}
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %s, %v", path, resp.Status, err)
			}
			return html.UnescapeString(string(b))
		}
		t.Fatal(fmt.Sprint("not signed in: ", path))
		return ""
	}
}
