package web

import (
	"fmt"
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/evidence/sbomquality"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/sigstore"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// sampleNow is the moment every sample stands at.
var sampleNow = time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)

func sampleBase(l lang.Lang) Base {
	a := store.Account{ID: "sample", Name: "editor", Display: lang.T("見本 編集者", "Sample Editor").In(l), Roles: auth.Roles[:]}
	return Base{Lang: l, Title: "Tasuki", Who: a.Display, Account: a, Now: sampleNow}
}

// samples are every page in the states that matter, in the order of the menu.
func samples() []sample {
	return slices.Concat([]sample{
		{"setup", "empty", func(b Base) page {
			return nobody(&setupPage{Base: b, Action: "/setup/sample", Min: auth.MinPassword, Org: organisationForm{FiscalStart: 4}})
		}},
		{"setup", "refused", func(b Base) page {
			b.Problem = b.T("法人番号が正しくありません", "this is no corporate number")
			return nobody(&setupPage{Base: b, Action: "/setup/sample", Min: auth.MinPassword, Name: "hanako", Org: organisationForm{Name: "見本ソフト株式会社", Number: "1234567890123", FiscalStart: 4}})
		}},
		{"login", "empty", func(b Base) page { return nobody(&loginPage{Base: b, To: "/"}) }},
		{"login", "first", func(b Base) page { return nobody(&loginPage{Base: b, To: "/", Nobody: true}) }},
		{"password", "forced", func(b Base) page { return nobody(&passwordPage{Base: b, Forced: true, Min: auth.MinPassword}) }},
		{"home", "empty", func(b Base) page { return &homePage{Base: at(b, "home"), Alone: true} }},
		{"home", "filled", sampleHome},
		{"actions", "empty", func(b Base) page {
			p := &actionsPage{Base: at(b, "actions"), Loose: 14, Start: time.April}
			p.fill(nil)
			return p
		}},
		{"actions", "filled", sampleActions},
		{"software_list", "empty", func(b Base) page { return &softwareListPage{Base: at(b, "software")} }},
		{"software_list", "filled", func(b Base) page { return &softwareListPage{Base: at(b, "software"), Software: sampleLines(b)} }},
		{"software_new", "choose", func(b Base) page { return sampleNew(b, "") }},
		{"software_new", "preview", func(b Base) page { return sampleNew(b, "a") }},
		{"software", "empty", func(b Base) page { return &softwarePage{Base: at(b, "software"), Head: sampleHead(b, "")} }},
		{"software", "filled", sampleSoftware},
		{"duty", "filled", sampleDuty},
		{"evidence", "empty", func(b Base) page {
			return &evidencePage{Base: at(b, "software"), Head: sampleHead(b, "evidence"), Drop: sampleDrop(b), Wanted: []wantedType{{b.TypeName("cyclonedx"), []guideline.ID{"S(2)-2.3"}}}}
		}},
		{"evidence", "filled", func(b Base) page {
			return &evidencePage{Base: at(b, "software"), Head: sampleHead(b, "evidence"), Drop: sampleDrop(b), Documents: sampleDocuments(b), Fresh: sampleFreshness(b)}
		}},
		{"arrival", "mixed", sampleArrival},
		{"arrival", "before", func(b Base) page {
			p := sampleArrival(b).(*arrivalPage)
			p.Preview = true
			return p
		}},
		{"document", "filled", func(b Base) page {
			return &documentPage{Base: at(b, "software"), Document: sampleDocuments(b)[0], Feeds: []guideline.ID{"S(2)-2.3"}, Facts: 1, History: sampleAudit(b),
				Resting: []restingLine{{ID: "S(2)-1.3", Title: b.TitleOf("S(2)-1.3"), About: "見本会計 1.0", Role: guideline.Developer, Status: assess.NotMet, Href: "/storybook/duty/filled"}}}
		}},
		{"history", "empty", func(b Base) page { return &historyPage{Base: at(b, "software"), Head: sampleHead(b, "history")} }},
		{"history", "filled", sampleHistory},
		{"criteria", "empty", func(b Base) page { return criteriaFor(atPage(b), sampleHead(b, "criteria"), nil) }},
		{"criteria", "filled", sampleCriteria},
		{"coverage", "ssdf", sampleCoverage("ssdf")},
		{"coverage", "unified_standards", sampleCoverage("unified_standards")},
		{"components", "empty", func(b Base) page { return &componentsPage{Base: at(b, "software"), Head: sampleHead(b, "components")} }},
		{"components", "filled", sampleComponents},
		{"software_chain", "filled", sampleChain},
		{"declarations", "filled", func(b Base) page {
			return &declarationsPage{Base: at(b, "software"), Head: sampleHead(b, "declarations"), Lines: sampleDeclarations(), Counts: countRows(sampleRows(b)), WillBe: "status_report", MayDraft: true, ReliedOn: []chain.Party{{ID: "up", Name: "見本部品株式会社"}}}
		}},
		{"sheet", "empty", func(b Base) page { return &sheetPage{Base: at(b, "software"), Head: sampleHead(b, "declarations")} }},
		{"sheet", "preview", sampleSheet},
		{"sheet", "unchanged", func(b Base) page {
			return &sheetPage{Base: at(b, "software"), Head: sampleHead(b, "declarations"), Seen: &office.SheetPreview{File: "checklist.xlsx", Sheet: "要求事項チェックリスト", Software: "見本会計", Release: "2.1.0", Rows: 69, Unchanged: 69}}
		}},
		{"requirements", "all", sampleRequirements},
		{"requirement", "filled", sampleRequirement},
		{"vulnerabilities", "none-and-no-data", func(b Base) page { return &vulnerabilitiesPage{Base: at(b, "vulnerabilities"), Stale: true} }},
		{"vulnerabilities", "fresh-and-none", func(b Base) page {
			return &vulnerabilitiesPage{Base: at(b, "vulnerabilities"), Sources: sampleSources(false)}
		}},
		{"vulnerabilities", "affected", sampleVulnerabilities},
		{"vulnerabilities", "list", sampleFindingList},
		{"finding", "open", sampleFindingPage},
		{"replay", "choose", sampleReplays},
		{"replay", "hit", sampleReplay},
		{"replay", "none", sampleReplayNothing},
		{"exposure", "empty", func(b Base) page {
			return &exposurePage{Base: at(b, "vulnerabilities"), Matrix: chart.Exposure(b.Lang, "matrix", nil, nil), Latency: chart.Latency(b.Lang, "latency", nil, 0), Causes: chart.Pareto(b.Lang, "causes", b.T("原因", "Causes"), nil)}
		}},
		{"exposure", "filled", sampleExposure},
		{"registers", "filled", func(b Base) page {
			p := &registersPage{Base: at(b, "requirements")}
			for i, k := range register.Kinds() {
				p.Registers = append(p.Registers, registerLine{Register: k, InForce: i % 3, Drafts: i % 2})
			}
			return p
		}},
		{"register", "filled", func(b Base) page {
			return &registerPage{Base: at(b, "requirements"), Kind: sampleKind(), Feeds: []guideline.ID{"S(2)-1.1"}, Records: []recordLine{{Record: sampleRecord(), About: "見本ソフト株式会社", InForce: true, Heading: "pkg:golang/example.org/lib*", Due: sampleNow.AddDate(1, 0, 0)}}}
		}},
		{"record", "new", func(b Base) page { return sampleRecordPage(b, true) }},
		{"record", "draft", func(b Base) page { return sampleRecordPage(b, false) }},
		{"partners", "empty", func(b Base) page { return &partnersPage{Base: at(b, "partners")} }},
		{"partners", "filled", samplePartners},
		{"verified", "holds", func(b Base) page {
			return &verifiedPage{Base: at(b, "partners"), File: "example.tasuki.json", Report: sampleReport(true), Kept: sampleDigest(1)}
		}},
		{"verified", "broken", func(b Base) page {
			return &verifiedPage{Base: at(b, "partners"), File: "example.tasuki.json", Report: sampleReport(false)}
		}},
		{"documents", "empty", func(b Base) page { return &documentsPage{Base: at(b, "documents")} }},
		{"documents", "filled", func(b Base) page { return &documentsPage{Base: at(b, "documents"), Lines: sampleDeclarations()} }},
		{"declaration", "draft", func(b Base) page { return sampleDeclaration(b, store.DeclarationDraft) }},
		{"declaration", "approved", func(b Base) page { return sampleDeclaration(b, store.DeclarationApproved) }},
		{"declaration", "issued", func(b Base) page { return sampleDeclaration(b, store.DeclarationIssued) }},
		{"admin", "filled", func(b Base) page {
			b.Path = "/admin"
			return &adminPage{Base: at(b, "admin"), Engine: "sqlite", Sources: sampleSources(true), Org: organisationForm{Name: "見本ソフト株式会社", FiscalStart: 4}, Refused: []store.Refused{{Name: "image.tar", Size: 80 << 20, ReceivedAt: sampleNow}}}
		}},
		{"people", "made", func(b Base) page {
			b.Path = "/admin/people"
			return &peoplePage{Base: at(b, "admin"), Roles: auth.Roles[:], Initial: "EXAMPLEEXAMPLEEXAMPLEEXAMP", For: "見本 承認者",
				Accounts: []accountView{{Account: b.Account, Self: true}, {Account: store.Account{ID: "2", Name: "approver", Display: "見本 承認者", Roles: []store.Role{store.Approver}}, Initial: true}}}
		}},
		{"policy", "filled", func(b Base) page {
			return &policyPage{Base: at(b, "admin"), Settings: guideline.DefaultPolicy().Settings()}
		}},
		{"audit", "filled", func(b Base) page {
			b.Path = "/admin/audit"
			return &auditPage{Base: at(b, "admin"), Lines: sampleAudit(b), Kinds: []option{{Value: "document", Name: "文書"}}, Next: "/admin/audit?before=x"}
		}},
		{"search", "nothing", func(b Base) page { return &searchPage{Base: b, Query: "CWE-999"} }},
		{"search", "found", func(b Base) page {
			return &searchPage{Base: b, Query: "SBOM", Software: []option{{Value: "sw", Name: "見本会計"}}, Requirements: guideline.Default().Individuals()[:2], Components: []store.Component{{Name: "lib", Version: "1.0", PURL: "pkg:npm/lib@1.0"}}}
		}},
		{"help", "all", func(b Base) page { return helpFor(at(b, "help")) }},
		{"accessibility", "result", func(b Base) page {
			r, _ := checked()
			return &accessibilityPage{Base: b, Result: r, Pages: 60, States: 90}
		}},
		{"error", "not-found", func(b Base) page {
			return &errorPage{Base: b, What: b.T("お探しのページは見つかりませんでした", "There is no page here"), Next: b.T("URL を確認してください", "Check the address")}
		}},
		{"error", "fault", func(b Base) page {
			return &errorPage{Base: b, What: b.T("サーバ内部で問題が起きました", "Something went wrong inside the server"), Request: "01example"}
		}},
		{"storybook", "list", func(b Base) page {
			return &storybookPage{Base: b, Samples: []sampleLink{{"home", "empty", "/storybook/home/empty"}}}
		}},
	}, exchangeSamples(), tableSamples())
}

