package web

import (
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// exchangeSamples are the pages of what passes between parties.
func exchangeSamples() []sample {
	return []sample{
		{"request", "sent-open", func(b Base) page { return sampleRequestPage(b, fact.Sent) }},
		{"request", "sent-code", func(b Base) page {
			p := sampleRequestPage(b, fact.Sent)
			p.Code = "ABCDE-FGHJK-MNPQR-STVWX"
			return p
		}},
		{"request", "sent-answered", func(b Base) page {
			p := sampleRequestPage(b, fact.Sent)
			p.Line.State = relay.RequestStated
			p.Invitation.Answer, p.Invitation.AnsweredAt = sampleDigest(21), sampleNow
			stated := sampleStated()
			p.Answers = []answerView{
				{ReplyLine: relay.ReplyLine{Digest: sampleDigest(20), Direction: fact.Incoming, At: sampleNow, Failed: []string{verify.StepLevel}}, Receipt: sampleDigest(22),
					Changes: []verify.Change{{Name: "version", Before: "1.3", After: "1.4", Detail: lang.T("対象の版が 1.3 から 1.4 になりました", "the version went from 1.3 to 1.4")}}},
				{ReplyLine: relay.ReplyLine{Digest: sampleDigest(21), Direction: fact.Incoming, At: sampleNow, Stated: true}, Stated: &stated}}
			p.Line.Receipts = []relay.ReplyLine{{Digest: sampleDigest(22), Direction: fact.Sent, At: sampleNow}}
			return p
		}},
		{"request", "received", func(b Base) page {
			p := sampleRequestPage(b, fact.Incoming)
			p.Ours = []option{{Value: "見本会計", Name: "見本会計", Selected: true}}
			p.Line.Under = &verify.Under{Level: guideline.Standard, DueOn: "2027-01-15"}
			p.PassedOn = []relay.RequestLine{sampleRequestLine(fact.Sent)}
			return p
		}},
		{"request_new", "empty", func(b Base) page { return &requestNewPage{Base: at(b, "partners")} }},
		{"request_new", "filled", func(b Base) page {
			return &requestNewPage{Base: at(b, "partners"), Parties: []option{{Value: "c", Name: "見本部品株式会社", Selected: true}}, Names: []string{"見本部品"}, Object: verify.AskedObject{Name: "見本部品"}, Package: guideline.Standard,
				Why: map[verify.Viewpoint]string{verify.Information: "個人情報を扱うため"}, Asked: map[guideline.Role]bool{guideline.Developer: true}, Kinds: map[verify.ResourceKind]bool{verify.SBOM: true}, Due: "2026-12-25", Earliest: "2026-11-20"}
		}},
		{"release", "filled", func(b Base) page { return sampleRelease(b) }},
		{"release", "empty", func(b Base) page {
			p := sampleRelease(b)
			p.Items, p.Drill, p.Key, p.Sums, p.Over = nil, nil, "", "", true
			return p
		}},
		{"archive", "empty", func(b Base) page { return &archivePage{Base: at(b, "documents")} }},
		{"archive", "filled", func(b Base) page {
			return &archivePage{Base: at(b, "documents"), Releases: []upkeep.ArchivedRelease{sampleRelease(b).ArchivedRelease}, Lacking: 1}
		}},
		{"procurements", "empty", func(b Base) page { return &procurementsPage{Base: at(b, "partners")} }},
		{"procurements", "filled", func(b Base) page {
			return &procurementsPage{Base: at(b, "partners"), Lines: []procurementLine{{Name: "見本基幹システム", Href: "/procurement/system/s", Sheets: 2, Chosen: "見本商事株式会社", DecidedOn: "2026-10-01", ReviewOn: "2026-11-01", ReviewDue: true}}}
		}},
		{"procurement", "decided", func(b Base) page { return sampleProcurement(b, true) }},
		{"procurement", "open", func(b Base) page { return sampleProcurement(b, false) }},
		{"systems", "empty", func(b Base) page { return &systemsPage{Base: at(b, "software")} }},
		{"systems", "filled", func(b Base) page {
			p := &systemsPage{Base: at(b, "software"), Systems: []office.SystemLife{{System: "見本基幹システム", ID: "s", Owner: "見本商事株式会社", PlannedUntil: "2031-03-31", Software: []office.UseLife{
				{Software: "見本会計", Version: "2.1.0", SupportedTo: "2028-03-31", GapDays: 1095, State: "gap"}, {Software: "見本OS", Version: "9", SupportedTo: "2033-05-31", State: "supported", DeclaredTill: "2027-03-31"},
				{Software: "見本端末", Version: "1", SupportedTo: "2027-01-31", State: "planned", Plan: "後継機に替える", PlanDue: "2026-12-31"}}}, {System: "見本窓口", ID: "t"}}}
			p.draw()
			return p
		}},
		{"letter", "request", func(b Base) page {
			r := sampleRequestLine(fact.Incoming).Request
			return &letterPage{Base: at(b, "partners"), File: "request.json", From: r.From.Name, Letter: exchange.Letter{Type: exchange.RequestType, Digest: sampleDigest(20), Request: &r}}
		}},
		{"letter", "receipt", func(b Base) page {
			return &letterPage{Base: at(b, "partners"), File: "receipt.json", From: "見本商事株式会社", Letter: exchange.Letter{Type: exchange.ReceiptType, Digest: sampleDigest(20),
				Receipt: &verify.Receipt{By: verify.Issuer{Name: "見本商事株式会社"}, Of: sampleDigest(8), Failed: []string{verify.StepLevel}}}}
		}},
		{"letter", "revocations", func(b Base) page {
			return &letterPage{Base: at(b, "partners"), File: "revoked.json", From: "見本部品株式会社", Letter: exchange.Letter{Type: exchange.RevocationListType, Digest: sampleDigest(20), Released: []string{sampleDigest(4)},
				List: &verify.RevocationList{Issuer: verify.Issuer{Name: "見本部品株式会社"}, Revoked: []verify.Revocation{{Declaration: sampleDigest(4), Reason: "記載の誤り"}}}}}
		}},
		{"letter", "refused", func(b Base) page {
			return &letterPage{Base: at(b, "partners"), File: "request.json", Letter: exchange.Letter{Type: exchange.RequestType, Signer: sampleDigest(3)}, Why: b.T("署名した鍵は信頼する鍵の一覧にありません", "the key that signed it is not among the trusted keys")}
		}},
		{"answer_code", "empty", func(b Base) page { return nobody(&answerCodePage{Base: b, Key: strings.Repeat("a", 64)}) }},
		{"answer_code", "wrong", func(b Base) page {
			b.Problem = b.T("コードを確認できませんでした", "The code could not be confirmed")
			return nobody(&answerCodePage{Base: b, Key: strings.Repeat("a", 64)})
		}},
		{"answer", "empty", func(b Base) page { return sampleAnswer(b) }},
		{"answer", "gaps", func(b Base) page {
			p := sampleAnswer(b)
			p.mark(sampleStated().Check(p.Request.Duties()))
			p.Gaps = []string{b.T("回答者の氏名がありません", "the name of who answers is missing")}
			p.Spots = []xlsx.Spot{{Cell: "K7", What: lang.T("状態として読めません", "this is no status")}}
			report := sampleReport(false)
			p.Report, p.Until.SavedAt = &report, sampleNow
			p.Answers = []relay.ReplyLine{{Digest: sampleDigest(20), At: sampleNow, Failed: []string{verify.StepTrust}}}
			return p
		}},
		{"answer", "handed-in", func(b Base) page {
			p := sampleAnswer(b)
			p.Done, p.Signed, p.Until.AnsweredAt = sampleDigest(21), true, sampleNow
			return p
		}},
	}
}

func sampleRequestLine(d fact.Direction) relay.RequestLine {
	return relay.RequestLine{Digest: sampleDigest(20), Direction: d, Party: "c", State: relay.RequestOpen, Answers: []relay.ReplyLine{}, Receipts: []relay.ReplyLine{},
		Request: verify.Request{ID: "urn:tasuki:request:sample", From: verify.Issuer{Name: "見本ソフト株式会社"}, To: verify.Recipient{Name: "見本部品株式会社"}, Object: verify.AskedObject{Name: "見本部品", Version: "1.4", UsedIn: "見本会計"},
			Level: guideline.Standard, Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "個人情報を扱うため"}}, Evidence: []verify.ResourceKind{verify.SBOM}, Chain: true, DueOn: "2026-12-25", IssuedAt: sampleNow,
			Roles: []verify.AskedRole{{Role: guideline.Developer, Requirements: []guideline.ID{"S(1)-1.1", "S(1)-1.2", "S(2)-2.3"}}}}}
}

