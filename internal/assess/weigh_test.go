package assess

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
)

var noon = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)

// statement is an approved claim of acme about app, in force at noon.
func statement(id string, kind evidence.ClaimKind, check string, docs ...string) evidence.Claim {
	c := evidence.Claim{ID: id, Kind: kind, Party: "acme", Subject: fact.Subject{Kind: fact.Software, ID: "app"}, Requirement: "S(2)-1.4",
		Check: check, Body: "理由", Evidence: docs, Author: "author", ExpiresAt: noon.AddDate(0, 6, 0), Revision: 1}
	c, err := c.Approve("approver", noon.AddDate(0, -1, 0))
	if err != nil {
		panic(err)
	}
	return c
}

// The table of requirements.md for two required checks, cell by cell: a check passes (P), fails (F), is unknown (U), fails
// and is excused by an exception (E), or is unknown and filled by a claim (C).
const truth = `
      P                    F            U             E                    C
P     met                  partly_met   partly_met    met_with_exception   met
F     partly_met           not_met      not_met       partly_met           partly_met
U     partly_met           not_met      not_assessed  partly_met           partly_met
E     met_with_exception   partly_met   partly_met    met_with_exception   met_with_exception
C     met                  partly_met   partly_met    met_with_exception   met
`

func TestTruthTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(truth), "\n")
	columns := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		for i, column := range columns {
			rowOf := func(warn bool) Row { return weighed(t, []string{cells[0], column}, warn) }
			if got := rowOf(false).Status; string(got) != cells[i+1] {
				t.Errorf("%s and %s: %s, want %s", cells[0], column, got, cells[i+1])
			}
			if got := rowOf(true).Status; string(got) != cells[i+1] {
				t.Errorf("%s and %s beside a warning: %s, want %s", cells[0], column, got, cells[i+1])
			}
		}
	}
	for one, want := range map[string]Status{"P": Met, "F": NotMet, "U": NotAssessed, "E": MetWithException, "C": Met} {
		if got := weighed(t, []string{one}, false).Status; got != want {
			t.Errorf("%s alone: %s, want %s", one, got, want)
		}
	}
	if got := weighed(t, nil, false).Status; got != NotAssessed {
		t.Errorf("without a check: %s", got)
	}
	if got := weighed(t, nil, true).Status; got != NotAssessed {
		t.Errorf("with a warning only: %s", got)
	}
}

func weighed(t *testing.T, outcomes []string, warning bool) Row {
	t.Helper()
	var r Row
	var claims []evidence.Claim
	verdicts := map[string]Verdict{"P": Pass, "F": Fail, "U": Unknown, "E": Fail, "C": Unknown}
	for i, o := range outcomes {
		id := fmt.Sprint("check-", i)
		r.Checks = append(r.Checks, Outcome{Check: id, Required: true, Verdict: verdicts[o], Basis: Automatic})
		switch o {
		case "E":
			claims = append(claims, statement("x-"+id, evidence.Exception, id, "sha256:doc"))
		case "C":
			claims = append(claims, statement("c-"+id, evidence.Stated, id, "sha256:doc"))
		}
	}
	if warning {
		r.Checks = append(r.Checks, Outcome{Check: "advice", Verdict: Warn, Basis: Automatic})
	}
	d := &desk{in: Input{Now: noon}}
	d.weigh(&r, claims)
	return r
}

// A claim never hides a failure, and an exception never fills an unknown.
func TestClaimsStayInTheirPlace(t *testing.T) {
	d := &desk{in: Input{Now: noon}}
	failing := Row{Checks: []Outcome{{Check: "a", Required: true, Verdict: Fail}}}
	d.weigh(&failing, []evidence.Claim{statement("c", evidence.Stated, "", "sha256:doc")})
	if failing.Status != NotMet || len(failing.Claims) != 0 {
		t.Errorf("a claim over a failure gives %s by %v", failing.Status, failing.Claims)
	}
	unknown := Row{Checks: []Outcome{{Check: "a", Required: true, Verdict: Unknown}}}
	d.weigh(&unknown, []evidence.Claim{statement("x", evidence.Exception, "", "sha256:doc")})
	if unknown.Status != NotAssessed || unknown.Exceptions != 0 {
		t.Errorf("an exception over an unknown gives %s", unknown.Status)
	}
	bare := Row{}
	d.weigh(&bare, []evidence.Claim{statement("c", evidence.Stated, "")})
	if bare.Status != Met || !bare.StatedOnly || bare.Basis != ByClaim {
		t.Errorf("a claim without evidence gives %s, stated only %v, basis %q", bare.Status, bare.StatedOnly, bare.Basis)
	}
	backed := Row{}
	d.weigh(&backed, []evidence.Claim{statement("b", evidence.Stated, ""), statement("c", evidence.Stated, "", "sha256:doc")})
	if backed.StatedOnly || backed.Claims[0] != "c" {
		t.Errorf("the claim with evidence goes first, got %v", backed.Claims)
	}
	out := Row{Checks: []Outcome{{Check: "a", Required: true, Verdict: Fail}}}
	d.weigh(&out, []evidence.Claim{statement("n", evidence.NotApplicable, "")})
	if out.Status != NotApplicable || out.ValidUntil.IsZero() {
		t.Errorf("not applicable gives %s until %v", out.Status, out.ValidUntil)
	}
}

