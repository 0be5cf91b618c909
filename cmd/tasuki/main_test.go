package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// runMain in the environment makes the test binary be the program: for tests that start and kill it.
const runMain = "TASUKI_TEST_RUN_MAIN"

// testClock in the environment is the time the program believes it is, RFC 3339. Only the test binary looks at it; the
// shipped program has no such switch.
const testClock = "TASUKI_TEST_CLOCK"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		os.Exit(runProcess())
	}
	testscript.Main(m, map[string]func(){"tasuki": func() { os.Exit(runProcess()) }})
}

// runProcess is main with the clock of the test.
func runProcess() int {
	now := time.Now
	if s := os.Getenv(testClock); s != "" {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		started := time.Now()
		now = func() time.Time { return at.Add(time.Since(started)) }
	}
	return run(context.Background(), os.Args[1:], program{getenv: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr, now: now})
}

func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireUniqueNames: true, Cmds: scriptCommands, Setup: func(e *testscript.Env) error {
		e.Setenv("REPOSITORY_ROOT", root)
		return nil
	}})
}
