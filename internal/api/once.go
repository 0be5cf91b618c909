package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/store"
)

// idempotencyKey is the header with which a program names a request, so that it can repeat it: the thing is done once,
// and the answer is given again (draft-ietf-httpapi-idempotency-key-header).
const (
	idempotencyKey      = "Idempotency-Key"
	idempotencyReplayed = "Idempotency-Replayed"
)

var keyForm = pattern.Of(`^[\x21-\x7e]{1,255}$`)

// maxReplay is the size of an answer that is kept to be given again. A larger one is not, and its request is done anew.
const maxReplay = 1 << 20

// once serves a request whose caller may make it: as it is, or when it is marked with a key, only the first time.
func (s *server) once(ctx huma.Context, c *call, next func(huma.Context)) {
	key := strings.Trim(c.r.Header.Get(idempotencyKey), `"`)
	if key == "" || c.r.Method != http.MethodPost {
		next(huma.WithValue(ctx, callKey{}, c))
		return
	}
	if !keyForm().MatchString(key) {
		writeProblem(c.w, problemOf(c.visit, &lang.Error{Kind: lang.Usage, What: lang.F("%s の値を受け付けられません", "the value of %s cannot be taken", idempotencyKey), Where: "header." + idempotencyKey,
			Next: lang.T("空白を含まない 255 文字以内の英数記号を指定してください", "use up to 255 visible ASCII characters")}))
		return
	}
	mine := c.account.ID + "\n" + key
	if _, busy := s.busy.LoadOrStore(mine, true); busy {
		c.w.Header().Set("Retry-After", "1")
		writeProblem(c.w, problemOf(c.visit, &lang.Error{Kind: lang.Conflict, What: lang.T("同じ Idempotency-Key のリクエストを処理中です", "a request with the same Idempotency-Key is being served"),
			Next: lang.T("少し待って、もう一度送ってください", "send it again in a moment")}))
		return
	}
	defer s.busy.Delete(mine)
	kept, found, err := s.db.Replay(c.r.Context(), c.account.ID, key)
	if err != nil {
		s.log.ErrorContext(c.r.Context(), "idempotency key", "request", c.request, "error", err)
		writeProblem(c.w, problemOf(c.visit, err))
		return
	}
	print := fingerprint{sha256.New()}
	fmt.Fprintf(print, "%s %s\n", c.r.Method, c.r.URL.RequestURI())
	whole := io.TeeReader(http.MaxBytesReader(nil, c.r.Body, s.o.MaxUpload), print)
	if found {
		s.again(c, kept, print, whole)
		return
	}
	answer := &recorder{ResponseWriter: c.w, status: http.StatusOK}
	c.r.Body, c.w = io.NopCloser(whole), answer
	next(huma.WithValue(humago.NewContext(ctx.Operation(), c.r, answer), callKey{}, c))
	if _, err := io.Copy(io.Discard, whole); err != nil || !answer.keeps() {
		return
	}
	r := store.Replay{Account: c.account.ID, Key: key, Fingerprint: print.String(), Status: answer.status, Header: http.Header{}, Body: append([]byte{}, answer.body.Bytes()...)}
	for _, name := range []string{"Content-Type", "Content-Disposition", "ETag"} {
		if v := answer.Header().Get(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	if err := s.db.KeepReplay(c.r.Context(), r); err != nil {
		s.log.ErrorContext(c.r.Context(), "idempotency key", "request", c.request, "error", err)
	}
}

// again gives the answer that was kept, if the request is the same.
func (s *server) again(c *call, kept store.Replay, print fingerprint, whole io.Reader) {
	if _, err := io.Copy(io.Discard, whole); err != nil {
		writeProblem(c.w, problemOf(c.visit, interrupted(err)))
		return
	}
	if print.String() != kept.Fingerprint {
		p := problemOf(c.visit, &lang.Error{Kind: lang.Conflict, What: lang.T("この Idempotency-Key は、内容の異なるリクエストで使われています", "this Idempotency-Key was used for a different request"),
			Next: lang.T("新しいリクエストには新しいキーを付けてください", "give a new request a new key")})
		p.Status, p.Code = http.StatusUnprocessableEntity, keyReused
		writeProblem(c.w, p)
		return
	}
	for name := range kept.Header {
		c.w.Header().Set(name, kept.Header.Get(name))
	}
	c.w.Header().Set(idempotencyReplayed, "true")
	c.w.WriteHeader(kept.Status)
	c.w.Write(kept.Body)
}

// keyReused is the code of a request under a key that was used for another one.
const keyReused = "idempotency_key_reused"

// fingerprint is what a request asks, in short.
type fingerprint struct{ hash.Hash }

func (f fingerprint) String() string { return hex.EncodeToString(f.Sum(nil)) }

// recorder passes an answer on and keeps a copy.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	over   bool
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.body.Len()+len(b) > maxReplay {
		r.over = true
	} else {
		r.body.Write(b)
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http find what lies below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// keeps reports whether the answer is worth giving again: faults of ours and what a permission decides may end otherwise
// the next time.
func (r *recorder) keeps() bool {
	return !r.over && r.status < http.StatusInternalServerError && r.status != http.StatusUnauthorized && r.status != http.StatusForbidden
}
