package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"example.org/tasuki/internal/keys"
	"example.org/tasuki/verify"
)

// amend reads a CycloneDX document, changes it, and writes it under a serial number that follows from its new content.
func amend(b []byte, change func(*cyclonedx.BOM)) ([]byte, error) {
	bom := new(cyclonedx.BOM)
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(b), cyclonedx.BOMFileFormatJSON).Decode(bom); err != nil {
		return nil, err
	}
	change(bom)
	bom.SerialNumber = ""
	plain, err := encode(bom)
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256(plain)
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // UUID version 8: derived from content
	bom.SerialNumber = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
	return encode(bom)
}

func encode(bom *cyclonedx.BOM) ([]byte, error) {
	var b bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&b, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(bom)
	return b.Bytes(), err
}

// asLibrary makes the SBOM of a library of one of a program: the standard library is the user's, not the library's. It
// adds what the maker knows and the build does not: under which licences the parts are.
func asLibrary(bom *cyclonedx.BOM) {
	bom.Metadata.Component.Type = cyclonedx.ComponentTypeLibrary
	bom.Metadata.Component.Licenses = &cyclonedx.Licenses{{License: &cyclonedx.License{Name: "例示部品 利用許諾契約"}}}
	for i := range *bom.Components {
		(*bom.Components)[i].Licenses = &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "BSD-3-Clause"}}} // the Go project's
	}
	isStandard := func(ref string) bool { return strings.HasPrefix(ref, "pkg:golang/stdlib@") }
	*bom.Components = slices.DeleteFunc(*bom.Components, func(c cyclonedx.Component) bool { return isStandard(c.BOMRef) })
	for i := range *bom.Dependencies {
		refs := (*bom.Dependencies)[i].Dependencies
		*refs = slices.DeleteFunc(*refs, isStandard)
	}
}

// with adds a component that is delivered along.
func with(c cyclonedx.Component) func(*cyclonedx.BOM) {
	return func(bom *cyclonedx.BOM) {
		*bom.Components = append(*bom.Components, c)
		*(*bom.Dependencies)[0].Dependencies = append(*(*bom.Dependencies)[0].Dependencies, c.BOMRef)
	}
}

// An attested thing is the subject of an in-toto statement.
type attested struct{ name, digest string }

// attest writes a signed in-toto statement about files, as a build makes it.
func attest(key keys.Key, predicateType string, predicate any, about ...attested) ([]byte, error) {
	type subject struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	}
	var subjects []subject
	for _, a := range about {
		subjects = append(subjects, subject{a.name, map[string]string{"sha256": strings.TrimPrefix(a.digest, "sha256:")}})
	}
	payload, err := json.Marshal(map[string]any{"_type": verify.StatementType, "subject": subjects, "predicateType": predicateType, "predicate": predicate})
	if err != nil {
		return nil, err
	}
	e, err := verify.SignEnvelope(verify.PayloadType, payload, key.Private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

// The predicate types that are attested here.
const (
	provenanceType = "https://slsa.dev/provenance/v1"
	sbomType       = "https://cyclonedx.org/bom"
)

// provenance is a SLSA v1 predicate: what was built where, from what.
func provenance(builder, source string, finished time.Time) map[string]any {
	return map[string]any{
		"buildDefinition": map[string]any{"buildType": builder + "/zip", "externalParameters": map[string]any{"source": source},
			"resolvedDependencies": []any{map[string]any{"uri": source}}},
		"runDetails": map[string]any{"builder": map[string]any{"id": builder}, "metadata": map[string]any{"finishedOn": finished.UTC().Format(time.RFC3339)}},
	}
}
