package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// A register is one YAML file: laid over the data and built in, it has commands, validation, links to other registers,
// approval, history, CSV and workbook out and back in, the API, pages and search, and nobody wrote a line of Go. Building
// takes a while, so it runs where CI asks for it.
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
    - {name: calls, title: {ja: 連絡する窓口, en: Calls}, type: records, of: [contact]}
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
	write(t, filepath.Join(dir, "line.yaml"), "key: L-1\ndata: {person: dave, calls: [C-1], from: \"2026-10-01T18:00\", topics: [incident]}\n")
	write(t, filepath.Join(dir, "contact.yaml"), "key: C-1\ndata: {contact_kind: psirt, address: psirt@us.example}\n")
	holds(tasuki("alice", "record", "put", "crisis_line", "line.yaml"), `no record "C-1" in the register "Contact point"`)
	tasuki("alice", "record", "put", "contact", "contact.yaml")
	tasuki("bob", "approve", "crisis_line/L-1")
	holds(tasuki("alice", "record", "show", "crisis_line/L-1"), "dave", "2026-10-01T18:00", "approved", "contact/C-1")
	holds(tasuki("alice", "record", "show", "contact/C-1"), "crisis_line/L-1")
	tasuki("alice", "record", "export", "crisis_line", "-o", "line.csv")
	b, err := os.ReadFile(filepath.Join(dir, "line.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "back.csv"), strings.ReplaceAll(string(b), "dave", "erin"))
	holds(tasuki("alice", "record", "import", "crisis_line", "back.csv", "--apply", "--json"), `"changed"`)
	holds(tasuki("alice", "record", "list", "crisis_line", "--json"), "erin", `"draft"`)

	// The workbook has a title, a drop-down of the contacts, and comes back with what was written into it.
	tasuki("alice", "record", "export", "crisis_line", "-o", "line.xlsx")
	book, err := excelize.OpenFile(filepath.Join(dir, "line.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetList()[0]
	rules, err := book.GetDataValidations(sheet)
	if err != nil || !slices.ContainsFunc(rules, func(v *excelize.DataValidation) bool { return strings.Contains(v.Formula1, "Records to name") }) {
		t.Errorf("no list of the records to name: %v %v", rules, err)
	}
	for cell, value := range map[string]string{"A4": "L-2", "E4": "frank", "F4": "C-1", "G4": "2026-11-01T09:00"} {
		if err := book.SetCellValue(sheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(filepath.Join(dir, "more.xlsx")); err != nil {
		t.Fatal(err)
	}
	holds(tasuki("alice", "record", "import", "crisis_line", "more.xlsx", "--apply", "--json"), `"added"`, `"unchanged"`)
	tasuki("bob", "approve", "crisis_line/L-2")

	address, stop, err := startServer(program, filepath.Join(dir, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var issued struct{ Token string }
	if err := json.Unmarshal([]byte(tasuki("alice", "token", "issue", "look", "--scope", "edit", "--json")), &issued); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	ask := func(method, path, body string) string {
		t.Helper()
		req, err := http.NewRequest(method, address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", "en")
		if strings.HasPrefix(path, "/api/") {
			req.Header.Set("Authorization", "Bearer "+issued.Token)
			req.Header.Set("Content-Type", "application/json")
		} else {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 400 {
			t.Fatalf("%s %s: status %d, %v: %s", method, path, resp.StatusCode, err, text)
		}
		return string(text)
	}
	// The API.
	holds(ask("GET", "/api/v1/registers", ""), `"crisis_line"`, `"of":["contact"]`)
	holds(ask("POST", "/api/v1/records/crisis_line", `{"key":"L-3","data":{"person":"grace","calls":["C-9"],"from":"2026-12-01T09:00"}}`), `"added"`, "loose_links")
	holds(ask("GET", "/api/v1/records?kind=crisis_line", ""), "frank", "grace")
	holds(ask("GET", "/api/v1/records?to=contact/C-1", ""), `"L-2"`)
	// The pages: the list, the form with the contacts to choose from, a record with its link, and search.
	ask("POST", "/login", url.Values{"name": {"alice"}, "password": {"correct horse battery"}}.Encode())
	holds(ask("GET", "/registers", ""), "Crisis line")
	holds(ask("GET", "/registers/crisis_line", ""), "L-2", "frank")
	holds(ask("GET", "/registers/crisis_line/new", ""), "psirt@us.example", `name="p-calls" value="C-1"`)
	made := ask("POST", "/registers/crisis_line/new", url.Values{"key": {"L-4"}, "subject": {"org:us"}, "f-person": {"heidi"}, "p-calls": {"C-1"}, "f-from": {"2026-12-02T09:00"}}.Encode())
	holds(made, "L-4", "heidi", "C-1", "awaiting approval")
	holds(ask("GET", "/search?q=heidi", ""), "L-4", "Crisis line")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
