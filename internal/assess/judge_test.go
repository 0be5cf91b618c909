package assess

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

func baseInput(t *testing.T) Input {
	t.Helper()
	return caseFile{}.input(t, readCase(t, "testdata/base.yaml"))
}

func rowFor(t *testing.T, r Result, id guideline.ID, engagement string) Row {
	t.Helper()
	for _, row := range r.Rows {
		if row.ID == id && row.Engagement == engagement {
			return row
		}
	}
	t.Fatalf("no row %s of %s", id, engagement)
	return Row{}
}

// On the first day nothing is met, every duty has a row, and every row of ours says why and what to do.
func TestFirstDay(t *testing.T) {
	in := baseInput(t)
	res := Judge(in)
	if len(res.Rows) != len(in.Duties) {
		t.Fatalf("%d rows for %d duties", len(res.Rows), len(in.Duties))
	}
	distinct := map[guideline.ID]bool{}
	for _, r := range res.Rows {
		distinct[r.ID] = true
		if r.Status == Met || r.Status == MetWithException {
			t.Errorf("%s of %s is %s with nothing to show", r.ID, r.Party, r.Status)
		}
		if len(r.Reasons) == 0 || r.Remedy.JA == "" || r.Remedy.EN == "" {
			t.Errorf("%s of %s: no reason or no remedy", r.ID, r.Party)
		}
		for _, x := range r.Reasons {
			if strings.ContainsAny(x.JA+x.EN, "{}") || x.JA == "" || x.EN == "" {
				t.Errorf("%s: unfinished sentence %+v", r.ID, x)
			}
			if strings.Contains(x.EN, "could not be run") {
				t.Errorf("%s: %s", r.ID, x.EN)
			}
		}
	}
	if len(distinct) != 69 {
		t.Errorf("%d of 69 requirements are answered", len(distinct))
	}
}

// Every check runs without a fault on an input that has something of everything.
func TestNoCheckFaults(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	s := compiled()
	for _, c := range allCases(t) {
		in := c.input(t, base)
		d := layOut(in, NewRound())
		duty := in.Duties[0]
		duty.System, duty.Software = "ward", "app"
		situation := d.dutySituation(duty)
		for _, k := range s.all {
			if out, ok := d.outcome(k, duty, situation); ok && strings.Contains(out.Reason.EN, "could not be run") {
				t.Fatalf("%s (%s): %s", k.ID, c.Why, out.Reason.EN)
			}
		}
	}
}

func allCases(t *testing.T) []caseFile {
	t.Helper()
	var out []caseFile
	for _, k := range compiled().all {
		out = append(out, readCase(t, "testdata/"+k.ID+"/met.yaml"))
	}
	return out
}

// The order of what comes in does not matter, and the same input gives the same bytes.
func TestJudgeIsDeterministic(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := baseInput(t)
	for i, c := range allCases(t) {
		one := c.input(t, base)
		for j := range one.Records {
			one.Records[j].ID += fmt.Sprint("-", i) // ids are unique in a store
		}
		for j := range one.Facts {
			one.Facts[j].Document += fmt.Sprint("-", i)
		}
		for j := range one.Findings {
			one.Findings[j].Vuln += fmt.Sprint("-", i)
		}
		for j := range one.Received {
			one.Received[j].ID += fmt.Sprint("-", i)
		}
		in.Records, in.Facts, in.Findings, in.Feeds = append(in.Records, one.Records...), append(in.Facts, one.Facts...), append(in.Findings, one.Findings...), one.Feeds
		in.Matches, in.Archive, in.Received = append(in.Matches, one.Matches...), append(in.Archive, one.Archive...), append(in.Received, one.Received...)
	}
	want, err := json.Marshal(Judge(in))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rng.Shuffle(len(in.Records), func(i, j int) { in.Records[i], in.Records[j] = in.Records[j], in.Records[i] })
		rng.Shuffle(len(in.Facts), func(i, j int) { in.Facts[i], in.Facts[j] = in.Facts[j], in.Facts[i] })
		rng.Shuffle(len(in.Findings), func(i, j int) { in.Findings[i], in.Findings[j] = in.Findings[j], in.Findings[i] })
		rng.Shuffle(len(in.Archive), func(i, j int) { in.Archive[i], in.Archive[j] = in.Archive[j], in.Archive[i] })
		rng.Shuffle(len(in.Received), func(i, j int) { in.Received[i], in.Received[j] = in.Received[j], in.Received[i] })
		rng.Shuffle(len(in.Feeds), func(i, j int) { in.Feeds[i], in.Feeds[j] = in.Feeds[j], in.Feeds[i] })
		got, err := json.Marshal(Judge(in))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatal("the order of the input shows in the result")
		}
	}
}

