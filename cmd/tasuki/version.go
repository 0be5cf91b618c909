package main

import (
	"runtime/debug"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/cdx"
	thirdparty "example.org/tasuki/third_party"
)

type versionCmd struct {
	SBOM bool `name:"sbom" help:"${help_version_sbom}"`
}

// Run prints the version this program was built as, from its own build information, or its SBOM (CycloneDX 1.6): the Go
// modules linked into it with their licences, and the files from elsewhere that it carries.
func (c versionCmd) Run(p *program) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}{Version: buildVersion()}
	info, ok := debug.ReadBuildInfo()
	if ok {
		v.Go = info.GoVersion
	}
	if !c.SBOM {
		return p.print(v, func() { p.printf("tasuki %s (%s)", "tasuki %s (%s)", v.Version, v.Go) })
	}
	if !ok {
		return &lang.Error{Kind: lang.Nothing, What: lang.T("ビルドの情報がありません", "the program has no build information"),
			Next: lang.T("go build で作り直してください", "build it with go build")}
	}
	sbom := cdx.Build{Name: "tasuki", Version: v.Version, Author: "tasuki version --sbom", At: p.now()}
	var err error
	if sbom.Licences, err = thirdparty.Licences(); err != nil {
		return err
	}
	files, err := thirdparty.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		sbom.Files = append(sbom.Files, cdx.File(f))
	}
	out, err := cdx.FromBuild(info, sbom)
	if err != nil {
		return err
	}
	_, err = p.out.Write(out)
	return err
}

// buildVersion is the version this program was built as.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
