package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

const multipartType = "multipart/form-data"

// partsInMemory is how much of a form with files is held in memory; the rest waits in temporary files.
const partsInMemory = 1 << 20

type pushInput struct {
	About
	Name        string `query:"name" doc:"File name, when Content-Disposition does not say it"`
	Disposition string `header:"Content-Disposition" doc:"attachment; filename*=UTF-8''name"`
}

// push takes documents in. The same bytes about the same thing are kept once, however often they are sent.
func (s *server) push(ctx context.Context, c *call, in *pushInput) ([]intake.Pushed, error) {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, s.o.MaxUpload)
	arrivals, done, err := c.arrivals(in)
	if err != nil {
		return nil, err
	}
	defer done()
	subject, err := s.subject(ctx, c, in.About)
	if err != nil {
		return nil, err
	}
	for i := range arrivals {
		arrivals[i].Origin, arrivals[i].Subject, arrivals[i].Artifact, arrivals[i].Configuration = "api", subject, in.Artifact, in.Configuration
	}
	receipts, err := intake.Receive(ctx, s.db, c.actor, arrivals)
	return intake.PushedOf(receipts, c.lang), broken(err)
}

// broken tells a body that broke off while its file was being kept from a fault of ours.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return interrupted(err)
	}
	return err
}

// arrivals gives the files of a request: the parts of a form, or the body itself. done must be called when they are read.
func (c *call) arrivals(in *pushInput) ([]ingest.Arrival, func(), error) {
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != multipartType {
		name := fileName(in.Disposition, in.Name)
		if name == "" {
			return nil, nil, &lang.Error{Kind: lang.Usage, What: lang.T("ファイル名がありません", "the file has no name"),
				Next: lang.T("Content-Disposition: attachment; filename*=UTF-8''名前 又は name を指定してください", "give Content-Disposition: attachment; filename*=UTF-8''NAME, or name")}
		}
		return []ingest.Arrival{{Name: name, Body: c.r.Body}}, func() {}, nil
	}
	if err := c.r.ParseMultipartForm(partsInMemory); err != nil {
		return nil, nil, interrupted(err)
	}
	out, closers := []ingest.Arrival{}, []io.Closer{}
	done := func() {
		for _, f := range closers {
			f.Close()
		}
		c.r.MultipartForm.RemoveAll()
	}
	for _, header := range fileParts(c.r.MultipartForm) {
		f, err := header.Open()
		if err != nil {
			done()
			return nil, nil, err
		}
		closers = append(closers, f)
		out = append(out, ingest.Arrival{Name: header.Filename, Body: f})
	}
	if len(out) == 0 {
		done()
		return nil, nil, &lang.Error{Kind: lang.Usage, What: lang.T("ファイルがありません", "there is no file"),
			Next: lang.T("フォームの file にファイルを入れてください", "put the files into file of the form")}
	}
	return out, done, nil
}

// fileParts gives the files of a form in the order of their field's parts.
func fileParts(f *multipart.Form) []*multipart.FileHeader { return f.File["file"] }

// fileName is what the header says, else what the query says; never a path.
func fileName(disposition, query string) string {
	name := query
	if _, p, err := mime.ParseMediaType(disposition); err == nil && p["filename"] != "" {
		name = p["filename"]
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	return name
}

type digestInput struct {
	Digest string `path:"digest" pattern:"^sha256:[0-9a-f]{64}$" doc:"sha256:<hex>"`
}

// DocumentView is what is known of a document.
type DocumentView struct {
	Digest         string            `json:"digest"`
	Size           int64             `json:"size"`
	Name           string            `json:"name"`
	Type           string            `json:"type"`
	Origin         string            `json:"origin"`
	ReceivedAt     string            `json:"received_at" format:"date-time"`
	ReceivedBy     string            `json:"received_by"`
	SignatureState string            `json:"signature_state,omitempty"`
	Accepted       bool              `json:"accepted"`
	Read           map[string]any    `json:"read"`
	Problems       []judging.Problem `json:"problems"`
	Subjects       []fact.Subject    `json:"subjects" doc:"What it is about"`
	Duties         []judging.Resting `json:"duties" doc:"Duties whose status, as judged last, rests on it"`
}

func (s *server) document(ctx context.Context, c *call, in *digestInput) (DocumentView, error) {
	d, err := s.db.Document(ctx, in.Digest)
	if err != nil {
		return DocumentView{}, err
	}
	subjects, err := s.db.DocumentSubjects(ctx, in.Digest)
	out := DocumentView{Digest: d.Digest, Size: d.Size, Name: d.Name, Type: d.Type, Origin: d.Origin, ReceivedAt: rfc3339(d.ReceivedAt), ReceivedBy: d.ReceivedBy,
		SignatureState: d.SignatureState, Accepted: d.Accepted, Read: d.Summary, Problems: judging.ProblemsIn(d.Problems, c.lang), Subjects: append([]fact.Subject{}, subjects...)}
	if out.Read == nil {
		out.Read = map[string]any{}
	}
	if err == nil {
		out.Duties, err = judging.RestingOn(ctx, s.db, in.Digest)
	}
	return out, err
}

func (s *server) content(ctx context.Context, c *call, in *digestInput) ([]byte, error) {
	d, err := s.db.Document(ctx, in.Digest)
	if err != nil {
		return nil, err
	}
	return s.file(c, d)
}

// file gives the bytes of a document as a file to keep. They are checked against their digest first.
func (s *server) file(c *call, d store.Document) ([]byte, error) {
	b, err := s.db.ReadDocument(d.Digest)
	if err != nil {
		return nil, err
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("ETag", `"`+d.Digest+`"`)
	return b, nil
}
