package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
)

// LogPaths are the addresses that [NewLog] answers for.
var LogPaths = []string{"/checkpoint", "/tile/"}

// NewLog gives the workspace's ledger as C2SP tlog-tiles: the checkpoint that is published, the tiles of its tree, and
// the entries, which hold no personal data but digests of it. To read it takes an API key that may read the audit log,
// unless it is public. It is read only.
func NewLog(log *slog.Logger, db *store.DB, public bool) http.Handler {
	s := &server{log: log, db: db, auth: auth.New(db)}
	mux := http.NewServeMux()
	guarded := func(answer func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			c := &call{visit: visitOf(r.Context()), r: r, w: w}
			if public {
				w.Header().Set("Access-Control-Allow-Origin", "*")
			} else if p := s.identify(c, auth.ReadAudit); p != nil {
				writeProblem(w, p)
				return
			}
			if err := answer(w, r); err != nil {
				w.Header().Set("Cache-Control", "no-store")
				p := problemOf(c.visit, err)
				if p.Status >= http.StatusInternalServerError {
					s.log.ErrorContext(r.Context(), "ledger request failed", "path", r.URL.Path, "error", err)
				}
				writeProblem(w, p)
			}
		}
	}
	mux.HandleFunc("GET /checkpoint", guarded(s.checkpoint))
	mux.HandleFunc("GET /tile/", guarded(func(w http.ResponseWriter, r *http.Request) error { return s.tile(w, r, public) }))
	return s.around(mux)
}

func (s *server) checkpoint(w http.ResponseWriter, r *http.Request) error {
	c, err := upkeep.PublishedCheckpoint(r.Context(), s.db)
	if lang.KindOf(err) == lang.Nothing {
		return &lang.Error{Kind: lang.NotFound, What: lang.T("台帳はまだ空です", "the ledger is empty yet")}
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader([]byte(c.Note)))
	return nil
}

// tile serves tiles and entries as far as a checkpoint was signed. Their bytes never change.
func (s *server) tile(w http.ResponseWriter, r *http.Request, public bool) error {
	c, _, err := s.db.LatestCheckpoint(r.Context())
	if err != nil {
		return err
	}
	b, err := upkeep.Log(r.Context(), s.db, c.Size).Tile(r.URL.Path[1:])
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	if public {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	_, err = w.Write(b)
	return err
}
