package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.org/tasuki/internal/lang"
)

// Client fetches over HTTPS. It follows redirects to HTTPS addresses of the same host only, and uses the proxy that the
// environment names.
type Client struct {
	Agent string        // name and version told to servers
	Key   string        // of NVD's API, sent to no other host; may be empty
	Idle  time.Duration // an answer that brings nothing for so long is given up
	Total time.Duration // the longest time for one file
	Tries int           // how often a server that is overloaded is asked
	Wait  time.Duration // before it is asked again; doubled each time
	Page  time.Duration // between two pages of NVD's API, which asks for it

	http *http.Client
}

// NewClient makes a client over a transport; nil is the usual one, with the proxy of the environment.
func NewClient(agent string, transport http.RoundTripper) *Client {
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout: 15 * time.Second, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true}
	}
	return &Client{Agent: agent, Idle: 60 * time.Second, Total: time.Hour, Tries: 3, Wait: 2 * time.Second, Page: 6 * time.Second,
		http: &http.Client{Transport: transport, CheckRedirect: stay}}
}

// stay lets a redirect pass when it stays on the same host and on HTTPS.
func stay(to *http.Request, via []*http.Request) error {
	switch {
	case to.URL.Scheme != "https":
		return fmt.Errorf("it redirects to %s, which is not HTTPS", to.URL)
	case to.URL.Host != via[0].URL.Host:
		return fmt.Errorf("it redirects to another host, %s", to.URL)
	case len(via) >= 5:
		return errors.New("it redirects more than 5 times")
	}
	return nil
}

// answer is what a server said of an address.
type answer struct {
	Part
	unchanged bool
}

// get writes what an address holds, unless it is unchanged since have.
func (c *Client) get(ctx context.Context, address string, have Part, limit int64, w io.Writer) (answer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return answer{}, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は https のアドレスではありません", "%q is no https address", address),
			Next: lang.T("https:// で始まるアドレスを指定してください", "give an address that starts with https://")}
	}
	for try := 1; ; try++ {
		got, again, err := c.once(ctx, u, have, limit, w)
		if err == nil {
			return got, nil
		}
		if again == 0 || try >= c.Tries {
			return answer{}, unreachable(address, err)
		}
		select {
		case <-time.After(max(again, c.Wait<<(try-1))):
		case <-ctx.Done():
			return answer{}, unreachable(address, ctx.Err())
		}
	}
}

func unreachable(address string, err error) error {
	return &lang.Error{Kind: lang.Unreachable, Err: err, Where: address,
		What: lang.T("取得できませんでした", "it could not be fetched"), Why: lang.F("%v", "%v", err),
		Next: lang.T("接続とアドレスを確認してください。閉じた環境では、ファイルを tasuki feeds import で取り込めます", "check connection and address; without a network, bring files in with tasuki feeds import")}
}

var (
	errSlow  = errors.New("the server stopped sending")
	errLarge = errors.New("it is larger than allowed")
	errGone  = errors.New("it is not there")
)

// once asks once. again is how long to wait before asking again; 0: asking again is of no use.
func (c *Client) once(ctx context.Context, u *url.URL, have Part, limit int64, w io.Writer) (got answer, again time.Duration, err error) {
	ctx, stop := context.WithTimeoutCause(ctx, c.Total, errors.New("it took too long"))
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(c.Idle, func() { cancel(errSlow) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return got, 0, err
	}
	req.Header.Set("User-Agent", c.Agent)
	if c.Key != "" && u.Hostname() == "services.nvd.nist.gov" {
		req.Header.Set("apiKey", c.Key)
	}
	if have.ETag != "" {
		req.Header.Set("If-None-Match", have.ETag)
	}
	if have.Modified != "" {
		req.Header.Set("If-Modified-Since", have.Modified)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return got, 0, cause(ctx, err)
	}
	defer resp.Body.Close()
	got.ETag, got.Modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	switch {
	case resp.StatusCode == http.StatusNotModified && (have.ETag != "" || have.Modified != ""):
		got.unchanged = true
		return got, 0, nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return got, max(time.Nanosecond, min(time.Duration(seconds)*time.Second, time.Minute)), errors.New(resp.Status)
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return got, 0, fmt.Errorf("%w (%s)", errGone, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return got, 0, errors.New(resp.Status)
	case resp.ContentLength > limit:
		return got, 0, fmt.Errorf("%w: %d bytes, at most %d", errLarge, resp.ContentLength, limit)
	}
	body := &watched{r: resp.Body, alive: func() { watch.Reset(c.Idle) }}
	n, err := io.Copy(w, io.LimitReader(body, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("%w: at most %d bytes", errLarge, limit)
	}
	return got, 0, cause(ctx, err)
}

// cause gives the reason why a context ended instead of the error that follows from it. What came in full as the context
// ended does not count either: a server ends its answer properly when it notices that nobody listens any more.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// watched tells that bytes still come.
type watched struct {
	r     io.Reader
	alive func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if n > 0 {
		w.alive()
	}
	return n, err
}
