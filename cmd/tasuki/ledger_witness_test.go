package main

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/verify"
)

// A witness over HTTP (C2SP tlog-witness) that has seen the ledger before says so, and is then given the growth since.
func TestWitnessSubmit(t *testing.T) {
	data := filepath.Join(t.TempDir(), "ws")
	tasuki := func(args ...string) string {
		t.Helper()
		var out, talk bytes.Buffer
		p := program{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &talk, now: time.Now}
		if code := run(t.Context(), append([]string{"--lang", "en", "--data", data}, args...), p); code != 0 {
			t.Fatalf("%v: exit code %d, %s", args, code, talk.String())
		}
		return out.String()
	}
	tasuki("keys", "init", "--name", "Seller (example)")
	log, err := verify.ParseLedgerKey(tasuki("ledger", "key"))
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, ed25519.SeedSize))
	witness := verify.WitnessKey{Name: "witness.example/w1", Key: key.Public().(ed25519.PublicKey)}
	tasuki("ledger", "witness", "add", witness.String())
	var seen tlog.Tree
	conflicts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		g, err := ledger.ParseGrowth(b)
		if r.URL.Path != "/w/add-checkpoint" || r.Method != http.MethodPost || err != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		if g.Old != seen.N {
			conflicts++
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(http.StatusConflict)
			fmt.Fprintf(w, "%d\n", seen.N)
			return
		}
		line, tree, err := ledger.Cosign(g, seen, log, witness.Name, key, time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		seen = tree
		io.WriteString(w, line)
	}))
	defer server.Close()
	for range 2 {
		if out := tasuki("ledger", "witness", "submit", server.URL+"/w/"); !strings.Contains(out, "witness.example/w1") {
			t.Errorf("said %q", out)
		}
	}
	if conflicts != 1 {
		t.Errorf("the witness was asked for an outdated size %d times, want once", conflicts)
	}
	copied := t.TempDir()
	tasuki("ledger", "export", copied)
	if out := tasuki("ledger", "verify", "--dir", copied, "--key", log.String(), "--witness", witness.String()); !strings.Contains(out, "witnessed by witness.example/w1") {
		t.Errorf("said %q", out)
	}
}
