package chart

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

// sashPictures are the chain and the life cycle with examples.
func sashPictures(l lang.Lang) map[string]Picture {
	links := []Link{
		{Name: "見本顧客", Parent: -1, Roles: "顧客", Level: "標準", State: LinkHolds, Said: "自組織"},
		{Name: "見本ソフト株式会社 <prime>", Parent: 0, Roles: "開発者・供給者", Level: "標準", State: LinkHolds, Said: "宣言あり", Href: "/evidence/x"},
		{Name: "見本部品株式会社", Parent: 1, Roles: "開発者・供給者", Level: "最低限", State: LinkBroken, Said: "宣言あり", Broken: "水準が低い"},
		{Name: "見本ライブラリ", Parent: 2, State: LinkUnknown, Said: "ダイジェストのみ"},
		{Name: "見本運用", Parent: 1, Roles: "運用者", Level: "標準", State: LinkStated, Said: "申告のみ"},
	}
	day := func(y int) time.Time { return time.Date(y, 3, 31, 0, 0, 0, 0, japan) }
	lives := []Life{{Name: "見本基幹", Part: "見本会計 2.1", Planned: day(2031), Supported: day(2028), Said: "利用予定より先にサポート終了", Gap: true},
		{Name: "見本基幹", Part: "見本OS 9", Planned: day(2031), Supported: day(2033), Said: "サポート期間内", Href: "/software/os"},
		{Name: "見本窓口", Part: "見本端末", Said: "期限不明", Plan: "調達し直す"}, {Name: "見本旧式", Part: "見本古版", Planned: day(2024), Supported: day(2022), Said: "サポート終了", Gap: true}}
	return map[string]Picture{"chain": Chain(l, "c", "連鎖", links), "lifecycle": LifeCycle(l, "c", now, lives)}
}

func TestSashPictures(t *testing.T) {
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		for name, p := range sashPictures(l) {
			t.Run(name+"."+string(l), func(t *testing.T) {
				golden.Compare(t, filepath.Join("testdata", name+"."+string(l)+".svg"), strings.ReplaceAll(p.SVG, "><", ">\n<")+"\n")
				checkPicture(t, p)
			})
		}
	}
	if p := Chain(lang.JA, "c", "連鎖", nil); p.SVG != "" || p.Sentence == "" {
		t.Errorf("a chain of nobody: %q", p.Sentence)
	}
	if p := LifeCycle(lang.JA, "c", now, nil); p.SVG != "" || p.Sentence == "" {
		t.Errorf("no system: %q", p.Sentence)
	}
}

// The sentence names what breaks, and a parent that comes later or nowhere never leads astray.
func TestChainSaysWhereItBreaks(t *testing.T) {
	p := sashPictures(lang.EN)["chain"]
	if !strings.Contains(p.Sentence, "breaks at 1: 見本部品株式会社") || p.Rows[3][0] != "4" || p.Rows[4][2] != "見本ソフト株式会社 <prime>" {
		t.Errorf("%q, %q", p.Sentence, p.Rows)
	}
	checkPicture(t, Chain(lang.EN, "c", "chain", []Link{{Name: "a", Parent: 7}, {Name: "b", Parent: 1}, {Name: "c", Parent: 0}}))
	deep := make([]Link, 40)
	for i := range deep {
		deep[i] = Link{Name: strings.Repeat("長い名前", 20), Parent: i - 1}
	}
	checkPicture(t, Chain(lang.JA, "c", "chain", deep))
}
