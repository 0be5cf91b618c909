package web

import (
	"slices"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/store"
)

func sampleTodo(b Base) []todoLine {
	line := func(kind, what, owner string, days int) todoLine {
		t := todoLine{Kind: kind, What: what, Software: "見本会計 Example Ledger", Href: "/storybook/duty/filled", Owner: "sample", OwnerName: owner,
			Since: sampleNow.AddDate(0, 0, days-40), Due: sampleNow.AddDate(0, 0, days)}
		t.Late = t.Due.Before(b.Now)
		return t
	}
	late, soon := line(todoDuty, "S(1)-1.1 "+b.TitleOf("S(1)-1.1"), b.Who, -4), line(todoDuty, "S(2)-2.3 "+b.TitleOf("S(2)-2.3"), "見本 承認者", 3)
	soon.Note = "供給者名の記載を依頼済み"
	loose := line(todoDuty, "S(5)-1.1 "+b.TitleOf("S(5)-1.1"), b.Who, 0)
	loose.Due, loose.Late = time.Time{}, false
	return []todoLine{late, line(todoFinding, b.F("%[1]s に対応する（%[2]s）", "%[1]s: %[2]s", "CVE-2026-12345", b.T("直ちに", "immediate")), "", -1), soon,
		line(todoLapse, b.F("%s %s の証跡を更新する", "Renew the evidence of %s %s", "S(1)-2.2", b.TitleOf("S(1)-2.2")), "", 12), line(todoDuty, "S(3)-1.1 "+b.TitleOf("S(3)-1.1"), b.Who, 80), loose}
}

func sampleActions(b Base) page {
	b.Notice, b.Undo = b.T("2件の担当・期限を変更しました。", "Owner and day of 2 duties were changed."), true
	p := &actionsPage{Base: at(b, "actions"), Loose: 14, Start: time.April}
	p.fill(sampleTodo(b))
	return p
}

func sampleHistory(b Base) page {
	p := &historyPage{Base: at(b, "software"), Head: sampleHead(b, "history"), Total: 3, Next: "?from=50"}
	var changes []store.StatusChange
	for i, row := range sampleRows(b) {
		key := store.DutyKey{Party: "us", Subject: fact.Subject{Kind: fact.Release, ID: "r2"}, Role: row.Role, Requirement: row.ID}
		changes = append(changes, store.StatusChange{DutyKey: key, Status: string(assess.NotAssessed), JudgedAt: sampleNow.AddDate(0, -4, 0)},
			store.StatusChange{DutyKey: key, Before: string(assess.NotAssessed), Status: string(row.Status), JudgedAt: sampleNow.AddDate(0, -4, 2*i)})
	}
	slices.SortStableFunc(changes, func(x, y store.StatusChange) int { return x.JudgedAt.Compare(y.JudgedAt) })
	p.Chart = chart.StatusOverTime(b.Lang, "status", daysOf(changes, b.Now), []chart.Event{{At: sampleNow.AddDate(0, -1, 0).In(calendar.Japan), Name: b.DeclarationKind("declaration") + b.F(" 第%d号", " no. %d", 1)}})
	why := lang.T("214部品のうち12部品に供給者の記載がありません", "12 of 214 components name no supplier").In(b.Lang)
	for i, st := range []assess.Status{assess.Met, assess.PartlyMet, assess.NotMet} {
		p.Lines = append(p.Lines, historyLine{At: sampleNow.AddDate(0, 0, -i), Title: "S(2)-2.3 " + b.TitleOf("S(2)-2.3"), Href: "/storybook/duty/filled", Before: assess.NotAssessed, After: st, Reason: why})
	}
	return p
}

// samplePlans puts owners and days beside sample duties.
func samplePlans(b Base, rows []dutyRow) []option {
	for i := range rows {
		key := store.PlanKey{Arrangement: "a", Party: "us", Role: rows[i].Role, Requirement: rows[i].ID}
		p := store.Plan{PlanKey: key}
		if i%4 == 1 {
			p.Owner, p.Due = "sample", sampleNow.AddDate(0, 0, 7*(i-6))
		}
		rows[i].Plan = planViewOf(p, people{"sample": b.Account.Display}, b.Now)
	}
	return []option{{Value: "sample", Name: b.Account.Display}, {Value: "other", Name: "見本 承認者"}}
}

func sampleComments(b Base) []commentView {
	return []commentView{
		{Comment: store.Comment{ID: "k1", At: sampleNow.Add(-30 * time.Hour), Body: "供給者名は次の版の SBOM から記載します。\n11月末までに確認します。"}, Author: "見本 承認者"},
		{Comment: store.Comment{ID: "k2", At: sampleNow.Add(-time.Hour), Body: "承知しました。"}, Author: b.Account.Display, Mine: true},
		{Comment: store.Comment{ID: "k3", At: sampleNow.Add(-time.Hour), WithdrawnAt: sampleNow}, Author: b.Account.Display},
	}
}

func sampleFreshness(b Base) chart.Picture {
	piece := func(name, backs string, from, left int) chart.Fresh {
		return chart.Fresh{Name: name, Href: "/evidence/x", From: sampleNow.AddDate(0, 0, -from), Until: sampleNow.AddDate(0, 0, left), Requirements: backs}
	}
	return chart.Freshness(b.Lang, "freshness", sampleNow.In(calendar.Japan), []chart.Fresh{piece("sbom.cdx.json", "S(2)-2.3", 20, 70), piece("脆弱性対応方針 2026年度版.pdf", "S(1)-1.1 S(3)-1.1", 200, 165),
		piece("zap-results.sarif", "S(1)-3.3", 170, 9), piece("penetration-test-2025.pdf", "S(4)-2.1", 380, -15)})
}

func sampleExposure(b Base) page {
	p := &exposurePage{Base: at(b, "vulnerabilities"), More: 12}
	software := []string{"見本会計 Example Ledger", "見本ゲートウェイ", "見本ポータル", "見本コントローラ ファームウェア"}
	var rows []chart.ExposureRow
	for i, v := range []string{"CVE-2026-12345", "GHSA-aaaa-bbbb-cccc", "CVE-2026-22222", "JVNDB-2026-000123", "CVE-2025-9999"} {
		row := chart.ExposureRow{Name: v, Note: b.T("計画的に", "scheduled"), Href: "/storybook/finding/open"}
		for k := range software {
			row.Cells = append(row.Cells, gravity[(i*3+k*2)%len(gravity)])
		}
		rows = append(rows, row)
	}
	p.Matrix = chart.Exposure(b.Lang, "matrix", software, rows)
	p.Latency = chart.Latency(b.Lang, "latency", []int{0, 1, 2, 4, 5, 6, 9, 10, 13, 20, 28, 41, 95}, 4)
	p.Causes = chart.Pareto(b.Lang, "causes", b.T("脆弱性の根本原因", "Root causes of vulnerabilities"), []chart.Cause{{Name: "CWE-79", N: 9}, {Name: "CWE-20", N: 6}, {Name: "CWE-787", N: 3}, {Name: "CWE-22", N: 2}, {Name: b.T("型の記載なし", "no type given"), N: 1}})
	return p
}
