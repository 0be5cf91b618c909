package main

import "example.org/tasuki/internal/lang"

// exchangeTexts holds the help texts of what passes between parties: requests, answers, receipts, hand-overs, revocations.
var exchangeTexts = map[string]lang.Text{
	"request":             lang.T("取引先への依頼: どの水準を、なぜ、いつまでに", "requests to other parties: which level, why, by when"),
	"request_new":         lang.T("一者への依頼に署名してファイルに書き出す（--as の利用者のパスワードが必要）", "sign a request to one party and write it; asks for the credential of --as"),
	"request_passon":      lang.T("受け取った依頼をもとに、頼っている関連事業者すべてへの依頼を作る", "make requests to everybody we rely on, from one that we were given"),
	"request_list":        lang.T("依頼の一覧: 誰が誰に、何を、いつまでに、回答の状況", "who asked whom for what, until when, and what came back"),
	"request_show":        lang.T("依頼の内容を見る", "show a request whole"),
	"request_level":       lang.T("求める水準（minimum 又は standard。既定は元の依頼の水準）", "level asked for: minimum or standard (default: that of the request it is under)"),
	"request_reason":      lang.T("その水準を求める理由。観点は information（扱う情報）、protection（保護の仕組みの維持）、response（脆弱性への対応）、other", "why this level, by viewpoint: information, protection, response or other"),
	"request_due":         lang.T("回答の期日", "last day for the answer"),
	"request_evidence":    lang.T("回答に添える文書の種類（sbom, vex, evidence, upstream）", "kinds of documents to come with the answer: sbom, vex, evidence, upstream"),
	"request_chain":       lang.T("回答者が頼っている関連事業者の宣言も求める", "ask for the declarations of the answerer's own suppliers as well"),
	"request_note":        lang.T("添える言葉", "words to go with it"),
	"request_lowered":     lang.T("元の依頼より低い水準を求める理由", "why the level is lower than the one asked of us"),
	"request_to":          lang.T("相手の関連事業者の id", "id of the party that is asked"),
	"request_software":    lang.T("対象のソフトウェア・部品の名称", "name of the software or component it is about"),
	"request_release":     lang.T("対象の版（既定は問わない）", "version it is about (default: any)"),
	"request_purl":        lang.T("部品の package URL", "package URL of the component"),
	"request_usedin":      lang.T("組み込む先の名称", "what it becomes part of"),
	"request_role":        lang.T("回答を求める役割（複数はコンマ区切り）", "roles the answer has to cover, comma-separated"),
	"request_requirement": lang.T("回答を求める個別要求（既定は役割と水準から導かれるすべて）", "requirements asked for (default: all of role and level)"),
	"request_under":       lang.T("もとになる、受け取った依頼（ダイジェスト又は id）", "the request we were given that this follows from: digest or id"),
	"request_id":          lang.T("依頼のダイジェスト又は id", "digest or id of the request"),
	"request_ours":        lang.T("自組織での対象の名称（既定は依頼に書かれた名称）", "what the object is called here (default: as the request calls it)"),
	"request_dir":         lang.T("書き出すディレクトリ", "folder to write into"),
	"request_received":    lang.T("受け取った依頼だけ", "only those we were given"),
	"request_sent":        lang.T("送った依頼だけ", "only those we sent"),
	"request_open":        lang.T("回答が済んでいないものだけ", "only those without a full answer"),

	"answer":        lang.T("受け取った依頼に、発行済みの宣言で回答する（新しい署名は不要）", "answer a request with a declaration in force; it needs no new signature"),
	"answer_output": lang.T("書き出すファイル（.xlsx なら現在の状態を表計算で）", "file to write; one that ends in .xlsx gets the present state as a workbook"),

	"handover":          lang.T("署名済みの宣言を別の相手に渡す（自らのもの、又は受け取ったもの）", "hand a signed declaration on: one of ours, or one that we received"),
	"handover_what":     lang.T("宣言の id 又はダイジェスト。受け取った襷はそのダイジェスト", "id or digest of a declaration, or digest of a received bundle"),
	"handover_redact":   lang.T("回答と証跡をすべて伏せて渡す（宣言の存在・署名・有効期間は確かめられる）", "withhold every answer and document; that it exists, is signed and in force can still be verified"),
	"handover_upstream": lang.T("取引先の襷はダイジェストだけを渡す", "hand over suppliers' bundles by digest only"),
	"declare_redact":    lang.T("この関連事業者（id 又は all）から受け取った襷は、回答と証跡を伏せて含める", "take the bundles of this party (id or all) in without their answers and documents"),
	"declare_supersede": lang.T("置き換える宣言の id（既定は同じリリースの最新のもの）", "id of the declaration it takes the place of (default: the latest about the same release)"),

	"revoke":        lang.T("発行した宣言を取り消し、署名付きの取消し一覧を書き出す", "take a declaration back and write the signed list of revocations"),
	"revoke_id":     lang.T("宣言の id 又はダイジェスト", "id or digest of the declaration"),
	"revoke_reason": lang.T("取り消す理由", "why"),
	"revoke_output": lang.T("取消し一覧を書き出すファイル", "file for the list of revocations"),

	"declarations":       lang.T("署名した宣言の一覧と、更新の要否", "declarations that were signed, and which need renewal"),
	"declarations_list":  lang.T("一覧を出す", "list them"),
	"declarations_renew": lang.T("更新が必要なものだけ", "only those that need renewal"),

	"procurement":           lang.T("調達: 候補の比較と、使うシステムのライフサイクル", "procurement: candidates side by side, and the life of systems"),
	"procurement_compare":   lang.T("候補の回答と襷を並べて比べる", "show the candidates' answers and bundles side by side"),
	"procurement_lifecycle": lang.T("システムの利用予定と、ソフトウェアのサポート期限を並べる", "planned use of systems against the support of what they run"),
	"procurement_output":    lang.T("表計算（.xlsx）にも書き出す", "write a workbook (.xlsx) as well"),

	"receive_file":    lang.T("受け取ったファイル（襷、依頼、受領書、取消し一覧）", "the file: a bundle, a request, a receipt or a list of revocations"),
	"receive_receipt": lang.T("受領書に署名してこのファイルに書き出す", "sign a receipt and write it to this file"),
	"verify_request":  lang.T("この依頼の内容（水準、役割、対象、文書、連鎖）に照らす", "hold it against what this request asked for"),
	"verify_roles":    lang.T("宣言に求める役割（複数はコンマ区切り）", "roles the declaration has to cover, comma-separated"),
	"verify_chain":    lang.T("頼っている関連事業者の宣言がすべてあることを求める", "require a bundle of every party relied on"),
	"verify_files":    lang.T("手元の成果物又はSBOM。宣言の対象と同じものか確かめる", "an artifact or SBOM in hand, to be compared with the subjects of the declaration"),
}
