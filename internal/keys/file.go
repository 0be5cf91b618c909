package keys

import (
	"bytes"
	"crypto/cipher"
	"crypto/ed25519"
	"encoding/json"
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

// file is a key as it stands on disk. Secret is encrypted when KDF is there; there is none with a Command.
type file struct {
	Format    string    `json:"format"`
	Name      string    `json:"name"`
	Issuer    string    `json:"issuer,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Until     time.Time `json:"until,omitzero"`
	Algorithm Algorithm `json:"algorithm,omitempty"`
	Public    []byte    `json:"public"` // see verify.PublicKey
	Command   []string  `json:"command,omitempty"`
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
	secret, err := k.secret()
	if err != nil {
		return err
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
	f.Secret = aead.Seal(nil, f.Nonce, secret, bound)
	return f.write(path)
}

// WritePlain keeps a key in a new file, protected by the file's mode alone: for a key that a program needs without a
// person, such as the one that signs the ledger's checkpoints.
func WritePlain(path string, k Key) error {
	secret, err := k.secret()
	if err != nil {
		return err
	}
	f := header(k)
	f.Secret = secret
	return f.write(path)
}

func header(k Key) file {
	f := file{Format: Format, Name: k.Name, Issuer: k.Issuer, CreatedAt: k.CreatedAt, Until: k.Until, Public: k.Public()}
	if len(f.Public) != ed25519.PublicKeySize {
		f.Algorithm = ECDSAP256
	}
	return f
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
	if _, err := verify.ParseKey(f.Public); err != nil {
		return unreadable(path, err)
	}
	switch {
	case f.Format != Format:
		return unreadable(path, fmt.Errorf("the format is not %s", Format))
	case len(f.Command) > 0 && (k != nil || len(f.Secret) > 0):
		return unreadable(path, errors.New("there is a command and a secret too"))
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