// at puts a sample at its place in the menu.
func at(b Base, place string) Base { b.Place = place; return b }

// nobody takes the visitor away from a sample.
func nobody(p page) page { p.base().Who = ""; return p }

func sampleDigest(n int) string { return fmt.Sprintf("sha256:%064x", n+0xabc) }

func sampleHead(b Base, current string) softwareHead {
	h := softwareHead{Software: chain.Software{ID: "sw", Name: "見本会計 Example Ledger", Kind: chain.Product}, Owner: "見本ソフト株式会社",
		Roles: []guideline.Role{guideline.Developer, guideline.Supplier}, Level: guideline.Standard,
		Releases: []chain.Release{{ID: "r2", Version: "2.1.0"}, {ID: "r1", Version: "2.0.3"}}, Release: "r2"}
	for _, t := range softwareTabs {
		h.Tabs = append(h.Tabs, tab{Name: b.Text(t.name), Href: "/software/sw/" + t.key, Current: t.key == current})
	}
	return h
}

func sampleRows(b Base) []dutyRow {
	var rows []dutyRow
	for i, in := range guideline.Default().Individuals() {
		if !in.AppliesTo(guideline.Developer) {
			continue
		}
		st := []assess.Status{assess.Met, assess.Met, assess.Met, assess.PartlyMet, assess.Met, assess.NotMet, assess.NotAssessed, assess.MetWithException, assess.NotApplicable}[i%9]
		row := assess.Row{ID: in.ID, Party: "us", Software: "sw", Role: guideline.Developer, Stance: guideline.Principal, Level: guideline.Standard, Status: st, Basis: assess.Automatic,
			Reasons: []lang.Text{lang.T("214部品のうち12部品に供給者の記載がありません", "12 of 214 components name no supplier")}, Evidence: []string{sampleDigest(1)}}
		if st != assess.Met {
			row.Remedy = lang.F("%s について、SBOM に供給者を記載し、もう一度取り込んでください", "for %s, name the supplier in the SBOM and bring it again", in.ID)
		}
		if i%5 == 0 {
			row.ValidUntil = sampleNow.AddDate(0, 1, i)
		}
		rows = append(rows, dutyRow{Row: row, Status: st, Title: b.Text(in.Title), Party: "見本ソフト株式会社", Ours: true, Anchor: slug(in.ID),
			Href: "/storybook/duty/filled", Lapsed: st == assess.NotAssessed && i%2 == 0, JudgedAt: sampleNow})
	}
	rows[1].StatedOnly, rows[1].Row.Basis = true, assess.ByClaim
	return rows
}

