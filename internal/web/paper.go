package web

import (
	"bytes"
	"net/http"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// maxAddressee bounds the names that a paper is addressed to, in characters.
const maxAddressee = 200

// paper gives an issued declaration as PDF, addressed to whom the form names.
func (s *Server) paper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	to, person := r.FormValue("to"), r.FormValue("person")
	if len([]rune(to)) > maxAddressee || len([]rune(person)) > maxAddressee {
		return formError(lang.F("宛先は %d文字以内で入力してください", "an addressee has at most %d characters", maxAddressee))
	}
	d, err := s.db.Declaration(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.Bundle == "" {
		return notFound(lang.T("この宣言はまだ発行されていません", "this declaration is not issued yet"))
	}
	raw, err := s.db.ReadDocument(d.Bundle)
	if err != nil {
		return err
	}
	o, err := verify.Open(raw)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := office.Paper(ctx, s.db, &b, declared.Of(o), visitOf(r).lang, to, person, ""); err != nil {
		return err
	}
	name := o.Declaration.Object.Name + " " + o.Declaration.Object.Version + ".pdf"
	attachment(w.Header(), name, "application/pdf")
	_, err = w.Write(b.Bytes())
	return err
}