// A counterparty's duty is as its own declaration says, never as our evidence does.
func TestCounterparty(t *testing.T) {
	in := baseInput(t)
	c := readCase(t, "testdata/secure-development-policy/met.yaml")
	in.Records = c.input(t, readCase(t, "testdata/base.yaml")).Records
	res := Judge(in)
	if got := rowFor(t, res, "S(1)-2.1", "e-dev").Status; got != Met {
		t.Fatalf("our own duty: %s", got)
	}
	if got := rowFor(t, res, "S(1)-2.1", "e-parts"); got.Status != NotAssessed || !strings.Contains(got.Reasons[0].EN, "no declaration") {
		t.Errorf("kogyo's duty without its declaration: %s %v", got.Status, got.Reasons)
	}
	in.Received = []Received{{ID: "sha256:old", Party: "kogyo", Release: "app-1.0", VerifiedAt: in.Now.AddDate(0, -2, 0), ValidUntil: in.Now.AddDate(1, 0, 0),
		Answers: []Answer{{Role: guideline.Developer, Requirement: "S(1)-2.1", Status: NotMet}}},
		{ID: "sha256:new", Party: "kogyo", Release: "app-1.0", VerifiedAt: in.Now.AddDate(0, -1, 0), ValidUntil: in.Now.AddDate(1, 0, 0),
			Answers: []Answer{{Role: guideline.Developer, Requirement: "S(1)-2.1", Status: Met}}}}
	got := rowFor(t, Judge(in), "S(1)-2.1", "e-parts")
	if got.Status != Met || got.Basis != ByStatement || !slices.Equal(got.Evidence, []string{"sha256:new"}) || !got.ValidUntil.Equal(in.Now.AddDate(1, 0, 0)) {
		t.Errorf("kogyo's duty by its declaration: %+v", got)
	}
	in.Now = in.Now.AddDate(2, 0, 0)
	if got := rowFor(t, Judge(in), "S(1)-2.1", "e-parts"); got.Status != NotAssessed {
		t.Errorf("kogyo's duty by a lapsed declaration: %s", got.Status)
	}
}

// An organisation's result is computed once and inherited with its source; a unit inherits what its organisation keeps,
// and not the other way round.
func TestInheritance(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := baseInput(t)
	in.Records = readCase(t, "testdata/secure-development-policy/met.yaml").input(t, base).Records
	in.Model.Parties = append(in.Model.Parties, chain.Party{ID: "acme-dev", Name: "開発部", Parent: "acme"}, chain.Party{ID: "acme-ops", Name: "運用部", Parent: "acme"})
	for i := range in.Duties {
		if in.Duties[i].Engagement == "e-dev" {
			in.Duties[i].Party = "acme-dev"
		}
	}
	row := rowFor(t, Judge(in), "S(1)-2.1", "e-dev")
	if row.Status != Met || row.Checks[0].Subject != (fact.Subject{Kind: fact.Org, ID: "acme-dev"}) {
		t.Errorf("the unit: %s, fulfilled at %v", row.Status, row.Checks[0].Subject)
	}
	in.Records[0].Subject.ID = "acme-ops"
	r := in.Records[0]
	r.State = "draft"
	approved, err := reapprove(r)
	if err != nil {
		t.Fatal(err)
	}
	in.Records[0] = approved
	if got := rowFor(t, Judge(in), "S(1)-2.1", "e-dev").Status; got != NotAssessed {
		t.Errorf("a sister unit's policy gives %s", got)
	}
}

