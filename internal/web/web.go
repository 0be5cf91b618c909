// Package web is Tasuki's pages: rendered on the server, in Japanese and English side by side, working without script.
//
// Start from [New] and [Server.Handler], whose routes are all in one place. A page is one Go file with its struct and its
// handler, and one template of the same name. Reading a page never changes anything; every change is a POST from our own
// pages, made as the person who is signed in, with its audit entry.
package web

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/store"
)

// Options are what the pages need to know of where they run.
type Options struct {
	Secure    bool  // pages are served over TLS, here or by a proxy: cookies are Secure
	Storybook bool  // /storybook shows every page and state with sample data, to anybody
	MaxUpload int64 // bytes of one request that brings files; 512 MiB when zero
}

// Server answers requests for pages. It is safe for concurrent use.
type Server struct {
	log       *slog.Logger
	db        *store.DB
	o         Options
	sessions  *scs.SessionManager
	auth      *auth.Service
	templates map[string]*template.Template
	now       func() time.Time
}

// New makes a server over a workspace. The clock is the store's.
func New(log *slog.Logger, db *store.DB, o Options) (*Server, error) {
	if log == nil || db == nil {
		return nil, errors.New("web: a logger and a store are needed")
	}
	if o.MaxUpload == 0 {
		o.MaxUpload = 512 << 20
	}
	templates, err := loadTemplates()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return &Server{log: log, db: db, o: o, sessions: auth.Sessions(db, o.Secure), auth: auth.New(db), templates: templates, now: db.Now}, nil
}

// Handler gives all pages with what goes around them: headers, the check that a change comes from our own pages,
// sessions, language. Static files need none of that but the headers.
func (s *Server) Handler() http.Handler {
	pages := http.NewServeMux()
	s.routes(pages)
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(s.open(refuseCrossOrigin))
	all := http.NewServeMux()
	all.HandleFunc("GET /static/{file}", static)
	all.Handle("/", s.sessions.LoadAndSave(cross.Handler(pages)))
	return s.around(all)
}
