package web

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"example.org/tasuki/internal/auth"
)

// The first run may take so many clicks and so long; typing and choosing a file are not clicks.
const (
	firstRunClicks = 20
	firstRunTime   = 5 * time.Minute
)

// walker is a person at a browser whose clicks are counted.
type walker struct {
	t      *testing.T
	ctx    context.Context
	clicks int
}

// click presses one thing with the mouse and waits until another is seen.
func (w *walker) click(css, then string) {
	w.t.Helper()
	w.clicks++
	ctx, stop := context.WithTimeout(w.ctx, 2*time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Click(css), chromedp.WaitVisible(then)); err != nil {
		shoot(w.t, w.ctx, "firstrun-stuck.png")
		w.t.Fatalf("click %d on %s, waiting for %s: %v", w.clicks, css, then, err)
	}
}

// put types into a field.
func (w *walker) put(css, text string) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).value = %q`, css, text))); err != nil {
		w.t.Fatalf("%s: %v", css, err)
	}
}

// From an empty directory to the filled checklist, as somebody does it who has never seen Tasuki: set up, choose the
// picture of the deal, say who one is, read which duties follow and why, bring an SBOM, take the sheet.
func TestFirstRun(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED, NOT RUN: short")
	}
	ctx := browser(t)
	s := newSite(t)
	token, _, err := auth.New(s.db).SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "ledger.cdx.json")
	if err := os.WriteFile(file, []byte(sbom), 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	w := &walker{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.server.URL+"/setup/"+token), chromedp.WaitVisible("#org")); err != nil {
		t.Fatal(err)
	}
	for css, text := range map[string]string{"#name": "hanako", "#display": "見本 花子", "#password": adminPassword, "#repeat": adminPassword, "#org": "見本ソフト株式会社"} {
		w.put(css, text)
	}
	w.click("form[action^='/setup/'] button", "main a[href='/software/new']")
	w.click("main a[href='/software/new']", "main a[href='/software/new?template=a']")
	shoot(t, ctx, "firstrun-pictures.png")
	w.click("main a[href='/software/new?template=a']", "#row-vendor")
	w.put("#name", "見本会計")
	w.click("#row-vendor", "#preview table") // the duties appear beside the form, with no button pressed
	w.click("#preview details summary", "#preview details table")
	shoot(t, ctx, "firstrun-duties.png")
	w.click("main form[action='/software'] .row button", "#checklist")
	w.click(".tabs a[href*='/evidence']", "form[data-drop] input[type=file]")
	w.put("#version", "1.0")
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles("form[data-drop] input[type=file]", []string{file})); err != nil {
		t.Fatal(err)
	}
	w.click("form[data-drop] button", "ul.arrivals li.good h3 a")
	w.click(".tabs a", "#checklist")
	shoot(t, ctx, "firstrun-software.png")
	sheet := w.download("#checklist", dir)
	took := time.Since(begun)
	t.Logf("%d clicks, %s", w.clicks, took.Round(time.Millisecond))
	if w.clicks > firstRunClicks || took > firstRunTime {
		t.Errorf("the first run took %d clicks and %s", w.clicks, took)
	}
	text := sheetText(t, sheet)
	for _, want := range []string{"見本会計", "見本ソフト株式会社", "S(1)-1.1", "S(6)-1.1", "ledger.cdx.json"} {
		if !strings.Contains(text, want) {
			t.Errorf("the checklist lacks %q", want)
		}
	}
}

// download presses a link and gives the path of the file that was saved.
func (w *walker) download(css, dir string) string {
	w.t.Helper()
	progress := chromedp.Events(w.ctx, cdp.DownloadProgress)
	yes := true
	w.clicks++
	if err := chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdp.SetDownloadBehavior, cdp.SetDownloadBehaviorParams{
			Behavior: cdp.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &yes})
		return err
	}), chromedp.Click(css)); err != nil {
		w.t.Fatal(err)
	}
	for ev, err := range progress {
		if err != nil {
			w.t.Fatal(err)
		}
		if ev.State == cdp.DownloadProgressStateCompleted {
			return filepath.Join(dir, ev.GUID)
		}
	}
	w.t.Fatal("nothing was downloaded")
	return ""
}

// sheetText gives the text of a workbook, all parts of its archive one after another.
func sheetText(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return b.String()
}
