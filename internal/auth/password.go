package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
)

// cost is how dear a guess is made: argon2id with 19 MiB and two passes, as OWASP's password storage cheat sheet asks
// at least. Stored hashes carry theirs, so raising it later leaves old ones readable.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var today = cost{memory: 19 * 1024, passes: 2, threads: 1}

const (
	saltLength = 16
	keyLength  = 32
	// MinPassword and MaxPassword bound the length of a password in characters. There is no rule on what kinds of
	// characters it holds: length is what helps (NIST SP 800-63B).
	MinPassword = 12
	MaxPassword = 256
)

// CheckPassword refuses passwords that are too short or too long.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n >= MinPassword && n <= MaxPassword && utf8.ValidString(password) {
		return nil
	}
	return &lang.Error{
		Kind: lang.Usage,
		What: lang.T("パスワードの長さが適切ではありません", "the password does not have a suitable length"),
		Why:  lang.F("%d 文字以上 %d 文字以下にしてください", "it must have at least %d and at most %d characters", MinPassword, MaxPassword),
		Next: lang.T("覚えやすい言葉をいくつか並べると、長くても入力しやすくなります", "a few words in a row are long and easy to type"),
	}
}

// HashPassword gives the hash of a password to keep, as a PHC string: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func HashPassword(password string) string {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	return format(today, salt, derive(password, salt, today))
}

// derive hashes the composed form of a password, so that keyboards that write が in one or in two characters agree.
func derive(password string, salt []byte, c cost) []byte {
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, c.passes, c.memory, c.threads, keyLength)
}

func format(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads, b64(salt), b64(key))
}

// VerifyPassword reports whether a password has a hash. It takes the same time whether or not it has.
func VerifyPassword(hash, password string) bool {
	c, salt, key, err := parse(hash)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(key, derive(password, salt, c)) == 1
}

// parse reads a PHC string within limits that keep a forged one from exhausting the machine.
func parse(hash string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return c, nil, nil, fmt.Errorf("read cost of hash: %w", err)
	}
	if c.memory > 128<<10 || c.passes < 1 || c.passes > 8 || c.threads < 1 {
		return c, nil, nil, fmt.Errorf("cost of hash is out of bounds")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("read salt of hash: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != keyLength {
		return c, nil, nil, fmt.Errorf("read key of hash: %w", err)
	}
	return c, salt, key, nil
}

// hashing lets so many hashes be computed at once; each takes 19 MiB.
type hashing chan struct{}

// do runs fn when there is room.
func (h hashing) do(ctx context.Context, fn func()) error {
	select {
	case h <- struct{}{}:
		defer func() { <-h }()
		fn()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
