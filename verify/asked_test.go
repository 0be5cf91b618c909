package verify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// request is what a customer asks the sample's vendor for.
func request() verify.Request {
	return verify.Request{ID: "urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-00000000000a", From: verify.Issuer{ID: "party-customer", Name: "見本商事株式会社"},
		To: verify.Recipient{Name: "見本ソフトウェア株式会社"}, Object: verify.AskedObject{Name: "見本アプリ"}, Level: guideline.Minimum,
		Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "個人情報を扱う"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier}},
		Evidence: []verify.ResourceKind{verify.SBOM}, DueOn: "2026-05-31", IssuedAt: declaretest.Now.AddDate(0, 0, -7)}
}

func letter(t testing.TB, format string, content any) []byte {
	t.Helper()
	b, err := verify.SignLetter(format, content, declaretest.Key("customer"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRequestForm(t *testing.T) {
	r := request()
	b := letter(t, verify.RequestFormat, r)
	got, key, err := verify.OpenRequest(b)
	if err != nil || got.ID != r.ID || verify.Fingerprint(key) != verify.Fingerprint(verify.Public(declaretest.Key("customer"))) {
		t.Fatalf("%+v, %v", got, err)
	}
	if d := r.Duties(); len(d) != len(guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Minimum)) {
		t.Errorf("%d duties asked for", len(d))
	}
	for i := range b {
		changed := slices.Clone(b)
		changed[i] ^= 1
		if _, _, err := verify.OpenRequest(changed); err == nil {
			t.Fatalf("byte %d can be changed unnoticed", i)
		}
	}
	if _, _, err := verify.OpenReceipt(b); err == nil {
		t.Error("a request was taken for a receipt")
	}
}

func TestRequestRefused(t *testing.T) {
	under := func(level guideline.Level, lowered string) func(*verify.Request) {
		return func(r *verify.Request) {
			r.Under = &verify.Under{Request: verify.Digest(nil), Level: level, DueOn: "2026-06-30", Lowered: lowered}
		}
	}
	for _, c := range []struct {
		name, where string // where: empty when it is accepted
		change      func(*verify.Request)
	}{
		{"as it is", "", func(*verify.Request) {}},
		{"nobody asked", "/to/name", func(r *verify.Request) { r.To.Name = "" }},
		{"no day", "/due_on", func(r *verify.Request) { r.DueOn = "soon" }},
		{"no level", "/level", func(r *verify.Request) { r.Level = "" }},
		{"no reason", "/reasons", func(r *verify.Request) { r.Reasons = nil }},
		{"a viewpoint of its own", "/reasons/0", func(r *verify.Request) { r.Reasons[0].Viewpoint = "price" }},
		{"no role", "/roles", func(r *verify.Request) { r.Roles = nil }},
		{"roles out of order", "/roles", func(r *verify.Request) {
			r.Roles = []verify.AskedRole{{Role: guideline.Supplier}, {Role: guideline.Developer}}
		}},
		{"a requirement of another role", "/roles/0", func(r *verify.Request) { r.Roles[0].Requirements = []guideline.ID{"S(6)-1.1"} }},
		{"a document of no kind", "/evidence/0", func(r *verify.Request) { r.Evidence[0] = "film" }},
		{"a time with fractions", "/issued_at", func(r *verify.Request) { r.IssuedAt = r.IssuedAt.Add(time.Millisecond) }},
		{"under a request at the same level", "", under(guideline.Minimum, "")},
		{"under a request at a higher level", "/level", under(guideline.Standard, "")},
		{"under a request at a higher level, with a reason", "", under(guideline.Standard, "試作のため")},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request()
			c.change(&r)
			_, _, err := verify.OpenRequest(letter(t, verify.RequestFormat, r))
			if c.where == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.where) || lang.KindOf(err) != lang.Unverified {
				t.Errorf("got %v, want it refused at %s", err, c.where)
			}
		})
	}
}

