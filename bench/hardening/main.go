// Command hardening holds what is read of program files against what public checkers say of the same files: for ELF
// hardening-check (Debian package devscripts) and checksec (Debian package checksec), for PE and Mach-O llvm-readobj and
// llvm-objdump. It prints how many answers were compared and each that differs.
//
//	TASUKI_KEEP_PROGRAMS=DIR go test ./internal/read/binary -run Compiled -count 1   # each property switched off in turn
//	go run ./bench/hardening DIR /usr/bin /usr/sbin
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/binary"
)

// checker is a public program that says something of a program file, in our words: property to answer. What it cannot
// know of this file is left out.
type checker struct {
	name    string
	formats []string
	ask     func(path string, h *fact.Hardening) map[string]string
}

func main() {
	most := flag.Int("most", 60, "programs of each folder")
	flag.Parse()
	tables := map[string]*table{}
	count := map[string]int{}
	for _, arg := range flag.Args() {
		for _, path := range programs(arg, *most) {
			b, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			r, err := binary.Read(b)
			if err != nil {
				fmt.Printf("%s: refused: %v\n", path, err)
				continue
			}
			count[r.Version]++
			if len(r.Facts) == 1 { // the checkers mix up the architectures of a file for several
				compare(tables, path, r.Facts[0].Data.(*fact.Hardening))
			}
		}
	}
	for _, format := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf("%d files of format %s\n", count[format], format)
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		t := tables[name]
		fmt.Printf("%-36s %5d compared, %5d the same\n", name, t.compared, t.same)
	}
}

type table struct{ compared, same int }

// programs gives the program files that an argument names: itself, or the first in a folder.
func programs(arg string, most int) (out []string) {
	_ = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || len(out) == most {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil && d.Type().IsRegular() && binary.Match(b) {
			out = append(out, path)
		}
		return nil
	})
	return out
}

func compare(tables map[string]*table, path string, h *fact.Hardening) {
	ours := map[string]string{
		"pie": string(h.PIE), "nx": string(h.NX), "relro": h.RELRO, "canary": string(h.Canary), "fortify": string(h.Fortify),
		"stripped": string(h.Stripped), "rpath": fmt.Sprint(h.RPath), "runpath": fmt.Sprint(len(h.RunPath) > 0 && !h.RPath),
		"paths": fmt.Sprint(len(h.RunPath)), "signature": string(h.Signature), "high entropy": string(h.HighEntropyVA),
		"guard cf": string(h.GuardCF), "kind": h.Kind,
	}
	for _, c := range checkers {
		if !slices.Contains(c.formats, h.Format) {
			continue
		}
		theirs := c.ask(path, h)
		for _, property := range slices.Sorted(maps.Keys(theirs)) {
			key := c.name + ", " + property
			if tables[key] == nil {
				tables[key] = &table{}
			}
			tables[key].compared++
			if ours[property] == theirs[property] {
				tables[key].same++
			} else {
				fmt.Printf("%s: %s: it says %s, we say %s\n", path, key, theirs[property], ours[property])
			}
		}
	}
}

// output gives what a checker prints; some end with an error when a property is missing. Without the checker it ends.
func output(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if _, missing := err.(*exec.Error); missing {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return string(out)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
