package portfolio_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/report/vex"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/testshared"
	"example.org/tasuki/internal/triage"
	"example.org/tasuki/verify"
)

const lib = "pkg:npm/lib@1.0.0"

// made makes a software with one release, of which we are the developer, that holds some components; of a supplier we know.
func (d *desk) made(purls ...string) (release string) {
	d.Helper()
	d.Must(judging.SaveModel(d.Context(), d.DB, desktest.Author, chain.Model{
		Parties:  []chain.Party{{ID: "self", Name: "自組織", NameEN: "Our organisation", Self: true}, {ID: "up", Name: "上流社", NameEN: "Upstream"}},
		Software: []chain.Software{{ID: "sw", Name: "App", Kind: chain.Product, Owner: "self"}},
		Releases: []chain.Release{{ID: "rel", Software: "sw", Version: "1.0"}},
		Arrangements: []chain.Arrangement{{ID: "a", Name: "App", Software: "sw", Level: guideline.Minimum,
			Engagements: []chain.Engagement{{ID: "e", Party: "self", Role: guideline.Developer, Stance: guideline.Principal}}}}}))
	var components []string
	for i, p := range purls {
		at := strings.LastIndex(p, "@")
		components = append(components, fmt.Sprintf(`{"bom-ref": "c%d", "type": "library", "name": %q, "version": %q, "purl": %q}`, i, p[strings.LastIndex(p, "/")+1:at], p[at+1:], p))
	}
	d.bring("rel", `{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [`+strings.Join(components, ",")+`]}`, "upload")
	return "rel"
}

// bring takes a document in and gives its digest.
func (d *desk) bring(release, text, origin string) string {
	d.Helper()
	receipts, err := intake.Receive(d.Context(), d.DB, desktest.Author, []ingest.Arrival{{Name: "document.json", Origin: origin, Body: strings.NewReader(text),
		Subject: fact.Subject{Kind: fact.Release, ID: release}}})
	d.Must(err)
	if !receipts[0].Accepted {
		d.Fatalf("not accepted: %+v", receipts[0].Problems)
	}
	return receipts[0].Digest
}

// know imports one advisory about lib, rated by a vector.
func (d *desk) know(vector string) {
	d.Helper()
	dir := d.TempDir()
	record := `{"schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-09-01T00:00:00Z", "aliases": ["CVE-2026-0001"], "summary": "x",
		"severity": [{"type": "CVSS_V3", "score": "` + vector + `"}],
		"affected": [{"package": {"ecosystem": "npm", "name": "lib"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}]}]}`
	d.Must(os.WriteFile(filepath.Join(dir, "one.json"), []byte(record), 0o600))
	_, err := intake.ImportAdvisories(d.Context(), d.DB, desktest.Author, dir, d.Now)
	d.Must(err)
}

func (d *desk) triaged(f portfolio.TriageFilter) []portfolio.Triaged {
	d.Helper()
	list, err := portfolio.Triage(d.Context(), d.DB, f)
	d.Must(err)
	return list
}

func (d *desk) status(requirement guideline.ID) string {
	d.Helper()
	rows, err := judging.Status(d.Context(), d.DB, fact.Subject{Kind: fact.Release, ID: "rel"})
	d.Must(err)
	for _, r := range rows {
		if r.Requirement == requirement {
			return r.Status
		}
	}
	d.Fatalf("no row for %s", requirement)
	return ""
}

const (
	severe = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	mild   = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"
)

