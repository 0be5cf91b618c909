package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"example.org/tasuki/internal/lang"
)

type helpCmd struct {
	Topic []string `arg:"" optional:"" help:"${help_help_topic}"`
}

var topicTexts = map[string]lang.Text{
	"help":       lang.T("はじめの画面、又はコマンドや話題の説明", "the first screen, or help on a command or topic"),
	"help_topic": lang.T("コマンド、又は commands、exit-codes、environment、formats", "a command, or commands, exit-codes, environment, formats"),
}

// Run prints the first screen, a topic, or the help of a command.
func (c *helpCmd) Run(p *program, k *kong.Context) error {
	switch topic := strings.Join(c.Topic, " "); topic {
	case "":
		p.overview()
	case "commands":
		var rows [][]string
		commandList(k.Model.Node, "", &rows)
		p.table(rows)
	case "exit-codes":
		var rows [][]string
		for _, e := range exitMeanings {
			rows = append(rows, []string{fmt.Sprint(e.code), e.means.In(p.lang)})
		}
		p.table(rows)
	case "environment":
		p.table(p.pairs(environment))
	case "formats":
		p.table(p.pairs(formats))
	default:
		if code := run(p.ctx, append(c.Topic, "--help", "--lang="+string(p.lang)), *p); code != 0 {
			return errSilent(lang.Usage)
		}
	}
	return nil
}

// commandList gives every command that does something, with its help.
func commandList(n *kong.Node, path string, rows *[][]string) {
	for _, child := range n.Children {
		if child.Type != kong.CommandNode || child.Hidden {
			continue
		}
		name := strings.TrimSpace(path + " " + child.Name)
		if len(child.Children) == 0 {
			*rows = append(*rows, []string{name, oneLine(child.Help)})
		}
		commandList(child, name, rows)
	}
}

// A meaning is a word and what it stands for.
type meaning struct {
	word  string
	means lang.Text
}

func (p *program) pairs(list []meaning) [][]string {
	var rows [][]string
	for _, m := range list {
		rows = append(rows, []string{m.word, m.means.In(p.lang)})
	}
	return rows
}

// environment is what the program reads from its surroundings. A secret in a variable can be seen by other programs;
// where there is a variable for a file, prefer it.
var environment = []meaning{
	{"TASUKI_DATA", lang.T("ワークスペースのディレクトリ（--data）", "workspace directory (--data)")},
	{"TASUKI_LANG", lang.T("表示言語（--lang）。なければ LC_ALL、LC_MESSAGES、LANG、いずれもなければ日本語", "language (--lang); else LC_ALL, LC_MESSAGES, LANG, else Japanese")},
	{"TASUKI_AS", lang.T("操作する利用者（--as）", "account that acts (--as)")},
	{"TASUKI_PASSWORD_FILE, TASUKI_PASSWORD", lang.T("その利用者のパスワード（ファイル、又は値）", "its password, in a file or as a value")},
	{"TASUKI_NEW_PASSWORD_FILE, TASUKI_NEW_PASSWORD", lang.T("user passwd で設定する新しいパスワード", "the new password for user passwd")},
	{"TASUKI_TOKEN_FILE, TASUKI_TOKEN", lang.T("サーバへ送るときの API キー（--server）", "API key for --server")},
	{"TASUKI_KEY_PASSPHRASE_FILE, TASUKI_KEY_PASSPHRASE", lang.T("署名鍵を暗号化するパスフレーズ", "passphrase that encrypts the signing key")},
	{"TASUKI_OLD_KEY_PASSPHRASE", lang.T("keys rotate で替える前の鍵のパスフレーズ", "passphrase of the key that keys rotate replaces")},
	{"TASUKI_DATABASE", lang.T("PostgreSQL の接続先（なければワークスペースの SQLite）", "PostgreSQL to use (else SQLite in the workspace)")},
	{"TASUKI_LISTEN, TASUKI_SECURE", lang.T("serve の待ち受けアドレス（--listen）、TLS の後ろにいること（--secure）", "serve: address (--listen), and that TLS is in front (--secure)")},
	{"TASUKI_LEDGER", lang.T("serve で台帳を見せる相手（--ledger: token、public、off）", "serve: who may read the ledger (--ledger: token, public, off)")},
	{"TASUKI_NVD_KEY", lang.T("NVD から取得するときの API キー", "API key for fetching from NVD")},
}

// formats are what push reads, by the types that it tells, and what is written.
var formats = []meaning{
	{"cyclonedx", lang.T("SBOM・VEX: CycloneDX 1.2〜1.7（JSON、XML）", "SBOM, VEX: CycloneDX 1.2 to 1.7 (JSON, XML)")},
	{"spdx", lang.T("SBOM: SPDX 2.2・2.3（JSON、YAML、XML、RDF、タグ値）", "SBOM: SPDX 2.2 and 2.3 (JSON, YAML, XML, RDF, tag-value)")},
	{"openvex", lang.T("VEX: OpenVEX", "VEX: OpenVEX")},
	{"csaf", lang.T("VEX・アドバイザリ: CSAF 2.0", "VEX, advisories: CSAF 2.0")},
	{"intoto", lang.T("来歴と証明: in-toto、SLSA（DSSE、Sigstore バンドル）", "provenance, attestations: in-toto, SLSA (DSSE, Sigstore bundles)")},
	{"sarif", lang.T("解析の結果: SARIF 2.1.0", "results of analysis: SARIF 2.1.0")},
	{"junit", lang.T("試験の結果: JUnit XML", "test results: JUnit XML")},
	{"gotest", lang.T("試験の結果: go test -json", "test results: go test -json")},
	{"scorecard", lang.T("リポジトリの状況: OpenSSF Scorecard", "state of a repository: OpenSSF Scorecard")},
	{"security.txt", lang.T("連絡窓口: security.txt（RFC 9116）", "contact: security.txt (RFC 9116)")},
	{"securityinsights", lang.T("連絡窓口と方針: SECURITY-INSIGHTS.yml", "contact and policy: SECURITY-INSIGHTS.yml")},
	{"osquery", lang.T("端末の状況: osquery の結果", "state of endpoints: results of osquery")},
	{"otm", lang.T("脅威モデル: OTM", "threat model: OTM")},
	{"threatdragon", lang.T("脅威モデル: OWASP Threat Dragon", "threat model: OWASP Threat Dragon")},
	{"threagile", lang.T("脅威モデル: Threagile", "threat model: Threagile")},
	{"tasuki-bundle", lang.T("取引先の襷（.tasuki.json）", "a partner's bundle (.tasuki.json)")},
	{"binary", lang.T("実行ファイル（ELF、PE、Mach-O）の保護設定", "hardening of executables (ELF, PE, Mach-O)")},
	{"document", lang.T("そのほかの文書（PDF など）。保管し、申告や記録の証跡にできる", "other documents, such as PDF: kept, as evidence of claims and records")},
	{"export", lang.T("書き出し: xlsx、csv、pdf、襷（.tasuki.json）、CycloneDX アテステーション、OSCAL、OpenVEX、CycloneDX VEX、CSAF、CISA 様式の下書き", "written: xlsx, csv, pdf, bundles (.tasuki.json), CycloneDX attestations, OSCAL, OpenVEX, CycloneDX VEX, CSAF, a draft of CISA's form")},
	{"import", lang.T("記入されたチェックリストと台帳: xlsx、CSV（UTF-8、UTF-16、Shift_JIS）", "filled checklists and registers: xlsx, CSV (UTF-8, UTF-16, Shift_JIS)")},
}
