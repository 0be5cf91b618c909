// Command judge measures judging: a workspace of many software is filled from a seed, judged from scratch, again with
// nothing new, after all advisories were brought again, after one new advisory that hits ten releases, after one document,
// and because time has passed. It prints times and counted work: components compared, subjects judged, statuses written.
//
//	go run ./bench/judge -software 10000
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/store"
)

var actor = store.Actor{Account: "bench", Via: store.Internal}

func main() {
	software := flag.Int("software", 10_000, "software in the workspace, each with one release and an SBOM")
	components := flag.Int("components", 20, "components of an SBOM, out of ten times as many names")
	seed := flag.Uint64("seed", 1, "of the generator")
	profile := flag.String("cpuprofile", "", "where to write a profile of the judging")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(context.Background(), *software, *components, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, software, components int, seed uint64) error {
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "ws")})
	if err != nil {
		return err
	}
	defer db.Close()
	random := rand.New(rand.NewPCG(seed, 0))
	if err := judging.SaveModel(ctx, db, actor, model(software)); err != nil {
		return err
	}
	advisories := filepath.Join(dir, "osv")
	if err := publish(advisories, "GHSA-0000-0000-0001", "name-1", "1.5.0"); err != nil {
		return err
	}
	fresh := filepath.Join(dir, "fresh")
	if err := publish(fresh, "GHSA-0000-0000-0002", "rare", "2.0.0"); err != nil {
		return err
	}
	if err := step("fill: SBOMs read and stored", func() (string, error) {
		return fmt.Sprintf("%d documents", software), fill(ctx, db, software, components, random)
	}); err != nil {
		return err
	}
	since := time.Now().Add(-time.Hour)
	steps := []struct {
		name string
		do   func() (string, error)
	}{
		{"advisories imported for the first time, all matched and judged from scratch", func() (string, error) { return imported(intake.ImportAdvisories(ctx, db, actor, advisories, since)) }},
		{"everything judged again, nothing new", func() (string, error) { return judged(judging.ReassessCounted(ctx, db, actor, "bench")) }},
		{"one software judged again", func() (string, error) {
			return judged(judging.ReassessCounted(ctx, db, actor, "bench", fact.Subject{Kind: fact.Release, ID: "r7"}))
		}},
		{"all advisories imported again, fetched a day later", func() (string, error) {
			return imported(intake.ImportAdvisories(ctx, db, actor, advisories, since.Add(time.Minute)))
		}},
		{fmt.Sprintf("one new advisory, which hits %d releases", hit), func() (string, error) {
			return imported(intake.AddAdvisories(ctx, db, actor, fresh, since.Add(2*time.Minute)))
		}},
		{"the same advisory once more", func() (string, error) {
			return imported(intake.AddAdvisories(ctx, db, actor, fresh, since.Add(3*time.Minute)))
		}},
		{"time has passed: what is due is judged", func() (string, error) { return judged(judging.ReassessDue(ctx, db, actor, "time")) }},
		{"one document received, matched and judged", func() (string, error) {
			at := time.Now()
			_, err := intake.Receive(ctx, db, actor, []ingest.Arrival{arrival(8, bom(8, components, random))})
			return counted(ctx, db, at, err)
		}},
	}
	for _, s := range steps {
		if err := step(s.name, s.do); err != nil {
			return err
		}
	}
	return nil
}

// hit is how many releases hold the package that the new advisory is about.
const hit = 10

func judged(n judging.Judged, err error) (string, error) {
	return fmt.Sprintf("%d subjects judged, %d duties, %d statuses written", n.Subjects, n.Duties, n.Written), err
}

func imported(n intake.Imported, err error) (string, error) {
	text, err := judged(n.Judged, err)
	return fmt.Sprintf("%d components compared, %s", n.Matched, text), err
}

// step times one thing and prints what it did.
func step(name string, do func() (string, error)) error {
	started := time.Now()
	did, err := do()
	fmt.Printf("| %-77s | %10.3f s | %s |\n", name, time.Since(started).Seconds(), did)
	return err
}

// counted gives how many subjects were judged to another result since a moment.
func counted(ctx context.Context, db *store.DB, since time.Time, err error) (string, error) {
	if err != nil {
		return "", err
	}
	entries, err := db.AuditLog(ctx, store.AuditFilter{Since: since, Limit: 1_000_000})
	n := 0
	for _, e := range entries {
		if e.Action == "judged" {
			n++
		}
	}
	return fmt.Sprintf("%d subjects with another result", n), err
}

func model(n int) chain.Model {
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "Maker", Self: true, Contact: "psirt@maker.example"}, {ID: "buyer", Name: "Buyer"}}}
	for i := range n {
		s, r := fmt.Sprint("s", i), fmt.Sprint("r", i)
		m.Software = append(m.Software, chain.Software{ID: s, Name: s, Kind: chain.Product, Owner: "us", Delivered: true})
		m.Releases = append(m.Releases, chain.Release{ID: r, Software: s, Version: "1", ReleasedOn: "2026-01-01"})
		a := chain.Arrangement{ID: "a" + s, Name: s, Software: s, Level: guideline.Standard}
		for _, role := range []guideline.Role{guideline.Developer, guideline.Supplier} {
			a.Engagements = append(a.Engagements, chain.Engagement{ID: s + string(role), Party: "us", Role: role, Stance: guideline.Principal,
				EngagedBy: "buyer", Tier: "prime", Relation: "outside"})
		}
		a.Engagements = append(a.Engagements, chain.Engagement{ID: s + "customer", Party: "buyer", Role: guideline.Customer, Tier: "customer"})
		m.Arrangements = append(m.Arrangements, a)
	}
	return m
}

func fill(ctx context.Context, db *store.DB, software, components int, random *rand.Rand) error {
	for i := range software {
		if _, err := ingest.Receive(ctx, db, actor, arrival(i, bom(i, components, random))); err != nil {
			return err
		}
	}
	return nil
}

func arrival(i int, body string) ingest.Arrival {
	return ingest.Arrival{Name: "bom.json", Body: strings.NewReader(body), Subject: fact.Subject{Kind: fact.Release, ID: fmt.Sprint("r", i)}}
}

func bom(i, components int, random *rand.Rand) string {
	type component struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Version string `json:"version"`
		PURL    string `json:"purl"`
	}
	var list []component
	if i < hit {
		list = append(list, component{"library", "rare", "1.0.0", "pkg:npm/rare@1.0.0"})
	}
	for range components {
		name, version := fmt.Sprint("name-", random.IntN(10*components)), fmt.Sprintf("1.%d.0", random.IntN(10))
		list = append(list, component{"library", name, version, "pkg:npm/" + name + "@" + version})
	}
	b, err := json.Marshal(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1 + random.IntN(1000),
		"serialNumber": fmt.Sprintf("urn:uuid:3e671687-395b-41f5-a30f-%012d", i), "components": list})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(b)
}

// publish writes one advisory as the public dump has it.
func publish(dir, id, name, fixed string) error {
	if err := os.MkdirAll(filepath.Join(dir, "npm"), 0o700); err != nil {
		return err
	}
	record := fmt.Sprintf(`{"schema_version":"1.6.0","id":%q,"modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":%q},
		"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":%q}]}]}]}`, id, name, fixed)
	return os.WriteFile(filepath.Join(dir, "npm", id+".json"), []byte(record), 0o600)
}
