package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/store"
)

// crashRounds is how often the program is killed: a few times in every run, TASUKI_CRASH_ROUNDS times when asked.
func crashRounds() int {
	if n, err := strconv.Atoi(os.Getenv("TASUKI_CRASH_ROUNDS")); err == nil {
		return n
	}
	return 3
}

// A large push that is killed at a random moment, again and again, loses nothing it acknowledged, and leaves documents,
// audit log and ledger in agreement.
func TestKilledPush(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	acknowledged := map[string]bool{}
	for round := range crashRounds() {
		files := writeMany(t, filepath.Join(dir, fmt.Sprint("files", round)), round, 120)
		args := append([]string{"push", "--software", "大きな製品", "--release", "1.0", "--create", "--data", data, "--lang", "en"},
			files...)
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), runMain+"=1")
		talk, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.Duration(rand.Int63n(int64(400 * time.Millisecond)))
		timer := time.AfterFunc(moment, func() { cmd.Process.Kill() })
		for lines := bufio.NewScanner(talk); lines.Scan(); {
			if f := strings.Fields(lines.Text()); len(f) >= 3 && f[1] == "kept" {
				acknowledged[f[2]] = true
			}
		}
		err = cmd.Wait()
		timer.Stop()
		if err != nil && !strings.Contains(err.Error(), "killed") {
			t.Fatalf("round %d: %v", round, err)
		}
		agree(t, data, acknowledged)
	}
	t.Logf("%d rounds, %d documents acknowledged", crashRounds(), len(acknowledged))
}

// agree opens the workspace and holds it against what was acknowledged.
func agree(t *testing.T, data string, acknowledged map[string]bool) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(data, "VERSION")); err != nil {
		if len(acknowledged) > 0 {
			t.Fatal("documents were acknowledged, but there is no workspace")
		}
		return
	}
	db, err := store.Open(t.Context(), store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for digest := range acknowledged {
		if _, err := db.Document(t.Context(), digest); err != nil {
			t.Errorf("acknowledged document has no row: %v", err)
		}
		b, err := db.ReadDocument(digest)
		if err != nil {
			t.Errorf("acknowledged document cannot be read: %v", err)
		} else if sum := sha256.Sum256(b); fmt.Sprintf("sha256:%x", sum) != digest {
			t.Errorf("acknowledged document %s has other bytes", digest)
		}
		entries, err := db.AuditLog(t.Context(), store.AuditFilter{Object: store.Object{Kind: "document", ID: digest}})
		if err != nil || len(entries) == 0 {
			t.Errorf("acknowledged document %s has no audit entry (%v)", digest, err)
		}
	}
	if problems, err := db.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("the workspace does not agree with itself: %v %v", problems, err)
	}
}

func writeMany(t *testing.T, dir string, round, n int) []string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var files []string
	for i := range n {
		file := filepath.Join(dir, fmt.Sprintf("sbom-%03d.json", i))
		sbom := fmt.Sprintf(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"serialNumber":"urn:uuid:00000000-0000-4000-%04d-%012d",`+
			`"components":[{"type":"library","bom-ref":"a","name":"part-%d","version":"1.0.%d","purl":"pkg:npm/part-%d@1.0.%d"}]}`, 8000+round, i, i%7, i, i%7, i)
		if err := os.WriteFile(file, []byte(sbom), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
