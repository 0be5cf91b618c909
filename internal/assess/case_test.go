package assess

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/register"
)

// caseFile is one situation: what testdata/base.yaml has, with the parts named here in place of the base's.
type caseFile struct {
	Why        string               `json:"why"` // what this case is about
	Now        time.Time            `json:"now"`
	Role       guideline.Role       `json:"role"` // default: the first role of the check
	Release    *string              `json:"release"`
	Policy     map[string]int       `json:"policy"`
	Model      chain.Model          `json:"model"` // lists given here replace the base's
	SBOM       *fact.SBOM           `json:"sbom"`
	Attested   []fact.Attestation   `json:"attested"`
	Scans      []fact.Scan          `json:"scans"`
	Tests      []fact.Tests         `json:"tests"`
	VEX        []fact.VEX           `json:"vex"`
	Documents  []caseDocument       `json:"documents"`
	Records    []caseRecord         `json:"records"`
	Exceptions []evidence.Claim     `json:"exceptions"`
	Matches    []Match              `json:"matches"`
	Findings   []Finding            `json:"findings"`
	Lifecycles map[string]Lifecycle `json:"lifecycles"`
	Feeds      []Feed               `json:"feeds"`
	Tools      []Tool               `json:"tools"`
	Archive    []Archived           `json:"archive"`
	Received   []Received           `json:"received"`
	Ledger     Ledger               `json:"ledger"`
	Inner      map[string]Status    `json:"inner"`
}

// caseDocument is what was read out of one document, two days before now unless it says when.
type caseDocument struct {
	Kind     fact.Kind       `json:"kind"`
	About    string          `json:"about"` // org (default), software, release or system
	Name     string          `json:"name"`  // its digest, for a name
	Observed time.Time       `json:"observed"`
	Until    time.Time       `json:"until"`
	Data     json.RawMessage `json:"data"`
}

// caseRecord is a record as somebody enters it, approved unless it is a draft.
type caseRecord struct {
	Kind     string         `json:"kind"`
	Key      string         `json:"key"`
	About    string         `json:"about"` // org (default), software, release or system
	Data     map[string]any `json:"data"`
	Approved time.Time      `json:"approved"`
	Draft    bool           `json:"draft"`
}

