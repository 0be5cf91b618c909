package web

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.org/tasuki/internal/store"
)

// browser starts Chromium, or skips aloud when there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		if strings.Contains(os.Getenv("TASUKI_REQUIRE"), "chromium") {
			t.Fatal("Chromium is required and not installed")
		}
		t.Skip("SKIPPED, NOT RUN: Chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "ja"))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, cancel := context.WithTimeout(ctx, 25*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Nodes  []string `json:"nodes"`
}

// axeRules are the sets of rules that pages are held to.
var axeRules = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v => (
	{id: v.id, impact: v.impact || "", nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + " — " + (n.any.concat(n.all)[0] || {message: ""}).message)})))`

// overflows gives what is wider than the page, which a phone would have to scroll sideways for.
const overflows = `document.documentElement.scrollWidth > document.documentElement.clientWidth + 1 ? [...document.querySelectorAll("main *")]
	.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".scroll, .tabs, .rail, .unseen, pre")).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).concat("page scrolls sideways") : []`

// widths are what pages are laid out at: a desk, a phone, and a desk at 400 %.
var widths = []int64{1280, 390, 320}

// themes are the settings of a device that pages honour.
var themes = map[string][]*emulation.MediaFeature{
	"light": {{Name: "prefers-color-scheme", Value: "light"}},
	"dark":  {{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}},
}

// as makes the browser's device one with a theme.
func as(theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: themes[theme]})
		return err
	})
}

// Every page in every state has no finding of axe of any impact, in both languages, light and dark, and never has to be
// scrolled sideways, on a desk, on a phone and at 400 %. A page is loaded once for each language; axe runs at one width,
// because colours and names do not change with it. TASUKI_SHOTS names a directory to keep screenshots in. What was found
// is what docs/accessibility.md and the page /accessibility say; -update writes both anew.
func TestPagesAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED, NOT RUN: short")
	}
	ctx := browser(t)
	axe, err := os.ReadFile(filepath.Join("..", "..", "third_party", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	result := checkedPages{Axe: axeVersion(t, axe), Rules: axeRules, Widths: []int{1280, 390, 320}, Keyboard: keyboardJobs}
	for _, l := range []string{"ja", "en"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(s.server.URL+"/accessibility"),
			chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.cookie = 'tasuki_lang=%s; path=/'", l))); err != nil {
			t.Fatal(err)
		}
		for _, x := range samples() {
			t.Run(fmt.Sprintf("%s/%s/%s", l, x.page, x.state), func(t *testing.T) {
				at := fmt.Sprintf("%s-%s-%s", x.page, x.state, l)
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), as("light"), chromedp.Navigate(s.server.URL+"/storybook/"+x.page+"/"+x.state),
					chromedp.Evaluate[chromedp.Void](string(axe))); err != nil {
					t.Fatal(err)
				}
				for _, theme := range []string{"light", "dark"} {
					if err := chromedp.Do(ctx, as(theme)); err != nil {
						t.Fatal(err)
					}
					result.Found += violations(t, ctx, theme)
					shoot(t, ctx, at+"-1280-"+theme+".png")
				}
				for _, width := range widths[1:] {
					if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
						t.Fatal(err)
					}
					tooWide(t, ctx, width)
					if width == 390 {
						shoot(t, ctx, at+"-390-dark.png")
						if err := chromedp.Do(ctx, as("light")); err != nil {
							t.Fatal(err)
						}
						shoot(t, ctx, at+"-390-light.png")
					}
				}
			})
		}
	}
	keepResult(t, result)
}

// violations reports what axe finds on the page as it is, and counts it.
func violations(t *testing.T, ctx context.Context, theme string) int {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s: %s (%s): %s", theme, v.ID, v.Impact, strings.Join(v.Nodes, "\n\t"))
	}
	return len(found)
}

// tooWide reports what has to be scrolled sideways for.
func tooWide(t *testing.T, ctx context.Context, width int64) {
	t.Helper()
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](overflows))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wide {
		t.Errorf("too wide at %d: %s", width, w)
	}
}

// shoot keeps a picture of the whole page, when asked to.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("TASUKI_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A row of the table of duties fetches its rest when it is opened, and the form in it works; an address that names a row
// opens it.
func TestRowsOpenInPlace(t *testing.T) {
	ctx := browser(t)
	s := newSite(t)
	at := s.begin().ledger()
	axe, err := os.ReadFile(filepath.Join("..", "..", "third_party", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	fill := fmt.Sprintf(`document.querySelector("#name").value = "admin"; document.querySelector("#password").value = %q; document.querySelector("main form[action='/login']").requestSubmit()`, adminPassword)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.server.URL+"/login?to="+at), chromedp.Evaluate[chromedp.Void](fill),
		chromedp.WaitVisible(".duty"), chromedp.Navigate(s.server.URL+at+"#s1-1.1"), chromedp.WaitVisible(".duty[open] .dutybody section"),
		chromedp.Click(".duty[open] .dutybody details summary"), chromedp.WaitVisible(".duty[open] #body"),
		chromedp.Evaluate[chromedp.Void](string(axe))); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s (%s): %s", v.ID, v.Impact, strings.Join(v.Nodes, "\n\t"))
	}
	shoot(t, ctx, "opened.png")
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("#body").value = "方針を定めています"; document.querySelector("#body").form.requestSubmit()`),
		chromedp.WaitVisible(".claim")); err != nil {
		t.Fatal(err)
	}
	claims, err := s.db.Claims(t.Context(), store.ClaimFilter{})
	if err != nil || len(claims) != 1 || claims[0].Body != "方針を定めています" {
		t.Errorf("claims: %v, %v", claims, err)
	}
}
