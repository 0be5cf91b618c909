package demo

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

var today = time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)

// build is build information as a release build of this program has it, so that the test does not depend on how tests
// are built.
var build = &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.org/tasuki", Version: "v1.0.0"}, Deps: []*debug.Module{
	{Path: "github.com/dustin/go-humanize", Version: "v1.1.0", Sum: "h1:dbKTrvD0klcbBV/h4AWJdMuZogJACoMlvWIWZ5b2xWg="},
	{Path: "github.com/expr-lang/expr", Version: "v1.17.8", Sum: "h1:W1loDTT+0PQf5YteHSTpju2qfUfNoBt4yw9+wOEU9VM="},
	{Path: "golang.org/x/text", Version: "v0.43.0", Sum: "h1:1QivrlhwAsnMOcqgOdl9my7s9OyZl8O5/UGUTJVXoWc="},
}}

func options(t *testing.T) Options {
	dir := t.TempDir()
	program := filepath.Join(dir, "tasuki")
	if err := os.WriteFile(program, []byte("stands for the program"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{Dir: filepath.Join(dir, "demo"), Now: func() time.Time { return today }, Build: build, Program: program, Log: t.Output(), Lang: lang.EN}
}

func TestDemo(t *testing.T) {
	o := options(t)
	sum, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	exchange := filepath.Join(o.Dir, peersDir, exchangeDir)

	t.Run("the component's maker declares", func(t *testing.T) {
		r := verified(t, filepath.Join(exchange, supplierBundle), filepath.Join(exchange, supplierTrust))
		if !r.OK || r.Chain[0].Kind != verify.SelfDeclaration {
			t.Errorf("ok %v, kind %q; failed: %v; open: %v", r.OK, r.Chain[0].Kind, failed(r), sum.Organisations[0].Things[0].Open)
		}
	})
	t.Run("the vendor reports, with the declaration inside", func(t *testing.T) {
		r := verified(t, filepath.Join(exchange, vendorBundle), filepath.Join(exchange, vendorTrust))
		if !r.OK || len(r.Chain) != 2 || r.Chain[0].Kind != verify.StatusReport || r.Chain[1].Issuer != parts.Name || r.Chain[1].Kind != verify.SelfDeclaration {
			t.Errorf("ok %v, chain %+v; failed: %v", r.OK, r.Chain, failed(r))
		}
		if r.Chain[0].Withheld != 1 {
			t.Errorf("%d answers withheld, want 1", r.Chain[0].Withheld)
		}
		if r.Chain[1].Trust != verify.Introduced {
			t.Errorf("the maker's signer is %q to the customer, want introduced", r.Chain[1].Trust)
		}
	})
	t.Run("a changed byte is found", func(t *testing.T) {
		r := verified(t, filepath.Join(exchange, tamperedBundle), filepath.Join(exchange, vendorTrust))
		if got := failed(r); r.OK || !slices.Equal(got, []string{verify.StepMembers}) {
			t.Errorf("ok %v, failed %v, want %q to fail", r.OK, got, verify.StepMembers)
		}
	})
	t.Run("the vendor is affected by Log4Shell", func(t *testing.T) {
		db := workspace(t, o.Dir)
		e, err := portfolio.AffectedBy(context.Background(), db, cve)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Releases) != 1 || e.Releases[0].SoftwareName != serviceName || !strings.Contains(e.Releases[0].Component, "log4j-core@2.14.1") {
			t.Errorf("affected: %+v", e.Releases)
		}
		service := sum.Organisations[1].Things[1]
		if service.Unmatched != 1 || service.Findings < 4 {
			t.Errorf("%d findings, %d unmatched", service.Findings, service.Unmatched)
		}
	})
	t.Run("the vendor's gaps are told", func(t *testing.T) {
		open := sum.Organisations[1].Things[0].Open
		for _, want := range []string{"S(1)-2.2", "S(2)-1.3"} { // no signed provenance; a component nobody answers for
			if !slices.Contains(open, want) {
				t.Errorf("%s is closed; open: %v", want, open)
			}
		}
	})
	t.Run("the customer sees the verified declaration and SBOM", func(t *testing.T) {
		rows, err := judging.Status(context.Background(), workspace(t, filepath.Join(o.Dir, peersDir, customerDir)), fact.Subject{Kind: fact.System, ID: systemID})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rows, func(r judging.Row) bool { return r.Requirement == "S(6)-1.2" && r.Party == trader.ID })
		if i < 0 {
			t.Fatal("no row for S(6)-1.2")
		}
		bundle, err := os.ReadFile(filepath.Join(exchange, vendorBundle))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(rows[i].Evidence, verify.Digest(bundle)) || rows[i].Status != string(verify.Met) {
			t.Errorf("%s rests on %v: %v", rows[i].Status, rows[i].Evidence, rows[i].Reasons)
		}
	})
	t.Run("a second demo is refused", func(t *testing.T) {
		if _, err := Run(context.Background(), o); lang.KindOf(err) != lang.Conflict || !strings.Contains(lang.Explain(err, lang.EN), "tasuki serve") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRefused(t *testing.T) {
	o := options(t)
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(o.Dir, "letter.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o); lang.KindOf(err) != lang.Conflict {
		t.Errorf("a directory with something else: %v", err)
	}
	if entries, err := os.ReadDir(o.Dir); err != nil || len(entries) != 1 {
		t.Errorf("the directory was touched: %v %v", entries, err)
	}
}

func TestFill(t *testing.T) {
	o := &organisation{story: &story{now: today}, values: map[string]string{"host": "a.example"}}
	for in, want := range map[string]string{
		"{{day -1}}": "2026-08-31", "{{day 0}} {{ host }}": "2026-09-01 a.example", "{{fiscal_year}}": "2026", "plain": "plain",
	} {
		if got, err := o.fill(in); err != nil || got != want {
			t.Errorf("%q gave %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"{{day x}}", "{{nobody}}", "{{}}"} {
		if got, err := o.fill(in); err == nil {
			t.Errorf("%q gave %q", in, got)
		}
	}
	for date, want := range map[string]string{"2027-03-31": "2026", "2027-04-01": "2027", "2026-12-31": "2026", "2026-05-31": "2026"} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&story{now: day}).fiscalYear(); got != want {
			t.Errorf("%s is in fiscal year %s, want %s", date, got, want)
		}
	}
}

func verified(t *testing.T, bundle, trust string) verify.Report {
	t.Helper()
	b, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	k, err := os.ReadFile(trust)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := verify.ParseTrust(k)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Bundle(b, verify.Options{Trust: keys, At: today})
}

func failed(r verify.Report) []string {
	var out []string
	for _, s := range r.Steps {
		if !s.OK {
			out = append(out, s.Name)
		}
	}
	return out
}

func workspace(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Dir: dir, Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
