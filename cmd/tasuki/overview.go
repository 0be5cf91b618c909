package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/alecthomas/kong"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// groups are the commands by what people come for, in the order of the work. Every command is in one.
var groups = []struct {
	title    lang.Text
	commands []string
}{
	{lang.T("始める・調べる", "start, look up"), []string{"demo", "serve", "guideline", "duties", "explain", "chain", "doctor", "help"}},
	{lang.T("証跡と判定", "evidence and status"), []string{"push", "status", "check", "changes", "coverage", "claim", "record", "heartbeat", "import", "reindex"}},
	{lang.T("脆弱性", "vulnerabilities"), []string{"cve", "components", "triage", "match", "feeds", "advisories", "replay"}},
	{lang.T("宣言と書類", "declarations, documents"), []string{"declare", "declarations", "approve", "export", "handover", "revoke", "attest", "archive"}},
	{lang.T("取引先とのやり取り", "partners"), []string{"request", "answer", "receive", "verify", "trust", "procurement"}},
	{lang.T("運用", "operation"), []string{"user", "token", "keys", "backup", "restore", "audit", "ledger", "completion", "man", "version"}},
}

// firstSteps are the main job, each command with what it does.
var firstSteps = []struct {
	title lang.Text
	steps [][2]lang.Text
}{
	{lang.T("見てみる", "See it"), [][2]lang.Text{
		{lang.T("tasuki demo", "tasuki demo"), lang.T("三つの組織の見本を作り、画面を開く（通信しません）", "make a sample of three organisations and open its pages, offline")},
	}},
	{lang.T("自分の製品で使う", "Use it for your product"), [][2]lang.Text{
		{lang.T("tasuki push sbom.json --software 製品 --release 1.0 --create", "tasuki push sbom.json --software Shop --release 1.0 --create"), lang.T("証跡を取り込み、判定する", "take evidence in and judge")},
		{lang.T("tasuki status --software 製品", "tasuki status --software Shop"), lang.T("責務ごとの状態、理由、次にすること", "every duty: status, reason, what to do next")},
		{lang.T("tasuki export xlsx --software 製品 -o 一覧.xlsx", "tasuki export xlsx --software Shop -o list.xlsx"), lang.T("別紙のチェックリストを Excel で", "the annex's checklist for Excel")},
		{lang.T("tasuki declare --software 製品 --release 1.0 -o 製品.tasuki.json", "tasuki declare --software Shop --release 1.0 -o shop.tasuki.json"), lang.T("起案し、承認の後に署名する", "draft it, and sign once approved")},
		{lang.T("tasuki serve", "tasuki serve"), lang.T("同じことを画面で", "all of that on pages")},
	}},
	{lang.T("受け取った襷を確かめる", "Check a bundle you were handed"), [][2]lang.Text{
		{lang.T("tasuki verify 製品.tasuki.json --trust 鍵.json", "tasuki verify shop.tasuki.json --trust keys.json"), lang.T("通信せずに検証する", "verify it, offline")},
	}},
}

// overview prints the first screen: what the program is for, the main job, and every command by its group.
func (p *program) overview() {
	say := func(t lang.Text) string { return t.In(p.lang) }
	p.printf("%s", "%s", say(helpTexts["about"]))
	for _, part := range firstSteps {
		p.printf("\n%s", "\n%s", say(part.title))
		for _, step := range part.steps {
			p.printf("  %s\n      %s", "  %s\n      %s", say(step[0]), say(step[1]))
		}
	}
	p.printf("\nコマンド", "\nCommands")
	var rows [][]string
	for _, g := range groups {
		rows = append(rows, []string{"  " + say(g.title), strings.Join(g.commands, " ")})
	}
	p.table(rows)
	p.printf("\ntasuki コマンド --help で使い方、tasuki help commands で全コマンドの説明。"+
		"\nhelp exit-codes は終了コード、help environment は環境変数、help formats は読み書きする形式。英語は --lang en",
		"\ntasuki COMMAND --help tells how to use one, tasuki help commands what each does;"+
			"\nhelp exit-codes, help environment, help formats. Japanese with --lang ja")
}

// bare reports whether args ask for nothing but, perhaps, a language.
func bare(args []string) bool {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--lang":
			i++
		case !strings.HasPrefix(args[i], "--lang="):
			return false
		}
	}
	return true
}

// helpPrinter prints the first screen for the program itself, and kong's page for a command with its headings in the
// language of the output.
func (p *program) helpPrinter(o kong.HelpOptions, ctx *kong.Context) error {
	if ctx.Selected() == nil {
		p.overview()
		return nil
	}
	out := ctx.Stdout
	var b bytes.Buffer
	ctx.Stdout = &b
	err := kong.DefaultHelpPrinter(o, ctx)
	ctx.Stdout = out
	page := b.String()
	if p.lang == lang.JA {
		for _, h := range helpHeadings {
			page = h.EN().ReplaceAllString(page, h.JA)
		}
	}
	if _, werr := out.Write([]byte(page)); err == nil {
		err = werr
	}
	return err
}

// helpHeadings are kong's own.
var helpHeadings = lang.Phrases{
	{pattern.Of(`(?m)^Usage: `), "使い方: "},
	{pattern.Of(`(?m)^Arguments:$`), "引数:"},
	{pattern.Of(`(?m)^Flags:$`), "フラグ:"},
	{pattern.Of(`(?m)^Commands:$`), "コマンド:"},
	{pattern.Of(`(?m)^Run "(.+) --help" for more information.*$`), "それぞれの使い方は $1 --help で確認できます。"},
}

// faults are what kong finds wrong with a command line.
var faults = lang.Phrases{
	{pattern.Of(`^unknown flag (\S+), did you mean (.+)\?$`), "フラグ $1 はありません。$2 でしょうか"},
	{pattern.Of(`^unknown flag (\S+)$`), "フラグ $1 はありません"},
	{pattern.Of(`^unexpected argument (.+), did you mean (.+)\?$`), "「$1」が分かりません。$2 でしょうか"},
	{pattern.Of(`^unexpected argument (.+)$`), "「$1」が余分です"},
	{pattern.Of(`^missing flags: (.+)$`), "$1 を指定してください"},
	{pattern.Of(`^expected one of (.+)$`), "次のいずれかが必要です: $1"},
	{pattern.Of(`^expected "(.+)"$`), "$1 を指定してください"},
	{pattern.Of(`^(\S+) must be one of (.+) but got "(.*)"$`), "$1 に「$3」は指定できません。次のいずれかです: $2"},
	{pattern.Of(`^(\S+): expected .+ value but got ("\S+") \(.*$`), "$1 の値がありません（次が $2 です）"},
	{pattern.Of(`^(\S+): missing value.*$`), "$1 の値がありません"},
	{pattern.Of(`^(.+) can't be used together$`), "$1 は同時に使えません"},
	{pattern.Of(`^(\S+): .*expected a valid .+ but got ("\S*")$`), "$1 の値 $2 を読めません"},
}

// usageError says in both languages what is wrong with a command line, and where its help is.
func usageError(err error) error {
	command := "tasuki"
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context.Selected() != nil {
		command, _, _ = strings.Cut(parse.Context.Selected().FullPath(), " <")
	}
	return &lang.Error{Kind: lang.Usage, What: lang.T("コマンドの書き方が正しくありません", "the command line cannot be understood"), Why: faults.Text(err.Error()), Err: err,
		Next: lang.F("%s --help で使い方を確認してください", "see %s --help", command)}
}
