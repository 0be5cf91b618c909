package main

import "runtime/debug"

type versionCmd struct{}

// Run prints the version this program was built as, from its own build information.
func (versionCmd) Run(p *program) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}{Version: buildVersion()}
	if info, ok := debug.ReadBuildInfo(); ok {
		v.Go = info.GoVersion
	}
	return p.print(v, func() { p.printf("tasuki %s (%s)", "tasuki %s (%s)", v.Version, v.Go) })
}

// buildVersion is the version this program was built as.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
