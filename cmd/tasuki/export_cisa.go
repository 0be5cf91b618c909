package main

import (
	"cmp"

	"example.org/tasuki/internal/judging"
)

type exportCISACmd struct{ exported }

// Run writes a draft of CISA's attestation form, derived from the duties. It is optional and signed by nobody.
func (c *exportCISACmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	t := judging.Target{Software: c.Software, Release: c.Release}
	subject, err := judging.Subject(p.ctx, db, p.actor(), t)
	if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, p.actor(), "export", subject); err != nil {
		return err
	}
	sheet, err := judging.SheetOf(p.ctx, db, p.lang, subject, t, false)
	if err != nil {
		return err
	}
	form, err := judging.CISAForm(sheet, p.lang)
	if err != nil {
		return err
	}
	self, err := db.Self(p.ctx)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, []byte(judging.CISAText(sheet, form, cmp.Or(self.NameEN, self.Name), p.lang))); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "statements": form}, func() {
		p.printf("CISA の証明書の下書きを %s に書き出しました（提出は義務ではなく、誰の署名もありません）", "wrote the draft of CISA's attestation form to %s; nobody has to hand it in, and nobody signed it", c.Output)
	})
}
