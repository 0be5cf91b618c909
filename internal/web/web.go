// Package web is Tasuki's pages: rendered on the server, in Japanese and English side by side, working without script.
//
// Start from [New] and [Server.Handler], whose routes are all in one place. A page is one Go file with its struct and its
// handler, and one template of the same name. Reading a page never changes anything; every change is a POST from our own
// pages, made as the person who is signed in, with its audit entry.
package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Options are what the pages get from the program around them. The functions join several verbs and are the same that
// the command line uses; a page whose function is nil says so instead of offering its button.
type Options struct {
	Secure    bool  // pages are served over TLS (here or by a proxy): cookies are Secure
	Storybook bool  // /storybook shows every page and state with sample data
	MaxUpload int64 // bytes of one request that brings files; 512 MiB when zero

	// Declare drafts a declaration (or status report) about a release and gives its id.
	Declare func(ctx context.Context, as store.Actor, d Drafting) (id string, err error)
	// Approve puts an approval under a drafted declaration; method says how the approver showed who they are.
	Approve func(ctx context.Context, as store.Actor, id, method string) error
	// Issue signs an approved declaration with the signer's key and keeps its bundle.
	Issue func(ctx context.Context, as store.Actor, id string, passphrase []byte) error
	// Checklist writes the requirement checklist of a software (and release, or all) as xlsx.
	Checklist func(ctx context.Context, w io.Writer, softwareID, releaseID string) error
	// Trust gives what bundles are verified against: keys, what was seen before, revocations, the time.
	Trust func(ctx context.Context) (verify.Options, error)
}

// Drafting says what a declaration is to be about.
type Drafting struct {
	Software string // id
	Release  string // id
	Level    guideline.Level
	Place    string
	Note     string
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

// Handler gives all pages with what goes around them: headers, limits, the check that a change comes from our own pages,
// sessions, language.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routes(mux)
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(s.open(refuseCrossOrigin))
	return s.around(cross.Handler(mux))
}
