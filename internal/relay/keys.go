package relay

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// NewKey says what kind of signing key to make.
type NewKey struct {
	Name       string // empty: the organisation's
	Algorithm  keys.Algorithm
	Until      time.Time // not for signing after; zero: no bound
	Passphrase []byte    // empty: the file's mode alone protects the key
	// Command signs when the secret is somewhere else; Public is then its public key.
	Command []string
	Public  verify.PublicKey
}

// make makes the key without keeping it.
func (n NewKey) make(issuer string, now time.Time) (k keys.Key, err error) {
	switch {
	case len(n.Command) > 0:
		k, err = keys.External(n.Public, n.Command, n.Name, issuer, now)
	case n.Algorithm == keys.ECDSAP256:
		k, err = keys.GenerateP256(rand.Reader, n.Name, issuer, now)
	default:
		k, err = keys.Generate(rand.Reader, n.Name, issuer, now)
	}
	k.Until = n.Until
	return k, err
}

func (n NewKey) write(file string, k keys.Key) error {
	switch {
	case len(n.Command) > 0:
		return keys.WriteExternal(file, k)
	case len(n.Passphrase) > 0:
		return keys.Write(file, k, n.Passphrase, rand.Reader)
	}
	return keys.WritePlain(file, k)
}

// MakeSigningKey makes the key that signs the workspace's declarations. There is one at a time; an existing one is never
// overwritten.
func MakeSigningKey(ctx context.Context, db *store.DB, actor store.Actor, n NewKey) (keys.Key, error) {
	self, err := ourselves(ctx, db)
	if err != nil && lang.KindOf(err) != lang.NotFound {
		return keys.Key{}, err
	}
	if n.Name == "" {
		n.Name = self.Name
	}
	k, err := n.make(self.ID, db.Now())
	if err != nil {
		return k, err
	}
	k.Name = cmp.Or(k.Name, k.Fingerprint()) // before our organisation is registered, and when nobody named it
	if err := n.write(db.SigningKeyFile(), k); err != nil {
		return k, err
	}
	return k, db.InTx(ctx, actor, func(tx *store.Tx) error {
		return tx.Audit(ctx, "created", store.Object{Kind: "key", ID: k.Fingerprint()}, map[string]any{"name": n.Name, "encrypted": len(n.Passphrase) > 0, "external": len(n.Command) > 0})
	})
}

// NewSigningKey is [MakeSigningKey] for an Ed25519 key, encrypted when there is a passphrase.
func NewSigningKey(ctx context.Context, db *store.DB, actor store.Actor, name string, passphrase []byte) (keys.Key, error) {
	return MakeSigningKey(ctx, db, actor, NewKey{Name: name, Passphrase: passphrase})
}

// RotateSigningKey puts a new key in the place of the one that signs declarations, which is kept beside it under its
// fingerprint, and gives the letter that tells those who trust the old one. oldPassphrase opens the old key.
func RotateSigningKey(ctx context.Context, db *store.DB, actor store.Actor, oldPassphrase []byte, n NewKey) (keys.Key, []byte, error) {
	old, err := upkeep.SigningKey(db, oldPassphrase)
	if err != nil {
		return old, nil, err
	}
	if n.Name == "" {
		n.Name = old.Name
	}
	k, err := n.make(old.Issuer, db.Now())
	if err != nil {
		return k, nil, err
	}
	letter, err := keys.NewSuccession(old, k)
	if err != nil {
		return k, nil, err
	}
	file := db.SigningKeyFile()
	retired := filepath.Join(db.KeysDir(), "retired-"+strings.TrimPrefix(old.Fingerprint(), "sha256:")[:16]+".json")
	next := file + ".next"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return k, nil, err
	}
	if err := n.write(next, k); err != nil {
		return k, nil, err
	}
	if err := os.Link(file, retired); err != nil && !errors.Is(err, fs.ErrExist) {
		return k, nil, err
	}
	if err := os.Rename(next, file); err != nil {
		return k, nil, err
	}
	return k, letter, db.InTx(ctx, actor, func(tx *store.Tx) error {
		return tx.Audit(ctx, "succeeded", store.Object{Kind: "key", ID: old.Fingerprint()}, map[string]any{"by": k.Fingerprint(), "at": k.CreatedAt})
	})
}