// What holds for the whole organisation is broken for one software with a reason, by an approved statement: the check has to
// be answered there, until the statement lapses. For the organisation itself there is nothing to break.
func TestBrokenInheritance(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := baseInput(t)
	in.Records = readCase(t, "testdata/secure-development-policy/met.yaml").input(t, base).Records
	approved := func(kind evidence.ClaimKind, id string, about fact.Subject) evidence.Claim {
		c := evidence.Claim{ID: id, Kind: kind, Party: "acme", Subject: about, Requirement: "S(1)-2.1", Body: "買収した製品で、別の手順による", Author: "author", ExpiresAt: in.Now.AddDate(0, 1, 0), Revision: 1}
		c, err := c.Approve("approver", in.Now.AddDate(0, 0, -1))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	software := fact.Subject{Kind: fact.Software, ID: "app"}
	row := func() Row { return rowFor(t, Judge(in), "S(1)-2.1", "e-dev") }
	if got := row(); got.Status != Met {
		t.Fatalf("before: %s", got.Status)
	}
	in.Claims = []evidence.Claim{approved(evidence.NotInherited, "own", software)}
	got := row()
	if got.Status != NotAssessed || got.Checks[0].Subject != software || got.Checks[0].Verdict != Unknown || !strings.Contains(got.Reasons[0].JA, "買収した製品") {
		t.Errorf("broken: %s %+v", got.Status, got)
	}
	in.Claims = append(in.Claims, approved(evidence.Stated, "stated", software))
	if got := row(); got.Status != Met || got.Basis != ByClaim || !got.ValidUntil.Equal(in.Now.AddDate(0, 1, 0)) {
		t.Errorf("answered there: %s by %s until %s", got.Status, got.Basis, got.ValidUntil)
	}
	in.Now = in.Now.AddDate(0, 2, 0)
	if got := row(); got.Checks[0].Subject.Kind != fact.Org {
		t.Error("the statement lapsed, and still breaks the inheritance")
	}
	org := approved(evidence.NotInherited, "org", fact.Subject{Kind: fact.Org, ID: "acme"})
	if lang.KindOf(org.Sound()) != lang.Usage || (evidence.Claim{Kind: evidence.NotInherited, Subject: software}).Sound() != nil {
		t.Error("which subject may break the inheritance")
	}
}

// A relaxed threshold shows in the outcome and in the result.
func TestRelaxedShows(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := readCase(t, "testdata/matched-recently/met_relaxed.yaml").input(t, base)
	res := Judge(in)
	if len(res.Relaxed) != 2 {
		t.Errorf("relaxed: %v", res.Relaxed)
	}
	for _, o := range rowFor(t, res, "S(2)-1.4", "e-dev").Checks {
		if o.Check == "matched-recently" && !o.Relaxed {
			t.Error("the outcome does not say so")
		}
	}
}

// Only what is in force counts: whatever spoils a record's approval takes the status with it.
func TestRecordsOutOfForceDoNotCount(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	in := readCase(t, "testdata/secure-development-policy/met.yaml").input(t, base)
	in.Records[0].Data["title"] = "承認後に変えた名称"
	if got := rowFor(t, Judge(in), "S(1)-2.1", "e-dev").Status; got != NotAssessed {
		t.Errorf("an edited policy gives %s", got)
	}
}

// What is wrong with an expression is found when it is compiled, not when somebody is judged.
func TestCompileRefuses(t *testing.T) {
	good := guideline.Check{ID: "x", Requirement: "S(2)-1.3", Roles: []guideline.Role{guideline.Developer}, Scope: guideline.ReleaseScope, Known: "sbom.present", Pass: "sbom.count > 0"}
	if _, err := compile(good, varTypes()); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*guideline.Check){
		"unknown fact":          func(c *guideline.Check) { c.Pass = "sbomm.present" },
		"unknown field":         func(c *guideline.Check) { c.Pass = "sbom.presnt" },
		"wrong type":            func(c *guideline.Check) { c.Pass = "sbom.count" },
		"unknown register":      func(c *guideline.Check) { c.Pass = "len(records.polcy) > 0" },
		"unknown record field":  func(c *guideline.Check) { c.Pass = "any(records.adoption, .decison == \"adopt\")" },
		"unknown threshold":     func(c *guideline.Check) { c.Pass = "sbom.count > policy.no_such" },
		"clock without a note":  func(c *guideline.Check) { c.Pass = "days_since(sbom.created_at) < 3" },
		"the wall clock":        func(c *guideline.Check) { c.Pass = "now() > sbom.created_at" },
		"out of scope":          func(c *guideline.Check) { c.Scope = guideline.OrgScope },
		"unknown placeholder":   func(c *guideline.Check) { c.Reason.Pass = guideline.Text{JA: "{nothing}", EN: "{nothing}"} },
		"a value never defined": func(c *guideline.Check) { c.Let = []guideline.Binding{{Name: "a", Expr: "b"}} },
		"too large":             func(c *guideline.Check) { c.Pass = "true" + strings.Repeat(" and true", 2000) },
	} {
		c := good
		spoil(&c)
		if _, err := compile(c, varTypes()); err == nil {
			t.Errorf("%s: compiled", what)
		}
	}
}

// An expression that builds without end is stopped, and says so.
func TestRunIsBounded(t *testing.T) {
	c := guideline.Check{ID: "x", Requirement: "S(2)-1.3", Scope: guideline.ReleaseScope, Known: "true", Pass: "len(map(1..100000000, # * 2)) > 0 and sbom.present"}
	k, err := compile(c, varTypes())
	if err != nil {
		t.Fatal(err)
	}
	d := layOut(baseInput(t), NewRound())
	start := time.Now()
	out, _ := k.run(d.dutySituation(d.in.Duties[0]))
	if out.Verdict != Unknown || !strings.Contains(out.Reason.EN, "could not be run") {
		t.Errorf("%s: %s", out.Verdict, out.Reason.EN)
	}
	if time.Since(start) > 5*time.Second {
		t.Errorf("took %v", time.Since(start))
	}
}
