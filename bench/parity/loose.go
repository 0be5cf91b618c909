package main

import (
	"encoding/json"

	"example.org/tasuki/internal/match"
)

// looseComponent is what CycloneDX and SPDX 2 say of a component, whatever else stands beside it.
type looseComponent struct {
	Name         string           `json:"name"`
	Version      string           `json:"version"`
	VersionInfo  string           `json:"versionInfo"`
	PURL         string           `json:"purl"`
	Components   []looseComponent `json:"components"`
	ExternalRefs []struct {
		Type    string `json:"referenceType"`
		Locator string `json:"referenceLocator"`
	} `json:"externalRefs"`
}

// looseComponents picks the package URLs out of an SBOM without holding it to its format.
func looseComponents(text []byte) (out []match.Component) {
	var bom struct {
		Metadata   struct{ Component looseComponent }
		Components []looseComponent
		Packages   []looseComponent
	}
	_ = json.Unmarshal(text, &bom) // a value of another type is left out, the rest is read
	var walk func(c looseComponent)
	walk = func(c looseComponent) {
		for _, r := range c.ExternalRefs {
			if r.Type == "purl" && c.PURL == "" {
				c.PURL = r.Locator
			}
		}
		if c.PURL != "" {
			out = append(out, match.Component{PURL: c.PURL, Name: c.Name, Version: c.Version + c.VersionInfo})
		}
		for _, nested := range c.Components {
			walk(nested)
		}
	}
	for _, c := range append(append(bom.Components, bom.Packages...), bom.Metadata.Component) {
		walk(c)
	}
	return out
}