func sampleSoftware(b Base) page {
	rows := sampleRows(b)
	p := &softwarePage{Base: at(b, "software"), Head: sampleHead(b, ""), Counts: countRows(rows), Rows: rows, Judged: sampleNow, All: true, First: firstToDo(rows),
		Parts: []partyChoice{{Name: b.T("自組織", "Our organisation"), On: true, Href: "?"}, {ID: "c", Name: "見本商事株式会社", Href: "?party=c"}}}
	p.Owners = samplePlans(b, p.Rows)
	p.Map = requirementMap(b, rows, func(id guideline.ID) string { return "#" + slug(id) })
	p.Chips = dutyChips(b, rows, "", func(v string) string { return "?show=" + v })
	return p
}

func sampleLines(b Base) []softwareLine {
	rows := sampleRows(b)
	return []softwareLine{
		{Software: chain.Software{ID: "sw", Name: "見本会計 Example Ledger", Kind: chain.Product}, Owner: "見本ソフト株式会社", Releases: 2, Latest: "2.1.0", Counts: countRows(rows)},
		{Software: chain.Software{ID: "sw2", Name: "見本ゲートウェイ", Kind: chain.Embedded}, Owner: "見本ソフト株式会社"},
	}
}

func sampleHome(b Base) page {
	lines := sampleLines(b)
	return &homePage{Base: at(b, "home"), Software: lines, Total: 2, Late: 1, Week: 1, Better: 3, Worse: 1, Soon: []endingLine{{ID: "S(1)-2.2", Software: "見本会計", Title: b.TitleOf("S(1)-2.2"), Href: "/storybook/duty/filled", Until: sampleNow.AddDate(0, 0, 12)}}, Sources: sampleSources(true), Last: sampleDeclarations(),
		Todo: sampleTodo(b)[:2], TodoMore: 3,
		Waiting: []waitingItem{{b.ClaimKind(evidence.Exception) + "　S(1)-1.1 " + b.TitleOf("S(1)-1.1"), "見本 編集者", "/claims/x", sampleNow.Add(-26 * time.Hour)}},
		Mine:    []waitingItem{{b.ClaimKind(evidence.Stated) + "　S(2)-2.3", "", "/claims/y", sampleNow.Add(-time.Hour)}}}
}

