package web

import (
	_ "embed"
	"encoding/json"
	"net/http"

	"example.org/tasuki/internal/lang"
)

// helpPage says how the pages are used: words, keys, where to begin.
type helpPage struct {
	Base
	Keys []keyLine
}

// keyLine is one key and what it does.
type keyLine struct{ Key, Does string }

func (s *Server) help(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "help", helpFor(s.base(r, "help", lang.T("使い方", "Help"))))
}

func helpFor(b Base) *helpPage {
	p := &helpPage{Base: b}
	for _, k := range []struct {
		key  string
		does lang.Text
	}{
		{"/", lang.T("検索欄へ移動する（Ctrl+K でも同じ）", "go to the search box (Ctrl+K does too)")},
		{"j", lang.T("次の責務へ移動する", "go to the next duty")}, {"k", lang.T("前の責務へ移動する", "go to the duty before")},
		{"Enter", lang.T("責務の行を開く・閉じる", "open or close the row of a duty")}, {"x", lang.T("責務を選ぶ・選択を外す", "choose a duty, or no longer")},
		{"?", lang.T("この画面を開く", "open this page")},
	} {
		p.Keys = append(p.Keys, keyLine{k.key, b.Text(k.does)})
	}
	return p
}

// accessibilityPage is what was checked of these pages and what came of it.
type accessibilityPage struct {
	Base
	Result        checkedPages
	Pages, States int // that the tests go through
}

// checkedPages is the result of the accessibility tests as they were run last; TestPagesAreAccessible keeps it.
type checkedPages struct {
	On       string      `json:"on"`       // day the tests were last run on changed pages
	Axe      string      `json:"axe"`      // version of axe-core
	Rules    []string    `json:"rules"`    // its sets of rules
	Found    int         `json:"found"`    // violations of any impact, over every page and state, in both languages, light and dark
	Widths   []int       `json:"widths"`   // CSS pixels at which no page has to be scrolled sideways; 320 is 1280 at 400 %
	Keyboard []lang.Text `json:"keyboard"` // jobs that were done without a mouse
}

//go:embed accessibility.json
var accessibilityJSON []byte

// checked gives the kept result.
func checked() (c checkedPages, err error) {
	err = json.Unmarshal(accessibilityJSON, &c)
	return c, err
}

func (s *Server) accessibility(w http.ResponseWriter, r *http.Request) error {
	p, err := accessibilityFor(s.base(r, "", lang.T("アクセシビリティ", "Accessibility")))
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "accessibility", p)
}

func accessibilityFor(b Base) (*accessibilityPage, error) {
	p := &accessibilityPage{Base: b}
	pages := map[string]bool{}
	for _, x := range samples() {
		pages[x.page] = true
		p.States++
	}
	p.Pages = len(pages)
	var err error
	p.Result, err = checked()
	return p, err
}
