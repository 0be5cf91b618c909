// Command portfolio measures a workspace of many releases: SBOMs taken in, everything matched again, one new advisory,
// and "who is affected" in process and over HTTP while more SBOMs come in. All it needs it makes from a seed.
//
//	go run ./bench/portfolio -releases 1000 -dir EMPTYDIR [-dsn postgres://…]
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

var actor = store.Actor{Account: "bench", Via: store.Internal}

// options say how large the portfolio is.
type options struct {
	releases, components, packages, advisories, malware, news, asks, push int
	seed                                                                  uint64
	dir, dsn, profiles                                                    string
}

func main() {
	var o options
	flag.IntVar(&o.releases, "releases", 1000, "releases, ten of each product")
	flag.IntVar(&o.components, "components", 300, "components of a release")
	flag.IntVar(&o.packages, "packages", 30_000, "packages that releases choose from")
	flag.IntVar(&o.advisories, "advisories", 40_000, "advisories about these packages")
	flag.IntVar(&o.malware, "malware", 200_000, "advisories about packages that nobody uses")
	flag.IntVar(&o.news, "news", 100, "advisories that come in one by one")
	flag.IntVar(&o.asks, "asks", 300, "times that somebody asks who is affected")
	flag.IntVar(&o.push, "push", 500, "SBOMs in one push")
	flag.Uint64Var(&o.seed, "seed", 1, "of the generator")
	flag.StringVar(&o.dir, "dir", "", "empty folder to work in")
	flag.StringVar(&o.dsn, "dsn", "", "PostgreSQL to use instead of SQLite")
	flag.StringVar(&o.profiles, "profiles", "", "folder to write a profile of each step to")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is a portfolio being measured.
type bench struct {
	options
	world *world
	db    *store.DB
}

func run(ctx context.Context, o options) error {
	db, err := store.Open(ctx, store.Options{Dir: filepath.Join(o.dir, "ws"), DSN: o.dsn})
	if err != nil {
		return err
	}
	defer db.Close()
	b := bench{o, newWorld(o.seed, o.packages, o.components), db}
	if err := b.world.publish(filepath.Join(o.dir, "osv"), o.advisories, o.malware, 0); err != nil {
		return err
	}
	if err := judging.SaveModel(ctx, db, actor, model(o.releases)); err != nil {
		return err
	}
	fmt.Printf("%s, %d releases of %d components, %d advisories\n| step | time | processor | what | most memory so far |\n|---|---|---|---|---|\n", db.Engine(), o.releases, o.components, o.advisories+o.malware)
	for _, s := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"index made of the archives, nothing to match yet", b.importAll},
		{"SBOMs checked, hashed, stored and matched", b.ingest},
		{"one SBOM alone", b.ingestOne},
		{"everything matched again", b.matchAll},
		{"archives replaced, which say the same", b.importAll},
		{"archives replaced, one advisory in a hundred another", b.importOthers},
		{"one new advisory, recorded with what it affects", b.advisories1},
		{"which releases hold a component", b.holding},
		{"who is affected, in process", b.ask},
		{"who is affected, the first hundred, in process", b.askPage},
		{"who is affected, over HTTP while SBOMs come in", b.askOverHTTP},
		{"on disk", b.disk},
	} {
		if err := b.step(ctx, s.name, s.do); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// step times one thing and prints what it did, and the most memory held so far.
func (b *bench) step(ctx context.Context, name string, do func(context.Context) (string, error)) error {
	runtime.GC()
	if b.profiles != "" {
		f, err := os.Create(filepath.Join(b.profiles, name+".cpu"))
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	before, started := used(), time.Now()
	did, err := do(ctx)
	after := used()
	fmt.Printf("| %-50s | %9.3f s | %9.3f s | %s | %d MiB |\n", name, time.Since(started).Seconds(), (processor(after) - processor(before)).Seconds(), did, after.Maxrss>>10)
	return err
}

func used() (u syscall.Rusage) {
	syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it does not fail for the process itself
	return u
}

// processor is the time that processors spent.
func processor(u syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (b *bench) importAll(ctx context.Context) (string, error) {
	done, err := intake.ImportAdvisories(ctx, b.db, actor, filepath.Join(b.dir, "osv"), time.Now())
	if err != nil {
		return "", err
	}
	n, err := b.db.FindingCount(ctx)
	return fmt.Sprintf("%d advisories, %d MB, %d findings of distinct components; from the index to the last finding %.1f ms, %d components compared",
		done.Count, done.Bytes>>20, n, 1e3*done.Recorded.Sub(done.Indexed).Seconds(), done.Matched), err
}

func (b *bench) importOthers(ctx context.Context) (string, error) {
	if err := b.world.publish(filepath.Join(b.dir, "osv"), b.advisories, b.malware, 1); err != nil {
		return "", err
	}
	return b.importAll(ctx)
}

// ingest pushes the SBOMs, made ahead a push at a time so that making them is not measured.
func (b *bench) ingest(ctx context.Context) (string, error) {
	var spent time.Duration
	var size int
	for from := 0; from < b.releases; from += b.push {
		arrivals, n := b.arrivals(from, min(from+b.push, b.releases))
		size += n
		started := time.Now()
		if err := receive(ctx, b.db, arrivals); err != nil {
			return "", err
		}
		spent += time.Since(started)
	}
	all, err := b.db.Components(ctx)
	if err != nil {
		return "", err
	}
	found, err := b.db.FindingCount(ctx)
	return fmt.Sprintf("%.3f s of it: %.0f SBOMs/s, %.1f MB/s; %d distinct components, %d findings of them", spent.Seconds(), float64(b.releases)/spent.Seconds(),
		float64(size)/1e6/spent.Seconds(), len(all), found), err
}

func (b *bench) arrivals(from, to int) (out []ingest.Arrival, size int) {
	for n := from; n < to; n++ {
		body := b.world.sbom(n, b.world.release(n))
		size += len(body)
		out = append(out, ingest.Arrival{Name: "bom.json", Origin: "bench", Body: bytes.NewReader(body), Subject: fact.Subject{Kind: fact.Release, ID: releaseID(n)}})
	}
	return out, size
}

// again gives another SBOM of a release that has one.
func (b *bench) again(n int) ingest.Arrival {
	body := b.world.sbom(n+1_000_000, b.world.base[n/perProduct])
	return ingest.Arrival{Name: "bom.json", Origin: "bench", Body: bytes.NewReader(body), Subject: fact.Subject{Kind: fact.Release, ID: releaseID(n)}}
}

func receive(ctx context.Context, db *store.DB, arrivals []ingest.Arrival) error {
	receipts, err := intake.Receive(ctx, db, actor, arrivals)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		if !r.Accepted {
			return fmt.Errorf("%v", r.Problems)
		}
	}
	return nil
}

func (b *bench) ingestOne(ctx context.Context) (string, error) {
	var times []time.Duration
	for n := range 30 {
		b.world.base[n%len(b.world.base)][n].version++
		arrival := b.again(n % len(b.world.base) * perProduct)
		started := time.Now()
		if err := receive(ctx, b.db, []ingest.Arrival{arrival}); err != nil {
			return "", err
		}
		times = append(times, time.Since(started))
	}
	return spread(times), nil
}

func (b *bench) matchAll(ctx context.Context) (string, error) {
	return "", intake.MatchAll(ctx, b.db, actor)
}

func (b *bench) advisories1(ctx context.Context) (string, error) {
	var times, recorded []time.Duration
	var spent time.Duration
	hit := 0
	for n := range b.news {
		id := fmt.Sprintf("SYN-9%06d", n)
		pkg := b.world.pick().pkg
		dir := filepath.Join(b.dir, "news", fmt.Sprint(n))
		folder := filepath.Join(dir, ecosystems[pkg%len(ecosystems)].name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(folder, id+".json"), b.world.advisory(id, pkg), 0o600); err != nil {
			return "", err
		}
		started := time.Now()
		before := used()
		done, err := intake.AddAdvisories(ctx, b.db, actor, dir, started)
		if err != nil {
			return "", err
		}
		times, recorded = append(times, time.Since(started)), append(recorded, done.Recorded.Sub(started))
		spent += processor(used()) - processor(before)
		affected, err := b.db.AffectedBy(ctx, id)
		if err != nil {
			return "", err
		}
		if len(affected) > 0 {
			hit++
		}
	}
	return fmt.Sprintf("recorded %s; and judged %s, %.2f ms of a processor; %d of %d affect something", spread(recorded), spread(times),
		1e3*spent.Seconds()/float64(b.news), hit, b.news), nil
}

// ids are vulnerabilities that are asked for: by an alias, as people do.
func (b *bench) id(n int) string {
	return fmt.Sprintf("CVE-2026-%07d", n*7919%b.advisories)
}

// holding asks for components of releases who holds them.
func (b *bench) holding(ctx context.Context) (string, error) {
	var times []time.Duration
	releases := 0
	for n := range b.asks {
		some, err := b.db.ComponentsOf(ctx, releaseID(n*7919%b.releases))
		if err != nil {
			return "", err
		}
		c := some[n%len(some)]
		started := time.Now()
		holding, err := b.db.ReleasesHolding(ctx, []int64{c.ID})
		if err != nil {
			return "", err
		}
		times, releases = append(times, time.Since(started)), releases+len(holding)
	}
	return fmt.Sprintf("%s; %d releases an answer", spread(times), releases/b.asks), nil
}

func (b *bench) ask(ctx context.Context) (string, error) { return b.askFor(ctx, portfolio.Page{}) }

func (b *bench) askPage(ctx context.Context) (string, error) {
	return b.askFor(ctx, portfolio.Page{Limit: 100})
}

func (b *bench) askFor(ctx context.Context, page portfolio.Page) (string, error) {
	var times []time.Duration
	releases, before := 0, used()
	for n := range b.asks {
		started := time.Now()
		e, err := portfolio.AffectedPage(ctx, b.db, b.id(n), page)
		if err != nil {
			return "", err
		}
		times = append(times, time.Since(started))
		releases += e.Total.Affected
	}
	spent := processor(used()) - processor(before)
	return fmt.Sprintf("%s, %.2f ms of a processor; %d releases an answer", spread(times), 1e3*spent.Seconds()/float64(b.asks), releases/b.asks), nil
}

func (b *bench) askOverHTTP(ctx context.Context) (string, error) {
	people := auth.New(b.db)
	account, err := people.Add(ctx, actor, auth.Registration{Name: "reader", Password: "correct horse battery staple", Roles: []store.Role{store.Admin}})
	if err != nil {
		return "", err
	}
	key, _, err := people.IssueToken(ctx, actor, account.ID, "bench", auth.Read, time.Hour)
	if err != nil {
		return "", err
	}
	server := httptest.NewServer(api.New(slog.New(slog.DiscardHandler), b.db, api.Options{}))
	defer server.Close()
	stop, pushed, failed := make(chan struct{}), atomic.Int64{}, make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				failed <- nil
				return
			default:
			}
			b.world.base[n%len(b.world.base)][n%b.components].version++
			if err := receive(ctx, b.db, []ingest.Arrival{b.again(n % len(b.world.base) * perProduct)}); err != nil {
				failed <- err
				return
			}
			pushed.Add(1)
		}
	}()
	var times []time.Duration
	for n := range b.asks {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/api/v1/cve/"+b.id(n), nil)
		if err != nil {
			return "", err
		}
		r.Header.Set("Authorization", "Bearer "+key)
		started := time.Now()
		answer, err := server.Client().Do(r)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s %v", answer.Status, err)
		}
		times = append(times, time.Since(started))
	}
	close(stop)
	return fmt.Sprintf("%s; %d SBOMs came in meanwhile", spread(times), pushed.Load()), <-failed
}

func (b *bench) disk(context.Context) (string, error) {
	var database, documents int64
	err := filepath.WalkDir(filepath.Join(b.dir, "ws"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch filepath.Base(filepath.Dir(path)) {
		case "ws":
			database += info.Size()
		default:
			if rel, _ := filepath.Rel(filepath.Join(b.dir, "ws"), path); len(rel) > 9 && rel[:9] == "documents" {
				documents += info.Size()
			}
		}
		return nil
	})
	return fmt.Sprintf("database %d MB, %.1f kB a release; documents %d MB, %.1f kB a release", database>>20, float64(database)/1e3/float64(b.releases),
		documents>>20, float64(documents)/1e3/float64(b.releases)), err
}

// spread gives the middle and the end of some times.
func spread(times []time.Duration) string {
	slices.Sort(times)
	return fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", 1e3*times[len(times)/2].Seconds(), 1e3*times[(len(times)*99)/100].Seconds())
}
