package web

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// tableSamples are the lists and matrices.
func tableSamples() []sample {
	return []sample{
		{"tables", "all", func(b Base) page { return tablesFor(at(b, "requirements")) }},
		{"uses", "filled", func(b Base) page {
			return &usesPage{Base: at(b, "requirements"), Of: evidenceView{Name: "osv", Kind: b.T("情報源", "feed")}, Resting: []restingLine{{ID: "S(3)-1.3", Title: b.TitleOf("S(3)-1.3"), About: "見本会計 2.1.0", Role: guideline.Developer, Status: assess.Met, Href: "/storybook/duty/filled", Checks: checkTitles(b, []string{"feeds-fresh"})}}}
		}},
		{"uses", "none", func(b Base) page { return &usesPage{Base: at(b, "requirements"), Of: evidenceView{Name: "osv"}} }},
		{"table", "nothing", func(b Base) page {
			p := sampleTable(b)
			p.Choices, p.Nothing = nil, b.T("一覧の対象になるものが、まだ登録されていません。", "There is nothing yet that it could be about.")
			return p
		}},
		{"table", "empty", func(b Base) page {
			p := sampleTable(b)
			p.fill(assess.TableRows{Table: p.Table, At: sampleNow})
			return p
		}},
		{"table", "filled", func(b Base) page {
			p := sampleTable(b)
			p.Sort = "-3"
			rows := assess.TableRows{Table: p.Table, At: sampleNow, Subject: fact.Subject{Kind: fact.Release, ID: "r2"}}
			for _, r := range [][]string{
				{"R-01", "保守用の接続口から設定を書き換えられる", "高", "低減", "接続口に利用者の確認を求める", "見本 設計者", "", "2027-03-31", "見本 承認者"},
				{"R-02", "更新ファイルの差し替え", "緊急", "低減", "更新ファイルに署名する\n署名を確かめてから適用する", "見本 設計者", "", "2027-03-31", "見本 承認者"},
				{"R-03", "作業記録の保存期間が短い", "低", "受容", "", "見本 運用者", "監視側に1年分を保存しているため", "2026-12-31", "見本 承認者"},
			} {
				var row []lang.Text
				for _, cell := range r {
					row = append(row, lang.T(cell, cell))
				}
				rows.Rows = append(rows.Rows, row)
			}
			p.fill(rows)
			p.Evidence = []evidenceView{{Name: "R-01", Kind: b.T("リスク", "Risk"), Href: "/registers/risk/r1"}}
			return p
		}},
	}
}

func sampleTable(b Base) *tablePage {
	t, _ := guideline.Default().Table("risk-sheet")
	p := &tablePage{Base: at(b, "requirements"), Table: t, About: "release:r2", Choices: []option{{Value: "release:r2", Name: "見本会計 2.1.0", Selected: true}, {Value: "release:r1", Name: "見本会計 2.0.3"}}}
	p.Title = b.Text(t.Title)
	return p
}