func sampleNew(b Base, chosen string) page {
	p := &softwareNewPage{Base: at(b, "software"), Package: guideline.Minimum, Known: []string{"見本商事株式会社"}, Name: ""}
	for _, t := range guideline.Default().Templates() {
		v := templateRows(b, t, func(string) string { return "" })
		p.Templates = append(p.Templates, v)
		if t.ID == chosen {
			p.Chosen, p.Row = &v, v.Rows[0].Key
			p.Preview = preview(b, v, p.Row, p.Package)
			p.Left = leftOuts(b, p.Preview, p.Package)
		}
	}
	return p
}

func sampleDuty(b Base) page {
	in, _ := guideline.Default().Individual("S(2)-2.3")
	row := sampleRows(b)[0]
	row.ID, row.Title, row.Status = in.ID, b.Text(in.Title), assess.PartlyMet
	row.Remedy = lang.T("SBOM に供給者を記載し、もう一度取り込んでください", "name the suppliers in the SBOM and bring it again")
	ev := []evidenceView{{Name: "sbom.cdx.json", Kind: b.TypeName("cyclonedx"), Href: "/evidence/" + sampleDigest(1), Detail: b.Day(sampleNow)}}
	p := &dutyPage{Base: at(b, "software"), Head: sampleHead(b, ""), Row: row, Individual: in, Practices: guideline.Default().Practices(in.ID), Evidence: ev, Feeds: []string{b.TypeName("cyclonedx"), b.TypeName("spdx")}, Registers: registersFor(in.ID)}
	p.Checks = []checkView{
		{Outcome: assess.Outcome{Check: "sbom-exists", Title: lang.T("SBOM がある", "there is an SBOM"), Required: true, Verdict: assess.Pass, Reason: lang.T("CycloneDX 1.6、214部品", "CycloneDX 1.6 with 214 components"), ValidUntil: sampleNow.AddDate(0, 6, 0)}, Evidence: ev},
		{Outcome: assess.Outcome{Check: "sbom-supplier", Title: lang.T("全ての部品に供給者が記載されている", "every component names its supplier"), Required: true, Verdict: assess.Fail, Reason: lang.T("214部品のうち12部品に供給者の記載がありません", "12 of 214 components name no supplier"), Remedy: lang.T("SBOM に供給者を記載してください", "name the suppliers in the SBOM"), Names: []string{"pkg:npm/left-pad@1.3.0", "pkg:npm/tiny@0.1.0"}}},
		{Outcome: assess.Outcome{Check: "sbom-signed", Title: lang.T("SBOM が署名されている", "the SBOM is signed"), Verdict: assess.Warn, Reason: lang.T("署名がありません", "it is not signed")}},
		{Outcome: assess.Outcome{Check: "other", Title: lang.T("提供時に渡している", "it is handed over"), Required: true, Verdict: assess.Unknown, Reason: lang.T("判断できる事実がありません", "the facts do not tell")}},
	}
	p.Checks[1].Evidence = slices.Repeat(ev, 6)
	c := evidence.Claim{ID: "c1", Kind: evidence.Stated, Body: "出荷判定会議で SBOM の引渡しを確認し、議事録に残しています。", CreatedAt: sampleNow, ExpiresAt: sampleNow.AddDate(1, 0, 0), State: evidence.ClaimDraft}
	p.Claims = []claimView{{Claim: c, Author: "見本 編集者", Evidence: ev, MayApprove: true, MayRetire: true}}
	p.Form = newClaimForm(b, p.Head, row, []store.Document{sampleDocuments(b)[0].Document})
	p.History = []historyView{{sampleNow, "Tasuki", "○ → ◐"}}
	one := []dutyRow{p.Row}
	p.Owners = samplePlans(b, one)
	p.Row, p.Comments = one[0], sampleComments(b)
	return p
}