func sampleRequestPage(b Base, d fact.Direction) *requestPage {
	p := &requestPage{Base: at(b, "partners"), Line: sampleRequestLine(d), Other: "見本部品株式会社", Address: "/answer/" + strings.TrimPrefix(sampleDigest(20), "sha256:"),
		Invitation: relay.Invitation{Hash: "x", Until: sampleNow.AddDate(0, 0, 30), SavedAt: sampleNow}}
	p.Title = p.F("%s への依頼", "Request to %s", p.Other)
	for _, x := range p.Line.Duties() {
		p.Duties = append(p.Duties, askedDuty{x, p.TitleOf(x.Requirement)})
	}
	return p
}

func sampleStated() exchange.Stated {
	return exchange.Stated{By: exchange.StatedBy{Name: "見本 回答者", Title: "品質保証部"}, Note: "部品の一覧は別便で送ります。", Answers: []exchange.StatedAnswer{
		{Role: guideline.Developer, Requirement: "S(1)-1.1", Status: verify.Met, Text: "設計時の点検表を使っています。", Evidence: "設計点検表 第3版"},
		{Role: guideline.Developer, Requirement: "S(1)-1.2", Status: verify.PartlyMet}}}
}

func sampleAnswer(b Base) *answerPage {
	p := &answerPage{Base: b, Key: strings.Repeat("a", 64), Request: sampleRequestLine(fact.Sent), Until: relay.Invitation{Until: sampleNow.AddDate(0, 0, 30)}}
	p.Who = ""
	p.fill(sampleStated(), map[verify.Duty]lang.Text{{Role: guideline.Developer, Requirement: "S(1)-1.1"}: lang.T("2025-11-01 の回答", "your answer of 2025-11-01")})
	return p
}

