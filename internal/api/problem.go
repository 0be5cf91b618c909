package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// ProblemDetails is an error as programs get it: problem details (RFC 9457) with a code to act on, and the places in the input.
// The texts are in the caller's language (Accept-Language; Japanese unless English comes first).
type ProblemDetails struct {
	Type     string            `json:"type" doc:"Always about:blank: code says which problem it is"`
	Title    string            `json:"title" doc:"What kind of problem it is, for people"`
	Status   int               `json:"status" doc:"HTTP status"`
	Code     string            `json:"code" doc:"What kind of problem it is, for programs"`
	Detail   string            `json:"detail,omitempty" doc:"What happened, and why"`
	Next     string            `json:"next,omitempty" doc:"What to do now"`
	Request  string            `json:"request,omitempty" doc:"Id of the request, to find it in the log and in the audit log"`
	Problems []judging.Problem `json:"problems,omitempty" doc:"The places in the input"`
}

// Error gives the sentence.
func (p *ProblemDetails) Error() string { return p.Detail }

// GetStatus gives the HTTP status; huma asks for it.
func (p *ProblemDetails) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457; huma asks for it.
func (p *ProblemDetails) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// codes is the one table from kinds of error to what programs get, and back.
var codes = []struct {
	kind   lang.Kind
	code   string
	status int
	title  lang.Text
}{
	{lang.Unexpected, "unexpected", http.StatusInternalServerError, lang.T("サーバ内部で問題が起きました", "Something went wrong inside the server")},
	{lang.Usage, "usage", http.StatusBadRequest, lang.T("リクエストの書き方が正しくありません", "The request cannot be understood")},
	{lang.Gate, "gate", http.StatusConflict, lang.T("条件を満たしていません", "It is not enough")},
	{lang.Forbidden, "forbidden", http.StatusForbidden, lang.T("この操作は許可されていません", "This is not allowed")},
	{lang.Unverified, "unverified", http.StatusUnprocessableEntity, lang.T("検証できませんでした", "It does not verify")},
	{lang.Unreadable, "unreadable", http.StatusUnprocessableEntity, lang.T("内容を読み取れません", "The content cannot be read")},
	{lang.Unreachable, "unreachable", http.StatusBadGateway, lang.T("接続先から応答がありません", "Another server did not answer")},
	{lang.Nothing, "nothing", http.StatusNotFound, lang.T("該当するものがありません", "Nothing was found")},
	{lang.NotFound, "not_found", http.StatusNotFound, lang.T("見つかりません", "Not found")},
	{lang.Conflict, "conflict", http.StatusConflict, lang.T("ほかの内容と衝突しています", "It conflicts with what is there")},
	{lang.Inconsistent, "inconsistent", http.StatusUnprocessableEntity, lang.T("内容が矛盾しています", "It contradicts itself or a rule")},
}

// Kind gives the kind of error a problem is; Unexpected when the code is not known.
func (p *ProblemDetails) Kind() lang.Kind {
	for _, c := range codes {
		if c.code == p.Code || p.Code == unauthenticated && c.kind == lang.Forbidden || p.Code == preconditionRequired && c.kind == lang.Usage ||
			(p.Code == preconditionFailed || p.Code == keyReused) && c.kind == lang.Conflict {
			return c.kind
		}
	}
	return lang.Unexpected
}

// unauthenticated is the code of a request without a good API key; its kind is Forbidden.
const unauthenticated = "unauthenticated"

