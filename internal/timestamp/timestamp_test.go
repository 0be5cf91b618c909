package timestamp

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
)

const message = "what was seen\n"

// stamped makes an authority and a token with openssl, which shares no code with this package.
func stamped(t testing.TB, keyArgs, tsArgs []string) (token []byte, a Authority) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED, NOT RUN: openssl is not installed")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(args ...string) {
		t.Helper()
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	write("message", message)
	write("ext", "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
	write("tsa.cnf", "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=ca.pem\nsigner_key=tsa.key\n"+
		"signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha1,sha256,sha384,sha512\naccuracy=secs:1\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n")
	write("serial", "01\n")
	do("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Example Time Root")
	do(append(append([]string{"req", "-new"}, keyArgs...), "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Example Time/O=Example")...)
	do("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "20", "-extfile", "ext", "-out", "tsa.pem")
	do(append([]string{"ts", "-query", "-data", "message", "-out", "query"}, tsArgs...)...)
	do("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
	token, err := os.ReadFile(filepath.Join(dir, "reply"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tsa.pem", "ca.pem"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(b)
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		a.Certificates = append(a.Certificates, c)
	}
	return token, a
}

func TestVerify(t *testing.T) {
	ec := []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"}
	for name, c := range map[string]struct{ key, ts []string }{
		"ECDSA, certificate in the token":  {ec, []string{"-sha256", "-cert"}},
		"ECDSA, without certificate":       {ec, []string{"-sha512"}},
		"RSA, with nonce":                  {[]string{"-newkey", "rsa:2048"}, []string{"-sha384", "-cert"}},
		"ECDSA, no nonce, certificate too": {ec, []string{"-sha256", "-cert", "-no_nonce"}},
	} {
		t.Run(name, func(t *testing.T) {
			token, a := stamped(t, c.key, c.ts)
			got, err := Verify(token, []byte(message), []Authority{{}, a})
			if err != nil {
				t.Fatal(err)
			}
			if got.Authority != "CN=Example Time,O=Example" && got.Authority != "O=Example,CN=Example Time" || time.Since(got.At) > time.Hour || time.Since(got.At) < -time.Hour {
				t.Errorf("got %+v", got)
			}
			rootOnly := Authority{Certificates: a.Certificates[1:]}
			if _, err := Verify(token, []byte(message), []Authority{rootOnly}); (err == nil) != strings.Contains(strings.Join(c.ts, " "), "-cert") {
				t.Errorf("with the root alone: %v", err)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	ec := []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}
	token, a := stamped(t, ec, []string{"-sha256", "-cert"})
	_, other := stamped(t, ec, []string{"-sha256", "-cert"})
	weak, weakA := stamped(t, ec, []string{"-sha1", "-cert"})
	now := time.Now()
	for _, c := range []struct {
		name    string
		token   []byte
		message string
		a       Authority
		want    string
	}{
		{"another message", token, "other", a, "something else"},
		{"another authority", token, message, other, ""},
		{"an authority trusted until yesterday", token, message, Authority{Certificates: a.Certificates, Until: now.AddDate(0, 0, -1)}, "not trusted for"},
		{"an authority trusted from tomorrow", token, message, Authority{Certificates: a.Certificates, From: now.AddDate(0, 0, 1)}, "not trusted for"},
		{"a weak hash", weak, message, weakA, "not one that counts"},
		{"nothing", nil, message, a, "neither a token"},
		{"something after it", append(bytes.Clone(token), 0), message, a, ""},
	} {
		if got, err := Verify(c.token, []byte(c.message), []Authority{c.a}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		}
	}
	// No byte that matters can be changed: where it can, the stamp says the same.
	want, err := Verify(token, []byte(message), []Authority{a})
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		b := bytes.Clone(token)
		b[i] ^= 1
		if got, err := Verify(b, []byte(message), []Authority{a}); err == nil && (!got.At.Equal(want.At) || got.Authority != want.Authority || got.Serial.Cmp(want.Serial) != 0) {
			t.Errorf("byte %d changed, and the stamp says %+v", i, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	token, a := stamped(f, []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}, []string{"-sha256", "-cert"})
	want, err := Verify(token, []byte(message), []Authority{a})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add([]byte("0\x03\x02\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := Verify(b, []byte(message), []Authority{a}); err == nil && !got.At.Equal(want.At) {
			t.Errorf("a forged stamp: %+v", got)
		}
	})
}

// A query of ours is one that openssl answers, and the answer is about the message.
func TestQuery(t *testing.T) {
	stamped(t, []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}, []string{"-sha256"}) // skips without openssl
	q, err := Query([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "query")
	if err := os.WriteFile(file, q, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("openssl", "ts", "-query", "-in", file, "-text").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "sha256") || !strings.Contains(string(out), "Certificate required: yes") || !strings.Contains(string(out), "Nonce: unspecified") {
		t.Errorf("openssl reads %s, error %v", out, err)
	}
}

// What a token claims can be read without trusting anybody, and never for another message.
func TestAbout(t *testing.T) {
	token, a := stamped(t, []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}, []string{"-sha256", "-cert"})
	at, err := About(token, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Verify(token, []byte(message), []Authority{a}); err != nil || !s.At.Equal(at) {
		t.Errorf("it claims %v, and proves %v, %v", at, s.At, err)
	}
	if _, err := About(token, []byte("another")); err == nil {
		t.Error("a token is about anything")
	}
}
