package main

import (
	"maps"
	"strings"

	"github.com/alecthomas/kong"

	"example.org/tasuki/internal/lang"
)

// helpTexts holds every help text of the command line in both languages; the struct tags refer to them by key.
var helpTexts = map[string]lang.Text{
	"about": lang.T("襷 — サイバーインフラ事業者ガイドラインの責務を、証跡から判定し、署名して次の担い手へ渡す",
		"Tasuki: judge the guideline's duties from evidence, sign the answer, hand it on"),
	"lang": lang.T("表示言語（既定は LANG、なければ日本語）", "language of the output (default: LANG, else Japanese)"),
	"json": lang.T("結果を JSON で出力する", "print the result as JSON"),
	"data": lang.T("ワークスペースのディレクトリ", "workspace directory"),
	"as":   lang.T("この利用者として操作する", "act as this account"),

	"guideline":   lang.T("ガイドラインのデータを見る", "the guideline as data"),
	"gl_export":   lang.T("要求事項などを出力する", "print requirements and the other lists"),
	"gl_what":     lang.T("出力するもの: requirements（21）, responsibilities, threats, incidents, templates, crosswalks, glossary, references", "which list: requirements (21), responsibilities, threats, incidents, templates, crosswalks, glossary, references"),
	"gl_overlay":  lang.T("ガイドライン本文のファイルから公式の文言を取り込む（このワークスペースだけで使う）", "lay the official wording from the guideline's own text file over ours, in this workspace only"),
	"gl_overfile": lang.T("ガイドライン本文のテキストファイル", "the guideline's text file"),

	"duties": lang.T("役割と水準から、負うべき個別要求を求める", "which individual requirements a role bears at a level"),
	"role":   lang.T("役割（developer, supplier, operator, customer。複数はコンマ区切り）", "roles, comma-separated: developer, supplier, operator, customer"),
	"level":  lang.T("水準（minimum 又は standard）", "level: minimum or standard"),

	"chain":          lang.T("体制: 誰が何を担うか", "who does what: parties, software, engagements"),
	"chain_apply":    lang.T("体制の記述を登録する（矛盾があれば登録しない）", "store a picture of the deal, unless it contradicts itself"),
	"chain_check":    lang.T("体制をガイドラインの役割分担の考え方に照らす", "hold the deal against the responsibility rules"),
	"chain_show":     lang.T("登録されている体制を出力する", "print the deal as stored"),
	"chain_template": lang.T("表4の例（a〜f）から体制の記述を作る", "make a deal from a use case of table 4 (a to f)"),
	"chain_duties":   lang.T("各関連事業者が負う個別要求を求める", "print every party's duties"),
	"chain_file":     lang.T("体制の記述（YAML 又は JSON。- は標準入力）", "the deal as YAML or JSON; - is standard input"),
	"chain_tplid":    lang.T("表4の例", "use case of table 4"),
	"chain_reason":   lang.T("水準を選んだ理由", "why this level"),
	"chain_prefix":   lang.T("作る id の前に付ける文字列", "put before every id that is made"),
	"chain_name":     lang.T("行の名称を置き換える", "name for a row"),
	"chain_self":     lang.T("自組織に当たる行（その組織に属する行なら組織全体）", "the row that is us; a unit's row stands for its organisation"),
	"chain_party":    lang.T("行を登録済みの関連事業者に当てる", "use a party that exists for a row"),
	"software":       lang.T("ソフトウェアの名称", "name of the software"),
	"party":          lang.T("関連事業者の id", "id of a party"),
	"create":         lang.T("まだ無いものを作る", "make what does not exist yet"),

	"match":       lang.T("SBOM の部品を脆弱性情報と照合する（ワークスペースは不要）", "match an SBOM's components against advisories; no workspace needed"),
	"match_sbom":  lang.T("CycloneDX 又は SPDX の文書（引数に並べるのと同じ）", "a CycloneDX or SPDX document, as if named among the arguments"),
	"match_files": lang.T("CycloneDX 又は SPDX の文書（複数可。複数のとき --json は1行に1文書）", "CycloneDX or SPDX documents; with several, --json writes one line for each"),
	"advisories":  lang.T("OSV 形式の脆弱性情報のディレクトリ（<エコシステム>/all.zip）", "folder of OSV records, <Ecosystem>/all.zip"),
	"index":       lang.T("準備済みの索引ファイル", "prepared index file"),
	"adv":         lang.T("脆弱性情報の索引", "advisory index"),
	"adv_build":   lang.T("脆弱性情報から索引ファイルを作る", "make an index file from advisories"),

	"push":               lang.T("ファイルを取り込み、読み取り、責務を判定し直す", "take files in, read them, judge again"),
	"push_files":         lang.T("取り込むファイル（種類は内容から判別）。フォルダーはその下のすべて、- は標準入力", "files; the kind is found by content; a folder stands for all below it, - for the standard input"),
	"push_configuration": lang.T("リリースの既定の設定として保管する（読み取らない）", "keep as the default configuration of the release, without reading it"),
	"push_artifact":      lang.T("リリースの成果物そのものとして保管する（読み取らない）", "keep as files of the release itself, without reading them"),
	"push_role":          lang.T("--create で作るとき自組織が担う役割", "roles we hold in what --create makes"),
	"push_level":         lang.T("--create で作るときの水準", "level of what --create makes"),
	"release":            lang.T("リリースの版", "version of the release"),
	"system":             lang.T("システムの名称", "name of the system"),

	"verify":             lang.T("襷（バンドル）をオフラインで検証する", "verify a bundle offline"),
	"verify_file":        lang.T("バンドルのファイル", "bundle file"),
	"verify_trust":       lang.T("信頼する鍵のファイル（信頼ファイル又は PEM の公開鍵）", "keys you trust: trust file or PEM public key"),
	"verify_level":       lang.T("求める水準（minimum 又は standard）", "level you asked for: minimum or standard"),
	"verify_seen":        lang.T("以前に受け入れた宣言の記録", "declarations accepted before"),
	"verify_revocations": lang.T("失効の一覧", "list of revocations"),
	"verify_at":          lang.T("この時点で検証する（既定は現在）", "verify as of this time (default: now)"),

	"status":     lang.T("責務ごとの状態、理由、次にすること", "every duty: status, reasons, what to do next"),
	"status_all": lang.T("全ての関連事業者の責務を出す", "everybody's duties"),
	"check":      lang.T("ゲートに照らす（届かなければ終了コード3）", "hold against a gate; exit code 3 when not met"),
	"gate":       lang.T("ゲートの式。使える名前: duties, met, met_with_exception, partly_met, not_met, not_assessed, not_applicable", "the gate; names: duties, met, met_with_exception, partly_met, not_met, not_assessed, not_applicable"),
	"cve":        lang.T("この脆弱性の影響を受けるのはどれか、誰が何をするか", "who is affected by a vulnerability, and who does what"),
	"cve_id":     lang.T("CVE、GHSA、OSV などの識別子", "CVE, GHSA, OSV or other id"),

	"declare":             lang.T("承認済みの宣言に署名して襷（バンドル）を書き出す。なければ起案する", "sign the approved declaration and write its bundle; drafts one when there is none"),
	"declare_arrangement": lang.T("対象の体制の id（既定は最初のもの）", "arrangement (default: the first)"),
	"declare_title":       lang.T("署名する人の役職", "function of the signer"),
	"declare_place":       lang.T("発行の場所（既定は組織の所在地）", "place of issue (default: the organisation's address)"),
	"declare_to":          lang.T("渡す相手の名称", "whom the bundle is for"),
	"declare_withhold":    lang.T("回答を見せない個別要求（後から見せられる）", "requirements whose answers are withheld; they can be shown later"),
	"declare_digest":      lang.T("SBOM 以外の証跡はダイジェストだけを渡す", "hand over evidence other than the SBOM by digest only"),
	"declare_limitation":  lang.T("宣言の限定事項", "limitation of the declaration"),
	"output":              lang.T("書き出すファイル", "file to write"),

	"feeds":         lang.T("脆弱性情報の取り込みと鮮度", "advisory data: import and age"),
	"feeds_import":  lang.T("ファイル又はディレクトリから取り込み、全ての部品と照合する（1つだけ指定すると OSV 形式のディレクトリ）", "take a source in from a file or folder and match everything; one argument alone is a folder of OSV records"),
	"feeds_fetch":   lang.T("情報源から変更分を取得し、関係する部品と照合する", "fetch what changed at the sources and match what it concerns"),
	"feeds_list":    lang.T("情報源ごとの取得元、鮮度、件数、前回の失敗", "every source: where it comes from, age, count, last error"),
	"feeds_set":     lang.T("情報源の取得方法を設定する（指定しない項目は既定に戻る）", "set how a source is fetched; what is not given goes back to the default"),
	"feeds_name":    lang.T("情報源: osv, kev, epss, endoflife, jvn, nvd, ghsa, malicious, csaf:名前", "source: osv, kev, epss, endoflife, jvn, nvd, ghsa, malicious, csaf:NAME"),
	"feeds_path":    lang.T("ファイル又はディレクトリ", "file or folder"),
	"feeds_url":     lang.T("取得元のアドレス（https。組織内のミラーなど）", "address to fetch from (https), such as a mirror of your own"),
	"feeds_eco":     lang.T("OSV で取得するエコシステム（既定は全て）", "ecosystems to fetch from OSV (default: all)"),
	"feeds_key":     lang.T("CSAF の提供者の OpenPGP 鍵のフィンガープリント（別の経路で確かめたもの）", "fingerprint of a CSAF provider's OpenPGP key, as known from elsewhere"),
	"feeds_on":      lang.T("名前を指定しない取得にも含める", "fetch it with the others"),
	"feeds_off":     lang.T("名前を指定しない取得から外す", "do not fetch it with the others"),
	"feeds_every":   lang.T("サーバが自動で取得する間隔（時間。0 は自動で取得しない）", "hours between fetches by the server itself; 0: it does not"),
	"feeds_status":  lang.T("脆弱性情報の件数と鮮度", "how many, how old"),
	"feeds_fetched": lang.T("データを取得した日時（既定はファイルの日時）", "when the data was fetched (default: the files' time)"),

	"receive":        lang.T("他者から受け取った襷（バンドル）を、信頼する鍵で検証して取り込む", "verify a bundle from another party against the trusted keys and take it in"),
	"receive_create": lang.T("対象のソフトウェアとリリースが未登録なら作る", "make the software and release it is about when they are unknown"),
	"demo":           lang.T("三つの例示組織の見本を作って見せる（通信しません）", "make and show a sample of three example organisations, offline"),
	"demo_no_serve":  lang.T("まとめを表示して終わる（画面を提供しない）", "stop after printing the summary"),
	"serve":          lang.T("画面と API を提供する", "serve the pages and the API"),
	"serve_secure":   lang.T("TLS の後ろで提供している（Cookie を Secure にする）", "served behind TLS: cookies are Secure"),
	"listen":         lang.T("待ち受けるアドレス", "address to listen on"),

	"feeds_eol":     lang.T("部品のサポート期限（endoflife.date の JSON）を取り込む", "take in the end of support of components (endoflife.date's JSON)"),
	"feeds_eolfile": lang.T("JSON ファイル（gzip 可）", "JSON file, may be gzipped"),
	"attest":        lang.T("リリースについての証明に署名する", "sign attestations about a release"),
	"attest_sbom":   lang.T("SBOM と成果物を署名で結び付ける", "tie the SBOM to the artifacts by signature"),

	"version":      lang.T("版を表示する", "print the version"),
	"version_sbom": lang.T("このプログラム自身の SBOM（CycloneDX 1.6）を出力する", "print this program's own SBOM (CycloneDX 1.6)"),
}

