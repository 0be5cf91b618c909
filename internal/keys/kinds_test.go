package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

func TestP256ComesBack(t *testing.T) {
	k, err := GenerateP256(rand.Reader, "見本ソフトウェア 宣言用", "party-vendor", now)
	if err != nil {
		t.Fatal(err)
	}
	k.Until = now.AddDate(2, 0, 0)
	path := filepath.Join(t.TempDir(), "key.json")
	if err := Write(path, k, passphrase, rand.Reader); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path, passphrase)
	if err != nil || got.Fingerprint() != k.Fingerprint() || !got.Until.Equal(k.Until) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := Read(path, []byte("another passphrase")); lang.KindOf(err) != lang.Forbidden {
		t.Errorf("opened with another passphrase: %v", err)
	}
	about, err := Describe(path)
	if err != nil || about.Algorithm != ECDSAP256 || !about.Encrypted || !bytes.Equal(about.Key, k.Public()) || !about.Until.Equal(k.Until) {
		t.Errorf("described as %+v, %v", about, err)
	}
	signs(t, got)
}

// signs fails unless the key signs what then holds.
func signs(t *testing.T, k Key) {
	t.Helper()
	e, err := verify.SignEnvelope(verify.PayloadType, []byte("{}"), k.Private)
	if err != nil {
		t.Fatal(lang.Explain(err, lang.EN))
	}
	if !verify.SignatureHolds(k.Public(), verify.PAE(e.PayloadType, e.Payload), e.Signatures[0].Sig) || e.Signatures[0].KeyID != k.Fingerprint() {
		t.Error("the signature does not hold")
	}
}

// actAsSigner in the environment makes the test binary a command that signs: with an ECDSA or Ed25519 key in hex.
const actAsSigner = "TASUKI_TEST_SIGNER"

func TestMain(m *testing.M) {
	if how := os.Getenv(actAsSigner); how != "" {
		os.Exit(signer(how))
	}
	os.Exit(m.Run())
}

func signer(how string) int {
	message, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 1
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		return 1
	}
	switch {
	case how == "ed25519" && os.Getenv("TASUKI_SIGN_ALGORITHM") == "ed25519":
		os.Stdout.Write(ed25519.Sign(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)), message))
	case how == "raw" && len(message) == 32:
		r, s, err := ecdsa.Sign(rand.Reader, private, message)
		if err != nil {
			return 1
		}
		os.Stdout.Write(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	case how == "der" && len(message) == 32:
		sig, err := ecdsa.SignASN1(rand.Reader, private, message)
		if err != nil {
			return 1
		}
		os.Stdout.Write(sig)
	case how == "nonsense":
		os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20))
	default:
		fmt.Fprintln(os.Stderr, "the token is locked")
		return 3
	}
	return 0
}

func TestExternal(t *testing.T) {
	ed := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	ec, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		how  string
		key  crypto.Signer
		fail string
	}{{"ed25519", ed, ""}, {"raw", ec, ""}, {"der", ec, ""}, {"nonsense", ec, "not a signature by the key"}, {"der", ed, "the token is locked"}, {"locked", ec, "the token is locked"}} {
		t.Run(c.how, func(t *testing.T) {
			t.Setenv(actAsSigner, c.how)
			made, err := External(verify.Public(c.key), []string{os.Args[0]}, "token", "party-vendor", now)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "key.json")
			if err := WriteExternal(path, made); err != nil {
				t.Fatal(err)
			}
			k, err := Read(path, nil)
			if err != nil || k.Fingerprint() != made.Fingerprint() {
				t.Fatalf("got %+v, %v", k, err)
			}
			if c.fail == "" {
				signs(t, k)
				return
			}
			if _, err := verify.Sign(k.Private, []byte("message")); err == nil || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("got %v, want %q", err, c.fail)
			}
		})
	}
	if _, err := External(verify.Public(ed), nil, "", "", now); lang.KindOf(err) != lang.Usage {
		t.Errorf("without a command: %v", err)
	}
}

