package upkeep

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// An ArchiveItem is one file that is kept of a release. Its bytes are kept under their digest, write-once.
type ArchiveItem struct {
	Kind       string    `json:"kind"` // artifact, sbom, provenance, documentation
	Name       string    `json:"name"`
	Digest     string    `json:"digest"`
	Size       int64     `json:"size"`
	ArchivedAt time.Time `json:"archived_at"`
	VerifiedAt time.Time `json:"verified_at,omitzero"` // its digest was last recomputed and held
	Signers    []string  `json:"signers"`              // of attestations about it that held under a key we trust
}

// An ArchivedRelease is what is kept of a release, and what is missing.
type ArchivedRelease struct {
	ID           string        `json:"id"`
	Software     string        `json:"software"`
	Version      string        `json:"version"`
	ReleasedOn   string        `json:"released_on,omitempty"`
	SupportedTo  string        `json:"supported_to,omitempty"` // last day of support; empty: not stated
	KeepTo       string        `json:"keep_to,omitempty"`      // last day of retention
	Items        []ArchiveItem `json:"items"`
	Missing      []string      `json:"missing"` // artifacts of the release by name, and kinds of which there is nothing
	Drill        *Drill        `json:"drill,omitempty"`
	VerifyMethod string        `json:"verify_method,omitempty"`
}

// A Drill is a restore that was tried: everything was written out, read back, and compared by digest.
type Drill struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"` // account
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	OK      bool      `json:"ok"`
	Missing []string  `json:"missing,omitempty"` // what a complete release would have had
	Why     lang.Text `json:"why,omitzero"`
}

// DrillWord says what a restore that was tried came to.
func DrillWord(d Drill) lang.Text {
	switch {
	case d.OK:
		return lang.F("%[1]d 個のファイルを復元し、すべて一致しました", "%[1]d files restored, all of them match", d.Files)
	case !d.Why.IsZero():
		return lang.F("復元できませんでした（%s）", "could not be restored (%s)", d.Why)
	}
	return lang.F("%[1]d 個のファイルを復元しましたが、足りないものがあります: %[2]s", "%[1]d files restored, but some are missing: %[2]s", d.Files, strings.Join(d.Missing, ", "))
}

const drillSetting = "archive_drills"

// Archive gives what is kept of every release of a software, the latest release first; of every software when the name is
// empty.
func Archive(ctx context.Context, db *store.DB, software string) ([]ArchivedRelease, error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	policy, err := db.Policy(ctx)
	if err != nil {
		return nil, err
	}
	records, err := db.Records(ctx, store.RecordFilter{Kinds: []string{"archive_exclusion"}})
	if err != nil {
		return nil, err
	}
	left := leftOut{policy: policy, records: slices.DeleteFunc(records, func(r register.Record) bool { return !r.InForce(db.Now()) })}
	drills := map[string]Drill{}
	if _, err := db.Setting(ctx, drillSetting, &drills); err != nil {
		return nil, err
	}
	out := []ArchivedRelease{}
	for _, s := range m.Software {
		if software != "" && s.Name != software {
			continue
		}
		for _, r := range m.Releases {
			if r.Software != s.ID {
				continue
			}
			a, err := archived(ctx, db, left, s, r)
			if err != nil {
				return nil, err
			}
			if d, ok := drills[r.ID]; ok {
				a.Drill = &d
			}
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b ArchivedRelease) int {
		return cmp.Or(strings.Compare(a.Software, b.Software), strings.Compare(b.ReleasedOn, a.ReleasedOn))
	})
	return out, nil
}

// ArchiveOf gives what is kept of one release.
func ArchiveOf(ctx context.Context, db *store.DB, release string) (ArchivedRelease, error) {
	all, err := Archive(ctx, db, "")
	if err != nil {
		return ArchivedRelease{}, err
	}
	i := slices.IndexFunc(all, func(a ArchivedRelease) bool { return a.ID == release })
	if i < 0 {
		return ArchivedRelease{}, &lang.Error{Kind: lang.NotFound, What: lang.F("リリース %s はありません", "there is no release %s", release)}
	}
	return all[i], nil
}

