package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/tasuki/internal/demo"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// The pictures of README.md and README.ja.md are the demo's own pages: TASUKI_PICTURES=docs/pictures (as an absolute
// path) takes them anew.
func TestPicturesOfTheDemo(t *testing.T) {
	to := os.Getenv("TASUKI_PICTURES")
	if to == "" {
		t.Skip("SKIPPED, NOT RUN: TASUKI_PICTURES names no folder for pictures")
	}
	build, ok := debug.ReadBuildInfo()
	program, err := os.Executable()
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	sum, err := demo.Run(t.Context(), demo.Options{Dir: filepath.Join(t.TempDir(), "demo"), Now: time.Now, Build: build, Program: program, Log: io.Discard, Lang: lang.JA})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Dir: sum.Dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := New(slog.New(slog.DiscardHandler), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	for _, l := range []string{"ja", "en"} {
		ctx := browser(t)
		signIn := fmt.Sprintf(`document.cookie = "tasuki_lang=%s; path=/"; document.querySelector("#name").value = "editor";
			document.querySelector("#password").value = %q; document.querySelector("main form[action='/login']").requestSubmit()`, l, demo.Password)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 930), as("light"), chromedp.Navigate(server.URL+"/login?to=/software/service"),
			chromedp.Evaluate[chromedp.Void](signIn), chromedp.WaitVisible(".duty")); err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, "software."+l+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
