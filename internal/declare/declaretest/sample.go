// Package declaretest gives tests a small declaration with fixed keys, times and salts. The organisations in it are
// examples, and its keys must never be trusted outside tests: everybody has them.
package declaretest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Now is the time of everything in the samples.
var Now = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// Key gives the fixed key of a name.
func Key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("tasuki test key, never to be trusted: " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// Trust trusts the fixed keys of these names.
func Trust(names ...string) []verify.TrustedKey {
	var out []verify.TrustedKey
	for _, n := range names {
		out = append(out, verify.TrustedKey{Name: n, Key: Key(n).Public().(ed25519.PublicKey)})
	}
	return out
}

// Input gives a declaration of an example vendor as supplier at the minimum level, every duty met, with an SBOM and a
// test report behind it. Callers change it as they need.
func Input() declare.Input {
	sbom := []byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}`)
	report := []byte("<testsuite tests=\"1\" failures=\"0\"/>\n")
	in := declare.Input{
		ID: "urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-000000000001", Series: "software-1", Serial: 1,
		Issuer: verify.Issuer{ID: "party-vendor", Name: "見本ソフトウェア株式会社", NameEN: "Sample Software K.K.",
			Address: "東京都見本区1-2-3", Contact: "psirt@vendor.example"},
		Object: verify.Object{Name: "見本アプリ", Kind: "product", Version: "1.2.0",
			Artifacts: []verify.Artifact{{Name: "app-1.2.0.tar.gz", Digest: verify.Digest([]byte("artifact")), Size: 8}}},
		Level:       guideline.Minimum,
		Scope:       []verify.Scope{{Role: guideline.Supplier, Stance: guideline.Principal}},
		Assessment:  verify.Assessment{At: Now.Add(-time.Hour)},
		Signer:      verify.Person{ID: "user-1", Name: "見本 太郎", Title: "代表取締役"},
		Place:       "東京都見本区",
		Limitations: []lang.Text{lang.T("評価用の構成は対象外です。", "Trial configurations are not covered.")},
		Approvals: []verify.Approval{{Step: verify.Reviewed, By: verify.Person{ID: "user-2", Name: "見本 花子", Title: "品質保証部長"},
			At: Now.Add(-time.Minute), Authenticated: "password+totp"}},
		Supporting: []declare.Document{
			{Name: "sbom/app.cdx.json", Kind: verify.SBOM, MediaType: "application/vnd.cyclonedx+json", Content: sbom},
			{Name: "evidence/0001", Kind: verify.Evidence, MediaType: "application/xml", Content: report},
		},
		Now: Now, Salts: Salts(),
	}
	in.Answers = Answers(in, verify.Digest(report))
	return in
}

// Answers gives an answer, met, to every duty of the input's scope, with this evidence.
func Answers(in declare.Input, evidence ...string) []verify.Answer {
	var out []verify.Answer
	for _, d := range (verify.Requirements{Level: in.Level, Scope: in.Scope}).Duties(guideline.Default()) {
		out = append(out, verify.Answer{Party: d.Party, Role: d.Role, Requirement: d.Requirement, Status: verify.Met, Basis: verify.Automatic,
			Reasons: []lang.Text{lang.T("確認済み", "checked")}, Evidence: evidence, ValidUntil: Now.AddDate(0, 6, 0)})
	}
	return out
}

// Salts gives an endless fixed stream.
func Salts() io.Reader { return &salts{} }

type salts struct {
	n    int
	rest bytes.Buffer
}

func (s *salts) Read(p []byte) (int, error) {
	for s.rest.Len() < len(p) {
		sum := sha256.Sum256([]byte{byte(s.n), byte(s.n >> 8), 's'})
		s.rest.Write(sum[:])
		s.n++
	}
	return s.rest.Read(p)
}

// Bundle makes the sample, changed by change (which may be nil), signed with the key named "vendor".
func Bundle(t testing.TB, change func(*declare.Input, *declare.HandOver)) []byte {
	t.Helper()
	in, to := Input(), declare.HandOver{}
	if change != nil {
		change(&in, &to)
	}
	b, _, err := declare.Make(in, to, Key("vendor"))
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return b
}
