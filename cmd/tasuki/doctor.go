package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type doctorCmd struct {
	Full bool `help:"${help_doctor_full}"`
}

// health is how one thing was found.
type health string

const (
	healthy health = "ok"
	warning health = "warning"
	broken  health = "broken"
)

// A symptom is one thing that was looked at.
type symptom struct {
	name   string
	health health
	detail lang.Text
	next   lang.Text // what to do; empty when it is well
}

// Run looks at the workspace and says what is wrong and what to do. Nothing is changed. The exit code is 5 when
// something is broken.
func (c *doctorCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	looks := []func(*program, *store.DB) ([]symptom, error){workspaceHealth, diskHealth, clockHealth, documentsHealth(c.Full), ledgerHealth, keysHealth, peopleHealth, advisoryHealth, backupHealth}
	var found []symptom
	for _, look := range looks {
		s, err := look(p, db)
		if err != nil {
			return err
		}
		found = append(found, s...)
	}
	type line struct {
		Name   string `json:"name"`
		Health health `json:"health"`
		Detail string `json:"detail"`
		Next   string `json:"next,omitempty"`
	}
	out := struct {
		OK     bool   `json:"ok"`
		Checks []line `json:"checks"`
	}{true, []line{}}
	for _, s := range found {
		out.OK = out.OK && s.health != broken
		out.Checks = append(out.Checks, line{s.name, s.health, s.detail.In(p.lang), s.next.In(p.lang)})
	}
	marks := map[health]string{healthy: "●", warning: "△", broken: "✕"}
	if err := p.print(out, func() {
		for _, l := range out.Checks {
			fmt.Fprintf(p.out, "%s %s: %s\n", marks[l.Health], l.Name, l.Detail)
			if l.Next != "" {
				fmt.Fprintf(p.out, "    → %s\n", l.Next)
			}
		}
	}); err != nil || out.OK {
		return err
	}
	return errSilent(lang.Unverified)
}

func workspaceHealth(p *program, db *store.DB) ([]symptom, error) {
	version, err := os.ReadFile(filepath.Join(db.Dir(), "VERSION"))
	if err != nil {
		return nil, fmt.Errorf("read workspace version: %w", err)
	}
	m, err := db.LoadModel(p.ctx)
	if err != nil {
		return nil, err
	}
	out := []symptom{{name: "workspace", health: healthy, detail: lang.F("形式 %s、データベース %s、ソフトウェア %d 件", "layout %s, database %s, %d software", trimmed(version), db.Engine(), len(m.Software))}}
	info, err := os.Stat(db.Dir())
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		out = append(out, symptom{"permissions", warning, lang.F("ディレクトリをほかの利用者も読めます（%v）", "others may look into the directory (%v)", info.Mode().Perm()),
			lang.F("chmod 700 %s を実行してください", "run chmod 700 %s", db.Dir())})
	}
	return out, nil
}

func trimmed(b []byte) string {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return string(b)
}

// What is too little room on the disk.
const (
	fewBytes    = 1 << 30
	hardlyBytes = 100 << 20
)

func diskHealth(_ *program, db *store.DB) ([]symptom, error) {
	free, known := freeBytes(db.Dir())
	s := symptom{name: "disk", health: healthy, detail: lang.F("空き %d MiB", "%d MiB free", free>>20)}
	switch {
	case !known:
		s.health, s.detail = warning, lang.T("空き容量が分かりません", "the free space is not known")
	case free < hardlyBytes:
		s.health = broken
	case free < fewBytes:
		s.health = warning
	}
	if known && s.health != healthy {
		s.next = lang.T("空き容量を増やしてください。足りなくなると文書を受け取れません", "make room: without it no document can be taken in")
	}
	return []symptom{s}, nil
}

// clockHealth holds the clock against what is written down already: time does not go back.
func clockHealth(p *program, db *store.DB) ([]symptom, error) {
	last, err := db.AuditLog(p.ctx, store.AuditFilter{Limit: 1})
	if err != nil {
		return nil, err
	}
	now := db.Now()
	s := symptom{name: "clock", health: healthy, detail: lang.F("現在 %s", "it is %s", now.In(calendar.Japan).Format("2006-01-02 15:04"))}
	if len(last) > 0 && last[0].At.After(now.Add(time.Minute)) {
		s.health, s.next = broken, lang.T("時計を合わせてください（NTP）。期限と署名の時刻が正しくなくなります", "set the clock (NTP): expiries and times of signatures go wrong")
		s.detail = lang.F("現在 %[1]s ですが、%[2]s の記録があります", "it is %[1]s, but there is an entry of %[2]s", now.In(calendar.Japan).Format("2006-01-02 15:04"), last[0].At.In(calendar.Japan).Format("2006-01-02 15:04"))
	}
	return []symptom{s}, nil
}