func sampleDrop(b Base) dropForm {
	return dropForm{Action: "/software/sw/evidence", Subjects: []option{{Value: "release:r2", Name: "2.1.0", Selected: true}, {Value: "software:sw", Name: "見本会計"}}}
}

func sampleDocuments(b Base) []documentLine {
	return []documentLine{
		{Document: store.Document{Digest: sampleDigest(1), Size: 182342, Name: "sbom.cdx.json", Type: "cyclonedx", Origin: "upload", ReceivedAt: sampleNow, Accepted: true,
			Problems: []fact.Problem{{Where: "/components/3/purl", What: lang.T("purl として読めません", "this is no purl")}}, Summary: map[string]any{"components": 214, "dependencies": 301}}, By: "見本 編集者", About: []string{"見本会計 2.1.0"}},
		{Document: store.Document{Digest: sampleDigest(2), Size: 90, Name: "memo.bin", ReceivedAt: sampleNow, Problems: []fact.Problem{{What: lang.T("形式を判別できません", "unknown type")}}}, By: "見本 編集者", About: []string{"見本会計 2.1.0"}},
	}
}

func sampleArrival(b Base) page {
	p := &arrivalPage{Base: at(b, "software"), Head: sampleHead(b, "evidence"), Accepted: 1}
	for _, d := range sampleDocuments(b) {
		a := arrival{Receipt: ingest.Receipt{File: d.Name, Digest: d.Digest, Size: d.Size, Type: d.Type, Accepted: d.Accepted, Summary: d.Summary, Problems: d.Problems}}
		if d.Accepted {
			a.Feeds = []guideline.ID{"S(2)-2.3"}
		}
		p.Files = append(p.Files, a)
	}
	return p
}

func sampleSheet(b Base) page {
	seen := office.SheetPreview{File: "見本会計_回答.xlsx", Sheet: "要求事項チェックリスト", Software: "見本会計", Release: "2.1.0", Rows: 69, Unchanged: 66,
		Changes: []office.SheetChange{
			{Cell: "K7", Requirement: "S(1)-1.2", Field: "status", Old: "partly_met", New: "met", Differs: true, What: b.T("申告として起案します", "becomes a draft claim")},
			{Cell: "L7", Requirement: "S(1)-1.2", Field: "reason", Old: b.T("設計レビューの記録が2件足りません。", "Two records are missing."), New: b.T("2件を追加しました。", "Both were added."), What: b.T("申告として起案します", "becomes a draft claim")},
			{Cell: "O9", Requirement: "S(1)-2.1", Field: "due", New: "2026-12-25", What: b.T("作業の一覧に残します", "kept in the working list")}},
		Drafts:     []office.SheetDraft{{Kind: "claim", Requirement: "S(1)-1.2"}},
		Unreadable: []office.SheetSpot{{Cell: "O12", Value: "12/25", What: b.T("年が書かれていません", "the year is missing"), Next: b.T("2026-04-01 のように年月日で書いてください", "write year, month and day, such as 2026-04-01")}},
		Ignored:    []office.SheetSpot{{Sheet: "要求事項チェックリスト", Cell: "S5", Value: "社内メモ", What: b.T("追加された列は読み取りません", "an added column is not read")}}}
	return &sheetPage{Base: at(b, "software"), Head: sampleHead(b, "declarations"), Seen: &seen, Token: sampleDigest(1), Body: "eA=="}
}

