package office

import "example.org/tasuki/internal/lang"

// documentKinds are the formats as people call them; an unknown one is shown as it is.
var documentKinds = map[string]lang.Text{
	"cyclonedx":        lang.T("SBOM（CycloneDX）", "SBOM (CycloneDX)"),
	"spdx":             lang.T("SBOM（SPDX）", "SBOM (SPDX)"),
	"sarif":            lang.T("静的解析の結果（SARIF）", "analysis results (SARIF)"),
	"junit":            lang.T("試験結果（JUnit）", "test results (JUnit)"),
	"gotest":           lang.T("試験結果（go test）", "test results (go test)"),
	"openvex":          lang.T("VEX（OpenVEX）", "VEX (OpenVEX)"),
	"csaf":             lang.T("セキュリティ勧告（CSAF）", "security advisory (CSAF)"),
	"intoto":           lang.T("来歴証明（in-toto）", "provenance (in-toto)"),
	"tasuki-bundle":    lang.T("相手先の宣言（襷）", "declaration of a partner"),
	"tasuki-request":   lang.T("宣言の依頼", "request for a declaration"),
	"tasuki-receipt":   lang.T("受領書", "receipt"),
	"artifact":         lang.T("成果物", "artifact of the release"),
	"configuration":    lang.T("設定", "configuration of the release"),
	"document":         lang.T("文書", "document"),
	"security.txt":     lang.T("脆弱性の連絡窓口（security.txt）", "contact for vulnerabilities (security.txt)"),
	"osv":              lang.T("脆弱性情報（OSV）", "advisories (OSV)"),
	"kev":              lang.T("悪用が確認された脆弱性（KEV）", "known exploited vulnerabilities (KEV)"),
	"jvn":              lang.T("脆弱性情報（JVN）", "advisories (JVN)"),
	"eol":              lang.T("サポート終了の情報", "end-of-life data"),
	"scorecard":        lang.T("OpenSSF Scorecard の結果", "OpenSSF Scorecard results"),
	"securityinsights": lang.T("プロジェクトのセキュリティ表明（Security Insights）", "a project's word on its security (Security Insights)"),
	"osquery":          lang.T("端末・ホストの設定の確認結果", "results of checks on hosts"),
	"binary":           lang.T("実行ファイルの堅牢化", "hardening of a program"),
	"otm":              lang.T("脅威モデル（OTM）", "threat model (OTM)"),
	"threagile":        lang.T("脅威モデル（Threagile）", "threat model (Threagile)"),
	"threatdragon":     lang.T("脅威モデル（Threat Dragon）", "threat model (Threat Dragon)"),

	"tasuki-revocation-list": lang.T("取り消された宣言と鍵の一覧", "list of revoked declarations and keys"),
	"tasuki-stated-answer":   lang.T("申告による回答（未検証）", "stated answer, not verified"),
}

// DocumentKind gives what people call a type of document; a type without a word is shown as it is.
func DocumentKind(kind string) lang.Text {
	if t, ok := documentKinds[kind]; ok {
		return t
	}
	return lang.T(kind, kind)
}
