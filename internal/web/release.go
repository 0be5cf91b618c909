package web

import (
	"fmt"
	"net/http"
	"strings"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// releasePage is what is kept of a release: its files with hashes, how to verify them, until when it is supported and
// kept, and whether it could be restored (S(2)-2.2, S(2)-4.1, S(2)-4.2).
type releasePage struct {
	Base
	upkeep.ArchivedRelease
	SoftwareID string
	Sums       string   // SHA256SUMS
	Key        string   // name of the signing key; empty: there is none
	Groups     []string // its fingerprint, four groups of four a line
	LedgerKey  string
	Over       bool // support has ended
}

func (s *Server) release(w http.ResponseWriter, r *http.Request) error {
	p, err := s.releasePage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "release", p)
}

func (s *Server) releasePage(r *http.Request) (*releasePage, error) {
	ctx := r.Context()
	a, err := upkeep.ArchiveOf(ctx, s.db, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &releasePage{Base: s.base(r, "software", lang.T(a.Software+" "+a.Version, a.Software+" "+a.Version)), ArchivedRelease: a, Sums: sumsOf(a)}
	p.Over = a.SupportedTo != "" && a.SupportedTo < p.Now.In(calendar.Japan).Format("2006-01-02")
	if rel, err := s.db.ReleaseByID(ctx, a.ID); err == nil {
		p.SoftwareID = rel.Software
	}
	about, err := keys.Describe(s.db.SigningKeyFile())
	switch {
	case err == nil:
		p.Key, p.Groups = about.Name, fingerprintLines(verify.Fingerprint(about.Key))
	case lang.KindOf(err) != lang.NotFound:
		return nil, err
	}
	key, err := upkeep.PublicLedgerKey(s.db)
	p.LedgerKey = key.String()
	return p, err
}

// sumsOf gives the file that sha256sum -c reads.
func sumsOf(a upkeep.ArchivedRelease) string {
	var b strings.Builder
	for _, i := range a.Items {
		fmt.Fprintf(&b, "%s  %s\n", strings.TrimPrefix(i.Digest, "sha256:"), strings.NewReplacer("\n", " ", "\r", " ", "\\", "_").Replace(i.Name))
	}
	return b.String()
}

// fingerprintLines gives a fingerprint in groups of four, four groups a line, to be read out.
func fingerprintLines(fingerprint string) []string {
	var out []string
	for _, groups := range keys.Lines(fingerprint) {
		out = append(out, strings.Join(groups, " "))
	}
	return out
}

// releaseSums gives SHA256SUMS as a file.
func (s *Server) releaseSums(w http.ResponseWriter, r *http.Request) error {
	a, err := upkeep.ArchiveOf(r.Context(), s.db, r.PathValue("id"))
	if err != nil {
		return err
	}
	attachment(w.Header(), "SHA256SUMS", "text/plain; charset=utf-8")
	_, err = w.Write([]byte(sumsOf(a)))
	return err
}

// drill tries whether a release can be restored, and records what came of it.
func (s *Server) drill(w http.ResponseWriter, r *http.Request) error {
	d, err := upkeep.RestoreDrill(r.Context(), s.db, s.actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.notice(r, upkeep.DrillWord(d))
	http.Redirect(w, r, "/releases/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// archivePage is what is kept of every release.
type archivePage struct {
	Base
	Releases []upkeep.ArchivedRelease
	Lacking  int // releases of which something is not kept
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request) error {
	p := &archivePage{Base: s.base(r, "documents", lang.T("リリースの保管庫", "Release archive"))}
	var err error
	if p.Releases, err = upkeep.Archive(r.Context(), s.db, ""); err != nil {
		return err
	}
	for _, a := range p.Releases {
		if len(a.Missing) > 0 {
			p.Lacking++
		}
	}
	return s.render(w, http.StatusOK, "archive", p)
}

// ArchiveKind gives the word for a part of a release.
func (b Base) ArchiveKind(kind string) string {
	switch kind {
	case "artifact":
		return b.T("成果物", "artifact")
	case "sbom":
		return "SBOM"
	case "provenance":
		return b.T("来歴証明", "provenance")
	case "configuration":
		return b.T("設定", "configuration")
	case "documentation":
		return b.T("文書", "documentation")
	}
	return kind
}

// ArchiveKinds gives the words for several parts.
func (b Base) ArchiveKinds(kinds []string) string {
	var out []string
	for _, k := range kinds {
		out = append(out, b.ArchiveKind(k))
	}
	return b.Join(out)
}

// Drilled says what a restore that was tried came to.
func (b Base) Drilled(d *upkeep.Drill) string { return b.Text(upkeep.DrillWord(*d)) }

// Hex gives a digest without its prefix, as checking tools print it.
func (Base) Hex(digest string) string { return strings.TrimPrefix(digest, "sha256:") }
