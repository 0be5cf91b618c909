package main

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/read/table"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

type recordImportCmd struct {
	Kind    string `arg:"" help:"${help_record_kind}"`
	File    string `arg:"" help:"${help_record_table}"`
	Subject string `help:"${help_subject}" placeholder:"WHAT"`
	Preview bool   `help:"${help_import_preview}" xor:"mode"`
	Apply   bool   `help:"${help_record_apply}" xor:"mode"`
}

// Run takes records from a workbook or CSV, as drafts: all of them, or none when any cell cannot be read.
func (c *recordImportCmd) Run(p *program) error {
	kind, err := register.Kind(c.Kind)
	if err != nil {
		return err
	}
	raw, err := p.input(c.File, table.MaxBytes)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Preview {
		return c.preview(p, db, kind, raw)
	}
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return err
	}
	out, err := office.ApplyRecords(p.ctx, db, actor, p.lang, kind, raw, c.Subject)
	if err != nil {
		return err
	}
	if err := p.print(out, func() { p.printPut(out) }); err != nil {
		return err
	}
	if len(out.Problems) > 0 {
		return errSilent(lang.Unreadable)
	}
	return nil
}

func (c *recordImportCmd) preview(p *program, db *store.DB, kind guideline.Register, raw []byte) error {
	out, err := office.PreviewRecords(p.ctx, db, p.actor(), p.lang, kind, raw, c.Subject)
	if err != nil {
		return err
	}
	if err := p.print(out, func() { p.printRecords(kind, out) }); err != nil {
		return err
	}
	if len(out.Unreadable) > 0 {
		return errSilent(lang.Unreadable)
	}
	return nil
}

var previewWords = map[office.PutAction]lang.Text{
	office.Added: lang.T("新しい記録", "new"), office.Changed: lang.T("変更（承認はやり直し）", "changed (to be approved anew)"), office.Unchanged: lang.T("変更なし", "unchanged"),
}

func (p *program) printRecords(kind guideline.Register, out office.RecordsPreview) {
	for _, r := range out.Records {
		p.printf("%d行目 %s/%s: %s", "row %d %s/%s: %s", r.Row, kind.Kind, r.Key, previewWords[r.Action].In(p.lang))
		rows := [][]string{}
		for _, c := range r.Changes {
			rows = append(rows, []string{"  " + c.Cell, c.Field, p.cellWord("", c.Old) + " → " + p.cellWord("", c.New)})
		}
		p.table(rows)
	}
	for _, u := range out.Unreadable {
		p.printf("%s「%s」: %s", "%s %q: %s", u.Cell, firstLine(u.Value), u.What)
		p.printf("  → %s", "  → %s", u.Next)
	}
	for _, u := range out.Ignored {
		p.printf("%s「%s」: %s", "%s %q: %s", u.Cell, firstLine(u.Value), u.What)
	}
	p.printf("記録 %d 件、読み取れないセル %d 件。まだ何も書き込んでいません", "%d records, %d cells that could not be read; nothing was written yet", len(out.Records), len(out.Unreadable))
}
