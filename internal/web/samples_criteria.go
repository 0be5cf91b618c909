package web

import (
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
)

// sampleCriteria has a gate that holds, one that stopped holding, an indicator without a threshold, and one whose value
// cannot be computed.
func sampleCriteria(b Base) page {
	at := func(days int, value float64, bound string, threshold float64, holds bool) judging.MeasuredPoint {
		return judging.MeasuredPoint{At: sampleNow.AddDate(0, 0, -days), Value: value, Bound: bound, Threshold: threshold, Judged: bound != "", Holds: holds}
	}
	return criteriaFor(atPage(b), sampleHead(b, "criteria"), []judging.Trend{
		{Criterion: "G-1", Title: b.T("未分析の重大な脆弱性", "Critical findings not analysed"), Kind: "gate",
			Points: []judging.MeasuredPoint{at(60, 0, "at_most", 0, true), at(21, 2, "at_most", 0, false), at(14, 0, "at_most", 0, true)}},
		{Criterion: "K-1", Title: b.T("供給者の分かる部品の割合（%）", "Components with a known supplier (%)"), Kind: "kpi",
			Points: []judging.MeasuredPoint{at(90, 71.5, "at_least", 90, false), at(45, 93, "at_least", 90, true), at(6, 88.25, "at_least", 90, false)}},
		{Criterion: "R-1", Title: b.T("サポート切れの部品", "Components out of support"), Kind: "kri", Points: []judging.MeasuredPoint{at(30, 3, "", 0, true), at(10, 5, "", 0, true)}},
		{Criterion: "R-2", Title: b.T("失敗したテスト", "Failed tests"), Kind: "kri", Points: []judging.MeasuredPoint{{At: sampleNow.AddDate(0, 0, -30), Problem: "? tests"}}},
	})
}

func atPage(b Base) Base { return at(b, "software") }

// sampleCoverage sees the sample's duties through one of the guideline's tables.
func sampleCoverage(framework string) func(Base) page {
	return func(b Base) page {
		sheet := judging.StatusSheet{}
		for i, r := range sampleRows(b) {
			status := []assess.Status{assess.Met, assess.NotMet, assess.PartlyMet, assess.NotAssessed}[i%7%4]
			sheet.Duties = append(sheet.Duties, judging.StatusLine{ID: r.ID, Party: "us", Role: r.Role, Status: string(status)})
		}
		p, err := coverageFor(atPage(b), sampleHead(b, "coverage"), sheet, framework)
		if err != nil {
			panic(err) // the tables are the program's own
		}
		return p
	}
}
