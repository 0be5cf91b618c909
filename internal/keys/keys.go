// Package keys makes, keeps and reads Ed25519 signing keys. A key that signs declarations is kept encrypted under its
// holder's passphrase: argon2id (RFC 9106, second recommended option) over the passphrase, XChaCha20-Poly1305 over the
// seed, everything else in the file bound as additional data. Files have mode 0600 and are never overwritten.
//
// Start from [Generate], [Write] and [Read]; [Key.Trusted] is what goes to the people who shall verify.
package keys

import (
	"bytes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Format names the form of a key file.
const Format = "tasuki-key/v1"

// A Key is a signing key with the name its holder gave it.
type Key struct {
	Name      string // shown to those who trust it: the organisation, and what the key is for
	Issuer    string // id of the party it speaks for (verify.Issuer.ID); may be empty
	CreatedAt time.Time
	Private   ed25519.PrivateKey
}

// Generate makes a key. random is crypto/rand.Reader, but in tests.
func Generate(random io.Reader, name, issuer string, now time.Time) (Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	return Key{Name: name, Issuer: issuer, CreatedAt: now.UTC().Truncate(time.Second), Private: ed25519.NewKeyFromSeed(seed)}, nil
}

// Public gives the public key.
func (k Key) Public() ed25519.PublicKey { return k.Private.Public().(ed25519.PublicKey) }

// Fingerprint names the key (see [verify.Fingerprint]).
func (k Key) Fingerprint() string { return verify.Fingerprint(k.Public()) }

// Trusted gives the entry that a reader puts into a trust file (see [verify.FormatTrust]).
func (k Key) Trusted() verify.TrustedKey {
	return verify.TrustedKey{Name: k.Name, Key: k.Public(), Issuer: k.Issuer, From: k.CreatedAt}
}

// PEM gives the public key as other tools read it.
func (k Key) PEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// file is a key as it stands on disk. Secret is the seed, encrypted when KDF is there.
type file struct {
	Format    string    `json:"format"`
	Name      string    `json:"name"`
	Issuer    string    `json:"issuer,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Public    []byte    `json:"public"`
	KDF       *kdf      `json:"kdf,omitempty"`
	Nonce     []byte    `json:"nonce,omitempty"`
	Secret    []byte    `json:"secret,omitempty"`
}

// kdf is how the passphrase becomes a key.
type kdf struct {
	Name      string `json:"name"` // argon2id
	Passes    uint32 `json:"passes"`
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
	Salt      []byte `json:"salt"`
}

// ShortestPassphrase in bytes.
const ShortestPassphrase = 12

// Write keeps a key in a new file, encrypted under the passphrase. The directory must exist.
func Write(path string, k Key, passphrase []byte, random io.Reader) error {
	if len(passphrase) < ShortestPassphrase {
		return &lang.Error{Kind: lang.Usage, What: lang.F("パスフレーズが短すぎます（%d文字以上）", "the passphrase is too short (at least %d characters)", ShortestPassphrase),
			Next: lang.T("いくつかの単語を並べた、覚えやすく長いものを選んでください", "choose something long and easy to remember, such as several words")}
	}
	f := header(k)
	f.KDF = &kdf{Name: "argon2id", Passes: 3, MemoryKiB: 64 << 10, Threads: 4, Salt: make([]byte, 16)}
	f.Nonce = make([]byte, chacha20poly1305.NonceSizeX)
	for _, b := range [][]byte{f.KDF.Salt, f.Nonce} {
		if _, err := io.ReadFull(random, b); err != nil {
			return fmt.Errorf("write key: %w", err)
		}
	}
	aead, bound, err := f.lock(passphrase)
	if err != nil {
		return err
	}
	f.Secret = aead.Seal(nil, f.Nonce, k.Private.Seed(), bound)
	return f.write(path)
}

// WritePlain keeps a key in a new file, protected by the file's mode alone: for a key that a program needs without a
// person, such as the one that signs the ledger's checkpoints.
func WritePlain(path string, k Key) error {
	f := header(k)
	f.Secret = k.Private.Seed()
	return f.write(path)
}

func header(k Key) file {
	return file{Format: Format, Name: k.Name, Issuer: k.Issuer, CreatedAt: k.CreatedAt, Public: k.Public()}
}

// Encrypted reports whether reading the key takes a passphrase.
func Encrypted(path string) (bool, error) {
	f, err := load(path)
	return f.KDF != nil, err
}

// PublicOf gives the public key of a key file without its passphrase; false when there is no such file.
func PublicOf(path string) (ed25519.PublicKey, bool, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	f, err := load(path)
	if err == nil && len(f.Public) != ed25519.PublicKeySize {
		err = unreadable(path, errors.New("the public key is not 32 bytes long"))
	}
	return f.Public, err == nil, err
}

// About is what a key file says of its key without being opened.
type About struct {
	verify.TrustedKey      // as it goes to the people who shall verify
	Encrypted         bool // opening it takes a passphrase
}

// Describe reads what a key file says of its key. Nothing proves that the secret in it belongs to that public key until
// it is opened.
func Describe(path string) (About, error) {
	f, err := load(path)
	if err != nil {
		return About{}, err
	}
	if len(f.Public) != ed25519.PublicKeySize {
		return About{}, unreadable(path, errors.New("the public key is not 32 bytes long"))
	}
	return About{verify.TrustedKey{Name: f.Name, Key: f.Public, Issuer: f.Issuer, From: f.CreatedAt}, f.KDF != nil}, nil
}

// Read gives a key back. The passphrase is not looked at when the file is not encrypted. A file that others may read
// is refused.
func Read(path string, passphrase []byte) (Key, error) {
	f, err := load(path)
	if err != nil {
		return Key{}, err
	}
	seed := f.Secret
	if f.KDF != nil {
		if seed, err = f.unlock(passphrase); err != nil {
			return Key{}, err
		}
	}
	if len(seed) != ed25519.SeedSize {
		return Key{}, unreadable(path, errors.New("the seed is not 32 bytes long"))
	}
	k := Key{Name: f.Name, Issuer: f.Issuer, CreatedAt: f.CreatedAt, Private: ed25519.NewKeyFromSeed(seed)}
	if !bytes.Equal(k.Public(), f.Public) {
		return Key{}, unreadable(path, errors.New("secret and public key do not belong together"))
	}
	return k, nil
}

// lock gives the cipher of a passphrase, and the bytes it binds: the file without its secret.
func (f file) lock(passphrase []byte) (aead cipher.AEAD, bound []byte, err error) {
	f.Secret = nil
	if bound, err = verify.Marshal(f); err != nil {
		return nil, nil, err
	}
	aead, err = chacha20poly1305.NewX(argon2.IDKey(passphrase, f.KDF.Salt, f.KDF.Passes, f.KDF.MemoryKiB, f.KDF.Threads, chacha20poly1305.KeySize))
	return aead, bound, err
}

func (f file) unlock(passphrase []byte) ([]byte, error) {
	aead, bound, err := f.lock(passphrase)
	if err != nil {
		return nil, err
	}
	seed, err := aead.Open(nil, f.Nonce, f.Secret, bound)
	if err != nil {
		return nil, &lang.Error{Kind: lang.Forbidden, What: lang.F("鍵「%s」を開けません", "the key %q cannot be opened", f.Name),
			Why:  lang.T("パスフレーズが違うか、鍵ファイルが変更されています", "the passphrase is wrong, or the key file was changed"),
			Next: lang.T("パスフレーズを確かめて、もう一度入力してください", "check the passphrase and enter it again")}
	}
	return seed, nil
}

func (f file) write(path string) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &lang.Error{Kind: lang.Conflict, Where: filepath.Base(path), What: lang.T("鍵ファイルがすでにあります", "the key file exists already"),
			Next: lang.T("別の名前にするか、使わなくなった鍵を別の場所に移してください。鍵は上書きしません", "choose another name, or move the old key away; keys are never overwritten")}
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	if err = errors.Join(err, w.Sync(), w.Close()); err != nil {
		return fmt.Errorf("write key: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// load reads a key file, and refuses one that others may read or that would cost too much to open.
func load(path string) (file, error) {
	const most = 16 << 10
	r, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return file{}, &lang.Error{Kind: lang.NotFound, Where: filepath.Base(path), Err: err, What: lang.T("鍵ファイルがありません", "there is no such key file"),
			Next: lang.T("鍵を作成してください", "make a key first")}
	}
	if err != nil {
		return file{}, fmt.Errorf("read key: %w", err)
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return file{}, fmt.Errorf("read key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return file{}, &lang.Error{Kind: lang.Forbidden, Where: filepath.Base(path),
			What: lang.F("鍵ファイルをほかの利用者も読み書きできます（%v）", "others may read or write the key file (%v)", info.Mode().Perm()),
			Next: lang.T("所有者だけが読み書きできるようにしてください（chmod 600）", "let only its owner read and write it (chmod 600)")}
	}
	b, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return file{}, fmt.Errorf("read key: %w", err)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return file{}, unreadable(path, err)
	}
	return f, f.check(path)
}

// check holds the file against the form and the cost of opening it against limits.
func (f file) check(path string) error {
	k := f.KDF
	switch {
	case f.Format != Format:
		return unreadable(path, fmt.Errorf("the format is not %s", Format))
	case k == nil:
		return nil
	case k.Name != "argon2id" || k.Passes < 1 || k.Passes > 16 || k.MemoryKiB < 8<<10 || k.MemoryKiB > 1<<20 || k.Threads < 1 || k.Threads > 16:
		return unreadable(path, errors.New("the key derivation is not argon2id within limits"))
	case len(f.Nonce) != chacha20poly1305.NonceSizeX:
		return unreadable(path, errors.New("the nonce is not 24 bytes long"))
	}
	return nil
}

func unreadable(path string, err error) error {
	return &lang.Error{Kind: lang.Unreadable, Where: filepath.Base(path), Err: err, What: lang.T("鍵ファイルを読み取れません", "the key file cannot be read")}
}
