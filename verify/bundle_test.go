package verify_test

import (
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"math/rand/v2"
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

// options is a reader who trusts the vendor and brings everything else as well.
func options() verify.Options {
	return verify.Options{Trust: declaretest.Trust("vendor"), At: declaretest.Now.AddDate(0, 1, 0),
		RequireLevel: guideline.Minimum, Seen: []verify.Seen{}, Revocations: []verify.Revocation{}}
}

func failing(r verify.Report) []verify.Step {
	return slices.DeleteFunc(slices.Clone(r.Steps), func(s verify.Step) bool { return s.OK })
}

func notChecked(r verify.Report) []string {
	var out []string
	for _, u := range r.NotChecked {
		out = append(out, u.Name)
	}
	return out
}

func TestBundleHolds(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	r := verify.Bundle(b, options())
	if !r.OK || verify.ExitCode(r) != 0 {
		t.Fatalf("not ok: %+v", failing(r))
	}
	if got := notChecked(r); !slices.Equal(got, []string{"files", "ledger"}) {
		t.Errorf("not checked: %v, want only files and ledger", got)
	}
	if l := r.Chain[0]; len(r.Chain) != 1 || l.Kind != verify.SelfDeclaration || l.Trust != verify.Direct || l.TrustedAs != "vendor" || l.Serial != 1 {
		t.Errorf("chain %+v", r.Chain)
	}
}

func TestWhatWasNotGivenIsNamed(t *testing.T) {
	r := verify.Bundle(declaretest.Bundle(t, nil), verify.Options{})
	want := []string{"trust", "required_level", "earlier_bundles", "revocations", "time", "files", "ledger"}
	if got := notChecked(r); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if bad := failing(r); r.OK || verify.ExitCode(r) != 5 || len(bad) != 1 || bad[0].Name != verify.StepTrust {
		t.Errorf("an unknown signer must be the one thing that fails: %+v", bad)
	} else if fp := verify.Fingerprint(declaretest.Key("vendor").Public().(ed25519.PublicKey)); !strings.Contains(bad[0].Detail.EN, fp) {
		t.Errorf("the fingerprint seen is not named: %s", bad[0].Detail.EN)
	}
}

// TestReaderDecides holds the same good bundle against what different readers bring.
func TestReaderDecides(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	o, err := verify.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	vendor := verify.Fingerprint(o.DeclarationKey)
	seen := func(serial int64, digest string) func(*verify.Options) {
		return func(opt *verify.Options) {
			s := o.Seen()
			s.Serial, s.Digest = serial, digest
			opt.Seen = []verify.Seen{s}
		}
	}
	for _, c := range []struct {
		name, step string // step that fails; empty: ok
		bring      func(*verify.Options)
	}{
		{"another key", verify.StepTrust, func(opt *verify.Options) { opt.Trust = declaretest.Trust("other") }},
		{"the key, for another issuer", verify.StepTrust, func(opt *verify.Options) { opt.Trust[0].Issuer = "party-other" }},
		{"the key, for this issuer", "", func(opt *verify.Options) { opt.Trust[0].Issuer = "party-vendor" }},
		{"the key, from later on", verify.StepTrust, func(opt *verify.Options) { opt.Trust[0].From = declaretest.Now.Add(1) }},
		{"the key, until before", verify.StepTrust, func(opt *verify.Options) { opt.Trust[0].Until = declaretest.Now.Add(-1) }},
		{"a time before", verify.StepValidity, func(opt *verify.Options) { opt.At = declaretest.Now.Add(-time.Second) }},
		{"the first moment", "", func(opt *verify.Options) { opt.At = declaretest.Now }},
		{"the last moment", "", func(opt *verify.Options) { opt.At = o.Declaration.Validity.Until }},
		{"a time after", verify.StepValidity, func(opt *verify.Options) { opt.At = o.Declaration.Validity.Until.Add(time.Second) }},
		{"a later declaration", verify.StepReplay, seen(2, verify.Digest(nil))},
		{"the same declaration", "", seen(1, verify.Digest(o.Envelope))},
		{"another declaration of the same serial", verify.StepReplay, seen(1, verify.Digest(nil))},
		{"an earlier declaration", "", seen(0, verify.Digest(nil))},
		{"a later declaration about another version", "", func(opt *verify.Options) {
			opt.Seen = []verify.Seen{{Issuer: "party-vendor", Series: "software-1", Version: "2.0.0", Serial: 9}}
		}},
		{"the key revoked", verify.StepRevocations, func(opt *verify.Options) { opt.Revocations = []verify.Revocation{{Key: vendor}} }},
		{"the key revoked from earlier on", verify.StepRevocations, func(opt *verify.Options) {
			opt.Revocations = []verify.Revocation{{Key: vendor, From: declaretest.Now}}
		}},
		{"the key revoked from later on", "", func(opt *verify.Options) {
			opt.Revocations = []verify.Revocation{{Key: vendor, From: declaretest.Now.Add(time.Second)}}
		}},
		{"the declaration revoked by id", verify.StepRevocations, func(opt *verify.Options) {
			opt.Revocations = []verify.Revocation{{Declaration: o.Declaration.ID}}
		}},
		{"the declaration revoked by digest", verify.StepRevocations, func(opt *verify.Options) {
			opt.Revocations = []verify.Revocation{{Declaration: verify.Digest(o.Envelope)}}
		}},
		{"another key revoked", "", func(opt *verify.Options) { opt.Revocations = []verify.Revocation{{Key: verify.Digest(nil)}} }},
		{"a higher level", verify.StepLevel, func(opt *verify.Options) { opt.RequireLevel = guideline.Standard }},
		{"a smaller size limit", verify.StepForm, func(opt *verify.Options) { opt.MaxBytes = int64(len(b)) - 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			c.bring(&opt)
			r := verify.Bundle(b, opt)
			bad := failing(r)
			if c.step == "" {
				if !r.OK {
					t.Errorf("not ok: %+v", bad)
				}
			} else if r.OK || len(bad) != 1 || bad[0].Name != c.step {
				t.Errorf("got %+v, want %q alone to fail", bad, c.step)
			}
		})
	}
}

func TestStatusReport(t *testing.T) {
	open := func(i int, status verify.Status) []byte {
		return declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) {
			in.Level = guideline.Standard
			in.Answers = declaretest.Answers(*in, in.Answers[0].Evidence...)
			in.Answers[i].Status, in.Answers[i].ValidUntil = status, time.Time{}
		})
	}
	// Of the supplier's standard duties the first that is no minimum duty:
	minimum := guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Minimum)
	extra := slices.IndexFunc(guideline.Default().Duties([]guideline.Role{guideline.Supplier}, guideline.Standard),
		func(id guideline.ID) bool { return !slices.Contains(minimum, id) })
	inMinimum := 0
	if extra == 0 {
		inMinimum = 1
	}
	for _, c := range []struct {
		name    string
		b       []byte
		require guideline.Level
		ok      bool
	}{
		{"no level asked", open(inMinimum, verify.NotMet), "", true},
		{"minimum asked, a minimum duty open", open(inMinimum, verify.PartlyMet), guideline.Minimum, false},
		{"minimum asked, only a standard duty open", open(extra, verify.NotAssessed), guideline.Minimum, true},
		{"standard asked, a standard duty open", open(extra, verify.NotMet), guideline.Standard, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.RequireLevel = c.require
			r := verify.Bundle(c.b, opt)
			if r.Chain[0].Kind != verify.StatusReport || r.OK != c.ok {
				t.Errorf("kind %q, ok %v: %+v", r.Chain[0].Kind, r.OK, failing(r))
			}
		})
	}
}

