package intake_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

// A change judges again no more than what it touches, and no less: after any change, or just time that passes, judging
// everything says nothing new.
func TestNarrowJudgingMissesNothing(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := open(t)
			f := fleet{desk: d, random: rand.New(rand.NewPCG(seed, 7))}
			f.start(8)
			total, narrow := 0, 0
			for range 30 {
				f.pass()
				what := f.change()
				before := f.statuses()
				n, err := judging.ReassessCounted(d.Context(), d.DB, desktest.Author, "all")
				d.Must(err)
				total += n.Subjects
				narrow += f.last
				if diff := differences(before, f.statuses()); diff != "" {
					t.Fatalf("after %s judging everything says something new:\n%s", what, diff)
				}
				if n.Written > 0 {
					t.Fatalf("after %s judging everything wrote %d statuses", what, n.Written)
				}
			}
			if narrow*2 > total {
				t.Errorf("changes judged %d subjects of %d: that is hardly narrow", narrow, total)
			}
		})
	}
}

// Advisories that name one package are matched with the components of that package alone, and touch the releases that hold
// an affected one, and what runs them; that the data is newer is written nowhere, and still it goes stale in time.
func TestNewAdvisoryTouchesOnlyWhatItMust(t *testing.T) {
	d := open(t)
	f := fleet{desk: d, random: rand.New(rand.NewPCG(1, 7))}
	f.start(8)
	f.sbom("r1", "pkg:npm/left@1.2.0")
	f.sbom("r3", "pkg:npm/left@1.9.0")
	f.sbom("r5", "pkg:npm/right@1.0.0")
	d.Now = d.Now.AddDate(0, 0, 2)
	got := f.publish("left", "1.5")
	// r1, r4 whose system runs it too, the office that runs it, and nothing else: left 1.9.0 of r3 is matched, not affected.
	if got.Matched != 2 || got.Judged.Subjects != 3 || got.Judged.Written == 0 {
		t.Errorf("matched %d components, judged %+v", got.Matched, got.Judged)
	}
	rows, err := judging.Status(d.Context(), d.DB, fact.Subject{Kind: fact.System, ID: "office"})
	d.Must(err)
	if !strings.Contains(fmt.Sprint(rows), "GHSA-left") {
		t.Error("the office that runs r1 does not hear of the finding")
	}
	until := f.until("r5", "matched-recently")
	if want := d.Now.AddDate(0, 0, 7); !until.Equal(want) {
		t.Errorf("r5 holds until %v without having been judged again, want %v", until, want)
	}
	got = f.whole()
	if got.Judged.Written != 0 || got.Judged.Subjects != 0 {
		t.Errorf("the same advisories once more: judged %+v", got.Judged)
	}
	d.Now = d.Now.AddDate(0, 0, 30)
	n, err := judging.ReassessDue(d.Context(), d.DB, desktest.Author, "time")
	d.Must(err)
	if n.Changed == 0 {
		t.Errorf("a month without advisories changed nothing: %+v", n)
	}
	if got := f.whole(); got.Judged.Changed == 0 {
		t.Errorf("the sources deliver again, and nothing that waited for them changed: %+v", got.Judged)
	}
}

// until gives when a check of a release stops to hold.
func (f *fleet) until(release, check string) time.Time {
	f.Helper()
	rows, err := judging.Status(f.Context(), f.DB, fact.Subject{Kind: fact.Release, ID: release})
	f.Must(err)
	for _, r := range rows {
		for _, o := range r.Detail.Checks {
			if o.Check == check {
				return o.ValidUntil
			}
		}
	}
	f.Fatalf("%s has no check %s", release, check)
	return time.Time{}
}

// fleet is a workspace of several software, two of which are components of others, that random changes happen to.
type fleet struct {
	*desk
	random   *rand.Rand
	releases []string
	software []string
	dir      string // of advisories
	last     int    // subjects the last change judged
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
			runs := []string{r, fmt.Sprintf("r%d", (i+5)%size)} // with the release of another software
			m.Systems = append(m.Systems, chain.System{ID: sys, Name: sys, Owner: "us", Releases: runs})
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
	f.Must(judging.SaveModel(f.Context(), f.DB, desktest.Author, m))
	f.dir = f.TempDir()
	f.write(f.dir, "unrelated", "1")
	f.whole()
	f.Must(judging.Reassess(f.Context(), f.DB, desktest.Author, "start"))
}

