package exchange_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
	"example.org/tasuki/verify"
)

var by = store.Actor{Account: "test", Via: store.Internal}

// desk is the workspace of a customer who knows the vendor of the samples.
type desk struct {
	*testing.T
	db *store.DB
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{t, storetest.New(t)}
	d.must(d.db.InTx(t.Context(), by, func(tx *store.Tx) error {
		m := chain.Model{Parties: []chain.Party{{ID: "me", Name: "見本商事株式会社", Self: true}, {ID: "vendor", Name: "見本ソフトウェア株式会社"}}}
		if err := tx.SaveModel(t.Context(), m); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "entered", store.Object{Kind: "chain", ID: "test"}, nil)
	}))
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(lang.Explain(err, lang.EN))
	}
}

func (d *desk) trust(party string, names ...string) {
	d.Helper()
	for _, k := range declaretest.Trust(names...) {
		d.must(exchange.SetTrust(d.Context(), d.db, by, exchange.TrustedParty{Party: party, Key: k}))
	}
}

// kept is what the workspace keeps of a file, as a file test compares it.
func (d *desk) kept(digest string) map[string]any {
	d.Helper()
	doc, err := d.db.Document(d.Context(), digest)
	d.must(err)
	facts, err := d.db.Facts(d.Context(), store.FactFilter{})
	d.must(err)
	var of []any
	for _, f := range facts {
		if f.Document == digest {
			data := asMap(d, f.Data)
			for _, at := range []string{"at", "verified_at"} {
				delete(data, at) // the clock of the test
			}
			of = append(of, map[string]any{"kind": f.Kind, "about": f.Subject.Kind, "data": data})
		}
	}
	var problems []string
	for _, p := range doc.Problems {
		problems = append(problems, p.What.EN)
	}
	return map[string]any{"type": doc.Type, "origin": doc.Origin, "accepted": doc.Accepted, "signature": doc.SignatureState, "problems": problems, "facts": of}
}

func asMap(d *desk, v any) map[string]any {
	d.Helper()
	b, err := json.Marshal(v)
	d.must(err)
	out := map[string]any{}
	d.must(json.Unmarshal(b, &out))
	return out
}

func (d *desk) compare(name string, v any) {
	d.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	d.must(err)
	golden.Compare(d.T, filepath.Join("testdata", name+".golden.json"), string(b)+"\n")
}

// Every file of testdata is a letter or a bundle that came in; beside it stands what the workspace made of it, once when
// nobody is trusted and once when the vendor is.
func TestWhatComesIn(t *testing.T) {
	writeFiles(t)
	files, err := filepath.Glob("testdata/*.in.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".in.json")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]any{}
			for _, trusted := range []bool{false, true} {
				d := open(t)
				word := "nobody trusted"
				if trusted {
					d.trust("vendor", "vendor")
					word = "vendor trusted"
				}
				var digest string
				if verify.LetterFormat(b) != "" {
					l, err := exchange.ReceiveLetter(t.Context(), d.db, by, name, b)
					d.must(err)
					digest = l.Digest
				} else {
					r, err := exchange.Receive(t.Context(), d.db, by, name, b, false)
					d.must(err)
					digest = r.Digest
				}
				out[word] = d.kept(digest)
			}
			open(t).compare(name, out)
		})
	}
}

