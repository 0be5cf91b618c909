package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A register is one YAML file: laid over the data and built in, it has commands, validation, approval, history, a
// spreadsheet out and back in, and nobody wrote a line of Go. Building takes a while, so it runs where CI asks for it.
func TestNewRegisterNeedsNoCode(t *testing.T) {
	if !strings.Contains(os.Getenv("TASUKI_REQUIRE"), "build") {
		t.Skip("SKIPPED, NOT RUN: it builds the program anew; set TASUKI_REQUIRE=build to run it")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "crisis.yaml")
	write(t, file, `- kind: crisis_line
  title: {ja: 緊急連絡網, en: Crisis line}
  summary: {ja: 夜間の緊急連絡先を残します。, en: Keeps who is called at night.}
  scope: org
  review_interval_days: 90
  drafts_by: [editor]
  approves_by: [approver]
  fields:
    - {name: person, title: {ja: 担当, en: Person}, type: text, required: true}
    - {name: from, title: {ja: 開始日時, en: From}, type: time, required: true}
    - name: topics
      title: {ja: 受け持ち, en: Topics}
      type: topics
      choices: [{id: incident, required: true, title: {ja: インシデント, en: incident}}]
`)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, "guideline", "data", "registers", "crisis.yaml"): file}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "overlay.json"), string(overlay))
	program := filepath.Join(dir, "tasuki")
	build := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "./cmd/tasuki")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	tasuki := func(as string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TASUKI_DATA=ws", "TASUKI_LANG=en", "TASUKI_AS="+as, "TASUKI_PASSWORD=correct horse battery", "TASUKI_NEW_PASSWORD=correct horse battery")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		return string(out)
	}
	holds := func(got string, wanted ...string) {
		t.Helper()
		for _, w := range wanted {
			if !strings.Contains(got, w) {
				t.Errorf("no %q in %s", w, got)
			}
		}
	}
	write(t, filepath.Join(dir, "chain.yaml"), "parties:\n  - {id: us, name: 例示製作, self: true}\n")
	tasuki("", "chain", "apply", "--create", "chain.yaml")
	tasuki("", "user", "add", "alice", "--roles", "admin,editor")
	tasuki("alice", "user", "add", "bob", "--roles", "approver")
	holds(tasuki("alice", "record", "kinds", "crisis_line"), "person", "time", "incident")
	write(t, filepath.Join(dir, "line.yaml"), "key: L-1\ndata: {person: dave, from: \"2026-10-01T18:00\", topics: [incident]}\n")
	tasuki("alice", "record", "put", "crisis_line", "line.yaml")
	tasuki("bob", "approve", "crisis_line/L-1")
	holds(tasuki("alice", "record", "show", "crisis_line/L-1"), "dave", "2026-10-01T18:00", "approved")
	tasuki("alice", "record", "export", "crisis_line", "-o", "line.csv")
	b, err := os.ReadFile(filepath.Join(dir, "line.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "back.csv"), strings.ReplaceAll(string(b), "dave", "erin"))
	holds(tasuki("alice", "record", "import", "crisis_line", "back.csv", "--apply", "--json"), `"changed"`)
	holds(tasuki("alice", "record", "list", "crisis_line", "--json"), "erin", `"draft"`)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
