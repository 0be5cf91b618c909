// Package binary reads how a program file was hardened when it was built, from the file itself: ELF, PE (Windows) and
// Mach-O (macOS). Nothing is run, and no other file is looked at.
//
// Start from [Read]. Signatures are noticed and not verified.
package binary

import (
	"bytes"
	"debug/buildinfo"
	"encoding/binary"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Limits on what is listed.
const (
	maxModules = 10_000
	maxPaths   = 100
	maxParts   = 20 // architectures in one Mach-O file
)

// format tells the format of a file by its first bytes; empty when it is no program.
func format(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	switch string(b[:4]) {
	case "\x7fELF":
		return "ELF"
	case "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe":
		return "Mach-O"
	case "\xca\xfe\xba\xbe", "\xca\xfe\xba\xbf": // the first as Java classes do, which have a version where the number of parts is
		if len(b) >= 8 && binary.BigEndian.Uint32(b[4:]) <= maxParts {
			return "Mach-O"
		}
		return ""
	}
	if b[0] == 'M' && b[1] == 'Z' && len(b) >= 64 {
		at := int64(binary.LittleEndian.Uint32(b[60:]))
		if at+4 <= int64(len(b)) && string(b[at:at+4]) == "PE\x00\x00" {
			return "PE"
		}
	}
	return ""
}

// Match reports whether the bytes begin like a program.
func Match(b []byte) bool { return format(b) != "" }

// Read reads one file. The facts are *fact.Hardening, one for each architecture in it.
func Read(b []byte) (r fact.Reading, err error) {
	f := format(b)
	defer func() {
		if x := recover(); x != nil { // the parsers are not made for files that want to break them
			r, err = fact.Reading{}, refused(f, input.Refuse("", lang.T("ファイルが壊れています", "the file is broken")))
		}
	}()
	if len(b) > input.MaxBytes {
		return fact.Reading{}, refused(f, input.Refuse("", lang.F("大きさが上限の%d MiBを超えています", "it is above the limit of %d MiB", input.MaxBytes>>20)))
	}
	var parts []*fact.Hardening
	switch f {
	case "ELF":
		parts, err = readELF(b)
	case "PE":
		parts, err = readPE(b)
	case "Mach-O":
		parts, err = readMachO(b)
	default:
		err = input.Refuse("", lang.T("ELF・PE・Mach-Oのいずれでもありません", "it is none of ELF, PE and Mach-O"))
	}
	if err != nil {
		return fact.Reading{}, refused(f, err)
	}
	r = fact.Reading{Type: "binary", Version: f, Summary: map[string]any{"architectures": len(parts)}}
	for _, p := range parts {
		r.Facts = append(r.Facts, fact.Fact{Kind: fact.KindHardening, Pointer: p.Architecture, Data: p})
	}
	if len(parts) == 1 {
		goBuild(b, parts[0], &r)
	}
	return r, nil
}

func refused(format string, err error) error {
	if format == "" {
		format = "ELF, PE, Mach-O"
	}
	return input.Renamed(err, format, lang.T("ビルドした実行ファイルまたは共有ライブラリそのものを渡してください。", "Give the program or shared library itself, as it was built."))
}

func broken(err error) error {
	return input.Refuse("", lang.F("ファイルが壊れているか、途中で切れています(%s)", "the file is broken or cut off (%s)", input.Clip(err.Error())))
}

func answer(yes bool) fact.Answer {
	if yes {
		return fact.AnswerYes
	}
	return fact.AnswerNo
}

// goBuild adds what the Go toolchain noted, when it built the file. What Go compiles checks its bounds itself: without
// C in it, stack canaries and checked library functions have no meaning.
func goBuild(b []byte, h *fact.Hardening, r *fact.Reading) {
	info, err := buildinfo.Read(bytes.NewReader(b))
	if err != nil {
		return
	}
	g := &fact.GoBuild{Version: info.GoVersion, Package: info.Path, Module: info.Main.Path, Release: info.Main.Version, Modules: []fact.GoModule{}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if len(g.Modules) == maxModules {
			r.Problems = append(r.Problems, fact.Problem{What: lang.F("モジュールが%[1]d個あり、一覧には%[2]d個だけを載せています", "there are %[1]d modules, of which %[2]d are listed", len(info.Deps), maxModules)})
			break
		}
		g.Modules = append(g.Modules, fact.GoModule{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
	cgo := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			g.Source = s.Value
		case "vcs.modified":
			g.Dirty = s.Value == "true"
		case "CGO_ENABLED":
			cgo = s.Value == "1"
		}
	}
	if !cgo || len(info.Settings) == 0 {
		for _, a := range []*fact.Answer{&h.Canary, &h.Fortify} {
			if *a != fact.AnswerYes {
				*a = fact.AnswerNotApplicable
			}
		}
	}
	h.Go = g
	r.Summary["modules"] = len(info.Deps)
}

// symbols judges a program by the names of the functions it calls: the check of the stack canary, and the checked forms
// of library functions (__memcpy_chk) against the plain ones. know is false when the names are not there to be seen.
func symbols(names []string, know bool) (canary, fortify fact.Answer) {
	if !know {
		return fact.AnswerUnknown, fact.AnswerUnknown
	}
	canary, fortify = fact.AnswerNo, fact.AnswerUnknown
	plain := false
	for _, n := range names {
		n, _, _ = strings.Cut(n, "@")
		if strings.HasPrefix(strings.TrimLeft(n, "_"), "stack_chk_fail") || n == "__intel_security_cookie" {
			canary = fact.AnswerYes
			continue
		}
		if f, ok := strings.CutSuffix(strings.TrimLeft(n, "_"), "_chk"); ok && checked[f] {
			fortify = fact.AnswerYes
		}
		plain = plain || checked[n]
	}
	if plain && fortify != fact.AnswerYes {
		fortify = fact.AnswerNo
	}
	return canary, fortify
}

// checked are the functions of the C library that have a checked form, __NAME_chk (glibc 2.36).
var checked = set(`asprintf confstr dprintf explicit_bzero fdelt fgets fgets_unlocked fgetws fgetws_unlocked fprintf fread
fread_unlocked fwprintf getcwd getdomainname getgroups gethostname getlogin_r gets getwd longjmp mbsnrtowcs mbsrtowcs mbstowcs
memcpy memmove mempcpy memset obstack_printf obstack_vprintf poll ppoll pread pread64 printf ptsname_r read readlink readlinkat
realpath recv recvfrom snprintf sprintf stpcpy stpncpy strcat strcpy strncat strncpy swprintf syslog ttyname_r vasprintf
vdprintf vfprintf vfwprintf vprintf vsnprintf vsprintf vswprintf vsyslog vwprintf wcpcpy wcpncpy wcrtomb wcscat wcscpy wcsncat
wcsncpy wcsnrtombs wcsrtombs wcstombs wctomb wmemcpy wmemmove wmempcpy wmemset wprintf`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
