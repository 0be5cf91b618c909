package main

import (
	"bufio"
	"errors"
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
	address, stop, err := startServer(program, ts.MkAbs(args[0]), testClock+"="+ts.Getenv(testClock))
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv("SERVER", address)
}

// startServer runs a program as a server over a workspace, and gives its address and what stops it.
func startServer(program, data string, env ...string) (string, func(), error) {
	cmd := exec.Command(program, "serve", "--lang", "en", "--data", data, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop := func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}
	address := regexp.MustCompile(`http://[0-9.:]+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindString(lines.Text()); found != "" {
			return found, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the server did not start")
}
