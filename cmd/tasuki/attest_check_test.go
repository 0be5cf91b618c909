package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
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
	wanted := map[string]string{suite + "happy-path-v0.1/bundle.sigstore.json": "bundle", suite + "a.txt": "a.txt", "sigstore-go/examples/trusted-root-public-good.json": "root"}
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
	const identity = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	const issuer = "https://token.actions.githubusercontent.com"
	for _, c := range []struct {
		name, want string
		code       int
		args       []string
	}{
		{"as it is", "verified: https://github.com/sigstore-conformance/", 0, []string{"--identity", identity, "--issuer", issuer, "--artifact", "a.txt"}},
		{"another identity", "it was signed by", 5, []string{"--identity", "somebody@example.com", "--issuer", issuer, "--artifact", "a.txt"}},
		{"another file", "another artifact", 5, []string{"--identity", identity, "--issuer", issuer, "--artifact", "root"}},
		{"nobody named", "whose signature", 2, []string{"--artifact", "a.txt"}},
	} {
		var out bytes.Buffer
		p := program{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &out, now: time.Now}
		code := run(t.Context(), append([]string{"--lang", "en", "attest", "check", "bundle", "--root", "root"}, c.args...), p)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit code %d, said %q", c.name, code, out.String())
		}
	}
}
