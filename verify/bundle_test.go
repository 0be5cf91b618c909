package verify_test

import (
	"testing"

	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

func options() verify.Options {
	return verify.Options{Trust: declaretest.Trust("vendor"), At: declaretest.Now.AddDate(0, 1, 0)}
}

func failing(r verify.Report) []verify.Step {
	var out []verify.Step
	for _, s := range r.Steps {
		if !s.OK {
			out = append(out, s)
		}
	}
	return out
}

func TestBundleHolds(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	r := verify.Bundle(b, options())
	if !r.OK || verify.ExitCode(r) != 0 {
		t.Fatalf("not ok: %+v", failing(r))
	}
	t.Logf("%d bytes, %+v", len(b), r.NotChecked)
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	opt := options()
	opt.Seen, opt.Revocations = []verify.Seen{}, []verify.Revocation{}
	for i := range b {
		for _, bit := range []byte{0x01, 0x20, 0x80} {
			b[i] ^= bit
			r := verify.Bundle(b, opt)
			if r.OK {
				t.Fatalf("byte %d of %d, bit %#x: still ok", i, len(b), bit)
			}
			if f := failing(r)[0]; f.Where == "" && f.Name != verify.StepForm {
				t.Errorf("byte %d: no place named: %+v", i, f)
			}
			if c := verify.ExitCode(r); c != 5 && c != 6 {
				t.Fatalf("byte %d: exit code %d", i, c)
			}
			b[i] ^= bit
		}
	}
}
