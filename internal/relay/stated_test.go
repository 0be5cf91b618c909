package relay_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

var guest = store.Actor{Account: relay.Partner, Via: store.Web}

// asked gives a request of ours to the buyer for three duties of a developer.
func (d *desk) asked(due string) relay.RequestLine {
	d.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	b, _, err := relay.Request(d.Context(), d.DB, desktest.Author, relay.Ask{Party: "buyer", Object: verify.AskedObject{Name: "部品"}, Level: guideline.Standard, DueOn: due,
		Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "個人情報"}}, Roles: []verify.AskedRole{{Role: guideline.Developer, Requirements: []guideline.ID{"S(1)-1.1", "S(1)-1.2", "S(2)-2.3"}}}}, key)
	d.Must(err)
	l, err := relay.FindRequest(d.Context(), d.DB, verify.Digest(b))
	d.Must(err)
	return l
}

func (d *desk) refuses(what string, kind lang.Kind, err error) {
	d.Helper()
	if lang.KindOf(err) != kind || err == nil {
		d.Errorf("%s: error %v of kind %v, want %v", what, err, lang.KindOf(err), kind)
	}
}

func (d *desk) actions(about store.Object) []string {
	d.Helper()
	entries, err := d.DB.AuditLog(d.Context(), store.AuditFilter{Object: about})
	d.Must(err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Action)
	}
	return out
}

// A code lets whoever has it answer once: the answer stands beside the request as stated, with a receipt that the ledger
// backs, and fills the next sheet of the same party in.
func TestAnswerWithoutAnAccount(t *testing.T) {
	d := open(t)
	d.Product()
	l := d.asked("2026-12-25")
	_, err := relay.EnterCode(t.Context(), d.DB, guest, l.Digest, "AAAAA-AAAAA-AAAAA-AAAAA")
	d.refuses("a request without a code", lang.Forbidden, err)
	code, i, err := relay.Invite(t.Context(), d.DB, desktest.Author, l, time.Time{})
	d.Must(err)
	if strings.Contains(i.Hash, code) || len(strings.ReplaceAll(code, "-", "")) != 20 {
		t.Fatalf("code %q, kept as %q", code, i.Hash)
	}
	_, err = relay.EnterCode(t.Context(), d.DB, guest, l.Digest, code[:22]+"?")
	d.refuses("a wrong code", lang.Forbidden, err)
	if i, err = relay.EnterCode(t.Context(), d.DB, guest, l.Digest, " "+strings.ToLower(strings.ReplaceAll(code, "-", "ー"))); err != nil || !i.Open(d.Now) {
		t.Fatalf("the code as people type it is refused: %v", err)
	}

	have, err := relay.Prefill(t.Context(), d.DB, l, i)
	d.Must(err)
	if len(have.Answers) != 3 || have.Answers[0].Status != "" {
		t.Fatalf("nothing was said before, the sheet says %+v", have.Answers)
	}
	have.By.Name = "回答 花子"
	have.Answers[0].Status = verify.Met
	d.Must(relay.SaveStated(t.Context(), d.DB, guest, l, have.Stated))
	_, err = relay.HandIn(t.Context(), d.DB, guest, l, have.Stated)
	d.refuses("an answer with gaps", lang.Usage, err)
	have.Answers[1].Status, have.Answers[1].Text = verify.PartlyMet, "12月に完了予定"
	have.Answers[2].Status, have.Answers[2].Text = verify.NotApplicable, "部品表の対象外"
	digest, err := relay.HandIn(t.Context(), d.DB, guest, l, have.Stated)
	d.Must(err)
	_, err = relay.HandIn(t.Context(), d.DB, guest, l, have.Stated)
	d.refuses("a second answer", lang.Conflict, err)
	d.refuses("saving after handing in", lang.Conflict, relay.SaveStated(t.Context(), d.DB, guest, l, have.Stated))
	_, _, err = relay.Invite(t.Context(), d.DB, desktest.Author, l, time.Time{})
	d.refuses("a code for an answered request", lang.Conflict, err)

	l, err = relay.FindRequest(t.Context(), d.DB, l.Digest)
	d.Must(err)
	if l.State != relay.RequestStated || len(l.Answers) != 1 || !l.Answers[0].Stated || l.Answers[0].Fulfils {
		t.Errorf("the request stands at %s with %+v; a stated answer fulfils nothing", l.State, l.Answers)
	}
	if facts, err := d.DB.Facts(t.Context(), store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}}); err != nil || len(facts) != 0 {
		t.Errorf("a stated answer became a declaration: %v, %v", facts, err)
	}
	want := "answered_without_account answer_draft_saved answer_code_accepted answer_code_refused answer_code_issued requested"
	if got := strings.Join(d.actions(store.Object{Kind: "request", ID: l.Digest}), " "); got != want {
		t.Errorf("audit says %q, want %q", got, want)
	}
	d.receiptHolds(digest)

	next := d.asked("2027-03-31")
	again, err := relay.Prefill(t.Context(), d.DB, next, relay.Invitation{Request: next.Digest})
	d.Must(err)
	if again.Answers[1].Text != "12月に完了予定" || again.From[verify.Duty{Role: guideline.Developer, Requirement: "S(1)-1.2"}].EN == "" {
		t.Errorf("the last answer does not fill the next sheet in: %+v", again)
	}
}

