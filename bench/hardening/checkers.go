package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.org/tasuki/internal/fact"
)

var checkers = []checker{
	{"hardening-check", []string{"ELF"}, hardeningCheck},
	{"checksec", []string{"ELF"}, checksec},
	{"llvm-readobj", []string{"PE"}, readobjPE},
	{"llvm-objdump", []string{"Mach-O"}, objdumpMachO},
}

// hardeningCheck asks Debian's own checker. It takes a library that lists its program headers for a program, so that PIE
// of libraries is left out; of a static program it sees nothing.
func hardeningCheck(path string, h *fact.Hardening) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(output("hardening-check", "--nocolor", path)) {
		name, said, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		said, _, _ = strings.Cut(strings.TrimSpace(said), ",")
		said, _, _ = strings.Cut(said, " ")
		switch name {
		case "Position Independent Executable":
			if h.Kind == "program" {
				out["pie"] = said
			}
		case "Stack protected":
			out["canary"] = said
		case "Fortify Source functions":
			out["fortify"] = said
		}
	}
	return goAside(out, h)
}

// checksec asks the checker of that name. Of a file without symbols it says "no" where we say that the file does not
// tell, which is left out.
func checksec(path string, h *fact.Hardening) map[string]string {
	var files map[string]map[string]string
	if json.Unmarshal([]byte(output("checksec", "--format=json", "--file="+path)), &files) != nil {
		return nil
	}
	said := files[path]
	out := map[string]string{"nx": said["nx"], "rpath": fmt.Sprint(said["rpath"] == "yes"), "stripped": yesNo(said["symbols"] == "no")}
	out["relro"] = map[string]string{"no": "none"}[said["relro"]]
	if out["relro"] == "" {
		out["relro"] = said["relro"]
	}
	if !h.RPath { // of a file with both, only the older is told
		out["runpath"] = fmt.Sprint(said["runpath"] == "yes")
	}
	switch said["pie"] {
	case "dso":
		out["kind"] = "library"
	case "yes", "no":
		out["pie"] = said["pie"]
	}
	if h.Canary != fact.AnswerUnknown {
		out["canary"] = said["canary"]
	}
	return goAside(out, h)
}

// goAside leaves out what does not apply to programs of Go without C, which the checkers do not know.
func goAside(out map[string]string, h *fact.Hardening) map[string]string {
	if h.Canary == fact.AnswerNotApplicable {
		delete(out, "canary")
	}
	if h.Fortify == fact.AnswerNotApplicable {
		delete(out, "fortify")
	}
	return out
}

// readobjPE reads LLVM's words for the header of a PE file.
func readobjPE(path string, h *fact.Hardening) map[string]string {
	text := output("llvm-readobj", "--file-headers", "--coff-load-config", path)
	has := func(flag string) bool { return strings.Contains(text, flag+" (") }
	out := map[string]string{
		"pie":       yesNo(has("IMAGE_DLL_CHARACTERISTICS_DYNAMIC_BASE") && !has("IMAGE_FILE_RELOCS_STRIPPED")),
		"nx":        yesNo(has("IMAGE_DLL_CHARACTERISTICS_NX_COMPAT")),
		"guard cf":  yesNo(has("IMAGE_DLL_CHARACTERISTICS_GUARD_CF")),
		"kind":      map[bool]string{true: "library", false: "program"}[has("IMAGE_FILE_DLL")],
		"signature": yesNo(value(text, "CertificateTableSize") != "0x0"),
		"stripped":  yesNo(value(text, "SymbolCount") == "0"),
	}
	if value(text, "Magic") == "0x20B" {
		out["high entropy"] = yesNo(has("IMAGE_DLL_CHARACTERISTICS_HIGH_ENTROPY_VA"))
	}
	switch cookie := value(text, "SecurityCookie"); {
	case h.GuardCF == fact.AnswerNotApplicable: // .NET without machine code
		delete(out, "guard cf")
	case cookie != "" && cookie != "0x0":
		out["canary"] = "yes"
	}
	return goAside(out, h)
}

// value gives what follows the first "name: ".
func value(text, name string) string {
	_, rest, _ := strings.Cut(text, " "+name+": ")
	word, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(word)
}

// objdumpMachO reads LLVM's words for header, load commands and symbols of a Mach-O file.
func objdumpMachO(path string, h *fact.Hardening) map[string]string {
	text := output("llvm-objdump", "--macho", "--private-headers", path)
	out := map[string]string{
		"nx":        yesNo(!strings.Contains(text, "ALLOW_STACK_EXECUTION")),
		"signature": yesNo(strings.Contains(text, "cmd LC_CODE_SIGNATURE")),
		"paths":     fmt.Sprint(strings.Count(text, "cmd LC_RPATH")),
	}
	if h.Kind == "program" {
		out["pie"] = yesNo(strings.Contains(text, " PIE"))
	}
	if symbols := output("llvm-nm", path); symbols != "" {
		out["canary"] = yesNo(strings.Contains(symbols, " ___stack_chk_fail\n"))
	}
	return goAside(out, h)
}
