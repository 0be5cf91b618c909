package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.org/tasuki/internal/store"
)

// typist is a person without a mouse.
type typist struct {
	t   *testing.T
	ctx context.Context
}

// press types keys, one after another.
func (p *typist) press(keys string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(keys)); err != nil {
		p.t.Fatal(err)
	}
}

// ask evaluates a script that gives a text.
func (p *typist) ask(js string) string {
	p.t.Helper()
	s, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// to presses Tab until the focus is on what a selector names, as somebody does who sees the ring; the ring must be there.
func (p *typist) to(css string) {
	p.t.Helper()
	for range 160 {
		p.press(kb.Tab)
		if p.ask(fmt.Sprintf(`String(!!document.activeElement && document.activeElement.matches(%q))`, css)) == "true" {
			if p.ask(`getComputedStyle(document.activeElement).outlineStyle`) == "none" && p.ask(`document.activeElement.type || ""`) != "file" {
				p.t.Errorf("%s shows no ring", css)
			}
			return
		}
	}
	shoot(p.t, p.ctx, "keyboard-stuck.png")
	p.t.Fatalf("Tab does not lead to %s on %s; the focus is on %s", css, p.ask("location.pathname"), p.ask("document.activeElement.outerHTML.slice(0, 120)"))
}

// wait waits until something is seen.
func (p *typist) wait(css string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 2*time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(css)); err != nil {
		shoot(p.t, p.ctx, "keyboard-stuck.png")
		p.t.Fatalf("waiting for %s on %s: %v", css, p.ask("location.pathname"), err)
	}
}

// The five main jobs are done with Tab, Enter, space, arrows and typing alone; see keyboardJobs. Choosing a file in the
// dialog of the operating system is the one thing a browser under test cannot be asked to type.
func TestKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED, NOT RUN: short")
	}
	ctx := browser(t)
	s := newSite(t)
	s.begin()
	p := &typist{t, ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.server.URL+"/login?to=/software/new"), chromedp.WaitVisible("#name")); err != nil {
		t.Fatal(err)
	}
	// Sign in.
	p.to("#name")
	p.press("admin" + kb.Tab + adminPassword + kb.Enter)
	p.wait("main a[href='/software/new?template=a']")
	// Register a software.
	p.to("main a[href='/software/new?template=a']")
	p.press(kb.Enter)
	p.wait("#row-vendor")
	p.to("input[name=name]")
	p.press("見本会計")
	p.to("input[name=row]")
	p.press(" ")
	p.wait("#preview table")
	p.to("form[action='/software'] .row button")
	p.press(kb.Enter)
	p.wait("#checklist")
	// Bring a file.
	file := filepath.Join(t.TempDir(), "ledger.cdx.json")
	if err := os.WriteFile(file, []byte(sbom), 0o600); err != nil {
		t.Fatal(err)
	}
	p.to(".tabs a[href*='/evidence']")
	p.press(kb.Enter)
	p.wait("form[data-drop]")
	p.to("form[data-drop] input[type=file]")
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles("form[data-drop] input[type=file]", []string{file})); err != nil {
		t.Fatal(err)
	}
	p.to("#version")
	p.press("1.0" + kb.Enter)
	p.wait("ul.arrivals li.good h3 a")
	p.to(".tabs a")
	p.press(kb.Enter)
	p.wait(".duty")
	// Give two duties an owner and a day, and undo it.
	p.press("jx")
	p.press("jx")
	if n := p.ask(`String(document.querySelectorAll(".pick input:checked").length)`); n != "2" {
		t.Errorf("j and x chose %s duties", n)
	}
	p.wait("#bulk-owner")
	p.press("/")
	p.to("#bulk-owner")
	p.press(kb.ArrowDown + kb.ArrowDown)
	p.to("#bulk button")
	p.press(kb.Enter)
	p.wait(".note.good form button")
	plans := s.plans()
	if len(plans) != 2 {
		t.Errorf("%d duties have a plan, want 2", len(plans))
	}
	p.to(".note.good form button")
	p.press(kb.Enter)
	p.wait(".note.good:not(:has(form))") // the page that comes back, not the one that is left
	p.wait(".keys")                      // and its script
	if err := waitFor(func() bool { return len(s.plans()) == 0 }); err != nil {
		t.Errorf("undo left %d plans", len(s.plans()))
	}
	// Open a duty and draft a claim.
	p.press("j" + kb.Enter)
	p.wait(".duty[open] .dutybody form")
	p.to(".duty[open] .dutybody details > summary:has(+ form)")
	p.press(kb.Enter)
	p.to("#body")
	p.press("方針を定めています")
	p.to("form[action*='/claims'] > button")
	p.press(kb.Enter)
	p.wait(".claim")
	claims, err := s.db.Claims(t.Context(), store.ClaimFilter{})
	if err != nil || len(claims) != 1 || !strings.Contains(claims[0].Body, "方針") {
		t.Errorf("claims: %+v, %v", claims, err)
	}
}

func (s *site) plans() []store.Plan {
	s.t.Helper()
	plans, err := s.db.Plans(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	return plans
}

// waitFor looks until something holds, for ten seconds at most.
func waitFor(holds func() bool) error {
	for range 100 {
		if holds() {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return context.DeadlineExceeded
}
