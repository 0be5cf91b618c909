package match

import "example.org/tasuki/internal/fact"

// ComponentsOf gives the components of an SBOM for [Index.Match]: the software it describes first, then its parts.
func ComponentsOf(sbom *fact.SBOM) []Component {
	all := sbom.All()
	out := make([]Component, 0, len(all))
	for _, c := range all {
		name := c.Name
		if c.Group != "" {
			name = c.Group + "/" + c.Name
		}
		out = append(out, Component{Ref: c.Ref, PURL: c.PURL, Name: name, Version: c.Version, Sources: SourcesOf(c), BuiltFrom: BuiltFrom(c)})
	}
	return out
}

// SourcesOf gives where in which repository a component comes from, as its SBOM states it.
func SourcesOf(c *fact.Component) (out []string) {
	for _, id := range c.OtherIDs {
		if id.Type == "vcs" {
			out = append(out, id.Value)
		}
	}
	return out
}

// BuiltFrom gives the package whose sources a distribution built a component from, as its SBOM states it.
func BuiltFrom(c *fact.Component) string {
	for _, id := range c.OtherIDs {
		if id.Type == "upstream" {
			return id.Value
		}
	}
	return ""
}