// damage says how thorough the two tests below are: -damage 10000 flips every bit of the small bundle.
var damage = flag.Int("damage", 1000, "number of random changes to a bundle; 10000 and more also flip every bit of a small one")

// TestEveryFlippedByteIsFound flips two bits of every byte of a small bundle, one at a time: the one that makes
// a letter large or small, and another.
func TestEveryFlippedByteIsFound(t *testing.T) {
	b := declaretest.Bundle(t, smallest)
	opt := options()
	for i := range b {
		bits := []int{5, i % 5}
		if *damage >= 10000 {
			bits = []int{0, 1, 2, 3, 4, 5, 6, 7}
		}
		for _, bit := range bits {
			b[i] ^= 1 << bit
			refused(t, b, opt, i)
			b[i] ^= 1 << bit
		}
	}
	t.Logf("%d bytes", len(b))
}

// smallest makes a bundle with one duty and one document.
func smallest(in *declare.Input, _ *declare.HandOver) {
	in.Scope = []verify.Scope{{Role: guideline.Supplier, Stance: guideline.Support, Passed: []guideline.ID{in.Answers[0].Requirement}}}
	in.Answers, in.Supporting = in.Answers[:1], in.Supporting[:1]
	in.Answers[0].Evidence = []string{}
}

// refused wants a bundle refused with a place and in words, and gives the exit code.
func refused(t *testing.T, b []byte, opt verify.Options, place int) int {
	t.Helper()
	r := verify.Bundle(b, opt)
	code := verify.ExitCode(r)
	if r.OK || code != 5 && code != 6 {
		t.Fatalf("byte %d of %d: ok %v, exit code %d", place, len(b), r.OK, code)
	}
	if f := failing(r)[0]; f.Where == "" || f.Detail.JA == "" || f.Detail.EN == "" {
		t.Fatalf("byte %d of %d: no place or no words: %+v", place, len(b), f)
	}
	return code
}

