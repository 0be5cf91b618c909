package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/third_party"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Base is what every page has. A page is a struct that embeds Base; its template is the file of the same name.
type Base struct {
	Lang    lang.Lang
	Title   string        // of the page, in its language
	Place   string        // which entry of the rail is current: home, software, requirements, …
	Path    string        // of the request, for the language switch
	Who     string        // display name of who is signed in; empty for nobody
	Account store.Account // of who is signed in
	Now     time.Time
	Sample  bool   // the workspace is the demo's: people are told on every page
	Notice  string // one sentence about what was just done
	Undo    bool   // what was just done can be undone with one button
	Theme   string // light or dark as chosen; empty: as the device says
	Problem string // one sentence about what went wrong, above the form it is about
}

func (b *Base) base() *Base { return b }

// page is any struct that embeds Base by pointer receiver.
type page interface{ base() *Base }

// T gives the Japanese or the English words: {{.T "ソフトウェア" "Software"}}.
func (b Base) T(ja, en string) string { return lang.T(ja, en).In(b.Lang) }

// F is T with fmt verbs; both texts take the arguments in the same order.
func (b Base) F(ja, en string, args ...any) string {
	return fmt.Sprintf(lang.T(ja, en).In(b.Lang), args...)
}

// Text gives a text in the page's language.
func (b Base) Text(t lang.Text) string { return t.In(b.Lang) }

// Other is the language the switch leads to.
func (b Base) Other() lang.Lang {
	if b.Lang == lang.EN {
		return lang.JA
	}
	return lang.EN
}

// Can reports whether who is signed in may do something.
func (b Base) Can(p auth.Permission) bool { return auth.May(b.Account, p) }

// Day writes an instant as a day: 2026年4月1日, 1 Apr 2026; a dash when there is none. Days are those of Japan.
func (b Base) Day(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(calendar.Japan)
	if b.Lang == lang.EN {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2006年1月2日")
}

// Moment writes an instant to the minute, with its zone.
func (b Base) Moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(calendar.Japan)
	if b.Lang == lang.EN {
		return t.Format("2 Jan 2006 15:04 JST")
	}
	return t.Format("2006年1月2日 15:04")
}

// Age says how long ago an instant was: 3日前, 3 days ago.
func (b Base) Age(t time.Time) string {
	if t.IsZero() {
		return b.T("不明", "unknown")
	}
	d := b.Now.Sub(t)
	switch {
	case d < time.Minute:
		return b.T("たった今", "just now")
	case d < time.Hour:
		return b.F("%d分前", "%d min ago", int(d.Minutes()))
	case d < 2*time.Hour:
		return b.T("1時間前", "1 hour ago")
	case d < 48*time.Hour:
		return b.F("%d時間前", "%d hours ago", int(d.Hours()))
	}
	return b.F("%d日前", "%d days ago", int(d.Hours()/24))
}

// Until says how far away an instant is, in whole days of Japan: あと3日, in 3 days; 2日超過, 2 days late.
func (b Base) Until(t time.Time) string {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(calendar.Japan).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	switch n := int(day(t).Sub(day(b.Now)).Hours() / 24); {
	case n < -1:
		return b.F("%d日超過", "%d days late", -n)
	case n == -1:
		return b.T("1日超過", "1 day late")
	case n == 0:
		return b.T("今日", "today")
	case n == 1:
		return b.T("明日", "tomorrow")
	default:
		return b.F("あと%d日", "in %d days", n)
	}
}

// Weekday writes a day with its weekday: 2026年4月1日（水）, Wednesday, 1 Apr 2026.
func (b Base) Weekday(t time.Time) string {
	if b.Lang == lang.EN {
		return t.In(calendar.Japan).Format("Monday, 2 Jan 2006")
	}
	return b.Day(t) + b.Par(string([]rune("日月火水木金土")[t.In(calendar.Japan).Weekday()]))
}

// dueView is a day that something is due, with the words of a page's language.
type dueView struct {
	Base
	At   time.Time
	Late bool
}

// DueOf gives the day of something to do to the part that writes it.
func (b Base) DueOf(t todoLine) dueView { return dueView{b, t.Due, t.Late} }

// Short cuts a digest for reading: sha256:0123456789ab….
func (Base) Short(digest string) string {
	if i := strings.IndexByte(digest, ':'); i >= 0 && len(digest) > i+13 {
		return digest[:i+13] + "…"
	}
	return digest
}

// Icon gives an icon of the set, hidden from assistive technology: the words beside it say what it means.
func (Base) Icon(name string) (template.HTML, error) {
	svg, err := thirdparty.Assets.ReadFile("tabler-icons/" + name + ".svg")
	if err != nil {
		return "", fmt.Errorf("icon %s: %w", name, err)
	}
	_, inner, _ := strings.Cut(string(svg), ">")
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">` + inner), nil
}

// loadTemplates parses the layout with each page's own file. The name of a page is its file's name without ".html";
// files that begin with "_" are parts that every page may use.
func loadTemplates() (map[string]*template.Template, error) {
	pages, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	out := map[string]*template.Template{}
	for _, file := range pages {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := template.New("_layout.html").Option("missingkey=error").ParseFS(templateFiles, "templates/_*.html", file)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		out[name] = t
	}
	return out, nil
}

// render writes a page whole or not at all: an error in the template never leaves half a page behind.
func (s *Server) render(w http.ResponseWriter, status int, name string, p page) error {
	t, ok := s.templates[name]
	if !ok {
		return fmt.Errorf("no template %s", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "_layout.html", p); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// renderPart writes one named part of a page, for a script that puts it into a page that is open.
func (s *Server) renderPart(w http.ResponseWriter, status int, name, part string, p page) error {
	t, ok := s.templates[name]
	if !ok {
		return fmt.Errorf("no template %s", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, p); err != nil {
		return fmt.Errorf("render %s: %w", part, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}
