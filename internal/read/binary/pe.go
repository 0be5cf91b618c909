package binary

import (
	"bytes"
	"debug/pe"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// securityDirectory is the entry of the data directory that points to the signature (PE format, "Optional Header Data
// Directories").
const securityDirectory = 4

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
		Signature: answer(len(directory) > securityDirectory && directory[securityDirectory].Size > 0),
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
	return []*fact.Hardening{h}, nil
}
