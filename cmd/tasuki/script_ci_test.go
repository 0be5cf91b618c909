package main

import (
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/testscript"
)

// ciCommand runs the shell of a step of ../../action.yml, or of the job of ../../templates/tasuki.yml, as a CI system
// would: what the file takes from the CI system comes from the script's variables of the same name.
//
//	ci action push [NAME=FILE]
//	ci template
//
// NAME=FILE puts what a file holds into a variable.
func ciCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: ci action STEP, ci template")
	}
	var shell string
	var env map[string]string
	switch args[0] {
	case "action":
		shell, env = actionStep(ts, args[1])
	case "template":
		shell, env = templateJob(ts)
	}
	for name, value := range env {
		if !strings.Contains(value, "${{") && !strings.Contains(value, "$[[") {
			ts.Setenv(name, value)
		}
	}
	for _, arg := range args {
		if name, file, ok := strings.Cut(arg, "="); ok {
			ts.Setenv(name, ts.ReadFile(file))
		}
	}
	err := ts.Exec("bash", "-c", shell)
	if neg && err == nil {
		ts.Fatalf("%v succeeded", args)
	}
	if !neg && err != nil {
		ts.Fatalf("%v: %v", args, err)
	}
}

func actionStep(ts *testscript.TestScript, id string) (string, map[string]string) {
	var action struct {
		Runs struct {
			Steps []struct {
				ID  string            `yaml:"id"`
				Run string            `yaml:"run"`
				Env map[string]string `yaml:"env"`
			} `yaml:"steps"`
		} `yaml:"runs"`
	}
	ts.Check(yaml.Unmarshal(repositoryFile(ts, "action.yml"), &action))
	for _, s := range action.Runs.Steps {
		if s.ID == id {
			return s.Run, s.Env
		}
	}
	ts.Fatalf("action.yml has no step %s", id)
	return "", nil
}

func templateJob(ts *testscript.TestScript) (string, map[string]string) {
	var template map[string]struct {
		Script    []string          `yaml:"script"`
		Variables map[string]string `yaml:"variables"`
	}
	_, job, ok := strings.Cut(string(repositoryFile(ts, "templates/tasuki.yml")), "\n---\n")
	if !ok {
		ts.Fatalf("the template has no job")
	}
	ts.Check(yaml.Unmarshal([]byte(job), &template))
	return strings.Join(append([]string{"set -e"}, template["tasuki"].Script...), "\n"), template["tasuki"].Variables
}

func repositoryFile(ts *testscript.TestScript, name string) []byte {
	b, err := os.ReadFile(ts.Getenv("REPOSITORY_ROOT") + "/" + name)
	ts.Check(err)
	return b
}
