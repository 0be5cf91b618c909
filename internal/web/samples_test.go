package web

import (
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/read"
)

func testTemplates(t *testing.T) *Server {
	t.Helper()
	templates, err := loadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	return &Server{log: slog.New(slog.DiscardHandler), templates: templates}
}

// Every template runs with every sample of its page, in both languages; every page has a sample.
func TestEverySampleRenders(t *testing.T) {
	s := testTemplates(t)
	seen := map[string]bool{}
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		for _, x := range samples() {
			seen[x.page] = true
			t.Run(string(l)+"/"+x.page+"/"+x.state, func(t *testing.T) {
				w := httptest.NewRecorder()
				if err := s.render(w, 200, x.page, x.make(sampleBase(l))); err != nil {
					t.Fatal(err)
				}
				checkPage(t, l, w.Body.String())
			})
		}
	}
	for name := range s.templates {
		if !seen[name] {
			t.Errorf("template %s has no sample", name)
		}
	}
}

var (
	inline = regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)\s*=|<style|<script>|javascript:`)
	empty  = regexp.MustCompile(`<(h1|h2|h3|button|th scope="col")[^>]*>\s*</`)
	broken = regexp.MustCompile(`%!|ZgotmplZ|&lt;nil&gt;|<nil>`)
	abroad = regexp.MustCompile(`(?i)<(?:script|link|img|iframe|form|use|image)[^>]+(?:src|srcset|href|action)="\s*(?:https?:)?//`)
	words  = regexp.MustCompile(`違反|不合格|認証|点数`)
)

// checkPage looks for what no page may have: inline script or style, empty headings, broken formats, words that the
// guideline's spirit forbids, anything fetched from another host, duplicate ids.
func checkPage(t *testing.T, l lang.Lang, html string) {
	t.Helper()
	for _, re := range []*regexp.Regexp{inline, empty, broken, abroad, words} {
		if m := re.FindStringIndex(html); m != nil {
			t.Errorf("page has %q", html[max(0, m[0]-60):min(len(html), m[1]+60)])
		}
	}
	if !strings.Contains(html, `<html lang="`+string(l)+`"`) || strings.Count(html, "<h1") != 1 {
		t.Errorf("language or the one heading is missing")
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:for|aria-describedby)="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !ids[m[1]] {
			t.Errorf("nothing has the id %q", m[1])
		}
	}
}

// Every text of a template is in both languages: T and F take two, and neither is empty by mistake.
func TestTemplatesSpeakBothLanguages(t *testing.T) {
	call := regexp.MustCompile(`\.(?:T|F)\s+"((?:[^"\\]|\\.)*)"\s*(?:"((?:[^"\\]|\\.)*)")?`)
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		bare := call.ReplaceAllStringFunc(string(text), func(m string) string {
			parts := call.FindStringSubmatch(m)
			if strings.Count(parts[1], "%")-strings.Count(parts[1], "%%") != strings.Count(parts[2], "%")-strings.Count(parts[2], "%%") {
				t.Errorf("%s: %q and %q take different arguments", file, parts[1], parts[2])
			}
			if japanese.MatchString(parts[2]) && !strings.Contains(parts[2], "襷") && !strings.Contains(parts[2], "日本語") {
				t.Errorf("%s: English text is Japanese: %q", file, parts[2])
			}
			return ""
		})
		if m := japanese.FindString(bare); m != "" {
			i := strings.Index(bare, m)
			t.Errorf("%s: Japanese outside of T: %q", file, bare[max(0, i-30):min(len(bare), i+60)])
		}
	}
}

// Every type of document that a reader gives or a check asks for has a word.
func TestTypesHaveWords(t *testing.T) {
	want := map[string]bool{}
	for _, f := range read.Formats() {
		want[f.Type] = true
	}
	for _, c := range guideline.Default().Checks() {
		for _, e := range c.Evidence {
			want[e] = true
		}
	}
	for kind := range want {
		if office.DocumentKind(kind).JA == kind {
			t.Errorf("type %q has no word", kind)
		}
	}
}
