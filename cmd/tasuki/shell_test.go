package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
)

// printed runs the program and gives what it prints.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, talk bytes.Buffer
	if code := run(t.Context(), args, program{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &talk, now: time.Now}); code != 0 {
		t.Fatalf("%v: exit code %d, %s", args, code, talk.String())
	}
	return out.String()
}

// The shell completes commands, their subcommands and their flags.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("NOT CHECKED: bash is not here, so its completion was not tried")
	}
	file := filepath.Join(t.TempDir(), "completion.bash")
	if err := os.WriteFile(file, []byte(printed(t, "completion", "bash")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		words     []string
		want, not string
	}{
		{[]string{"tasuki", "pu"}, "push", "status"},
		{[]string{"tasuki", "export", ""}, "pdf", "push"},
		{[]string{"tasuki", "export", "pdf", "--pre"}, "--present", "--gate"},
		{[]string{"tasuki", "check", "--g"}, "--gate", "--present"},
		{[]string{"tasuki", "check", "--gate", "x", "--su"}, "--summary", "--present"},
		{[]string{"tasuki", "--l"}, "--lang", "--gate"},
	} {
		script := `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tasuki; printf '%s\n' "${COMPREPLY[@]}"`
		out, err := exec.Command(bash, append([]string{"-c", script, "bash", file}, tt.words...)...).Output()
		got := strings.Fields(string(out))
		if err != nil || !slices.Contains(got, tt.want) || slices.Contains(got, tt.not) {
			t.Errorf("%q: %q, %v", tt.words, got, err)
		}
	}
}

// The other shells take their scripts, where they are here; everywhere each command is in them.
func TestOtherCompletions(t *testing.T) {
	for _, shell := range []string{"zsh", "fish"} {
		script := printed(t, "completion", shell)
		for _, command := range []string{"push", "check", "export", "man"} {
			if !strings.Contains(script, command) {
				t.Errorf("%s: no %s", shell, command)
			}
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("NOT CHECKED: %s is not here, so it has not read its script", shell)
			continue
		}
		cmd := exec.Command(path, "-n")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", shell, err, out)
		}
	}
}

// Every command has a page in both languages, and the formatter finds nothing wrong with any.
func TestManPages(t *testing.T) {
	groff, missing := exec.LookPath("groff")
	help := printed(t, "help", "commands", "--lang=en")
	commands := regexp.MustCompile(`(?m)^([a-z]+(?: [a-z-]+)*)  `).FindAllStringSubmatch(help, -1)
	if len(commands) < 50 {
		t.Fatalf("%d commands", len(commands))
	}
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		dir := t.TempDir()
		printed(t, "man", "--dir", dir, "--lang="+string(l))
		pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			page := filepath.Join(dir, "tasuki-"+strings.ReplaceAll(c[1], " ", "-")+".1")
			b, err := os.ReadFile(page)
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			if strings.Contains(string(b), "${help") || !strings.Contains(string(b), lang.T(".SH 名前", ".SH NAME").In(l)) {
				t.Errorf("%s:\n%.300s", page, b)
			}
		}
		if missing != nil {
			t.Log("NOT CHECKED: groff is not here, so the pages were not formatted")
			continue
		}
		out, err := exec.Command(groff, append([]string{"-man", "-Tutf8", "-Kutf8", "-ww", "-z"}, pages...)...).CombinedOutput()
		for line := range strings.Lines(string(out)) {
			if !strings.Contains(line, "cannot break line") && !strings.Contains(line, "cannot adjust line") && !strings.Contains(line, "can't break line") { // long words of a terminal's width
				t.Errorf("%s", line)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	for code := range exitCodesInUse() {
		if !slices.ContainsFunc(exitMeanings, func(e struct {
			code  int
			means lang.Text
		}) bool {
			return e.code == code
		}) {
			t.Errorf("the pages do not say what exit code %d means", code)
		}
	}
}

func exitCodesInUse() map[int]bool {
	out := map[int]bool{0: true}
	for _, code := range exitCodes {
		out[code] = true
	}
	return out
}
