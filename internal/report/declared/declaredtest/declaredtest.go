// Package declaredtest makes sample documents for the tests of everything that writes them out.
//
// Start from [Declaration], [Report] and [Unsigned]. All are made by signing and opening real bundles.
package declaredtest

import (
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// Declaration is a signed declaration of a supplier at the minimum level, everything met.
func Declaration(t testing.TB) declared.Document {
	t.Helper()
	return open(t, declaretest.Bundle(t, nil))
}

// Unsigned is the same state of affairs, signed by nobody.
func Unsigned(t testing.TB) declared.Document {
	t.Helper()
	d := Declaration(t)
	var answers []verify.Answer
	for _, a := range d.Answers {
		answers = append(answers, *a)
	}
	out, err := declared.Unsigned(d.Declaration, answers)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func open(t testing.TB, bundle []byte) declared.Document {
	t.Helper()
	o, err := verify.Open(bundle)
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return declared.Of(o)
}

// Report is a signed status report in which every status, an exception, an exclusion, a withheld answer, words without
// evidence, a relaxed threshold and more artifacts than the first page shows occur.
func Report(t testing.TB) declared.Document {
	t.Helper()
	b := declaretest.Bundle(t, func(in *declare.Input, to *declare.HandOver) {
		in.Scope = append(in.Scope, verify.Scope{Role: guideline.Developer, Party: "開発第一部"})
		in.Answers = declaretest.Answers(*in, in.Answers[0].Evidence...)
		in.Approvals = append(in.Approvals, verify.Approval{Step: verify.Drafted, By: verify.Person{ID: "user-3", Name: "例示 一郎"}, At: declaretest.Now.Add(-time.Hour), Authenticated: "account"})
		in.Assessment.Relaxed = []verify.Relaxed{{Name: "evidence.max_age_days", Default: "365", Value: "500"}}
		for _, name := range []string{"app.rpm", "app.deb", "app.msi"} {
			in.Object.Artifacts = append(in.Object.Artifacts, verify.Artifact{Name: name, Digest: verify.Digest([]byte(name)), Size: 1234567})
		}
		boss := verify.Person{ID: "user-2", Name: "見本 花子", Title: "品質保証部長"}
		for i, s := range []verify.Status{verify.MetWithException, verify.PartlyMet, verify.NotMet, verify.NotApplicable, verify.NotAssessed, verify.Met} {
			a := &in.Answers[i]
			a.Status, a.Evidence = s, nil
			switch s {
			case verify.MetWithException:
				a.Exception = &verify.Exception{ID: "X-1", Reason: "更改までの間、手作業で確認しています。", Approver: boss, Until: declaretest.Now.AddDate(0, 3, 0)}
			case verify.NotApplicable:
				in.Exclusions = append(in.Exclusions, verify.Exclusion{Role: a.Role, Party: a.Party, Requirement: a.Requirement, Reason: "実行ファイルを配布していません。", Approver: boss})
			case verify.Met:
				a.Basis, a.Reasons = verify.Claim, []lang.Text{lang.T("担当者の申告です。", "somebody says so")}
			}
		}
		in.Answers[8].Reasons = []lang.Text{lang.T(strings.Repeat("長い理由でも一行も失われません。", 200), strings.Repeat("No line of a long reason is lost. ", 200))}
		to.Withhold = map[verify.Duty]string{in.Answers[7].Duty(): "契約により非開示"}
	})
	return open(t, b)
}