// FollowSuccession takes a succession letter into the trust list: the old key must stand in it, and have been good at the
// time. It gives the entry of the new key.
func FollowSuccession(ctx context.Context, db *store.DB, actor store.Actor, letter []byte) (exchange.TrustedParty, error) {
	var out exchange.TrustedParty
	s, old, err := keys.OpenSuccession(letter)
	if err != nil {
		return out, err
	}
	list, err := exchange.Trust(ctx, db)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(list, func(t exchange.TrustedParty) bool { return string(t.Key.Key) == string(old) })
	if i < 0 {
		return out, &lang.Error{Kind: lang.Unverified, What: lang.F("署名した鍵 %s は信頼する鍵の一覧にありません", "the key that signed, %s, is not among those you trust", s.Old),
			Next: lang.T("新しい鍵を tasuki trust add で登録し、指紋を別の手段で確かめてください", "add the new key with tasuki trust add, and compare its fingerprint by another way")}
	}
	t := list[i]
	revoked, err := revokedKeys(ctx, db)
	if err != nil {
		return out, err
	}
	if s.At.After(db.Now().Add(24*time.Hour)) || s.At.Before(t.Key.From) || !t.Key.Until.IsZero() && s.At.After(t.Key.Until) || revoked(s.Old, s.At) {
		return out, &lang.Error{Kind: lang.Unverified, What: lang.T("署名した鍵は、更新の日時には信頼できる鍵ではありません", "the key that signed is not trusted for the time of the succession")}
	}
	before, after := s.Follow(t.Key)
	if err := exchange.SetTrust(ctx, db, actor, exchange.TrustedParty{Party: t.Party, Key: before}); err != nil {
		return out, err
	}
	out = exchange.TrustedParty{Party: t.Party, Key: after}
	return out, exchange.SetTrust(ctx, db, actor, out)
}

// OwnKey completes the beginning of the fingerprint of a key that this workspace signs or signed with.
func OwnKey(db *store.DB, beginning string) (string, error) {
	files, err := filepath.Glob(filepath.Join(db.KeysDir(), "*.json"))
	if err != nil {
		return "", err
	}
	start, found := strings.TrimPrefix(beginning, "sha256:"), []string{}
	for _, file := range files {
		about, err := keys.Describe(file)
		if err != nil {
			return "", err
		}
		if f := verify.Fingerprint(about.Key); len(start) >= 6 && strings.HasPrefix(strings.TrimPrefix(f, "sha256:"), start) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return "", &lang.Error{Kind: lang.NotFound, What: lang.F("指紋「%[1]s」に当たる自組織の鍵が1つに決まりません（%[2]d 件）", "the fingerprint %[1]q names %[2]d of our keys, not one", beginning, len(found)),
			Next: lang.T("tasuki keys list で指紋を確かめ、6文字以上で指定してください", "see tasuki keys list, and give at least 6 characters of it")}
	}
	return found[0], nil
}

// revokedKeysSetting holds the keys of ours that we took back.
const revokedKeysSetting = "revoked_keys"

// RevokeKey takes a key of ours back, from a time on or altogether: it stands in every list of revocations from now on
// (see [RevocationList]).
func RevokeKey(ctx context.Context, db *store.DB, actor store.Actor, r verify.Revocation) error {
	if r.Key == "" || strings.TrimSpace(r.Reason) == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.T("取り消す鍵の指紋か、理由がありません", "the key's fingerprint or the reason is missing")}
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		list := []verify.Revocation{}
		revision, err := tx.Setting(ctx, revokedKeysSetting, &list)
		if err != nil {
			return err
		}
		list = append(slices.DeleteFunc(list, func(o verify.Revocation) bool { return o.Key == r.Key }), r)
		if err := tx.SetSetting(ctx, revokedKeysSetting, list, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "revoked", store.Object{Kind: "key", ID: r.Key}, r)
	})
}

// OwnRevokedKeys gives the keys of ours that we took back.
func OwnRevokedKeys(ctx context.Context, db *store.DB) ([]verify.Revocation, error) {
	list := []verify.Revocation{}
	_, err := db.Setting(ctx, revokedKeysSetting, &list)
	return list, err
}

// revokedKeys gives the test whether a key was taken back at a time, by what this workspace was told.
func revokedKeys(ctx context.Context, db *store.DB) (func(fingerprint string, at time.Time) bool, error) {
	opt, err := exchange.Options(ctx, db)
	return func(fingerprint string, at time.Time) bool {
		return slices.ContainsFunc(opt.Revocations, func(r verify.Revocation) bool { return r.Key == fingerprint && !at.Before(r.From) })
	}, err
}
