package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/testshared"
)

// A real keyless bundle verifies for its identity, and for nobody else's, nor over another file.
func TestAttestCheck(t *testing.T) {
	const suite = "sigstore-conformance/bundle-verify/"
	dir := t.TempDir()
	wanted := map[string]string{suite + "happy-path-v0.1/bundle.sigstore.json": "bundle", suite + "a.txt": "a.txt", suite + "happy-path-intoto-in-dsse-v3/bundle.sigstore.json": "statement", "slsa-verifier/npm-attestations.intoto.sigstore": "npm", "sigstore-go/examples/trusted-root-public-good.json": "root"}
	f, err := os.Open(testshared.Dir(t, "attestations", "attestations.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if name, ok := wanted[h.Name]; ok {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(dir)
	var several bytes.Buffer // one a line, the first of them damaged
	for _, name := range []string{"bundle", "statement"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(&several, bytes.Replace(b, []byte(`"messageSignature"`), []byte(`"messageSignature":{},"other"`), 1)); err != nil {
			t.Fatal(err)
		}
		several.WriteByte('\n')
	}
	if err := os.WriteFile("several", several.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	const identity = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	const issuer = "https://token.actions.githubusercontent.com"
	for _, c := range []struct {
		name, want string
		code       int
		args       []string // behind the bundle; "bundle" itself when the first is a flag
	}{
		{"as it is", "verified: https://github.com/sigstore-conformance/", 0, []string{"--identity", identity, "--issuer", issuer, "--artifact", "a.txt"}},
		{"another identity", "it was signed by", 5, []string{"--identity", "somebody@example.com", "--issuer", issuer, "--artifact", "a.txt"}},
		{"another file", "another artifact", 5, []string{"--identity", identity, "--issuer", issuer, "--artifact", "root"}},
		{"the second of several", "verified: https://github.com/sigstore-conformance/", 0, []string{"several", "--identity", identity, "--issuer", issuer, "--artifact", "a.txt"}},
		{"none of several", "none of 2 bundles holds", 5, []string{"npm", "--identity", identity, "--issuer", issuer}},
		{"nobody named", "whose signature", 2, []string{"--artifact", "a.txt"}},
	} {
		var out bytes.Buffer
		p := program{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &out, now: time.Now}
		if strings.HasPrefix(c.args[0], "--") {
			c.args = append([]string{"bundle"}, c.args...)
		}
		code := run(t.Context(), append([]string{"--lang", "en", "attest", "check", "--root", "root"}, c.args...), p)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit code %d, said %q", c.name, code, out.String())
		}
	}
}

// A statement is about a file by any of the hashes of the SHA-2 family.
func TestAboutArtifact(t *testing.T) {
	for statement, want := range map[string]bool{
		`{"subject":[{"digest":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}]}`:                                                                                         true,
		`{"subject":[{"digest":{"sha1":"0"}},{"digest":{"sha512":"DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F"}}]}`: true,
		`{"subject":[{"digest":{"sha256":"","sha512":"0"}}]}`: false,
		`{"subject":[]}`: false,
	} {
		if err := aboutArtifact([]byte(statement), []byte("abc")); (err == nil) != want {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
