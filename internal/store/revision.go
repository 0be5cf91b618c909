package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
)

// Words for what is edited by people.
var (
	decisionNoun    = lang.T("判断", "decision")
	recordNoun      = lang.T("記録", "record")
	claimNoun       = lang.T("主張・例外措置", "claim")
	declarationNoun = lang.T("自己適合宣言", "declaration")
	accountNoun     = lang.T("アカウント", "account")
	settingNoun     = lang.T("設定", "setting")
	tokenNoun       = lang.T("API トークン", "API token")
)

// saveRevised adds a row with revision 1, or changes the row whose revision is one less than given. When somebody else
// was faster, in either case, it is an error of kind Conflict.
func (tx *Tx) saveRevised(ctx context.Context, noun lang.Text, table, id string, revision int, columns cols) error {
	if id == "" || revision < 1 {
		return fmt.Errorf("save %s: no id or no revision", table)
	}
	write := updateText
	if revision == 1 {
		write = addText
	}
	query, args := write(table, id, revision, columns)
	n, err := tx.exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("save %s %s: %w", table, id, err)
	}
	if n == 0 {
		return changedMeanwhile(noun, id)
	}
	return nil
}

func addText(table, id string, revision int, columns cols) (string, []any) {
	names, args := []string{"id", "revision"}, []any{id, revision}
	for _, c := range columns {
		names, args = append(names, c.name), append(args, c.value)
	}
	return "insert into " + table + " (" + strings.Join(names, ", ") + ") values (" + placeholders(1, len(names)) + ") on conflict do nothing", args
}

func updateText(table, id string, revision int, columns cols) (string, []any) {
	var sets []string
	args := []any{id, revision, revision - 1}
	for _, c := range columns {
		args = append(args, c.value)
		sets = append(sets, c.name+" = $"+strconv.Itoa(len(args)))
	}
	return "update " + table + " set revision = $2, " + strings.Join(sets, ", ") + " where id = $1 and revision = $3", args
}

// ownApproval refuses an approval by the author. The database refuses it too.
func ownApproval(author, approver string) error {
	if approver == "" || approver != author {
		return nil
	}
	return &lang.Error{
		Kind: lang.Forbidden,
		What: lang.T("起案者自身が承認することはできません", "the author cannot approve it"),
		Next: lang.T("別の人に承認を依頼してください", "ask somebody else to approve it"),
	}
}
