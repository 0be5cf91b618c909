package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// documentPage is one document as it was received and what was read out of it.
type documentPage struct {
	Base
	Document documentLine
	Feeds    []guideline.ID
	Facts    int
	History  []auditLine
}

func (s *Server) document(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.db.Document(ctx, r.PathValue("digest"))
	if err != nil {
		return err
	}
	p := &documentPage{Base: s.base(r, "software", lang.Text{})}
	p.Title = d.Name
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	lines, err := s.documentLines(ctx, p.Base, m, []store.Document{d})
	if err != nil {
		return err
	}
	p.Document = lines[0]
	facts, err := s.db.Facts(ctx, store.FactFilter{Document: d.Digest})
	if err != nil {
		return err
	}
	p.Facts = len(facts)
	p.Feeds = assess.FedBy(d.Type)
	if p.History, err = s.auditLines(ctx, p.Base, store.AuditFilter{Object: store.Object{Kind: "document", ID: d.Digest}}); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "document", p)
}

// download gives the bytes of a document as they came: always as a file to keep, never as something to show, whatever
// they claim to be.
func (s *Server) download(w http.ResponseWriter, r *http.Request) error {
	d, err := s.db.Document(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	return s.send(w, d, d.Name)
}

func (s *Server) send(w http.ResponseWriter, d store.Document, name string) error {
	body, err := s.db.OpenDocument(d.Digest)
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	attachment(h, name, "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	h.Set("ETag", strconv.Quote(d.Digest))
	if _, err := io.Copy(w, body); err != nil {
		s.log.Error("document not sent whole", "digest", d.Digest, "error", err)
		panic(http.ErrAbortHandler) // the connection breaks, so that nobody takes half or altered bytes for the whole
	}
	return nil
}

// attachment sets the headers of a file to keep.
func attachment(h http.Header, name, kind string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename*=UTF-8''%s", url.PathEscape(name)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
}
