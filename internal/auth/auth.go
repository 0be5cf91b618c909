// Package auth knows who may come in: accounts with passwords, the token that lets the first of them be made, keys for
// programs, and what each role may do.
//
// Start from [Service]. The package serves no pages; [Sessions] sets up the cookies for those who do. Every change is
// audited under the id of an account, never under a name.
package auth

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/store"
)

// Service answers for one workspace. It is safe for concurrent use.
type Service struct {
	db     *store.DB
	byName *limiter // attempts at one account
	byFrom *limiter // attempts from one address
	hash   hashing
	decoy  string // hash of nothing anybody knows, to spend the same time on a name that does not exist
}

// New gives the service of a workspace.
func New(db *store.DB) *Service {
	return &Service{
		db:     db,
		byName: newLimiter(db.Now, 10*time.Second, 10),
		byFrom: newLimiter(db.Now, 2*time.Second, 30),
		hash:   make(hashing, runtime.GOMAXPROCS(0)),
		decoy:  HashPassword(secret()),
	}
}

// Registration is what an account is made from.
type Registration struct {
	Name     string // to sign in with: lower-case letters, digits and . _ @ + -
	Display  string // as people write it; the name when empty
	Password string
	Roles    []store.Role
}

var nameForm = pattern.Of(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

// account checks a registration and makes the account of it, with the password hashed.
func (s *Service) account(ctx context.Context, r Registration) (store.Account, error) {
	a := store.Account{ID: s.db.NewID(), Name: strings.ToLower(strings.TrimSpace(r.Name)), Display: strings.TrimSpace(r.Display),
		Roles: r.Roles, Revision: 1}
	if a.Display == "" {
		a.Display = a.Name
	}
	if !nameForm().MatchString(a.Name) {
		return a, &lang.Error{
			Kind: lang.Usage,
			What: lang.F("「%s」はアカウント名として使えません", "%q cannot be the name of an account", r.Name),
			Next: lang.T("英小文字・数字と . _ @ + - を使い、64 文字以内で指定してください", "use up to 64 lower-case letters, digits and . _ @ + -"),
		}
	}
	if err := checkRoles(a.Roles); err != nil {
		return a, err
	}
	if err := CheckPassword(r.Password); err != nil {
		return a, err
	}
	return a, s.hash.do(ctx, func() { a.Password = HashPassword(r.Password) })
}

func checkRoles(roles []store.Role) error {
	for _, r := range roles {
		if !slices.Contains(Roles[:], r) {
			return &lang.Error{
				Kind: lang.Usage,
				What: lang.F("「%s」という権限はありません", "there is no role %q", r),
				Next: lang.T("admin、editor、approver、auditor から選んでください", "choose from admin, editor, approver and auditor"),
			}
		}
	}
	return nil
}

// Add makes an account.
func (s *Service) Add(ctx context.Context, by store.Actor, r Registration) (store.Account, error) {
	a, err := s.account(ctx, r)
	if err != nil {
		return a, err
	}
	return a, s.db.InTx(ctx, by, func(tx *store.Tx) error {
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		return tx.Audit(ctx, "added", object(a), store.Change{After: a})
	})
}

// SetPassword gives an account another password.
func (s *Service) SetPassword(ctx context.Context, by store.Actor, id, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	var hash string
	if err := s.hash.do(ctx, func() { hash = HashPassword(password) }); err != nil {
		return err
	}
	return s.change(ctx, by, id, "password_set", func(a *store.Account) error { a.Password = hash; return nil })
}

// SetRoles changes what an account may do.
func (s *Service) SetRoles(ctx context.Context, by store.Actor, id string, roles []store.Role) error {
	if err := checkRoles(roles); err != nil {
		return err
	}
	return s.change(ctx, by, id, "roles_set", func(a *store.Account) error { a.Roles = roles; return nil })
}

// SetDisabled locks an account out, or lets it in again. What it did stays.
func (s *Service) SetDisabled(ctx context.Context, by store.Actor, id string, disabled bool) error {
	return s.change(ctx, by, id, "disabled_set", func(a *store.Account) error { a.Disabled = disabled; return nil })
}

// change alters an account, and keeps at least one administrator who can sign in.
func (s *Service) change(ctx context.Context, by store.Actor, id, action string, alter func(*store.Account) error) error {
	return s.db.InTx(ctx, by, func(tx *store.Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		before := a
		if err := alter(&a); err != nil {
			return err
		}
		a.Revision++
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		if err := adminLeft(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, action, object(a), store.Change{Before: before, After: a})
	})
}

func adminLeft(ctx context.Context, tx *store.Tx) error {
	accounts, err := tx.Accounts(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a store.Account) bool { return !a.Disabled && slices.Contains(a.Roles, store.Admin) }) {
		return nil
	}
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.T("有効な管理者がいなくなる変更はできません", "the last administrator must stay"),
		Next: lang.T("先に別のアカウントを管理者にしてください", "make another account an administrator first"),
	}
}

