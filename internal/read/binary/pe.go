package binary

import (
	"bytes"
	"debug/pe"
	"encoding/binary"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Entries of the data directory (PE format, "Optional Header Data Directories").
const (
	signatureDirectory  = 4
	loadConfigDirectory = 10
	managedDirectory    = 14
)

var peMachines = map[uint16]string{
	pe.IMAGE_FILE_MACHINE_AMD64: "x86-64", pe.IMAGE_FILE_MACHINE_I386: "386", pe.IMAGE_FILE_MACHINE_ARM64: "arm64", pe.IMAGE_FILE_MACHINE_ARMNT: "arm",
}

func readPE(b []byte) ([]*fact.Hardening, error) {
	f, err := pe.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, broken(err)
	}
	var flags uint16
	var directory []pe.DataDirectory
	wide := false
	switch o := f.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		flags, directory = o.DllCharacteristics, o.DataDirectory[:min(o.NumberOfRvaAndSizes, 16)]
	case *pe.OptionalHeader64:
		flags, directory, wide = o.DllCharacteristics, o.DataDirectory[:min(o.NumberOfRvaAndSizes, 16)], true
	default:
		return nil, input.Refuse("", lang.T("実行ファイルではありません", "it is no program"))
	}
	h := &fact.Hardening{
		Format: "PE", Architecture: peMachines[f.Machine], Kind: "program",
		PIE: answer(flags&pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE != 0 && f.Characteristics&pe.IMAGE_FILE_RELOCS_STRIPPED == 0),
		NX:  answer(flags&pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT != 0), GuardCF: answer(flags&pe.IMAGE_DLLCHARACTERISTICS_GUARD_CF != 0),
		HighEntropyVA: fact.AnswerNotApplicable, Canary: fact.AnswerUnknown, Fortify: fact.AnswerNotApplicable,
		Signature: answer(entry(directory, signatureDirectory).Size > 0),
		Stripped:  answer(f.NumberOfSymbols == 0),
	}
	if h.Architecture == "" {
		h.Architecture = "unknown"
	}
	if wide {
		h.HighEntropyVA = answer(flags&pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA != 0)
	}
	if f.Characteristics&pe.IMAGE_FILE_DLL != 0 {
		h.Kind = "library"
	}
	switch {
	case managed(f, entry(directory, managedDirectory)): // frames and calls are made by the runtime
		h.Canary, h.GuardCF = fact.AnswerNotApplicable, fact.AnswerNotApplicable
	case cookie(f, entry(directory, loadConfigDirectory), wide):
		h.Canary = fact.AnswerYes
	}
	return []*fact.Hardening{h}, nil
}

func entry(directory []pe.DataDirectory, i int) pe.DataDirectory {
	if i < len(directory) {
		return directory[i]
	}
	return pe.DataDirectory{}
}

// part gives the first n bytes of what an entry points to; nil when the file does not hold them.
func part(f *pe.File, at pe.DataDirectory, n int) []byte {
	for _, s := range f.Sections {
		if at.VirtualAddress >= s.VirtualAddress && at.VirtualAddress-s.VirtualAddress < s.Size {
			b := make([]byte, n)
			if _, err := s.ReadAt(b, int64(at.VirtualAddress-s.VirtualAddress)); err == nil {
				return b
			}
		}
	}
	return nil
}

// cookie reports whether the load configuration names a security cookie, which the compiler's check of stack frames (/GS)
// compares (PE format, "Load Configuration Layout"). Without it nothing is known: other compilers have checks of their own.
func cookie(f *pe.File, at pe.DataDirectory, wide bool) bool {
	place, size := 60, 4
	if wide {
		place, size = 88, 8
	}
	b := part(f, at, place+size)
	return b != nil && binary.LittleEndian.Uint32(b) >= uint32(len(b)) && // it says how much of the layout there is
		bytes.ContainsFunc(b[place:], func(r rune) bool { return r != 0 })
}

// managed reports whether there is no machine code: the header of .NET says that there is only intermediate language
// (ECMA-335, II.25.3.3).
func managed(f *pe.File, at pe.DataDirectory) bool {
	b := part(f, at, 20)
	return b != nil && binary.LittleEndian.Uint32(b[16:])&1 != 0
}
