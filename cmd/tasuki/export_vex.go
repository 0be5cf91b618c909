package main

import (
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/report/vex"
)

// vexFile is what every VEX export takes.
type vexFile struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" required:"" placeholder:"VERSION"`
	Output   string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

type exportOpenVEXCmd struct{ vexFile }

// Run writes the decisions about a release as OpenVEX.
func (c *exportOpenVEXCmd) Run(p *program) error { return c.write(p, "openvex", vex.OpenVEX, "") }

type exportCycloneDXCmd struct{ vexFile }

// Run writes the decisions about a release as CycloneDX VEX.
func (c *exportCycloneDXCmd) Run(p *program) error { return c.write(p, "cyclonedx", vex.CycloneDX, "") }

type exportCSAFCmd struct {
	vexFile
	Namespace string `help:"${help_export_namespace}" placeholder:"URL"`
}

// Run writes the decisions about a release as CSAF.
func (c *exportCSAFCmd) Run(p *program) error { return c.write(p, "csaf", vex.CSAF, c.Namespace) }

func (c *vexFile) write(p *program, format string, form portfolio.VEXForm, namespace string) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, release, err := p.softwareAndRelease(db, c.Software, c.Release)
	if err != nil {
		return err
	}
	b, err := portfolio.VEX(p.ctx, db, p.actor(), portfolio.VEXRequest{Release: release, Format: format, Form: form, Namespace: namespace, Tool: "Tasuki", Lang: p.lang})
	if err != nil {
		return err
	}
	if err := p.output(c.Output, b); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "format": format}, func() {
		p.printf("%s", "%s", lang.F("%s に書き出しました", "wrote %s", c.Output).In(p.lang))
	})
}
