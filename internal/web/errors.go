package web

import (
	"errors"
	"net/http"

	"example.org/tasuki/internal/lang"
)

// handler answers a request or says why it cannot; the error becomes a page.
type handler func(w http.ResponseWriter, r *http.Request) error

// statusOf is the one table from kinds of error to HTTP status.
var statusOf = map[lang.Kind]int{
	lang.Unexpected:   http.StatusInternalServerError,
	lang.Usage:        http.StatusBadRequest,
	lang.Gate:         http.StatusConflict,
	lang.Forbidden:    http.StatusForbidden,
	lang.Unverified:   http.StatusUnprocessableEntity,
	lang.Unreadable:   http.StatusUnprocessableEntity,
	lang.Unreachable:  http.StatusBadGateway,
	lang.Nothing:      http.StatusNotFound,
	lang.NotFound:     http.StatusNotFound,
	lang.Conflict:     http.StatusConflict,
	lang.Inconsistent: http.StatusUnprocessableEntity,
}

type errorPage struct {
	Base
	What, Why, Next, Where string
	Request                string // to find it in the log; only for faults of ours
}

// fail shows an error in the visitor's language. Faults of ours go to the log; the page names the request only.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = &lang.Error{Kind: lang.Unreadable,
			What: lang.T("送信された内容が大きすぎます", "what was sent is too large"),
			Why:  lang.F("上限は %d バイトです", "the limit is %d bytes", tooLarge.Limit),
			Next: lang.T("ファイルを分けて送ってください", "send the files in several steps"), Err: err}
	}
	status := statusOf[lang.KindOf(err)]
	p := &errorPage{Base: s.base(r, "", lang.T("処理できませんでした", "This could not be done"))}
	var e *lang.Error
	switch {
	case errors.As(err, &e) && status != http.StatusInternalServerError:
		p.What, p.Why, p.Next, p.Where = p.Text(e.What), p.Text(e.Why), p.Text(e.Next), e.Where
	default:
		p.What = p.T("サーバ内部で問題が起きました", "Something went wrong inside the server")
		p.Next = p.T("時間をおいて再度お試しください。繰り返す場合は、下の番号を管理者にお知らせください",
			"Try again in a while. If it happens again, give the number below to your administrator")
		p.Request = visitOf(r).request
		s.log.ErrorContext(r.Context(), "request failed", "request", p.Request, "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if renderErr := s.render(w, status, "error", p); renderErr != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "error", renderErr)
		http.Error(w, p.What, status)
	}
}

func notFound(what lang.Text) error {
	return &lang.Error{Kind: lang.NotFound, What: what,
		Next: lang.T("URL を確認するか、上の検索から探してください", "check the address, or use the search above")}
}

func missing(w http.ResponseWriter, r *http.Request) error {
	return notFound(lang.T("お探しのページは見つかりませんでした", "there is no page here"))
}

func refuseCrossOrigin(w http.ResponseWriter, r *http.Request) error {
	return &lang.Error{Kind: lang.Forbidden,
		What: lang.T("別のサイトから送られた操作のため、受け付けませんでした", "this change came from another site and was refused"),
		Next: lang.T("Tasuki の画面を開き直して、もう一度操作してください", "open Tasuki's page again and repeat what you did")}
}
