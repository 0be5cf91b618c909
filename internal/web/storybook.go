package web

import (
	"net/http"

	"example.org/tasuki/internal/lang"
)

// A sample is one state of one page, filled with example data.
type sample struct {
	page, state string
	make        func(Base) page
}

type storybookPage struct {
	Base
	Samples []sampleLink
}

type sampleLink struct{ Page, State, Href string }

// storybook lists every page and state.
func (s *Server) storybook(w http.ResponseWriter, r *http.Request) error {
	p := &storybookPage{Base: sampleBase(visitOf(r).lang)}
	p.Title, p.Path = "Storybook", "/storybook"
	for _, x := range samples() {
		p.Samples = append(p.Samples, sampleLink{x.page, x.state, "/storybook/" + x.page + "/" + x.state})
	}
	return s.render(w, http.StatusOK, "storybook", p)
}

func (s *Server) storybookPage(w http.ResponseWriter, r *http.Request) error {
	for _, x := range samples() {
		if x.page == r.PathValue("page") && x.state == r.PathValue("state") {
			p := x.make(sampleBase(visitOf(r).lang))
			p.base().Path = r.URL.Path
			return s.render(w, http.StatusOK, x.page, p)
		}
	}
	return notFound(lang.T("この見本はありません", "there is no such sample"))
}
