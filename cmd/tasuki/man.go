package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"example.org/tasuki/internal/lang"
)

type manCmd struct {
	Dir string `help:"${help_man_dir}" required:"" placeholder:"DIR"`
}

var manTexts = map[string]lang.Text{
	"man":     lang.T("マニュアルページを書き出す（--help と同じ内容）", "write manual pages, from the same texts as --help"),
	"man_dir": lang.T("書き出すディレクトリ", "folder to write them into"),
}

// Run writes one page for the program and one for each command, from the command line itself, in the language of the
// output: tasuki.1, tasuki-push.1, tasuki-export-pdf.1.
func (c *manCmd) Run(p *program, k *kong.Context) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return cannotWrite(c.Dir, err)
	}
	var names []string
	var write func(n *kong.Node, path []string) error
	write = func(n *kong.Node, path []string) error {
		name := strings.Join(path, "-")
		if err := os.WriteFile(filepath.Join(c.Dir, name+".1"), []byte(p.manPage(n, path)), 0o644); err != nil {
			return cannotWrite(c.Dir, err)
		}
		names = append(names, name+".1")
		for _, child := range n.Children {
			if child.Type == kong.CommandNode && !child.Hidden {
				if err := write(child, append(slices.Clone(path), child.Name)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := write(k.Model.Node, []string{"tasuki"}); err != nil {
		return err
	}
	return p.print(map[string]any{"dir": c.Dir, "pages": names}, func() {
		p.printf("%d ページを %s に書き出しました", "wrote %d pages to %s", len(names), c.Dir)
	})
}

// manPage writes a command in roff (man(7)).
func (p *program) manPage(n *kong.Node, path []string) string {
	say := func(ja, en string) string { return lang.T(ja, en).In(p.lang) }
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"tasuki\" \"%s\"\n", strings.ToUpper(roff(strings.Join(path, "-"))), say("襷（Tasuki）マニュアル", "Tasuki manual"))
	fmt.Fprintf(&b, ".SH %s\n%s \\- %s\n", say("名前", "NAME"), roff(strings.Join(path, "-")), roff(oneLine(n.Help)))
	fmt.Fprintf(&b, ".SH %s\n.B %s\n", say("書式", "SYNOPSIS"), roff(strings.Join(path, " ")))
	commands := slices.DeleteFunc(slices.Clone(n.Children), func(c *kong.Node) bool { return c.Type != kong.CommandNode || c.Hidden })
	if len(commands) > 0 {
		b.WriteString(".I COMMAND\n")
	}
	for _, arg := range n.Positional {
		fmt.Fprintf(&b, "%s\n", roff(arg.Summary()))
	}
	fmt.Fprintf(&b, "[%s]\n", say("フラグ", "FLAGS"))
	if len(n.Positional) > 0 {
		fmt.Fprintf(&b, ".SH %s\n", say("引数", "ARGUMENTS"))
		for _, arg := range n.Positional {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(arg.Summary()), roff(oneLine(arg.Help)))
		}
	}
	if len(commands) > 0 {
		fmt.Fprintf(&b, ".SH %s\n", say("コマンド", "COMMANDS"))
		for _, child := range commands {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.Join(append(slices.Clone(path), child.Name), "-")+"(1)"), roff(oneLine(child.Help)))
		}
	}
	fmt.Fprintf(&b, ".SH %s\n", say("フラグ", "FLAGS"))
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			b.WriteString(manFlag(f, say))
		}
	}
	fmt.Fprintf(&b, ".SH %s\n", say("終了コード", "EXIT STATUS"))
	for _, e := range exitMeanings {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", e.code, roff(e.means.In(p.lang)))
	}
	return b.String()
}

func manFlag(f *kong.Flag, say func(ja, en string) string) string {
	name := `\-\-` + roff(f.Name)
	if f.Short != 0 {
		name = `\-` + string(f.Short) + ", " + name
	}
	if !f.IsBool() {
		name += "=" + roff(f.FormatPlaceHolder())
	}
	more := ""
	if f.HasDefault && f.Default != "" && !f.IsBool() {
		more += fmt.Sprintf(say("（既定: %s）", " (default: %s)"), f.Default)
	}
	for _, env := range f.Envs {
		more += " ($" + env + ")"
	}
	return fmt.Sprintf(".TP\n.B %s\n%s\n", name, roff(oneLine(f.Help)+more))
}

// exitMeanings says what scripts may rely on; see [exitCodes].
var exitMeanings = []struct {
	code  int
	means lang.Text
}{
	{0, lang.T("正常に終了した", "it went well")},
	{1, lang.T("予期しないエラー", "an unexpected error")},
	{2, lang.T("コマンドの書き方の誤り、又は指定したものがない", "the command line is wrong, or what it names does not exist")},
	{3, lang.T("ゲートに届いていない", "the gate is not met")},
	{4, lang.T("サインインが必要、又は拒否された", "signing in is needed, or was refused")},
	{5, lang.T("検証に失敗した", "it does not verify")},
	{6, lang.T("入力を読み取れない", "the input cannot be read")},
	{7, lang.T("サーバ又は情報源に接続できない", "the server or a feed cannot be reached")},
	{8, lang.T("対象がない", "there was nothing to do")},
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "$$", "$")), " ")
}

// roff writes a text so that nothing in it is taken for a request or an escape.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
