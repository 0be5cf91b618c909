package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// setupLife is how long the set-up link printed at the start of a server is good for.
const setupLife = 24 * time.Hour

// secret gives 256 random bits as text.
func secret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashSecret gives the hash a secret is kept by. It needs no salt and no cost: nobody guesses 256 bits.
func hashSecret(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// SetupToken gives a fresh token that lets its bearer make the first account, within a day and once; earlier ones no
// longer work. It gives false when there is an account already.
func (s *Service) SetupToken(ctx context.Context) (token string, needed bool, err error) {
	accounts, err := s.db.Accounts(ctx)
	if err != nil || len(accounts) > 0 {
		return "", false, err
	}
	token = secret()
	return token, true, s.db.PutSetupToken(ctx, hashSecret(token), s.db.Now().Add(setupLife))
}

// First makes the first account, an administrator, for the bearer of a set-up token. Roles of the registration are
// added to that one.
func (s *Service) First(ctx context.Context, token string, r Registration) (store.Account, error) {
	r.Roles = append([]store.Role{store.Admin}, r.Roles...)
	a, err := s.account(ctx, r)
	if err != nil {
		return a, err
	}
	return a, s.db.InTx(ctx, store.Actor{Account: a.ID, Via: store.Web}, func(tx *store.Tx) error {
		if err := tx.UseSetupToken(ctx, hashSecret(token)); err != nil {
			return err
		}
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		return tx.Audit(ctx, "added", object(a), store.Change{After: a})
	})
}

// maxTokenLife bounds how long a key for a program may be good for.
const maxTokenLife = 366 * 24 * time.Hour

// tokenPrefix lets people and scanners for leaked secrets recognise a key.
const tokenPrefix = "tasuki_"

// IssueToken makes a key with which a program acts as an account, within a scope. The secret is shown once and not kept.
func (s *Service) IssueToken(ctx context.Context, by store.Actor, account, name string, scope Permission, life time.Duration) (secretText string, t store.APIToken, err error) {
	if life <= 0 || life > maxTokenLife || name == "" || names[scope].IsZero() {
		return "", t, &lang.Error{
			Kind: lang.Usage,
			What: lang.T("API トークンを発行できません", "the API token cannot be issued"),
			Why:  lang.T("名前と範囲が必要で、有効期間は 366 日以内です", "it needs a name and a scope, and lasts 366 days at most"),
		}
	}
	secretText = tokenPrefix + secret()
	t = store.APIToken{ID: s.db.NewID(), Account: account, Name: name, Scope: string(scope), ExpiresAt: s.db.Now().Add(life)}
	err = s.db.InTx(ctx, by, func(tx *store.Tx) error {
		t.CreatedAt = tx.Now()
		if err := tx.AddAPIToken(ctx, t, hashSecret(secretText)); err != nil {
			return err
		}
		return tx.Audit(ctx, "issued", store.Object{Kind: "api_token", ID: t.ID}, store.Change{After: t})
	})
	return secretText, t, err
}

// RevokeToken makes a key unusable.
func (s *Service) RevokeToken(ctx context.Context, by store.Actor, id string) error {
	return s.db.InTx(ctx, by, func(tx *store.Tx) error {
		if err := tx.RevokeAPIToken(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, "revoked", store.Object{Kind: "api_token", ID: id}, nil)
	})
}

// Bearer gives the account a program acts as, and the key it showed. An unknown, expired or revoked key, and one of a
// disabled account, are an error of kind Forbidden. What the program may do is [TokenMay].
func (s *Service) Bearer(ctx context.Context, secretText string) (store.Account, store.APIToken, error) {
	t, err := s.db.APITokenByHash(ctx, hashSecret(secretText))
	if lang.KindOf(err) == lang.NotFound {
		return store.Account{}, t, badToken()
	}
	if err != nil {
		return store.Account{}, t, err
	}
	a, err := s.db.Account(ctx, t.Account)
	if err != nil {
		return store.Account{}, t, err
	}
	if a.Disabled || !t.RevokedAt.IsZero() || !s.db.Now().Before(t.ExpiresAt) {
		return store.Account{}, t, badToken()
	}
	return a, t, nil
}

func badToken() error {
	return &lang.Error{
		Kind: lang.Forbidden,
		What: lang.T("API トークンが無効です", "the API token is not valid"),
		Why:  lang.T("登録されていないか、期限切れ又は失効しています", "it is unknown, expired or revoked"),
		Next: lang.T("新しい API トークンを発行してください", "issue a new API token"),
	}
}