// leftOut knows what the archive need not hold: by the policy, and by records in force.
type leftOut struct {
	policy  guideline.Policy
	records []register.Record
}

func (l leftOut) out(r chain.Release, kind string) bool {
	if s, set := l.policy.Setting("archive_" + kind); set && s.Value == 0 {
		return true
	}
	return slices.ContainsFunc(l.records, func(rec register.Record) bool {
		what, is := assess.Excludes(rec, r)
		return is && what == kind
	})
}

func archived(ctx context.Context, db *store.DB, left leftOut, s chain.Software, r chain.Release) (ArchivedRelease, error) {
	a := ArchivedRelease{ID: r.ID, Software: s.Name, Version: r.Version, ReleasedOn: r.ReleasedOn, SupportedTo: cmp.Or(r.SupportedTo, s.EndOfSupport),
		Items: []ArchiveItem{}, Missing: []string{}, VerifyMethod: r.VerifyMethod}
	a.KeepTo = assess.KeepTo(left.policy, a.ReleasedOn, a.SupportedTo)
	subject := fact.Subject{Kind: fact.Release, ID: r.ID}
	docs, err := db.Documents(ctx, store.DocumentFilter{Subject: subject})
	if err != nil {
		return a, err
	}
	facts, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{subject}, Kinds: []fact.Kind{fact.KindAttestation, fact.KindArchiveCheck}})
	if err != nil {
		return a, err
	}
	verified, kinds := verifiedAt(facts), map[string]bool{}
	for _, d := range docs {
		kind, ok := intake.ArchiveKinds[d.Type]
		if !ok || !d.Accepted {
			continue
		}
		name := d.Name
		for _, f := range r.Artifacts {
			if f.Digest == d.Digest {
				name = f.Name
			}
		}
		kinds[kind] = true
		a.Items = append(a.Items, ArchiveItem{kind, name, d.Digest, d.Size, d.ReceivedAt, verified[d.Digest], signersOf(d.Digest, facts)})
	}
	slices.SortFunc(a.Items, func(x, y ArchiveItem) int {
		return cmp.Or(strings.Compare(x.Kind, y.Kind), strings.Compare(x.Name, y.Name), strings.Compare(x.Digest, y.Digest))
	})
	for _, f := range r.Artifacts {
		if !slices.ContainsFunc(a.Items, func(i ArchiveItem) bool { return i.Digest == f.Digest }) {
			a.Missing = append(a.Missing, f.Name)
		}
	}
	for _, kind := range []string{"artifact", "sbom", "provenance", "configuration", "documentation"} {
		if !kinds[kind] && !left.out(r, kind) {
			a.Missing = append(a.Missing, kind)
		}
	}
	return a, nil
}

func verifiedAt(facts []fact.Fact) map[string]time.Time {
	out := map[string]time.Time{}
	for _, f := range facts {
		if c, ok := f.Data.(*fact.ArchiveCheck); ok {
			for _, item := range c.Items {
				out[item.Digest] = f.ObservedAt
			}
		}
	}
	return out
}

// signersOf gives who signed attestations, verified when they came in, that are about a digest or are it.
func signersOf(digest string, facts []fact.Fact) []string {
	out := []string{}
	for _, f := range facts {
		a, ok := f.Data.(*fact.Attestation)
		if !ok || !a.Verified {
			continue
		}
		about := f.Document == digest || slices.ContainsFunc(a.Subjects, func(d fact.Digest) bool { return d.Digest == digest })
		if about && !slices.Contains(out, a.Signer) {
			out = append(out, a.Signer)
		}
	}
	slices.Sort(out)
	return out
}

