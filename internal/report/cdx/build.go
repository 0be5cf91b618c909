// Package cdx writes CycloneDX documents: the SBOM of a Go program from its own build information, and declarations as
// attestations (CDXA).
//
// Start from [FromBuild] and [Attestations]. The package reads no files and asks no network: what the build information
// does not say is said to be unknown, never guessed.
package cdx

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
	"github.com/package-url/packageurl-go"
)

// Build says what the build information of a program does not: what to call the program, who made the SBOM, and when.
type Build struct {
	Name     string // name of the software; the main module's path when empty
	Version  string // its version; the main module's when empty
	Producer string // who makes it
	Author   string // who makes the SBOM
	At       time.Time
	Artifact string // sha256:<hex> of the program's file, when known

	Licences map[string]string // SPDX id by module path, where known
	Files    []File            // that were put into the program and are no modules
}

// A File is something from elsewhere that a program carries: a typeface, a schema.
type File struct {
	Name, Version, Licence, Origin string
	Sums                           map[string]string // SHA-256 in hex by file
}

// FromBuild writes a CycloneDX 1.6 JSON document that lists every module linked into the program, with the module
// checksum the build was verified against (go.sum's h1, a SHA-256 over the module's files), and the Go standard
// library. The same input gives the same bytes: the serial number is derived from the content.
func FromBuild(info *debug.BuildInfo, b Build) ([]byte, error) {
	name, version := b.Name, b.Version
	if name == "" {
		name = info.Main.Path
	}
	if version == "" {
		version = strings.Trim(info.Main.Version, "()")
	}
	root := cyclonedx.Component{BOMRef: "root", Type: cyclonedx.ComponentTypeApplication, Name: name, Version: version, Licenses: notSaid(),
		PackageURL: packageurl.NewPackageURL("golang", "", info.Main.Path, version, nil, "").ToString(),
		Supplier:   organisation(b.Producer), Manufacturer: organisation(b.Producer)}
	if hash, ok := strings.CutPrefix(b.Artifact, "sha256:"); ok {
		root.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hash}}
	}
	components := []cyclonedx.Component{standardLibrary(info.GoVersion)}
	refs := []string{components[0].BOMRef}
	for _, m := range info.Deps {
		c, err := component(m)
		if err != nil {
			return nil, err
		}
		if id := b.Licences[c.Name]; id != "" {
			c.Licenses = licence(id)
		}
		components = append(components, c)
		refs = append(refs, c.BOMRef)
	}
	for _, f := range b.Files {
		c := carried(f)
		components = append(components, c)
		refs = append(refs, c.BOMRef)
	}
	bom := cyclonedx.NewBOM()
	bom.SpecVersion = cyclonedx.SpecVersion1_6
	bom.JSONSchema = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	bom.Version = 1
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp:  b.At.UTC().Format(time.RFC3339),
		Lifecycles: &[]cyclonedx.Lifecycle{{Phase: cyclonedx.LifecyclePhasePostBuild}},
		Authors:    &[]cyclonedx.OrganizationalContact{{Name: b.Author}},
		Tools:      &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{{Type: cyclonedx.ComponentTypeApplication, Name: "tasuki", Version: toolVersion(info)}}},
		Component:  &root,
	}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: root.BOMRef, Dependencies: &refs}}
	bom.Compositions = &[]cyclonedx.Composition{{Aggregate: cyclonedx.CompositionAggregateComplete, Assemblies: &[]cyclonedx.BOMReference{cyclonedx.BOMReference(root.BOMRef)}}}
	return encode(bom)
}

func organisation(name string) *cyclonedx.OrganizationalEntity {
	if name == "" {
		return nil
	}
	return &cyclonedx.OrganizationalEntity{Name: name}
}

func toolVersion(info *debug.BuildInfo) string {
	if v := strings.Trim(info.Main.Version, "()"); v != "" {
		return v
	}
	return "devel"
}

// notSaid states that the licence is not known: the build information does not tell it. Absent would say nothing at all.
func notSaid() *cyclonedx.Licenses {
	return &cyclonedx.Licenses{{License: &cyclonedx.License{Name: "NOASSERTION"}}}
}

func licence(id string) *cyclonedx.Licenses {
	return &cyclonedx.Licenses{{License: &cyclonedx.License{ID: id}}}
}

// carried lists the files of a folder as parts of one component.
func carried(f File) cyclonedx.Component {
	c := cyclonedx.Component{BOMRef: "file:" + f.Name, Type: cyclonedx.ComponentTypeData, Name: f.Name, Version: f.Version, Description: f.Origin,
		Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{Name: f.Licence}}}}
	var parts []cyclonedx.Component
	for _, name := range slices.Sorted(maps.Keys(f.Sums)) {
		parts = append(parts, cyclonedx.Component{BOMRef: "file:" + f.Name + "/" + name, Type: cyclonedx.ComponentTypeFile, Name: name,
			Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: f.Sums[name]}}})
	}
	if len(parts) > 0 {
		c.Components = &parts
	}
	return c
}

func standardLibrary(goVersion string) cyclonedx.Component {
	v := strings.TrimPrefix(strings.Fields(goVersion + " ")[0], "go")
	purl := "pkg:golang/stdlib@" + v
	return cyclonedx.Component{BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: "stdlib", Version: v, PackageURL: purl, Licenses: notSaid(),
		Manufacturer: organisation("The Go Authors"), Supplier: organisation("The Go Authors")}
}

// component turns a module into a component. A module's publisher is not in the build information; the place it is
// published from is, and that is who the producer is as far as anybody can tell.
func component(m *debug.Module) (cyclonedx.Component, error) {
	if m.Replace != nil {
		m = m.Replace
	}
	namespace, name := "", m.Path
	if i := strings.LastIndexByte(m.Path, '/'); i >= 0 {
		namespace, name = m.Path[:i], m.Path[i+1:]
	}
	purl := packageurl.NewPackageURL("golang", namespace, name, m.Version, nil, "").ToString()
	c := cyclonedx.Component{BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: purl, Licenses: notSaid(),
		Supplier: organisation(publisher(m.Path))}
	c.Manufacturer = c.Supplier
	if sum, ok := strings.CutPrefix(m.Sum, "h1:"); ok {
		raw, err := base64.StdEncoding.DecodeString(sum)
		if err != nil || len(raw) != sha256.Size {
			return c, fmt.Errorf("module %s: checksum %q is not an h1 hash", m.Path, m.Sum)
		}
		c.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(raw)}}
		c.Properties = &[]cyclonedx.Property{{Name: "tasuki:hash:of", Value: "go.sum h1 (SHA-256 over the module's files)"}}
	}
	return c, nil
}

// publisher is the account or host a module path belongs to: github.com/owner, golang.org/x, modernc.org.
func publisher(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 1 && (parts[0] == "github.com" || parts[0] == "gitlab.com" || parts[0] == "golang.org") {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// encode writes the document twice: once to derive the serial number from its content, once with it.
func encode(bom *cyclonedx.BOM) ([]byte, error) {
	plain, err := encodeOnce(bom)
	if err != nil {
		return nil, err
	}
	bom.SerialNumber = serial(plain)
	return encodeOnce(bom)
}

// serial gives a serial number that is derived from content: a UUID of version 8.
func serial(content []byte) string {
	h := sha256.Sum256(content)
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func encodeOnce(bom *cyclonedx.BOM) ([]byte, error) {
	var b bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&b, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(bom)
	return b.Bytes(), err
}
