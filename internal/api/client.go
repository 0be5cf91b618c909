package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// Client speaks to the API of a server.
type Client struct {
	base  *url.URL
	token string
	lang  lang.Lang
	http  *http.Client
}

// maxAnswer bounds what is read of a server's answer.
const maxAnswer = 64 << 20

// NewClient makes a client of the server at an address such as https://tasuki.example.
func NewClient(server, token string, l lang.Lang) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(server, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.User != nil {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」はサーバのアドレスとして使えません", "%q is not the address of a server", server),
			Next: lang.T("https://tasuki.example のように指定してください", "write it like https://tasuki.example")}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 10 * time.Minute // matching and judging a large SBOM takes its time
	return &Client{base: base, token: token, lang: l, http: &http.Client{Transport: transport,
		// A redirect would take the file and the key somewhere nobody named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Exposed reports whether the key would travel over a network unencrypted.
func (c *Client) Exposed() bool {
	host := c.base.Hostname()
	ip := net.ParseIP(host)
	return c.base.Scheme == "http" && host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// Push sends one file and gives what became of it. An error of kind Unreachable says that the server did not take it; one
// of another kind is what the server said.
func (c *Client) Push(ctx context.Context, about About, name string, body io.Reader) ([]intake.Pushed, error) {
	target := c.base.JoinPath(v1, "documents")
	target.RawQuery = about.query().Encode()
	// io.NopCloser hides what kind of reader it is: nothing but the bytes decides how they are sent.
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), io.NopCloser(body))
	if err != nil {
		return nil, fmt.Errorf("push %s: %w", name, err)
	}
	r.Header.Set("Content-Type", anyBytes)
	r.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	var out []intake.Pushed
	return out, c.do(r, &out)
}

// Status gives the state of our duties about a software or system, or of the party that a target names, as the server
// judged last.
func (c *Client) Status(ctx context.Context, t judging.Target) (judging.StatusSheet, error) {
	q := url.Values{}
	for name, value := range map[string]string{"release": t.Release, "party": t.Party} {
		if value != "" {
			q.Set(name, value)
		}
	}
	path := []string{v1, "software", url.PathEscape(t.Software), "status"}
	if t.System != "" {
		path = []string{v1, "systems", url.PathEscape(t.System), "status"}
	}
	var out judging.StatusSheet
	err := c.get(ctx, q, &out, path...)
	return out, err
}

// Changes gives what changed of the duties about a software since a moment.
func (c *Client) Changes(ctx context.Context, t judging.Target, since time.Time) ([]judging.Change, error) {
	if t.System != "" {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.T("システムについては、サーバとの --since は使えません", "--since with a server is for software"),
			Next: lang.T("--save と --base を使ってください", "use --save and --base")}
	}
	q := url.Values{"since": {since.UTC().Format(time.RFC3339)}}
	if t.Release != "" {
		q.Set("release", t.Release)
	}
	var out List[judging.Change]
	err := c.get(ctx, q, &out, v1, "software", url.PathEscape(t.Software), "changes")
	return out.Items, err
}

func (c *Client) get(ctx context.Context, q url.Values, into any, path ...string) error {
	target := c.base.JoinPath(path...)
	target.RawQuery = q.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return fmt.Errorf("get %s: %w", target, err)
	}
	return c.do(r, into)
}

func (c *Client) do(r *http.Request, into any) error {
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept-Language", string(c.lang))
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return c.unreachable(err)
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case answer.StatusCode == http.StatusOK && kind == asJSON:
		if err := json.Unmarshal(b, into); err != nil {
			return c.notTasuki(fmt.Sprint(err))
		}
		return nil
	case kind == problemType:
		var p ProblemDetails
		if err := json.Unmarshal(b, &p); err != nil {
			return c.notTasuki(fmt.Sprint(err))
		}
		return c.said(&p)
	}
	return c.notTasuki(answer.Status)
}

// said gives what a server said as an error of the kind it is of. A fault of the server's is Unreachable: the same command
// can work later.
func (c *Client) said(p *ProblemDetails) error {
	e := &lang.Error{Kind: p.Kind(), What: lang.T(p.Detail, p.Detail), Next: lang.T(p.Next, p.Next)}
	if p.Detail == "" {
		e.What = lang.T(p.Title, p.Title)
	}
	if e.Kind == lang.Unexpected {
		e.Kind = lang.Unreachable
		e.Why = lang.T("request: "+p.Request, "request: "+p.Request)
	}
	var causes []error
	for _, place := range p.Problems {
		causes = append(causes, fmt.Errorf("%s: %s", place.Where, place.What))
	}
	e.Err = errors.Join(causes...)
	return e
}

func (c *Client) unreachable(err error) error {
	return &lang.Error{Kind: lang.Unreachable, What: lang.F("サーバ %s に接続できません", "the server %s cannot be reached", c.base), Err: err,
		Next: lang.T("アドレスとネットワークを確かめてください。あとで送る場合は --to FILE で書き出し、届く場所から tasuki push --from FILE で送れます",
			"check the address and the network; or write the files with --to FILE and send them later with tasuki push --from FILE")}
}

func (c *Client) notTasuki(why string) error {
	return &lang.Error{Kind: lang.Unreachable, What: lang.F("%s から Tasuki の API の応答がありません", "what answers at %s is not Tasuki's API", c.base), Why: lang.T(why, why),
		Next: lang.T("アドレスを確かめてください。プロキシの後ろの場合は、その設定も確かめてください", "check the address, and the proxy in front of it if there is one")}
}