func object(a store.Account) store.Object { return store.Object{Kind: "account", ID: a.ID} }

// SignIn checks a name and password and gives the account. It serves pages and, for approving and signing on the
// command line, as the check of a person's credential. from is the address the attempt comes from; empty on the
// command line. Attempts on a known account are audited, whether or not they succeed. What went wrong is not told
// apart: an error of kind Forbidden.
func (s *Service) SignIn(ctx context.Context, name, password, from string) (store.Account, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	nameDone, wait := s.byName.attempt(name)
	if wait > 0 {
		return store.Account{}, tooMany(wait)
	}
	fromDone, wait := s.byFrom.attempt(from)
	if wait > 0 {
		return store.Account{}, tooMany(wait)
	}
	a, known, err := s.find(ctx, name)
	if err != nil {
		return store.Account{}, err
	}
	hash := s.decoy
	if known && a.Password != "" {
		hash = a.Password
	}
	right := false
	if err := s.hash.do(ctx, func() { right = VerifyPassword(hash, password) }); err != nil {
		return store.Account{}, err
	}
	if !known {
		return store.Account{}, notSignedIn()
	}
	if !right || a.Disabled {
		if err := s.attempted(ctx, a, from, "sign_in_refused"); err != nil {
			return store.Account{}, err
		}
		return store.Account{}, notSignedIn()
	}
	nameDone()
	fromDone()
	return a, s.attempted(ctx, a, from, "signed_in")
}

// Try bounds how often something that is no account is guessed at: what names it, from is the address the attempt comes
// from. succeeded gives the attempt back. An error of kind Forbidden says how long to wait.
func (s *Service) Try(what, from string) (succeeded func(), err error) {
	whatDone, wait := s.byName.attempt(" " + what) // no name of an account begins with a blank
	if wait == 0 {
		var fromDone func()
		if fromDone, wait = s.byFrom.attempt(from); wait == 0 {
			return func() { whatDone(); fromDone() }, nil
		}
	}
	return nil, &lang.Error{Kind: lang.Forbidden, What: lang.T("入力の誤りが続いたため、一時的に受け付けを止めています", "too many wrong entries; further ones are refused for a while"),
		Next: lang.F("%d 秒ほど待ってから、もう一度お試しください", "wait for about %d seconds and try again", int(wait/time.Second)+1)}
}

func (s *Service) find(ctx context.Context, name string) (a store.Account, known bool, err error) {
	a, err = s.db.AccountByName(ctx, name)
	if lang.KindOf(err) == lang.NotFound {
		return a, false, nil
	}
	return a, err == nil, err
}

func (s *Service) attempted(ctx context.Context, a store.Account, from, action string) error {
	via := store.Web
	if from == "" {
		via = store.CLI
	}
	return s.db.InTx(ctx, store.Actor{Account: a.ID, Via: via}, func(tx *store.Tx) error {
		return tx.Audit(ctx, action, object(a), map[string]string{"from": from})
	})
}

func notSignedIn() error {
	return &lang.Error{
		Kind: lang.Forbidden,
		What: lang.T("サインインできませんでした", "signing in was refused"),
		Why:  lang.T("アカウント名又はパスワードが違うか、アカウントが無効になっています", "the name or the password is wrong, or the account is disabled"),
		Next: lang.T("入力内容を確かめてください。解決しないときは管理者に連絡してください", "check what you entered; if that does not help, ask an administrator"),
	}
}
