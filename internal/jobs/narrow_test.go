package jobs_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/store"
)

// A change judges again no more than what it touches, and no less: after any change, judging everything says nothing
// new.
func TestNarrowJudgingMissesNothing(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := open(t)
			f := fleet{desk: d, random: rand.New(rand.NewPCG(seed, 7))}
			f.start(8)
			total, narrow := 0, 0
			for range 25 {
				d.now = d.now.Add(time.Minute)
				what := f.change()
				before := f.statuses()
				n, err := jobs.ReassessCounted(d.Context(), d.db, author, "all")
				d.must(err)
				total += n.Subjects
				narrow += f.last
				if diff := differences(before, f.statuses()); diff != "" {
					t.Fatalf("after %s judging everything says something new:\n%s", what, diff)
				}
			}
			if narrow*2 > total {
				t.Errorf("changes judged %d subjects of %d: that is hardly narrow", narrow, total)
			}
		})
	}
}

// fleet is a workspace of several software, two of which are components of others, that random changes happen to.
type fleet struct {
	*desk
	random   *rand.Rand
	releases []string
	software []string
	last     int // subjects the last change judged
	n        int
}

func (f *fleet) start(size int) {
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "見本", Self: true}, {ID: "unit", Name: "部門", Parent: "us"}, {ID: "buyer", Name: "購入者"}}}
	for i := range size {
		s, r, sys := fmt.Sprintf("s%d", i), fmt.Sprintf("r%d", i), fmt.Sprintf("sys%d", i)
		f.software, f.releases = append(f.software, s), append(f.releases, r)
		m.Software = append(m.Software, chain.Software{ID: s, Name: s, Kind: "product", Owner: "us", Delivered: true, Running: i%2 == 0})
		m.Releases = append(m.Releases, chain.Release{ID: r, Software: s, Version: "1", ReleasedOn: "2026-10-01"})
		a := chain.Arrangement{ID: "a" + s, Name: s, Software: s, Level: guideline.Standard}
		roles := []guideline.Role{guideline.Developer, guideline.Supplier}
		if i%2 == 0 {
			m.Systems = append(m.Systems, chain.System{ID: sys, Name: sys, Owner: "us", Releases: []string{r}})
			a.System = sys
			roles = append(roles, guideline.Operator)
		}
		for _, role := range roles {
			a.Engagements = append(a.Engagements, chain.Engagement{ID: s + string(role), Party: "us", Role: role, Stance: guideline.Principal, EngagedBy: "buyer", Tier: "prime", Relation: "outside"})
		}
		a.Engagements = append(a.Engagements, chain.Engagement{ID: s + "customer", Party: "buyer", Role: guideline.Customer, Tier: "customer"})
		m.Arrangements = append(m.Arrangements, a)
	}
	m.Systems = append(m.Systems, chain.System{ID: "office", Name: "office", Owner: "us", Releases: []string{"r1", "r2"}})
	m.Arrangements = append(m.Arrangements, chain.Arrangement{ID: "office", Name: "office", System: "office", Level: guideline.Standard,
		Engagements: []chain.Engagement{{ID: "office-customer", Party: "us", Role: guideline.Customer, Stance: guideline.Principal, Tier: "customer"}}})
	m.Components = []chain.ComponentRule{{ID: "inner", Pattern: "pkg:generic/inner*", Release: "r3", Software: "s0"}, {ID: "inner2", Pattern: "pkg:generic/other*", Release: "r4", Software: "s3"}}
	f.must(jobs.SaveModel(f.Context(), f.db, author, m))
	f.must(jobs.Reassess(f.Context(), f.db, author, "start"))
}

// change does one thing that a person or a build would do.
func (f *fleet) change() string {
	f.n++
	release, software := f.releases[f.random.IntN(len(f.releases))], f.software[f.random.IntN(len(f.software))]
	f.last = 0
	switch f.random.IntN(5) {
	case 0, 1:
		name := []string{"inner", "other", "alpha"}[f.random.IntN(3)]
		body := fmt.Sprintf(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":%d,"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-%012d","components":[
			{"type":"library","name":"%s","version":"1.%d","purl":"pkg:generic/%s@1.%d","supplier":{"name":"x"}}]}`, f.n, f.n, name, f.n, name, f.n)
		f.counted(func() { f.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(body)}) })
		return "an SBOM of " + release
	case 2:
		f.counted(func() {
			f.push(release, ingest.Arrival{Name: "junit.xml", Body: strings.NewReader(fmt.Sprintf(`<testsuites><testsuite name="s"><testcase name="t%d"/></testsuite></testsuites>`, f.n))})
		})
		return "tests of " + release
	case 3:
		f.approve("risk", fact.Subject{Kind: fact.Software, ID: software}, fmt.Sprintf("{key: R-%d, data: {title: a risk, level: high}}", f.n))
		return "a risk of " + software
	}
	f.approve("training", fact.Subject{Kind: fact.Org, ID: "us"},
		fmt.Sprintf("{key: T-%d, data: {title: a training, roles: [PSIRT], held_on: 2026-10-01, planned: 3, completed: 3, outcome: a test}}", f.n))
	return "an approved record of the organisation"
}

// approve puts a record in force and judges what it is about again.
func (f *fleet) approve(kind string, about fact.Subject, text string) {
	f.Helper()
	f.record(kind, text, about)
	n, err := jobs.ReassessCounted(f.Context(), f.db, author, "approved", about)
	f.must(err)
	f.last = n.Subjects
}

// counted runs a change and counts the judgements it left in the audit log: those that changed something.
func (f *fleet) counted(change func()) {
	f.Helper()
	before := f.judgements()
	change()
	f.last = f.judgements() - before
}

func (f *fleet) judgements() int {
	entries, err := f.db.AuditLog(f.Context(), store.AuditFilter{})
	f.must(err)
	n := 0
	for _, e := range entries {
		if e.Action == "judged" {
			n++
		}
	}
	return n
}

func (f *fleet) statuses() []store.DutyStatus {
	f.Helper()
	all, err := f.db.Statuses(f.Context(), store.StatusFilter{})
	f.must(err)
	return all
}

func differences(before, after []store.DutyStatus) string {
	var out []string
	if len(before) != len(after) {
		return fmt.Sprintf("%d duties, then %d", len(before), len(after))
	}
	for i, a := range after {
		b := before[i]
		a.JudgedAt, b.JudgedAt, a.Cause, b.Cause = time.Time{}, time.Time{}, "", ""
		if !reflect.DeepEqual(a, b) {
			out = append(out, fmt.Sprintf("%s %s %s: %s %v -> %s %v", b.Subject.ID, b.Requirement, b.Role, b.Status, b.Reasons, a.Status, a.Reasons))
		}
	}
	return strings.Join(out, "\n")
}