// The examples of docs/formats/keys.md, with the tools themselves where they are installed.
func TestExternalTools(t *testing.T) {
	dir := t.TempDir()
	do := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+filepath.Join(dir, "softhsm2.conf"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	script := func(text string) []string {
		path := filepath.Join(dir, "sign.sh")
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return []string{"sh", path, dir}
	}
	use := func(t *testing.T, public []byte, command []string) {
		trusted, err := verify.ParseTrust(public)
		if err != nil {
			t.Fatal(err)
		}
		k, err := External(trusted[0].Key, command, "token", "", now)
		if err != nil {
			t.Fatal(err)
		}
		signs(t, k)
	}
	need := func(t *testing.T, programs ...string) {
		for _, p := range programs {
			if _, err := exec.LookPath(p); err != nil {
				t.Skipf("SKIPPED, NOT RUN: %s is not installed", p)
			}
		}
	}
	t.Run("openssl", func(t *testing.T) {
		need(t, "sh", "openssl")
		do("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "key.pem")
		do("openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem")
		public, err := os.ReadFile(filepath.Join(dir, "pub.pem"))
		if err != nil {
			t.Fatal(err)
		}
		use(t, public, script("cat > $1/digest && openssl pkeyutl -sign -inkey $1/key.pem -in $1/digest -pkeyopt digest:sha256\n"))
	})
	t.Run("pkcs11", func(t *testing.T) {
		need(t, "sh", "softhsm2-util", "pkcs11-tool")
		modules, _ := filepath.Glob("/usr/lib/*/softhsm/libsofthsm2.so")
		modules = append(modules, "/usr/lib/softhsm/libsofthsm2.so")
		if err := os.MkdirAll(filepath.Join(dir, "tokens"), 0o700); err != nil {
			t.Fatal(err)
		}
		conf := "directories.tokendir = " + filepath.Join(dir, "tokens") + "\n"
		if err := os.WriteFile(filepath.Join(dir, "softhsm2.conf"), []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		do("softhsm2-util", "--init-token", "--free", "--label", "tasuki", "--pin", "1234", "--so-pin", "5678")
		tool := []string{"--module", modules[0], "--token-label", "tasuki", "--login", "--pin", "1234"}
		do("pkcs11-tool", append(tool, "--keypairgen", "--key-type", "EC:prime256v1", "--label", "declare", "--id", "01", "--usage-sign")...)
		do("pkcs11-tool", append(tool, "--read-object", "--type", "pubkey", "--id", "01", "--output-file", "pub.der")...)
		der, err := os.ReadFile(filepath.Join(dir, "pub.der"))
		if err != nil {
			t.Fatal(err)
		}
		use(t, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), script("export SOFTHSM2_CONF=$1/softhsm2.conf\ncat > $1/digest\n"+
			"pkcs11-tool --module "+modules[0]+" --token-label tasuki --login --pin 1234 --sign --mechanism ECDSA --id 01 --input-file $1/digest --output-file $1/sig >&2 && cat $1/sig\n"))
	})
}

func TestSuccession(t *testing.T) {
	old, _ := made(t)
	next, err := GenerateP256(rand.Reader, "見本ソフトウェア 宣言用 2", "party-vendor", now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	letter, err := NewSuccession(old, next)
	if err != nil {
		t.Fatal(err)
	}
	s, by, err := OpenSuccession(letter)
	if err != nil || !bytes.Equal(by, old.Public()) || !bytes.Equal(s.New, next.Public()) {
		t.Fatalf("got %+v, %v", s, err)
	}
	before, after := s.Follow(verify.TrustedKey{Name: "Vendor", Key: old.Public(), Issuer: "party-vendor"})
	if !before.Until.Equal(next.CreatedAt) || !after.From.Equal(next.CreatedAt) || after.Name != "Vendor" || after.Issuer != "party-vendor" {
		t.Errorf("followed as %+v, %+v", before, after)
	}
	// Somebody names a key that is not theirs: they cannot sign with it.
	other, _ := made(t)
	stolen := other
	stolen.Private = pretender{next.Private, old.Private}
	if letter, err = NewSuccession(old, stolen); err == nil {
		if _, _, err = OpenSuccession(letter); lang.KindOf(err) != lang.Unverified {
			t.Errorf("a key was named without having it: %v", err)
		}
	}
	for i := range letter {
		changed := bytes.Clone(letter)
		changed[i] ^= 1
		if _, _, err := OpenSuccession(changed); err == nil {
			t.Fatalf("byte %d can be changed", i)
		}
	}
}

// A pretender shows one key and signs with another.
type pretender struct{ shown, has crypto.Signer }

func (p pretender) Public() crypto.PublicKey { return p.shown.Public() }
func (p pretender) Sign(_ io.Reader, m []byte, _ crypto.SignerOpts) ([]byte, error) {
	return asn1.Marshal(struct{ R, S *big.Int }{big.NewInt(1), big.NewInt(int64(len(m)))})
}

// authority makes a root, an authority below it, and a certificate for a key.
func authority(t *testing.T, key any, change func(leaf *x509.Certificate)) (root, chain []byte) {
	t.Helper()
	cert := func(tmpl, parent *x509.Certificate, public any, by crypto.Signer) (*x509.Certificate, []byte) {
		der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, public, by)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	ca := func(n int64, name string, years int) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, NotBefore: now, NotAfter: now.AddDate(years, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	}
	rootKey, _ := GenerateP256(rand.Reader, "", "", now)
	midKey, _ := Generate(rand.Reader, "", "", now)
	top, rootPEM := cert(ca(1, "Example Root", 20), ca(1, "Example Root", 20), rootKey.Private.Public(), rootKey.Private)
	mid, midPEM := cert(ca(2, "Example Organisations", 2), top, midKey.Private.Public(), rootKey.Private)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "declarations", Organization: []string{"Vendor (example)"}, Country: []string{"JP"}},
		NotBefore: now, NotAfter: now.AddDate(3, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	if change != nil {
		change(leaf)
	}
	_, leafPEM := cert(leaf, mid, key, midKey.Private)
	return rootPEM, append(leafPEM, midPEM...)
}

func TestCertified(t *testing.T) {
	k, _ := made(t)
	root, chain := authority(t, k.Private.Public(), nil)
	c, err := Certified(chain, root, now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if c.Subject != "CN=declarations,O=Vendor (example),C=JP" || !c.Until.Equal(now.AddDate(2, 0, 0)) {
		t.Errorf("read as %+v", c)
	}
	bound, err := c.Bind(verify.TrustedKey{Key: k.Public()})
	if err != nil || !bound.Until.Equal(c.Until) || !bound.From.Equal(now) || !strings.Contains(bound.Note, "Example Organisations") {
		t.Errorf("bound as %+v, %v", bound, err)
	}
	other, _ := made(t)
	if _, err := c.Bind(verify.TrustedKey{Key: other.Public()}); lang.KindOf(err) != lang.Unverified {
		t.Errorf("bound to another key: %v", err)
	}
	elsewhere, _ := authority(t, k.Private.Public(), nil)
	for name, c := range map[string]struct {
		chain, root []byte
		at          time.Time
	}{
		"another root":                  {chain, elsewhere, now.AddDate(1, 0, 0)},
		"after the authority's end":     {chain, root, now.AddDate(2, 1, 0)},
		"before its beginning":          {chain, root, now.AddDate(0, 0, -1)},
		"without the authority between": {chain[:bytes.Index(chain, []byte("-----END"))+len("-----END CERTIFICATE-----\n")], root, now},
		"an authority as the signer":    {root, root, now},
	} {
		if _, err := Certified(c.chain, c.root, c.at); lang.KindOf(err) != lang.Unverified {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, chain = authority(t, k.Private.Public(), func(leaf *x509.Certificate) { leaf.KeyUsage = x509.KeyUsageKeyEncipherment })
	if _, err := Certified(chain, root, now); lang.KindOf(err) != lang.Unverified {
		t.Errorf("a certificate that is not for signing: %v", err)
	}
	if _, err := Certified([]byte("hello"), root, now); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("no certificate: %v", err)
	}
}

func mustDecode(t *testing.T, b []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

func TestRequest(t *testing.T) {
	for _, make := range []func(io.Reader, string, string, time.Time) (Key, error){Generate, GenerateP256} {
		k, err := make(rand.Reader, "declarations", "", now)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Request(k, "Vendor (example)", "jp")
		if err != nil {
			t.Fatal(err)
		}
		r, err := x509.ParseCertificateRequest(mustDecode(t, b))
		if err != nil || r.CheckSignature() != nil || r.Subject.String() != "CN=declarations,O=Vendor (example),C=JP" {
			t.Errorf("got %v, %v", r, err)
		}
	}
}