func sampleLook() looked {
	return looked{Has: true, Done: true, At: true, Match: fact.Match{Source: "osv", DataAt: sampleNow.Add(-2 * time.Hour), Advisories: 251234, Components: 214, Checked: 213,
		Unmatched: []fact.Unmatched{{Component: "internal-lib 3", Text: lang.T("purl がありません", "it has no purl")}}}}
}

func sampleComponents(b Base) page {
	p := &componentsPage{Base: at(b, "software"), Head: sampleHead(b, "components"), Total: 214, Unanswered: 3, Vulnerable: 1, Look: sampleLook(), Next: "?from=100",
		Chips: []chip{{Name: b.T("すべて", "All"), Href: "?", N: 214, On: true}, {Name: b.T("責務の担い手なし", "Nobody answers"), Href: "?show=unanswered", N: 3}}}
	p.Lines = []componentLine{
		{ReleaseComponent: store.ReleaseComponent{Component: store.Component{ID: 1, PURL: "pkg:npm/lib@1.0.0", Name: "lib", Version: "1.0.0"}, Supplier: "Example Lib Project", Direct: true}, Answer: "見本ソフト株式会社", By: b.T("採用の記録", "adoption record"), Findings: []store.Finding{sampleFinding()}},
		{ReleaseComponent: store.ReleaseComponent{Component: store.Component{ID: 2, Name: "internal-lib", Version: "3"}}, Missed: b.T("purl がありません", "it has no purl")},
	}
	sbom := &fact.SBOM{Format: "CycloneDX", SpecVersion: "1.6", Components: []fact.Component{{Name: "lib", Version: "1.0.0", PURL: "pkg:npm/lib@1.0.0", Pointer: "/components/0"}, {Name: "internal-lib", Pointer: "/components/1"}}}
	q := sbomquality.Evaluate(sbom, sbomquality.CISA2026(), sbomquality.Outside{})
	p.Quality, p.SBOM = qualityOf(q), sampleDocuments(b)[0].Document
	return p
}

func sampleChain(b Base) page {
	t, _ := guideline.Default().Template("a")
	m := chain.FromTemplate(t, chain.Start{Prefix: "x-", Software: "見本会計", SoftwareID: "sw", Level: guideline.Standard, LevelReason: "調達仕様書で指定", Lang: b.Lang})
	deal := dealOf(m, m.Arrangements[0])
	deal.Picture = chart.Chain(b.Lang, "chain-1", b.T("「見本会計」の連鎖", "The chain of Example Ledger"), b.dealLinks(m, m.Arrangements[0], nil, nil, nil))
	return &softwareChainPage{Base: at(b, "software"), Head: sampleHead(b, "chain"), Deals: []dealView{deal}, Nobody: 1,
		Gaps: []judging.GapLine{{Rule: "R-4.2-05", Section: "4.2", Parties: []string{"見本ソフト株式会社"}, What: b.T("開発者の要求のうち2件を誰も負っていません: S(1)-1.1, S(1)-1.2", "nobody answers for 2 of the developer requirements: S(1)-1.1, S(1)-1.2"), Next: b.T("主体を登録してください", "enter a principal")},
			{Rule: "R-1.4-25", Section: "1.4(2)イ", Component: "pkg:npm/lib@1.0.0", Release: "2.1.0", What: b.T("部品 pkg:npm/lib@1.0.0 に、開発者の責務を負う関連事業者がいません", "nobody answers as developer for the component pkg:npm/lib@1.0.0"), Next: b.T("採用の記録を承認してください", "approve an adoption record")}},
		Findings: []chain.Finding{{Rule: "R-1.4-25", Section: "1.4(2)イ", Severity: chain.Gap, What: lang.T("部品 lib に、開発者の責務を負う関連事業者がいません", "nobody answers as developer for lib"), Next: lang.T("採用の記録を承認してください", "approve an adoption record")}}}
}

func sampleDeclarations() []declarationLine {
	return []declarationLine{
		{Declaration: store.Declaration{ID: "d2", Kind: "status_report", Level: guideline.Standard, Serial: 2, CreatedAt: sampleNow}, Software: "見本会計", Version: "2.1.0", State: store.DeclarationDraft},
		{Declaration: store.Declaration{ID: "d1", Kind: "declaration", Level: guideline.Minimum, Serial: 1, CreatedAt: sampleNow.AddDate(0, -6, 0), IssuedAt: sampleNow.AddDate(0, -6, 0)}, Software: "見本会計", Version: "2.0.3", State: store.DeclarationIssued},
	}
}

func sampleRequirements(b Base) page {
	b.Path = "/requirements"
	p := requirementsFor(at(b, "requirements"), "", "")
	p.Software = sampleLines(b)
	p.stand(0, p.Software[0], sampleRows(b))
	return p
}

