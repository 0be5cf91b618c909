// Package keys makes, keeps and reads signing keys: Ed25519 and ECDSA P-256. A key that signs declarations is kept
// encrypted under its holder's passphrase: argon2id (RFC 9106, second recommended option) over the passphrase,
// XChaCha20-Poly1305 over the secret, everything else in the file bound as additional data. Or the secret is somewhere
// else, in a token or a service, and the file names the command that signs with it ([External]). Files have mode 0600
// and are never overwritten.
//
// Start from [Generate], [Write] and [Read]; [Key.Trusted] is what goes to the people who shall verify, [NewSuccession]
// what tells them of the next key, and [Certified] what binds a key to an organisation.
package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"example.org/tasuki/verify"
)

// An Algorithm is a kind of key.
type Algorithm string

// The algorithms. The empty one in a file means Ed25519.
const (
	Ed25519   Algorithm = "ed25519"
	ECDSAP256 Algorithm = "ecdsa-p256"
)

// A Key is a signing key with the name its holder gave it.
type Key struct {
	Name      string // shown to those who trust it: the organisation, and what the key is for
	Issuer    string // id of the party it speaks for (verify.Issuer.ID); may be empty
	CreatedAt time.Time
	Until     time.Time // not for signing after; zero: no bound
	Private   crypto.Signer
}

// Generate makes an Ed25519 key. random is crypto/rand.Reader, but in tests.
func Generate(random io.Reader, name, issuer string, now time.Time) (Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	return Key{Name: name, Issuer: issuer, CreatedAt: now.UTC().Truncate(time.Second), Private: ed25519.NewKeyFromSeed(seed)}, nil
}

// GenerateP256 makes an ECDSA key on the curve P-256. random is crypto/rand.Reader.
func GenerateP256(random io.Reader, name, issuer string, now time.Time) (Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	return Key{Name: name, Issuer: issuer, CreatedAt: now.UTC().Truncate(time.Second), Private: private}, nil
}

// Public gives the public key.
func (k Key) Public() verify.PublicKey { return verify.Public(k.Private) }

// Fingerprint names the key (see [verify.Fingerprint]).
func (k Key) Fingerprint() string { return verify.Fingerprint(k.Public()) }

// Trusted gives the entry that a reader puts into a trust file (see [verify.FormatTrust]).
func (k Key) Trusted() verify.TrustedKey {
	return verify.TrustedKey{Name: k.Name, Key: k.Public(), Issuer: k.Issuer, From: k.CreatedAt, Until: k.Until}
}

// PEM gives the public key as other tools read it.
func (k Key) PEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Private.Public())
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// secret gives the bytes of a key that has to be kept: the seed, or the scalar. Both are 32 bytes.
func (k Key) secret() ([]byte, error) {
	switch p := k.Private.(type) {
	case ed25519.PrivateKey:
		return p.Seed(), nil
	case *ecdsa.PrivateKey:
		return p.Bytes()
	}
	return nil, fmt.Errorf("a key of type %T has no secret to keep", k.Private)
}

// fromSecret is the way back from [Key.secret].
func fromSecret(a Algorithm, secret []byte) (crypto.Signer, error) {
	switch {
	case a == ECDSAP256:
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), secret)
	case a != "" && a != Ed25519:
		return nil, fmt.Errorf("no key is of the kind %q", a)
	case len(secret) != ed25519.SeedSize:
		return nil, errors.New("the seed is not 32 bytes long")
	}
	return ed25519.NewKeyFromSeed(secret), nil
}

// Encrypted reports whether reading the key takes a passphrase.
func Encrypted(path string) (bool, error) {
	f, err := load(path)
	return f.KDF != nil, err
}

// PublicOf gives the public key of a key file without its passphrase; false when there is no such file.
func PublicOf(path string) (verify.PublicKey, bool, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	f, err := load(path)
	return f.Public, err == nil, err
}

// About is what a key file says of its key without being opened.
type About struct {
	verify.TrustedKey           // as it goes to the people who shall verify
	Encrypted         bool      // opening it takes a passphrase
	Algorithm         Algorithm // never empty
	Command           []string  // that signs, when the secret is not in the file
}

// Describe reads what a key file says of its key. Nothing proves that the secret in it belongs to that public key until
// it is opened.
func Describe(path string) (About, error) {
	f, err := load(path)
	if err != nil {
		return About{}, err
	}
	a := About{verify.TrustedKey{Name: f.Name, Key: f.Public, Issuer: f.Issuer, From: f.CreatedAt, Until: f.Until}, f.KDF != nil, f.Algorithm, f.Command}
	if a.Algorithm == "" {
		a.Algorithm = Ed25519
	}
	return a, nil
}

// Read gives a key back. The passphrase is not looked at when the file is not encrypted. A file that others may read
// is refused.
func Read(path string, passphrase []byte) (Key, error) {
	f, err := load(path)
	if err != nil {
		return Key{}, err
	}
	k := Key{Name: f.Name, Issuer: f.Issuer, CreatedAt: f.CreatedAt, Until: f.Until}
	if len(f.Command) > 0 {
		return k.outside(f.Public, f.Command)
	}
	secret := f.Secret
	if f.KDF != nil {
		if secret, err = f.unlock(passphrase); err != nil {
			return Key{}, err
		}
	}
	if k.Private, err = fromSecret(f.Algorithm, secret); err != nil {
		return Key{}, unreadable(path, err)
	}
	if !bytes.Equal(k.Public(), f.Public) {
		return Key{}, unreadable(path, errors.New("secret and public key do not belong together"))
	}
	return k, nil
}
