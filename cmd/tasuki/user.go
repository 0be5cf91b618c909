package main

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"${help_user_add}"`
	List    userListCmd    `cmd:"" help:"${help_user_list}"`
	Roles   userRolesCmd   `cmd:"" help:"${help_user_roles}"`
	Passwd  userPasswdCmd  `cmd:"" help:"${help_user_passwd}"`
	Disable userDisableCmd `cmd:"" help:"${help_user_disable}"`
	Enable  userEnableCmd  `cmd:"" help:"${help_user_enable}"`
}

type userAddCmd struct {
	Name         string   `arg:"" help:"${help_user_name}"`
	Display      string   `help:"${help_user_display}" placeholder:"NAME"`
	Roles        []string `help:"${help_user_rolelist}" placeholder:"R,…"`
	PasswordFile string   `help:"${help_user_pwfile}" placeholder:"FILE"`
}

// Run makes an account. The first one of a workspace needs nobody's leave and is an administrator; the others are made
// by an administrator who signs in.
func (c *userAddCmd) Run(p *program) error {
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Name == c.Name {
			return &lang.Error{Kind: lang.Conflict, What: lang.F("アカウント「%s」は既にあります", "there is an account %q already", a.Name),
				Next: lang.T("別の名前を選ぶか、tasuki user roles で権限を変えてください", "choose another name, or change its roles with tasuki user roles")}
		}
	}
	first := len(accounts) == 0
	actor, roles := store.Actor{Account: "cli", Via: store.CLI}, rolesOf(c.Roles)
	if first {
		if !slices.Contains(roles, store.Admin) {
			roles = append([]store.Role{store.Admin}, roles...)
		}
	} else if _, actor, err = p.signInFor(db, auth.Administer); err != nil {
		return err
	}
	password, err := p.newPassword(c.PasswordFile, c.Name, first)
	if err != nil {
		return err
	}
	a, err := auth.New(db).Add(p.ctx, actor, auth.Registration{Name: c.Name, Display: c.Display, Password: password, Roles: roles})
	if err != nil {
		return err
	}
	return p.print(a, func() {
		p.printf("アカウント %s（%s）を作りました。権限: %s", "made the account %s (%s) with the roles %s", a.Name, a.Display, orDash(roleNames(a.Roles)))
		if first {
			p.printf("承認は起案者以外の人が行います。承認者のアカウントも作ってください。", "whoever approves must be another person than the author: make an account for an approver too.")
		}
	})
}

func rolesOf(names []string) []store.Role {
	roles := []store.Role{}
	for _, n := range names {
		roles = append(roles, store.Role(strings.ToLower(strings.TrimSpace(n))))
	}
	return roles
}

func roleNames(roles []store.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// newPassword gives the password an account shall have: from the file, from TASUKI_NEW_PASSWORD, or asked for on a
// terminal, twice. For the first account, which nobody signs in to make, TASUKI_PASSWORD serves too.
func (p *program) newPassword(file, name string, first bool) (string, error) {
	if file != "" {
		b, err := readFile(file)
		return strings.TrimRight(string(b), "\r\n"), err
	}
	if v := p.secret("TASUKI_PASSWORD"); first && v != "" && p.secret("TASUKI_NEW_PASSWORD") == "" {
		return v, nil
	}
	asked := p.secret("TASUKI_NEW_PASSWORD") == ""
	password, err := p.password("TASUKI_NEW_PASSWORD", lang.F("%s の新しいパスワード", "new password of %s", name))
	if err != nil || !asked {
		return password, err
	}
	again, err := p.password("TASUKI_NEW_PASSWORD", lang.T("もう一度入力", "same password once more"))
	if err == nil && again != password {
		err = &lang.Error{Kind: lang.Usage, What: lang.T("2回の入力が一致しません", "the two entries differ"),
			Next: lang.T("もう一度実行してください", "run the command again")}
	}
	return password, err
}

type userListCmd struct{}

// Run lists the accounts.
func (userListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return err
	}
	return p.print(append([]store.Account{}, accounts...), func() {
		rows := [][]string{}
		for _, a := range accounts {
			state := lang.T("有効", "active")
			if a.Disabled {
				state = lang.T("無効", "disabled")
			}
			rows = append(rows, []string{a.Name, a.Display, roleNames(a.Roles), state.In(p.lang)})
		}
		p.table(rows)
		if len(rows) == 0 {
			p.printf("アカウントはまだありません", "there is no account yet")
		}
	})
}

type userRolesCmd struct {
	Name  string   `arg:"" help:"${help_user_name}"`
	Roles []string `arg:"" optional:"" help:"${help_user_rolelist}"`
}

// Run replaces what an account may do.
func (c *userRolesCmd) Run(p *program) error {
	roles := rolesOf(strings.FieldsFunc(strings.Join(c.Roles, ","), func(r rune) bool { return r == ',' }))
	return p.changeUser(c.Name, func(s *auth.Service, by store.Actor, id string) error { return s.SetRoles(p.ctx, by, id, roles) },
		lang.T("権限を変更しました", "changed the roles of"))
}

type userDisableCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
}

// Run locks an account out. What it did stays.
func (c *userDisableCmd) Run(p *program) error {
	return p.changeUser(c.Name, func(s *auth.Service, by store.Actor, id string) error { return s.SetDisabled(p.ctx, by, id, true) },
		lang.T("無効にしました", "disabled"))
}

type userEnableCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
}

// Run lets an account in again.
func (c *userEnableCmd) Run(p *program) error {
	return p.changeUser(c.Name, func(s *auth.Service, by store.Actor, id string) error { return s.SetDisabled(p.ctx, by, id, false) },
		lang.T("有効にしました", "enabled"))
}

// changeUser has an administrator sign in and change an account.
func (p *program) changeUser(name string, change func(s *auth.Service, by store.Actor, id string) error, done lang.Text) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, by, err := p.signInFor(db, auth.Administer)
	if err != nil {
		return err
	}
	a, err := db.AccountByName(p.ctx, name)
	if err != nil {
		return err
	}
	if err := change(auth.New(db), by, a.ID); err != nil {
		return err
	}
	if a, err = db.Account(p.ctx, a.ID); err != nil {
		return err
	}
	return p.print(a, func() { p.printf("%[2]s: %[1]s", "%s %s", done.In(p.lang), a.Name) })
}

type userPasswdCmd struct {
	Name         string `arg:"" optional:"" help:"${help_user_name}"`
	PasswordFile string `help:"${help_user_pwfile}" placeholder:"FILE"`
}

// Run changes the password of whoever signs in, or, by an administrator, of somebody else.
func (c *userPasswdCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, of, err := p.signInAbout(db, c.Name)
	if err != nil {
		return err
	}
	password, err := p.newPassword(c.PasswordFile, of.Name, false)
	if err != nil {
		return err
	}
	if err := auth.New(db).SetPassword(p.ctx, store.Actor{Account: who.ID, Via: store.CLI}, of.ID, password); err != nil {
		return err
	}
	return p.print(map[string]any{"name": of.Name, "changed": true}, func() {
		p.printf("%s のパスワードを変更しました", "changed the password of %s", of.Name)
	})
}
