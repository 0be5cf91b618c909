package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/exposition"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// scrapeTimeout is how long one mechanism may take to answer.
const scrapeTimeout = 10 * time.Second

// Scraped is what asking one mechanism came to.
type Scraped struct {
	MechanismView
	Problem lang.Text `json:"problem,omitzero"` // why nothing was heard of it
}

// Scrape asks every mechanism whose approved record names a URL (scrape_url) for its metrics, in the text format of
// Prometheus, and takes what it finds as a heartbeat: it works when the metric of the record is above 0, or at least
// metric_min; a metric that is not there says that it does not. One that cannot be reached says nothing, and grows stale.
func Scrape(ctx context.Context, db *store.DB, actor store.Actor) ([]Scraped, error) {
	all, err := db.Records(ctx, store.RecordFilter{Kinds: []string{MechanismKind}})
	if err != nil {
		return nil, err
	}
	client := scrapeClient()
	defer client.CloseIdleConnections()
	out := []Scraped{}
	for _, r := range all {
		url, _ := r.Data["scrape_url"].(string)
		if url == "" || !r.InForce(db.Now()) {
			continue
		}
		beat, err := ask(ctx, client, url, r)
		if err != nil {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			out = append(out, Scraped{MechanismView{Mechanism: r.Key, Record: r.ID, Subject: r.Subject, Approved: true}, whyNot(err)})
			continue
		}
		v, err := Heartbeat(ctx, db, actor, beat)
		if err != nil {
			return out, err
		}
		out = append(out, Scraped{MechanismView: v})
	}
	return out, nil
}

func whyNot(err error) lang.Text {
	var e *lang.Error
	if errors.As(err, &e) {
		return lang.F("%[1]s（%[2]s）", "%[1]s (%[2]s)", e.What, e.Why)
	}
	return lang.T(err.Error(), err.Error())
}

// scrapeClient follows no redirects, and does not speak to link-local addresses, where clouds hand out credentials.
func scrapeClient() *http.Client {
	dialer := &net.Dialer{Timeout: scrapeTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err == nil && to.Addr().Unmap().IsLinkLocalUnicast() {
			return fmt.Errorf("%s is a link-local address", to.Addr())
		}
		return nil
	}}
	return &http.Client{Timeout: scrapeTimeout, Transport: &http.Transport{DialContext: dialer.DialContext, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask fetches the metrics of one mechanism.
func ask(ctx context.Context, client *http.Client, url string, r register.Record) (Beat, error) {
	beat := Beat{Mechanism: r.Key, Source: "prometheus"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return beat, err
	}
	req.Header.Set("Accept", "text/plain;version=0.0.4")
	answer, err := client.Do(req)
	if err != nil {
		return beat, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return beat, fmt.Errorf("%s: %s", url, answer.Status)
	}
	page, err := io.ReadAll(io.LimitReader(answer.Body, exposition.MaxBytes+1))
	if err != nil {
		return beat, err
	}
	beat.Metric, _ = r.Data["metric"].(string)
	return beat, weigh(&beat, page, r)
}

// weigh looks the metric up. Of several values the smallest counts, and the oldest time.
func weigh(beat *Beat, page []byte, r register.Record) error {
	name := beat.Metric
	if name == "" {
		name = "up" // any: that it answers is what counts
	}
	selector, err := exposition.Select(name)
	if err != nil {
		return err
	}
	samples, err := selector.Find(page)
	if err != nil {
		return err
	}
	if beat.Metric == "" {
		beat.Up = true
		return nil
	}
	if len(samples) == 0 {
		beat.Note = "the metric is not there"
		return nil
	}
	beat.Value = samples[0].Value
	for _, s := range samples {
		if s.Value < beat.Value || s.Value != s.Value {
			beat.Value = s.Value
		}
		if !s.At.IsZero() && (beat.At.IsZero() || s.At.Before(beat.At)) {
			beat.At = s.At
		}
	}
	least, given := r.Data["metric_min"].(float64)
	beat.Up = given && beat.Value >= least || !given && beat.Value > 0
	if beat.Value != beat.Value {
		beat.Value, beat.Note = 0, "the metric is no number"
	}
	return nil
}
