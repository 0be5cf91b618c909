package fact

// KindHardening is the kind of a fact whose Data is a *Hardening.
const KindHardening Kind = "hardening"

// Answer says whether a program has a property.
type Answer string

// The answers. AnswerUnknown: the file does not tell. AnswerNotApplicable: the property has no meaning for such a file.
const (
	AnswerYes           Answer = "yes"
	AnswerNo            Answer = "no"
	AnswerUnknown       Answer = "unknown"
	AnswerNotApplicable Answer = "not applicable"
)

// Hardening is what a program file itself tells of how it was hardened when it was built. Of a file for several
// architectures each part is a fact of its own.
type Hardening struct {
	Name         string `json:"name,omitempty"` // file it came as; a reader does not know it
	Format       string `json:"format"`         // "ELF", "PE", "Mach-O"
	Architecture string `json:"architecture"`   // as the format names it: x86-64, arm64 …
	Kind         string `json:"kind"`           // "program", "library"

	PIE     Answer   `json:"pie"`               // can be loaded anywhere, so that addresses can be made random (PE: DYNAMICBASE)
	NX      Answer   `json:"nx"`                // data and stack cannot be executed (PE: NXCOMPAT)
	RELRO   string   `json:"relro,omitempty"`   // ELF: "full", "partial", "none"; empty for other formats
	Canary  Answer   `json:"canary"`            // calls the check for overrun stack frames
	Fortify Answer   `json:"fortify"`           // calls the checked forms of library functions
	RunPath []string `json:"runpath,omitempty"` // where it looks for libraries before the system's places: RPATH and RUNPATH
	RPath   bool     `json:"rpath,omitempty"`   // ELF: some of RunPath are in the older RPATH, which the environment cannot override

	Stripped Answer `json:"stripped"` // has no symbol table

	HighEntropyVA Answer `json:"high_entropy_va,omitempty"` // PE: addresses made random in the whole 64-bit space
	GuardCF       Answer `json:"guard_cf,omitempty"`        // PE: Control Flow Guard
	Signature     Answer `json:"signature,omitempty"`       // PE, Mach-O: carries a signature; whether it holds has not been verified

	Go *GoBuild `json:"go,omitempty"` // built by Go
}

// GoBuild is what the Go toolchain notes in a program.
type GoBuild struct {
	Version string     `json:"version"`          // of the toolchain
	Package string     `json:"package"`          // of the main program
	Module  string     `json:"module"`           // the main module
	Release string     `json:"release"`          // its version, "(devel)" when it has none
	Modules []GoModule `json:"modules"`          // in it, without the main one; what replaces another is named
	Source  string     `json:"source,omitempty"` // revision it was built from
	Dirty   bool       `json:"dirty,omitempty"`  // built from files that were changed
}

// GoModule is a module in a program.
type GoModule struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum,omitempty"` // h1:…
}