func sampleRequirement(b Base) page {
	in, _ := guideline.Default().Individual("S(2)-2.3")
	return requirementFor(at(b, "requirements"), in)
}

func sampleSources(withOld bool) []sourceView {
	out := []sourceView{{AdvisorySource: store.AdvisorySource{Name: "osv", Count: 251234, Newest: sampleNow, LoadedAt: sampleNow.Add(-2 * time.Hour)}}}
	if withOld {
		out = append(out, sourceView{store.AdvisorySource{Name: "jvn", Count: 1200, Newest: sampleNow.AddDate(0, 0, -20), LoadedAt: sampleNow.AddDate(0, 0, -19)}, true})
	}
	return out
}

func sampleKind() guideline.Register {
	k, _ := guideline.Default().Register("adoption")
	return k
}

func sampleRecord() register.Record {
	return register.Record{ID: "rec1", Kind: "adoption", Key: "ADO-01", State: register.Draft, ChangedAt: sampleNow, Revision: 1,
		Data: map[string]any{"pattern": "pkg:golang/example.org/lib*", "decision": "adopt", "reason": "保守が続いており、修正の方針が公開されているため"}}
}

func sampleRecordPage(b Base, isNew bool) page {
	p := &recordPage{Base: at(b, "requirements"), Kind: sampleKind(), Record: sampleRecord(), New: isNew, About: "見本ソフト株式会社", Author: "見本 編集者", MayApprove: true, Subjects: []option{{Value: "org:us", Name: "見本ソフト株式会社"}}}
	if isNew {
		p.Record = register.Record{}
		p.Problems = []fact.Problem{{Where: "/reason", What: lang.T("理由を入力してください", "give the reason")}}
	} else {
		p.History = sampleAudit(b)
	}
	for _, f := range p.Kind.Fields {
		p.Fields = append(p.Fields, fieldView{RegisterField: f, Value: textOf(p.Record.Data[f.Name]), Shown: textOf(p.Record.Data[f.Name]), Options: fieldOptions(b, chain.Model{}, f, nil, nil)})
	}
	plan, _ := guideline.Default().Register("test_plan")
	risks, _ := plan.Field("risks")
	known := register.Record{ID: "rec2", Kind: "risk", Key: "RISK-1", State: register.Draft, Data: map[string]any{"title": "細工した入力による資源の枯渇"}}
	p.Fields = append(p.Fields, fieldView{RegisterField: risks, Options: fieldOptions(b, chain.Model{}, risks, nil, []register.Record{known}), Unknown: "RISK-9",
		Links: []linkLine{{b, office.LinkView{Link: register.Link{Kind: "risk", Key: "RISK-1"}, ID: "rec2", Title: "細工した入力による資源の枯渇", State: register.Draft}, b.T("リスク", "Risk"), ""},
			{b, office.LinkView{Link: register.Link{Kind: "risk", Key: "RISK-9"}, Problem: lang.T("「RISK-9」という記録は台帳「リスク」にありません", "there is no record RISK-9 in the register Risk")}, b.T("リスク", "Risk"), ""}}})
	report, _ := guideline.Default().Register("authority_report")
	event, _ := report.Field("event")
	p.Fields = append(p.Fields, fieldView{RegisterField: event, Value: "EV-1", Options: []option{{Value: "EV-1", Name: "EV-1"}}})
	if !isNew {
		p.NamedBy = p.Fields[len(p.Fields)-2].Links[:1]
	}
	return p
}

func samplePartners(b Base) page {
	got := receivedView{Received: fact.Received{Party: "c", Kind: "declaration", Object: "見本部品", Version: "1.4", Withheld: 3, ValidUntil: sampleNow.AddDate(0, -1, 0)}, From: "見本部品株式会社", Digest: sampleDigest(4), At: sampleNow, Shown: 38, Met: 36, Lapsed: true}
	return &partnersPage{Base: at(b, "partners"), Keyless: exchange.Keyless{Signers: []sigstore.Signer{{Identity: "https://code.example/sample/ledger/.github/workflows/build.yml@refs/tags/v2.1.0", Issuer: "https://token.code.example"}}}, Received: []receivedView{got}, Choices: []option{{Value: "c", Name: "見本部品株式会社"}},
		Parties: []partnerView{{Party: chain.Party{ID: "c", Name: "見本部品株式会社"}, Deals: []partnerDeal{{"見本会計", "sw", []guideline.Role{guideline.Developer, guideline.Supplier}, guideline.Standard}}, Last: &got},
			{Party: chain.Party{ID: "d", Name: "見本商事株式会社"}, Units: []string{"利用部門"}, Deals: []partnerDeal{{"見本会計", "sw", []guideline.Role{guideline.Customer}, guideline.Standard}}}}}
}

