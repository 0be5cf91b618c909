package main

import "example.org/tasuki/internal/lang"

// triageTexts holds the help texts of what happens to a finding after matching.
var triageTexts = map[string]lang.Text{
	"triage":           lang.T("検出した脆弱性: 優先度（SSVC）、判断、対応", "findings: how urgent (SSVC), what was decided, what is done"),
	"triage_list":      lang.T("対応が待たれる検出を、急ぐ順に出す", "findings that wait for somebody, the most urgent first"),
	"triage_all":       lang.T("閉じたもの、サポート終了のリリースのものも出す", "also those that are closed or in unsupported releases"),
	"triage_decide":    lang.T("影響の有無と対応を決める（--as の利用者のパスワードが必要）", "decide whether the software is affected and what is done; asks for the credential of --as"),
	"triage_vuln":      lang.T("脆弱性の識別子（CVE、GHSA、OSV など）", "id of the vulnerability: CVE, GHSA, OSV …"),
	"triage_vulns":     lang.T("脆弱性の識別子（CVE、GHSA、OSV など）。'*' は、その部品の検出すべて（--component が必要）", "id of the vulnerability: CVE, GHSA, OSV …; '*' is every finding of the component and needs --component"),
	"triage_line":      lang.T("リリースの版。製品系列は '2.*' のように書く（省くと全リリース）", "version of the release, or a product line such as '2.*'; default: all releases"),
	"triage_component": lang.T("部品の package URL（版を省くか、末尾を * にすると広く当たる）", "package URL of the component; without a version, or ending in *, it names more"),
	"triage_status":    lang.T("判断: affected, not_affected, fixed, under_investigation", "affected, not_affected, fixed or under_investigation"),
	"triage_why":       lang.T("影響がない理由: component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist", "why not affected: component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist"),
	"triage_note":      lang.T("説明（VEX にも載る）", "explanation; it goes into VEX too"),
	"triage_treatment": lang.T("対応: fix（修正）, workaround（回避策）, accept（受容）", "treatment: fix, workaround, accept"),
	"triage_by":        lang.T("対応の期日（既定は SSVC の優先度による期日）", "when the treatment is due (default: by the urgency)"),
	"triage_done":      lang.T("対応が済んでいる", "the treatment is in place"),
	"triage_until":     lang.T("判断の期限（その日まで有効。過ぎると再び未判断になる）", "last day the decision holds; then the finding is open again"),
	"triage_upgrade":   lang.T("部品ごとに、検出がすべて消える最小の版を求める", "the smallest version of each component that clears all its findings"),
	"triage_context":   lang.T("ソフトウェアの置かれた状況を登録する（SSVC の入力）", "say how exposed a software is and what depends on it (inputs of SSVC)"),
	"triage_exposure":  lang.T("露出: small, controlled, open", "exposure: small, controlled, open"),
	"triage_mission":   lang.T("任務への影響: degraded, mef support crippled, mef failure, mission failure", "mission impact: degraded, mef support crippled, mef failure, mission failure"),
	"triage_safety":    lang.T("安全への影響: negligible, marginal, critical, catastrophic", "safety impact: negligible, marginal, critical, catastrophic"),
	"triage_value":     lang.T("価値の集中: diffuse, concentrated", "value density: diffuse, concentrated"),
	"triage_exploit":   lang.T("悪用の状況を出典とともに記録する", "record what is known of exploitation, with its source"),
	"triage_state":     lang.T("none, public poc, active", "none, public poc, active"),
	"triage_source":    lang.T("出典（URL など）", "where it is written"),
	"triage_trust":     lang.T("この作成者の VEX 文書を、署名がなくても判断に数える", "count the VEX documents of this author even without a signature"),
	"triage_author":    lang.T("VEX 文書に書かれた作成者の名前", "author as the documents name it"),
	"triage_remove":    lang.T("数えないことにする", "no longer"),

	"feeds_kev":      lang.T("悪用が確認された脆弱性の一覧（CISA KEV の JSON）を取り込む", "take in CISA's known exploited vulnerabilities (JSON)"),
	"feeds_epss":     lang.T("悪用される見込み（EPSS の日次 CSV）を取り込む", "take in the likelihood of exploitation (daily CSV of EPSS)"),
	"feeds_file":     lang.T("ファイル（EPSS は gzip 可）", "the file; EPSS may be gzipped"),
	"feeds_filetime": lang.T("データを取得した日時（既定はファイルの日時）", "when it was fetched (default: the file's time)"),

	"export_openvex":   lang.T("判断を OpenVEX 0.2.0 で書き出す", "write the decisions as OpenVEX 0.2.0"),
	"export_cdxvex":    lang.T("判断を CycloneDX 1.6 の VEX で書き出す", "write the decisions as CycloneDX 1.6 VEX"),
	"export_csaf":      lang.T("判断を CSAF 2.0（csaf_vex）で書き出す", "write the decisions as CSAF 2.0, profile csaf_vex"),
	"export_namespace": lang.T("発行者の URL（CSAF で必須）", "URL of the publisher; CSAF needs it"),
}
