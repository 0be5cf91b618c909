package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/internal/web"
)

type serveCmd struct {
	Listen    string `help:"${help_listen}" default:"127.0.0.1:8870" env:"TASUKI_LISTEN" placeholder:"ADDR"`
	Secure    bool   `help:"${help_serve_secure}" env:"TASUKI_SECURE"`
	Ledger    string `help:"${help_serve_ledger}" default:"token" enum:"token,public,off" env:"TASUKI_LEDGER" placeholder:"token|public|off"`
	Storybook bool   `hidden:""`
}

// Run serves the pages until it is interrupted. It prints a one-time link when there is no account yet.
func (c *serveCmd) Run(p *program) error {
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	return p.serve(db, c)
}

func (p *program) serve(db *store.DB, c *serveCmd) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &lang.Error{Kind: lang.Usage, What: lang.F("%s で待ち受けられません", "cannot listen on %s", c.Listen), Err: err,
			Next: lang.T("--listen で別のアドレスを指定してください（例: 127.0.0.1:8871）", "choose another address with --listen, for example 127.0.0.1:8871")}
	}
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pages, err := web.New(log, db, web.Options{Secure: c.Secure, Storybook: c.Storybook})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	mux.Handle(api.Prefix, api.New(log, db, api.Options{Version: buildVersion()}))
	if c.Ledger == "token" || c.Ledger == "public" {
		for _, path := range api.LogPaths {
			mux.Handle(path, api.NewLog(log, db, c.Ledger == "public"))
		}
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, db) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	if err := p.greet(db, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	go keepUp(ctx, log, db, p.feedClient())
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			log.Warn("shutdown", "error", err)
		}
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// greet prints where the pages are and, before there is an account, the one-time link.
func (p *program) greet(db *store.DB, url string) error {
	token, needed, err := auth.New(db).SetupToken(p.ctx)
	if err != nil {
		return err
	}
	p.printf("データ: %s", "data: %s", db.Dir())
	if needed {
		p.printf("初期設定（一度だけ使えるリンク）: %s/setup/%s", "set up with this one-time link: %s/setup/%s", url, token)
		return nil
	}
	p.printf("画面: %s", "pages: %s", url)
	return nil
}

func ready(w http.ResponseWriter, r *http.Request, db *store.DB) {
	if _, err := db.AdvisorySources(r.Context()); err != nil {
		http.Error(w, "database: not reachable", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// keepUp does what has to be done while nobody asks: at the start an import of advisories that was cut off, the ledger's
// order every few seconds, everything that time alone changes once an hour.
func keepUp(ctx context.Context, log *slog.Logger, db *store.DB, client *feed.Client) {
	actor := store.Actor{Account: "tasuki", Via: store.Internal}
	if err := intake.FinishImport(ctx, db, actor); err != nil && ctx.Err() == nil {
		log.Warn("advisories", "error", err)
	}
	seconds, hours := time.NewTicker(5*time.Second), time.NewTicker(time.Hour)
	defer seconds.Stop()
	defer hours.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-seconds.C:
			waiting, err := db.LedgerWaiting(ctx)
			if err == nil && waiting > 0 {
				_, err = upkeep.PlaceLedger(ctx, db)
			}
			if err != nil && ctx.Err() == nil {
				log.Warn("ledger", "error", err)
			}
		case <-hours.C:
			if err := hourly(ctx, log, db, actor, client); err != nil && ctx.Err() == nil {
				log.Warn("upkeep", "error", err)
			}
		}
	}
}

// hourly fetches the advisory data that is set to be fetched by itself, asks the mechanisms and judges again because time
// has passed; a day after the last time it also recomputes archive and ledger.
func hourly(ctx context.Context, log *slog.Logger, db *store.DB, actor store.Actor, client *feed.Client) error {
	fetched, err := intake.FetchDue(ctx, db, actor, client)
	if err != nil {
		return err
	}
	for _, r := range fetched {
		if r.Err != nil {
			log.Warn("advisories", "source", r.Source, "error", r.Err)
		}
	}
	if _, err := office.Scrape(ctx, db, actor); err != nil {
		return err
	}
	if err := upkeep.Daily(ctx, db, actor); err != nil {
		return err
	}
	_, err = judging.ReassessDue(ctx, db, actor, "time")
	return err
}
