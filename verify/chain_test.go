package verify_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/verify"

	"golang.org/x/mod/sumdb/tlog"
)

const upstreamName = "upstream/parts.tasuki.json"

// supplier makes the bundle of an example supplier of parts, changed by change (which may be nil).
func supplier(t testing.TB, change func(*declare.Input)) []byte {
	t.Helper()
	in := declaretest.Input()
	in.ID, in.Series = "urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-000000000002", "part-7"
	in.Issuer = verify.Issuer{ID: "party-parts", Name: "見本部品株式会社", Address: "大阪府見本市4-5-6", Contact: "psirt@parts.example"}
	in.Object.Name = "見本ライブラリ"
	if change != nil {
		change(&in)
	}
	b, _, err := declare.Make(in, declare.HandOver{}, declaretest.Key("parts"))
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	return b
}

func bringing(up []byte) func(*declare.Input) {
	return func(in *declare.Input) {
		in.Supporting = append(in.Supporting, declare.Document{Name: upstreamName, Kind: verify.Upstream, MediaType: verify.BundleMediaType, Content: up})
	}
}

// chain makes a vendor's bundle that brings its supplier's.
func chain(t testing.TB, change func(*declare.Input)) []byte {
	return declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) { bringing(supplier(t, change))(in) })
}

func TestChainIsWalkedToItsEnd(t *testing.T) {
	b := chain(t, nil)
	r := verify.Bundle(b, options())
	if !r.OK || len(r.Chain) != 2 {
		t.Fatalf("ok %v, chain of %d: %+v", r.OK, len(r.Chain), failing(r))
	}
	if l := r.Chain[1]; l.Bundle != upstreamName || l.Depth != 1 || l.Issuer != "見本部品株式会社" || l.Trust != verify.Introduced || l.TrustedAs != "見本ソフトウェア株式会社" {
		t.Errorf("%+v", l)
	}
	if !slices.Contains(notChecked(r), "introduced_signer") {
		t.Error("it is not said that the supplier's key is known by introduction only")
	}
	opt := options()
	opt.Trust = declaretest.Trust("vendor", "parts")
	if r := verify.Bundle(b, opt); !r.OK || r.Chain[1].Trust != verify.Direct {
		t.Errorf("ok %v, trust %q", r.OK, r.Chain[1].Trust)
	}
	opt.Trust = declaretest.Trust("parts")
	if r := verify.Bundle(b, opt); r.OK || r.Chain[0].Trust != verify.Unknown {
		t.Error("a trusted supplier made an unknown vendor trusted")
	}
	opt.Trust = declaretest.Trust("other")
	if r := verify.Bundle(b, opt); r.OK || r.Chain[1].Trust != verify.Unknown {
		t.Error("an unknown vendor introduced its supplier")
	}
}

func TestChainByDigest(t *testing.T) {
	b := declaretest.Bundle(t, func(in *declare.Input, to *declare.HandOver) {
		bringing(supplier(t, nil))(in)
		to.ByDigest = []string{upstreamName}
	})
	r := verify.Bundle(b, options())
	if !r.OK || len(r.Chain) != 2 || r.Chain[1].Embedded || !slices.Contains(notChecked(r), "upstream_by_digest") {
		t.Errorf("ok %v, %+v, %v", r.OK, r.Chain, notChecked(r))
	}
}