func sampleReport(ok bool) verify.Report {
	r := verify.Report{OK: ok, NotChecked: []verify.Unchecked{{Name: verify.StepRevocations, Detail: lang.T("撤回の一覧が与えられていません", "no list of revocations was given")}}}
	for _, name := range []string{verify.StepForm, verify.StepManifest, verify.StepMembers, verify.StepDeclaration, verify.StepTrust, verify.StepCounts} {
		r.Steps = append(r.Steps, verify.Step{Name: name, OK: ok || name != verify.StepTrust, Detail: lang.T("確認しました", "checked")})
	}
	r.Chain = []verify.Link{{OK: ok, Digest: sampleDigest(4), Kind: verify.SelfDeclaration, Issuer: "見本部品株式会社", Object: "見本部品", Version: "1.4", Level: guideline.Standard, Signer: "見本 署名者", Serial: 3, Trust: verify.Unknown,
		Counts: &verify.Counts{Duties: 41, Met: 38, MetWithException: 1, NotApplicable: 2}, Withheld: 3, IssuedAt: sampleNow, ValidUntil: sampleNow.AddDate(1, 0, 0)}, {Depth: 1, Digest: sampleDigest(5), Issuer: "見本ライブラリ"}}
	if ok {
		r.Chain[0].Trust, r.Chain[0].TrustedAs = verify.Direct, "見本部品株式会社 署名鍵"
	}
	return r
}

func sampleDeclaration(b Base, state store.DeclarationState) page {
	p := &declarationPage{Base: at(b, "documents"), Line: sampleDeclarations()[0]}
	p.Line.State, p.Line.ContentDigest, p.Line.Subject = state, sampleDigest(6), fact.Subject{Kind: fact.Software, ID: "sw"}
	p.Content = relay.Frozen{Issuer: verify.Issuer{Name: "見本ソフト株式会社", Address: "東京都見本区1-1", CorporateNumber: "8000012010038"}, Object: verify.Object{Name: "見本会計", Version: "2.1.0", Artifacts: []verify.Artifact{{Name: "ledger-2.1.0.zip", Digest: sampleDigest(7)}}},
		Level: guideline.Standard, Scope: []verify.Scope{{Role: guideline.Developer, Stance: guideline.Principal}}, Limitations: []lang.Text{lang.T("保守契約の範囲に限ります", "within the maintenance contract")}}
	for _, row := range sampleRows(b) {
		a := verify.Answer{Role: row.Role, Requirement: row.ID, Status: verify.Status(row.Status), StatedOnly: row.StatedOnly, Reasons: row.Reasons}
		if row.Status == assess.MetWithException {
			a.Exception = &verify.Exception{Reason: "次の版で対応します", Approver: verify.Person{Name: "見本 承認者"}, Until: sampleNow.AddDate(0, 3, 0)}
		}
		p.Content.Answers = append(p.Content.Answers, a)
	}
	p.fill()
	names := people{"a": "見本 編集者", "b": "見本 承認者"}
	d := store.Declaration{CreatedBy: "a", CreatedAt: sampleNow}
	p.MayApprove, p.MaySign = state == store.DeclarationDraft, state == store.DeclarationApproved
	if state != store.DeclarationDraft {
		d.Approvals = []store.Approval{{Account: "b", At: sampleNow}}
	}
	if state == store.DeclarationIssued {
		d.IssuedAt, p.Line.Bundle = sampleNow, sampleDigest(8)
		p.MayHandOver, p.Content.Supporting = true, []relay.Supporting{{Kind: verify.Upstream}}
		p.Line.Renew = []lang.Text{lang.T("宣言の後に状態が変わった責務があります: S(2)-2.3", "duties have changed since the declaration: S(2)-2.3")}
		p.Line.Changed = []relay.DutyChange{{Role: guideline.Developer, Requirement: "S(2)-2.3", Before: "met", After: "partly_met"}}
		r := sampleReport(true)
		p.Report = &r
	}
	p.Trail = trail(b, d, names)
	return p
}

func sampleAudit(b Base) []auditLine {
	e := store.Entry{Action: "received", Object: store.Object{Kind: "document", ID: sampleDigest(1)}}
	return []auditLine{{At: sampleNow, Who: "見本 編集者", Via: "web", Done: b.done(e), Object: e.Object.ID, Href: objectHref(e.Object), HasDetail: true, Detail: "{\n  \"name\": \"sbom.cdx.json\"\n}"},
		{At: sampleNow.Add(-time.Hour), Who: "Tasuki", Via: "internal", Done: b.done(store.Entry{Action: "judged", Object: store.Object{Kind: "software"}}), Object: "sw"}}
}