func sampleRelease(b Base) *releasePage {
	p := &releasePage{Base: at(b, "software"), SoftwareID: "sw", Key: "見本ソフト株式会社", Groups: fingerprintLines(sampleDigest(3)), LedgerKey: "tasuki.example/ledger/0123+01234567+AAAA",
		ArchivedRelease: upkeep.ArchivedRelease{ID: "r2", Software: "見本会計", Version: "2.1.0", ReleasedOn: "2026-10-01", SupportedTo: "2029-09-30", KeepTo: "2036-10-01", Missing: []string{"provenance"}, VerifyMethod: "配布ページのハッシュと照合します。",
			Items: []upkeep.ArchiveItem{{Kind: "artifact", Name: "ledger-2.1.0.zip", Digest: sampleDigest(7), Size: 18_234_212, ArchivedAt: sampleNow, VerifiedAt: sampleNow, Signers: []string{sampleDigest(3)}}, {Kind: "sbom", Name: "sbom.cdx.json", Digest: sampleDigest(1), Size: 182_342, ArchivedAt: sampleNow, Signers: []string{}}},
			Drill: &upkeep.Drill{At: sampleNow, By: "sample", Files: 2, Bytes: 18_416_554, Missing: []string{"provenance"}}}}
	p.Sums = sumsOf(p.ArchivedRelease)
	return p
}

func sampleProcurement(b Base, decided bool) page {
	p := &procurementPage{Base: at(b, "partners"), Address: "/procurement/system/s", Comparison: office.Comparison{Subject: "見本基幹システム", Candidates: []office.Candidate{
		{Party: "c", Name: "見本商事株式会社", SheetOn: "2026-08-01", LevelAsked: "standard", Request: sampleDigest(20), State: relay.RequestAnswered, Bundle: sampleDigest(4), Object: "見本会計", Version: "2.1", Kind: verify.SelfDeclaration, Level: "standard", ValidUntil: sampleNow.AddDate(1, 0, 0), Counts: verify.Counts{Met: 40, MetWithException: 1}, SBOM: true, Upstream: 2},
		{Party: "d", Name: "見本部品株式会社", LevelAsked: "standard", Request: sampleDigest(21), State: relay.RequestPartly, Lacks: []string{verify.StepLevel}, Bundle: sampleDigest(5), Object: "見本台帳", Version: "5", Kind: verify.StatusReport, Level: "minimum", Counts: verify.Counts{Met: 20, NotMet: 3, PartlyMet: 2, NotAssessed: 1}, Withheld: 4, Missing: []string{"見本ライブラリ"}},
		{Party: "e", Name: "見本新規株式会社"}},
		Duties: []office.ComparedDuty{{Role: guideline.Supplier, Requirement: "S(2)-2.3", Statuses: []string{"met", "not_met", ""}}}}}
	p.Title = p.F("%s の調達", "Procurement of %s", p.Subject)
	if decided {
		p.Comparison.Decision = &office.Decision{Record: "procurement/PRO-1", Chosen: "c", DecidedOn: "2026-10-01", RiskEvaluation: "未対応の3件は運用で補えると評価しました。", AcceptedRisks: "3", Executive: "見本 役員", ReviewOn: "2027-10-01", Approved: true}
	}
	p.decide()
	return p
}
