package main

import "example.org/tasuki/internal/lang"

// apiTexts holds the help texts of what speaks to a server, and of the keys it asks for.
var apiTexts = map[string]lang.Text{
	"push_server": lang.T("このサーバに送る（API キーは TASUKI_TOKEN 又は TASUKI_TOKEN_FILE）", "send to this server; the API key comes from TASUKI_TOKEN or TASUKI_TOKEN_FILE"),
	"push_to":     lang.T("送る代わりに、送る内容をこのファイルに書き出す", "write what would be sent to this file instead"),
	"push_from":   lang.T("--to で書き出したファイルを取り込む（--server と併せれば送る）", "take in a file that --to wrote; with --server, send it"),

	"token":        lang.T("プログラムのための API キー", "API keys for programs"),
	"token_issue":  lang.T("API キーを発行する（--as でサインイン。キーは一度だけ表示）", "issue an API key as the account of --as; it is shown once"),
	"token_list":   lang.T("API キーの一覧（キーそのものは保管していない）", "list API keys; the keys themselves are not kept"),
	"token_revoke": lang.T("API キーを失効させる", "make an API key unusable"),
	"token_name":   lang.T("何に使うキーか", "what the key is for"),
	"token_scope":  lang.T("できること: read, push（文書の登録）, edit（編集）, read_audit（監査記録の閲覧）", "what it may do: read, push, edit or read_audit"),
	"token_days":   lang.T("有効日数（366 まで）", "days it lasts, 366 at most"),
	"token_for":    lang.T("別のアカウントのためのキー（管理者）", "a key for another account; takes an administrator"),
	"token_id":     lang.T("キーの id", "id of the key"),
}
