package office_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// run makes a system we operate, with an evaluation of this year, and one release that it runs.
func (d *desk) run() {
	d.Helper()
	d.Must(judging.SaveModel(d.Context(), d.DB, desktest.Author, chain.Model{
		Parties:  []chain.Party{{ID: "us", Name: "見本株式会社", Self: true}, {ID: "buyer", Name: "購入者"}},
		Software: []chain.Software{{ID: "app", Name: "見本", Kind: chain.Product, Owner: "us"}},
		Releases: []chain.Release{{ID: "app-1", Software: "app", Version: "1.0"}},
		Systems:  []chain.System{{ID: "hosting", Name: "基盤", Owner: "us", Releases: []string{"app-1"}}},
		Arrangements: []chain.Arrangement{{ID: "deal", Name: "納入", Software: "app", System: "hosting", Level: guideline.Minimum, Engagements: []chain.Engagement{
			{ID: "dev", Party: "us", Role: guideline.Developer, Stance: guideline.Principal, EngagedBy: "buyer"},
			{ID: "op", Party: "us", Role: guideline.Operator, Stance: guideline.Principal, EngagedBy: "buyer"}}}}}))
	d.Record("risk", `{key: R, data: {title: 侵入, level: low, treatment: accept, reason: 短時間, review_on: 2027-06-01}}`, fact.Subject{Kind: fact.System, ID: "hosting"})
	d.Record("evaluation", `{key: E, data: {done_on: 2026-06-01, method: 診断, in_risk_register: true}}`, fact.Subject{Kind: fact.System, ID: "hosting"})
}

func (d *desk) duty(id guideline.ID) judging.Row {
	d.Helper()
	rows := d.Rows("app-1")
	i := slices.IndexFunc(rows, func(r judging.Row) bool { return r.Requirement == id })
	if i < 0 {
		d.Fatalf("no duty %s", id)
	}
	return rows[i]
}

func (d *desk) wants(id guideline.ID, status assess.Status, basis assess.Basis, why string) {
	d.Helper()
	r := d.duty(id)
	reasons := ""
	for _, x := range r.Reasons {
		reasons += x.EN + "\n"
	}
	if assess.Status(r.Status) != status || basis != "" && assess.Basis(r.Basis) != basis || !strings.Contains(reasons, why) {
		d.Errorf("%s is %s by %q, want %s by %q with %q in\n%s", id, r.Status, r.Basis, status, basis, why, reasons)
	}
}

func TestHeartbeats(t *testing.T) {
	d := open(t)
	d.run()
	m := d.Record("mechanism", `{key: IDS, data: {title: 侵入検知, monitored: true, seen_on: 2026-10-01}}`, fact.Subject{Kind: fact.System, ID: "hosting"})
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "test"))
	d.wants("S(1)-4.4", assess.NotMet, "", "侵入検知")

	beat := func(up bool) office.MechanismView {
		v, err := office.Heartbeat(t.Context(), d.DB, desktest.Author, office.Beat{Mechanism: "IDS", Up: up, Source: "api"})
		d.Must(err)
		return v
	}
	if v := beat(true); !v.Fresh || !v.Heard || v.Record != m.ID {
		t.Errorf("%+v", v)
	}
	d.wants("S(1)-4.4", assess.Met, assess.Automatic, "1 report by themselves")
	if !slices.Contains(d.duty("S(1)-4.4").Evidence, "heartbeat:"+m.ID) {
		t.Errorf("evidence %v", d.duty("S(1)-4.4").Evidence)
	}

	d.Now = d.Now.Add(time.Minute)
	if v := beat(true); !v.At.Equal(desktest.Start) {
		t.Errorf("a beat that tells nothing new was kept: %v", v.At)
	}
	beat(false)
	d.wants("S(1)-4.4", assess.NotMet, assess.Automatic, "侵入検知")
	beat(true)
	d.wants("S(1)-4.4", assess.Met, assess.Automatic, "")

	d.Now = d.Now.AddDate(0, 0, 8)
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "time"))
	d.wants("S(1)-4.4", assess.NotMet, "", "not seen working within 7 days")
	facts, err := d.DB.Facts(t.Context(), store.FactFilter{Kinds: []fact.Kind{fact.KindHeartbeat}})
	if err != nil || len(facts) != 1 {
		t.Errorf("%d heartbeats are kept, %v", len(facts), err)
	}
	if _, err := office.Heartbeat(t.Context(), d.DB, desktest.Author, office.Beat{Mechanism: "none", Up: true}); lang.KindOf(err) != lang.NotFound {
		t.Errorf("a mechanism nobody entered: %v", err)
	}
}

