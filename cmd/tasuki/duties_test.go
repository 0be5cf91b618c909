package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
)

var update = flag.Bool("update", false, "write docs/duties.md from the scenarios")

// dutiesStart is the moment at which the prelude of the scenarios begins.
var dutiesStart = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// Every individual requirement is driven from not met to met and, by time alone, to stale: one scenario in
// testdata/duties for each of the 69, run once for each role that bears it. What the scenarios saw is the table
// docs/duties.md.
func TestDuties(t *testing.T) {
	prepared := t.TempDir()
	t.Run("prelude", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Files: []string{dutyFile("prelude")}, Setup: setUpDuty(new(dutyRun)), Cmds: dutyCommands(prepared)})
	})
	if t.Failed() {
		t.FailNow()
	}
	var runs []*dutyRun
	t.Run("role", func(t *testing.T) {
		for _, role := range guideline.Roles {
			t.Run(string(role), func(t *testing.T) {
				for _, in := range guideline.Default().Individuals() {
					if !slices.Contains(in.Roles, role) {
						continue
					}
					run := &dutyRun{role: role, id: in.ID, prepared: prepared}
					runs = append(runs, run)
					testscript.Run(t, testscript.Params{Files: []string{dutyFile(dutyName(in.ID))}, Setup: setUpDuty(run), Cmds: dutyCommands(""),
						Condition: func(cond string) (bool, error) { return cond == string(role), nil }})
				}
			})
		}
	})
	for _, r := range runs {
		if problem := r.incomplete(); problem != "" && len(r.seen) > 0 {
			t.Errorf("%s as %s: %s", r.id, r.role, problem)
		}
	}
	if !t.Failed() && len(runs) > 0 && !slices.ContainsFunc(runs, func(r *dutyRun) bool { return len(r.seen) == 0 }) {
		sameAsFile(t, filepath.Join("..", "..", "docs", "duties.md"), dutiesTable(t, runs))
	}
}

// There is a scenario for each of the 69, and none for anything else.
func TestDutyScenariosAreWhole(t *testing.T) {
	want := []string{dutyFile("prelude")}
	for _, in := range guideline.Default().Individuals() {
		want = append(want, dutyFile(dutyName(in.ID)))
	}
	have, err := filepath.Glob(dutyFile("*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("scenarios %v\nwant %v", have, want)
	}
}

func dutyFile(name string) string { return filepath.Join("testdata", "duties", name+".txtar") }

// dutyName is an id as a file name: s1-1.1 for S(1)-1.1.
func dutyName(id guideline.ID) string {
	return strings.ToLower(strings.NewReplacer("(", "", ")", "").Replace(string(id)))
}

// dutyRun is one scenario as one role lives through it.
type dutyRun struct {
	role     guideline.Role
	id       guideline.ID
	prepared string // where the prelude left its files
	clock    time.Time
	seen     []dutySeen
	inputs   []string
	idle     bool // nothing was done since the last look at the status
}

// dutySeen is what the status said at one moment.
type dutySeen struct {
	judging.StatusLine
	at    time.Time
	moved bool // nothing but time passed since the status before
}

// incomplete says what a scenario did not show.
func (r *dutyRun) incomplete() string {
	met := slices.IndexFunc(r.seen, func(s dutySeen) bool { return s.Status == string(assess.Met) })
	switch {
	case met < 0:
		return "never met"
	case met == 0:
		return "met from the start"
	case met == len(r.seen)-1 || !r.seen[met+1].moved || r.seen[met+1].Status == string(assess.Met):
		return "no lapse by time alone"
	}
	return ""
}

func (r *dutyRun) metAt() dutySeen {
	return r.seen[slices.IndexFunc(r.seen, func(s dutySeen) bool { return s.Status == string(assess.Met) })]
}

type dutyKey struct{}

func setUpDuty(r *dutyRun) func(*testscript.Env) error {
	return func(env *testscript.Env) error {
		r.clock = dutiesStart
		env.Values[dutyKey{}] = r
		env.Setenv("TASUKI_DATA", filepath.Join(env.WorkDir, "ws"))
		for name, value := range map[string]string{"TASUKI_LANG": "en", "TASUKI_PASSWORD": "correct horse battery", "TASUKI_NEW_PASSWORD": "correct horse battery"} {
			env.Setenv(name, value)
		}
		env.Setenv("BUILD_KEY", base64.StdEncoding.EncodeToString(buildKey.Public().(ed25519.PublicKey)))
		if r.prepared == "" {
			return nil
		}
		r.clock = dutiesStart.Add(time.Hour)
		return copyFolder(env.WorkDir, r.prepared)
	}
}

// dutyCommands are the commands that scenarios have. A keep folder is where the workspace is left for others to start from.
func dutyCommands(keep string) map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"as": asCommand, "duty": dutyCommand, "clock": clockCommand, "take": takeCommand, "build": buildCommand, "program": programCommand,
		"keep": func(ts *testscript.TestScript, _ bool, names []string) {
			for _, name := range names {
				from, to := ts.MkAbs(name), filepath.Join(keep, name)
				if info, err := os.Stat(from); err == nil && info.IsDir() {
					ts.Check(copyFolder(to, from))
					continue
				}
				b, err := os.ReadFile(from)
				ts.Check(err)
				ts.Check(os.WriteFile(to, b, 0o600))
			}
		},
	}
}

