package keys

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

var (
	now        = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	passphrase = []byte("four words are long enough")
)

func made(t *testing.T) (Key, string) {
	t.Helper()
	k, err := Generate(rand.Reader, "見本ソフトウェア 宣言用", "party-vendor", now)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "declare.key")
	if err := Write(path, k, passphrase, rand.Reader); err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestKeyComesBack(t *testing.T) {
	k, path := made(t)
	got, err := Read(path, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if got.Fingerprint() != k.Fingerprint() || got.Name != k.Name || got.Issuer != k.Issuer || !got.CreatedAt.Equal(now) {
		t.Errorf("got %+v, want %+v", got, k)
	}
	raw, _ := os.ReadFile(path)
	if bytes.Contains(raw, k.Private.(ed25519.PrivateKey).Seed()) || bytes.Contains(raw, []byte(`"secret": null`)) {
		t.Error("the seed stands in the file")
	}
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode().Perm())
	}
	if enc, err := Encrypted(path); !enc || err != nil {
		t.Errorf("Encrypted = %v, %v", enc, err)
	}
}

func TestPlainKeyComesBack(t *testing.T) {
	k, _ := made(t)
	path := filepath.Join(t.TempDir(), "ledger.key")
	if err := WritePlain(path, k); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path, nil)
	if err != nil || got.Fingerprint() != k.Fingerprint() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	change := func(with func(f *file)) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			raw, _ := os.ReadFile(path)
			var f file
			if err := json.Unmarshal(raw, &f); err != nil {
				t.Fatal(err)
			}
			with(&f)
			raw, _ = json.Marshal(f)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name       string
		harm       func(t *testing.T, path string)
		passphrase string
		kind       lang.Kind
	}{
		{"wrong passphrase", func(*testing.T, string) {}, "another passphrase", lang.Forbidden},
		{"no passphrase", func(*testing.T, string) {}, "", lang.Forbidden},
		{"changed name", change(func(f *file) { f.Name = "somebody else" }), string(passphrase), lang.Forbidden},
		{"changed issuer", change(func(f *file) { f.Issuer = "party-other" }), string(passphrase), lang.Forbidden},
		{"changed secret", change(func(f *file) { f.Secret[0] ^= 1 }), string(passphrase), lang.Forbidden},
		{"weaker derivation", change(func(f *file) { f.KDF.Passes = 1 }), string(passphrase), lang.Forbidden},
		{"derivation that eats the machine", change(func(f *file) { f.KDF.MemoryKiB = 1 << 30 }), string(passphrase), lang.Unreadable},
		{"short nonce", change(func(f *file) { f.Nonce = f.Nonce[:3] }), string(passphrase), lang.Unreadable},
		{"not a key", func(t *testing.T, path string) { _ = os.WriteFile(path, []byte("{}"), 0o600) }, string(passphrase), lang.Unreadable},
		{"readable by others", func(t *testing.T, path string) {
			if runtime.GOOS == "windows" {
				t.Skip("SKIPPED, NOT RUN: no file modes")
			}
			_ = os.Chmod(path, 0o640)
		}, string(passphrase), lang.Forbidden},
		{"gone", func(t *testing.T, path string) { _ = os.Remove(path) }, string(passphrase), lang.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, path := made(t)
			c.harm(t, path)
			k, err := Read(path, []byte(c.passphrase))
			if err == nil || lang.KindOf(err) != c.kind || k.Private != nil {
				t.Errorf("got %v (kind %v), want kind %v and no key", err, lang.KindOf(err), c.kind)
			}
		})
	}
}

func TestWriteRefused(t *testing.T) {
	k, path := made(t)
	if err := Write(path, k, passphrase, rand.Reader); lang.KindOf(err) != lang.Conflict {
		t.Errorf("an existing key was overwritten: %v", err)
	}
	if err := Write(path+"2", k, []byte("short"), rand.Reader); lang.KindOf(err) != lang.Usage {
		t.Errorf("a short passphrase was taken: %v", err)
	}
}

func TestTrusted(t *testing.T) {
	k, _ := made(t)
	b, err := verify.FormatTrust([]verify.TrustedKey{k.Trusted()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{b, p} {
		got, err := verify.ParseTrust(b)
		if err != nil || len(got) != 1 || !bytes.Equal(got[0].Key, k.Public()) {
			t.Errorf("got %v, %v from %s", got, err, b)
		}
	}
}
