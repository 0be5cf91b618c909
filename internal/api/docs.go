package api

import (
	"bytes"
	"html/template"
	"net/http"
	"reflect"

	_ "embed"

	"github.com/danielgtaylor/huma/v2"

	"example.org/tasuki/internal/lang"
)

const docsPath = Prefix + "docs"

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// describe puts into the OpenAPI document what is the same for every operation: how to show a key, and what a problem
// looks like.
func (s *server) describe() {
	doc := s.api.OpenAPI()
	doc.Info.Description = "Tasuki: from evidence to a verified self-declaration under Japan's guideline for cyber infrastructure providers. " +
		"Texts are Japanese or English, by Accept-Language."
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "API key of `tasuki token issue`"}}
	schema := doc.Components.Schemas.Schema(reflect.TypeFor[ProblemDetails](), true, "")
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put} {
			if op != nil {
				op.Responses["default"] = &huma.Response{Description: "What went wrong (RFC 9457)", Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
			}
		}
	}
	for _, theirs := range []string{"V2ErrorModel", "V2ErrorDetail"} { // see ownProblem
		delete(doc.Components.Schemas.Map(), theirs)
	}
}

// docsPage is what the page of operations shows.
type docsPage struct {
	Lang       lang.Lang
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Detail, Scope, Takes string
	Parameters                                      []docsParameter
}

type docsParameter struct {
	Name, In, Doc string
	Required      bool
}

// T picks a text in the page's language.
func (p docsPage) T(ja, en string) string { return lang.T(ja, en).In(p.Lang) }

// serveDocs serves the page of operations, without anything from elsewhere.
func (s *server) serveDocs(mux *http.ServeMux) {
	page := template.Must(template.New("docs").Parse(docsHTML))
	mux.HandleFunc("GET "+docsPath, func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := page.Execute(&b, s.docsPage(visitOf(r.Context()).lang)); err != nil {
			s.log.ErrorContext(r.Context(), "api docs", "error", err)
			writeProblem(w, problemOf(visitOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	})
	mux.HandleFunc("GET "+docsPath+".css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(docsCSS)
	})
}

func (s *server) docsPage(l lang.Lang) docsPage {
	p := docsPage{Lang: l}
	for _, o := range s.docs {
		d := docsOperation{ID: o.ID, Method: o.Method, Path: v1 + o.Path, Summary: o.Summary.In(l), Detail: o.Detail.In(l), Scope: string(o.Need), Takes: o.Takes}
		for _, param := range s.described(o).Parameters {
			d.Parameters = append(d.Parameters, docsParameter{param.Name, param.In, param.Description, param.Required})
		}
		p.Operations = append(p.Operations, d)
	}
	return p
}

// described gives an operation as the OpenAPI document has it.
func (s *server) described(o operation) *huma.Operation {
	item := s.api.OpenAPI().Paths[v1+o.Path]
	switch o.Method {
	case http.MethodPost:
		return item.Post
	case http.MethodPut:
		return item.Put
	}
	return item.Get
}
