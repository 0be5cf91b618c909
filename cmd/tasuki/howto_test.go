package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

func blocks(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range shellBlock.FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1])
	}
	return out
}

// The commands of docs/howto.md run as they stand, one after the other, and are the same in Japanese.
func TestHowTo(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("NOT CHECKED: bash is not here, so the commands of docs/howto.md were not run")
	}
	english, japanese := blocks(t, "howto.md"), blocks(t, "howto.ja.md")
	if len(english) < 8 || strings.Join(english, "") != strings.Join(japanese, "") {
		t.Errorf("%d blocks in English, %d in Japanese: they differ", len(english), len(japanese))
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "bin", "tasuki")
	if err := os.Mkdir(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	sbom, err := os.ReadFile("../../internal/read/cyclonedx/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"sbom.cdx.json": sbom, "shop-1.0.0.bin": []byte("the program of the release")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bash, "-c", "set -eu\n"+strings.Join(english, "\n"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), runMain+"=1", "TASUKI_LANG=en", "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, made := range []string{"shop.tasuki.json", "vendor-trust.json", "shop.pdf", "checklist.xlsx", "summary.md", "backup.tar", "man/tasuki-push.1"} {
		if s, err := os.Stat(filepath.Join(dir, made)); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", made, err)
		}
	}
}
