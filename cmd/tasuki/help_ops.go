package main

import "example.org/tasuki/internal/lang"

// opsTexts holds the help texts of what keeps a workspace going: people, records, claims, keys, backups.
var opsTexts = map[string]lang.Text{
	"user":          lang.T("利用者のアカウント", "accounts of people"),
	"user_add":      lang.T("アカウントを作る（最初の1人は管理者になる。2人目からは --as 管理者 が必要）", "make an account; the first becomes administrator, further ones need --as ADMIN"),
	"user_list":     lang.T("アカウントの一覧", "list accounts"),
	"user_roles":    lang.T("アカウントの権限を置き換える", "replace the roles of an account"),
	"user_passwd":   lang.T("パスワードを変える（管理者は他の人の分も）", "change a password; an administrator also somebody else's"),
	"user_disable":  lang.T("アカウントを無効にする", "lock an account out"),
	"user_enable":   lang.T("アカウントを再び有効にする", "let an account in again"),
	"user_name":     lang.T("サインインに使う名前", "name to sign in with"),
	"user_display":  lang.T("表示する氏名", "name as people write it"),
	"user_rolelist": lang.T("権限: admin, editor, approver, auditor（コンマ区切り）", "roles, comma-separated: admin, editor, approver, auditor"),
	"user_pwfile":   lang.T("新しいパスワードのファイル（なければ TASUKI_NEW_PASSWORD、端末では入力）", "file with the new password (else TASUKI_NEW_PASSWORD, or asked for on a terminal)"),

	"record":        lang.T("台帳: 方針、担当、教育などの記録", "registers: policies, contacts, trainings and other records"),
	"record_kinds":  lang.T("台帳の一覧、又は1つの台帳の項目", "list the registers, or the fields of one"),
	"record_put":    lang.T("記録を起案又は変更する（key で見分ける）", "draft or change records, told apart by key"),
	"record_list":   lang.T("記録の一覧", "list records"),
	"record_show":   lang.T("記録の内容と履歴", "show a record and its history"),
	"record_retire": lang.T("記録を廃止する", "take a record out of use"),
	"record_export": lang.T("台帳を CSV に書き出す", "write a register as CSV"),
	"record_import": lang.T("CSV から記録を取り込む（起案になる）", "take records from CSV, as drafts"),
	"record_kind":   lang.T("台帳の種別", "kind of register"),
	"record_file":   lang.T("記録（YAML 又は JSON。- は標準入力）", "records as YAML or JSON; - is standard input"),
	"record_csv":    lang.T("CSV ファイル", "CSV file"),
	"record_id":     lang.T("記録の id 又は 種別/key", "id of a record, or KIND/KEY"),
	"record_state":  lang.T("状態で絞る（draft, approved, retired）", "only those in this state: draft, approved, retired"),
	"record_output": lang.T("書き出すファイル（.csv。- は標準出力）", "file to write (.csv; - is standard output)"),
	"subject":       lang.T("対象: software:名称, release:名称@版, system:名称, party:ID（既定は自組織）", "what it is about: software:NAME, release:NAME@VERSION, system:NAME, party:ID (default: our organisation)"),

	"claim":             lang.T("主張・例外措置・対象外の申告", "claims, exceptions, and what does not apply"),
	"claim_add":         lang.T("起案する（別の人の承認で評価に反映）", "draft one; it counts once somebody else approves it"),
	"claim_list":        lang.T("一覧", "list them"),
	"claim_show":        lang.T("内容を見る", "show one"),
	"claim_retire":      lang.T("取り下げる", "take one back"),
	"claim_id":          lang.T("主張の id", "id of the claim"),
	"claim_requirement": lang.T("個別要求の id（s1-1.1 の形も可）", "individual requirement; s1-1.1 will do"),
	"claim_kind":        lang.T("種別: claim（主張）, exception（例外措置）, not_applicable（対象外）", "kind: claim, exception, not_applicable"),
	"claim_role":        lang.T("役割（省略時は担う全ての役割）", "role (default: every role held)"),
	"claim_check":       lang.T("確認の id（省略時は個別要求の全ての確認）", "check (default: all of the requirement)"),
	"claim_text":        lang.T("主張の内容、又は例外・対象外の理由", "the statement, or the reason of an exception"),
	"claim_evidence":    lang.T("証跡: 文書のダイジェスト、記録の id、又はファイル（取り込む）", "evidence: digest of a document, id of a record, or a file, which is taken in"),
	"claim_until":       lang.T("有効期限（その日まで有効）", "last day it holds"),

	"approve":     lang.T("他の人の起案を承認する（--as の利用者のパスワードが必要）", "approve what others drafted; asks for the credential of --as"),
	"approve_ids": lang.T("記録・主張・宣言の id（記録は 種別/key も可）", "ids of records, claims or declarations; a record also as KIND/KEY"),

	"trust":             lang.T("信頼する鍵", "keys this workspace trusts"),
	"trust_add":         lang.T("相手の公開鍵を信頼する", "trust a counterparty's public key"),
	"trust_list":        lang.T("信頼する鍵と指紋の一覧", "list them with their fingerprints"),
	"trust_remove":      lang.T("鍵を信頼しないことにする", "stop trusting a key"),
	"trust_export":      lang.T("自分の公開鍵を、相手に渡す信頼ファイルに書き出す", "write our public key as a trust file for counterparties"),
	"trust_key":         lang.T("信頼ファイル、PEM の公開鍵、又は base64 の公開鍵", "trust file, PEM public key, or public key in base64"),
	"trust_name":        lang.T("鍵の持ち主の名前", "name of the key's holder"),
	"trust_party":       lang.T("鍵の持ち主である関連事業者の id", "party whose key it is"),
	"trust_fingerprint": lang.T("指紋（先頭の6文字以上）", "fingerprint, or its first 6 characters or more"),

	"keys":      lang.T("署名鍵", "signing keys"),
	"keys_init": lang.T("宣言に署名する鍵を作る（TASUKI_KEY_PASSPHRASE があれば暗号化）", "make the key that signs declarations; encrypted when TASUKI_KEY_PASSPHRASE is set"),
	"keys_list": lang.T("鍵と指紋の一覧", "list keys with their fingerprints"),
	"keys_name": lang.T("鍵の名前（既定は組織の名称）", "name of the key (default: the organisation's)"),

	"backup":         lang.T("ワークスペース全体を1つのファイルに書き出す", "write the whole workspace into one file"),
	"backup_output":  lang.T("バックアップのファイル", "backup file"),
	"restore":        lang.T("バックアップを空のディレクトリに復元する", "make the workspace of a backup in an empty directory"),
	"restore_file":   lang.T("バックアップのファイル", "backup file"),
	"restore_verify": lang.T("復元した後に台帳を再計算する", "recompute the ledger afterwards"),
	"reindex":        lang.T("全ての文書を読み直し、照合し、判定し直す", "read every document again, match, and judge"),

	"ledger":            lang.T("書き換えのできない記録（台帳）", "the append-only log"),
	"ledger_verify":     lang.T("保存された内容から台帳を再計算し、照らし合わせる", "recompute the log from what is stored and compare"),
	"ledger_checkpoint": lang.T("署名したチェックポイントを出力する", "print a signed checkpoint"),

	"audit":        lang.T("監査記録（新しい順）", "the audit log, the latest first"),
	"audit_object": lang.T("対象で絞る（例: record, claim/ID）", "only about this: record, claim/ID"),
	"audit_actor":  lang.T("操作した人で絞る", "only by this account"),
	"audit_since":  lang.T("この日時以降", "only since then"),
	"audit_before": lang.T("この記録より前（続きを見る）", "only before this entry"),
	"audit_limit":  lang.T("最大の件数", "at most so many"),

	"doctor":      lang.T("ワークスペースの健康診断", "look at the health of the workspace"),
	"doctor_full": lang.T("全ての文書と台帳を照合する", "read every document and recompute the ledger"),

	"explain":    lang.T("個別要求の内容、担い手、何から判定するか、ここで足りないもの", "a requirement: who bears it, what feeds it, what is missing here"),
	"explain_id": lang.T("個別要求の id（s1-1.1 の形も可）", "individual requirement; s1-1.1 will do"),

	"export":      lang.T("チェックリストなどを書き出す", "write the checklist and its other forms"),
	"export_xlsx": lang.T("別紙のチェックリストを Excel ブックで書き出す", "write the annex checklist as a workbook"),
	"export_csv":  lang.T("チェックリストの表を CSV で書き出す", "write the checklist's table as CSV"),

	"export_pdf":       lang.T("自己適合宣言書・対応状況報告書を PDF で書き出す", "write the declaration or status report as PDF"),
	"export_cyclonedx": lang.T("宣言を CycloneDX 1.6 のアテステーション（CDXA）で書き出す", "write the declaration as CycloneDX 1.6 attestations"),
	"export_oscal":     lang.T("宣言を OSCAL の評価結果（JSON）で、又はガイドラインをカタログ・プロファイルで書き出す", "write the declaration as OSCAL assessment results (JSON), or the guideline as catalog or profile"),
	"export_model":     lang.T("results（宣言）、catalog・profile-minimum・profile-standard（ガイドライン）、mapping-ssdf（SSDF との対応）", "results (the declaration); catalog, profile-minimum, profile-standard (the guideline); mapping-ssdf"),
	"export_bundle":    lang.T("この襷（バンドル）から書き出す（信頼の検証は tasuki verify で）", "write from this bundle; whether to trust it, tasuki verify tells"),
	"export_present":   lang.T("発行済みの宣言ではなく、現在の状態を未署名の写しとして書き出す", "write the present state as an unsigned copy, not the declaration that was issued"),

	"completion":       lang.T("シェルの補完を出力する", "print the completion script for a shell"),
	"completion_shell": lang.T("bash, zsh 又は fish", "bash, zsh or fish"),
}
