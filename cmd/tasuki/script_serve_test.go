package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// serveCommand starts the program as a server over a workspace until the script ends, and puts its address into SERVER:
//
//	serve DIR
func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve DIR")
	}
	var program string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if file := filepath.Join(dir, "tasuki"); program == "" {
			if _, err := os.Stat(file); err == nil {
				program = file
			}
		}
	}
	cmd := exec.Command(program, "serve", "--lang", "en", "--data", ts.MkAbs(args[0]), "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), testClock+"="+ts.Getenv(testClock))
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	address := regexp.MustCompile(`http://[0-9.:]+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindString(lines.Text()); found != "" {
			ts.Setenv("SERVER", found)
			return
		}
	}
	ts.Fatalf("the server did not start")
}
