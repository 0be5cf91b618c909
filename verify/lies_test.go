package verify_test

import (
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// TestLiesAreFound lets a trusted signer sign what is not so, one thing at a time. Each is found by the step that
// looks for it, at its place, and by no earlier one.
func TestLiesAreFound(t *testing.T) {
	for _, c := range []struct {
		name, step, where string
		lie               func(*forgery)
	}{
		{"not our format", verify.StepForm, "format", func(f *forgery) { f.File = func(b *verify.File) { b.Format = "tasuki-bundle/v2" } }},
		{"members out of order", verify.StepForm, "members", func(f *forgery) {
			f.File = func(b *verify.File) { b.Members[0], b.Members[1] = b.Members[1], b.Members[0] }
		}},
		{"a member that climbs out of its folder", verify.StepForm, "members", func(f *forgery) { f.Documents[0].Name = "../passwd" }},
		{"a key that signed nothing", verify.StepDeclaration, "keys", func(f *forgery) {
			f.File = func(b *verify.File) { b.Keys = append(b.Keys, []byte(strings.Repeat("\xff", 32))) }
		}},
		{"two signatures", verify.StepManifest, "manifest signatures", func(f *forgery) {
			f.File = func(b *verify.File) { b.Manifest.Signatures = append(b.Manifest.Signatures, b.Manifest.Signatures[0]) }
		}},
		{"another key id", verify.StepManifest, "manifest signatures/0/keyid", func(f *forgery) {
			f.File = func(b *verify.File) { b.Manifest.Signatures[0].KeyID = verify.Digest(nil) }
		}},
		{"another payload type", verify.StepManifest, "manifest payloadType", func(f *forgery) {
			f.File = func(b *verify.File) { b.Manifest.PayloadType = "application/json" }
		}},
		{"a member left out", verify.StepMembers, "members/disclosures/0000.json", func(f *forgery) {
			f.File = func(b *verify.File) { b.Members = append(b.Members[:1], b.Members[2:]...) }
		}},
		{"the last member left out", verify.StepMembers, "members/sbom/app.cdx.json", func(f *forgery) {
			f.File = func(b *verify.File) { b.Members = b.Members[:len(b.Members)-1] }
		}},
		{"a member's content taken out", verify.StepMembers, "members/sbom/app.cdx.json", func(f *forgery) {
			f.File = func(b *verify.File) { b.Members[len(b.Members)-1].Content = nil }
		}},
		{"a member's content exchanged", verify.StepMembers, "members/sbom/app.cdx.json", func(f *forgery) {
			f.File = func(b *verify.File) { b.Members[len(b.Members)-1].Content = []byte("other") }
		}},
		{"no serial", verify.StepStatement, "/predicate/serial", func(f *forgery) { f.Declaration.Serial = 0 }},
		{"no address", verify.StepStatement, "/predicate/issuer/address", func(f *forgery) { f.Declaration.Issuer.Address = " " }},
		{"another sentence", verify.StepStatement, "/predicate/conformity", func(f *forgery) {
			f.Declaration.Conformity = lang.T("認証されています", "is certified")
		}},
		{"another edition", verify.StepStatement, "/predicate/requirements/edition", func(f *forgery) { f.Declaration.Requirements.Edition = "2025-03" }},
		{"a time with fractions", verify.StepStatement, "/predicate/issued_at", func(f *forgery) {
			f.Declaration.IssuedAt = f.Declaration.IssuedAt.Add(time.Millisecond)
		}},
		{"a time in another zone", verify.StepStatement, "/predicate/issued_at", func(f *forgery) {
			f.Declaration.IssuedAt = f.Declaration.IssuedAt.In(time.FixedZone("", 9*3600))
		}},
		{"ends before it starts", verify.StepStatement, "/predicate/validity", func(f *forgery) {
			f.Declaration.Validity.From = f.Declaration.Validity.Until
		}},
		{"a duty not met, still called a declaration", verify.StepStatement, "/predicate/kind", func(f *forgery) {
			f.Disclosures[3].Answer.Status = verify.NotMet
			f.Declaration.Counts.Met--
			f.Declaration.Counts.NotMet++
		}},
		{"counts that do not add up", verify.StepStatement, "/predicate/counts", func(f *forgery) { f.Declaration.Counts.Met-- }},
		{"a negative count", verify.StepStatement, "/predicate/counts", func(f *forgery) {
			f.Declaration.Counts.Met++
			f.Declaration.Counts.NotMet = -1
		}},
		{"approved by the signer alone", verify.StepStatement, "/predicate/approvals", func(f *forgery) {
			f.Declaration.Approvals[0].By = f.Declaration.Signer
		}},
		{"approved after the issue", verify.StepStatement, "/predicate/approvals/0", func(f *forgery) {
			f.Declaration.Approvals[0].At = declaretest.Now.Add(time.Hour)
		}},
		{"nobody says how the approver showed who they are", verify.StepStatement, "/predicate/approvals/0", func(f *forgery) {
			f.Declaration.Approvals[0].Authenticated = ""
		}},
		{"a disclosure of another answer", verify.StepDisclosures, "members/disclosures/0002.json", func(f *forgery) {
			f.Disclosures[2].Answer.Requirement = "S(6)-1.1"
		}},
		{"a short salt", verify.StepDisclosures, "members/disclosures/0000.json /0", func(f *forgery) { f.Disclosures[0].Salt = "guess" }},
		{"the manifest says withheld, but it is shown", verify.StepDisclosures, "members/disclosures/0001.json", func(f *forgery) {
			f.Manifest = func(m *verify.Manifest) { m.Withheld = []verify.Withheld{{Index: 1}} }
		}},
		{"subjects left out", verify.StepSubjects, "/subject", func(f *forgery) { f.Subjects = f.Declaration.Subjects()[1:] }},
		{"a duty left out", verify.StepCoverage, "/predicate/commitments", func(f *forgery) {
			f.Declaration.Commitments, f.Disclosures = f.Declaration.Commitments[1:], f.Disclosures[1:]
			f.Declaration.Counts.Duties--
			f.Declaration.Counts.Requirements--
			f.Declaration.Counts.Met--
		}},
		{"a higher level than answered for", verify.StepCoverage, "/predicate/commitments", func(f *forgery) {
			f.Declaration.Requirements.Level = guideline.Standard
			f.Declaration.Conformity = verify.Conformity(verify.SelfDeclaration, guideline.Standard)
		}},
		{"a role more than answered for", verify.StepCoverage, "/predicate/commitments", func(f *forgery) {
			f.Declaration.Requirements.Scope = append([]verify.Scope{{Role: guideline.Developer}}, f.Declaration.Requirements.Scope...)
		}},
		{"a role less than answered for", verify.StepCoverage, "/predicate/commitments", func(f *forgery) {
			f.Declaration.Requirements.Scope[0] = verify.Scope{Role: guideline.Supplier, Stance: guideline.Support, Passed: []guideline.ID{f.Declaration.Commitments[0].Requirement}}
		}},
		{"a principal that limits itself", verify.StepCoverage, "/predicate/requirements/scope", func(f *forgery) {
			f.Declaration.Requirements.Scope[0].Passed = []guideline.ID{f.Declaration.Commitments[0].Requirement}
		}},
		{"passed on what the role has not", verify.StepCoverage, "/predicate/requirements/scope", func(f *forgery) {
			f.Declaration.Requirements.Scope[0] = verify.Scope{Role: guideline.Supplier, Stance: guideline.Support, Passed: []guideline.ID{"S(6)-1.1"}}
		}},
		{"two duties exchanged", verify.StepCoverage, "/predicate/commitments", func(f *forgery) {
			c, d := f.Declaration.Commitments, f.Disclosures
			c[0], c[1], d[0], d[1] = c[1], c[0], d[1], d[0]
		}},
		{"not applicable, but not among the exclusions", verify.StepCoverage, "members/disclosures/0000.json /1/status", func(f *forgery) {
			f.Disclosures[0].Answer.Status = verify.NotApplicable
			f.Declaration.Counts.Met--
			f.Declaration.Counts.NotApplicable++
			f.Declaration.Requirements.Exclusions = []verify.Exclusion{exclusion(f, 1)}
		}},
		{"an exclusion without a reason", verify.StepCoverage, "/predicate/requirements/exclusions", func(f *forgery) {
			f.Disclosures[0].Answer.Status = verify.NotApplicable
			f.Declaration.Counts.Met--
			f.Declaration.Counts.NotApplicable++
			x := exclusion(f, 0)
			x.Reason = ""
			f.Declaration.Requirements.Exclusions = []verify.Exclusion{x}
		}},
		{"an exception that says nothing", verify.StepCoverage, "members/disclosures/0000.json /1/exception", func(f *forgery) {
			f.Disclosures[0].Answer.Status = verify.MetWithException
			f.Declaration.Counts.Met--
			f.Declaration.Counts.MetWithException++
		}},
		{"a bare claim not shown as stated only", verify.StepCoverage, "members/disclosures/0000.json /1/stated_only", func(f *forgery) {
			f.Disclosures[0].Answer.Basis, f.Disclosures[0].Answer.Evidence = verify.Claim, nil
		}},
		{"an answer at another level", verify.StepCoverage, "members/disclosures/0000.json /1", func(f *forgery) { f.Disclosures[0].Answer.Level = guideline.Standard }},
		{"a status unheard of", verify.StepCoverage, "members/disclosures/0000.json /1/status", func(f *forgery) { f.Disclosures[0].Answer.Status = "certified" }},
		{"a count other than the answers", verify.StepCounts, "/predicate/counts/met", func(f *forgery) {
			f.Declaration.Counts.Met--
			f.Declaration.Counts.MetWithException++
		}},
		{"evidence that nobody has", verify.StepEvidence, "members/disclosures/0000.json", func(f *forgery) {
			f.Disclosures[0].Answer.Evidence = []string{verify.Digest([]byte("nothing"))}
		}},
		{"a document that the declaration does not name", verify.StepEvidence, "members/zzz", func(f *forgery) {
			f.Documents = append(f.Documents, declare.Document{Name: "zzz", Kind: verify.Evidence, Content: []byte("more")})
		}},
		{"a document that the declaration names, left out", verify.StepEvidence, "members/evidence/0001", func(f *forgery) { f.Documents = f.Documents[1:] }},
		{"a member that calls itself a disclosure", verify.StepEvidence, "members/disclosures/9999.json", func(f *forgery) {
			f.Documents = append(f.Documents, declare.Document{Name: "disclosures/9999.json", Kind: verify.DisclosureKind, MediaType: verify.DisclosureMediaType, Content: []byte("{}")})
		}},
		{"an SBOM other than the subject", verify.StepEvidence, "members/sbom/app.cdx.json", func(f *forgery) { f.Documents[1].Content = []byte("{}") }},
		{"valid longer than an answer", verify.StepValidity, "members/disclosures/0000.json", func(f *forgery) {
			f.Declaration.Validity.Until = declaretest.Now.AddDate(0, 7, 0)
		}},
		{"a proof that proves nothing", verify.StepLedger, "members/ledger-proof.json", func(f *forgery) {
			f.Documents = append(f.Documents, declare.Document{Name: verify.ProofMember, Kind: verify.ProofKind, MediaType: verify.ProofMediaType, Content: []byte("{}")})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify.Bundle(forge(t, nil, c.lie), options())
			bad := failing(r)
			if r.OK || len(bad) == 0 {
				t.Fatal("not found")
			}
			if bad[0].Name != c.step || !strings.Contains(bad[0].Where, c.where) {
				t.Errorf("found by %q at %q (%s), want %q at %q", bad[0].Name, bad[0].Where, bad[0].Detail.EN, c.step, c.where)
			}
			if bad[0].Detail.JA == "" || bad[0].Detail.EN == "" {
				t.Errorf("said in one language only: %+v", bad[0].Detail)
			}
		})
	}
}

// TestTheForgerIsNoLiar makes sure that the lies above are found for themselves, not for how they are packed.
func TestTheForgerIsNoLiar(t *testing.T) {
	if r := verify.Bundle(forge(t, nil, func(*forgery) {}), options()); !r.OK {
		t.Errorf("a truthful forgery is not ok: %+v", failing(r))
	}
}

func exclusion(f *forgery, i int) verify.Exclusion {
	c := f.Declaration.Commitments[i]
	return verify.Exclusion{Role: c.Role, Requirement: c.Requirement, Reason: "提供しない機能のため", Approver: verify.Person{ID: "user-2", Name: "見本 花子"}}
}