// What a statement needs to count: approval by somebody else, of this very content, an expiry ahead, a reason.
func TestOnlyStatementsInForceCount(t *testing.T) {
	good := statement("c", evidence.Stated, "", "sha256:doc")
	judgedWith := func(c evidence.Claim) Status {
		in := caseFile{}.input(t, readCase(t, "testdata/base.yaml"))
		in.Now, in.Claims = noon, []evidence.Claim{c}
		for _, r := range Judge(in).Rows {
			if r.ID == "S(2)-1.4" && r.Party == "acme" {
				return r.Status
			}
		}
		t.Fatal("no such duty")
		return ""
	}
	if got := judgedWith(good); got != Met {
		t.Fatalf("a claim in force gives %s", got)
	}
	for what, spoil := range map[string]func(*evidence.Claim){
		"edited after approval": func(c *evidence.Claim) { c.Body = "別の理由" },
		"evidence swapped":      func(c *evidence.Claim) { c.Evidence = []string{"sha256:other"} },
		"expired":               func(c *evidence.Claim) { c.ExpiresAt = noon; c.Digest = c.ContentDigest() },
		"no expiry":             func(c *evidence.Claim) { c.ExpiresAt = time.Time{}; c.Digest = c.ContentDigest() },
		"approved by author":    func(c *evidence.Claim) { c.Approver = c.Author },
		"draft":                 func(c *evidence.Claim) { c.State = evidence.ClaimDraft },
		"about other software":  func(c *evidence.Claim) { c.Subject.ID = "other"; c.Digest = c.ContentDigest() },
		"for another role":      func(c *evidence.Claim) { c.Role = guideline.Operator; c.Digest = c.ContentDigest() },
		"of another party":      func(c *evidence.Claim) { c.Party = "kogyo"; c.Digest = c.ContentDigest() },
		"not yet approved":      func(c *evidence.Claim) { c.ApprovedAt = noon.AddDate(0, 0, 1) },
	} {
		c := good
		spoil(&c)
		if got := judgedWith(c); got != NotAssessed {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// The end of a row is the earliest of what it rests on, and past it nothing reads as met.
func TestValidUntil(t *testing.T) {
	soon := noon.AddDate(0, 0, 3)
	r := Row{Checks: []Outcome{{Check: "a", Required: true, Verdict: Pass, ValidUntil: soon}, {Check: "b", Required: true, Verdict: Unknown}}}
	(&desk{in: Input{Now: noon}}).weigh(&r, []evidence.Claim{statement("c", evidence.Stated, "b", "sha256:doc")})
	if r.Status != Met || !r.ValidUntil.Equal(soon) {
		t.Fatalf("%s until %v, want met until %v", r.Status, r.ValidUntil, soon)
	}
	if got := r.Current(soon.Add(-time.Millisecond)); got != Met {
		t.Errorf("before: %s", got)
	}
	if got := r.Current(soon); got != NotAssessed {
		t.Errorf("at its end: %s", got)
	}
}

func TestTotalsCountTheGravest(t *testing.T) {
	got := total([]Row{{ID: "S(2)-1.1", Status: Met}, {ID: "S(2)-1.1", Status: NotAssessed}, {ID: "S(2)-1.2", Status: NotApplicable}, {ID: "S(2)-1.2", Status: Met}})
	if got.ByDuty[Met] != 2 || got.ByDuty[NotAssessed] != 1 || got.ByRequirement[Met] != 1 || got.ByRequirement[NotAssessed] != 1 || len(got.ByRequirement) != len(Statuses) {
		t.Errorf("%+v", got)
	}
}
