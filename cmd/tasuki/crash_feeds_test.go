package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/testshared"
)

// killAt runs the program and kills it after a while, unless it has ended by itself. It gives whether it was killed.
func (m *mirror) killAt(after time.Duration, args ...string) bool {
	m.Helper()
	cmd := m.command(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		m.Fatalf("%v: %v\n%s", args, err, &out)
	}
	return err != nil
}

// knowledge is what a workspace knows of vulnerabilities, as text: findings, how well was looked, sources, judgements.
func (m *mirror) knowledge(finish bool) string {
	m.Helper()
	m.now = m.now.Add(time.Minute)
	db, err := store.Open(m.Context(), store.Options{Dir: m.data, Now: func() time.Time { return m.now }})
	if err != nil {
		m.Fatal(err)
	}
	defer db.Close()
	if finish {
		if err := intake.FinishImport(m.Context(), db, store.Actor{Account: "test", Via: store.Internal}); err != nil {
			m.Fatal(err)
		}
	}
	var b strings.Builder
	model, err := db.LoadModel(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	for _, r := range model.Releases {
		found, err := db.FindingsOf(m.Context(), r.ID)
		if err != nil {
			m.Fatal(err)
		}
		for _, f := range found {
			fmt.Fprintln(&b, r.Version, f.PURL, f.Vuln, f.Severity, f.Fixed)
		}
		facts, err := db.Facts(m.Context(), store.FactFilter{Subjects: []fact.Subject{{Kind: fact.Release, ID: r.ID}}, Kinds: []fact.Kind{fact.KindMatch}})
		if err != nil {
			m.Fatal(err)
		}
		for _, f := range facts {
			d := f.Data.(*fact.Match)
			fmt.Fprintln(&b, r.Version, "checked", d.Checked, "of", d.Components, "missed", len(d.Unmatched))
		}
		rows, err := judging.Status(m.Context(), db, fact.Subject{Kind: fact.Release, ID: r.ID})
		if err != nil {
			m.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintln(&b, r.Version, row.Requirement, row.Status)
		}
	}
	sources, err := db.AdvisorySources(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	for _, s := range sources {
		fmt.Fprintln(&b, s.Name, s.Count, s.Newest, s.Digest, s.Error)
	}
	m.sameAsMatchedAnew(db)
	return b.String()
}

// sameAsMatchedAnew holds the stored findings against those of matching everything anew.
func (m *mirror) sameAsMatchedAnew(db *store.DB) {
	m.Helper()
	ix, err := portfolio.Index(db)
	if err != nil {
		return // no import has been finished yet
	}
	defer ix.Close()
	components, err := db.Components(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	var given []match.Component
	for i, c := range components {
		given = append(given, match.Component{Ref: fmt.Sprint(i), PURL: c.PURL, Name: c.Name, Version: c.Version})
	}
	r, err := ix.Match(given)
	if err != nil {
		m.Fatal(err)
	}
	want := 0
	for _, f := range r.Findings {
		want += len(f.Refs)
	}
	if n, err := db.FindingCount(m.Context()); err != nil || int(n) != want {
		m.Errorf("%d findings are kept, matching anew gives %d (%v)", n, want, err)
	}
}

// portfolio pushes an SBOM of many components.
func (m *mirror) portfolio() {
	m.Helper()
	var list []string
	for i := range 400 {
		list = append(list, fmt.Sprintf(`{"type":"library","bom-ref":"%d","name":"part-%d","version":"1.%d.0","purl":"pkg:npm/part-%d@1.%d.0"}`, i, i, i%9, i, i%9))
	}
	sbom := filepath.Join(m.TempDir(), "sbom.json")
	if err := os.WriteFile(sbom, []byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[`+strings.Join(list, ",")+`]}`), 0o644); err != nil {
		m.Fatal(err)
	}
	m.run(0, "push", sbom, "--software", "App", "--release", "1.0", "--create", "--role", "developer", "--level", "minimum")
}

// dump makes an OSV archive of n records that affect the parts below a version.
func dump(t *testing.T, n int, fixed string) []byte {
	t.Helper()
	var parts []string
	for i := range n {
		id := fmt.Sprintf("TEST-%d", i)
		parts = append(parts, id+".json", partAdvisory(id, i, fixed, "2026-09-01T00:00:00Z"))
	}
	return testshared.Zip(t, parts...)
}

func partAdvisory(id string, part int, fixed, modified string) string {
	return fmt.Sprintf(`{"id":"%s","modified":"%s","summary":"example","affected":[{"package":{"ecosystem":"npm","name":"part-%d"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%s"}]}]}]}`,
		id, modified, part, fixed)
}

// An import of a whole dump that is killed at a random moment, again and again, leaves what was known before or what is
// known after, never a mixture, and once it is finished the workspace knows the same as one that was never disturbed.
func TestKilledImport(t *testing.T) {
	m, calm := newMirror(t), newMirror(t)
	m.portfolio()
	calm.portfolio()
	dir := map[string]string{}
	for name, d := range map[string][]byte{"a": dump(t, 3000, "1.3.0"), "b": dump(t, 2500, "1.7.0")} {
		dir[name] = t.TempDir()
		file := filepath.Join(dir[name], "npm", "all.zip")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, d, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := func(name string) []string {
		return []string{"feeds", "import", "osv", dir[name], "--fetched", "2026-09-30"}
	}
	known := map[string]string{}
	var took time.Duration
	for _, name := range []string{"a", "b"} {
		began := time.Now()
		calm.run(0, args(name)...)
		took = max(took, time.Since(began))
		known[name] = calm.knowledge(false)
	}
	if known["a"] == known["b"] || strings.Count(known["a"], "TEST-") < 100 {
		t.Fatalf("the two dumps are not told apart:\n%.2000s", known["a"])
	}
	m.run(0, args("b")...)
	killed := 0
	for round := range crashRounds() {
		name := []string{"a", "b"}[round%2]
		if m.killAt(time.Duration(rand.Int63n(int64(took*11/10))), args(name)...) {
			killed++
		}
		if got := m.knowledge(true); got != known["a"] && got != known["b"] {
			t.Fatalf("round %d: neither before nor after:\n%s\n%s", round, firstDifference(got, known["a"]), firstDifference(got, known["b"]))
		}
		m.run(0, args(name)...)
		if got := m.knowledge(false); got != known[name] {
			t.Fatalf("round %d: not what an undisturbed import gives:\n%s", round, firstDifference(got, known[name]))
		}
	}
	t.Logf("%d rounds, killed %d times within %v", crashRounds(), killed, took)
}

// A fetch of single changed records that is killed at a random moment, again and again, ends where an undisturbed one
// ends.
func TestKilledFetch(t *testing.T) {
	m, calm := newMirror(t), newMirror(t)
	calm.server.Close()
	calm.server, calm.cert = m.server, m.cert
	files := m.files
	files["/osv/ecosystems.txt"] = []byte("npm\n")
	files["/osv/npm/all.zip"] = dump(t, 1000, "1.3.0")
	rows := []string{}
	change := func(id string, part int, fixed string, at time.Time) {
		when := at.Format(time.RFC3339)
		rows = append([]string{when + "," + id}, rows...)
		files["/osv/npm/"+id+".json"] = []byte(partAdvisory(id, part, fixed, when))
		files["/osv/npm/modified_id.csv"] = []byte(strings.Join(rows, "\n"))
	}
	for i := range 1000 { // all are as old as the newest of the archive and are asked for once
		files[fmt.Sprintf("/osv/npm/TEST-%d.json", i)] = []byte(partAdvisory(fmt.Sprint("TEST-", i), i, "1.3.0", "2026-09-01T00:00:00Z"))
	}
	change("TEST-0", 0, "1.3.0", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	var took time.Duration
	for _, w := range []*mirror{m, calm} {
		w.portfolio()
		w.run(0, "feeds", "set", "osv", "--url", m.server.URL+"/osv")
		w.run(0, "feeds", "fetch", "osv")
		w.run(0, "feeds", "fetch", "osv")
	}
	killed := 0
	for round := range crashRounds() {
		at := time.Date(2026, 9, 2, 0, round, 0, 0, time.UTC)
		for part := range 5 {
			change(fmt.Sprint("TEST-", part), part, fmt.Sprintf("1.%d.0", round%9), at)
			change(fmt.Sprintf("NEW-%d-%d", round, part), 100+part, "9.0.0", at)
		}
		began := time.Now()
		calm.run(0, "feeds", "fetch", "osv")
		took = time.Since(began)
		if m.killAt(time.Duration(rand.Int63n(int64(took*11/10))), "feeds", "fetch", "osv") {
			killed++
		}
		m.knowledge(true) // whatever it is, it agrees with its own advisories
		m.run(0, "feeds", "fetch", "osv")
		if got, want := m.knowledge(false), calm.knowledge(false); got != want {
			t.Fatalf("round %d: not what an undisturbed fetch gives:\n%s", round, firstDifference(got, want))
		}
	}
	t.Logf("%d rounds, killed %d times, the last within %v", crashRounds(), killed, took)
}

func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(la), len(lb)) {
		if la[i] != lb[i] {
			return strings.Join(la[i:min(i+6, len(la))], "\n") + "\n---\n" + strings.Join(lb[i:min(i+6, len(lb))], "\n")
		}
	}
	text, _ := json.Marshal([]int{len(la), len(lb)})
	return "lines " + string(text)
}
