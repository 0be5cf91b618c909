package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// operation is one thing a program can ask for.
type operation struct {
	ID      string
	Method  string
	Path    string // below /api/v1
	Summary lang.Text
	Detail  lang.Text
	Need    auth.Permission
	Takes   string // media types of the body, separated by commas; empty: no body
	Body    any    // a value of the type of a JSON body
	Gives   string // media type of an answer that is not JSON
}

// call is one request of a program whose key is good for what it asks.
type call struct {
	visit
	r       *http.Request
	w       http.ResponseWriter
	account store.Account
	token   store.APIToken
	actor   store.Actor
}

// may reports whether the caller may do something beyond what the operation needs.
func (c *call) may(p auth.Permission) bool { return auth.TokenMay(c.account, c.token, p) }

type callKey struct{}

type answer[O any] struct{ Body O }

// add makes an operation of a function. The function is called for callers who may, and what it gives becomes the
// answer's body.
func add[I, O any](s *server, o operation, fn func(context.Context, *call, *I) (O, error)) {
	op := huma.Operation{OperationID: o.ID, Method: o.Method, Path: v1 + o.Path, Summary: o.Summary.EN, Description: o.Detail.EN,
		Middlewares: huma.Middlewares{s.guard(o.Need)}, Security: []map[string][]string{{"key": {}}},
		Extensions: map[string]any{"x-summary-ja": o.Summary.JA, "x-scope": string(o.Need)}}
	if !o.Detail.IsZero() {
		op.Extensions["x-description-ja"] = o.Detail.JA
	}
	if o.Gives != "" {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{o.Gives: {Schema: binary()}}}}
	}
	s.docs = append(s.docs, o)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*answer[O], error) {
		c := ctx.Value(callKey{}).(*call)
		out, err := fn(ctx, c, in)
		if err != nil {
			for _, name := range []string{"Content-Disposition", "Content-Type", "ETag"} {
				c.w.Header().Del(name) // of the answer that did not come about
			}
			p := problemOf(c.visit, err)
			if p.Status >= http.StatusInternalServerError {
				s.log.ErrorContext(ctx, "api request failed", "request", c.request, "method", c.r.Method, "path", c.r.URL.Path, "error", err)
			}
			return nil, p
		}
		return &answer[O]{out}, nil
	})
	s.described(o).RequestBody = s.bodyOf(o) // not before: huma would read the body itself
	if o.Method == http.MethodPost {
		described := s.described(o)
		described.Parameters = append(described.Parameters, &huma.Param{Name: idempotencyKey, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "A name of your own for this request: when it is repeated under it, within a week, it is not done again and has the same answer"})
	}
}

func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

// bodyOf describes a body for the OpenAPI document. Operations read it themselves, as a stream and strictly.
func (s *server) bodyOf(o operation) *huma.RequestBody {
	if o.Takes == "" {
		return nil
	}
	schema := binary()
	if o.Body != nil {
		schema = s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(o.Body), true, "")
	}
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for media := range strings.SplitSeq(o.Takes, ", ") {
		body.Content[media] = &huma.MediaType{Schema: schema}
		if media == multipartType {
			body.Content[media].Schema = &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeArray, Items: binary()}}}
		}
	}
	return body
}

// guard lets a request pass whose API key is good for something.
func (s *server) guard(need auth.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		c := &call{visit: visitOf(r.Context()), r: r, w: w}
		if p := s.identify(c, need); p != nil {
			if p.Status == http.StatusForbidden {
				w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="tasuki", error="insufficient_scope", scope=%q`, need))
			}
			writeProblem(w, p)
			return
		}
		s.once(ctx, c, next)
	}
}

// identify finds out who calls; it gives a problem when nobody known does, or the key is not good for it.
func (s *server) identify(c *call, need auth.Permission) *ProblemDetails {
	scheme, key, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return notSignedIn(c.visit, &lang.Error{Kind: lang.Forbidden, What: lang.T("API キーがありません", "there is no API key"),
			Next: lang.T("tasuki token issue で発行し、Authorization: Bearer に続けて送ってください", "issue one with tasuki token issue and send it after Authorization: Bearer")})
	}
	var err error
	if c.account, c.token, err = s.auth.Bearer(c.r.Context(), strings.TrimSpace(key)); err != nil {
		return s.refused(c, err)
	}
	c.actor = store.Actor{Account: c.account.ID, Via: store.API, Request: c.request}
	if c.may(need) {
		return nil
	}
	return problemOf(c.visit, notAllowed(need))
}

func (s *server) refused(c *call, err error) *ProblemDetails {
	p := notSignedIn(c.visit, err)
	if p.Status >= http.StatusInternalServerError {
		s.log.ErrorContext(c.r.Context(), "api key", "request", c.request, "error", err)
	}
	return p
}

// notAllowed says which permission an API key lacks.
func notAllowed(need auth.Permission) error {
	return &lang.Error{Kind: lang.Forbidden, What: lang.F("この API キーには「%s」の権限がありません", "this API key does not have the permission to %s", need.Name()),
		Why:  lang.T("キーの範囲と、発行したアカウントの権限の両方が必要です", "both its scope and the account it acts for must allow it"),
		Next: lang.F("範囲が %s のキーを、その権限を持つアカウントで発行してください", "issue a key with the scope %s for an account that has it", need)}
}

// body reads a whole body of at most limit bytes.
func (c *call) body(limit int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	if err != nil {
		return nil, interrupted(err)
	}
	if len(b) == 0 {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.T("本文がありません", "there is no body"),
			Next: lang.T("内容を本文として送ってください", "send the content as the body")}
	}
	return b, nil
}

// interrupted tells a body that broke off from a fault of ours.
func interrupted(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return &lang.Error{Kind: lang.Usage, What: lang.T("本文を最後まで受信できませんでした", "the body could not be read to its end"), Err: err,
		Next: lang.T("もう一度送ってください", "send it again")}
}

// maxJSON bounds a JSON body.
const maxJSON = 1 << 20

// json reads a JSON body strictly: what is not known is an error.
func (c *call) json(into any) error {
	b, err := c.body(maxJSON)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err = d.Decode(into); err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if err == nil {
		return nil
	}
	e := &lang.Error{Kind: lang.Unreadable, What: lang.T("本文を JSON として読めません", "the body cannot be read as JSON"), Where: fmt.Sprintf("offset %d", d.InputOffset()), Err: err,
		Next: lang.F("%s で項目を確認してください", "see %s for its keys", docsPath)}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		e.Where = "/" + strings.ReplaceAll(wrong.Field, ".", "/")
	}
	return e
}
