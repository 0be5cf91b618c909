package web

import (
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
)

// place is an entry of the rail, with the pages that belong to it.
type place struct {
	key, href, icon string
	name            lang.Text
	pages           []placePage
}

// placePage is a page of a place, shown as a tab when the place has several.
type placePage struct {
	href string
	name lang.Text
}

// places are the eight places, in the order of the work: what there is, what is asked of it, what threatens it, who else
// takes part, what is to be done, what is handed on, how Tasuki itself is set.
var places = []place{
	{"home", "/", "home", lang.T("ホーム", "Home"), nil},
	{"software", "/software", "package", lang.T("ソフトウェア", "Software"), nil},
	{"requirements", "/requirements", "checklist", lang.T("要求事項", "Requirements"), []placePage{
		{"/requirements", lang.T("69の個別要求", "The 69 requirements")}, {"/registers", lang.T("台帳", "Registers")}, {"/tables", lang.T("一覧・対応表", "Lists and matrices")}}},
	{"vulnerabilities", "/vulnerabilities", "bug", lang.T("脆弱性", "Vulnerabilities"), []placePage{
		{"/vulnerabilities", lang.T("検出", "Findings")}, {"/vulnerabilities/pictures", lang.T("図", "Pictures")}, {"/replay", lang.T("過去の事例で試す", "Replay an incident")}}},
	{"partners", "/partners", "building-store", lang.T("取引先", "Partners"), []placePage{
		{"/partners", lang.T("取引先と依頼", "Partners and requests")}, {"/procurement", lang.T("調達", "Procurement")}, {"/systems", lang.T("システム", "Systems")}}},
	{"actions", "/actions", "calendar-check", lang.T("対応", "Actions"), nil},
	{"documents", "/documents", "file-certificate", lang.T("書類", "Documents"), []placePage{
		{"/documents", lang.T("宣言・報告", "Declarations")}, {"/archive", lang.T("リリースの保管庫", "Release archive")}}},
	{"admin", "/admin", "settings", lang.T("設定", "Admin"), nil},
}

// placeLink is a place as the rail shows it.
type placeLink struct {
	Href, Icon, Name string
	Current          bool
}

// Places are the entries of the rail for whoever is signed in.
func (b Base) Places() []placeLink {
	var out []placeLink
	for _, p := range places {
		if p.key != "admin" || b.Can(auth.ReadAudit) {
			out = append(out, placeLink{p.href, p.icon, b.Text(p.name), p.key == b.Place})
		}
	}
	return out
}

// PlaceTabs are the pages of the place that is current; none when it has but one.
func (b Base) PlaceTabs() []tab {
	var out []tab
	path, _, _ := strings.Cut(b.Path, "?")
	for _, p := range places {
		if p.key != b.Place {
			continue
		}
		for _, page := range p.pages {
			out = append(out, tab{Name: b.Text(page.name), Href: page.href, Current: page.href == path})
		}
	}
	return out
}

// styles are the style sheets of every page, in their order.
var styles = []string{"tokens.css", "base.css", "parts.css", "pages.css", "picture.css", "print.css"}

// Styles gives their addresses.
func (b Base) Styles() ([]string, error) {
	out := make([]string, 0, len(styles))
	for _, name := range styles {
		at, err := b.Asset(name)
		if err != nil {
			return nil, err
		}
		out = append(out, at)
	}
	return out, nil
}
