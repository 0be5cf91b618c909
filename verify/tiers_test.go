package verify_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// tiers makes a bundle five deep: each issuer brings the bundle of the one below, and the third hands its supplier's on
// without answers and documents.
func tiers(t testing.TB) []byte {
	t.Helper()
	var below []byte
	for tier := 5; tier >= 1; tier-- {
		in := declaretest.Input()
		smallest(&in, nil)
		name := fmt.Sprintf("tier-%d", tier)
		in.ID, in.Series, in.Object.Name = "urn:example:"+name, name, name
		in.Issuer.ID, in.Issuer.Name = name, "見本"+name
		if tier == 1 {
			name = "vendor"
		}
		if below != nil {
			bringing(below)(&in)
			in.Engaged = []verify.Engaged{{Name: fmt.Sprintf("見本tier-%d", tier+1), Roles: []guideline.Role{guideline.Supplier}, Bundle: upstreamName}}
		}
		b, _, err := declare.Make(in, declare.HandOver{}, declaretest.Key(name))
		if err != nil {
			t.Fatal(lang.Explain(err, lang.EN))
		}
		if below = b; tier == 4 {
			s, _, err := declare.Reopen(b)
			if err != nil {
				t.Fatal(err)
			}
			to := declare.HandOver{Sender: verify.Issuer{ID: "tier-3", Name: "見本tier-3", Address: "見本"}}
			if below, err = declare.Pack(s, declare.Redacted(s, to, "confidential"), declaretest.Key("tier-3")); err != nil {
				t.Fatal(lang.Explain(err, lang.EN))
			}
		}
	}
	return below
}

// TestTenThousandChangesOfFiveTiers changes one byte at a time, anywhere in the bundle of five tiers. Every change is
// found, named, and gives exit code 5 or 6.
func TestTenThousandChangesOfFiveTiers(t *testing.T) {
	b, opt := tiers(t), options()
	opt.RequireChain = true
	r := verify.Bundle(b, opt)
	if !r.OK || len(r.Chain) != 5 || r.Chain[3].Shown != 0 || r.Chain[4].Shown == 0 {
		t.Fatalf("ok %v, chain of %d: %+v", r.OK, len(r.Chain), failing(r))
	}
	n := 10000
	if testing.Short() {
		n = 500
	}
	random := rand.New(rand.NewPCG(5, 10000))
	codes := map[int]int{}
	for range n {
		i, was := random.IntN(len(b)), byte(0)
		was, b[i] = b[i], b[i]^byte(1+random.IntN(255))
		codes[refused(t, b, opt, i)]++
		b[i] = was
	}
	t.Logf("%d changes of %d bytes: exit code 5 %d times, 6 %d times", n, len(b), codes[5], codes[6])
}
