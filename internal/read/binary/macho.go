package binary

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// codeSignature is the load command that points to the signature (LC_CODE_SIGNATURE in loader.h).
const codeSignature = 0x1d

var machoMachines = map[macho.Cpu]string{macho.CpuAmd64: "x86-64", macho.CpuArm64: "arm64", macho.Cpu386: "386", macho.CpuArm: "arm"}

// magicFat64 begins a universal file whose parts are placed by 64 bits (fat_arch_64 in fat.h), which debug/macho does not
// know.
const (
	magicFat64 = 0xcafebabf
	fatArch64  = 32 // bytes of one fat_arch_64: type, subtype, offset and size of 8 each, alignment, reserved
)

func readMachO(b []byte) ([]*fact.Hardening, error) {
	switch binary.BigEndian.Uint32(b) {
	case macho.MagicFat:
		fat, err := macho.NewFatFile(bytes.NewReader(b))
		if err != nil {
			return nil, broken(err)
		}
		parts := make([]*macho.File, len(fat.Arches))
		for i, a := range fat.Arches {
			parts[i] = a.File
		}
		return machOs(parts)
	case magicFat64:
		parts, err := fat64(b)
		if err != nil {
			return nil, broken(err)
		}
		return machOs(parts)
	}
	f, err := macho.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, broken(err)
	}
	return machOs([]*macho.File{f})
}

func machOs(parts []*macho.File) ([]*fact.Hardening, error) {
	var out []*fact.Hardening
	for _, f := range parts {
		h, err := machO(f)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func fat64(b []byte) (parts []*macho.File, err error) {
	if len(b) < 8 {
		return nil, io.ErrUnexpectedEOF
	}
	n := binary.BigEndian.Uint32(b[4:])
	if n == 0 || n > maxParts {
		return nil, fmt.Errorf("%d architectures", n)
	}
	for i := range int(n) {
		head := 8 + i*fatArch64
		if len(b) < head+fatArch64 {
			return nil, io.ErrUnexpectedEOF
		}
		at, size := binary.BigEndian.Uint64(b[head+8:]), binary.BigEndian.Uint64(b[head+16:])
		if at > uint64(len(b)) || size > uint64(len(b))-at {
			return nil, io.ErrUnexpectedEOF
		}
		f, err := macho.NewFile(bytes.NewReader(b[at : at+size]))
		if err != nil {
			return nil, err
		}
		parts = append(parts, f)
	}
	return parts, nil
}

func machO(f *macho.File) (*fact.Hardening, error) {
	h := &fact.Hardening{Format: "Mach-O", Architecture: machoMachines[f.Cpu], Signature: fact.AnswerNo, NX: answer(f.Flags&macho.FlagAllowStackExecution == 0)}
	if h.Architecture == "" {
		h.Architecture = strings.ToLower(strings.TrimPrefix(f.Cpu.String(), "Cpu"))
	}
	switch f.Type {
	case macho.TypeExec:
		h.Kind, h.PIE = "program", answer(f.Flags&macho.FlagPIE != 0)
	case macho.TypeDylib, macho.TypeBundle:
		h.Kind, h.PIE = "library", fact.AnswerYes
	default:
		return nil, input.Refuse("", lang.F("実行ファイルでも共有ライブラリでもありません(%s)", "it is neither a program nor a shared library (%s)", f.Type))
	}
	for _, l := range f.Loads {
		if raw := l.Raw(); len(raw) >= 4 && f.ByteOrder.Uint32(raw) == codeSignature {
			h.Signature = fact.AnswerYes
		}
		if p, ok := l.(*macho.Rpath); ok && len(h.RunPath) < maxPaths {
			h.RunPath = append(h.RunPath, input.Clip(p.Path))
		}
	}
	var names []string
	local := false
	if f.Symtab != nil {
		for _, s := range f.Symtab.Syms {
			names = append(names, strings.TrimPrefix(s.Name, "_"))
			const debug, external, undefined = 0xe0, 0x01, 0
			local = local || s.Type&debug == 0 && s.Type&external == 0 && s.Type != undefined
		}
	}
	h.Stripped = answer(!local)
	h.Canary, h.Fortify = symbols(names, f.Symtab != nil)
	return h, nil
}
