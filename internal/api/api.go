// Package api is what programs talk to: JSON over HTTP under /api/v1, described by the OpenAPI document it serves itself.
//
// Start from [New]. The operations are listed in one place, routes.go; what they answer is what the command line prints
// with --json (see the types of the packages that join the verbs, docs/ARCHITECTURE.md). Callers show an API key that an account issued, and may do what its scope
// and its account may; a key never approves anything. GET changes nothing. Errors are problem details (RFC 9457) in the
// caller's language, see [ProblemDetails]. [Client] is the other end, for the command line.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/store"
)

// Options are what the API needs to know of where it runs.
type Options struct {
	Version   string // of the program, as the OpenAPI document names it
	MaxUpload int64  // bytes of one request that brings files; 512 MiB when zero
}

// Prefix is the path that every address of the API begins with.
const Prefix = "/api/"

const v1 = Prefix + "v1"

type server struct {
	log  *slog.Logger
	db   *store.DB
	o    Options
	auth *auth.Service
	api  huma.API
	docs []operation

	busy  sync.Map   // requests under an Idempotency-Key that are being served
	edits sync.Mutex // held from reading what a change starts from until it is made
}

// New gives the API of a workspace, for everything below [Prefix].
func New(log *slog.Logger, db *store.DB, o Options) http.Handler {
	if o.MaxUpload == 0 {
		o.MaxUpload = 512 << 20
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	s := &server{log: log, db: db, o: o, auth: auth.New(db)}
	mux := http.NewServeMux()
	s.api = humago.New(mux, s.config())
	s.routes()
	s.describe()
	s.serveDocs(mux)
	mux.HandleFunc(Prefix, func(w http.ResponseWriter, r *http.Request) { s.notHere(mux, w, r) })
	return s.around(mux)
}

// config is huma's, without its documentation page, which loads scripts from elsewhere, and without links to schemas in
// answers.
func (s *server) config() huma.Config {
	config := huma.DefaultConfig("Tasuki", s.o.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = Prefix+"openapi", "", "", nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.AllowAdditionalPropertiesByDefault = true // answers may gain keys
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{s.ownProblem}
	return config
}

// visit is what is known of a request before it is known who makes it.
type visit struct {
	request string
	lang    lang.Lang
}

type visitKey struct{}

func visitOf(ctx context.Context) visit {
	v, ok := ctx.Value(visitKey{}).(visit)
	if !ok {
		v.lang = lang.JA
	}
	return v
}

var requestID = pattern.Of(`^[A-Za-z0-9._-]{8,64}$`)

// around puts headers, the request's id and the language around every request, and answers for faults of ours.
func (s *server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit{request: r.Header.Get("X-Request-Id"), lang: languageOf(r)}
		if !requestID().MatchString(v.request) {
			v.request = store.NewID()
		}
		h := w.Header()
		h.Set("X-Request-Id", v.request)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Add("Vary", "Accept-Language")
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		defer func() {
			switch fault := recover(); {
			case fault == nil:
			case fault == http.ErrAbortHandler:
				panic(fault)
			default:
				s.log.ErrorContext(r.Context(), "api request panicked", "request", v.request, "method", r.Method, "path", r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
				writeProblem(w, problemOf(v, nil))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// notHere answers for an address that does not exist, and for a method it does not know.
func (s *server) notHere(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != Prefix && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
		writeProblem(w, problemOf(visitOf(r.Context()), &lang.Error{Kind: lang.NotFound,
			What: lang.F("%s というアドレスはありません", "there is nothing at %s", r.URL.Path),
			Next: lang.F("%s で一覧を確認してください", "see %s for what there is", docsPath)}))
		return
	}
	for _, method := range allowed {
		w.Header().Add("Allow", method)
	}
	p := problemOf(visitOf(r.Context()), &lang.Error{Kind: lang.Usage, What: lang.F("%s は %s を受け付けません", "%[2]s is not for %[1]s", r.URL.Path, r.Method)})
	p.Status = http.StatusMethodNotAllowed
	writeProblem(w, p)
}
