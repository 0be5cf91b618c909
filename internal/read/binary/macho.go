package binary

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// codeSignature is the load command that points to the signature (LC_CODE_SIGNATURE in loader.h).
const codeSignature = 0x1d

var machoMachines = map[macho.Cpu]string{macho.CpuAmd64: "x86-64", macho.CpuArm64: "arm64", macho.Cpu386: "386", macho.CpuArm: "arm"}

func readMachO(b []byte) ([]*fact.Hardening, error) {
	if binary.BigEndian.Uint32(b) != macho.MagicFat {
		f, err := macho.NewFile(bytes.NewReader(b))
		if err != nil {
			return nil, broken(err)
		}
		h, err := machO(f)
		return []*fact.Hardening{h}, err
	}
	fat, err := macho.NewFatFile(bytes.NewReader(b))
	if err != nil {
		return nil, broken(err)
	}
	var out []*fact.Hardening
	for _, a := range fat.Arches {
		h, err := machO(a.File)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
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