// pass lets time pass, and does what the server does every hour.
func (f *fleet) pass() {
	f.Helper()
	f.Now = f.Now.Add([]time.Duration{time.Minute, time.Minute, 30 * time.Hour, 9 * 24 * time.Hour}[f.random.IntN(4)])
	_, err := judging.ReassessDue(f.Context(), f.DB, desktest.Author, "time")
	f.Must(err)
}

// change does one thing that a person, a build or a feed would do.
func (f *fleet) change() string {
	f.n++
	release, software := f.releases[f.random.IntN(len(f.releases))], f.software[f.random.IntN(len(f.software))]
	f.last = 0
	switch f.random.IntN(14) {
	case 0, 1, 2:
		name := []string{"generic/inner", "generic/other", "npm/left", "npm/right", "npm/left"}[f.random.IntN(5)]
		f.counted(func() { f.sbom(release, fmt.Sprintf("pkg:%s@1.%d.0", name, f.random.IntN(10))) })
		return "an SBOM of " + release
	case 3:
		f.counted(func() {
			f.Push(release, ingest.Arrival{Name: "junit.xml", Body: strings.NewReader(fmt.Sprintf(`<testsuites><testsuite name="s"><testcase name="t%d"/></testsuite></testsuites>`, f.n))})
		})
		return "tests of " + release
	case 4:
		f.approve("risk", fact.Subject{Kind: fact.Software, ID: software}, fmt.Sprintf("{key: R-%d, data: {title: a risk, level: high}}", f.n))
		return "a risk of " + software
	case 9:
		f.except(software)
		return "an exception for " + software
	case 5, 6:
		name := []string{"left", "right"}[f.random.IntN(2)]
		f.last = f.publish(name, fmt.Sprintf("1.%d", f.random.IntN(10))).Judged.Subjects
		return "an advisory on " + name
	case 10:
		subject := []fact.Subject{{Kind: fact.Software, ID: software}, {Kind: fact.Release, ID: release}}[f.random.IntN(2)]
		f.counted(func() { f.csaf(subject) })
		return "a CSAF advisory on " + subject.ID
	case 11:
		f.approve("notice", fact.Subject{Kind: fact.Software, ID: software},
			fmt.Sprintf("{key: N-%d, data: {vulnerabilities: [EX-%d, GHSA-left], party: buyer, sent_on: 2026-10-02, tlp: green}}", f.n, f.random.IntN(f.n)))
		return "a notice about " + software
	case 12:
		f.approve("vulnerability_case", fact.Subject{Kind: fact.Org, ID: "us"},
			fmt.Sprintf("{key: CASE-%d, data: {title: a case, software: %s, source: finding, ids: [GHSA-right], opened_on: 2026-10-01}}", f.n, software))
		return "a case of " + software
	case 13:
		f.approve("deployment", fact.Subject{Kind: fact.System, ID: "sys0"}, fmt.Sprintf("{key: D-%d, data: {vulnerability: GHSA-left, deployed_on: 2026-10-05}}", f.n))
		return "a deployment to sys0"
	case 7:
		f.last = f.whole().Judged.Subjects
		return "all advisories again"
	}
	f.approve("review", fact.Subject{Kind: fact.Org, ID: "us"}, fmt.Sprintf("{key: RV-%d, data: {topics: [roles], held_on: 2026-10-01, result: as before}}", f.n))
	return "an approved record of the organisation"
}

