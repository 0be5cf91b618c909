package auth

import (
	"slices"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Permission is something an account may or may not do. A permission is also the scope of a key for a program.
type Permission string

// The permissions.
const (
	Read       Permission = "read"       // see what the workspace knows
	Push       Permission = "push"       // bring documents in
	Edit       Permission = "edit"       // change the chain, registers, claims, decisions
	Approve    Permission = "approve"    // approve what somebody else wrote; sign declarations
	ReadAudit  Permission = "read_audit" // see the audit log
	Administer Permission = "administer" // accounts, settings, keys, backups
)

// names are the words for people.
var names = map[Permission]lang.Text{
	Read:       lang.T("閲覧", "read"),
	Push:       lang.T("文書の登録", "push documents"),
	Edit:       lang.T("編集", "edit"),
	Approve:    lang.T("承認", "approve"),
	ReadAudit:  lang.T("監査記録の閲覧", "read the audit log"),
	Administer: lang.T("管理", "administer"),
}

// Name gives the word for people.
func (p Permission) Name() lang.Text { return names[p] }

// Roles in the order they are shown.
var Roles = [...]store.Role{store.Admin, store.Editor, store.Approver, store.Auditor}

// may says what each role may do. An administrator looks after the workspace and does not thereby edit or approve.
var may = map[store.Role][]Permission{
	store.Admin:    {Read, ReadAudit, Administer},
	store.Editor:   {Read, Push, Edit},
	store.Approver: {Read, Approve},
	store.Auditor:  {Read, ReadAudit},
}

// May reports whether an account may do something. A disabled one may do nothing.
func May(a store.Account, p Permission) bool {
	return !a.Disabled && slices.ContainsFunc(a.Roles, func(r store.Role) bool { return slices.Contains(may[r], p) })
}

// TokenMay reports whether a program with a key may do something: no more than the key's scope, and no more than the
// account it acts for. A key never approves: that takes a person.
func TokenMay(a store.Account, t store.APIToken, p Permission) bool {
	if p == Approve || !May(a, p) {
		return false
	}
	return p == Permission(t.Scope) || p == Read || p == Push && Permission(t.Scope) == Edit
}

// Require gives an error of kind Forbidden unless an account may do something.
func Require(a store.Account, p Permission) error {
	if May(a, p) {
		return nil
	}
	return &lang.Error{
		Kind: lang.Forbidden,
		What: lang.F("この操作には「%s」の権限が必要です", "this needs the permission to %s", p.Name()),
		Next: lang.T("権限を持つ人に依頼するか、管理者に権限の追加を依頼してください", "ask somebody who has it, or ask an administrator to give it to you"),
	}
}
