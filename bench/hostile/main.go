// Command hostile measures what hostile files cost: for every kind of document that is read, it writes files that say
// they are of that kind and are made to eat memory or time (nested without end, one endless string, values without
// number, entities and anchors that grow, archives that swell), at 200 MB and just inside the limit of what is taken in,
// gives each to the program as a process of its own, and prints how it ended, what processor time it took and what it held.
//
//	go build -o tasuki ./cmd/tasuki && go run ./bench/hostile -tasuki ./tasuki
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
)

func main() {
	program := flag.String("tasuki", "", "the program, built")
	only := flag.String("only", "", "only kinds whose name contains this")
	flag.Parse()
	if *program == "" {
		fmt.Fprintln(os.Stderr, "name the program with -tasuki")
		os.Exit(2)
	}
	if err := measure(*program, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// outcome is what one file cost.
type outcome struct {
	name    string
	bytes   int64
	exit    int
	seconds float64 // of processor
	peak    int64   // MiB
	said    string
}

func measure(program, only string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var all []outcome
	for _, k := range kinds() {
		for _, size := range []int64{200e6, 64<<20 - 1} {
			if !strings.Contains(k.name, only) {
				continue
			}
			o, err := try(program, dir, k, size)
			if err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			fmt.Fprintf(os.Stderr, "%s\t%d\texit %d\t%.2f s\t%d MiB\n", o.name, o.bytes, o.exit, o.seconds, o.peak)
			all = append(all, o)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| kind\t| MB\t| exit\t| s\t| peak MiB\t| said\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, o := range all {
		fmt.Fprintf(w, "| %s\t| %d\t| %d\t| %.2f\t| %d\t| %s\t|\n", o.name, o.bytes/1e6, o.exit, o.seconds, o.peak, o.said)
	}
	worst := slices.MaxFunc(all, func(a, b outcome) int { return cmp.Compare(a.peak, b.peak) })
	slowest := slices.MaxFunc(all, func(a, b outcome) int { return cmp.Compare(a.seconds, b.seconds) })
	fmt.Fprintf(w, "\nmost memory: %d MiB (%s); longest: %.2f s (%s)\n", worst.peak, worst.name, slowest.seconds, slowest.name)
	return w.Flush()
}

// try writes one file and gives it to the program.
func try(program, dir string, k kind, size int64) (outcome, error) {
	file := filepath.Join(dir, cmp.Or(k.file, "file"))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return outcome{}, err
	}
	if err := write(file, k, size); err != nil {
		return outcome{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return outcome{}, err
	}
	args := append(slices.Clone(k.command), filepath.Join(dir, cmp.Or(k.give, k.file, "file")))
	if k.workspace {
		args = append(args, "--data", filepath.Join(dir, "ws"))
		defer os.RemoveAll(filepath.Join(dir, "ws"))
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TASUKI_LANG=en")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		return outcome{}, err
	}
	o := outcome{name: k.name, bytes: info.Size(), exit: cmd.ProcessState.ExitCode(), seconds: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), said: clip(said.String())}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.peak = usage.Maxrss / 1024
	}
	return o, nil
}

// clip keeps the first line that says why, short enough for a table.
func clip(said string) string {
	line := strings.Join(strings.Fields(strings.ReplaceAll(said, "|", "/")), " ")
	if r := []rune(line); len(r) > 140 {
		line = string(r[:140]) + "…"
	}
	return line
}