// sbom brings an SBOM of one component.
func (f *fleet) sbom(release, purl string) {
	f.Helper()
	f.n++
	name, version, _ := strings.Cut(purl[strings.LastIndex(purl, "/")+1:], "@")
	f.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(fmt.Sprintf(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":%d,
		"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-%012d","components":[{"type":"library","name":%q,"version":%q,"purl":%q,"supplier":{"name":"x"}}]}`,
		f.n, f.n, name, version, purl))})
}

// csaf brings a final advisory with a fix, rated 9.8.
func (f *fleet) csaf(about fact.Subject) {
	f.Helper()
	id := fmt.Sprintf("EX-%d", f.n)
	got, err := intake.Receive(f.Context(), f.DB, desktest.Author, []ingest.Arrival{{Name: "advisory.json", Subject: about, Body: strings.NewReader(fmt.Sprintf(`{"document": {
		"category": "csaf_security_advisory", "csaf_version": "2.0", "title": "An advisory", "distribution": {"tlp": {"label": "WHITE"}},
		"publisher": {"category": "vendor", "name": "x", "namespace": "https://x.example"}, "notes": [{"category": "summary", "text": "x"}],
		"references": [{"category": "self", "summary": "x", "url": "https://x.example/%[1]s.json"}],
		"tracking": {"id": %[1]q, "status": "final", "version": "1", "initial_release_date": "2026-10-01T00:00:00Z", "current_release_date": "2026-10-01T00:00:00Z",
		"revision_history": [{"number": "1", "date": "2026-10-01T00:00:00Z", "summary": "First"}]}},
		"product_tree": {"full_product_names": [{"name": "P", "product_id": "P1"}]},
		"vulnerabilities": [{"cve": "CVE-2026-%04[2]d", "notes": [{"category": "description", "text": "x"}], "product_status": {"known_affected": ["P1"]},
		"scores": [{"products": ["P1"], "cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}],
		"remediations": [{"category": "vendor_fix", "details": "Update", "product_ids": ["P1"]}]}]}`, id, f.n))}})
	f.Must(err)
	if !got[0].Accepted {
		f.Fatalf("the advisory was refused: %+v", got[0].Problems)
	}
}

// publish brings one new or changed advisory, and whole all of them again.
func (f *fleet) publish(name, fixed string) intake.Imported {
	f.Helper()
	dir := f.TempDir()
	f.write(dir, name, fixed)
	f.write(f.dir, name, fixed)
	got, err := intake.AddAdvisories(f.Context(), f.DB, desktest.Author, dir, f.Now)
	f.Must(err)
	return got
}

func (f *fleet) whole() intake.Imported {
	f.Helper()
	got, err := intake.ImportAdvisories(f.Context(), f.DB, desktest.Author, f.dir, f.Now)
	f.Must(err)
	return got
}

func (f *fleet) write(dir, name, fixed string) {
	f.Helper()
	f.Must(os.MkdirAll(filepath.Join(dir, "npm"), 0o755))
	f.Must(os.WriteFile(filepath.Join(dir, "npm", "GHSA-"+name+".json"), []byte(fmt.Sprintf(`{"id":"GHSA-%s","modified":"2026-10-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":%q},
		"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%s.0"}]}]}]}`, name, name, fixed)), 0o644))
}

// approve puts a record in force and judges what it is about again.
func (f *fleet) approve(kind string, about fact.Subject, text string) {
	f.Helper()
	f.Record(kind, text, about)
	n, err := judging.ReassessCounted(f.Context(), f.DB, desktest.Author, "approved", about)
	f.Must(err)
	f.last = n.Subjects
}

// except puts an exception about a software in force.
func (f *fleet) except(software string) {
	f.Helper()
	about := fact.Subject{Kind: fact.Software, ID: software}
	c, err := office.DraftClaim(f.Context(), f.DB, desktest.Author, evidence.Claim{Kind: evidence.Exception, State: evidence.ClaimDraft, Revision: 1, Party: "us",
		Subject: about, Requirement: "S(1)-1.1", Body: "a reason", ExpiresAt: f.Now.AddDate(0, 0, 5)})
	f.Must(err)
	_, err = office.Approve(f.Context(), f.DB, desktest.Approver, c.ID, "password")
	f.Must(err)
	n, err := judging.ReassessCounted(f.Context(), f.DB, desktest.Author, "approved", about)
	f.Must(err)
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
	entries, err := f.DB.AuditLog(f.Context(), store.AuditFilter{})
	f.Must(err)
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
	all, err := f.DB.Statuses(f.Context(), store.StatusFilter{})
	f.Must(err)
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
