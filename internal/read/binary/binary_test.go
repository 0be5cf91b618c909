package binary_test

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	programs "example.org/tasuki/internal/read/binary"
	"example.org/tasuki/internal/read/readtest"
)

// The files of testdata hold no program of use: tiny.elf only ends itself, the others are headers.
func TestGolden(t *testing.T) {
	readtest.Golden(t, programs.Read, "tiny.elf", "tiny.exe", "tiny.macho", "fat.macho", "fat64.macho")
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
	readtest.Refused(t, programs.Read, [][4]string{
		{"text", "hello", "", "none of ELF"},
		{"cut off", string(program[:40]), "", "broken or cut off"},
		{"object file", with(16, byte(elf.ET_REL)), "", "neither a program"},
		{"core dump", with(16, byte(elf.ET_CORE)), "", "neither a program"},
		{"PE cut off", string(file(t, "testdata/tiny.exe")[:80]), "", "broken or cut off"},
		{"Mach-O cut off", string(file(t, "testdata/tiny.macho")[:40]), "", "broken or cut off"},
		{"fat file of 64 bits cut off", string(file(t, "testdata/fat64.macho")[:90]), "", "broken or cut off"},
		{"fat file of 64 bits without parts", "\xca\xfe\xba\xbf\x00\x00\x00\x00", "", "broken or cut off"},
		{"fat file of 64 bits, head cut off", "\xca\xfe\xba\xbf\x00\x00\x00\x02", "", "broken or cut off"},
		{"fat file cut off", string(file(t, "testdata/fat.macho")[:90]), "", "broken or cut off"},
	})
	if programs.Match([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x41")) {
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

// TestPECookie finds the security cookie through the load configuration, and says nothing without it.
func TestPECookie(t *testing.T) {
	const directory, section = 64 + 24 + 112, 64 + 24 + 240 // places of the data directory and the first section in tiny.exe
	with := func(cookie byte, size uint32, net byte) *fact.Hardening {
		b := append(file(t, "testdata/tiny.exe"), make([]byte, 512)...)
		le := binary.LittleEndian
		le.PutUint16(b[64+6:], 1)                // one section
		le.PutUint32(b[section+8:], 0x200)       // its size in memory
		le.PutUint32(b[section+12:], 0x1000)     // and place
		le.PutUint32(b[section+16:], 0x200)      // its size in the file
		le.PutUint32(b[section+20:], 512)        // and place
		le.PutUint32(b[directory+8*10:], 0x1010) // the load configuration
		le.PutUint32(b[directory+8*10+4:], 0x70) //
		le.PutUint32(b[512+0x10:], size)         // how much of it there is
		b[512+0x10+88] = cookie
		le.PutUint32(b[directory+8*14:], 0x1100) // the header of .NET
		b[512+0x100+16] = net
		return read(t, "cookie", b)
	}
	for _, c := range []struct {
		cookie byte
		size   uint32
		net    byte
		want   fact.Answer
	}{
		{1, 0x70, 0, fact.AnswerYes}, {0, 0x70, 0, fact.AnswerUnknown}, {1, 0x40, 0, fact.AnswerUnknown},
		{1, 0x70, 0x10, fact.AnswerYes}, {0, 0x70, 1, fact.AnswerNotApplicable}, // .NET with machine code, and without
	} {
		if h := with(c.cookie, c.size, c.net); h.Canary != c.want {
			t.Errorf("cookie %d of %d bytes, .NET %d: %s", c.cookie, c.size, c.net, h.Canary)
		}
	}
}

func read(t *testing.T, name string, b []byte) *fact.Hardening {
	t.Helper()
	r, err := programs.Read(b)
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
	keep := cmp.Or(os.Getenv("TASUKI_KEEP_PROGRAMS"), dir) // for bench/hardening
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
		path := filepath.Join(keep, strings.ReplaceAll(c.name, " ", "-"))
		args := []string{"-o", path, filepath.Join(dir, "a.c")}
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
		h := read(t, c.name, file(t, path))
		if got := shape(h); got != c.want || h.RPath != (c.name == "RPATH") {
			t.Errorf("%s:\n got %s rpath=%v\nwant %s", c.name, got, h.RPath, c.want)
		}
	}
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
	readtest.Fuzz(f, programs.Match, programs.Read, "tiny.elf", "tiny.exe", "tiny.macho", "fat.macho", "fat64.macho")
}
