package declare_test

import (
	"bytes"
	"errors"
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

func made(t *testing.T, change func(*declare.Input)) (*declare.Signed, []byte) {
	t.Helper()
	in := declaretest.Input()
	if change != nil {
		change(&in)
	}
	b, s, err := declare.Make(in, declare.HandOver{}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return s, b
}

func TestSameInputSameBytes(t *testing.T) {
	_, first := made(t, nil)
	_, again := made(t, func(in *declare.Input) {
		slices.Reverse(in.Answers)
		slices.Reverse(in.Supporting)
		slices.Reverse(in.Object.Artifacts)
		in.Now = in.Now.In(time.FixedZone("JST", 9*3600)).Add(time.Millisecond)
	})
	if !bytes.Equal(first, again) {
		t.Error("order, time zone or fractions of a second of the input show in the bundle")
	}
	_, other := made(t, func(in *declare.Input) { _, _ = in.Salts.Read(make([]byte, 1)) })
	if bytes.Equal(first, other) {
		t.Error("the salts do not show in the bundle")
	}
}

// TestKind follows the truth table of what may be called a declaration.
func TestKind(t *testing.T) {
	person := verify.Person{ID: "user-2", Name: "見本 花子"}
	for status, want := range map[verify.Status]verify.Kind{
		verify.Met: verify.SelfDeclaration, verify.MetWithException: verify.SelfDeclaration, verify.NotApplicable: verify.SelfDeclaration,
		verify.PartlyMet: verify.StatusReport, verify.NotMet: verify.StatusReport, verify.NotAssessed: verify.StatusReport,
	} {
		s, _ := made(t, func(in *declare.Input) {
			a := &in.Answers[2]
			a.Status = status
			switch status {
			case verify.MetWithException:
				a.Exception = &verify.Exception{Reason: "代替策あり", Approver: person, Until: declaretest.Now.AddDate(0, 3, 0)}
			case verify.NotApplicable:
				in.Exclusions = []verify.Exclusion{{Role: a.Role, Requirement: a.Requirement, Reason: "提供しない", Approver: person}}
			}
		})
		d := s.Declaration
		if d.Kind != want || d.Conformity != verify.Conformity(want, guideline.Minimum) {
			t.Errorf("%s: kind %q, want %q", status, d.Kind, want)
		}
		if until := declaretest.Now.AddDate(0, 3, 0); status == verify.MetWithException && !d.Validity.Until.Equal(until) {
			t.Errorf("valid until %v, want the end of the exception, %v", d.Validity.Until, until)
		}
		if d.Counts.Duties != len(d.Commitments) || d.Counts.Duties < 3 {
			t.Errorf("%s: %+v", status, d.Counts)
		}
	}
}

func TestTwoRolesCountDutiesAndRequirements(t *testing.T) {
	s, _ := made(t, func(in *declare.Input) {
		in.Scope = []verify.Scope{{Role: guideline.Supplier}, {Role: guideline.Developer}, {Party: "運用部", Role: guideline.Operator, Stance: guideline.Support,
			Passed: guideline.Default().Duties([]guideline.Role{guideline.Operator}, in.Level)[:2]}}
		in.Answers = declaretest.Answers(*in, in.Answers[0].Evidence...)
	})
	both := len(guideline.Default().Duties([]guideline.Role{guideline.Developer}, guideline.Minimum)) +
		len(guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Minimum)) + 2
	distinct := map[guideline.ID]bool{}
	for _, c := range s.Declaration.Commitments {
		distinct[c.Requirement] = true
	}
	if c := s.Declaration.Counts; c.Duties != both || c.Requirements != len(distinct) {
		t.Errorf("%+v, want %d duties on %d requirements", c, both, len(distinct))
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, what string // what: part of the English sentence
		change     func(*declare.Input)
	}{
		{"an answer missing", "there is no answer to supplier", func(in *declare.Input) { in.Answers = in.Answers[1:] }},
		{"two answers", "two answers to supplier", func(in *declare.Input) { in.Answers = append(in.Answers, in.Answers[0]) }},
		{"an answer too many", "does not follow", func(in *declare.Input) {
			in.Answers = append(in.Answers, verify.Answer{Role: guideline.Customer, Requirement: "S(6)-1.1"})
		}},
		{"longer than the evidence", "cannot be valid until 2027-04-01", func(in *declare.Input) { in.Until = declaretest.Now.AddDate(1, 0, 0) }},
		{"evidence that ran out already", "no time for which", func(in *declare.Input) { in.Answers[0].ValidUntil = declaretest.Now.Add(-time.Hour) }},
		{"approved by the signer alone", "nobody but the signer", func(in *declare.Input) { in.Approvals[0].By = in.Signer }},
		{"no address", "a required entry is empty", func(in *declare.Input) { in.Issuer.Address = "" }},
		{"evidence that is not there", "not among the supporting documents", func(in *declare.Input) { in.Answers[0].Evidence = []string{verify.Digest(nil)} }},
		{"a document that is not what it says", "does not match its digest", func(in *declare.Input) { in.Supporting[0].Digest = verify.Digest(nil) }},
		{"a supplier's bundle that is none", "cannot be read as JSON", func(in *declare.Input) {
			in.Supporting = append(in.Supporting, declare.Document{Name: "up", Kind: verify.Upstream, Content: []byte("PK")})
		}},
		{"a document with the name of another", "there twice", func(in *declare.Input) { in.Supporting = append(in.Supporting, in.Supporting[0]) }},
		{"a document with a reserved name", "there twice", func(in *declare.Input) { in.Supporting[1].Name = verify.DeclarationMember }},
		{"not applicable without an exclusion", "do not add up", func(in *declare.Input) { in.Answers[0].Status = verify.NotApplicable }},
		{"text that is not UTF-8", "", func(in *declare.Input) { in.Place = "\xff" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := declaretest.Input()
			c.change(&in)
			b, _, err := declare.Make(in, declare.HandOver{}, declaretest.Key("vendor"))
			if err == nil || b != nil || !strings.Contains(err.Error(), c.what) {
				t.Fatalf("got %v (%d bytes), want %q", err, len(b), c.what)
			}
			var e *lang.Error
			if !errors.As(err, &e) || e.What.JA == "" || e.What.EN == "" {
				t.Errorf("not said for a person: %v", err)
			}
		})
	}
}

func TestNoSalts(t *testing.T) {
	in := declaretest.Input()
	in.Salts = nil
	if _, err := declare.Sign(in, declaretest.Key("vendor")); err == nil {
		t.Error("a declaration was made without salts")
	}
	in.Salts = strings.NewReader("too short")
	if _, err := declare.Sign(in, declaretest.Key("vendor")); err == nil {
		t.Error("a declaration was made with too few salts")
	}
}

func TestInputIsLeftAlone(t *testing.T) {
	in := declaretest.Input()
	slices.Reverse(in.Answers)
	first := in.Answers[0]
	if _, err := declare.Sign(in, declaretest.Key("vendor")); err != nil {
		t.Fatal(err)
	}
	if in.Answers[0].Requirement != first.Requirement || in.Answers[0].Level != first.Level || in.Supporting[0].Name != "sbom/app.cdx.json" {
		t.Error("the caller's values were changed")
	}
}

func BenchmarkMakeAndVerify(b *testing.B) {
	in := declaretest.Input()
	in.Supporting[0].Content = bytes.Repeat([]byte("0123456789abcdef"), 4<<16) // 4 MiB
	var bundle []byte
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			in.Salts = declaretest.Salts()
			s, err := declare.Sign(in, declaretest.Key("vendor"))
			if err != nil {
				b.Fatal(err)
			}
			if bundle, err = declare.Pack(s, declare.HandOver{}, declaretest.Key("vendor")); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(len(bundle)))
	})
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(int64(len(bundle)))
		for b.Loop() {
			if !verify.Bundle(bundle, verify.Options{Trust: declaretest.Trust("vendor")}).OK {
				b.Fatal("not ok")
			}
		}
	})
}
