package main

import (
	"cmp"

	"example.org/tasuki/internal/jobs"
)

type exportCISACmd struct{ exported }

// Run writes a draft of CISA's attestation form, derived from the duties. It is optional and signed by nobody.
func (c *exportCISACmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	t := jobs.Target{Software: c.Software, Release: c.Release}
	subject, err := jobs.Subject(p.ctx, db, p.actor(), t)
	if err != nil {
		return err
	}
	if err := jobs.Reassess(p.ctx, db, p.actor(), "export", subject); err != nil {
		return err
	}
	sheet, err := jobs.SheetOf(p.ctx, db, p.lang, subject, t, false)
	if err != nil {
		return err
	}
	form, err := jobs.CISAForm(sheet, p.lang)
	if err != nil {
		return err
	}
	self, err := db.Self(p.ctx)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, []byte(jobs.CISAText(sheet, form, cmp.Or(self.NameEN, self.Name), p.lang))); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "statements": form}, func() {
		p.printf("CISA の証明書の下書きを %s に書き出しました（提出は義務ではなく、誰の署名もありません）", "wrote the draft of CISA's attestation form to %s; nobody has to hand it in, and nobody signed it", c.Output)
	})
}