// receiptHolds checks the receipt the way whoever got it can: with the file alone.
func (d *desk) receiptHolds(answer string) {
	d.Helper()
	b, err := relay.ReceiptFor(d.Context(), d.DB, answer)
	d.Must(err)
	var r relay.StatedReceipt
	d.Must(verify.Unmarshal(b, &r))
	if _, err := ledger.CheckProof(r.Proof, r.Ledger); err != nil {
		d.Errorf("the proof does not hold: %v", err)
	}
	if !strings.Contains(string(r.Proof.Leaf), answer) {
		d.Errorf("the entry %s is not about the answer %s", r.Proof.Leaf, answer)
	}
	file, err := r.Answer.Bytes()
	d.Must(err)
	if verify.Digest(file) != answer {
		d.Error("the answer in the receipt is not the one that was kept")
	}
}

// A code ends with its time, with being withdrawn and with a new one.
func TestCodesEnd(t *testing.T) {
	d := open(t)
	d.Product()
	l := d.asked("2026-12-25")
	first, i, err := relay.Invite(t.Context(), d.DB, desktest.Author, l, time.Time{})
	d.Must(err)
	stamp := i.Stamp()
	second, _, err := relay.Invite(t.Context(), d.DB, desktest.Author, l, d.Now.Add(time.Hour))
	d.Must(err)
	_, err = relay.EnterCode(t.Context(), d.DB, guest, l.Digest, first)
	d.refuses("the code before", lang.Forbidden, err)
	i, err = relay.InvitationOf(t.Context(), d.DB, l.Digest)
	d.Must(err)
	if i.Holds(stamp) {
		t.Error("a session of the code before still holds")
	}
	d.Now = d.Now.Add(time.Hour)
	_, err = relay.EnterCode(t.Context(), d.DB, guest, l.Digest, second)
	d.refuses("a code past its time", lang.Forbidden, err)
	d.refuses("saving past the time", lang.Conflict, relay.SaveStated(t.Context(), d.DB, guest, l, exchange.Stated{}))
	third, _, err := relay.Invite(t.Context(), d.DB, desktest.Author, l, time.Time{})
	d.Must(err)
	d.Must(relay.Withdraw(t.Context(), d.DB, desktest.Author, l.Digest))
	_, err = relay.EnterCode(t.Context(), d.DB, guest, l.Digest, third)
	d.refuses("a withdrawn code", lang.Forbidden, err)
	_, _, err = relay.Invite(t.Context(), d.DB, desktest.Author, l, d.Now)
	d.refuses("a code that ends at once", lang.Usage, err)
	received := l
	received.Direction = fact.Incoming
	_, _, err = relay.Invite(t.Context(), d.DB, desktest.Author, received, time.Time{})
	d.refuses("a code for a request that we were given", lang.Usage, err)
}

// The workbook of a request comes back as what it says.
func TestSheetOfARequestComesBack(t *testing.T) {
	d := open(t)
	d.Product()
	l := d.asked("2026-12-25")
	var s exchange.Stated
	for _, duty := range l.Duties() {
		s.Answers = append(s.Answers, exchange.StatedAnswer{Role: duty.Role, Requirement: duty.Requirement, Status: verify.PartlyMet, Text: "対応中: " + string(duty.Requirement)})
	}
	var b bytes.Buffer
	d.Must(xlsx.Checklist(&b, relay.SheetOfRequest(d.DB, lang.JA, l, s)))
	got, spots, err := relay.FromSheet(l, exchange.Stated{}, b.Bytes())
	d.Must(err)
	if len(spots) != 0 || len(got.Answers) != 3 {
		t.Fatalf("answers %+v, not read %+v", got.Answers, spots)
	}
	for i, a := range got.Answers {
		if a.Status != s.Answers[i].Status || a.Text != s.Answers[i].Text {
			t.Errorf("%s came back as %+v", a.Requirement, a)
		}
	}
	if _, _, err := relay.FromSheet(l, s, []byte("PK\x03\x04 no workbook")); err == nil {
		t.Error("a broken workbook is read")
	}
}