// helpIn lays the texts of a language over the references ${help_KEY} in the struct tags. Handing the texts to kong as
// variables would come to the same, but kong works all of them out anew for each flag: 200 ms before anything runs.
func helpIn(l lang.Lang) kong.Option {
	texts := map[string]lang.Text{}
	for _, some := range []map[string]lang.Text{helpTexts, opsTexts, apiTexts, triageTexts, sheetTexts, keepTexts, exchangeTexts, changesTexts, replayTexts, componentsTexts, checkTexts, manTexts, topicTexts} {
		maps.Copy(texts, some)
	}
	put := func(help *string) {
		if *help == "Show context-sensitive help." { // kong's own
			*help = lang.T("使い方を表示する", "show how to use it").In(l)
			return
		}
		key, ok := strings.CutPrefix(strings.TrimSuffix(*help, "}"), "${help_")
		if t, known := texts[key]; ok && known {
			*help = strings.ReplaceAll(t.In(l), "$", "$$")
		}
	}
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model.Node, func(v kong.Visitable, next kong.Next) error {
			switch v := v.(type) {
			case *kong.Node:
				put(&v.Help)
			case *kong.Value:
				put(&v.Help)
			case *kong.Flag:
				put(&v.Help)
			}
			return next(nil)
		})
	})
}