// copyFolder copies files and folders for the eyes of their owner alone, as the program wants its own.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), b, 0o600)
	})
}

// asCommand runs the program as an account would, in this process, under the clock of the scenario, which goes on by a
// minute. An argument that names a file of the scenario is that file:
//
//	as alice record put risk risk.yaml --subject software:App
func asCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: as ACCOUNT COMMAND…")
	}
	r := ts.Value(dutyKey{}).(*dutyRun)
	r.idle = false
	r.note(ts, args[1:])
	code := r.tasuki(ts, args[0], args[1:], ts.Stdout())
	if (code != 0) != neg {
		ts.Fatalf("exit code %d", code)
	}
}

func (r *dutyRun) tasuki(ts *testscript.TestScript, account string, args []string, out io.Writer) int {
	given := slices.Clone(args)
	for i, a := range given {
		if _, err := os.Stat(ts.MkAbs(a)); err == nil && a != "." {
			given[i] = ts.MkAbs(a)
		}
	}
	getenv := func(name string) string {
		if name == "TASUKI_AS" {
			return account
		}
		return ts.Getenv(name)
	}
	at, started := r.clock, time.Now()
	r.clock = r.clock.Add(time.Minute)
	return run(context.Background(), given, program{getenv: getenv, in: strings.NewReader(""), out: out, err: ts.Stderr(),
		now: func() time.Time { return at.Add(time.Since(started)) }})
}

// clockCommand lets time pass, in days:
//
//	clock +366d
func clockCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clock +DAYSd")
	}
	days, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(args[0], "+"), "d"))
	ts.Check(err)
	r := ts.Value(dutyKey{}).(*dutyRun)
	r.clock = r.clock.AddDate(0, 0, days)
}

// dutyCommand judges again and holds the status of the scenario's duty against a status, and its reasons, remedy left
// out, against regular expressions:
//
//	duty not_met 'no treatment'
func dutyCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: duty STATUS [REGEXP…]")
	}
	r := ts.Value(dutyKey{}).(*dutyRun)
	of := []string{"--software", "App", "--release", "1.0"}
	if r.role == guideline.Customer {
		of = []string{"--system", "Office"}
	}
	var out bytes.Buffer
	at := r.clock
	if code := r.tasuki(ts, "alice", append([]string{"status", "--json"}, of...), &out); code != 0 {
		ts.Fatalf("exit code %d", code)
	}
	var sheet judging.StatusSheet
	ts.Check(json.Unmarshal(out.Bytes(), &sheet))
	i := slices.IndexFunc(sheet.Duties, func(l judging.StatusLine) bool { return l.ID == r.id && l.Role == r.role })
	if i < 0 {
		ts.Fatalf("%s is not a duty of the %s", r.id, r.role)
	}
	line := sheet.Duties[i]
	reasons := strings.Join(line.Reasons, "\n")
	fmt.Fprintf(ts.Stdout(), "%s %s: %s (%s)\n%s\n-> %s\n", r.id, r.role, line.Status, line.Basis, reasons, line.Remedy)
	r.seen = append(r.seen, dutySeen{StatusLine: line, at: at, moved: r.idle})
	r.idle = true
	if line.Status != args[0] {
		ts.Fatalf("%s as %s is %s, want %s\n%s", r.id, r.role, line.Status, args[0], reasons)
	}
	for _, pattern := range args[1:] {
		if !regexp.MustCompile(pattern).MatchString(reasons) {
			ts.Fatalf("no match for %q in\n%s", pattern, reasons)
		}
	}
	if len(line.Reasons) == 0 || line.Status != string(assess.Met) && line.Remedy == "" {
		ts.Fatalf("a status without reason or remedy: %+v", line)
	}
}
