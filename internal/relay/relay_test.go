package relay_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

func TestDeclarationGoesOutAndComesIn(t *testing.T) {
	vendor := open(t)
	software, release := vendor.Product()
	vendor.Push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true})
	vendor.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	vendor.State(software, release, desktest.Start.AddDate(0, 6, 0))
	for _, r := range vendor.Rows(release) {
		if assess.Status(r.Status) != assess.NotApplicable {
			t.Fatalf("%s is %s", r.Requirement, r.Status)
		}
	}
	key, err := relay.NewSigningKey(t.Context(), vendor.DB, desktest.Author, "", nil)
	vendor.Must(err)
	draft, err := relay.Draft(t.Context(), vendor.DB, desktest.Author, relay.DraftRequest{Software: software, Release: release})
	vendor.Must(err)
	if _, _, err := relay.Issue(t.Context(), vendor.DB, desktest.Author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"}); lang.KindOf(err) != lang.Gate {
		t.Errorf("a draft nobody approved was signed: %v", err)
	}
	if _, err := relay.ApproveDeclaration(t.Context(), vendor.DB, desktest.Author, draft.ID, "password"); lang.KindOf(err) != lang.Forbidden {
		t.Errorf("the author approved it: %v", err)
	}
	_, err = relay.ApproveDeclaration(t.Context(), vendor.DB, desktest.Approver, draft.ID, "password")
	vendor.Must(err)
	bundle, issued, err := relay.Issue(t.Context(), vendor.DB, desktest.Author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役", Recipient: verify.Recipient{Name: "購入者"}})
	vendor.Must(err)
	if issued.Kind != string(verify.SelfDeclaration) || issued.State != store.DeclarationIssued {
		t.Errorf("issued: %s %s", issued.Kind, issued.State)
	}

	customer := open(t)
	customer.Must(judging.SaveModel(t.Context(), customer.DB, desktest.Author, chain.Model{Parties: []chain.Party{{ID: "me", Name: "顧客", Self: true}, {ID: "vendor", Name: "見本株式会社"}}}))
	if r, err := relay.ReceiveBundle(t.Context(), customer.DB, desktest.Author, "in.tasuki.json", bundle, true); err != nil || r.Accepted {
		t.Errorf("a bundle of an unknown signer was accepted: %v", err)
	}
	customer.Must(exchange.SetTrust(t.Context(), customer.DB, desktest.Author, exchange.TrustedParty{Party: "vendor", Key: key.Trusted()}))
	r, err := relay.ReceiveBundle(t.Context(), customer.DB, desktest.Author, "in.tasuki.json", bundle, true)
	customer.Must(err)
	if !r.Accepted || r.Fact == nil || r.Fact.Party != "vendor" || !r.Fact.HasSBOM || len(r.Fact.Answers) != 10 {
		out, _ := json.Marshal(r.Report.Steps)
		t.Fatalf("received: %+v %s", r.Fact, out)
	}
	proven := slices.ContainsFunc(r.Report.Steps, func(s verify.Step) bool { return s.Name == verify.StepLedger && s.OK })
	if !proven {
		t.Error("the bundle does not prove its entry in the ledger")
	}
	if components, err := customer.DB.ComponentsOf(t.Context(), r.Subject.ID); err != nil || len(components) != 2 {
		t.Errorf("the SBOM that came with the bundle gave %d components (%v)", len(components), err)
	}
	if _, err := upkeep.VerifyLedger(t.Context(), vendor.DB, desktest.Author); err != nil {
		t.Errorf("the ledger does not hold: %v", err)
	}
}

func TestWhatChangedAfterApprovalIsNotSigned(t *testing.T) {
	d := open(t)
	software, release := d.Product()
	d.State(software, release, desktest.Start.AddDate(0, 1, 0))
	key, err := relay.NewSigningKey(t.Context(), d.DB, desktest.Author, "", []byte("a long enough passphrase"))
	d.Must(err)
	draft, err := relay.Draft(t.Context(), d.DB, desktest.Author, relay.DraftRequest{Software: software, Release: release})
	d.Must(err)
	_, err = relay.ApproveDeclaration(t.Context(), d.DB, desktest.Approver, draft.ID, "password")
	d.Must(err)
	d.Now = desktest.Start.AddDate(0, 2, 0) // the statements have expired
	_, _, err = relay.Issue(t.Context(), d.DB, desktest.Author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	if lang.KindOf(err) != lang.Conflict || !strings.Contains(lang.Explain(err, lang.EN), "S(2)-2.1") {
		t.Errorf("signed although the duties have changed: %v", err)
	}
	if _, err := upkeep.SigningKey(d.DB, []byte("wrong")); err == nil {
		t.Error("the key opened with a wrong passphrase")
	}
}