// TestDecisionCountsAndLapses follows a finding through S(3)-2.1 and S(3)-2.2.
func TestDecisionCountsAndLapses(t *testing.T) {
	d := open(t)
	d.made(lib)
	d.know(mild)
	d.Now = desktest.Start.AddDate(0, 0, 1)
	if got := d.triaged(portfolio.TriageFilter{Waiting: true}); len(got) != 1 || got[0].Opinion.Status != triage.Open {
		t.Fatalf("waiting: %+v", got)
	}
	decided, err := office.Decide(t.Context(), d.DB, desktest.Author, office.DecideRequest{Vuln: "CVE-2026-0001", Status: triage.Affected, Treatment: "fix"})
	d.Must(err)
	f := d.triaged(portfolio.TriageFilter{})[0]
	if f.Opinion.Decision == nil || !decided.Decision.TreatBy.Equal(f.Due) || !f.Waiting() || len(decided.Decision.Priority) == 0 {
		t.Errorf("decided: %+v, due %s", decided.Decision, f.Due)
	}
	if got := d.status("S(3)-2.2"); got != "met" {
		t.Errorf("a treatment within its date: S(3)-2.2 is %s", got)
	}

	d.Now = f.Due.AddDate(0, 0, 1)
	d.know(mild) // the data is fresh again
	if got := d.status("S(3)-2.2"); got == "met" {
		t.Error("a treatment past its date still counts")
	}
	_, err = office.Decide(t.Context(), d.DB, desktest.Author, office.DecideRequest{Vuln: "CVE-2026-0001", Status: triage.Affected, Treatment: "fix", Done: true})
	d.Must(err)
	if got := d.status("S(3)-2.2"); got == "met" {
		t.Error("a fix that nothing tested counts")
	}
	d.bring("rel", `<testsuites><testsuite name="app" tests="1"><testcase classname="app" name="refuses"/></testsuite></testsuites>`, "upload")
	if got := d.status("S(3)-2.2"); got != "met" || d.triaged(portfolio.TriageFilter{})[0].Waiting() {
		t.Errorf("a treatment in place: S(3)-2.2 is %s", got)
	}

	d.know(severe)
	if o := d.triaged(portfolio.TriageFilter{})[0].Opinion; o.Status != triage.Open || o.Lapse == nil {
		t.Errorf("rated worse: %+v", o)
	}
	if got := d.status("S(3)-2.1"); got == "met" {
		t.Error("a critical finding that is late and whose decision lapsed counts as analysed")
	}
	entries, err := d.DB.AuditLog(t.Context(), store.AuditFilter{Object: store.Object{Kind: "decision"}})
	d.Must(err)
	if len(entries) != 2 || !strings.Contains(string(entries[0].Detail), decided.Decision.ID) {
		t.Errorf("audit: %d entries, the latest %s", len(entries), entries[0].Detail)
	}
}

