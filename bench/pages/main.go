//go:build unix

// Command pages measures how long pages take and how large they are, over a workspace filled from a seed: many software
// of 20 components, and one of 10,000 components with 500 findings. Pages are asked for as a browser does, signed in, and
// timed from the request to the last byte, without a network; processor time includes what the garbage collector took.
//
//	go run ./bench/pages
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/web"
)

var actor = store.Actor{Account: "bench", Via: store.Internal}

const password = "correct horse battery"

// size of the workspace.
type size struct{ software, components, findings int }

func main() {
	var n size
	flag.IntVar(&n.software, "software", 200, "software in the workspace, each with one release and an SBOM of 20 components")
	flag.IntVar(&n.components, "components", 10_000, "components of one of them")
	flag.IntVar(&n.findings, "findings", 500, "findings of that one")
	times := flag.Int("times", 20, "requests of each page; the median counts")
	seed := flag.Uint64("seed", 1, "of the generator")
	profile := flag.String("cpuprofile", "", "where to write a profile of the requests")
	flag.Parse()
	if err := run(context.Background(), n, *times, *seed, *profile); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n size, times int, seed uint64, profile string) error {
	dir, err := os.MkdirTemp("", "pages")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "ws")})
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := browse(ctx, db)
	if err != nil {
		return err
	}
	if err := fill(ctx, db, dir, n, rand.New(rand.NewPCG(seed, 0))); err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("| %-42s | median ms | processor ms |    KiB |\n|---|---:|---:|---:|\n", "page")
	for _, path := range []string{"/", "/software", "/actions", "/software/s0", "/software/s0/duties/s1-1.1", "/software/s0/evidence", "/software/s0/components",
		"/software/s0/components?show=vulnerable", "/software/s0/chain", "/software/s0/declarations", "/software/s0/history", "/requirements", "/vulnerabilities", "/vulnerabilities/pictures",
		"/vulnerabilities/GHSA-0000-0000-0001", "/search?q=name-1", "/documents", "/admin"} {
		if err := b.measure(path, times); err != nil {
			return err
		}
	}
	return nil
}

// browser is somebody signed in.
type browser struct {
	handler http.Handler
	jar     *cookiejar.Jar
}

// browse makes the first account and signs in.
func browse(ctx context.Context, db *store.DB) (*browser, error) {
	s, err := web.New(slog.New(slog.DiscardHandler), db, web.Options{})
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &browser{s.Handler(), jar}
	token, _, err := auth.New(db).SetupToken(ctx)
	if err != nil {
		return nil, err
	}
	form := url.Values{"name": {"admin"}, "display": {"Admin"}, "password": {password}, "repeat": {password}, "org": {"Maker"}, "fiscal": {"4"}}
	if res := b.do("POST", "/setup/"+token, form); res.Code != http.StatusSeeOther {
		return nil, fmt.Errorf("set-up: status %d", res.Code)
	}
	return b, nil
}

func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://bench.example"+path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	at := &url.URL{Scheme: "http", Host: "bench.example", Path: "/"}
	for _, c := range b.jar.Cookies(at) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	b.jar.SetCookies(at, w.Result().Cookies())
	return w
}

// processor gives the processor time this process has used. On a machine that others load too it is what counts.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure asks for a page so many times and prints a line.
func (b *browser) measure(path string, times int) error {
	var took, used []time.Duration
	bytes := 0
	for range times {
		begun, spent := time.Now(), processor()
		res := b.do("GET", path, nil)
		took, used = append(took, time.Since(begun)), append(used, processor()-spent)
		if bytes = res.Body.Len(); res.Code != http.StatusOK {
			return fmt.Errorf("%s: status %d", path, res.Code)
		}
	}
	slices.Sort(took)
	slices.Sort(used)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("| %-42s | %9.1f | %12.1f | %6.0f |\n", path, ms(took[len(took)/2]), ms(used[len(used)/2]), float64(bytes)/1024)
	return nil
}

// fill registers the software, brings an SBOM of each, loads advisories and judges everything.
func fill(ctx context.Context, db *store.DB, dir string, n size, random *rand.Rand) error {
	self, err := db.Self(ctx)
	if err != nil {
		return err
	}
	if err := judging.SaveModel(ctx, db, actor, model(n.software, self.ID)); err != nil {
		return err
	}
	for i := range n.software {
		parts := pick(random, 20, 1000)
		if i == 0 {
			parts = pick(random, n.components, n.components)
		}
		if _, err := ingest.Receive(ctx, db, actor, ingest.Arrival{Name: "bom.cdx.json", Body: strings.NewReader(bom(i, parts)), Subject: fact.Subject{Kind: fact.Release, ID: fmt.Sprint("r", i)}}); err != nil {
			return err
		}
	}
	advisories := filepath.Join(dir, "osv")
	for i := range n.findings {
		if err := publish(advisories, fmt.Sprintf("GHSA-0000-0000-%04d", i), fmt.Sprint("name-", i)); err != nil {
			return err
		}
	}
	_, err = intake.ImportAdvisories(ctx, db, actor, advisories, time.Now())
	return err
}

func model(n int, us string) chain.Model {
	m := chain.Model{Parties: []chain.Party{{ID: "buyer", Name: "Buyer"}}}
	for i := range n {
		s, r := fmt.Sprint("s", i), fmt.Sprint("r", i)
		m.Software = append(m.Software, chain.Software{ID: s, Name: "Software " + s, Kind: chain.Product, Owner: us, Delivered: true})
		m.Releases = append(m.Releases, chain.Release{ID: r, Software: s, Version: "1", ReleasedOn: "2026-01-01"})
		a := chain.Arrangement{ID: "a" + s, Name: s, Software: s, Level: guideline.Standard}
		for _, role := range guideline.Roles[:3] { // all but the customer's, so that nearly all of the 69 are ours
			a.Engagements = append(a.Engagements, chain.Engagement{ID: s + string(role), Party: us, Role: role, Stance: guideline.Principal,
				EngagedBy: "buyer", Tier: "prime", Relation: "outside"})
		}
		a.Engagements = append(a.Engagements, chain.Engagement{ID: s + "customer", Party: "buyer", Role: guideline.Customer, Tier: "customer"})
		m.Arrangements = append(m.Arrangements, a)
	}
	return m
}

// pick gives n different numbers below most.
func pick(random *rand.Rand, n, most int) []int { return random.Perm(most)[:n] }

func bom(i int, parts []int) string {
	type component struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Version string `json:"version"`
		PURL    string `json:"purl"`
	}
	var list []component
	for _, n := range parts {
		list = append(list, component{"library", fmt.Sprint("name-", n), "1.0.0", fmt.Sprintf("pkg:npm/name-%d@1.0.0", n)})
	}
	b, err := json.Marshal(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"serialNumber": fmt.Sprintf("urn:uuid:3e671687-395b-41f5-a30f-%012d", i), "components": list})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(b)
}

// publish writes one advisory as the public dump has it.
func publish(dir, id, name string) error {
	if err := os.MkdirAll(filepath.Join(dir, "npm"), 0o700); err != nil {
		return err
	}
	record := fmt.Sprintf(`{"schema_version":"1.6.0","id":%q,"modified":"2026-01-01T00:00:00Z","summary":"An example weakness in %s","affected":[{"package":{"ecosystem":"npm","name":%q},
		"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.5.0"}]}]}]}`, id, name, name)
	return os.WriteFile(filepath.Join(dir, "npm", id+".json"), []byte(record), 0o600)
}
