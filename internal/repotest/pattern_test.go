package repotest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	patternOf = regexp.MustCompile("pattern\\.Of\\(`([^`]*)`\\)")
	atStart   = regexp.MustCompile(`(?m)^(?:var |\t)\w+ += regexp\.MustCompile`)
)

// Every regular expression is sound, and none is compiled while the program starts.
func TestPatterns(t *testing.T) {
	found := 0
	for _, file := range tracked(t) {
		if filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "bench/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(t), file))
		if err != nil {
			continue // deleted, not yet committed
		}
		for _, m := range patternOf.FindAllSubmatch(text, -1) {
			found++
			if _, err := regexp.Compile(string(m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if m := atStart.Find(text); m != nil {
			t.Errorf("%s compiles a pattern when the program starts: use the package pattern (%s)", file, m)
		}
	}
	if found < 30 {
		t.Errorf("only %d patterns were found", found)
	}
}
