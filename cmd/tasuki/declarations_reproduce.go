package main

import (
	"fmt"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
)

type declarationsReproduceCmd struct {
	ID string `arg:"" help:"${help_declarations_reproduce_id}"`
}

// differenceJSON is a place that does not come out as it was kept.
type differenceJSON struct {
	relay.ReproductionX
	Detail string `json:"detail"`
}

type reproductionJSON struct {
	relay.Reproduction
	Differences []differenceJSON `json:"differences"`
}

// Run judges a declared assessment again from what was kept of that moment, and compares it byte for byte. What does not
// come out the same is an error of kind Unverified.
func (c *declarationsReproduceCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := relay.Reproduce(p.ctx, db, c.ID)
	if err != nil {
		return err
	}
	out := reproductionJSON{Reproduction: r, Differences: []differenceJSON{}}
	for _, d := range r.Differences {
		out.Differences = append(out.Differences, differenceJSON{d, d.What.In(p.lang)})
	}
	err = p.print(out, func() {
		if r.Same {
			p.printf("%s の判定を再現しました: 責務 %d 件、%d バイトのすべてが一致します（%s）", "judged as of %s again: %d duties, all %d bytes are the same (%s)", r.At, r.Duties, r.Bytes, r.Digest)
			return
		}
		for _, d := range out.Differences {
			p.printf("%s: %s", "%s: %s", d.Where, d.Detail)
			if d.Kept+d.Judged != "" {
				fmt.Fprintf(p.out, "    - %s\n    + %s\n", d.Kept, d.Judged)
			}
		}
	})
	if err == nil && !r.Same {
		return errSilent(lang.Unverified)
	}
	return err
}