// TestBrokenChainIsFound nests bundles that do not hold, under a vendor who signs that they do.
func TestBrokenChainIsFound(t *testing.T) {
	good := supplier(t, nil)
	damaged := slices.Clone(good)
	damaged[len(damaged)/2] ^= 1
	expired := supplier(t, func(in *declare.Input) { in.Until = declaretest.Now.AddDate(0, 0, 7) })
	standard := func(in *declare.Input) {
		in.Level = guideline.Standard
		in.Answers = declaretest.Answers(*in, in.Answers[0].Evidence...)
	}
	for _, c := range []struct {
		name, step string
		up         []byte
		input      func(*declare.Input)
		signer     string
	}{
		{"a damaged bundle", verify.StepMembers, damaged, nil, "parts"},
		{"no bundle at all", verify.StepForm, []byte("PK\x03\x04"), nil, "parts"},
		{"one that expired", verify.StepValidity, expired, nil, "parts"},
		{"one at a lower level", verify.StepUpstream, good, standard, "parts"},
		{"one signed by somebody else", verify.StepTrust, good, nil, "other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := forge(t, c.input, func(f *forgery) {
				f.Documents = append(f.Documents, declare.Document{Name: upstreamName, Kind: verify.Upstream, MediaType: verify.BundleMediaType, Content: c.up})
				f.Declaration.Supporting = append(f.Declaration.Supporting, verify.Resource{Name: upstreamName, Kind: verify.Upstream, MediaType: verify.BundleMediaType,
					Digest: verify.Digest(c.up), Size: int64(len(c.up)), Signer: verify.Fingerprint(declaretest.Key(c.signer).Public().(ed25519.PublicKey))})
			})
			r := verify.Bundle(b, options())
			bad := failing(r)
			if r.OK || len(bad) == 0 || bad[0].Name != c.step {
				t.Fatalf("got %+v, want %q to fail first", bad, c.step)
			}
			for _, step := range bad {
				if step.Bundle != upstreamName {
					t.Errorf("the broken bundle is not named: %+v", step)
				}
			}
			if !r.Chain[0].OK || r.Chain[1].OK {
				t.Errorf("the vendor's own steps are ok and the supplier's are not, but: %+v", r.Chain)
			}
			if code := verify.ExitCode(r); code != 5 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

func TestDepthIsLimited(t *testing.T) {
	b := supplier(t, nil)
	for range 3 {
		up := b
		b = declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) { bringing(up)(in) })
	}
	opt := options()
	opt.Trust = declaretest.Trust("vendor", "parts")
	if r := verify.Bundle(b, opt); !r.OK || len(r.Chain) != 4 || r.Chain[3].Depth != 3 {
		t.Errorf("ok %v, chain of %d", r.OK, len(r.Chain))
	}
	opt.MaxDepth = 2
	if r := verify.Bundle(b, opt); r.OK || failing(r)[0].Name != verify.StepUpstream {
		t.Errorf("ok %v, %+v", r.OK, failing(r))
	}
}

func TestLedgerProof(t *testing.T) {
	logKey := declaretest.Key("ledger")
	in := declaretest.Input()
	in.Ledger = &verify.LedgerKey{Origin: "ledger.vendor.example", Key: logKey.Public().(ed25519.PublicKey)}
	s, err := declare.Sign(in, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	entries := [][]byte{[]byte("a"), []byte("b"), entered(t, verify.Issued, s.Digest), entered(t, verify.Issued, verify.Digest(nil)), []byte("c")}
	prove := func(i int) *verify.Proof {
		p := logged(t, in.Ledger.Origin, logKey, entries, i)
		return &p
	}
	b, err := declare.Pack(s, declare.HandOver{Proof: prove(2)}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	r := verify.Bundle(b, options())
	if !r.OK || !slices.Equal(notChecked(r), []string{"files"}) || !slices.ContainsFunc(r.Steps, func(s verify.Step) bool { return s.Name == verify.StepLedger }) {
		t.Errorf("ok %v, %+v, %v", r.OK, failing(r), notChecked(r))
	}
	witness := declaretest.Key("witness")
	known := verify.WitnessKey{Name: "witness.example/w1", Key: witness.Public().(ed25519.PublicKey)}
	opt := options()
	opt.Witnesses = []verify.WitnessKey{known}
	if r := verify.Bundle(b, opt); r.OK || failing(r)[0].Name != verify.StepWitness {
		t.Errorf("without a witness's signature: ok %v, %+v", r.OK, failing(r))
	}
	line, _, err := ledger.Cosign(ledger.Growth{Checkpoint: prove(2).Checkpoint}, tlog.Tree{}, *in.Ledger, known.Name, witness, declaretest.Now)
	if err != nil {
		t.Fatal(err)
	}
	seen := clone(t, *prove(2))
	seen.Checkpoint += line
	if b, err = declare.Pack(s, declare.HandOver{Proof: &seen}, declaretest.Key("vendor")); err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	if r := verify.Bundle(b, opt); !r.OK || !slices.ContainsFunc(r.Steps, func(s verify.Step) bool { return s.Name == verify.StepWitness }) {
		t.Errorf("with a witness's signature: ok %v, %+v", r.OK, failing(r))
	}
	other := clone(t, *prove(2))
	other.Checkpoint = strings.Replace(other.Checkpoint, "ledger.vendor.example\n5", "ledger.vendor.example\n6", 1)
	moved := clone(t, *prove(2))
	moved.Index = 1
	for name, p := range map[string]*verify.Proof{"about another declaration": prove(3), "with a changed checkpoint": &other, "of another place": &moved} {
		if _, err := declare.Pack(s, declare.HandOver{Proof: p}, declaretest.Key("vendor")); err == nil || !strings.Contains(err.Error(), verify.ProofMember) {
			t.Errorf("a proof %s was accepted: %v", name, err)
		}
	}
}