// Restore writes everything that is kept of a release into an empty or new folder, with a file SHA256SUMS that
// `sha256sum -c` reads. Each file's digest is compared as it is read.
func Restore(ctx context.Context, db *store.DB, release, dir string) (ArchivedRelease, error) {
	a, err := ArchiveOf(ctx, db, release)
	if err != nil {
		return a, err
	}
	if len(a.Items) == 0 {
		return a, &lang.Error{Kind: lang.Nothing, What: lang.T("このリリースには何も保管されていません", "nothing is kept of this release"),
			Next: lang.T("tasuki push --artifact などで保管してください", "keep it with tasuki push --artifact and the like")}
	}
	if there, err := os.ReadDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return a, err
	} else if len(there) > 0 {
		return a, &lang.Error{Kind: lang.Conflict, Where: dir, What: lang.T("ディレクトリが空ではありません", "the folder is not empty"),
			Next: lang.T("空のディレクトリを指定してください", "name an empty one")}
	}
	var sums bytes.Buffer
	taken := map[string]bool{}
	for _, item := range a.Items {
		path := item.Kind + "/" + fileName(item, taken)
		if err := restoreFile(db, item.Digest, filepath.Join(dir, filepath.FromSlash(path))); err != nil {
			return a, fmt.Errorf("restore %s: %w", path, err)
		}
		fmt.Fprintf(&sums, "%s  %s\n", strings.TrimPrefix(item.Digest, "sha256:"), path)
	}
	return a, os.WriteFile(filepath.Join(dir, "SHA256SUMS"), sums.Bytes(), 0o600)
}

// fileName makes a name that is safe in any folder out of the one a file came with, and different from those taken.
func fileName(item ArchiveItem, taken map[string]bool) string {
	name := item.Name[strings.LastIndexAny(item.Name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"|?*`, r) || r == 0x7f {
			return '_'
		}
		return r
	}, strings.TrimLeft(name, ". "))
	short := strings.TrimPrefix(item.Digest, "sha256:")[:12]
	if name = strings.TrimRight(name, ". "); name == "" || len(name) > 200 {
		name = short
	}
	if key := item.Kind + "/" + strings.ToLower(name); taken[key] {
		name = short + "-" + name
	} else {
		taken[key] = true
	}
	return name
}

func restoreFile(db *store.DB, digest, to string) error {
	r, err := db.OpenDocument(digest)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}

// RestoreDrill tries whether a release can be restored: it writes everything into a folder of its own, reads it back from
// there, compares digests and completeness, and writes down what came of it. The folder is removed.
func RestoreDrill(ctx context.Context, db *store.DB, actor store.Actor, release string) (Drill, error) {
	d := Drill{At: db.Now().UTC().Truncate(time.Second), By: actor.Account}
	dir, err := os.MkdirTemp("", "tasuki-drill-*")
	if err != nil {
		return d, err
	}
	defer os.RemoveAll(dir)
	a, err := Restore(ctx, db, release, filepath.Join(dir, "restored"))
	if k := lang.KindOf(err); k == lang.Nothing || k == lang.NotFound {
		return d, err // there is nothing to try
	}
	if err == nil {
		d.Files, d.Bytes, err = checkSums(filepath.Join(dir, "restored"))
	}
	d.Missing = a.Missing
	if err != nil {
		d.Why = lang.T(lang.Explain(err, lang.JA), lang.Explain(err, lang.EN))
	}
	d.OK = err == nil && len(d.Missing) == 0
	return d, db.InTx(ctx, actor, func(tx *store.Tx) error {
		drills := map[string]Drill{}
		revision, err := tx.Setting(ctx, drillSetting, &drills)
		if err != nil {
			return err
		}
		drills[release] = d
		if err := tx.SetSetting(ctx, drillSetting, drills, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "restore tried", store.Object{Kind: string(fact.Release), ID: release}, d)
	})
}

// checkSums reads every file that SHA256SUMS names and compares.
func checkSums(dir string) (files int, size int64, err error) {
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(sums)) {
		want, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			return files, size, err
		}
		h := sha256.New()
		n, err := io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return files, size, err
		}
		if hex.EncodeToString(h.Sum(nil)) != want {
			return files, size, &lang.Error{Kind: lang.Unverified, Where: path, What: lang.T("復元したファイルのダイジェストが一致しません", "the digest of a restored file does not match")}
		}
		files, size = files+1, size+n
	}
	return files, size, nil
}
