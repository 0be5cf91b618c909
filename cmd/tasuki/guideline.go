package main

import (
	"example.org/tasuki/guideline"
)

type guidelineCmd struct {
	Export  guidelineExportCmd  `cmd:"" help:"${help_gl_export}"`
	Overlay guidelineOverlayCmd `cmd:"" help:"${help_gl_overlay}"`
}

type guidelineExportCmd struct {
	What string `help:"${help_gl_what}" placeholder:"W"`
}

// Run prints one of the guideline's lists; the 69 individual requirements without --what.
func (c *guidelineExportCmd) Run(p *program) error {
	v, err := guideline.Default().Export(c.What)
	if err != nil {
		return err
	}
	p.json = true // there is no other form of it
	return p.print(v, nil)
}
