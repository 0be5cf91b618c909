package api_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
)

// logSite is a site whose server answers for the ledger, which has something in it.
func logSite(t *testing.T, public bool) *site {
	s := newSite(t, api.Options{})
	server := httptest.NewServer(api.NewLog(slog.New(slog.NewTextHandler(t.Output(), nil)), s.db, public))
	t.Cleanup(server.Close)
	s.url = server.URL
	err := s.db.InTx(t.Context(), s.by, func(tx *store.Tx) error {
		for i := range 300 {
			if err := tx.Audit(t.Context(), "tested", store.Object{Kind: "thing", ID: fmt.Sprint(i)}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := upkeep.PlaceLedger(t.Context(), s.db); err != nil {
		t.Fatal(err)
	}
	return s
}

// What is served is, byte for byte, what is exported; so a mirror made of it holds.
func TestLogServesWhatIsExported(t *testing.T) {
	s := logSite(t, true)
	dir, mirror := t.TempDir(), t.TempDir()
	if _, _, err := upkeep.ExportLedger(t.Context(), s.db, dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		path, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		status, h, b := s.ask("", http.MethodGet, "/"+filepath.ToSlash(path), nil)
		want := "application/octet-stream"
		if path == ledger.CheckpointFile {
			want = "text/plain; charset=utf-8"
		}
		if status != http.StatusOK || h.Get("Content-Type") != want {
			t.Errorf("%s: status %d, %s", path, status, h.Get("Content-Type"))
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(mirror, path)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(mirror, path), b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := upkeep.PublicLedgerKey(s.db)
	if err != nil {
		t.Fatal(err)
	}
	a, err := ledger.Check(os.DirFS(mirror), key, nil)
	if err != nil || len(a.Problems) > 0 || a.Tree.N < 300 {
		t.Errorf("the mirror: %+v, %v", a, err)
	}
}

func TestLogRefuses(t *testing.T) {
	s := logSite(t, false)
	s.refused("", http.MethodGet, "/checkpoint", "", http.StatusUnauthorized, "unauthenticated")
	if status, _, _ := s.ask(s.keys[auth.Push], http.MethodGet, "/tile/0/000", nil); status != http.StatusForbidden {
		t.Errorf("a key that may not read the audit log: status %d", status)
	}
	key := s.keys[auth.ReadAudit]
	if status, h, _ := s.ask(key, http.MethodGet, "/tile/0/000", nil); status != http.StatusOK || !strings.HasPrefix(h.Get("Cache-Control"), "private") {
		t.Errorf("a full tile: status %d, %v", status, h)
	}
	for _, path := range []string{"/tile/0/001", "/tile/0/001.p/255", "/tile/9/000", "/tile/entries/000.p/0", "/tile/8/0/000", "/tile/", "/tile/0/..%2fx"} {
		if status, h, _ := s.ask(key, http.MethodGet, path, nil); status != http.StatusNotFound || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d", path, status)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if status, _, _ := s.ask(key, method, "/checkpoint", nil); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", method, status)
		}
	}
}
