package main

import "example.org/tasuki/internal/lang"

// keepTexts are the help texts about what outlives us: the ledger, keys and the archive.
var keepTexts = map[string]lang.Text{
	"ledger_key":         lang.T("台帳の検証用の鍵を出力する（相手に別の手段で渡す）", "print the key that others verify the ledger with; hand it over by another way"),
	"ledger_export":      lang.T("台帳を静的なファイル（C2SP tlog-tiles）に書き出す。2回目からは追記分だけ", "write the ledger as static files (C2SP tlog-tiles); later runs add what is new"),
	"ledger_export_dir":  lang.T("書き出すディレクトリ", "folder to write"),
	"ledger_prove":       lang.T("記録が台帳にあることの証明を書き出す（C2SP tlog-proof）", "write a proof that an entry is in the ledger (C2SP tlog-proof)"),
	"ledger_entry":       lang.T("記録の番号（0から）又は監査記録の id", "number of the entry (from 0), or id of its audit entry"),
	"ledger_consistency": lang.T("台帳が以前の時点から追記だけで伸びたことの証明を書き出す", "write a proof that the ledger only grew since an earlier size"),
	"ledger_from":        lang.T("以前の件数", "earlier size"),
	"ledger_to":          lang.T("後の件数（チェックポイントのある時点。既定は最新）", "later size, one with a checkpoint (default: the newest)"),
	"ledger_dir":         lang.T("書き出した台帳（ワークスペースは不要）", "an exported ledger; no workspace needed"),
	"ledger_proof":       lang.T("tasuki ledger prove の証明", "a proof of tasuki ledger prove"),
	"ledger_growth":      lang.T("tasuki ledger consistency の証明（--earlier も指定）", "a proof of tasuki ledger consistency, with --earlier"),
	"ledger_earlier":     lang.T("以前に受け取って保管していたチェックポイント", "the checkpoint kept from before"),
	"ledger_vkey":        lang.T("台帳の検証用の鍵、又はそのファイル", "verifier key of the ledger, or a file with it"),
	"ledger_wkey":        lang.T("信頼する証人の鍵、又はそのファイル", "key of a witness you trust, or a file with it"),

	"ledger_witness":   lang.T("チェックポイントに署名する証人", "witnesses, who sign checkpoints"),
	"witness_add":      lang.T("証人の鍵を登録する", "make a witness known by its key"),
	"witness_key":      lang.T("証人の鍵（名前+識別子+base64）", "the witness's key (name+id+base64)"),
	"witness_list":     lang.T("登録した証人の一覧", "list the witnesses known here"),
	"witness_remove":   lang.T("証人の登録を外す", "take a witness away"),
	"witness_name":     lang.T("証人の名前", "name of the witness"),
	"witness_submit":   lang.T("証人（C2SP tlog-witness）に最新のチェックポイントを送り、署名を受け取る", "send the newest checkpoint to a witness (C2SP tlog-witness) and take its signature"),
	"witness_url":      lang.T("証人の submission prefix の URL", "submission prefix of the witness"),
	"witness_accept":   lang.T("証人から届いた署名をチェックポイントに加える", "put the signatures a witness sent under their checkpoint"),
	"witness_answer":   lang.T("証人の返答又は署名済みのチェックポイント（- は標準入力）", "the witness's answer, or a cosigned checkpoint; - is standard input"),
	"witness_sign":     lang.T("証人として、ほかの組織の台帳が追記だけで伸びたことを確かめて署名する", "as a witness: check that another's ledger only grew, and sign"),
	"witness_log":      lang.T("相手の台帳の検証用の鍵、又はそのファイル", "verifier key of the other's ledger, or a file with it"),
	"witness_growth":   lang.T("相手の tasuki ledger consistency の出力（- は標準入力）", "what their tasuki ledger consistency wrote; - is standard input"),
	"witness_identity": lang.T("証人としての自分の鍵を出力する", "print our own key as a witness"),

	"serve_ledger": lang.T("台帳（/checkpoint と /tile/）の公開: token（監査を読める API キーが必要）、public、off", "serve the ledger (/checkpoint and /tile/): token (an API key that may read the audit log), public, off"),
}
