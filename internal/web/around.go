package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// maxForm bounds the body of every request but those that bring files.
const maxForm = 1 << 20

// policy is the Content-Security-Policy of every page: nothing from anywhere else, no inline script or style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// visit is what is known of a request: its id, its language and who made it.
type visit struct {
	request string
	lang    lang.Lang
	who     person
	body    io.ReadCloser // as it came, for pages that take more than a form
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		return &visit{lang: lang.JA}
	}
	return v
}

// files lets a page take as many bytes as the server allows for files. It stands inside the sign-in, so that nobody else
// can send them.
func (s *Server) files(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, visitOf(r).body, s.o.MaxUpload)
		return h(w, r)
	}
}

// around puts headers, a limit to the body and the language around every request.
func (s *Server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.o.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		v := &visit{request: store.NewID(), lang: languageOf(r), body: r.Body}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

const langCookie = "tasuki_lang"

// languageOf is the visitor's choice, else the first language of the browser that Tasuki speaks, else Japanese.
func languageOf(r *http.Request) lang.Lang {
	if c, err := r.Cookie(langCookie); err == nil {
		return lang.Parse(c.Value)
	}
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		switch tag = strings.TrimSpace(tag); {
		case strings.HasPrefix(tag, "ja"):
			return lang.JA
		case strings.HasPrefix(tag, "en"):
			return lang.EN
		}
	}
	return lang.JA
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