func TestDecideRefuses(t *testing.T) {
	d := open(t)
	d.made(lib)
	d.know(mild)
	for name, c := range map[string]struct {
		req  office.DecideRequest
		kind lang.Kind
	}{
		"no finding":         {office.DecideRequest{Vuln: "CVE-1", Status: triage.Affected}, lang.NotFound},
		"another component":  {office.DecideRequest{Vuln: "CVE-2026-0001", Component: "pkg:npm/other", Status: triage.Affected}, lang.NotFound},
		"a release alone":    {office.DecideRequest{Vuln: "CVE-2026-0001", Release: "1.0", Status: triage.Affected}, lang.Usage},
		"without a reason":   {office.DecideRequest{Vuln: "CVE-2026-0001", Status: triage.NotAffected}, lang.Usage},
		"acceptance forever": {office.DecideRequest{Vuln: "CVE-2026-0001", Status: triage.Affected, Treatment: "accept", Note: "x"}, lang.Usage},
	} {
		if _, err := office.Decide(t.Context(), d.DB, desktest.Author, c.req); lang.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := d.DB.Decisions(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d decisions were kept, error %v", len(all), err)
	}
}

const upstreamVEX = `{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://upstream.example/1", "author": "Our organisation", "timestamp": "2026-11-01T00:00:00Z", "version": 1,
	"statements": [{"vulnerability": {"name": "CVE-2026-0001"}, "products": [{"@id": "pkg:npm/lib@1.0.0"}], "status": "not_affected", "justification": "vulnerable_code_not_present"}]}`

// TestWhoseWordCounts brings the same VEX document in many ways. Its author's name is that of our own organisation, which
// proves nothing.
func TestWhoseWordCounts(t *testing.T) {
	key, err := keys.Generate(bytes.NewReader(bytes.Repeat([]byte{7}, 32)), "Upstream", "", desktest.Start)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func(d *desk) { d.bring("rel", upstreamVEX, "upload") }
	signed := func(d *desk) {
		digest := d.bring("rel", upstreamVEX, "upload")
		d.bring("rel", attestation(t, key, digest), "upload")
	}
	trusted := func(d *desk, party string) {
		d.Must(exchange.SetTrust(d.Context(), d.DB, desktest.Author, exchange.TrustedParty{Party: party, Key: key.Trusted()}))
	}
	for _, c := range []struct {
		name    string
		bring   func(*desk)
		counted bool
		party   string
	}{
		{"unsigned", unsigned, false, ""},
		{"signed by nobody we trust", signed, false, ""},
		{"signed by a counterparty", func(d *desk) { trusted(d, "up"); signed(d) }, true, "up"},
		{"signed by a key of nobody in the chain", func(d *desk) { trusted(d, ""); signed(d) }, false, ""},
		{"the signature is about another document", func(d *desk) {
			trusted(d, "up")
			unsigned(d)
			d.bring("rel", attestation(t, key, verify.Digest([]byte("another"))), "upload")
		}, false, ""},
		{"inside an attestation of a counterparty", func(d *desk) {
			trusted(d, "up")
			d.bring("rel", enclosing(t, key, upstreamVEX), "upload")
		}, true, "up"},
		{"inside an attestation of nobody we trust", func(d *desk) { d.bring("rel", enclosing(t, key, upstreamVEX), "upload") }, false, ""},
		{"inside a false one beside a true one", func(d *desk) {
			trusted(d, "up")
			forged := strings.Replace(enclosing(t, key, upstreamVEX), `"sig":"`, `"sig":"AAAA`, 1)
			d.bring("rel", attestation(t, key, verify.Digest([]byte("another")))+"\n"+forged, "upload")
		}, false, ""},
		{"by an author on the list", func(d *desk) {
			unsigned(d)
			d.Must(office.TrustVEXAuthor(d.Context(), d.DB, desktest.Author, "Our organisation", true))
		}, true, ""},
		{"by an author no longer on the list", func(d *desk) {
			unsigned(d)
			d.Must(office.TrustVEXAuthor(d.Context(), d.DB, desktest.Author, "Our organisation", true))
			d.Must(office.TrustVEXAuthor(d.Context(), d.DB, desktest.Author, "Our organisation", false))
		}, false, ""},
		{"said to come from a bundle when none was received", func(d *desk) { d.bring("rel", upstreamVEX, "bundle") }, false, ""},
		{"in a bundle that verified", func(d *desk) {
			d.bring("rel", upstreamVEX, "bundle")
			d.Must(d.DB.InTx(d.Context(), desktest.Author, func(tx *store.Tx) error {
				if err := tx.PutFacts(d.Context(), []fact.Fact{{Kind: fact.KindReceived, Subject: fact.Subject{Kind: fact.Release, ID: "rel"}, ObservedAt: d.Now, Record: "test",
					Data: &fact.Received{Party: "up", Release: "rel", VerifiedAt: d.Now}}}); err != nil {
					return err
				}
				return tx.Audit(d.Context(), "received", store.Object{Kind: "bundle", ID: "test"}, nil)
			}))
		}, true, "up"},
	} {
		d := open(t)
		d.made(lib)
		d.know(mild)
		c.bring(d)
		o := d.triaged(portfolio.TriageFilter{})[0].Opinion
		want := triage.Open
		if c.counted {
			want = triage.NotAffected
		}
		if len(o.Words) != 1 || o.Words[0].Counted != c.counted || o.Words[0].Party != c.party || o.Status != want || o.Words[0].Why.JA == "" {
			t.Errorf("%s: %q, %+v", c.name, o.Status, o.Words)
		}
	}
}

// attestation signs an in-toto statement about a document.
func attestation(t *testing.T, key keys.Key, digest string) string {
	t.Helper()
	return statement(t, key, digest, "https://example.com/reviewed", "{}")
}

// enclosing signs a statement about something that carries a VEX.
func enclosing(t *testing.T, key keys.Key, vex string) string {
	t.Helper()
	return statement(t, key, verify.Digest([]byte("image")), "https://openvex.dev/ns/v0.2.0", vex)
}

func statement(t *testing.T, key keys.Key, digest, predicateType, predicate string) string {
	t.Helper()
	const payloadType = "application/vnd.in-toto+json"
	payload := []byte(`{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "vex.json", "digest": {"sha256": "` + strings.TrimPrefix(digest, "sha256:") +
		`"}}], "predicateType": "` + predicateType + `", "predicate": ` + predicate + `}`)
	b, err := json.Marshal(map[string]any{"payloadType": payloadType, "payload": base64.StdEncoding.EncodeToString(payload),
		"signatures": []map[string]string{{"sig": base64.StdEncoding.EncodeToString(ed25519.Sign(key.Private.(ed25519.PrivateKey), verify.PAE(payloadType, payload)))}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestVEXEditions: the same decisions give the same bytes; another decision gives the next edition.
func TestVEXEditions(t *testing.T) {
	d := open(t)
	d.made(lib)
	d.know(mild)
	write := func(form portfolio.VEXForm, format string) []byte {
		b, err := portfolio.VEX(t.Context(), d.DB, desktest.Author, portfolio.VEXRequest{Release: "rel", Format: format, Form: form, Namespace: "https://our.example", Lang: lang.EN})
		d.Must(err)
		return b
	}
	first := write(vex.OpenVEX, "openvex")
	d.Now = desktest.Start.Add(time.Hour)
	if again := write(vex.OpenVEX, "openvex"); !bytes.Equal(first, again) {
		t.Errorf("the same decisions gave other bytes:\n%s\n%s", first, again)
	}
	_, err := office.Decide(t.Context(), d.DB, desktest.Author, office.DecideRequest{Vuln: "CVE-2026-0001", Status: triage.Fixed, Note: "patched"})
	d.Must(err)
	second := write(vex.OpenVEX, "openvex")
	if !bytes.Contains(second, []byte(`"version": 2`)) || !bytes.Contains(second, []byte(`"fixed"`)) || !bytes.Contains(first, []byte(`"under_investigation"`)) {
		t.Errorf("editions:\n%s\n%s", first, second)
	}
	if csaf := write(vex.CSAF, "csaf"); !bytes.Contains(csaf, []byte(`"version": "1"`)) {
		t.Errorf("editions of another format are counted along:\n%s", csaf)
	}
}

// TestRealUrgency takes in real advisories, KEV and EPSS, and asks about components with well-known vulnerabilities.
func TestRealUrgency(t *testing.T) {
	osv := testshared.Dir(t, "osv")
	catalogue, err := os.ReadFile(testshared.Dir(t, "kev", "known_exploited_vulnerabilities.json"))
	if err != nil {
		t.Fatal(err)
	}
	scores, err := os.Open(testshared.Dir(t, "epss", "epss_scores-2026-07-23.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer scores.Close()
	d := open(t)
	d.made("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "pkg:npm/minimist@1.2.5", "pkg:pypi/django@3.2.1", "pkg:golang/golang.org/x/crypto@v0.16.0")
	_, err = intake.ImportAdvisories(t.Context(), d.DB, desktest.Author, osv, d.Now)
	d.Must(err)
	listed, problems, err := intake.ImportKEV(t.Context(), d.DB, desktest.Author, catalogue, d.Now)
	d.Must(err)
	if listed < 1000 || len(problems) > 0 {
		t.Errorf("KEV: %d, problems %v", listed, problems)
	}
	n, problems, err := intake.ImportEPSS(t.Context(), d.DB, desktest.Author, scores, d.Now)
	d.Must(err)
	if n < 1000 || len(problems) > 0 {
		t.Errorf("EPSS: %d, problems %v", n, problems)
	}
	list := d.triaged(portfolio.TriageFilter{})
	if len(list) < 20 {
		t.Fatalf("%d findings", len(list))
	}
	first := list[0]
	if first.Finding.CVE() != "CVE-2021-44228" || first.Exploited.IsZero() || first.EPSS == nil || first.EPSS.Score < 0.9 || first.Priority.Action != triage.Immediate ||
		!first.Due.Equal(first.Finding.FirstSeen.AddDate(0, 0, 4)) { // three business days from a Sunday, over Culture Day
		t.Errorf("the most urgent is %s: %s, EPSS %+v, due %s", first.Finding.Vuln, first.Priority.Vector, first.EPSS, first.Due)
	}
	unknown := 0
	for _, f := range list {
		if f.EPSS == nil {
			unknown++
		}
	}
	if unknown == 0 || unknown == len(list) {
		t.Errorf("%d of %d have no score", unknown, len(list))
	}
	upgrades, err := portfolio.Upgrades(t.Context(), d.DB, "rel")
	d.Must(err)
	got := map[string]triage.Upgrade{}
	for _, u := range upgrades {
		got[u.Component] = u
		t.Logf("%s → %s (%s), clears %d, leaves %d", u.Component, u.To, u.Major, len(u.Clears), len(u.Left))
	}
	if len(got) != 4 {
		t.Errorf("%d upgrades", len(got))
	}
	if u := got["pkg:npm/minimist@1.2.5"]; u.To != "1.2.6" || u.Major != triage.StaysInMajor || len(u.Left) > 0 {
		t.Errorf("minimist: %+v", u)
	}
	sources, err := d.DB.AdvisorySources(t.Context())
	d.Must(err)
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"epss", "kev", "osv"}) {
		t.Errorf("sources %v", names)
	}
}
