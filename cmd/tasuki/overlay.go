package main

import (
	"os"
	"path/filepath"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/store"
)

// overlaySetting is the key of the setting that holds the guideline's own sentences. They stay in the workspace: a
// declaration or an export never carries them.
const overlaySetting = "guideline_overlay"

// official is what the guideline itself prints for an individual requirement.
type official struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

type guidelineOverlayCmd struct {
	File string `arg:"" help:"${help_gl_overfile}"`
}

// Run takes the official sentences out of the guideline's own text file into this workspace.
func (c *guidelineOverlayCmd) Run(p *program) error {
	f, err := os.Open(c.File)
	if err != nil {
		return cannotOpen(c.File, err)
	}
	defer f.Close()
	sentences, err := guideline.ReadOverlay(f)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Administer)
	if err != nil {
		return err
	}
	texts := map[guideline.ID]official{}
	for id, o := range sentences {
		texts[id] = official{o.Title, o.Text}
	}
	err = db.InTx(p.ctx, actor, func(tx *store.Tx) error {
		var before map[guideline.ID]official
		revision, err := tx.Setting(p.ctx, overlaySetting, &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(p.ctx, overlaySetting, texts, revision); err != nil {
			return err
		}
		return tx.Audit(p.ctx, "laid over", store.Object{Kind: "guideline", ID: overlaySetting}, map[string]any{"sentences": len(texts)})
	})
	if err != nil {
		return err
	}
	return p.print(map[string]any{"sentences": len(texts)}, func() {
		p.printf("個別要求 %d 件の公式の文言を、このワークスペースに取り込みました", "took the official wording of %d individual requirements into this workspace", len(texts))
	})
}

// officialOf gives the wording that was laid over ours; nil when none was.
func (p *program) officialOf(db *store.DB, id guideline.ID) (*official, error) {
	texts := map[guideline.ID]official{}
	if _, err := db.Setting(p.ctx, overlaySetting, &texts); err != nil {
		return nil, err
	}
	if o, ok := texts[id]; ok {
		return &o, nil
	}
	return nil, nil
}

// hasWorkspace reports whether --data names a workspace.
func (p *program) hasWorkspace() bool {
	_, err := os.Stat(filepath.Join(p.data, "VERSION"))
	return err == nil
}