// TestDamageIsFound changes, cuts, inserts, repeats and exchanges bytes of a bundle that holds another bundle.
func TestDamageIsFound(t *testing.T) {
	whole := chain(t, nil)
	random := rand.New(rand.NewPCG(1, 2))
	for range *damage {
		b, i, j := slices.Clone(whole), random.IntN(len(whole)), random.IntN(len(whole))
		switch random.IntN(5) {
		case 0:
			b[i] ^= byte(1 + random.IntN(255))
		case 1:
			b = b[:i]
		case 2:
			b = slices.Insert(b, i, b[j])
		case 3:
			b = slices.Delete(b, i, i+1)
		case 4:
			b[i], b[j] = b[j], b[i]
		}
		if slices.Equal(b, whole) {
			continue
		}
		refused(t, b, options(), i)
	}
	for _, tail := range []string{" ", "\n", "\x00", "{}"} {
		refused(t, append(slices.Clone(whole), tail...), options(), len(whole))
	}
}

func TestWithheldNowShownLater(t *testing.T) {
	in := declaretest.Input()
	in.Answers[0].Reasons = []lang.Text{lang.T("秘密の事情", "a secret")}
	s, err := declare.Sign(in, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	first := in.Answers[0].Duty()
	now, err := declare.Pack(s, declare.HandOver{Withhold: map[verify.Duty]string{first: "契約前のため"}, ByDigest: []string{"evidence/0001"}}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	r := verify.Bundle(now, options())
	if !r.OK || r.Chain[0].Withheld != 1 || !slices.Contains(notChecked(r), "withheld_answers") || !slices.Contains(notChecked(r), "documents_by_digest") {
		t.Fatalf("ok %v, %+v, %+v", r.OK, failing(r), r.NotChecked)
	}
	o, err := verify.Open(now)
	if err != nil {
		t.Fatal(err)
	}
	if o.Answers[0] != nil || o.Answers[1] == nil || o.Member("evidence/0001") != nil {
		t.Error("what is withheld is shown, or the other way round")
	}
	later, err := declare.Pack(s, declare.HandOver{ID: "2", Recipient: verify.Recipient{Name: "見本商事"}}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := verify.Open(later)
	if err != nil {
		t.Fatal(err)
	}
	if string(p.Envelope) != string(o.Envelope) || p.Answers[0].Reasons[0].EN != "a secret" {
		t.Error("showing it later took a new declaration")
	}
}

// TestHandedOnByAnother has a reseller pass the vendor's declaration on under its own name.
func TestHandedOnByAnother(t *testing.T) {
	s, err := declare.Sign(declaretest.Input(), declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := declare.Pack(s, declare.HandOver{Sender: verify.Issuer{ID: "party-reseller", Name: "見本商事"}}, declaretest.Key("reseller"))
	if err != nil {
		t.Fatal(err)
	}
	if r := verify.Bundle(b, options()); r.OK || failing(r)[0].Name != verify.StepTrust {
		t.Errorf("an unknown sender was accepted: %+v", r.Steps)
	}
	opt := options()
	opt.Trust = declaretest.Trust("vendor", "reseller")
	if r := verify.Bundle(b, opt); !r.OK {
		t.Errorf("not ok: %+v", failing(r))
	}
}

func TestSmallestBundleTellsWhatItLacks(t *testing.T) {
	r := verify.Bundle(declaretest.Bundle(t, func(in *declare.Input, _ *declare.HandOver) {
		in.Object.Artifacts, in.Supporting = nil, nil
		for i := range in.Answers {
			in.Answers[i].Evidence, in.Answers[i].Basis = nil, verify.Claim
		}
	}), options())
	if !r.OK || !slices.Equal(notChecked(r), []string{"artifacts", "sbom", "ledger"}) {
		t.Errorf("ok %v, %v, %+v", r.OK, notChecked(r), failing(r))
	}
	if c := r.Chain[0].Counts; c.StatedOnly != c.Duties {
		t.Errorf("stated only %d of %d", c.StatedOnly, c.Duties)
	}
}

func FuzzBundle(f *testing.F) {
	small := declaretest.Bundle(f, smallest)
	f.Add(small)
	f.Add([]byte(`{"format":"tasuki-bundle/v1","keys":[],"manifest":{"payload":"","payloadType":"","signatures":[]},"members":[]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r := verify.Bundle(b, options()); r.OK && string(b) != string(small) {
			t.Errorf("accepted %q", b)
		}
	})
}

// FuzzSignedStatement lets a trusted signer sign anything as a declaration. What can be read as one is brought into
// canonical form first, so that the fuzzer gets past the form.
func FuzzSignedStatement(f *testing.F) {
	f.Add(read(f, "testdata/declaration.statement.json"))
	o, err := verify.Open(declaretest.Bundle(f, nil))
	if err != nil {
		f.Fatal(err)
	}
	good := marshal(f, verify.Statement[verify.Declaration]{Type: verify.StatementType, PredicateType: verify.DeclarationType, Subject: o.Subjects, Predicate: o.Declaration})
	f.Add(good)
	key := declaretest.Key("vendor")
	f.Fuzz(func(t *testing.T, payload []byte) {
		var st verify.Statement[verify.Declaration]
		if json.Unmarshal(payload, &st) == nil {
			if b, err := verify.Marshal(st); err == nil {
				payload = b
			}
		}
		envelope := marshal(t, verify.Envelope{PayloadType: verify.PayloadType, Payload: append([]byte{}, payload...), Signatures: []verify.Signature{{
			KeyID: verify.Fingerprint(key.Public().(ed25519.PublicKey)), Sig: ed25519.Sign(key, verify.PAE(verify.PayloadType, payload))}}})
		m := verify.Member{Name: verify.DeclarationMember, MediaType: verify.EnvelopeMediaType, Digest: verify.Digest(envelope), Size: int64(len(envelope)), Content: envelope}
		manifest := verify.Manifest{Members: []verify.ManifestMember{{Name: m.Name, Kind: verify.DeclarationKind, MediaType: m.MediaType, Digest: m.Digest, Size: m.Size, Embedded: true}},
			CreatedAt: declaretest.Now, Shown: []int{}, Withheld: []verify.Withheld{}}
		for i := range len(o.Declaration.Commitments) {
			manifest.Withheld = append(manifest.Withheld, verify.Withheld{Index: i})
		}
		b := marshal(t, verify.File{Format: verify.BundleFormat, Keys: [][]byte{key.Public().(ed25519.PublicKey)}, Members: []verify.Member{m},
			Manifest: sign(t, key, verify.Statement[verify.Manifest]{Type: verify.StatementType, PredicateType: verify.ManifestType, Subject: manifest.Subjects(), Predicate: manifest})})
		r := verify.Bundle(b, options())
		for _, s := range r.Steps[:4] {
			if !s.OK && s.Name != verify.StepDeclaration {
				t.Fatalf("the payload was never looked at: %+v", s)
			}
			if !s.OK {
				break
			}
		}
	})
}
