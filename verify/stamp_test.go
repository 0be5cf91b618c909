package verify_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/timestamp/timestamptest"
	"example.org/tasuki/verify"
)

// stamped gives the sample with a time stamp of an authority that says when.
func stamped(t *testing.T, a *timestamptest.Authority, when time.Time, spoil func([]byte) []byte) []byte {
	t.Helper()
	s, proof, err := declare.Reopen(declaretest.Bundle(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if s.TimeStamp = a.Stamp(t, s.Envelope, when); spoil != nil {
		s.TimeStamp = spoil(s.TimeStamp)
	}
	b, err := declare.Pack(s, declare.HandOver{Proof: proof, Now: declaretest.Now}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A time stamp is checked when the reader trusts an authority, and named as not checked otherwise.
func TestTimeStamp(t *testing.T) {
	a, other := timestamptest.New(t, declaretest.Now), timestamptest.New(t, declaretest.Now)
	soon := declaretest.Now.Add(time.Minute)
	for _, c := range []struct {
		name    string
		when    time.Time
		spoil   func([]byte) []byte
		trusted []*x509.Certificate
		holds   bool
		found   bool // there is a step
	}{
		{"holds", soon, nil, []*x509.Certificate{a.Root}, true, true},
		{"one of two authorities", soon, nil, []*x509.Certificate{other.Root, a.Root}, true, true},
		{"nobody is trusted", soon, nil, nil, true, false},
		{"of somebody else", soon, nil, []*x509.Certificate{other.Root}, false, true},
		{"older than the declaration", declaretest.Now.Add(-time.Hour), nil, []*x509.Certificate{a.Root}, false, true},
		{"of the future", declaretest.Now.Add(time.Hour), nil, []*x509.Certificate{a.Root}, false, true},
		{"about something else", soon, func([]byte) []byte { return a.Stamp(t, []byte("else"), soon) }, []*x509.Certificate{a.Root}, false, true},
		{"cut off", soon, func(b []byte) []byte { return b[:len(b)-9] }, []*x509.Certificate{a.Root}, false, true},
		{"nothing but noise", soon, func(b []byte) []byte { return bytes.Repeat([]byte{0x30}, 99) }, []*x509.Certificate{a.Root}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify.Bundle(stamped(t, a, c.when, c.spoil), verify.Options{Trust: declaretest.Trust("vendor"), At: declaretest.Now, TimeStampers: c.trusted})
			step := stepNamed(r, verify.StepTimeStamp)
			if (step != nil) != c.found || r.OK != c.holds {
				t.Fatalf("step %+v, ok %v; not holding: %+v", step, r.OK, failing(r))
			}
			at := r.Chain[0].StampedAt
			if c.found && c.holds != at.Equal(soon) {
				t.Errorf("the chain says it was seen at %v", at)
			}
			unchecked := false
			for _, u := range r.NotChecked {
				unchecked = unchecked || u.Name == "time_stamp"
			}
			if unchecked == c.found {
				t.Errorf("not checked: %v", r.NotChecked)
			}
		})
	}
	plain := verify.Bundle(declaretest.Bundle(t, nil), verify.Options{Trust: declaretest.Trust("vendor"), At: declaretest.Now, TimeStampers: []*x509.Certificate{a.Root}})
	if !plain.OK || stepNamed(plain, verify.StepTimeStamp) != nil {
		t.Error("a declaration without a time stamp does not hold for want of one")
	}
}

func stepNamed(r verify.Report, name string) *verify.Step {
	for i, s := range r.Steps {
		if s.Name == name {
			return &r.Steps[i]
		}
	}
	return nil
}

// The vector of docs/formats/bundle.md: its time stamp holds for openssl, which shares no code with us.
func TestTimeStampVector(t *testing.T) {
	at := declaretest.Now.Add(time.Minute)
	if *update {
		a := timestamptest.New(t, declaretest.Now)
		write(t, "testdata/stamped"+verify.Extension, stamped(t, a, at, nil))
		write(t, "testdata/time-root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}))
	}
	b := read(t, "testdata/stamped"+verify.Extension)
	roots, err := verify.ParseCertificates(read(t, "testdata/time-root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	r := verify.Bundle(b, verify.Options{Trust: declaretest.Trust("vendor"), At: at, TimeStampers: roots})
	if step := stepNamed(r, verify.StepTimeStamp); step == nil || !step.OK || !r.Chain[0].StampedAt.Equal(at) {
		t.Fatalf("the vector does not hold: %+v", failing(r))
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED, NOT RUN: openssl is not installed")
	}
	o, err := verify.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"declaration.json": o.Envelope, "time-stamp.tsr": o.Member(verify.TimeStampMember)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := filepath.Abs("testdata/time-root.pem")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("openssl", "ts", "-verify", "-data", "declaration.json", "-in", "time-stamp.tsr", "-CAfile", root, "-attime", "1775034060")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("openssl says %s, %v", out, err)
	}
}
