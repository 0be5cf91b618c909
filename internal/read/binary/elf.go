package binary

import (
	"bytes"
	"debug/elf"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

func readELF(b []byte) ([]*fact.Hardening, error) {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, broken(err)
	}
	if f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN {
		return nil, input.Refuse("", lang.F("実行ファイルでも共有ライブラリでもありません(%s)", "it is neither a program nor a shared library (%s)", f.Type))
	}
	for _, s := range f.Sections { // what is unpacked in memory could be made to fill it
		if s.Flags&elf.SHF_COMPRESSED != 0 && !strings.HasPrefix(s.Name, ".debug") {
			return nil, input.Refuse(input.Clip(s.Name), lang.T("圧縮されたセクションがあります", "it has a compressed section"))
		}
	}
	h := &fact.Hardening{
		Format: "ELF", Architecture: strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(f.Machine.String(), "EM_"), "_", "-")), Kind: "program",
		NX: fact.AnswerNo, RELRO: "none", Stripped: answer(f.SectionByType(elf.SHT_SYMTAB) == nil),
	}
	interpreter, dynamic := false, false
	for _, p := range f.Progs {
		switch p.Type {
		case elf.PT_INTERP:
			interpreter = true
		case elf.PT_DYNAMIC:
			dynamic = true
		case elf.PT_GNU_STACK:
			h.NX = answer(p.Flags&elf.PF_X == 0)
		case elf.PT_GNU_RELRO:
			h.RELRO = "partial"
		}
	}
	now, pie := bindings(f)
	if h.RELRO == "partial" && now {
		h.RELRO = "full"
	}
	switch {
	case f.Type == elf.ET_EXEC:
		h.PIE = fact.AnswerNo
	case interpreter || pie:
		h.PIE = fact.AnswerYes
	default:
		h.Kind, h.PIE = "library", fact.AnswerYes // a library can be loaded anywhere by its nature
	}
	h.Canary, h.Fortify = symbols(functions(f, dynamic && interpreter || h.Kind == "library"))
	runPaths(f, h)
	return []*fact.Hardening{h}, nil
}

// bindings reads the flags of the dynamic section: whether all is bound at start, and whether it is a program that can be
// loaded anywhere.
func bindings(f *elf.File) (now, pie bool) {
	has := func(tag elf.DynTag, flag uint64) bool {
		values, err := f.DynValue(tag)
		if err != nil {
			return false
		}
		for _, v := range values {
			if v&flag != 0 || flag == 0 {
				return true
			}
		}
		return false
	}
	now = has(elf.DT_BIND_NOW, 0) || has(elf.DT_FLAGS, uint64(elf.DF_BIND_NOW)) || has(elf.DT_FLAGS_1, uint64(elf.DF_1_NOW))
	return now, has(elf.DT_FLAGS_1, uint64(elf.DF_1_PIE))
}

// functions gives the names of the functions that are called from outside, and of the symbols it has itself. A program
// that is linked statically and stripped tells nothing.
func functions(f *elf.File, linked bool) (names []string, know bool) {
	imported, err := f.DynamicSymbols()
	if err == nil {
		for _, s := range imported {
			if s.Section == elf.SHN_UNDEF {
				names = append(names, s.Name)
			}
		}
		know = linked
	}
	if own, err := f.Symbols(); err == nil && !know {
		know = true
		for _, s := range own {
			names = append(names, s.Name)
		}
	}
	return names, know
}

func runPaths(f *elf.File, h *fact.Hardening) {
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		values, err := f.DynString(tag)
		if err != nil {
			continue
		}
		for _, v := range values {
			for p := range strings.SplitSeq(v, ":") {
				if len(h.RunPath) < maxPaths {
					h.RunPath = append(h.RunPath, input.Clip(p))
					h.RPath = h.RPath || tag == elf.DT_RPATH
				}
			}
		}
	}
}