// TestHeldAgainstRequest holds the sample against requests that ask for one thing more.
func TestHeldAgainstRequest(t *testing.T) {
	file := verify.Digest([]byte("the request"))
	plain := declaretest.Bundle(t, nil)
	reply := declaretest.Bundle(t, func(_ *declare.Input, to *declare.HandOver) { to.InReplyTo = file })
	alone := declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) {
		in.Engaged = []verify.Engaged{{Name: "見本部品株式会社", Roles: []guideline.Role{guideline.Supplier}}}
	})
	backed := declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) {
		bringing(supplier(t, nil))(in)
		in.Engaged = []verify.Engaged{{Name: "見本部品株式会社", Roles: []guideline.Role{guideline.Supplier}, Bundle: upstreamName}}
	})
	for _, c := range []struct {
		name, step string // step that fails; empty: ok
		b          []byte
		ask        func(*verify.Options)
	}{
		{"what was asked", "", plain, nil},
		{"in reply to it", "", reply, nil},
		{"in reply to it, under another name", "", reply, func(o *verify.Options) { o.Request.Object.Name = "社内での呼び名" }},
		{"in reply to another", verify.StepAsked, reply, func(o *verify.Options) { o.RequestFile = verify.Digest(nil) }},
		{"another object", verify.StepAsked, plain, func(o *verify.Options) { o.Request.Object.Name = "別の製品" }},
		{"another version", verify.StepAsked, reply, func(o *verify.Options) { o.Request.Object.Version = "9.9" }},
		{"a higher level", verify.StepLevel, plain, func(o *verify.Options) { o.Request.Level = guideline.Standard }},
		{"another role", verify.StepRoles, plain, func(o *verify.Options) {
			o.Request.Roles = []verify.AskedRole{{Role: guideline.Developer}, {Role: guideline.Supplier}}
		}},
		{"another role, without a request", verify.StepRoles, plain, func(o *verify.Options) {
			o.Request, o.RequireRoles = nil, []guideline.Role{guideline.Operator}
		}},
		{"a document that is not there", verify.StepDocuments, plain, func(o *verify.Options) { o.Request.Evidence = []verify.ResourceKind{verify.VEX} }},
		{"the chain, which nobody else is part of", "", plain, func(o *verify.Options) { o.Request.Chain = true }},
		{"the chain, with a party missing", verify.StepChain, alone, func(o *verify.Options) { o.Request.Chain = true }},
		{"the chain, with a party missing, without a request", verify.StepChain, alone, func(o *verify.Options) { o.Request, o.RequireChain = nil, true }},
		{"not the chain, with a party missing", "", alone, nil},
		{"the chain, all of it", "", backed, func(o *verify.Options) { o.Request.Chain = true }},
		{"the artifact in hand", "", plain, func(o *verify.Options) {
			o.Files = []verify.Artifact{{Name: "a", Digest: verify.Digest([]byte("artifact"))}}
		}},
		{"another artifact in hand", verify.StepFiles, plain, func(o *verify.Options) {
			o.Files = []verify.Artifact{{Name: "a", Digest: verify.Digest([]byte("other"))}}
		}},
		{"the catalogue in hand is no artifact", verify.StepFiles, plain, func(o *verify.Options) {
			o.Files = []verify.Artifact{{Name: "a", Digest: guideline.Default().Digest()}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt, r := options(), request()
			opt.Request, opt.RequestFile = &r, file
			if c.ask != nil {
				c.ask(&opt)
			}
			report := verify.Bundle(c.b, opt)
			bad := failing(report)
			if c.step == "" && !report.OK || c.step != "" && (len(bad) == 0 || bad[0].Name != c.step || bad[0].Where == "") {
				t.Errorf("got %+v, want %q", bad, c.step)
			}
		})
	}
	if r := verify.Bundle(alone, options()); !slices.Contains(notChecked(r), "upstream_missing") {
		t.Error("it is not said where the chain ends")
	}
}

