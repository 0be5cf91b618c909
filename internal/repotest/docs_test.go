package repotest

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "..", "..")
}

// Every package says what it is for; every exported name says its contract.
func TestEverythingIsDocumented(t *testing.T) {
	for _, p := range packages(t) {
		fset := token.NewFileSet()
		var files []*ast.File
		entries, err := os.ReadDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, e.Name()), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		if len(files) == 0 {
			continue
		}
		d, err := doc.NewFromFiles(fset, files, p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(d.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if files[0].Name.Name != "main" {
			undocumented(t, p.ImportPath, d)
		}
	}
}

func undocumented(t *testing.T, pkg string, d *doc.Package) {
	t.Helper()
	missing := func(name, text string) {
		if ast.IsExported(name) && strings.TrimSpace(text) == "" {
			t.Errorf("%s.%s has no doc comment", pkg, name)
		}
	}
	for _, f := range d.Funcs {
		missing(f.Name, f.Doc)
	}
	for _, ty := range d.Types {
		missing(ty.Name, ty.Doc)
		for _, f := range ty.Funcs {
			missing(f.Name, f.Doc)
		}
		for _, m := range ty.Methods {
			if ast.IsExported(ty.Name) {
				missing(m.Name, m.Doc)
			}
		}
	}
}

var docPath = regexp.MustCompile("`((?:cmd|internal|guideline|verify|docs|bench|third_party|\\.ci)/[A-Za-z0-9_./{},*-]*)`")

// A path that a document names exists.
func TestPathsInDocsExist(t *testing.T) {
	base := root(t)
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "bench/*.md", "third_party/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(base, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	if len(pages) == 0 {
		t.Fatal("no documents found")
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range docPath.FindAllStringSubmatch(string(text), -1) {
			if strings.ContainsAny(m[1], "{*<") {
				continue
			}
			if _, err := os.Stat(filepath.Join(base, strings.TrimSuffix(m[1], "/..."))); err != nil {
				t.Errorf("%s names %s, which does not exist", filepath.Base(page), m[1])
			}
		}
	}
}

// Nothing that is committed names a machine's own paths.
func TestNoMachinePaths(t *testing.T) {
	machine := regexp.MustCompile(`(^|[^a-zA-Z0-9._-])/(` + strings.Join([]string{"wo" + "rk", "ro" + "ot", "home/[a-z]+"}, "|") + `)/`)
	for _, file := range tracked(t) {
		switch filepath.Ext(file) {
		case ".go", ".md", ".yaml", ".yml", ".html", ".css", ".sql", ".sh", ".txtar":
		default:
			continue
		}
		if strings.HasPrefix(file, "third_party/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(t), file))
		if err != nil {
			continue // deleted, not yet committed
		}
		for i, line := range strings.Split(string(text), "\n") {
			if machine.MatchString(line) {
				t.Errorf("%s:%d names a path of some machine: %s", file, i+1, strings.TrimSpace(line))
			}
		}
	}
}

// docs/rules.md names every rule of the guideline once.
func TestRulesPageIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range guideline.Default().Rules() {
		if n := strings.Count(string(text), "\n| "+r.ID+" |"); n != 1 {
			t.Errorf("docs/rules.md has %d rows for %s", n, r.ID)
		}
	}
	for _, name := range regexp.MustCompile("`([a-z]+(?:-[a-z]+)+)` \\(S\\(").FindAllStringSubmatch(string(text), -1) {
		if !slices.ContainsFunc(guideline.Default().Checks(), func(c guideline.Check) bool { return c.ID == name[1] }) {
			t.Errorf("docs/rules.md names the check %s, which does not exist", name[1])
		}
	}
}