func TestScrape(t *testing.T) {
	d := open(t)
	d.run()
	page := `up{job="ids"} 1`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			_, _ = w.Write([]byte(page))
		}
	}))
	defer server.Close()
	about := fact.Subject{Kind: fact.System, ID: "hosting"}
	d.Record("mechanism", `{key: IDS, data: {title: 侵入検知, monitored: true, scrape_url: "`+server.URL+`/", metric: 'up{job="ids"}'}}`, about)
	d.Record("mechanism", `{key: AWAY, data: {title: 転送, scrape_url: "`+server.URL+`/away"}}`, about)
	d.Record("mechanism", `{key: CLOUD, data: {title: 資格情報, scrape_url: "http://169.254.169.254/"}}`, about)
	d.Record("mechanism", `{key: LOAD, data: {title: 負荷, scrape_url: "`+server.URL+`/", metric: up, metric_min: 5}}`, about)

	scrape := func() map[string]office.Scraped {
		all, err := office.Scrape(t.Context(), d.DB, desktest.Author)
		d.Must(err)
		out := map[string]office.Scraped{}
		for _, s := range all {
			out[s.Mechanism] = s
		}
		return out
	}
	got := scrape()
	if s := got["IDS"]; !s.Fresh || s.Source != "prometheus" || !s.Problem.IsZero() {
		t.Errorf("%+v", s)
	}
	if s := got["AWAY"]; s.Heard || !strings.Contains(s.Problem.EN, "302") {
		t.Errorf("a redirect was followed: %+v", s)
	}
	if s := got["CLOUD"]; s.Heard || !strings.Contains(s.Problem.EN, "link-local") {
		t.Errorf("%+v", s)
	}
	if s := got["LOAD"]; !s.Heard || s.Up {
		t.Errorf("1 is at least 5: %+v", s)
	}
	d.wants("S(1)-4.4", assess.Met, assess.Automatic, "1 report by themselves")

	for body, problem := range map[string]string{`up{job="ids"} 0`: "", `other 1`: "", `<html>`: "line 1"} {
		page = body
		d.Now = d.Now.Add(2 * time.Hour)
		s := scrape()["IDS"]
		if problem == "" && (s.Up || !s.Problem.IsZero()) || problem != "" && s.Problem.IsZero() {
			t.Errorf("%s: %+v", body, s)
		}
	}
}

func TestCriteria(t *testing.T) {
	d := open(t)
	d.run()
	k, err := register.Kind("criterion")
	d.Must(err)
	for expression, where := range map[string]string{
		`expression: 'count(findings, .severty == "critical")', bound: at_most, threshold: 0`: "/data/expression",
		`expression: 'len(uses)', bound: at_most, threshold: 0`:                               "/data/expression",
		`expression: 'findings', bound: at_most, threshold: 0`:                                "/data/expression",
		`expression: 'count(components, any(findings, any(tests, .failed > 0)))'`:             "/data/expression",
		`expression: 'len(findings)'`:                                                         "/data/threshold",
		`expression: 'len(findings)', threshold: 1`:                                           "/data/bound",
		`expression: 'len(findings) == 0', bound: at_most, threshold: 0`:                      "/data/bound",
		`bound: at_most, threshold: 0`:                                                        "/data/expression",
	} {
		_, problems, err := office.ReadRecords(k, []byte(`{key: G, data: {title: G, criterion_kind: gate, `+expression+`}}`))
		if err != nil || len(problems) != 1 || problems[0].Where != where || problems[0].What.JA == "" {
			t.Errorf("%s: %+v %v, want %s", expression, problems, err, where)
		}
	}

	d.Record("criterion", `{key: G, data: {title: 修正版のある検出, criterion_kind: gate, expression: 'count(findings, .fixable and not .closed)', bound: at_most, threshold: 0, access_limited: true}}`, fact.Subject{Kind: fact.Org, ID: "us"})
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "test"))
	d.wants("S(4)-4.1", assess.PartlyMet, "", "? match")
	d.Advisories()
	d.Push("app-1", arrival(desktest.SBOM))
	d.wants("S(4)-4.1", assess.PartlyMet, "", "修正版のある検出: 1 (≤ 0)")

	d.Now = d.Now.Add(time.Hour)
	d.Push("app-1", arrival(strings.Replace(desktest.SBOM, "2.14.1", "2.15.0", 3)))
	d.wants("S(4)-4.1", assess.PartlyMet, "", "修正版のある検出: 0 (≤ 0)")
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "again"))
	trends, err := judging.Trends(t.Context(), d.DB, fact.Subject{Kind: fact.Release, ID: "app-1"})
	d.Must(err)
	if len(trends) != 1 || len(trends[0].Points) != 3 {
		t.Fatalf("%+v", trends)
	}
	p := trends[0].Points
	if p[0].Problem == "" || p[1].Value != 1 || p[1].Holds || p[2].Value != 0 || !p[2].Holds || !p[2].At.After(p[1].At) {
		t.Errorf("%+v", p)
	}
}

func arrival(document string) ingest.Arrival {
	return ingest.Arrival{Name: "sbom.json", Body: strings.NewReader(document)}
}
