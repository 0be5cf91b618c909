package sigstore

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/testshared"
)

const (
	suite     = "sigstore-conformance/bundle-verify/"
	identity1 = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	issuer1   = "https://token.actions.githubusercontent.com"
	public    = "sigstore-go/examples/trusted-root-public-good.json"
)

// samples reads the files of the sample archive.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, b := range testshared.Files(t, "attestations", "attestations.tar.gz") {
		out[path.Clean(name)] = b
	}
	return out
}

// load gives a case of the conformance suite as its README says: with its own or the public trusted root, artifact,
// identity, issuer and key.
func load(t testing.TB, all map[string][]byte, dir string) (raw []byte, root Root, opt Options, err error) {
	t.Helper()
	or := func(name, other string) []byte {
		if b, ok := all[suite+dir+"/"+name]; ok {
			return b
		}
		return all[other]
	}
	opt = Options{Identity: identity1, Issuer: issuer1, Artifact: or("artifact", suite+"a.txt")}
	if b := or("identity", ""); b != nil {
		opt.Identity = strings.TrimSpace(string(b))
	}
	if b := or("issuer", ""); b != nil {
		opt.Issuer = strings.TrimSpace(string(b))
	}
	if b := or("key.pub", ""); b != nil {
		block, _ := pem.Decode(b)
		if opt.Key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
			return nil, root, opt, err
		}
	}
	root, err = ParseRoot(or("trusted_root.json", public))
	return all[suite+dir+"/bundle.sigstore.json"], root, opt, err
}

// Real bundles, and the ways in which they can be wrong: the conformance suite of Sigstore itself.
func TestConformance(t *testing.T) {
	all := samples(t)
	var dirs []string
	for name := range all {
		if dir, ok := strings.CutSuffix(strings.TrimPrefix(name, suite), "/bundle.sigstore.json"); ok && strings.HasPrefix(name, suite) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	if len(dirs) < 40 {
		t.Fatalf("only %d cases", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(dir, func(t *testing.T) {
			raw, root, opt, err := load(t, all, dir)
			var got Result
			if err == nil {
				got, err = Verify(raw, root, opt)
			}
			if fail := strings.HasSuffix(dir, "_fail"); fail != (err != nil) {
				t.Errorf("got %+v, %v", got, err)
			} else if fail {
				t.Log(err)
			}
		})
	}
}

// The identity demanded counts, letter by letter.
func TestIdentity(t *testing.T) {
	all := samples(t)
	raw, root, opt, err := load(t, all, "happy-path-intoto-in-dsse-v3")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Verify(raw, root, opt)
	if err != nil || got.Identity != identity1 || got.Issuer != issuer1 || got.PayloadType != "application/vnd.in-toto+json" || got.At.IsZero() {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, o := range []Options{{Identity: identity1}, {Issuer: issuer1}, {Identity: identity1 + "x", Issuer: issuer1}, {Identity: identity1, Issuer: issuer1 + "/"}} {
		if _, err := Verify(raw, root, o); err == nil {
			t.Errorf("accepted for %+v", o)
		}
	}
	several := []Signer{{"somebody@example.com", issuer1}, {identity1, issuer1}}
	if got, err := Verify(raw, root, Options{Signers: several}); err != nil || got.Identity != identity1 {
		t.Errorf("one of several: %+v, %v", got, err)
	}
	if _, err := Verify(raw, root, Options{Signers: several[:1]}); err == nil {
		t.Error("accepted for another signer")
	}
	if _, err := Verify(raw, Root{}, opt); err == nil {
		t.Error("accepted without trusting anything")
	}
}

// An attestation of the Python package index is the same bundle in other words.
func TestPython(t *testing.T) {
	all := samples(t)
	raw, root, opt, err := load(t, all, "happy-path-intoto-in-dsse-v3")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Verify(raw, root, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		Material struct {
			Certificate struct {
				Raw string `json:"rawBytes"`
			} `json:"certificate"`
			Entries json.RawMessage `json:"tlogEntries"`
		} `json:"verificationMaterial"`
		DSSE envelope `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	in := func(signature []byte) []byte {
		out, err := json.Marshal(map[string]any{
			"version":               1,
			"verification_material": map[string]any{"certificate": b.Material.Certificate.Raw, "transparency_entries": b.Material.Entries},
			"envelope":              map[string]any{"statement": b.DSSE.Payload, "signature": signature},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	got, err := Verify(in(b.DSSE.Signatures[0].Sig), root, opt)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := Verify(in([]byte("other")), root, opt); err == nil {
		t.Error("another signature is accepted")
	}
	if _, err := Verify([]byte(`{"verification_material":{},"envelope":{}}`), root, opt); err == nil {
		t.Error("an attestation without certificate is accepted")
	}
}

// No byte can be changed so that the bundle holds and says something else.
func TestChangedBytes(t *testing.T) {
	all := samples(t)
	raw, root, opt, err := load(t, all, "happy-path-intoto-in-dsse-v3")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Verify(raw, root, opt)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(raw); i += 7 {
		b := bytes.Clone(raw)
		b[i] ^= 2
		if got, err := Verify(b, root, opt); err == nil && (!bytes.Equal(got.Payload, want.Payload) || got.PayloadType != want.PayloadType || !got.At.Equal(want.At)) {
			t.Errorf("byte %d changed, and it holds as %+v", i, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	all := samples(f)
	for _, dir := range []string{"happy-path-intoto-in-dsse-v3", "rekor2-happy-path", "managed-key-and-trusted-root"} {
		raw, _, _, err := load(f, all, dir)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	_, root, opt, err := load(f, all, "happy-path-intoto-in-dsse-v3")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Verify(b, root, opt)
		ParseRoot(b)
	})
}
