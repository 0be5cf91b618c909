package repotest

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "example.org/tasuki/"

// layers is the architecture: a package may import packages of its own row only where listed in beside, and anything
// of a lower row. The first matching row wins. Read it from the top: what people touch, down to vocabulary.
var layers = []struct {
	name     string
	packages []string // a trailing /... takes the folder and everything below
	beside   []string // same-row imports that are allowed
}{
	{"tools and tests", []string{"internal/repotest", "internal/testshared", "internal/golden", "bench/...", "internal/desktest", "internal/store/storetest", "internal/declare/declaretest", "internal/timestamp/timestamptest", "internal/report/declared/declaredtest", "internal/read/readtest", "internal/read/schema/schematest"}, []string{"internal/testshared", "internal/golden", "internal/declare/declaretest"}},
	{"cmd", []string{"cmd/..."}, nil},
	{"pages and API", []string{"internal/api", "internal/web", "internal/demo"}, nil},
	{"what people do", []string{"internal/office"}, nil},
	{"what is handed on", []string{"internal/relay"}, nil},
	{"what time asks for", []string{"internal/upkeep"}, nil},
	{"what comes in", []string{"internal/intake"}, nil},
	{"what is judged", []string{"internal/judging"}, nil},
	{"what touches us", []string{"internal/portfolio"}, nil},
	{"verbs", []string{"internal/ingest", "internal/match", "internal/assess", "internal/triage", "internal/declare", "internal/publish",
		"internal/exchange", "internal/notify", "internal/feed", "internal/report/pdf", "internal/report/xlsx", "internal/report/chart", "internal/report/vex", "internal/report/cdx", "internal/report/oscal", "internal/report/authority", "internal/report/misp", "internal/auth"}, nil},
	{"what documents say", []string{"internal/report/declared"}, nil},
	{"store", []string{"internal/store", "internal/store/migrations"}, []string{"internal/store/migrations"}},
	{"ledger and keys", []string{"internal/ledger", "internal/keys"}, nil},
	{"verification", []string{"verify"}, nil},
	{"nouns", []string{"internal/chain", "internal/evidence/...", "internal/register", "internal/finding", "internal/replay"}, nil},
	{"readers", []string{"internal/read/..."}, []string{"internal/read/..."}},
	{"signatures of others", []string{"internal/sigstore", "internal/timestamp"}, []string{"internal/timestamp"}},
	{"guideline", []string{"guideline"}, nil},
	{"vocabulary", []string{"internal/purl", "internal/cpe", "internal/version", "internal/fact", "internal/lang", "internal/pattern", "internal/calendar"}, []string{"internal/lang", "internal/pattern", "internal/purl", "internal/fact"}},
	{"assets", []string{"third_party/..."}, []string{"third_party/..."}},
}

type listed struct {
	ImportPath string
	Imports    []string
	Dir        string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Dir", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var ps []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	return ps
}

func matches(pattern, pkg string) bool {
	if dir, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == dir || strings.HasPrefix(pkg, dir+"/")
	}
	return pattern == pkg
}

func layerOf(pkg string) int {
	return slices.IndexFunc(layers, func(l struct {
		name     string
		packages []string
		beside   []string
	}) bool {
		return slices.ContainsFunc(l.packages, func(p string) bool { return matches(p, pkg) })
	})
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		from, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok {
			continue
		}
		at := layerOf(from)
		if at < 0 {
			t.Errorf("%s is in no layer: add it to the table, or move it", from)
			continue
		}
		for _, imp := range p.Imports {
			to, ok := strings.CutPrefix(imp, module)
			if !ok {
				continue
			}
			below := layerOf(to)
			beside := slices.ContainsFunc(layers[at].beside, func(b string) bool { return matches(b, to) })
			if below < at || below == at && !beside {
				t.Errorf("%s (%s) may not import %s (%s)", from, layers[at].name, to, layers[max(below, 0)].name)
			}
		}
	}
}

// The verification package is what customers import: it must not drag in the store, a web server or a database driver.
func TestVerifyStaysSmall(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "./verify")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, heavy := range []string{"net/http", "database/sql", module + "internal/store", "html/template", "modernc.org/sqlite", "github.com/jackc/pgx/v5"} {
			if dep == heavy {
				t.Errorf("verify depends on %s", dep)
			}
		}
	}
}
