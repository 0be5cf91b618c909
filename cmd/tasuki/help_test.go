package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read"
)

// Every help text exists in both languages, and no key has two.
func TestHelpTexts(t *testing.T) {
	for key := range opsTexts {
		if _, twice := helpTexts[key]; twice {
			t.Errorf("%s has two texts", key)
		}
	}
	japanese := func(s string) bool {
		return slices.ContainsFunc([]rune(s), func(r rune) bool { return r > unicode.MaxLatin1 })
	}
	for _, texts := range []map[string]lang.Text{helpTexts, opsTexts, sheetTexts, keepTexts, exchangeTexts, changesTexts, checkTexts, manTexts, topicTexts} {
		for key, text := range texts {
			if !japanese(text.JA) && key != "completion_shell" || japanese(text.EN) || text.EN == "" {
				t.Errorf("%s: %q, %q", key, text.JA, text.EN)
			}
		}
	}
}

// The first screen fits a screen, names every command once and each language in its own words; what push reads is all
// among the formats.
func TestOverview(t *testing.T) {
	var want, got []string
	for line := range strings.Lines(printed(t, "help", "commands")) {
		name, _, _ := strings.Cut(line, " ")
		want = append(want, name)
	}
	for _, g := range groups {
		got = append(got, g.commands...)
	}
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); !slices.Equal(want, got) {
		t.Errorf("the groups hold\n%v, the commands are\n%v", got, want)
	}
	first := printed(t, "--help", "--lang=ja")
	if first != printed(t, "--lang", "ja") || first != printed(t, "help", "--lang=ja") {
		t.Error("tasuki, tasuki --help and tasuki help differ")
	}
	for _, l := range []string{"ja", "en"} {
		for i, line := range strings.Split(printed(t, "--help", "--lang="+l), "\n") {
			if i > 40 || cells(line) > 110 {
				t.Errorf("%s line %d is %d wide: %s", l, i, cells(line), line)
			}
		}
	}
	for _, f := range read.Formats() {
		if !slices.ContainsFunc(formats, func(m meaning) bool { return m.word == f.Type }) {
			t.Errorf("help formats does not tell of %s", f.Type)
		}
	}
	if push := printed(t, "help", "push", "--lang=ja"); !strings.HasPrefix(push, "使い方: tasuki push") || push != printed(t, "push", "--help", "--lang=ja") {
		t.Errorf("help push:\n%s", push)
	}
}

// Every command that a remedy or a first step names is one.
func TestRemediesNameCommands(t *testing.T) {
	var commands []string
	for line := range strings.Lines(printed(t, "help", "commands", "--lang=en")) {
		name, _, _ := strings.Cut(line, "  ")
		commands = append(commands, strings.TrimSpace(name))
	}
	named := regexp.MustCompile(`tasuki ([a-z]+)(?: ([a-z-]+))?`)
	for _, k := range guideline.Default().Checks() {
		for _, text := range []string{k.Remedy.JA, k.Remedy.EN, k.Begin.JA, k.Begin.EN} {
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				if !slices.ContainsFunc(commands, func(c string) bool {
					return c == m[1]+" "+m[2] || c == m[1] || strings.HasPrefix(c, m[1]+" ") && m[2] == ""
				}) {
					t.Errorf("%s: there is no command %s", k.ID, m[0])
				}
			}
		}
	}
}

// What is wrong with a command line is said in the language of the output, and where its help is.
func TestUsageErrors(t *testing.T) {
	for line, want := range map[string]string{
		"pussh":             "「pussh」が分かりません。\"push\" でしょうか\n  → tasuki --help",
		"push --softwar x":  "フラグ --softwar はありません。\"--software\" でしょうか\n  → tasuki push --help",
		"push --zzzzzz":     "フラグ --zzzzzz はありません\n",
		"duties":            "--role=R[,R] を指定してください\n  → tasuki duties --help",
		"export":            "次のいずれかが必要です: \"xlsx\"",
		"export pdff":       "\"pdf\" でしょうか\n",
		"explain":           "<id> を指定してください\n  → tasuki explain --help",
		"explain a b":       "「b」が余分です\n",
		"status --release":  "--release の値がありません",
		"completion tcsh":   "に「tcsh」は指定できません。次のいずれかです",
		"import xlsx a":     "--preview or --apply を指定してください\n",
		"status --json=5 x": "\n",
	} {
		var out bytes.Buffer
		code := run(t.Context(), append(strings.Fields(line), "--lang=ja"), program{getenv: func(string) string { return "" }, out: io.Discard, err: &out, now: time.Now})
		if code != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("tasuki %s: %d\n%s", line, code, &out)
		}
	}
}
