package keys

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// External gives a key whose secret is somewhere else: in a token (PKCS#11), a hardware module or a service. command is a
// program and its arguments, run without a shell each time something is signed:
//
//   - on standard input, for Ed25519 the message (the DSSE pre-authentication encoding, which begins "DSSEv1 "), for ECDSA
//     its SHA-256, 32 bytes;
//   - on standard output, the signature and nothing else: for Ed25519 64 bytes; for ECDSA in DER, or r and s as 64 bytes;
//   - TASUKI_SIGN_ALGORITHM in the environment says ed25519 or ecdsa-p256.
//
// What it gives is verified before it is used.
func External(public verify.PublicKey, command []string, name, issuer string, now time.Time) (Key, error) {
	k := Key{Name: name, Issuer: issuer, CreatedAt: now.UTC().Truncate(time.Second)}
	if len(command) == 0 {
		return k, &lang.Error{Kind: lang.Usage, What: lang.T("署名するコマンドがありません", "the command that signs is missing")}
	}
	return k.outside(public, command)
}

func (k Key) outside(public verify.PublicKey, argv []string) (Key, error) {
	parsed, err := verify.ParseKey(public)
	if err != nil {
		return Key{}, err
	}
	k.Private = command{parsed, public, argv}
	return k, nil
}

// WriteExternal keeps a key of [External] in a new file: its public part and the command.
func WriteExternal(path string, k Key) error {
	c, ok := k.Private.(command)
	if !ok {
		return fmt.Errorf("write key: a key of type %T is not an external one", k.Private)
	}
	f := header(k)
	f.Command = c.argv
	return f.write(path)
}

// A command signs by running a program.
type command struct {
	public crypto.PublicKey
	raw    verify.PublicKey
	argv   []string
}

const (
	signTimeout   = 2 * time.Minute // somebody may have to touch a token
	mostSignature = 4 << 10
)

func (c command) Public() crypto.PublicKey { return c.public }

func (c command) algorithm() Algorithm {
	if _, ok := c.public.(ed25519.PublicKey); ok {
		return Ed25519
	}
	return ECDSAP256
}

// Sign gives what the command printed, in DER for ECDSA.
func (c command) Sign(_ io.Reader, message []byte, _ crypto.SignerOpts) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), signTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Env = append(os.Environ(), "TASUKI_SIGN_ALGORITHM="+string(c.algorithm()))
	cmd.Stdin = bytes.NewReader(message)
	var out, talk bounded
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		return nil, c.failed(strings.TrimSpace(string(talk.b)), err)
	}
	sig := out.b
	if c.algorithm() == ECDSAP256 && len(sig) == 64 {
		v := struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])}
		var err error
		if sig, err = asn1.Marshal(v); err != nil {
			return nil, err
		}
	}
	if !c.holds(message, sig) {
		return nil, c.failed("", errors.New("what it printed is not a signature by the key"))
	}
	return sig, nil
}

func (c command) failed(said string, err error) error {
	if said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return &lang.Error{Kind: lang.Unexpected, Where: c.argv[0], Err: err, What: lang.T("署名するコマンドで署名できませんでした", "the command that signs did not sign"),
		Next: lang.T("トークンの接続と PIN を確かめ、コマンドを単独で試してください", "check the token and its PIN, and try the command by itself")}
}

// bounded keeps the beginning of what a command prints.
type bounded struct{ b []byte }

func (b *bounded) Write(p []byte) (int, error) {
	b.b = append(b.b, p[:min(len(p), mostSignature-len(b.b))]...)
	return len(p), nil
}

// holds verifies a signature over what the command was given: a message, or a digest.
func (c command) holds(message, sig []byte) bool {
	if k, ok := c.public.(*ecdsa.PublicKey); ok {
		return ecdsa.VerifyASN1(k, message, sig)
	}
	return verify.SignatureHolds(c.raw, message, sig)
}