// sampleSize is how many documents are read when not all are.
const sampleSize = 50

// documentsHealth looks whether every document has its bytes, and whether those of a sample, or of all, have their
// digest; all together with the audit log and the ledger.
func documentsHealth(full bool) func(*program, *store.DB) ([]symptom, error) {
	return func(p *program, db *store.DB) ([]symptom, error) {
		docs, err := db.Documents(p.ctx, store.DocumentFilter{})
		if err != nil {
			return nil, err
		}
		if full {
			return fullHealth(p, db, len(docs))
		}
		missing, damaged, read := 0, 0, 0
		step := max(1, len(docs)/sampleSize)
		for i, d := range docs {
			f, err := db.OpenDocument(d.Digest)
			if err != nil {
				missing++
				continue
			}
			if i%step == 0 {
				read++
				if _, err := io.Copy(io.Discard, f); err != nil {
					damaged++
				}
			}
			f.Close()
		}
		orphans, err := orphanFiles(db, docs)
		if err != nil {
			return nil, err
		}
		s := symptom{name: "documents", health: healthy, detail: lang.F("文書 %d 件、うち %d 件のダイジェストを確認。行のないファイル %d 件", "%d documents, digests of %d checked; %d files without a row", len(docs), read, orphans)}
		if missing+damaged > 0 {
			s.health, s.next = broken, lang.T("バックアップから復元してください（tasuki restore）", "restore a backup (tasuki restore)")
			s.detail = lang.F("文書 %d 件のうち、内容のないもの %d 件、ダイジェストの合わないもの %d 件（%d 件を確認）", "of %d documents, %d have no bytes and %d do not match their digest (%d read)", len(docs), missing, damaged, read)
		}
		return []symptom{s}, nil
	}
}

// orphanFiles counts files that no document row names: what a crash leaves behind, harmless and swept away by the server.
func orphanFiles(db *store.DB, docs []store.Document) (int, error) {
	known := map[string]bool{}
	for _, d := range docs {
		known[d.Digest] = true
	}
	n := 0
	err := filepath.WalkDir(filepath.Join(db.Dir(), "documents"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && !known["sha256:"+e.Name()] {
			n++
		}
		return err
	})
	return n, err
}

func fullHealth(p *program, db *store.DB, documents int) ([]symptom, error) {
	problems, err := db.Check(p.ctx)
	if err != nil {
		return nil, err
	}
	if len(problems) == 0 {
		return []symptom{{name: "documents", health: healthy, detail: lang.F("文書 %d 件、監査記録、台帳の項目が一致しています", "%d documents, the audit log and the ledger's entries agree", documents)}}, nil
	}
	var out []symptom
	for _, pr := range problems {
		out = append(out, symptom{"documents", broken, lang.F("%s: %s", "%s: %s", pr.Where, pr.What), lang.T("バックアップから復元してください（tasuki restore）", "restore a backup (tasuki restore)")})
	}
	return out, nil
}