// problemOf gives an error as programs get it. Of faults of ours it says nothing but the request's id.
func problemOf(v visit, err error) *ProblemDetails {
	var done *ProblemDetails
	if errors.As(err, &done) {
		return done
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = &lang.Error{Kind: lang.Unreadable, What: lang.T("送信された内容が大きすぎます", "what was sent is too large"),
			Why:  lang.F("上限は %d バイトです", "the limit is %d bytes", tooLarge.Limit),
			Next: lang.T("ファイルを分けて送ってください", "send the files in several steps")}
	}
	kind := lang.KindOf(err)
	at := codes[slices.IndexFunc(codes, func(c struct {
		kind   lang.Kind
		code   string
		status int
		title  lang.Text
	}) bool {
		return c.kind == kind
	})]
	p := &ProblemDetails{Type: "about:blank", Title: at.title.In(v.lang), Status: at.status, Code: at.code, Request: v.request}
	var e *lang.Error
	if kind == lang.Unexpected || !errors.As(err, &e) {
		p.Next = lang.T("時間をおいて再度お試しください。繰り返す場合は、request の値を管理者にお知らせください", "try again in a while; if it happens again, give the value of request to your administrator").In(v.lang)
		return p
	}
	p.Detail, p.Next = e.What.In(v.lang), e.Next.In(v.lang)
	if !e.Why.IsZero() {
		p.Detail += lang.T("。", ": ").In(v.lang) + e.Why.In(v.lang)
	}
	if cause := e.Unwrap(); cause != nil && kind == lang.Unreadable && tooLarge == nil {
		p.Problems = []judging.Problem{{Where: e.Where, What: cause.Error()}}
	} else if e.Where != "" {
		p.Problems = []judging.Problem{{Where: e.Where, What: p.Detail}}
	}
	if tooLarge != nil {
		p.Status = http.StatusRequestEntityTooLarge
	}
	return p
}

// notSignedIn is the answer to a request without a good API key.
func notSignedIn(v visit, err error) *ProblemDetails {
	p := problemOf(v, err)
	if p.Status == http.StatusForbidden {
		p.Status, p.Code, p.Title = http.StatusUnauthorized, unauthenticated, lang.T("API キーが必要です", "An API key is needed").In(v.lang)
	}
	return p
}

// parameterFaults are what huma finds wrong with parameters.
var parameterFaults = lang.Phrases{
	{pattern.Of(`^invalid integer$`), "整数として読めません"},
	{pattern.Of(`^invalid (number|float)$`), "数として読めません"},
	{pattern.Of(`^invalid boolean$`), "true 又は false を指定してください"},
	{pattern.Of(`^invalid date/time.*$`), "日時として読めません"},
	{pattern.Of(`^required .+ parameter is missing$`), "指定が必要です"},
	{pattern.Of(`^expected value to be one of "(.*)"$`), "次のいずれかを指定してください: $1"},
	{pattern.Of(`^expected number >= (\S+)$`), "$1 以上の数を指定してください"},
	{pattern.Of(`^expected number <= (\S+)$`), "$1 以下の数を指定してください"},
	{pattern.Of(`^expected length >= (\d+)$`), "$1 文字以上にしてください"},
	{pattern.Of(`^expected length <= (\d+)$`), "$1 文字以下にしてください"},
}

// ownProblem puts huma's own errors, about parameters, into our form.
func (s *server) ownProblem(ctx huma.Context, _ string, body any) (any, error) {
	theirs, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	v := visitOf(ctx.Context())
	var err error
	if theirs.Status < http.StatusInternalServerError {
		err = &lang.Error{Kind: lang.Usage, What: lang.T("パラメータを受け付けられません", "the parameters cannot be taken"),
			Next: lang.F("%s で書き方を確認してください", "see %s for how to write them", docsPath)}
	}
	p := problemOf(v, err)
	p.Status = theirs.Status
	for _, e := range theirs.Errors {
		p.Problems = append(p.Problems, judging.Problem{Where: e.Location, What: parameterFaults.Text(e.Message).In(v.lang)})
	}
	return p, nil
}

func writeProblem(w http.ResponseWriter, p *ProblemDetails) {
	w.Header().Set("Content-Type", problemType)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tasuki"`)
	}
	w.WriteHeader(p.Status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(p)
}

// languageOf is the first language of the caller that Tasuki speaks, else Japanese.
func languageOf(r *http.Request) lang.Lang {
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		switch tag = strings.ToLower(strings.TrimSpace(tag)); {
		case strings.HasPrefix(tag, "ja"):
			return lang.JA
		case strings.HasPrefix(tag, "en"):
			return lang.EN
		}
	}
	return lang.JA
}

// schemaName names a schema after its type: chain.Software becomes ChainSoftware, and types of this package and of those that
// join the verbs keep their name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	folder := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	if t.Name() == "" || folder == "" || slices.Contains(plainNames, folder) {
		return name
	}
	return strings.ToUpper(folder[:1]) + folder[1:] + name
}

// plainNames are the packages whose types are called as they are.
var plainNames = []string{"api", "office", "relay", "upkeep", "intake", "judging", "portfolio"}