func TestSignedRevocations(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	o, err := verify.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	list := verify.RevocationList{Issuer: o.Declaration.Issuer, IssuedAt: declaretest.Now, Revoked: []verify.Revocation{{Declaration: verify.Digest(o.Envelope), Reason: "誤記"}}}
	for _, c := range []struct {
		name, signer string
		issuer       string // for whom the reader trusts the second key
		revoked      bool
	}{
		{"by the key that signed it", "vendor", "", true},
		{"by another key that the reader trusts for the issuer", "new", "party-vendor", true},
		{"by a key that the reader trusts for somebody else", "new", "party-other", false},
		{"by a key that the reader trusts without saying for whom", "new", "", false},
		{"by a stranger", "stranger", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := verify.SignLetter(verify.RevocationListFormat, list, declaretest.Key(c.signer))
			if err != nil {
				t.Fatal(err)
			}
			opt := options()
			opt.Trust = declaretest.Trust("vendor", "new")
			opt.Trust[1].Issuer = c.issuer
			if opt.Revocations, err = verify.ParseRevocations(file); err != nil {
				t.Fatal(err)
			}
			r := verify.Bundle(b, opt)
			if r.OK == c.revoked || slices.Contains(notChecked(r), "revocation_not_counted") == c.revoked {
				t.Errorf("ok %v, %v, %+v", r.OK, notChecked(r), failing(r))
			}
			file[len(file)/2] ^= 1
			if _, err := verify.ParseRevocations(file); err == nil {
				t.Error("a changed list was read")
			}
		})
	}
}

func TestChangesAreNamed(t *testing.T) {
	first := declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) { bringing(supplier(t, nil))(in) })
	second := declaretest.Bundle(t, func(in *declare.Input, to *declare.HandOver) {
		in.Serial, in.Object.Version = 2, "1.3.0"
		in.Object.Artifacts[0].Digest = verify.Digest([]byte("new"))
		in.Supporting[0].Content = append(in.Supporting[0].Content, ' ')
		in.Answers[0].Status = verify.NotMet
		to.Withhold = map[verify.Duty]string{in.Answers[1].Duty(): ""}
		bringing(supplier(t, func(up *declare.Input) { up.Serial = 5 }))(in)
	})
	opt := options()
	opt.RequireLevel = ""
	var err error
	if opt.Seen, err = verify.ParseSeen(first); err != nil || len(opt.Seen) != 2 {
		t.Fatalf("%d seen, %v", len(opt.Seen), err)
	}
	r := verify.Bundle(second, opt)
	if !r.OK {
		t.Fatalf("%+v", failing(r))
	}
	var got []string
	for _, c := range r.Changes {
		got = append(got, strings.TrimSpace(c.Bundle+" "+c.Name))
		if c.Detail.JA == "" || c.Detail.EN == "" || c.Before == c.After {
			t.Errorf("%+v", c)
		}
	}
	want := []string{"serial", "version", "kind", "duty", "duty", "artifact", "sbom", "upstream", upstreamName + " serial"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// The other way round it is an older supplier's bundle in a newer one of ours.
	back := declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) {
		in.Serial = 3
		bringing(supplier(t, nil))(in)
	})
	if opt.Seen, err = verify.ParseSeen(second); err != nil {
		t.Fatal(err)
	}
	if bad := failing(verify.Bundle(back, opt)); len(bad) != 1 || bad[0].Name != verify.StepReplay || bad[0].Bundle != upstreamName {
		t.Errorf("an older bundle of the supplier came through: %+v", bad)
	}
	if same := verify.Bundle(first, verify.Options{Seen: []verify.Seen{}}); len(same.Changes) != 0 {
		t.Errorf("%+v", same.Changes)
	}
}

func FuzzLetters(f *testing.F) {
	f.Add(letter(f, verify.RequestFormat, request()))
	f.Add([]byte(`{"envelope":{}}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		verify.LetterFormat(b)
		_, _, _ = verify.OpenRequest(b)
		_, _, _ = verify.OpenReceipt(b)
		_, _ = verify.ParseRevocations(b)
	})
}
