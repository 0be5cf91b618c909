package main

import (
	"slices"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type tokenCmd struct {
	Issue  tokenIssueCmd  `cmd:"" help:"${help_token_issue}"`
	List   tokenListCmd   `cmd:"" help:"${help_token_list}"`
	Revoke tokenRevokeCmd `cmd:"" help:"${help_token_revoke}"`
}

type tokenIssueCmd struct {
	Name  string `arg:"" help:"${help_token_name}"`
	Scope string `help:"${help_token_scope}" enum:"read,push,edit,read_audit" default:"push" placeholder:"S"`
	Days  int    `help:"${help_token_days}" default:"90" placeholder:"N"`
	For   string `help:"${help_token_for}" placeholder:"USER"`
}

// Run makes a key with which a program acts as whoever signs in, or, issued by an administrator, as another account. The
// account must be allowed itself what the key is for.
func (c *tokenIssueCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, of, err := p.signInAbout(db, c.For)
	if err != nil {
		return err
	}
	scope := auth.Permission(c.Scope)
	if !auth.May(of, scope) {
		return &lang.Error{Kind: lang.Forbidden, What: lang.F("アカウント %s には「%s」の権限がありません", "the account %s does not have the permission to %s", of.Name, scope.Name()),
			Why:  lang.T("キーでできることは、アカウントにできることまでです", "a key can do no more than its account"),
			Next: lang.T("管理者が tasuki user roles で権限を付けるか、--for で別のアカウントを指定してください", "have an administrator add a role with tasuki user roles, or name another account with --for")}
	}
	secret, t, err := auth.New(db).IssueToken(p.ctx, store.Actor{Account: who.ID, Via: store.CLI}, of.ID, c.Name, scope, time.Duration(c.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	out := struct {
		Token string `json:"token"`
		tokenJSON
	}{secret, tokenJSON{t, of.Name, true}}
	return p.print(out, func() {
		p.printf("%s", "%s", secret)
		p.say("アカウント %s のキー「%s」（範囲 %s、%s まで）。再表示はできません。TASUKI_TOKEN に設定して使います。", "key %[2]q of the account %[1]s (scope %[3]s, until %[4]s); it cannot be shown again. Put it into TASUKI_TOKEN.",
			of.Name, t.Name, t.Scope, t.ExpiresAt.In(calendar.Japan).Format(time.DateOnly))
	})
}

// tokenJSON is a key as scripts read it, without its secret.
type tokenJSON struct {
	store.APIToken
	AccountName string `json:"account_name"`
	Good        bool   `json:"good"`
}

type tokenListCmd struct{}

// Run lists the keys of every account, the first one made first.
func (tokenListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	tokens, err := db.APITokens(p.ctx, "")
	if err != nil {
		return err
	}
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return err
	}
	out := []tokenJSON{}
	for _, t := range tokens {
		line := tokenJSON{APIToken: t, Good: t.RevokedAt.IsZero() && p.now().Before(t.ExpiresAt)}
		if at := slices.IndexFunc(accounts, func(a store.Account) bool { return a.ID == t.Account }); at >= 0 {
			line.AccountName, line.Good = accounts[at].Name, line.Good && !accounts[at].Disabled
		}
		out = append(out, line)
	}
	return p.print(out, func() {
		rows := [][]string{}
		for _, t := range out {
			rows = append(rows, []string{t.ID, t.Name, t.AccountName, t.Scope, t.ExpiresAt.In(calendar.Japan).Format(time.DateOnly), goodWord(t.Good).In(p.lang)})
		}
		p.table(rows)
		p.printf("%d 件", "%d keys", len(out))
	})
}

func goodWord(good bool) lang.Text {
	if good {
		return lang.T("有効", "good")
	}
	return lang.T("無効", "not good any more")
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"${help_token_id}"`
}

// Run makes a key unusable: one's own, or, by an administrator, anybody's.
func (c *tokenRevokeCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, _, err := p.signIn(db)
	if err != nil {
		return err
	}
	tokens, err := db.APITokens(p.ctx, "")
	if err != nil {
		return err
	}
	at := slices.IndexFunc(tokens, func(t store.APIToken) bool { return t.ID == c.ID })
	if at < 0 {
		return &lang.Error{Kind: lang.NotFound, What: lang.F("API キー「%s」はありません", "there is no API key %q", c.ID),
			Next: lang.T("tasuki token list で id を確かめてください", "find the id with tasuki token list")}
	}
	if tokens[at].Account != who.ID {
		if err := auth.Require(who, auth.Administer); err != nil {
			return err
		}
	}
	if err := auth.New(db).RevokeToken(p.ctx, store.Actor{Account: who.ID, Via: store.CLI}, c.ID); err != nil {
		return err
	}
	return p.print(map[string]any{"id": c.ID, "revoked": true}, func() { p.printf("失効させました: %s", "revoked: %s", tokens[at].Name) })
}
