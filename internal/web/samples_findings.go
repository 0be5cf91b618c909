package web

import (
	"net/http"
	"net/url"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

func sampleVulnerabilities(b Base) page {
	f := sampleFinding()
	p := &vulnerabilitiesPage{Base: at(b, "vulnerabilities"), Query: "CVE-2026-12345", Asked: true, Sources: sampleSources(true), Stale: true, Missed: 1, Without: []releaseView{{"r9", "見本ゲートウェイ", "sw2", "1.0"}}, Detail: &f}
	p.Exposure = portfolio.Exposure{ID: "CVE-2026-12345", Known: true, Headline: lang.T("CVE-2026-12345の影響を受けるのは1件のソフトウェア、1件のリリースです", "CVE-2026-12345 affects 1 software, 1 release"),
		Releases: []portfolio.AffectedRelease{{Software: "sw", SoftwareName: "見本会計", Release: "r2", Version: "2.1.0", Supported: true, Component: "pkg:npm/lib@1.0.0", Fixed: []string{"1.0.1"}, Systems: []string{"見本基幹システム"},
			Parties: []portfolio.AffectedParty{{Name: "見本ソフト株式会社", Role: guideline.Developer, Duties: []guideline.ID{"S(3)-2.1"}, By: sampleNow.AddDate(0, 0, 7), Does: lang.T("影響を分析します", "analyses it")}}}}}
	p.Exposure.Releases[0].ByCPE = "cpe:2.3:a:example:lib:1.0.0:*:*:*:*:*:*:*"
	p.Exposure.Caveats = []lang.Text{lang.F("照合できなかった部品が延べ%d件あります", "%d components of releases could not be looked up", 1)}
	p.Exposure.Spans = []portfolio.Span{{Software: "sw", SoftwareName: "見本会計", From: "1.9.0", FromOn: "2026-04-01", Last: "2.1.0"}, {Software: "sw", SoftwareName: "見本会計", From: "1.0.0", Last: "1.2.0", Until: "1.3.0", UntilOn: "2025-09-01", Unlooked: 1}}
	p.Exposure.Held = []portfolio.Held{{Software: "sw", SoftwareName: "見本会計", Release: "r2", Version: "2.1.0", Supported: true, Component: "pkg:npm/lib@1.0.0", Findings: 1}}
	p.Affected = affectedOf(p.Exposure)
	return p
}

func sampleFindingPage(b Base) page {
	t := sampleTriaged()
	p := &findingPage{Base: at(b, "vulnerabilities"), Vuln: "GHSA-xxxx-yyyy-zzzz", Found: []portfolio.Triaged{t}, Sources: sampleSources(true)}
	asked := sampleVulnerabilities(b).(*vulnerabilitiesPage)
	p.Exposure, p.Affected = asked.Exposure, asked.Affected
	p.fillScopes()
	p.fillPaths()
	p.Comments = sampleComments(b)
	return p
}

// sampleFindingList is the list with two findings, one of them decided on.
func sampleFindingList(b Base) page {
	one, two := sampleTriaged(), sampleTriaged()
	one.Exploited = sampleNow.AddDate(0, -1, 0)
	two.Finding.Vuln, two.Finding.Aliases, two.Finding.Name = "GHSA-aaaa-bbbb-cccc", nil, "tiny"
	two.Opinion.Status = triage.Affected
	p := &vulnerabilitiesPage{Base: at(b, "vulnerabilities"), Sources: sampleSources(false), Back: "/vulnerabilities"}
	p.fillFindings(&http.Request{URL: &url.URL{}}, []portfolio.Triaged{one, two})
	return p
}

func sampleTriaged() portfolio.Triaged {
	t := portfolio.Triaged{Finding: sampleFinding(), Software: "sw", SoftwareName: "見本会計", Release: "r2", Version: "2.1.0", Supported: true, Due: sampleNow.AddDate(0, 0, 14), EPSS: &store.EPSS{CVE: "CVE-2026-12345", Score: 0.12}}
	t.Priority = triage.Evaluate(triage.Supplier, triage.Facts{CVSS: t.Finding.CVSS}, triage.Context{}, sampleNow)
	t.Results = []triage.Result{t.Priority}
	t.Opinion.Conflicts = []triage.Word{{Author: "見本部品プロジェクト", Status: triage.NotAffected, Counted: true}}
	return t
}

func sampleFinding() store.Finding {
	return store.Finding{Component: 1, FirstSeen: sampleNow, Finding: finding.Finding{PURL: "pkg:npm/lib@1.0.0", Name: "lib", Version: "1.0.0", Vuln: "GHSA-aaaa-bbbb-cccc", Aliases: []string{"CVE-2026-12345"},
		Fixed: []string{"1.0.1"}, Severity: "HIGH", Score: 8.1, Summary: "Example weakness in lib"}}
}
