package main

import (
	"path/filepath"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/read/table"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

type importCmd struct {
	XLSX importXLSXCmd `cmd:"" name:"xlsx" help:"${help_import_xlsx}"`
}

// previewed is what every import of a sheet takes: exactly one of the two is given.
type previewed struct {
	Preview bool `help:"${help_import_preview}" xor:"mode" required:""`
	Apply   bool `help:"${help_import_apply}" xor:"mode" required:""`
}

type importXLSXCmd struct {
	File string `arg:"" help:"${help_import_file}"`
	previewed
	Software string `help:"${help_import_software}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	Until    string `help:"${help_import_until}" placeholder:"DATE"`
}

// Run reads a filled checklist. Cells that cannot be read do not stop the others; they are named, and the exit code is 6.
func (c *importXLSXCmd) Run(p *program) error {
	raw, err := p.input(c.File, table.MaxBytes)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	file := office.SheetFile{Name: filepath.Base(c.File), Raw: raw, Software: c.Software, Release: c.Release, Until: c.Until}
	out, err := c.take(p, db, file)
	if err != nil {
		return err
	}
	if err := p.print(out, func() { p.printSheet(out) }); err != nil {
		return err
	}
	if len(out.Unreadable) > 0 {
		return errSilent(lang.Unreadable)
	}
	return nil
}

func (c *importXLSXCmd) take(p *program, db *store.DB, file office.SheetFile) (office.SheetPreview, error) {
	if c.Preview {
		return office.PreviewSheet(p.ctx, db, p.lang, file)
	}
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return office.SheetPreview{}, err
	}
	return office.ApplySheet(p.ctx, db, actor, p.lang, file, "")
}

// printSheet writes a preview for people: every change by its address, what was not clear, what was left out.
func (p *program) printSheet(s office.SheetPreview) {
	p.printf("%s（シート「%s」）: %s %s、%d 行を読み取り", "%s (sheet %q): %s %s, %d rows read", s.File, s.Sheet, s.Software, s.Release, s.Rows)
	rows := [][]string{}
	for _, c := range s.Changes {
		rows = append(rows, []string{"  " + c.Cell, string(c.Requirement), xlsx.FieldName(c.Field).In(p.lang),
			p.cellWord(c.Field, c.Old) + " → " + p.cellWord(c.Field, c.New), c.What})
	}
	p.table(rows)
	if len(s.Unreadable) > 0 {
		p.printf("読み取れないセル %d 件:", "%d cells could not be read:", len(s.Unreadable))
	}
	for _, u := range s.Unreadable {
		p.printf("  %s「%s」: %s", "  %s %q: %s", u.Cell, firstLine(u.Value), u.What)
		p.printf("    → %s", "    → %s", u.Next)
	}
	if len(s.Ignored) > 0 {
		p.printf("読み取らなかったもの %d 件:", "%d things were left out:", len(s.Ignored))
	}
	for _, u := range s.Ignored {
		p.printf("  %s「%s」: %s", "  %s %q: %s", u.Sheet+" "+u.Cell, firstLine(u.Value), u.What)
	}
	p.printf("変更 %d 件、起案 %d 件、変更のない行 %d 件、読み取れないセル %d 件", "%d changes, %d drafts, %d rows without a change, %d cells that could not be read",
		len(s.Changes), len(s.Drafts), s.Unchanged, len(s.Unreadable))
	switch {
	case s.Applied:
		p.printf("取り込みました。起案は、別の人が承認すると評価に反映されます", "taken in; drafts count once somebody else approves them")
	case len(s.Changes) == 0:
		p.printf("取り込むものはありません", "there is nothing to take in")
	default:
		p.printf("まだ何も書き込んでいません。--apply で取り込みます", "nothing was written yet; --apply takes it in")
	}
}

// cellWord shows what a cell said: statuses by their words, the first line of a text.
func (p *program) cellWord(f xlsx.Field, v string) string {
	if f == xlsx.StatusField {
		v = xlsx.StatusName(verify.Status(v)).In(p.lang)
	}
	if v == "" {
		return lang.T("（空）", "(empty)").In(p.lang)
	}
	v = firstLine(v)
	if r := []rune(v); len(r) > 32 {
		v = string(r[:32]) + "…"
	}
	return v
}
