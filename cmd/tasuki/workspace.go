package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// open opens the workspace that --data names. It must exist: a mistyped path is an error and not a new workspace.
func (p *program) open() (*store.DB, error) {
	if _, err := os.Stat(filepath.Join(p.data, "VERSION")); errors.Is(err, fs.ErrNotExist) {
		return nil, &lang.Error{Kind: lang.NotFound,
			What: lang.F("「%s」にワークスペースがありません", "there is no workspace in %q", p.data),
			Next: lang.T("tasuki serve 又は tasuki push --create で作るか、--data で場所を指定してください", "make one with tasuki serve or tasuki push --create, or name it with --data")}
	}
	return p.openOrMake()
}

// openOrMake opens the workspace, or makes it when the directory is empty or absent, and finds the account that --as
// names in it.
func (p *program) openOrMake() (*store.DB, error) {
	db, err := store.Open(p.ctx, store.Options{Dir: p.data, DSN: p.secret("TASUKI_DATABASE"), Now: p.now})
	if err != nil {
		return nil, err
	}
	if err := p.findAccount(db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// findAccount looks up --as. In a workspace without accounts nobody is known yet, and the name is left for the command.
func (p *program) findAccount(db *store.DB) error {
	if p.as == "" {
		return nil
	}
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Name == p.as {
			p.account = a.ID
		}
	}
	if p.account == "" && len(accounts) > 0 {
		return noAccount(p.as)
	}
	return nil
}

// actor is who acts: the account that --as names, else the person at this terminal without an account. What approves or
// signs asks for the account's credential as well.
func (p *program) actor() store.Actor {
	if p.account == "" {
		return store.Actor{Account: "cli", Via: store.CLI}
	}
	return store.Actor{Account: p.account, Via: store.CLI}
}

// secret reads a setting from the environment, or from the file that NAME_FILE names. A file that cannot be read gives
// the empty value; what needs the secret then says what is missing.
func (p *program) secret(name string) string {
	if v := p.getenv(name); v != "" {
		return v
	}
	file := p.getenv(name + "_FILE")
	if file == "" {
		return ""
	}
	b, err := os.ReadFile(file)
	if err != nil {
		p.say("%s を読めません: %v", "cannot read %s: %v", name+"_FILE", err)
		return ""
	}
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return string(b)
}
