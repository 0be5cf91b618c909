package osv

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

const minimist = `{"id":"GHSA-x","modified":"2023-02-27T14:47:14Z","unknown_field":{"a":[1]},"aliases":["CVE-1"],
"database_specific":{"severity":"CRITICAL"},"affected":[{"package":{"ecosystem":"npm","name":"minimist"},
"ranges":[{"type":"GIT","repo":"https://example.org","events":[{"introduced":"0"}]},
{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.2.4"}]}]}]}`

func TestParse(t *testing.T) {
	r, err := Parse([]byte(minimist))
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "GHSA-x" || r.Database.Severity != "CRITICAL" || len(r.Affected[0].Ranges) != 2 || r.Affected[0].Ranges[1].Events[1].Fixed != "0.2.4" {
		t.Errorf("got %+v", r)
	}
	if _, err := Parse([]byte(`{"id":"A-1","database_specific":["anything"]}`)); err != nil {
		t.Errorf("what a database adds must not make a record unreadable: %v", err)
	}
	for text, want := range map[string]string{
		`{"modified":"2023-02-27T14:47:14Z"}`:                           "/id",
		`{"id":"A\nB"}`:                                                 "/id: it holds a control",
		`{"id":"A","aliases":"CVE-1"}`:                                  "/aliases: a string",
		`{"id":"A","modified":"yesterday"}`:                             "RFC 3339",
		`{"id":"A"`:                                                     "byte 9",
		`{"id":"A","affected":[{"package":{"ecosystem":"npm"}}]}`:       "/affected/0/package/name",
		`{"id":"A","affected":[{"package":{"ecosystem":"npm\u0000"}}]}`: "/affected/0/package/ecosystem",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want it to say %q", text, err, want)
		}
	}
}

func collect(t *testing.T, dir string, o Options) (good []Item, bad []Item) {
	t.Helper()
	err := Dir(context.Background(), dir, o, func(i Item) error {
		if i.Err != nil {
			bad = append(bad, i)
		} else {
			good = append(good, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return good, bad
}

// writeZip makes an archive of names and texts.
func writeZip(t *testing.T, path string, method uint16, members ...string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, members[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	writeZip(t, filepath.Join(dir, "npm", "all.zip"), zip.Deflate,
		"../../escape.json", minimist, "broken.json", `{"id":`, "README.txt", "not read")
	writeZip(t, filepath.Join(dir, "Go", "all.zip"), zip.Store, "A.json", `{"id":"GO-1"}`)
	os.MkdirAll(filepath.Join(dir, "PyPI"), 0o755)
	os.WriteFile(filepath.Join(dir, "PyPI", "P.json"), []byte(`{"id":"PYSEC-1"}`), 0o644)

	good, bad := collect(t, dir, Options{Texts: true})
	var ids []string
	for _, g := range good {
		ids = append(ids, g.Record.ID)
		text, err := io.ReadAll(flate.NewReader(bytes.NewReader(g.Deflate)))
		if err != nil || len(text) != g.Size || !strings.Contains(string(text), g.Record.ID) {
			t.Errorf("%s: the text does not come back: %v", g.Source, err)
		}
	}
	if got := strings.Join(ids, " "); got != "GO-1 PYSEC-1 GHSA-x" {
		t.Errorf("read %s", got)
	}
	if len(bad) != 1 || bad[0].Source != "npm/all.zip/broken.json" || bad[0].Problem().What.JA == "" {
		t.Errorf("problems: %+v", bad)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "escape.json")); err == nil {
		t.Error("a path of the archive was used")
	}
	good, _ = collect(t, dir, Options{Ecosystems: []string{"Go"}})
	if len(good) != 1 || good[0].Deflate != nil {
		t.Errorf("one ecosystem gives %d records", len(good))
	}
	good, _ = collect(t, filepath.Join(dir, "PyPI"), Options{})
	if len(good) != 1 {
		t.Errorf("the folder of one ecosystem gives %d records", len(good))
	}
}

func TestDirSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	nothing := func(Item) error { return nil }
	if err := Dir(context.Background(), dir, Options{}, nothing); lang.KindOf(err) != lang.Nothing {
		t.Errorf("an empty folder: %v", err)
	}
	if err := Dir(context.Background(), filepath.Join(dir, "absent"), Options{}, nothing); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("an absent folder: %v", err)
	}
	os.Mkdir(filepath.Join(dir, "npm"), 0o755)
	os.WriteFile(filepath.Join(dir, "npm", "all.zip"), []byte("PK not a zip"), 0o644)
	if err := Dir(context.Background(), dir, Options{}, nothing); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("no zip: %v", err)
	}
	writeZip(t, filepath.Join(dir, "npm", "all.zip"), zip.Deflate, "a.json", minimist, "b.json", strings.Repeat(" ", MaxRecord+1))
	_, bad := collect(t, dir, Options{})
	if len(bad) != 1 {
		t.Errorf("a record over the limit: %+v", bad)
	}
	stop := errors.New("stop")
	if err := Dir(context.Background(), dir, Options{}, func(Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Dir(ctx, dir, Options{}, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func TestSharedData(t *testing.T) {
	good, bad := collect(t, testshared.Dir(t, "osv"), Options{})
	if len(good) < 19300 || len(bad) != 0 {
		t.Errorf("%d records read, %d not: %+v", len(good), len(bad), bad)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimist))
	f.Add([]byte(`{"id":"A","affected":[{"versions":[null]}],"severity":[{}]}`))
	f.Add([]byte(`{"id":"A","withdrawn":"2020-01-01T00:00:00Z","database_specific":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Parse(b); err == nil && r.ID == "" {
			t.Error("a record without an id was taken")
		}
	})
}
