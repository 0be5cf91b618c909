package main

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

type archiveCmd struct {
	List    archiveListCmd    `cmd:"" help:"${help_archive_list}"`
	Restore archiveRestoreCmd `cmd:"" help:"${help_archive_restore}"`
	Drill   archiveDrillCmd   `cmd:"" help:"${help_archive_drill}"`
	Page    archivePageCmd    `cmd:"" help:"${help_archive_page}"`
}

type archiveListCmd struct {
	Software string `help:"${help_software}" placeholder:"NAME"`
}

// Run lists what is kept of every release, until when it is supported and kept, and what is missing.
func (c *archiveListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Software != "" {
		if _, err := db.SoftwareByName(p.ctx, c.Software); err != nil {
			return err
		}
	}
	list, err := upkeep.Archive(p.ctx, db, c.Software)
	if err != nil {
		return err
	}
	return p.print(list, func() {
		for _, r := range list {
			p.printArchived(r)
		}
		if len(list) == 0 {
			p.printf("リリースはまだありません", "there is no release yet")
		}
	})
}

func (p *program) printArchived(r upkeep.ArchivedRelease) {
	p.printf("%s %s（サポート期限 %s、保管期限 %s）", "%s %s (supported to %s, kept to %s)", r.Software, r.Version, orDash(r.SupportedTo), orDash(r.KeepTo))
	for _, i := range r.Items {
		p.printf("    %s %s %s（照合 %s、署名 %s）", "    %s %s %s (verified %s, signed by %s)", i.Kind, i.Name, shortDigest(i.Digest), dayOrDash(i.VerifiedAt), orDash(shortDigests(i.Signers)))
	}
	if len(r.Missing) > 0 {
		p.printf("    ✕ 保管されていないもの: %s", "    ✕ not kept: %s", strings.Join(r.Missing, ", "))
	}
	if d := r.Drill; d != nil {
		p.printf("    復元の訓練 %s: %s", "    restore tried %s: %s", dayOrDash(d.At), upkeep.DrillWord(*d).In(p.lang))
	}
}

// shortDigest is the beginning of a digest, enough to tell two apart by eye.
func shortDigest(digest string) string {
	if hexa, ok := strings.CutPrefix(digest, "sha256:"); ok && len(hexa) > 12 {
		return hexa[:12]
	}
	return digest
}

func shortDigests(all []string) string {
	out := make([]string, len(all))
	for i, d := range all {
		out[i] = shortDigest(d)
	}
	return strings.Join(out, ", ")
}

func dayOrDash(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(calendar.Japan).Format(time.DateOnly)
}

// ofRelease names a release.
type ofRelease struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" required:"" placeholder:"VERSION"`
}

func (o ofRelease) find(p *program, db *store.DB) (fact.Subject, error) {
	return judging.Find(p.ctx, db, p.actor(), judging.Target{Software: o.Software, Release: o.Release})
}

type archiveRestoreCmd struct {
	ofRelease
	Dir string `arg:"" help:"${help_archive_dir}"`
}

// Run writes everything that is kept of a release into a folder.
func (c *archiveRestoreCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := c.find(p, db)
	if err != nil {
		return err
	}
	a, err := upkeep.Restore(p.ctx, db, subject.ID, c.Dir)
	if err != nil {
		return err
	}
	return p.print(a, func() {
		p.printf("%d 個のファイルを %s に復元しました（SHA256SUMS で照合できます）", "restored %d files to %s; SHA256SUMS is there to check them", len(a.Items), c.Dir)
		if len(a.Missing) > 0 {
			p.printf("✕ 保管されていないもの: %s", "✕ not kept: %s", strings.Join(a.Missing, ", "))
		}
	})
}

type archiveDrillCmd struct{ ofRelease }

// Run tries whether a release can be restored, and records it. What is missing or does not match gives exit code 3.
func (c *archiveDrillCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := c.find(p, db)
	if err != nil {
		return err
	}
	d, err := upkeep.RestoreDrill(p.ctx, db, p.actor(), subject.ID)
	if err != nil {
		return err
	}
	if err := p.print(d, func() { p.printf("%s", "%s", upkeep.DrillWord(d).In(p.lang)) }); err != nil || d.OK {
		return err
	}
	return errSilent(lang.Gate)
}

type archivePageCmd struct {
	ofRelease
	Output string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

//go:embed archive_page.html
var archivePage string

// releasePage is what the page of a release shows.
type releasePage struct {
	upkeep.ArchivedRelease
	Lang       lang.Lang
	Day        string
	Key        string   // name of the signing key; empty: there is none
	Groups     []string // its fingerprint, four groups of four a line
	LedgerKey  string
	SHA256SUMS string
}

// T picks the text of the page's language.
func (r releasePage) T(ja, en string) string { return lang.T(ja, en).In(r.Lang) }

// Hex gives a digest without its prefix, as checking tools print it.
func (releasePage) Hex(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

// Run writes the page of a release: its files with hashes, how to verify them, until when it is supported. It is one
// file without scripts that any web server can serve.
func (c *archivePageCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := c.find(p, db)
	if err != nil {
		return err
	}
	page := releasePage{Lang: p.lang, Day: p.now().In(calendar.Japan).Format(time.DateOnly)}
	if page.ArchivedRelease, err = upkeep.ArchiveOf(p.ctx, db, subject.ID); err != nil {
		return err
	}
	about, err := keys.Describe(db.SigningKeyFile())
	if err == nil {
		page.Key = about.Name
		for _, groups := range keys.Lines(verify.Fingerprint(about.Key)) {
			page.Groups = append(page.Groups, strings.Join(groups, " "))
		}
	} else if lang.KindOf(err) != lang.NotFound {
		return err
	}
	ledgerKey, err := upkeep.PublicLedgerKey(db)
	if err != nil {
		return err
	}
	page.LedgerKey = ledgerKey.String()
	for _, i := range page.Items {
		page.SHA256SUMS += page.Hex(i.Digest) + "  " + i.Name + "\n"
	}
	t, err := template.New("page").Parse(archivePage)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return err
	}
	if err := p.output(c.Output, b.Bytes()); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "files": len(page.Items)}, func() { p.printf("%s を書き出しました", "wrote %s", c.Output) })
}
