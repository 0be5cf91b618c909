package main

import (
	"fmt"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/oscal"
)

type exportOSCALCmd struct {
	declaredFile
	Model string `help:"${help_export_model}" enum:"results,catalog,profile-minimum,profile-standard,mapping-ssdf" default:"results"`
}

// Run writes the declaration as OSCAL assessment results, or the guideline itself in another model.
func (c *exportOSCALCmd) Run(p *program) error {
	if c.Model == "results" {
		return c.write(p, func(d declared.Document) ([]byte, error) { return oscal.Results(d, p.lang) })
	}
	b, err := c.guideline(p)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, b); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "model": c.Model}, func() {
		p.printf("%s に書き出しました", "wrote %s", c.Output)
	})
}

// guideline writes a document that is about no software.
func (c *exportOSCALCmd) guideline(p *program) ([]byte, error) {
	switch c.Model {
	case "catalog":
		return oscal.Catalog(p.lang)
	case "profile-minimum":
		return oscal.Profile(guideline.Minimum, p.lang)
	case "profile-standard":
		return oscal.Profile(guideline.Standard, p.lang)
	case "mapping-ssdf":
		return oscal.Mapping(p.lang)
	}
	return nil, fmt.Errorf("no OSCAL model %q", c.Model)
}
