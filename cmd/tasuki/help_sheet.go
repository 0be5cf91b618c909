package main

import "example.org/tasuki/internal/lang"

// sheetTexts are the help texts about sheets that come back.
var sheetTexts = map[string]lang.Text{
	"import":          lang.T("記入されたファイルを読み取る", "read files that people filled in"),
	"import_xlsx":     lang.T("記入されたチェックリスト（xlsx・CSV）をセルごとに読み取る", "read a filled checklist (xlsx or CSV) cell by cell"),
	"import_file":     lang.T("返ってきたファイル（- は標準入力）", "the file that came back; - is standard input"),
	"import_preview":  lang.T("何が変わるかをセルの番地つきで示す（何も書き込まない）", "show what would change, by cell; nothing is written"),
	"import_apply":    lang.T("読み取れたものを起案として取り込む（判定は上書きしない）", "take what could be read in as drafts; judged statuses stay"),
	"import_software": lang.T("ソフトウェアの名称（既定はファイルに書かれたもの）", "name of the software (default: what the file says)"),
	"record_table":    lang.T("台帳の xlsx 又は CSV（- は標準入力）", "the register as xlsx or CSV; - is standard input"),
	"record_apply":    lang.T("取り込む（指定しないときの動作）", "take it in (what happens without either)"),
	"import_until":    lang.T("起案する申告の有効期限（既定は見直しの間隔）", "last day of the statements it makes (default: as far as reviews are apart)"),
}
