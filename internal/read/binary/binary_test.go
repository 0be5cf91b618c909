package binary_test

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/binary"
	"example.org/tasuki/internal/read/readtest"
)

// The files of testdata hold no program of use: tiny.elf only ends itself, the others are headers.
func TestGolden(t *testing.T) {
	readtest.Golden(t, binary.Read, "tiny.elf", "tiny.exe", "tiny.macho", "fat.macho")
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRefused(t *testing.T) {
	program := file(t, "testdata/tiny.elf")
	with := func(at int, v byte) string {
		b := bytes.Clone(program)
		b[at] = v
		return string(b)
	}
	readtest.Refused(t, binary.Read, [][4]string{
		{"text", "hello", "", "none of ELF"},
		{"cut off", string(program[:40]), "", "broken or cut off"},
		{"object file", with(16, byte(elf.ET_REL)), "", "neither a program"},
		{"core dump", with(16, byte(elf.ET_CORE)), "", "neither a program"},
		{"PE cut off", string(file(t, "testdata/tiny.exe")[:80]), "", "broken or cut off"},
		{"Mach-O cut off", string(file(t, "testdata/tiny.macho")[:40]), "", "broken or cut off"},
		{"fat file cut off", string(file(t, "testdata/fat.macho")[:90]), "", "broken or cut off"},
	})
	if binary.Match([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x41")) {
		t.Error("a Java class is taken for a program")
	}
}

// TestPEFlags switches each flag off in turn.
func TestPEFlags(t *testing.T) {
	const flags = 64 + 24 + 70 // place of DllCharacteristics in tiny.exe
	for _, c := range []struct {
		name string
		bit  uint16
		get  func(*fact.Hardening) fact.Answer
	}{
		{"DYNAMICBASE", 0x40, func(h *fact.Hardening) fact.Answer { return h.PIE }},
		{"NXCOMPAT", 0x100, func(h *fact.Hardening) fact.Answer { return h.NX }},
		{"HIGHENTROPYVA", 0x20, func(h *fact.Hardening) fact.Answer { return h.HighEntropyVA }},
		{"GUARD_CF", 0x4000, func(h *fact.Hardening) fact.Answer { return h.GuardCF }},
	} {
		b := file(t, "testdata/tiny.exe")
		if a := c.get(read(t, c.name, b)); a != fact.AnswerYes {
			t.Errorf("%s on: %s", c.name, a)
		}
		b[flags] &^= byte(c.bit)
		b[flags+1] &^= byte(c.bit >> 8)
		if a := c.get(read(t, c.name, b)); a != fact.AnswerNo {
			t.Errorf("%s off: %s", c.name, a)
		}
	}
}

func read(t *testing.T, name string, b []byte) *fact.Hardening {
	t.Helper()
	r, err := binary.Read(b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r.Facts[0].Data.(*fact.Hardening)
}

const source = `#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) { char b[64]; strcpy(b, argv[0]); printf("%s %d\n", b, argc); return 0; }
`

// TestCompiled builds a program with everything on, and then with one property switched off at a time.
func TestCompiled(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("SKIPPED: there is no gcc; the properties of ELF files are not tried one by one")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	on := []string{"-O2", "-fPIE", "-pie", "-fstack-protector-all", "-D_FORTIFY_SOURCE=2", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", "-s"}
	shape := func(h *fact.Hardening) string {
		return fmt.Sprintf("%s pie=%s nx=%s relro=%s canary=%s fortify=%s stripped=%s runpath=%v", h.Kind, h.PIE, h.NX, h.RELRO, h.Canary, h.Fortify, h.Stripped, h.RunPath)
	}
	const all = "program pie=yes nx=yes relro=full canary=yes fortify=yes stripped=yes runpath=[]"
	for _, c := range []struct{ name, drop, add, want string }{
		{"all on", "", "", all},
		{"no PIE", "-fPIE -pie", "-no-pie -fno-pie", strings.Replace(all, "pie=yes", "pie=no", 1)},
		{"executable stack", "-Wl,-z,noexecstack", "-Wl,-z,execstack", strings.Replace(all, "nx=yes", "nx=no", 1)},
		{"partial RELRO", "-Wl,-z,now", "-Wl,-z,lazy", strings.Replace(all, "relro=full", "relro=partial", 1)},
		{"no RELRO", "-Wl,-z,relro", "-Wl,-z,norelro", strings.Replace(all, "relro=full", "relro=none", 1)},
		{"no canary", "-fstack-protector-all", "-fno-stack-protector", strings.Replace(all, "canary=yes", "canary=no", 1)},
		{"no FORTIFY", "-D_FORTIFY_SOURCE=2", "-U_FORTIFY_SOURCE", strings.Replace(all, "fortify=yes", "fortify=no", 1)},
		{"symbols kept", "-s", "", strings.Replace(all, "stripped=yes", "stripped=no", 1)},
		{"RUNPATH", "", "-Wl,--enable-new-dtags,-rpath,/opt/a:/opt/b", strings.Replace(all, "[]", "[/opt/a /opt/b]", 1)},
		{"RPATH", "", "-Wl,--disable-new-dtags,-rpath,$ORIGIN", strings.Replace(all, "[]", "[$ORIGIN]", 1)},
		{"library", "-fPIE -pie", "-fPIC -shared", strings.Replace(all, "program", "library", 1)},
		{"static and stripped", "-fPIE -pie", "-static -no-pie", "program pie=no nx=yes relro=partial canary=unknown fortify=unknown stripped=yes runpath=[]"},
		{"static PIE", "-fPIE -pie -s", "-static-pie -fPIE", "program pie=yes nx=yes relro=full canary=yes fortify=yes stripped=no runpath=[]"},
	} {
		args := []string{"-o", filepath.Join(dir, "out"), filepath.Join(dir, "a.c")}
		for _, f := range on {
			if !strings.Contains(" "+c.drop+" ", " "+f+" ") {
				args = append(args, f)
			}
		}
		args = append(args, strings.Fields(c.add)...)
		if out, err := exec.Command(gcc, args...).CombinedOutput(); err != nil {
			t.Errorf("%s: gcc: %v\n%s", c.name, err, out)
			continue
		}
		h := read(t, c.name, file(t, filepath.Join(dir, "out")))
		if got := shape(h); got != c.want || h.RPath != (c.name == "RPATH") {
			t.Errorf("%s:\n got %s rpath=%v\nwant %s", c.name, got, h.RPath, c.want)
		}
	}
}

// TestAgainstChecker compares programs of the system with what Debian's hardening-check says of them.
func TestAgainstChecker(t *testing.T) {
	checker, err := exec.LookPath("hardening-check")
	if err != nil {
		t.Skip("SKIPPED: there is no hardening-check (Debian package devscripts); nothing is compared")
	}
	var files []string
	for _, pattern := range []string{"/usr/bin/*", "/usr/sbin/*", "/usr/lib/*/lib*.so.?"} {
		found, _ := filepath.Glob(pattern)
		n := 0
		for _, f := range found {
			if info, err := os.Stat(f); err != nil || !info.Mode().IsRegular() || info.Size() > 8<<20 {
				continue
			}
			if b, err := os.ReadFile(f); err == nil && bytes.HasPrefix(b, []byte("\x7fELF")) {
				files = append(files, f)
				if n++; n == 20 {
					break
				}
			}
		}
	}
	if len(files) < 30 {
		t.Skipf("SKIPPED: only %d ELF files were found on this system", len(files))
	}
	same, compared := 0, 0
	for _, f := range files {
		out, _ := exec.Command(checker, f).Output() // it ends with 1 when something is missing
		h := read(t, f, file(t, f))
		for _, line := range strings.Split(string(out), "\n") {
			name, said, ok := strings.Cut(strings.TrimSpace(line), ": ")
			want := map[string]string{
				"Position Independent Executable": map[bool]string{true: "no, regular shared library (ignored)", false: string(h.PIE)}[h.Kind == "library"],
				"Stack protected":                 string(h.Canary),
				"Fortify Source functions":        string(h.Fortify),
				"Read-only relocations":           map[bool]string{true: "no", false: "yes"}[h.RELRO == "none"],
			}[name]
			if !ok || want == "" {
				continue
			}
			if h.Kind == "library" && strings.HasPrefix(name, "Position") && hasProgramHeaders(t, f) {
				continue // the checker takes a library that lists its program headers for a program
			}
			compared++
			if strings.HasPrefix(said, want) {
				same++
			} else if h.Go == nil {
				t.Errorf("%s: %s: it says %q, we say %q", f, name, said, want)
			}
		}
	}
	t.Logf("%d files, %d of %d answers the same", len(files), same, compared)
	if compared < 3*len(files) {
		t.Errorf("only %d answers of %d files were compared", compared, len(files))
	}
}

func hasProgramHeaders(t *testing.T, path string) bool {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_PHDR {
			return true
		}
	}
	return false
}

// TestGo knows a program that Go built, and its modules: this test itself.
func TestGo(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := read(t, self, file(t, self))
	if h.Go == nil || !strings.HasPrefix(h.Go.Version, "go1.") {
		t.Fatalf("not recognised: %+v", h.Go)
	}
	if h.NX != fact.AnswerYes {
		t.Errorf("%+v", h)
	}
}

func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, binary.Match, binary.Read, "tiny.elf", "tiny.exe", "tiny.macho", "fat.macho")
}
