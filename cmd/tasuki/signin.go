package main

import (
	"fmt"
	"os"

	"golang.org/x/term"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// signIn checks the credential of the account that --as names and says how the person showed who they are. The password
// comes from TASUKI_PASSWORD, from the file TASUKI_PASSWORD_FILE names, or is asked for on a terminal; never from a flag.
func (p *program) signIn(db *store.DB) (store.Account, string, error) {
	if p.as == "" {
		return store.Account{}, "", &lang.Error{Kind: lang.Forbidden, What: lang.T("誰として操作するかが指定されていません", "it is not said who acts"),
			Next: lang.T("--as 利用者名 を指定してください", "name the account with --as")}
	}
	password := p.secret("TASUKI_PASSWORD")
	if password == "" {
		var err error
		if password, err = p.askPassword(); err != nil {
			return store.Account{}, "", err
		}
	}
	who, err := auth.New(db).SignIn(p.ctx, p.as, password, "")
	return who, "password", err
}

// askPassword asks on the terminal; off a terminal it refuses rather than hang.
func (p *program) askPassword() (string, error) {
	f, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", &lang.Error{Kind: lang.Forbidden, What: lang.T("パスワードがありません", "there is no password"),
			Next: lang.T("TASUKI_PASSWORD_FILE でパスワードのファイルを指定してください", "name a file that holds it in TASUKI_PASSWORD_FILE")}
	}
	fmt.Fprint(p.err, lang.F("%s のパスワード: ", "password of %s: ", p.as).In(p.lang))
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.err)
	return string(b), err
}
