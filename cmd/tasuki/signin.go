package main

import (
	"fmt"
	"os"

	"golang.org/x/term"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// signIn has the person that --as names show who they are, and says how they did: "password". What the account may do
// is not looked at; see [auth.Require]. The password comes from TASUKI_PASSWORD or the file that TASUKI_PASSWORD_FILE
// names, else from a prompt when there is a terminal. A refusal is an error of kind Forbidden.
func (p *program) signIn(db *store.DB) (store.Account, string, error) {
	if p.as == "" {
		return store.Account{}, "", &lang.Error{Kind: lang.Forbidden,
			What: lang.T("この操作にはサインインが必要です", "this needs you to sign in"),
			Next: lang.T("--as でアカウントを指定してください（アカウントは tasuki user add で作ります）", "name your account with --as (accounts are made with tasuki user add)")}
	}
	password, err := p.password("TASUKI_PASSWORD", lang.F("%s のパスワード", "password of %s", p.as))
	if err != nil {
		return store.Account{}, "", err
	}
	a, err := auth.New(db).SignIn(p.ctx, p.as, password, "")
	return a, "password", err
}

// signInFor is signIn by somebody who may do something; it gives the actor of what follows.
func (p *program) signInFor(db *store.DB, may auth.Permission) (store.Account, store.Actor, error) {
	a, _, err := p.signIn(db)
	if err != nil {
		return a, store.Actor{}, err
	}
	return a, store.Actor{Account: a.ID, Via: store.CLI}, auth.Require(a, may)
}

// signInAbout is signIn by somebody for an account: their own, or as an administrator the one that is named.
func (p *program) signInAbout(db *store.DB, name string) (who, of store.Account, err error) {
	who, _, err = p.signIn(db)
	if err != nil || name == "" || name == who.Name {
		return who, who, err
	}
	if err := auth.Require(who, auth.Administer); err != nil {
		return who, who, err
	}
	of, err = db.AccountByName(p.ctx, name)
	return who, of, err
}

// administered opens the workspace for something that takes an administrator, who is its author.
func (p *program) administered(do func(*store.DB, store.Actor) error) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Administer)
	if err != nil {
		return err
	}
	return do(db, actor)
}

// author gives the actor of something that somebody else approves later. An account is needed as soon as the workspace
// has one: nobody can be told apart from an author who is not known. The credential is not asked for; whoever may write
// into the workspace directory may draft, and an approval takes a person.
func (p *program) author(db *store.DB, may auth.Permission) (store.Actor, error) {
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return store.Actor{}, err
	}
	if len(accounts) == 0 && p.as == "" {
		return p.actor(), nil
	}
	for _, a := range accounts {
		if a.Name == p.as {
			return store.Actor{Account: a.ID, Via: store.CLI}, auth.Require(a, may)
		}
	}
	if p.as == "" {
		return store.Actor{}, &lang.Error{Kind: lang.Forbidden,
			What: lang.T("誰が行うのかが指定されていません", "it is not said who does this"),
			Why:  lang.T("誰が行ったかを監査記録に残すためです", "the audit log says who did it"),
			Next: lang.T("--as でアカウントを指定してください", "name an account with --as")}
	}
	return store.Actor{}, noAccount(p.as)
}

func noAccount(name string) error {
	return &lang.Error{Kind: lang.Forbidden, What: lang.F("アカウント「%s」はありません", "there is no account %q", name),
		Next: lang.T("tasuki user list で確認してください", "see tasuki user list")}
}

// password gives a secret from the environment, else from a prompt. Off a terminal nobody is asked.
func (p *program) password(name string, what lang.Text) (string, error) {
	if v := p.secret(name); v != "" {
		return v, nil
	}
	f, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", &lang.Error{Kind: lang.Forbidden,
			What: lang.F("%sが必要です", "the %s is needed", what),
			Next: lang.F("端末で実行するか、%[1]s 又は %[1]s_FILE で渡してください", "run it on a terminal, or pass it in %[1]s or %[1]s_FILE", name)}
	}
	fmt.Fprintf(p.err, "%s: ", what.In(p.lang))
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(b), nil
}