func ledgerHealth(p *program, db *store.DB) ([]symptom, error) {
	size, err := db.LedgerSize(p.ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := db.LedgerWaiting(p.ctx)
	if err != nil {
		return nil, err
	}
	c, signed, err := db.LatestCheckpoint(p.ctx)
	if err != nil {
		return nil, err
	}
	s := symptom{name: "ledger", health: healthy, detail: lang.F("%d 件、未配置 %d 件、最新のチェックポイント %d 件", "%d entries, %d waiting, latest checkpoint over %d", size, waiting, c.Size)}
	if !signed || db.Now().Sub(c.At) > 7*24*time.Hour {
		s.health, s.next = warning, lang.T("tasuki ledger verify で再計算し、チェックポイントを作ってください", "recompute it and sign a checkpoint with tasuki ledger verify")
	}
	return []symptom{s}, nil
}

func keysHealth(_ *program, db *store.DB) ([]symptom, error) {
	s := symptom{name: "keys", health: healthy}
	about, err := keys.Describe(db.SigningKeyFile())
	switch {
	case err != nil && lang.KindOf(err) == lang.NotFound:
		s.health, s.detail, s.next = warning, lang.T("署名鍵がありません", "there is no signing key"), lang.T("宣言するには tasuki keys init で作ってください", "make one with tasuki keys init to declare")
	case err != nil:
		s.health, s.detail = broken, lang.T(lang.Explain(err, lang.JA), lang.Explain(err, lang.EN))
	case !about.Encrypted && len(about.Command) == 0:
		s.health, s.detail, s.next = warning, lang.T("署名鍵が暗号化されていません", "the signing key is not encrypted"), lang.T("バックアップにもそのまま含まれます。保管場所に注意してください", "backups hold it as it is: mind where they are kept")
	case len(about.Command) > 0:
		s.detail = lang.F("署名鍵「%[1]s」（%[2]s で署名）", "signing key %[1]q, signed with by %[2]s", about.Name, about.Command[0])
	default:
		s.detail = lang.F("署名鍵「%s」（暗号化済み）", "signing key %q, encrypted", about.Name)
	}
	return []symptom{s}, nil
}

// peopleHealth looks whether somebody can write and somebody else approve.
func peopleHealth(p *program, db *store.DB) ([]symptom, error) {
	accounts, err := db.Accounts(p.ctx)
	if err != nil {
		return nil, err
	}
	able := func(may auth.Permission) (out []string) {
		for _, a := range accounts {
			if auth.May(a, may) {
				out = append(out, a.ID)
			}
		}
		return out
	}
	writers, approvers := able(auth.Edit), able(auth.Approve)
	s := symptom{name: "people", health: healthy, detail: lang.F("アカウント %d 件、起案できる人 %d 人、承認できる人 %d 人", "%d accounts, %d may draft, %d may approve", len(accounts), len(writers), len(approvers))}
	apart := slices.ContainsFunc(writers, func(w string) bool { return slices.ContainsFunc(approvers, func(a string) bool { return a != w }) })
	if !apart {
		s.health, s.next = warning, lang.T("起案する人と、別の承認する人のアカウントを作ってください（tasuki user add）", "make accounts for somebody who drafts and somebody else who approves (tasuki user add)")
	}
	return []symptom{s}, nil
}

// oldData is after how long advisories and backups are called old.
const oldData = 7 * 24 * time.Hour

func advisoryHealth(p *program, db *store.DB) ([]symptom, error) {
	sources, err := db.AdvisorySources(p.ctx)
	if err != nil {
		return nil, err
	}
	refresh := lang.T("新しいデータを tasuki feeds import で取り込んでください", "import fresh data with tasuki feeds import")
	if len(sources) == 0 {
		return []symptom{{"advisories", warning, lang.T("脆弱性情報が取り込まれていません", "no advisories have been imported"), refresh}}, nil
	}
	var out []symptom
	for _, src := range sources {
		days := int(db.Now().Sub(src.LoadedAt).Hours() / 24)
		s := symptom{name: "advisories", health: healthy, detail: lang.F("%s: %d 件、%d 日前に取得", "%s: %d records, fetched %d days ago", src.Name, src.Count, days)}
		if db.Now().Sub(src.LoadedAt) > oldData || src.Error != "" {
			s.health, s.next = warning, refresh
		}
		out = append(out, s)
	}
	if _, err := os.Stat(filepath.Join(db.Dir(), "advisories", "index")); err != nil {
		out = append(out, symptom{"advisories", warning, lang.T("照合の索引がありません（復元の後など）", "the index for matching is missing, as after a restore"), refresh})
	}
	return out, nil
}

func backupHealth(p *program, db *store.DB) ([]symptom, error) {
	entries, err := db.AuditLog(p.ctx, store.AuditFilter{Object: workspaceObject, Limit: 100})
	if err != nil {
		return nil, err
	}
	next := lang.T("tasuki backup -o FILE で取ってください", "make one with tasuki backup -o FILE")
	for _, e := range entries {
		if e.Action != backedUp {
			continue
		}
		age := db.Now().Sub(e.At)
		s := symptom{name: "backup", health: healthy, detail: lang.F("最後のバックアップは %d 日前", "the last backup was %d days ago", int(age.Hours()/24))}
		if age > oldData {
			s.health, s.next = warning, next
		}
		return []symptom{s}, nil
	}
	return []symptom{{"backup", warning, lang.T("バックアップがありません", "there is no backup"), next}}, nil
}
