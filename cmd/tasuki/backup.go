package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
)

// workspaceObject is what entries of the audit log about the workspace as a whole are about.
var workspaceObject = store.Object{Kind: "workspace", ID: "workspace"}

const backedUp = "backed up"

type backupCmd struct {
	Output string `short:"o" help:"${help_backup_output}" required:"" placeholder:"FILE"`
}

// Run writes the whole workspace into one file, whole or not at all. Others may go on working meanwhile.
func (c *backupCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Administer)
	if err != nil {
		return err
	}
	m, err := writeBackup(p, db, c.Output)
	if err != nil {
		return err
	}
	size := int64(0)
	documents := 0
	for _, f := range m.Files {
		size += f.Size
		if strings.HasPrefix(f.Name, "documents/") {
			documents++
		}
	}
	err = db.InTx(p.ctx, actor, func(tx *store.Tx) error {
		return tx.Audit(p.ctx, backedUp, workspaceObject, map[string]any{"made_at": m.MadeAt, "files": len(m.Files)})
	})
	if err != nil {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "made_at": m.MadeAt, "files": len(m.Files), "documents": documents, "bytes": size}, func() {
		p.printf("バックアップを %s に書き出しました（文書 %d 件、%d バイト）", "backed up into %s (%d documents, %d bytes)", c.Output, documents, size)
		p.printf("鍵も含まれます。ファイルの保管に注意してください。", "The keys are in it: keep the file safe.")
		p.printf("脆弱性情報の索引は含まれません。復元した後に tasuki feeds import で取り込み直してください。", "The advisory index is not in it: import advisories again (tasuki feeds import) after restoring.")
	})
}

func writeBackup(p *program, db *store.DB, file string) (store.Manifest, error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".tasuki-backup-*") // mode 0600
	if err != nil {
		return store.Manifest{}, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」に書き込めません", "cannot write %q", file), Err: err}
	}
	defer os.Remove(tmp.Name()) // nothing is left after the rename
	defer tmp.Close()
	w := bufio.NewWriterSize(tmp, 1<<20)
	m, err := db.Backup(p.ctx, w)
	if err != nil {
		return m, err
	}
	if err := w.Flush(); err != nil {
		return m, fmt.Errorf("write %s: %w", file, err)
	}
	if err := tmp.Sync(); err != nil {
		return m, fmt.Errorf("write %s: %w", file, err)
	}
	if err := tmp.Close(); err != nil {
		return m, fmt.Errorf("write %s: %w", file, err)
	}
	return m, os.Rename(tmp.Name(), file)
}

type restoreCmd struct {
	File   string `arg:"" help:"${help_restore_file}"`
	Verify bool   `help:"${help_restore_verify}"`
}

// Run makes the workspace of a backup in an empty directory. Every byte is held against the backup's digests; with
// --verify the ledger is recomputed too.
func (c *restoreCmd) Run(p *program) error {
	f, err := os.Open(c.File)
	if err != nil {
		return cannotOpen(c.File, err)
	}
	defer f.Close()
	o := store.Options{Dir: p.data, DSN: p.secret("TASUKI_DATABASE"), Now: p.now}
	m, err := store.Restore(p.ctx, bufio.NewReaderSize(f, 1<<20), o, p.actor())
	if err != nil {
		return err
	}
	out := map[string]any{"data": p.data, "made_at": m.MadeAt, "files": len(m.Files)}
	if c.Verify {
		db, err := p.open()
		if err != nil {
			return err
		}
		defer db.Close()
		tree, err := upkeep.VerifyLedger(p.ctx, db, p.actor())
		if err != nil {
			return err
		}
		out["ledger"] = map[string]any{"size": tree.N, "root": tree.Hash.String()}
	}
	return p.print(out, func() {
		p.printf("%[2]s のバックアップを %[1]s に復元しました（ファイル %[3]d 件）", "restored into %[1]s the backup of %[2]s (%[3]d files)",
			p.data, m.MadeAt.In(calendar.Japan).Format("2006-01-02 15:04"), len(m.Files))
		if c.Verify {
			p.printf("台帳を再計算し、一致しました", "the ledger was recomputed and holds")
		}
	})
}

type reindexCmd struct{}

// Run reads every document again, matches and judges: after a reader or the matcher has learned something.
func (reindexCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Push)
	if err != nil {
		return err
	}
	start := time.Now()
	trusted, err := intake.Trusted(p.ctx, db)
	if err != nil {
		return err
	}
	n, err := ingest.Reread(p.ctx, db, actor, trusted)
	if err != nil {
		return err
	}
	matched := true
	if err := intake.MatchAll(p.ctx, db, actor); lang.KindOf(err) == lang.Nothing && err != nil {
		matched = false
	} else if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, actor, "read again"); err != nil {
		return err
	}
	p.say("%.1f 秒", "%.1f s", time.Since(start).Seconds())
	return p.print(map[string]any{"documents": n, "matched": matched}, func() {
		p.printf("文書 %d 件を読み直し、判定し直しました", "read %d documents again and judged again", n)
		if !matched {
			p.printf("脆弱性情報がないため、照合はしていません", "nothing was matched: there are no advisories")
		}
	})
}
