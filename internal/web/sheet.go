package web

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/verify"
)

// sheetPage takes a filled checklist back: first the form, then every change by its cell, to be confirmed. The file
// travels within the page until then, so that nothing is kept before somebody confirms.
type sheetPage struct {
	Base
	Head  softwareHead
	Seen  *office.SheetPreview // nil: nothing was brought yet
	Token string               // what is confirmed
	Body  string               // the file, base64
}

// maxSheet is the size of a checklist that the page takes. Filled ones have some tens of KiB.
const maxSheet = 4 << 20

func (s *Server) sheet(w http.ResponseWriter, r *http.Request) error {
	p, err := s.sheetPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "sheet", p)
}

func (s *Server) sheetPage(r *http.Request) (*sheetPage, error) {
	p := &sheetPage{Base: s.base(r, "software", lang.T("記入済みのチェックリスト", "Filled checklist"))}
	var err error
	p.Head, _, err = s.softwareHead(r.Context(), p.Base, r, "declarations")
	return p, err
}

// previewSheet shows what a brought checklist would change.
func (s *Server) previewSheet(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(maxSheet); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	p, err := s.sheetPage(r)
	if err != nil {
		return err
	}
	files := r.MultipartForm.File["files"]
	if len(files) != 1 {
		return s.sheetAgain(w, p, formError(lang.T("チェックリストのファイルを1つ選んでください", "choose one checklist file")))
	}
	f, err := files[0].Open()
	if err != nil {
		return err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSheet+1))
	if err != nil {
		return err
	}
	if len(raw) > maxSheet {
		return s.sheetAgain(w, p, formError(lang.F("ファイルが大きすぎます（上限 %d MiB）", "the file is too large (limit %d MiB)", maxSheet>>20)))
	}
	return s.showSheet(w, r, p, office.SheetFile{Name: files[0].Filename, Raw: raw})
}

// showSheet previews a file, or says on the page why it cannot be read.
func (s *Server) showSheet(w http.ResponseWriter, r *http.Request, p *sheetPage, file office.SheetFile) error {
	file.Software = p.Head.Software.Name
	seen, err := office.PreviewSheet(r.Context(), s.db, p.Lang, file)
	if err != nil {
		return s.sheetAgain(w, p, err)
	}
	p.Seen, p.Token, p.Body = &seen, seen.Fingerprint(), base64.StdEncoding.EncodeToString(file.Raw)
	return s.render(w, http.StatusOK, "sheet", p)
}

// sheetAgain shows the form with what is wrong; a fault of ours becomes the error page.
func (s *Server) sheetAgain(w http.ResponseWriter, p *sheetPage, cause error) error {
	var e *lang.Error
	if !errors.As(cause, &e) {
		return cause
	}
	p.Problem = lang.Explain(cause, p.Lang)
	return s.render(w, http.StatusUnprocessableEntity, "sheet", p)
}

// applySheet keeps what was confirmed, as drafts of whoever is signed in. When things have changed since it was shown, it
// is shown once more.
func (s *Server) applySheet(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(2 * maxSheet); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	p, err := s.sheetPage(r)
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(r.FormValue("body"))
	if err != nil || len(raw) > maxSheet {
		return formError(lang.T("確認した内容を受け取れませんでした。もう一度ファイルを選んでください", "what was confirmed did not arrive; choose the file again"))
	}
	file := office.SheetFile{Name: r.FormValue("name"), Raw: raw, Software: p.Head.Software.Name}
	out, err := office.ApplySheet(r.Context(), s.db, s.actor(r), p.Lang, file, r.FormValue("token"))
	if lang.KindOf(err) == lang.Conflict {
		p.Problem = lang.Explain(err, p.Lang)
		return s.showSheet(w, r, p, file)
	}
	if err != nil {
		return err
	}
	s.notice(r, lang.F("チェックリストを取り込みました。起案 %d件は、別の人が承認すると評価に反映されます", "The checklist was taken in. Its %d drafts count once somebody else has approved them", len(out.Drafts)))
	http.Redirect(w, r, "/software/"+p.Head.Software.ID, http.StatusSeeOther)
	return nil
}

// Field is the header of a column of the checklist.
func (p *sheetPage) Field(f xlsx.Field) string { return p.Text(xlsx.FieldName(f)) }

// Said shows what a cell said: a status by its word.
func (p *sheetPage) Said(f xlsx.Field, v string) string {
	if f == xlsx.StatusField {
		v = p.Text(xlsx.StatusName(verify.Status(v)))
	}
	return v
}