// writeFiles makes the incoming files with -update.
func writeFiles(t *testing.T) {
	t.Helper()
	if u := flag.Lookup("update"); u == nil || u.Value.String() != "true" {
		return
	}
	letter := func(format string, content any) []byte {
		b, err := verify.SignLetter(format, content, declaretest.Key("vendor"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	request := letter(verify.RequestFormat, sampleRequest())
	for name, b := range map[string][]byte{
		"request": request, "request-altered": bytes.Replace(request, []byte(`"payload":"`), []byte(`"payload":"AA`), 1),
		"receipt":     letter(verify.ReceiptFormat, verify.Receipt{ID: "r", By: vendor(), For: verify.Issuer{ID: "me"}, Of: verify.Digest([]byte("x")), Kind: "bundle", At: declaretest.Now, Failed: []string{verify.StepLevel}}),
		"revocations": letter(verify.RevocationListFormat, verify.RevocationList{Issuer: vendor(), IssuedAt: declaretest.Now, Revoked: []verify.Revocation{{Declaration: "urn:example:declaration", Reason: "記載の誤り"}}}),
		"nothing":     []byte(`{"format":"tasuki-unheard-of/v1","key":"","envelope":{"payload":"","payloadType":"","signatures":[]}}`),
	} {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", name+".in.json"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func vendor() verify.Issuer { return declaretest.Input().Issuer }

func sampleRequest() verify.Request {
	return verify.Request{ID: "urn:example:request", From: vendor(), To: verify.Recipient{Name: "見本商事株式会社"}, Object: verify.AskedObject{Name: "見本部品"}, Level: guideline.Minimum, DueOn: "2026-12-25", IssuedAt: declaretest.Now,
		Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "個人情報を扱うため"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier}}}
}

// inForce is the sample with a validity around the present, as a workspace judges by its own clock.
func (d *desk) inForce(serial int64, change func(*declare.Input, *declare.HandOver)) []byte {
	now := d.db.Now().UTC().Truncate(time.Second)
	return declaretest.Bundle(d, func(in *declare.Input, to *declare.HandOver) {
		in.Now, in.Serial, to.Now = now, serial, now
		in.Assessment.At = now
		for i := range in.Approvals {
			in.Approvals[i].At = now
		}
		for i := range in.Answers {
			in.Answers[i].ValidUntil = now.AddDate(1, 0, 0)
		}
		if change != nil {
			change(in, to)
		}
	})
}

// A declaration counts once its signer is trusted, is remembered, and an older one of the same series is refused then. A
// revocation by its signer takes it out again.
func TestABundleCountsUntilItIsRevoked(t *testing.T) {
	d := open(t)
	older, newer := d.inForce(1, nil), d.inForce(2, nil)
	r, err := exchange.Receive(t.Context(), d.db, by, "b", newer, true)
	d.must(err)
	if r.Accepted || r.Fact != nil {
		t.Fatalf("a bundle of nobody we trust counts: %+v", r.Fact)
	}
	d.trust("vendor", "vendor")
	r, err = exchange.Receive(t.Context(), d.db, by, "b", newer, true)
	d.must(err)
	if !r.Accepted || r.Fact.Party != "vendor" || r.Subject.Kind != fact.Release || len(r.Fact.Answers) != 10 || !r.Fact.HasSBOM || len(r.SBOMs) != 1 {
		t.Fatalf("received: %+v about %v", r.Fact, r.Subject)
	}
	again, err := exchange.Receive(t.Context(), d.db, by, "b", newer, true)
	d.must(err)
	if !again.Accepted || again.Subject != r.Subject {
		t.Errorf("the same bundle once more: %+v", again)
	}
	late, err := exchange.Receive(t.Context(), d.db, by, "b", older, true)
	d.must(err)
	replay := slices.ContainsFunc(late.Report.Steps, func(s verify.Step) bool { return s.Name == verify.StepReplay && !s.OK })
	if late.Accepted || !replay {
		t.Errorf("an older bundle is taken for the newer: %+v", late.Report.Steps)
	}

	opened, err := verify.Open(newer)
	d.must(err)
	list := verify.RevocationList{Issuer: opened.Declaration.Issuer, IssuedAt: d.db.Now().UTC().Truncate(time.Second), Revoked: []verify.Revocation{{Declaration: verify.Digest(opened.Envelope), Reason: "誤記"}}}
	b, err := verify.SignLetter(verify.RevocationListFormat, list, declaretest.Key("vendor"))
	d.must(err)
	l, err := exchange.ReceiveLetter(t.Context(), d.db, by, "revoked", b)
	d.must(err)
	if !l.Accepted() || !slices.Equal(l.Released, []string{r.Digest}) {
		t.Errorf("released %v, problem %v", l.Released, l.Problem)
	}
	facts, err := d.db.Facts(t.Context(), store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	d.must(err)
	doc, err := d.db.Document(t.Context(), r.Digest)
	d.must(err)
	if len(facts) != 0 || doc.Accepted || doc.SignatureState != exchange.Revoked {
		t.Errorf("after the revocation: %d facts, document %+v", len(facts), doc)
	}
	r, err = exchange.Receive(t.Context(), d.db, by, "b", newer, true)
	d.must(err)
	if r.Accepted {
		t.Error("a revoked bundle counts when it is brought again")
	}
}

// A bundle that answers a request of ours is held against it, and what it lacks is named.
func TestAnAnswerIsHeldAgainstItsRequest(t *testing.T) {
	d := open(t)
	d.trust("vendor", "vendor")
	ask := sampleRequest()
	ask.From, ask.Level, ask.Object.Name, ask.Evidence = verify.Issuer{ID: "me", Name: "見本商事株式会社"}, guideline.Standard, declaretest.Input().Object.Name, []verify.ResourceKind{verify.SBOM}
	file, err := verify.SignLetter(verify.RequestFormat, ask, declaretest.Key("me"))
	d.must(err)
	digest, size, err := d.db.PutDocument(t.Context(), bytes.NewReader(file), int64(len(file)))
	d.must(err)
	d.must(d.db.InTx(t.Context(), by, func(tx *store.Tx) error {
		if _, err := tx.AddDocument(t.Context(), store.Document{Digest: digest, Size: size, Type: exchange.RequestType, Origin: "issued", Accepted: true}); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "requested", store.Object{Kind: "request", ID: digest}, nil)
	}))
	r, err := exchange.Receive(t.Context(), d.db, by, "b", d.inForce(1, func(_ *declare.Input, to *declare.HandOver) { to.InReplyTo = digest }), true)
	d.must(err)
	if !r.Accepted || r.Reply == nil || r.Reply.To != digest || r.Reply.Fulfils || !slices.Contains(r.Reply.Failed, verify.StepLevel) {
		t.Errorf("reply: %+v", r.Reply)
	}
	r, err = exchange.Receive(t.Context(), d.db, by, "b", d.inForce(2, func(_ *declare.Input, to *declare.HandOver) { to.InReplyTo = verify.Digest([]byte("x")) }), true)
	d.must(err)
	if r.Reply != nil {
		t.Errorf("it replies to a request that we never sent: %+v", r.Reply)
	}
}

// Keys are told apart by their fingerprint, are changed in place, and stop counting when removed or out of their time.
func TestTrust(t *testing.T) {
	d := open(t)
	d.trust("vendor", "vendor", "parts")
	k := declaretest.Trust("vendor")[0]
	k.Name = "another name"
	d.must(exchange.SetTrust(t.Context(), d.db, by, exchange.TrustedParty{Party: "me", Key: k}))
	list, err := exchange.Trust(t.Context(), d.db)
	d.must(err)
	if len(list) != 2 || list[1].Party != "me" || list[1].Key.Name != "another name" {
		t.Errorf("trusted: %+v", list)
	}
	d.must(exchange.RemoveTrust(t.Context(), d.db, by, verify.Fingerprint(k.Key)))
	if err := exchange.RemoveTrust(t.Context(), d.db, by, verify.Fingerprint(k.Key)); lang.KindOf(err) != lang.NotFound {
		t.Errorf("removing it twice: %v", err)
	}
	for name, change := range map[string]func(*verify.TrustedKey){
		"for another issuer": func(k *verify.TrustedKey) { k.Issuer = "urn:example:other" },
		"until yesterday":    func(k *verify.TrustedKey) { k.Until = d.db.Now().AddDate(0, 0, -1) },
		"from tomorrow":      func(k *verify.TrustedKey) { k.From = d.db.Now().AddDate(0, 0, 1) },
	} {
		limited := declaretest.Trust("vendor")[0]
		change(&limited)
		d.must(exchange.SetTrust(t.Context(), d.db, by, exchange.TrustedParty{Party: "vendor", Key: limited}))
		b, err := verify.SignLetter(verify.RequestFormat, sampleRequest(), declaretest.Key("vendor"))
		d.must(err)
		l, err := exchange.ReceiveLetter(t.Context(), d.db, by, "request", b)
		d.must(err)
		if l.Accepted() || l.Problem == nil {
			t.Errorf("a key that is trusted %s speaks", name)
		}
	}
}

// A stated answer has one form, says where it is not complete, and reads back as it was.
func TestStated(t *testing.T) {
	duties := []verify.Duty{{Role: guideline.Supplier, Requirement: "S(2)-2.1"}, {Role: guideline.Supplier, Requirement: "S(2)-2.3"}}
	s := exchange.Stated{By: exchange.StatedBy{Name: "回答 花子"}, At: declaretest.Now, Answers: []exchange.StatedAnswer{{Role: guideline.Supplier, Requirement: "S(2)-2.1", Status: verify.Met}, {Role: guideline.Supplier, Requirement: "S(2)-2.3", Status: verify.NotMet, Text: "来期"}}}
	if gaps := s.Check(duties); len(gaps) != 0 {
		t.Errorf("gaps: %+v", gaps)
	}
	b, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	back, err := exchange.ReadStated(b)
	if err != nil || back.Answers[1].Text != "来期" || back.Format != exchange.StatedFormat {
		t.Errorf("it reads back as %+v, %v", back, err)
	}
	for name, change := range map[string]func(*exchange.Stated){
		"nobody": func(s *exchange.Stated) { s.By.Name = " " }, "no status": func(s *exchange.Stated) { s.Answers[0].Status = "" },
		"an exception": func(s *exchange.Stated) { s.Answers[0].Status = verify.MetWithException }, "not met, no word": func(s *exchange.Stated) { s.Answers[1].Text = "" },
		"too long": func(s *exchange.Stated) { s.Answers[0].Text = strings.Repeat("x", exchange.MaxStatedText+1) }, "one left out": func(s *exchange.Stated) { s.Answers = s.Answers[:1] },
	} {
		x := s
		x.Answers = slices.Clone(s.Answers)
		change(&x)
		if len(x.Check(duties)) != 1 {
			t.Errorf("%s: %+v", name, x.Check(duties))
		}
	}
	for _, bad := range [][]byte{nil, []byte("{}"), append(b, ' '), bytes.Replace(b, []byte(`"format"`), []byte(`"form"`), 1)} {
		if _, err := exchange.ReadStated(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func FuzzReadStated(f *testing.F) {
	f.Add([]byte(`{"answers":[],"at":"2026-04-01T09:00:00Z","by":{"name":"x"},"for":{"id":"a","name":"b"},"format":"tasuki-stated-answer/v1","party":"p","request":"r"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := exchange.ReadStated(b)
		if err != nil {
			return
		}
		again, err := s.Bytes()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q is written as %q, %v", b, again, err)
		}
	})
}
