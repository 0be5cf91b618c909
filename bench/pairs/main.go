// Command pairs runs commands in turn and compares what they cost: time, processor and peak memory of the whole process,
// medians, and the median of the ratios to the first within each turn. On a shared machine only those mean much.
//
//	go run ./bench/pairs -n 5 ./a -x --- ./b -y [--- ./c]
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what one run cost.
type cost struct{ time, processor, memory float64 } // seconds, seconds, MiB

func main() {
	log.SetFlags(0)
	turns := flag.Int("n", 5, "turns")
	flag.Parse()
	commands := split(flag.Args())
	if len(commands) == 0 {
		log.Fatal("no command is named")
	}
	costs := make([][]cost, len(commands))
	for range *turns {
		for i, c := range commands {
			one, err := run(c)
			if err != nil {
				log.Fatal(err)
			}
			costs[i] = append(costs[i], one)
		}
	}
	for i, c := range commands {
		fmt.Printf("%.4f s, processor %.4f s, %.1f MiB", median(costs[i], func(n int) float64 { return costs[i][n].time }),
			median(costs[i], func(n int) float64 { return costs[i][n].processor }), median(costs[i], func(n int) float64 { return costs[i][n].memory }))
		if i > 0 {
			fmt.Printf("; to the first: time %.1f, processor %.1f, memory %.1f",
				median(costs[i], func(n int) float64 { return costs[i][n].time / costs[0][n].time }),
				median(costs[i], func(n int) float64 { return costs[i][n].processor / costs[0][n].processor }),
				median(costs[i], func(n int) float64 { return costs[i][n].memory / costs[0][n].memory }))
		}
		fmt.Printf("  %s\n", strings.Join(c[:min(len(c), 4)], " "))
	}
}

func split(args []string) (out [][]string) {
	for part := range strings.SplitSeq(strings.Join(args, "\x00"), "\x00---\x00") {
		if part != "" {
			out = append(out, strings.Split(part, "\x00"))
		}
	}
	return out
}

// run runs a command without its output. An exit code is no error: a scanner that found something has one.
func run(args []string) (cost, error) {
	c := exec.Command(args[0], args[1:]...)
	started := time.Now()
	if err := c.Run(); err != nil && c.ProcessState == nil {
		return cost{}, err
	}
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	if code := c.ProcessState.ExitCode(); code < 0 || code > 1 {
		fmt.Fprintf(os.Stderr, "%s ended with %d\n", args[0], code)
	}
	return cost{time.Since(started).Seconds(), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), float64(used.Maxrss) / 1024}, nil
}

func median(of []cost, value func(int) float64) float64 {
	all := make([]float64, len(of))
	for i := range of {
		all[i] = value(i)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