func readCase(t *testing.T, path string) caseFile {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	js, err := yaml.YAMLToJSON(raw)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var c caseFile
	d := json.NewDecoder(bytes.NewReader(js))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

// input turns a case into an Input on top of the base's chain.
func (c caseFile) input(t *testing.T, base caseFile) Input {
	t.Helper()
	in := Input{Now: base.Now, Model: base.Model, Release: *base.Release, Matches: c.Matches, Findings: c.Findings, Lifecycles: c.Lifecycles,
		Feeds: c.Feeds, Tools: c.Tools, Archive: c.Archive, Received: c.Received, Claims: c.Exceptions, Ledger: c.Ledger, Inner: c.Inner}
	if !c.Now.IsZero() {
		in.Now = c.Now
	}
	if c.Release != nil {
		in.Release = *c.Release
	}
	m := &in.Model
	replace(&m.Parties, c.Model.Parties)
	replace(&m.Software, c.Model.Software)
	replace(&m.Releases, c.Model.Releases)
	replace(&m.Systems, c.Model.Systems)
	replace(&m.Arrangements, c.Model.Arrangements)
	replace(&m.Agreements, c.Model.Agreements)
	replace(&m.Components, c.Model.Components)
	var err error
	if in.Policy, err = guideline.DefaultPolicy().With(c.Policy); err != nil {
		t.Fatal(err)
	}
	about := fact.Subject{Kind: fact.Release, ID: in.Release}
	if c.SBOM != nil {
		in.Facts = append(in.Facts, fact.Fact{ID: "f-sbom", Kind: fact.KindSBOM, Subject: about, ObservedAt: in.Now.AddDate(0, 0, -1), Document: "sha256:sbom", Data: c.SBOM})
	}
	for i := range c.Attested {
		in.Facts = append(in.Facts, fact.Fact{ID: "f-att", Kind: fact.KindAttestation, Subject: about, Document: "sha256:attestation", Data: &c.Attested[i]})
	}
	put := func(kind fact.Kind, data any) {
		in.Facts = append(in.Facts, fact.Fact{ID: "f-" + string(kind), Kind: kind, Subject: about, ObservedAt: in.Now.AddDate(0, 0, -2), Document: "sha256:" + string(kind), Data: data})
	}
	for i := range c.Scans {
		put(fact.KindScan, &c.Scans[i])
	}
	for i := range c.Tests {
		put(fact.KindTests, &c.Tests[i])
	}
	for i := range c.VEX {
		put(fact.KindVEX, &c.VEX[i])
	}
	for _, doc := range c.Documents {
		in.Facts = append(in.Facts, doc.fact(t, in))
	}
	for i := range in.Claims {
		in.Claims[i].Digest = in.Claims[i].ContentDigest()
	}
	for _, r := range c.Records {
		in.Records = append(in.Records, r.record(t, in))
	}
	in.Duties = chain.Duties(guideline.Default(), in.Model)
	return in
}

func replace[T any](into *[]T, with []T) {
	if with != nil {
		*into = with
	}
}

func (c caseDocument) fact(t *testing.T, in Input) fact.Fact {
	t.Helper()
	data, err := fact.Decode(c.Kind, c.Data)
	if _, raw := data.(json.RawMessage); err != nil || raw {
		t.Fatalf("document %s: %v", c.Kind, err)
	}
	f := fact.Fact{ID: "f-" + string(c.Kind), Kind: c.Kind, Subject: subjectOf(t, c.About, in), ObservedAt: c.Observed, ValidUntil: c.Until,
		Document: "sha256:" + string(c.Kind) + c.Name, Data: data}
	if f.ObservedAt.IsZero() {
		f.ObservedAt = in.Now.AddDate(0, 0, -2)
	}
	if h, is := data.(*fact.Heartbeat); is {
		f.Document, f.Record = "", "heartbeat:rec-mechanism-"+h.Mechanism
	}
	return f
}

func subjectOf(t *testing.T, about string, in Input) fact.Subject {
	t.Helper()
	s, ok := map[string]fact.Subject{"": {Kind: fact.Org, ID: "acme"}, "org": {Kind: fact.Org, ID: "acme"}, "buyer": {Kind: fact.Org, ID: "hospital"}, "seller": {Kind: fact.Org, ID: "hanbai"}, "database": {Kind: fact.Software, ID: "db"},
		"software": {Kind: fact.Software, ID: "app"}, "before": {Kind: fact.Release, ID: "app-0.9"}, "release": {Kind: fact.Release, ID: in.Release}, "system": {Kind: fact.System, ID: "ward"}}[about]
	if !ok {
		t.Fatalf("something is about %q", about)
	}
	return s
}

func (c caseRecord) record(t *testing.T, in Input) register.Record {
	t.Helper()
	kind, err := register.Kind(c.Kind)
	if err != nil {
		t.Fatal(err)
	}
	data, problems := register.Validate(kind, c.Data)
	if len(problems) > 0 {
		t.Fatalf("record %s %s: %v", c.Kind, c.Key, problems)
	}
	subject := subjectOf(t, c.About, in)
	approved := c.Approved
	if approved.IsZero() {
		approved = in.Now.AddDate(0, -1, 0)
	}
	key := c.Key
	if key == "" {
		key = "1"
	}
	r := register.New(kind, "rec-"+c.Kind+"-"+key, key, subject, data, "author", approved)
	if c.Draft {
		return r
	}
	if r, err = register.Approve(r, "approver", approved); err != nil {
		t.Fatal(err)
	}
	return r
}

// The name of a case says what the verdict has to be, whatever the golden file holds.
func verdictWanted(name string, advice bool) []Verdict {
	switch {
	case strings.HasPrefix(name, "met"):
		return []Verdict{Pass}
	case strings.HasPrefix(name, "not_met") && advice:
		return []Verdict{Warn}
	case strings.HasPrefix(name, "not_met"):
		return []Verdict{Fail}
	case strings.HasPrefix(name, "stale"):
		return []Verdict{Fail, Unknown, Warn}
	}
	return []Verdict{Unknown}
}

// Every check has a folder of situations, at least one met and one not; adding a case is adding a file.
func TestChecks(t *testing.T) {
	base := readCase(t, "testdata/base.yaml")
	s := compiled()
	for _, k := range s.all {
		files, _ := filepath.Glob(filepath.Join("testdata", k.ID, "*.yaml"))
		var met, not bool
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".yaml")
			met = met || strings.HasPrefix(name, "met")
			not = not || strings.HasPrefix(name, "not_met")
			t.Run(k.ID+"/"+name, func(t *testing.T) { runCase(t, k, file, name, base) })
		}
		if !met || !not && k.Pass != "true" { // a check that always passes when it knows has no not_met
			t.Errorf("%s: testdata/%s needs a met and a not_met case", k.ID, k.ID)
		}
		t.Run(k.ID+"/nothing", func(t *testing.T) { runNothing(t, k, base) })
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !s.has(e.Name()) {
			t.Errorf("testdata/%s belongs to no check", e.Name())
		}
	}
}

func (s *set) has(id string) bool {
	for _, k := range s.all {
		if k.ID == id {
			return true
		}
	}
	return false
}

func runCase(t *testing.T, k *check, file, name string, base caseFile) {
	c := readCase(t, file)
	out := outcomeOf(t, k, c, base)
	wanted := verdictWanted(name, k.Advice)
	ok := false
	for _, v := range wanted {
		ok = ok || out.Verdict == v
	}
	if !ok {
		t.Errorf("verdict %s, want %v: %s", out.Verdict, wanted, out.Reason.EN)
	}
	got, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, strings.TrimSuffix(file, ".yaml")+".golden.json", string(got)+"\n")
}

// runNothing: without any evidence or record no check passes.
func runNothing(t *testing.T, k *check, base caseFile) {
	in := caseFile{}.input(t, base)
	in.Model = chain.Model{Parties: slices.Clone(base.Model.Parties)}
	for i := range in.Model.Parties {
		in.Model.Parties[i].Contact = ""
	}
	d := layOut(in, NewRound())
	duty := chain.Duty{Party: "acme", Software: "app", System: "ward", Role: k.Roles[0], Requirement: k.Requirement}
	if out, applies := d.outcome(k, duty, d.dutySituation(duty)); applies && out.Verdict == Pass {
		t.Errorf("passes with nothing to look at: %s", out.Reason.EN)
	}
}

func outcomeOf(t *testing.T, k *check, c caseFile, base caseFile) Outcome {
	t.Helper()
	in := c.input(t, base)
	role := c.Role
	if role == "" {
		role = k.Roles[0]
	}
	d := layOut(in, NewRound())
	for _, duty := range in.Duties {
		if duty.Role == role && duty.Requirement == k.Requirement {
			out, applies := d.outcome(k, duty, d.dutySituation(duty))
			if !applies {
				t.Fatal("the check does not apply")
			}
			return out
		}
	}
	t.Fatalf("the base has no duty %s of a %s", k.Requirement, role)
	return Outcome{}
}

func reapprove(r register.Record) (register.Record, error) {
	return register.Approve(r, "approver", r.ApprovedAt)
}
