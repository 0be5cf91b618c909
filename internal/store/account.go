package store

import (
	"context"
	"fmt"
	"time"

	"example.org/tasuki/internal/lang"
)

// Role is what an account may do; an account can have several.
type Role string

// The roles. What each may do is decided by package auth.
const (
	Admin    Role = "admin"
	Editor   Role = "editor"
	Approver Role = "approver"
	Auditor  Role = "auditor"
)

// Account is a person or program that can sign in.
type Account struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"` // to sign in with
	Display   string    `json:"display"`
	Roles     []Role    `json:"roles"`
	Password  string    `json:"-"` // argon2id, PHC string; empty: no password
	CreatedAt time.Time `json:"created_at"`
	Disabled  bool      `json:"disabled"`
	Revision  int       `json:"revision"`
}

// SaveAccount adds an account (Revision 1) or its next revision. It is an error of kind Conflict when another change
// came first or the name is taken.
func (tx *Tx) SaveAccount(ctx context.Context, a Account) error {
	if a.CreatedAt.IsZero() {
		a.CreatedAt = tx.Now()
	}
	return tx.saveRevised(ctx, accountNoun, "account", a.ID, a.Revision, cols{{"name", a.Name}, {"display", a.Display},
		{"roles", inJSON(a.Roles)}, {"password", a.Password}, {"created_at", ms(a.CreatedAt)}, {"disabled", a.Disabled}})
}

const selectAccount = `select id, name, display, roles, password, created_at, disabled, revision from account`

func scanAccount(r row) (a Account, err error) {
	err = r.Scan(&a.ID, &a.Name, &a.Display, asJSON(&a.Roles), &a.Password, asTime(&a.CreatedAt), &a.Disabled, &a.Revision)
	return a, err
}

// Account gives one account by id.
func (db *DB) Account(ctx context.Context, id string) (Account, error) {
	a, err := one(ctx, db, scanAccount, selectAccount+` where id = $1`, id)
	return found(a, err, accountNoun, id)
}

// AccountByName gives one account by the name it signs in with.
func (db *DB) AccountByName(ctx context.Context, name string) (Account, error) {
	a, err := one(ctx, db, scanAccount, selectAccount+` where name = $1`, name)
	return found(a, err, accountNoun, name)
}

// Accounts gives every account, by name.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	return list(ctx, db, scanAccount, selectAccount+` order by name`)
}

// PutSetupToken keeps the hash of a token that lets its bearer make the first account, in place of any earlier one.
func (db *DB) PutSetupToken(ctx context.Context, hash string, expires time.Time) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `delete from setup_token`); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `insert into setup_token (hash, expires_at) values ($1, $2)`, hash, ms(expires))
		return err
	})
}

// UseSetupToken takes a set-up token out of the store. It is an error of kind Forbidden when there is no such token,
// when it expired, or when an account exists already.
func (tx *Tx) UseSetupToken(ctx context.Context, hash string) error {
	n, err := tx.exec(ctx, `delete from setup_token where hash = $1 and expires_at > $2 and not exists (select 1 from account)`,
		hash, ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("use set-up token: %w", err)
	}
	if n == 0 {
		return &lang.Error{
			Kind: lang.Forbidden,
			What: lang.T("初期設定のリンクは使えません", "the set-up link cannot be used"),
			Why:  lang.T("期限が切れているか、すでに使われています", "it has expired or was used already"),
			Next: lang.T("tasuki serve を起動し直して、新しいリンクを表示してください", "start tasuki serve again; it prints a new link"),
		}
	}
	return nil
}

// APIToken is a key for programs. The store knows its hash alone.
type APIToken struct {
	ID        string    `json:"id"`
	Account   string    `json:"account"`
	Name      string    `json:"name"`
	Scope     string    `json:"scope"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// AddAPIToken adds a token by the hash of its secret. CreatedAt is the transaction's instant.
func (tx *Tx) AddAPIToken(ctx context.Context, t APIToken, hash string) error {
	_, err := tx.exec(ctx, `insert into api_token (id, hash, account, name, scope, created_at, expires_at, revoked_at)
		values ($1, $2, $3, $4, $5, $6, $7, 0)`, t.ID, hash, t.Account, t.Name, t.Scope, ms(tx.Now()), ms(t.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add API token: %w", err)
	}
	return nil
}

// RevokeAPIToken makes a token unusable from now on.
func (tx *Tx) RevokeAPIToken(ctx context.Context, id string) error {
	n, err := tx.exec(ctx, `update api_token set revoked_at = $1 where id = $2 and revoked_at = 0`, ms(tx.Now()), id)
	if err != nil {
		return fmt.Errorf("revoke API token: %w", err)
	}
	if n == 0 {
		return notFound(tokenNoun, id)
	}
	return nil
}

const selectAPIToken = `select id, account, name, scope, created_at, expires_at, revoked_at from api_token`

func scanAPIToken(r row) (t APIToken, err error) {
	err = r.Scan(&t.ID, &t.Account, &t.Name, &t.Scope, asTime(&t.CreatedAt), asTime(&t.ExpiresAt), asTime(&t.RevokedAt))
	return t, err
}

// APITokenByHash gives the token with a hash, whether or not it is still good.
func (db *DB) APITokenByHash(ctx context.Context, hash string) (APIToken, error) {
	t, err := one(ctx, db, scanAPIToken, selectAPIToken+` where hash = $1`, hash)
	return found(t, err, tokenNoun, "")
}

// APITokens gives the tokens of an account, or all when it is empty, the first one made first.
func (db *DB) APITokens(ctx context.Context, account string) ([]APIToken, error) {
	var w where
	if account != "" {
		w.add("account = ?", account)
	}
	return list(ctx, db, scanAPIToken, selectAPIToken+w.text()+` order by created_at, id`, w.args...)
}
