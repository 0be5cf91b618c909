package repotest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("SKIPPED, NOT RUN: not a git checkout: %v", err)
	}
	return strings.Fields(string(out))
}

// The two README commands are the ones that CI's tests run, and both READMEs give the same two.
func TestReadmeCommands(t *testing.T) {
	for _, name := range []string{"README.md", "README.ja.md"} {
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"go run ./cmd/tasuki demo", "go test ./..."} {
			if !strings.Contains(string(text), "\n"+command+"\n") {
				t.Errorf("%s does not give the command %q on a line of its own", name, command)
			}
		}
	}
}

// modernc.org/libc must be exactly the version that modernc.org/sqlite names, or SQLite may fail at run time.
func TestSQLiteLibcPin(t *testing.T) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite")
	cmd.Dir = root(t)
	path, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	wants := requires(t, strings.TrimSpace(string(path)), "modernc.org/libc")
	has := requires(t, filepath.Join(root(t), "go.mod"), "modernc.org/libc")
	if wants != has {
		t.Errorf("go.mod has modernc.org/libc %s, modernc.org/sqlite names %s", has, wants)
	}
}

func requires(t *testing.T, gomod, module string) string {
	t.Helper()
	text, err := os.ReadFile(gomod)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == module {
			return f[1]
		}
	}
	t.Fatalf("%s does not name %s", gomod, module)
	return ""
}

// Third-party files come with their licence and a page that says where they are from.
func TestThirdPartyIsNamed(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(root(t), "third_party", "*"))
	if err != nil {
		t.Fatal(err)
	}
	notice, err := os.ReadFile(filepath.Join(root(t), "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if s, err := os.Stat(dir); err != nil || !s.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "README.md")); err != nil {
			t.Errorf("%s has no README.md with origin, version and digest", filepath.Base(dir))
		}
		if licences, _ := filepath.Glob(filepath.Join(dir, "LICENSE*")); len(licences) == 0 {
			t.Errorf("%s has no licence", filepath.Base(dir))
		}
		if !strings.Contains(string(notice), filepath.Base(dir)) {
			t.Errorf("NOTICE does not name %s", filepath.Base(dir))
		}
	}
}
