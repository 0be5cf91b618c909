package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// documentPage is one document as it was received and what was read out of it.
type documentPage struct {
	Base
	Document documentLine
	Feeds    []guideline.ID
	Facts    int
	Resting  []restingLine
	History  []auditLine
}

// restingLine is a duty whose status rests on a document.
type restingLine struct {
	ID     guideline.ID
	Title  string
	About  string
	Role   guideline.Role
	Status assess.Status
	Href   string // empty: the duty has no page of its own
	Checks []string
}

// usesPage is what rests on one piece of evidence that has no page of its own: a feed, a comparison, an entry of the chain.
type usesPage struct {
	Base
	Of      evidenceView
	Resting []restingLine
}

// uses leads from any piece of evidence, as an outcome cites it, to the duties that rest on it.
func (s *Server) uses(w http.ResponseWriter, r *http.Request) error {
	of := r.FormValue("of")
	if of == "" || len(of) > 300 {
		return notFound(lang.T("証跡が指定されていません", "no evidence is named"))
	}
	p := &usesPage{Base: s.base(r, "requirements", lang.T("使われている所", "Where it is used"))}
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return err
	}
	p.Of = s.evidenceLookup(r.Context(), p.Base, m, nil)([]string{of})[0]
	if p.Resting, err = s.restingLines(r, p.Base, m, of); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "uses", p)
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
	if p.Resting, err = s.restingLines(r, p.Base, m, d.Digest); err != nil {
		return err
	}
	if p.History, err = s.auditLines(ctx, p.Base, store.AuditFilter{Object: store.Object{Kind: "document", ID: d.Digest}}); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "document", p)
}

func (s *Server) restingLines(r *http.Request, b Base, m chain.Model, digest string) ([]restingLine, error) {
	resting, err := judging.RestingOn(r.Context(), s.db, digest)
	if err != nil {
		return nil, err
	}
	names := map[fact.Subject]string{}
	for _, x := range m.Software {
		names[fact.Subject{Kind: fact.Software, ID: x.ID}] = x.Name
	}
	for _, x := range m.Systems {
		names[fact.Subject{Kind: fact.System, ID: x.ID}] = x.Name
	}
	for _, x := range m.Releases {
		names[fact.Subject{Kind: fact.Release, ID: x.ID}] = names[fact.Subject{Kind: fact.Software, ID: x.Software}] + " " + x.Version
	}
	lines := make([]restingLine, len(resting))
	for i, x := range resting {
		lines[i] = restingLine{ID: x.ID, Title: b.TitleOf(x.ID), About: names[x.Subject], Role: x.Role, Status: assess.Status(x.Status), Checks: checkTitles(b, x.Checks)}
		if x.Software != "" {
			release := ""
			if x.Subject.Kind == fact.Release {
				release = x.Subject.ID
			}
			lines[i].Href = "/software/" + x.Software + "/duties/" + slug(x.ID) + "?" + query("release", release, "party", x.Party, "role", string(x.Role))
		}
	}
	return lines, nil
}

// checkTitles gives the words for checks.
func checkTitles(b Base, ids []string) []string {
	var out []string
	for _, c := range guideline.Default().Checks() {
		if slices.Contains(ids, c.ID) {
			out = append(out, b.Text(c.Title))
		}
	}
	return out
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
