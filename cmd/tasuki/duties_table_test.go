package main

import (
	"bytes"
	"crypto/ed25519"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/verify"
)

// note keeps what a command of a scenario feeds in, for the table.
func (r *dutyRun) note(ts *testscript.TestScript, args []string) {
	add := func(what string) {
		if !slices.Contains(r.inputs, what) {
			r.inputs = append(r.inputs, what)
		}
	}
	switch words := strings.Join(args[:min(2, len(args))], " "); {
	case words == "record put":
		add("record `" + args[2] + "`")
	case words == "chain apply":
		add("the deal (`chain apply`)")
	case words == "claim add":
		add("claim")
	case words == "ledger verify":
		add("`ledger verify`")
	case words == "attest sbom":
		add("`attest sbom`")
	case words == "triage decide":
		add("`triage decide`")
	case args[0] == "heartbeat":
		add("`heartbeat`")
	case words == "feeds import":
		add("advisories (osv)")
	case words == "feeds import-kev":
		add("advisories (kev)")
	case words == "feeds import-eol":
		add("ends of life (endoflife.date)")
	case args[0] == "receive":
		add("declaration received (tasuki-bundle)")
	case args[0] == "push" && slices.Contains(args, "--artifact"):
		add("files of the release")
	case args[0] == "push":
		for _, a := range args[1:] {
			b, err := os.ReadFile(ts.MkAbs(a))
			if err != nil {
				continue
			}
			if f, err := read.Detect(b); err == nil {
				add("document (" + f.Type + ")")
			}
		}
	}
}

// buildKey is the key of the example's build environment. Its public half is what scenarios trust:
//
//	as alice trust add $BUILD_KEY --name 'build environment' --party maker
var buildKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// buildCommand does what a build does outside the program: it signs an in-toto statement about files.
//
//	build OUT PREDICATE-TYPE PREDICATE.json FILE…
func buildCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: build OUT PREDICATE-TYPE PREDICATE.json FILE…")
	}
	var files []verify.Artifact
	for _, name := range args[3:] {
		files = append(files, verify.Artifact{Name: name, Digest: verify.Digest([]byte(ts.ReadFile(name)))})
	}
	b, err := declare.Attest(args[1], json.RawMessage(ts.ReadFile(args[2])), files, buildKey)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// programCommand does what a compiler does outside the program: it makes a small ELF program, hardened or weak (its data
// can be executed, and nothing is bound at start).
//
//	program OUT [weak]
func programCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: program OUT [weak]")
	}
	b, err := os.ReadFile(filepath.Join("..", "..", "internal", "read", "binary", "testdata", "tiny.elf"))
	ts.Check(err)
	if len(args) == 2 {
		f, err := elf.NewFile(bytes.NewReader(b))
		ts.Check(err)
		headers := int(binary.LittleEndian.Uint64(b[32:])) // ELF64: e_phoff, then entries of 56 bytes: type, flags …
		for i, p := range f.Progs {
			entry := b[headers+i*56:]
			switch p.Type {
			case elf.PT_GNU_STACK:
				binary.LittleEndian.PutUint32(entry[4:], uint32(p.Flags|elf.PF_X))
			case elf.PT_GNU_RELRO:
				binary.LittleEndian.PutUint32(entry, uint32(elf.PT_NULL))
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// dutiesTable writes what the scenarios saw.
func dutiesTable(t *testing.T, runs []*dutyRun) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(dutiesHead)
	count := map[string]int{}
	for _, r := range runs {
		count[r.metAt().Basis]++
	}
	fmt.Fprintf(&b, "Of %d duties of %d requirements, %d are met by evidence that the program reads alone (automatic), %d rest on approved records, and %d on claims.\n\n",
		len(runs), len(guideline.Default().Individuals()), count[string(assess.Automatic)], count[string(assess.ByRecord)], count[string(assess.ByClaim)])
	b.WriteString("| requirement | role | basis | checks | fed in | course | met for |\n|---|---|---|---|---|---|---|\n")
	for _, in := range guideline.Default().Individuals() {
		for _, r := range runs {
			if r.id == in.ID {
				b.WriteString(r.line())
			}
		}
	}
	return b.String()
}

const dutiesHead = `# Every requirement, from not met to met to stale

Each row is a scenario of ` + "`cmd/tasuki/testdata/duties`" + ` that a test runs through the command line with real input, once for
each role that bears the requirement. *basis* is what the duty rests on when it is met, its weakest check counting:
*automatic* is evidence that the program reads by itself, *record* is something a person entered and another approved,
*claim* a person's statement with evidence. *course* is the status each time the scenario looked; after the last *met*
nothing is done but wait. *met for* is how long it stays met when nothing new comes. Made by
` + "`go test ./cmd/tasuki -run TestDuties -update`" + `; the test keeps it true.

`

// line is the row of one scenario.
func (r *dutyRun) line() string {
	met := r.metAt()
	var checks, course []string
	x, _ := assess.Explain(r.id, guideline.DefaultPolicy())
	for _, k := range x.Checks {
		if slices.Contains(k.Roles, r.role) {
			checks = append(checks, fmt.Sprintf("`%s` (%s)", k.ID, k.Basis))
		}
	}
	for _, s := range r.seen {
		course = append(course, strings.ReplaceAll(s.Status, "_", " "))
	}
	held := "–"
	if met.ValidUntil != nil {
		held = fmt.Sprintf("%d days", int(met.ValidUntil.Sub(met.at).Hours()/24))
	}
	return fmt.Sprintf("| [%s](../cmd/tasuki/%s) | %s | %s | %s | %s | %s | %s |\n", r.id, strings.ReplaceAll(dutyFile(dutyName(r.id)), "\\", "/"), r.role, met.Basis,
		strings.Join(checks, ", "), strings.Join(r.inputs, ", "), strings.Join(course, " → "), held)
}

// sameAsFile holds a text against a file, or writes it there.
func sameAsFile(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != text {
		t.Errorf("%s is not what the scenarios saw; run go test ./cmd/tasuki -run TestDuties -update", file)
	}
}
